import { describe, expect, test, vi } from 'vitest'
import HostCordon from '../../commands/host/cordon.js'
import HostDrain from '../../commands/host/drain.js'
import HostList from '../../commands/host/list.js'
import HostShow from '../../commands/host/show.js'
import HostUncordon from '../../commands/host/uncordon.js'
import JobRestart from '../../commands/job/restart.js'
import Status from '../../commands/status.js'
import type { Hc } from '../../src/hc.js'
import { UserError } from '../../src/model/errors.js'
import { FORTY } from '../ui/samples.js'
import { DONE } from '../ui/samples-done.js'
import { DRAIN_PLAN, DRAINED, hostWord } from '../ui/samples-hosts.js'
import { calls } from './fake-hc.js'
import { run } from './run.js'

vi.mock('../../src/hc.js', () => import('./fake-hc.js'))

describe('cordon and uncordon', () => {
  test('say a sentence for each host that the patterns name, and what to do next', async () => {
    const hostNames = vi.fn<Hc['hostNames']>(async () => ['nuc1', 'nuc2'])
    const cordonHost: Hc['cordonHost'] = async (name) => ({
      ...hostWord(name, true),
      slots: name === 'nuc1' ? ['web.0'] : [],
    })
    const said = await run(HostCordon, ['rack-a', '!nuc3'], { hc: { hostNames, cordonHost } })
    expect(hostNames).toHaveBeenCalledWith(['rack-a', '!nuc3'])
    expect(said.stdout).toBe('nuc1 is cordoned: it takes no allocations.\nnuc2 is cordoned: it takes no allocations.\n')
    expect(said.stderr).toBe('Next: hc host uncordon nuc1 nuc2 ends it; hc host drain nuc1 moves away what is there\n')
    const back = await run(HostUncordon, ['nuc1', '--json'])
    expect([back.json, back.exitCode]).toMatchObject([{ hosts: [{ host: 'nuc1', cordoned: false, changed: true }] }, 0])
  })
  test('a second time there is nothing to do next', async () => {
    const cordonHost: Hc['cordonHost'] = async (name) => hostWord(name, true, false)
    expect((await run(HostCordon, ['nuc1'], { hc: { cordonHost } })).stderr).toBe('')
  })
  test('a wrong name is said before anything is', async () => {
    const cordonHost = vi.fn<Hc['cordonHost']>()
    const hostNames: Hc['hostNames'] = () => Promise.reject(new UserError('"nux" is no host', { code: 'usage' }))
    expect((await run(HostCordon, ['nuc1', 'nux'], { hc: { hostNames, cordonHost } })).exitCode).toBe(2)
    expect(cordonHost).not.toHaveBeenCalled()
    expect((await run(HostCordon, [])).exitCode).toBe(2)
  })
})

describe('drain', () => {
  test('without a terminal it acts; what would move is on stderr, how it ended on stdout', async () => {
    const { stdout, stderr, questions, exitCode } = await run(HostDrain, ['nuc1'])
    expect(questions).toEqual([])
    expect(stderr).toContain('web.0  nuc1  nuc2')
    expect(stdout).toContain('db.0 stays on nuc1: its volume data is on nuc1')
    expect(stdout).toContain('1 moved: nuc1 still holds db.0.')
    expect(exitCode).toBe(0)
  })
  test.each([
    ['y', true],
    ['', false],
  ])('on a terminal %j is %s', async (answer, goes) => {
    const terminal = await run(HostDrain, ['nuc1'], { tty: true, env: { CI: '1' }, answers: [answer] })
    expect(terminal.questions).toEqual(['Drain nuc1? [y/N] '])
    expect([terminal.exitCode, terminal.stderr.includes('Nothing was changed.')]).toEqual([goes ? 0 : 1, !goes])
  })
  test('what moves nothing is not asked about, nor is --yes', async () => {
    const drainHosts: Hc['drainHosts'] = async (_, { confirm }) => {
      expect(await confirm({ ...DRAIN_PLAN, changes: false, actions: [] })).toBe(true)
      return { ...DRAINED, changes: false, actions: [], results: [], staying: [] }
    }
    const empty = await run(HostDrain, ['nuc1'], { tty: true, env: { NO_COLOR: '1' }, hc: { drainHosts } })
    expect([empty.questions, empty.stdout]).toEqual([[], 'Nothing was to be moved: nuc1 is empty.\n'])
    expect((await run(HostDrain, ['nuc1', '-y'], { tty: true, env: { CI: '1' } })).questions).toEqual([])
  })
  test('--dry-run shows and does nothing', async () => {
    const drainHosts = vi.fn<Hc['drainHosts']>()
    const text = await run(HostDrain, ['nuc1', '--dry-run'], { hc: { drainHosts } })
    expect(text.stdout).toContain('Drain of nuc1: 1 to move, 1 to stay.')
    const json = await run(HostDrain, ['nuc1', '--dry-run', '--json'], { hc: { drainHosts } })
    expect(json.json).toMatchObject({ changes: true, results: [], staying: [{ slot: 'db.0' }] })
    expect(drainHosts).not.toHaveBeenCalled()
  })
  test('whoever stops watching is told what is still to go, not that it failed', async () => {
    const drainHosts: Hc['drainHosts'] = async () => ({ ...DRAINED, results: [], staying: [], converged: false })
    const { stdout } = await run(HostDrain, ['nuc1'], { hc: { drainHosts } })
    expect(stdout).toBe('1 to go: nuc1 still holds web.0.\n')
  })
  test('what finds no other place is 4, what is out of reach 3', async () => {
    const reasons = [
      { host: 'nuc1', reason: 'the host is being drained' },
      { host: 'nuc2', reason: 'needs 3 GiB memory, 1 GiB free' },
    ]
    const unplaced = [{ slot: 'big.0', reasons }]
    const results = [{ slot: 'big.0', host: 'nuc1', ok: false, error: 'no other host can take it' }]
    const full: Hc['drainHosts'] = async () => ({
      ...DRAINED,
      actions: [],
      unplaced,
      results,
      staying: [],
      converged: false,
    })
    const said = await run(HostDrain, ['nuc1'], { hc: { drainHosts: full } })
    expect(said.exitCode).toBe(4)
    expect(said.stdout).toBe(
      'No other place: they stay and run on\n  big.0 has no place\n    nuc2: needs 3 GiB memory, 1 GiB free\n\n' +
        'Nothing could be moved: nuc1 still holds big.0.\n',
    )
    const away: Hc['drainHosts'] = async () => ({
      ...DRAINED,
      results: [],
      staying: [],
      converged: false,
      outOfReach: ['nuc1'],
    })
    const gone = await run(HostDrain, ['nuc1'], { hc: { drainHosts: away } })
    expect([gone.exitCode, gone.stdout]).toEqual([
      3,
      expect.stringContaining('nuc1 is out of reach: what is there is moved as soon as it answers'),
    ])
  })
})

describe('job restart', () => {
  test('takes jobs and slots, one job after the other', async () => {
    const restartJob = vi.fn<Hc['restartJob']>(async () => DONE)
    await run(JobRestart, ['web.1', 'db', 'web.0', 'web.1'], { hc: { restartJob } })
    expect(restartJob.mock.calls.map(([name, , slots]) => [name, slots])).toEqual([
      ['web', ['web.0', 'web.1']],
      ['db', []],
    ])
  })
  test('a job named whole is restarted whole; several print one object per line', async () => {
    const restartJob = vi.fn<Hc['restartJob']>(async () => DONE)
    const said = await run(JobRestart, ['web.1', 'web', 'db', '--json'], { hc: { restartJob } })
    expect(restartJob.mock.calls.map(([name, , slots]) => [name, slots])).toEqual([
      ['web', []],
      ['db', []],
    ])
    expect(said.jsonLines).toHaveLength(2)
  })
  test('of several jobs what all say is said once', async () => {
    const restartJob: Hc['restartJob'] = async () => ({ ...DONE, converged: false, loopTicking: false })
    const { stderr } = await run(JobRestart, ['web', 'db'], { hc: { restartJob } })
    expect(stderr.match(/no loop is ticking/g)).toHaveLength(1)
    expect(stderr.match(/Next: hc status/g)).toHaveLength(1)
    expect(stderr).toContain('Next: hc logs web db')
  })
  test('a wrong name restarts nothing', async () => {
    const restartJob = vi.fn<Hc['restartJob']>(async () => DONE)
    const checkTarget: Hc['checkTarget'] = async (name) => {
      if (name === 'db') throw new UserError('no job db is applied', { code: 'not-found' })
    }
    expect((await run(JobRestart, ['web', 'db'], { hc: { restartJob, checkTarget } })).exitCode).toBe(2)
    expect(restartJob).not.toHaveBeenCalled()
  })
  test('of several the code that applies first is theirs', async () => {
    const restartJob: Hc['restartJob'] = async (name) =>
      name === 'web' ? DONE : { ...DONE, results: [{ slot: 'db.0', host: 'nuc1', ok: false, error: 'exit 1' }] }
    expect((await run(JobRestart, ['web', 'db'], { hc: { restartJob } })).exitCode).toBe(1)
  })
})

describe('hosts', () => {
  test('host show is one screen, and --limit chooses of a list', async () => {
    const { stdout } = await run(HostShow, ['nuc3'])
    expect(stdout).toMatch(/^nuc3 is ready \(for 2h\) and cordoned: it takes no new allocations\.\n/)
    const hostNames: Hc['hostNames'] = async () => ['nuc2']
    const listed = await run(HostList, ['--limit', 'nuc2', '--json'], { hc: { hostNames } })
    expect(listed.json).toMatchObject({ hosts: [{ name: 'nuc2' }] })
    expect(calls.closed).toBe(1)
  })
})

test('status lists what is well only where it is few, or asked for', async () => {
  const more = [...FORTY.allocations, ...FORTY.allocations.map((each) => ({ ...each, slot: `b.${each.slot}` }))]
  const failed = more.map((each, index) => (index === 5 ? { ...each, state: 'failed' as const } : each))
  const hc: Partial<Hc> = { status: async () => ({ ...FORTY, allocations: failed }) }
  const short = (await run(Status, [], { hc })).stdout
  expect(short).toContain('... 79 allocations are well and left out: hc status -o wide lists all')
  expect(short.split('\n').length).toBeLessThan(40)
  for (const argv of [['-o', 'wide'], ['web']])
    expect((await run(Status, argv, { hc })).stdout).toContain(more.at(-1)?.slot)
})
