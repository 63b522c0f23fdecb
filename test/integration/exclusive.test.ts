// An exclusive job on real hosts: taken over after a power cut, and never while it may still run. Each copy writes down on its
// own host, ten times a second, that it lives: what truly ran is counted from that.
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { HOSTS, type LabHost, lab, on, others, wipe } from './support/lab.js'
import type { Running } from './support/process.js'
import { closeProjects, Project } from './support/project.js'
import { only } from './support/seen.js'
import { eventually, sleep, stopwatch, tell } from './support/wait.js'

const WITNESS = '/var/tmp/hc-exclusive-witness'
const LOOP = `while :; do date +%s.%N >>${WITNESS}; sleep 0.1; done`
/** Two signs of life of one copy are never further apart, s: a slow machine included. */
const BREATH = 1.5

/** When a copy lived on a host: from and to, s since 1970. */
interface Life {
  readonly host: LabHost
  readonly from: number
  readonly to: number
}

async function livesOn(host: LabHost): Promise<readonly Life[]> {
  const text = await on(host, `cat ${WITNESS} 2>/dev/null || :`)
  const lives: Life[] = []
  for (const at of text
    .split('\n')
    .map(Number)
    .filter((stamp) => stamp > 0)) {
    const last = lives.at(-1)
    if (last && at - last.to < BREATH) lives[lives.length - 1] = { ...last, to: at }
    else lives.push({ host, from: at, to: at })
  }
  return lives
}

/** Sentences for each moment at which two copies lived; all hosts of the lab have one clock. */
async function doubles(): Promise<readonly string[]> {
  const lives = (await Promise.all(HOSTS.map(livesOn))).flat().sort((a, b) => a.from - b.from)
  return lives.flatMap((life, index) => {
    const before = lives[index - 1]
    return before && before.host !== life.host && before.to >= life.from
      ? [`${before.host} lived until ${before.to}, ${life.host} since ${life.from}`]
      : []
  })
}

async function began(): Promise<{ loop: Running; home: LabHost }> {
  const project = new Project()
  const command = JSON.stringify(['/bin/sh', '-c', LOOP])
  const lines = [`command: ${command}`, 'exclusive: true', 'resources: {cpu: 20m, memory: 16Mi}', 'stop: {timeout: 2s}']
  project.job('db', `${lines.join('\n')}\n`)
  expect((await project.apply()).code).toBe(0)
  const loop = await project.loop()
  const { host } = await only('db.0')
  await eventually('its host is armed', async () => (await on(host, 'ls /run/hc/words')).includes('db.0'))
  await project.proven()
  return { loop, home: host }
}

/** Waits until another host than `home` has its copy; seconds. */
async function takenAfter(home: LabHost, since: () => number): Promise<number> {
  await eventually(
    'another host runs it',
    async () => (await Promise.all(others(home).map(livesOn))).some((lives) => lives.length > 0),
    { seconds: 40, everyMs: 100 },
  )
  return since()
}

describe('an exclusive job', () => {
  beforeEach(async () => {
    // The loop of the test before would go on to act on the same hosts.
    await closeProjects()
    await wipe()
    for (const host of HOSTS) await on(host, `rm -f ${WITNESS}`)
  })
  afterAll(async () => {
    await closeProjects()
    await wipe()
  })

  test('is taken over after a power cut, and stays there when its host is back', async () => {
    const { home } = await began()
    await lab('kill', home)
    await takenAfter(home, stopwatch())
    await lab('boot', home)
    await sleep(8000)
    // By what the copies wrote themselves: asking the hosts takes its time too.
    const ends = Math.max(...(await livesOn(home)).map(({ to }) => to))
    const begins = Math.min(...(await Promise.all(others(home).map(livesOn))).flat().map(({ from }) => from))
    tell('an exclusive slot was taken over after', begins - ends)
    // 20 s is the aim, and what is measured is told; a machine that is busy with other work needs a little more.
    expect(begins - ends).toBeLessThan(24)
    expect((await only('db.0')).host).not.toBe(home)
    expect(await doubles()).toEqual([])
  })

  test('stays while its host is only cut off from the control machine', async () => {
    const { home } = await began()
    await lab('cut', home, '--from', 'control')
    await sleep(30_000)
    expect((await livesOn(home)).length).toBe(1)
    for (const host of others(home)) expect(await livesOn(host)).toEqual([])
    await lab('heal', 'all')
    await sleep(3000)
    expect((await livesOn(home)).length).toBe(1)
  })

  test('is stopped by its host and then taken over where that is cut off from all', async () => {
    const { home } = await began()
    await lab('cut', home)
    const seconds = await takenAfter(home, stopwatch())
    tell('an exclusive slot of a host that is cut off was taken over after', seconds)
    await lab('heal', 'all')
    await sleep(8000)
    expect(await doubles()).toEqual([])
    expect((await only('db.0')).host).not.toBe(home)
  })

  // Safety case 6: it reaches its voters and keeps what it runs, while nobody reaches it.
  test('case 6: stays where a packet filter of its host drops all that comes in', async () => {
    const { home } = await began()
    const filter = 'inet hc_test_filter'
    await on(
      home,
      `nft -f - <<'END'
table ${filter} { chain input { type filter hook input priority 0; iif != lo ct direction original drop; }; }
END`,
    )
    try {
      await sleep(30_000)
      expect((await livesOn(home)).length).toBe(1)
      for (const host of others(home)) expect(await livesOn(host)).toEqual([])
    } finally {
      await on(home, `nft delete table ${filter}`)
    }
    await sleep(5000)
    expect((await livesOn(home)).length).toBe(1)
    expect(await doubles()).toEqual([])
    expect((await only('db.0')).host).toBe(home)
  })

  test('case 7: is not taken over from a host that looked at its lease no more: nothing stops the copy there', async () => {
    const { home } = await began()
    await on(home, 'systemctl stop hc-lease.timer')
    await sleep(12_000)
    await lab('cut', home)
    await sleep(35_000)
    for (const host of others(home)) expect(await livesOn(host)).toEqual([])
    // Nothing has stopped it: it lives still, and anybody's copy would have been a second one.
    const lived = (await livesOn(home)).at(-1)?.to ?? 0
    await eventually('it lives still', async () => ((await livesOn(home)).at(-1)?.to ?? 0) > lived)
    await lab('heal', 'all')
    await sleep(8000)
    await on(home, 'systemctl start hc-lease.timer')
    await sleep(5000)
    expect((await only('db.0')).host).toBe(home)
    expect(await doubles()).toEqual([])
  })

  test('case 8: goes on while no loop ticks', async () => {
    const { loop, home } = await began()
    await loop.kill('SIGKILL')
    await sleep(25_000)
    expect((await livesOn(home)).length).toBe(1)
    expect(await doubles()).toEqual([])
  })
})
