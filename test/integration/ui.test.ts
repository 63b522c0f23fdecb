// hc ui as its user has it: in a real terminal, while hosts die and return, and what it leaves behind.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { idleJob, webJob } from './support/jobs.js'
import { lab, wipe } from './support/lab.js'
import type { Running } from './support/process.js'
import { closeProjects, Project } from './support/project.js'
import { Screen } from './support/screen.js'

let project: Project
let loop: Running
const screen = new Screen()

beforeAll(async () => {
  await wipe()
  project = new Project()
  project.job('web', webJob(8151, 'count: 2'))
  project.job('idle', idleJob())
  expect((await project.apply()).code).toBe(0)
  loop = await project.loop()
})
afterAll(async () => {
  await loop?.kill('SIGTERM')
  await closeProjects()
})
beforeEach(async () => screen.open(project.folder))
afterEach(() => screen.close())

const begin = async () => {
  await screen.hc('ui')
  await screen.shows(/All is well: 3 hosts, 2 jobs, 3 of 3 running[\s\S]*nuc3 +ready[\s\S]*web\.1 +nuc\d +running/)
}

describe('the terminal is as before', () => {
  const leftAs = async (code: number) => {
    const text = await screen.shows(`code ${code}`)
    expect(text).toContain('All is well: 3 hosts')
    expect(await screen.asks('alternate_on')).toBe('0')
    expect(await screen.asks('cursor_flag')).toBe('1')
    await screen.run('stty -a | grep -o " icanon"')
    await screen.shows(/^ icanon/m)
  }

  test('after q', async () => {
    await begin()
    expect(await screen.asks('alternate_on')).toBe('1')
    await screen.press('q')
    await leftAs(0)
  })

  test('after Ctrl-C', async () => {
    await begin()
    await screen.press('C-c')
    await leftAs(0)
  })

  test.each(['SIGTERM', 'SIGHUP'] as const)('after %s', async (signal) => {
    await begin()
    process.kill(await screen.pidOf('ui'), signal)
    await leftAs(130)
  })
})

test('every size has its screen, also while it changes; too small is said', async () => {
  await begin()
  for (const [columns, rows] of [
    [200, 60],
    [80, 24],
    [120, 40],
  ] as const) {
    await screen.resize(columns, rows)
    await screen.shows(columns >= 120 ? 'CPU used/reserved/total' : /CPU +MEMORY/)
    const lines = await screen.lines()
    expect(lines[0]).toMatch(/^All is well/)
    expect(lines[rows - 2]).toContain('q leave')
    expect(lines.filter((line) => line.includes('1 HOST'))).toHaveLength(1)
  }
  await screen.resize(60, 12)
  await screen.shows('needs 80 columns and 24 rows')
  await screen.resize(80, 24)
  await screen.shows(/All is well[\s\S]*web\.1/)
  await screen.press('q')
  await screen.shows('code 0')
})

test('a host dies and returns before one’s eyes; details and reasons are there', async () => {
  await begin()
  const victim = (await project.status()).allocations.find(({ slot }) => slot === 'idle.0')?.host ?? ''
  await lab('kill', victim)
  try {
    await screen.shows(new RegExp(`${victim} +lost`), 30)
    await screen.shows(/idle\.0 +(?!no)\S+ +running/, 30)
    await screen.press('!')
    await screen.shows(`host ${victim} is lost`)
    await screen.press('q')
  } finally {
    await lab('boot', victim)
  }
  await screen.shows(/All is well: 3 hosts/, 60)
  await screen.press('q')
})

test('an allocation restarts after a question whose default is no; the job stops and starts; logs follow', async () => {
  await begin()
  await screen.press('3', '/', 'i', 'd', 'l', 'e', 'Enter', 'r')
  await screen.shows('Restart idle.0 on')
  await screen.press('Enter')
  await screen.shows(/r restart/)
  expect((await project.events()).some(({ kind }) => kind === 'restart-asked')).toBe(false)
  await screen.press('r')
  await screen.shows('Restart idle.0 on')
  await screen.press('y')
  await screen.shows(/restart idle\.0(: done: 1 allocation| failed)/, 40)
  await screen.press('l')
  await screen.shows(/Logs of idle\.0[\s\S]*Started hc-idle\.0/)
  await screen.press('q', '2', 'j', 'S')
  await screen.shows('Stop the job web?')
  await screen.press('Tab', 'Enter')
  await screen.shows(/stop web(: done| failed)/, 40)
  await screen.shows(/web +stopped +\d/)
  await screen.press('S')
  await screen.shows('Start the job web again?')
  await screen.press('y')
  await screen.shows(/start web(: done| failed)/, 40)
  await screen.shows(/web +all run +2 +2/)
  await screen.press('q')
  await screen.shows('code 0')
})

test('a host is cordoned, drained and opened again', async () => {
  await begin()
  await screen.press('c')
  await screen.shows('Cordon nuc1?')
  await screen.press('y')
  await screen.shows(/nuc1 +ready, cordoned/, 30)
  await screen.press('c')
  await screen.shows('Uncordon nuc1?')
  await screen.press('y')
  await screen.shows(/nuc1 +ready +[^,]/, 30)
  await screen.press('D')
  await screen.shows('Drain nuc1?')
  await screen.press('y')
  await screen.shows(/drain nuc1: done/, 60)
  expect((await project.status()).allocations.filter(({ host }) => host === 'nuc1')).toEqual([])
  await screen.press('c')
  await screen.shows('Uncordon nuc1?')
  await screen.press('y')
  // The first uncordon is still told below: only the host's own row says that this one is done.
  await screen.shows(/nuc1 +ready +[^,]/, 30)
  await screen.press('q')
})

test('a faulty inventory ends nothing: it is said, and the screen goes on', async () => {
  await begin()
  project.editInventory((text) => `${text}\n  - nonsense\n`)
  await screen.press('p')
  await screen.shows('inventory.yml:')
  await screen.press('q')
  await screen.shows(/nuc1 +ready/)
  project.editInventory((text) => text.replace('\n  - nonsense\n', ''))
  await screen.press('p')
  await screen.shows('No changes', 30)
  await screen.press('q', 'q')
  await screen.shows('code 0')
})

test('a loop that hangs is said, and hc ui looks by itself', async () => {
  await begin()
  loop.signal('SIGSTOP')
  try {
    await screen.shows('by hc ui itself', 40)
    await screen.shows(/nuc2 +ready/)
  } finally {
    loop.signal('SIGCONT')
  }
  await screen.shows(/The loop ticks, last [0-4]s ago/, 40)
  await screen.press('q')
})

test('without colour the words are the same, in ASCII where the locale has no more', async () => {
  await screen.close()
  await screen.open(project.folder, { env: { NO_COLOR: '1', LANG: 'C', TERM: 'screen' } })
  await begin()
  await screen.shows(/^> nuc1/m)
  expect((await screen.lines()).join('\n')).toMatch(/^[\x20-\x7e\n]*$/)
  await screen.press('q')
})

test('without a terminal: exit code 2 and the way out', async () => {
  const { code, stderr, stdout } = await project.hc('ui')
  expect(code).toBe(2)
  expect(stderr).toContain('hc status --watch')
  expect(stdout).toBe('')
})
