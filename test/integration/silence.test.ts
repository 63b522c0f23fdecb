// Silence is not death: hosts that cannot be reached, or only not by the control machine, keep what they run.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Verdict } from '../../src/model/observation.js'
import { webJob } from './support/jobs.js'
import { HOSTS, type LabHost, lab, on, wipe } from './support/lab.js'
import type { Running } from './support/process.js'
import { closeProjects, Project } from './support/project.js'
import { running, starts } from './support/seen.js'
import { eventually, sleep, stopwatch, tell } from './support/wait.js'

/** Longer than hc_lost_after and the looks that follow, ms: what is wrongly taken for lost is replaced by then. */
const LONG_ENOUGH = 7_000

describe('a host that is not dead', () => {
  let project: Project
  let loop: Running
  let before: string[]

  beforeAll(async () => {
    await wipe()
    project = new Project()
    for (const n of [1, 2, 3]) project.job(`web${n}`, webJob(8160 + n, 'count: 2'))
    expect((await project.apply()).code).toBe(0)
    loop = await project.loop()
    await project.proven()
  })
  beforeEach(async () => {
    await project.converged(30)
    before = starts(await running())
  })
  afterAll(async () => {
    expect((await loop.kill('SIGTERM')).code).toBe(0)
    await closeProjects()
    await wipe()
  })

  /** What the loop believes of a host: the record says so. */
  async function believed(host: LabHost, verdict: Verdict): Promise<string> {
    const found = await eventually(
      `${host} is ${verdict}`,
      async () => {
        const verdicts = (await project.events()).filter(({ kind, host: of }) => kind === 'verdict' && of === host)
        const last = verdicts.at(-1)
        return last?.reason === verdict && last
      },
      { seconds: 30 },
    )
    return found.text
  }

  async function nothingMoved(): Promise<void> {
    await sleep(LONG_ENOUGH)
    expect(starts(await running())).toEqual(before)
  }

  test('cut off from the control machine alone: another host reaches it, nothing moves', async () => {
    await lab('cut', 'nuc1', '--from', 'control')
    const since = stopwatch()
    expect(await believed('nuc1', 'cut-off')).toContain('look at the way between them')
    tell('cut until known as cut off', since())
    const status = await project.status()
    expect(status.hosts.find(({ name }) => name === 'nuc1')?.verdict).toBe('cut-off')
    await nothingMoved()
    await lab('heal', 'all')
    await believed('nuc1', 'ready')
  })

  test('the control machine cut off from everything: it knows, and nothing moves', async () => {
    const known = (await project.events()).length
    await lab('cut', 'control')
    await eventually(
      'control-cut-off is recorded',
      async () => (await project.events()).slice(known).some(({ kind }) => kind === 'control-cut-off'),
      { seconds: 30 },
    )
    await nothingMoved()
    expect((await project.events()).slice(known).filter(({ kind }) => kind === 'decided')).toEqual([])
    const apply = await project.hc('apply')
    expect([1, 3]).toContain(apply.code)
    await lab('heal', 'all')
    await project.converged(30)
    expect(starts(await running())).toEqual(before)
  })

  test('hung: it answers pings, so it is unmanageable, and nothing moves', async () => {
    await lab('freeze', 'nuc2')
    expect(await believed('nuc2', 'unmanageable')).toContain('answers pings')
    await sleep(LONG_ENOUGH)
    const survivors = HOSTS.filter((host) => host !== 'nuc2')
    expect(starts(await running(survivors))).toEqual(before.filter((start) => !start.includes('@nuc2')))
    await lab('thaw', 'nuc2')
    await believed('nuc2', 'ready')
    expect(starts(await running())).toEqual(before)
  })

  test('its sshd stopped: unmanageable, with what mends it, and nothing moves', async () => {
    await on(
      'nuc3',
      'systemctl stop ssh.socket ssh.service 2>/dev/null; systemctl stop ssh.service; kill $(pgrep -x sshd); :',
    )
    expect(await believed('nuc3', 'unmanageable')).toContain('start its sshd')
    await nothingMoved()
    const status = await project.hc('status')
    expect(status.code).toBe(1)
    expect(status.stdout).toContain('host nuc3 is unmanageable')
    await on('nuc3', 'systemctl start ssh')
    await believed('nuc3', 'ready')
    expect(starts(await running())).toEqual(before)
  })
})
