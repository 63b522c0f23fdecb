// Journals that are followed over moves, and commands beside allocations, on pipes and on a real terminal.
import { execFile, spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HOSTS, lab, on, wipe } from './support/lab.js'
import { closeProjects, Project } from './support/project.js'
import { only } from './support/seen.js'
import { ROOT } from './support/verbs.js'
import { eventually, sleep, stopwatch, tell } from './support/wait.js'

const COUNTING = `[sh, -c, 'n=0; while :; do n=$((n+1)); echo "line $n of $HC_SLOT"; sleep 0.2; done']`

/** `line 7 of web.0` by slot and host, in the order they came. */
function numbersBy(stdout: string): Map<string, number[]> {
  const found = new Map<string, number[]>()
  for (const [, where = '', number = ''] of stdout.matchAll(/^(\S+@\S+) \| line (\d+) of/gm)) {
    found.set(where, [...(found.get(where) ?? []), Number(number)])
  }
  return found
}

/** Each number one more than the one before; a start anew begins with 1. */
function gaps(numbers: readonly number[]): string[] {
  return numbers.flatMap((number, at) => {
    const before = numbers[at - 1]
    return before === undefined || number === before + 1 || number === 1 ? [] : [`${before} then ${number}`]
  })
}

describe('followed journals', () => {
  let project: Project
  beforeAll(async () => {
    await wipe()
    project = new Project()
    project.job('web', `count: 2\ncommand: ${COUNTING}\nresources: {cpu: 20m, memory: 16Mi}\n`)
    project.job('pod', `image: localhost/hc-web:1\ncommand: ${COUNTING}\nresources: {cpu: 20m, memory: 16Mi}\n`)
    project.job(
      'other',
      'type: cron\nschedule: "*/2 * * * * *"\ncommand: [echo, tick]\nresources: {cpu: 20m, memory: 16Mi}\n',
    )
    expect((await project.apply()).code).toBe(0)
  })
  afterAll(closeProjects)

  test('a host dies, a slot is added, all are restarted: followed without a gap, and nothing is left on the hosts', async () => {
    await project.loop()
    const before = await only('web.1')
    const followed = project.start(['logs', 'web', 'pod', '-f', '-n', '1'])
    await eventually('lines of all come', async () => numbersBy(followed.stdout).size === 3)
    const since = stopwatch()
    await lab('kill', before.host)
    const moved = new RegExp(`^-- web\\.1 moved from ${before.host} to (nuc\\d)$`, 'm')
    await eventually('the move is said', async () => moved.test(followed.stderr), { seconds: 40 })
    const to = moved.exec(followed.stderr)?.[1] ?? ''
    await eventually('lines come from the new host', async () => numbersBy(followed.stdout).has(`web.1@${to}`))
    tell('power cut until lines of the new allocation are shown', since())
    await lab('boot', before.host)
    project.job('web', `count: 3\ncommand: ${COUNTING}\nresources: {cpu: 20m, memory: 16Mi}\n`)
    expect((await project.apply('--detach')).code).toBe(0)
    await eventually('the new slot is said', async () => /^-- web\.2 is new, on nuc/m.test(followed.stderr))
    await project.converged(30)
    expect((await project.hc('job', 'restart', 'web')).code).toBe(0)
    await sleep(3000)
    const { code, stdout, stderr } = await followed.kill('SIGINT')
    expect(code).toBe(130)
    const numbers = numbersBy(stdout)
    expect([...numbers.keys()].filter((where) => where.startsWith('web.2')).length).toBeGreaterThan(0)
    expect(numbers.get(`web.1@${to}`)?.slice(0, 3)).toEqual([1, 2, 3])
    for (const [where, each] of numbers) expect([where, gaps(each)]).toEqual([where, []])
    expect(stderr.match(new RegExp(`${before.host}: .*is tried again`, 'g')) ?? []).toHaveLength(1)
    for (const host of HOSTS) {
      const running = () => on(host, 'pgrep -f "[j]ournalctl.*--follow" | wc -l')
      await eventually(`no journal is followed on ${host} any more`, async () => (await running()) === '0\n')
    }
  })

  test('read once: each slot its newest lines, in the order of time; cron jobs and other hosts too', async () => {
    const { json } = await project.json<{ lines: { slot: string; host: string; time: string }[] }>('logs', '-n', '2')
    const slots = json.lines.map(({ slot }) => slot)
    for (const slot of ['web.0', 'web.1', 'web.2', 'pod.0', 'other.0']) {
      expect([slot, slots.filter((one) => one === slot).length]).toEqual([slot, 2])
    }
    expect(json.lines.map(({ time }) => time)).toEqual(json.lines.map(({ time }) => time).sort())
    const everywhere = await project.json<{ lines: { host: string }[] }>('logs', 'web.1', '--all-hosts')
    expect(new Set(everywhere.json.lines.map(({ host }) => host)).size).toBeGreaterThan(1)
    const found = await project.hc('logs', 'web', '--grep', 'line 3 of', '--no-prefix')
    expect(found.stdout).toMatch(/^(line 3 of web\.\d\n)+$/)
  })

  test('names and times that are wrong', async () => {
    const job = await project.hc('logs', 'wbe')
    expect([job.code, job.stderr]).toEqual([2, expect.stringContaining('did you mean "web"?')])
    const slot = await project.hc('logs', 'web.9')
    expect([slot.code, slot.stderr]).toEqual([2, expect.stringContaining('its slots are: web.0, web.1, web.2')])
    const time = await project.hc('logs', 'web', '--since', 'soon')
    expect([time.code, time.stderr]).toEqual([2, expect.stringContaining('Failed to parse timestamp')])
  })
})

/** hc exec with stdin. */
function exec(
  project: Project,
  words: readonly string[],
  input = '',
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(ROOT, 'bin/run.js'), 'exec', ...words], {
      cwd: project.folder,
      env: { ...process.env, HC_INVENTORY: undefined, NO_COLOR: '1' },
    })
    const said = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk) => {
      said.stdout += String(chunk)
    })
    child.stderr.on('data', (chunk) => {
      said.stderr += String(chunk)
    })
    child.on('close', (code) => done({ code, ...said }))
    child.stdin.end(input)
  })
}

describe('hc exec', () => {
  let project: Project
  beforeAll(async () => {
    await wipe()
    project = new Project()
    const limits = 'resources: {cpu: 20m, memory: 32Mi}\n'
    const odd =
      'user: admin\nworkdir: /srv\nvolumes: [{source: hc-test-exec, target: /data}]\nenv: {GREETING: "it\'s"}\n'
    project.job('unit', `command: [sleep, infinity]\n${odd}systemd: {Service: {PrivateTmp: "yes"}}\n${limits}`)
    project.job('pod', `image: localhost/hc-web:1\n${limits}`)
    project.job(
      'dock',
      `driver: docker\nimage: localhost/hc-web:1\nports: {http: {host: 8161, container: 8080}}\n${limits}`,
    )
    expect((await project.apply()).code).toBe(0)
  })
  afterAll(closeProjects)

  test.each(['unit', 'pod', 'dock'])('%s: stdin, outputs apart, the exit code, the environment', async (job) => {
    const words = [job, '--', 'sh', '-c', 'cat; echo "$HC_SLOT"; echo oops >&2; exit 7']
    expect(await exec(project, words, 'input\n')).toEqual({ code: 7, stdout: `input\n${job}.0\n`, stderr: 'oops\n' })
    const missing = await exec(project, [job, '--', 'no-such-program'])
    expect(missing.code).toBe(job === 'dock' ? 126 : 127)
    const big = 'abcdefghi\n'.repeat(200_000)
    expect((await exec(project, [job, '--', 'cat'], big)).stdout === big).toBe(true)
  })

  test('beside a process: its user, its folder, its mounts', async () => {
    const { stdout } = await exec(project, [
      'unit.0',
      '--',
      'sh',
      '-c',
      'id -un; pwd; echo "$GREETING"; ls -A /tmp; ls -d /data',
    ])
    expect(stdout).toBe("admin\n/srv\nit's\n/data\n")
  })

  test.each(['unit', 'pod', 'dock'])('%s: Ctrl-C ends what was begun, in the container too', async (job) => {
    const { host } = await only(`${job}.0`)
    const running = project.start(['exec', job, '--', 'sleep', '4242'])
    await eventually('it runs', async () => (await on(host, 'pgrep -f "^[s]leep 4242" | wc -l')) === '1\n')
    expect((await running.kill('SIGINT')).code).toBe(130)
    expect(await on(host, 'pgrep -f "^[s]leep 4242" | wc -l')).toBe('0\n')
  })

  test('what does not run is said, with 125', async () => {
    expect((await project.hc('job', 'stop', 'pod')).code).toBe(0)
    const stopped = await exec(project, ['pod', '--', 'true'])
    expect([stopped.code, stopped.stderr]).toEqual([125, expect.stringContaining('hc job start pod')])
    expect(await exec(project, ['dcok', '--', 'true'])).toMatchObject({ code: 125 })
  })

  test('on a real terminal: a shell of its own, Ctrl-C its own, the size followed, the terminal as it was', async () => {
    const name = `hc-exec-${process.pid}`
    const tmux = (...words: readonly string[]) =>
      new Promise<string>((done, fail) => {
        execFile('tmux', ['-L', name, ...words], (error, stdout) => (error ? fail(error) : done(stdout)))
      })
    const type = (text: string) => tmux('send-keys', '-t', name, text, 'Enter')
    const shows = (text: RegExp) =>
      eventually(`the screen shows ${text}`, async () => text.test(await tmux('capture-pane', '-p', '-t', name)))
    const env = { HC_INVENTORY: project.path('inventory.yml'), NO_COLOR: '1' }
    const set = Object.entries(env).flatMap(([key, value]) => ['-e', `${key}=${value}`])
    await tmux('new-session', '-d', '-s', name, '-x', '90', '-y', '20', ...set, 'bash --norc')
    try {
      await type(`PS1='here> '; '${process.execPath}' '${join(ROOT, 'bin/run.js')}' exec dock; echo "ended with $?"`)
      await shows(/#\s*$/m)
      await type('stty size; sleep 100')
      await shows(/^20 90$/m)
      await tmux('send-keys', '-t', name, 'C-c')
      await tmux('resize-window', '-t', name, '-x', '100', '-y', '30')
      // docker hands a new size on in a call of its own, which what is typed at once may overtake.
      const askSize = async () => {
        await type('stty size')
        return /^30 100$/m.test(await tmux('capture-pane', '-p', '-t', name))
      }
      await eventually('the size is followed', askSize, { everyMs: 1000 })
      await type('exit 5')
      await shows(/^ended with 5$/m)
      await type('stty -a | grep -c " icanon.* iexten echo "')
      await shows(/^1$/m)
    } finally {
      await tmux('kill-server')
    }
  })
})
