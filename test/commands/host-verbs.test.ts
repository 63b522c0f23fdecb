import { describe, expect, test, vi } from 'vitest'
import HostClean from '../../commands/host/clean.js'
import HostConfirmLost from '../../commands/host/confirm-lost.js'
import HostForget from '../../commands/host/forget.js'
import JobMove from '../../commands/job/move.js'
import type { Hc } from '../../src/hc.js'
import { UserError } from '../../src/model/errors.js'
import { DONE } from '../ui/samples-done.js'
import { STRAY } from './fake-host-verbs.js'
import { run } from './run.js'

vi.mock('../../src/hc.js', () => import('./fake-hc.js'))

describe('forget', () => {
  test('shows what it would mean, asks, and says what it did', async () => {
    const yes = await run(HostForget, ['nuc2'], { tty: true, answers: ['y'] })
    expect(yes.stderr).toContain('nuc2 would be forgotten: web.0 is placed anew.')
    expect(yes.questions).toEqual(['Forget nuc2? [y/N] '])
    expect(yes.stdout).toBe('nuc2 is forgotten: web.0 is placed anew.\n')
    expect(yes.exitCode).toBe(0)
  })
  test('a no changes nothing; nobody to ask needs --yes', async () => {
    const forgetHosts = vi.fn<Hc['forgetHosts']>()
    const no = await run(HostForget, ['nuc2'], { tty: true, answers: ['n'], hc: { forgetHosts } })
    expect([no.stderr.endsWith('Nothing was changed.\n'), no.exitCode]).toEqual([true, 1])
    const piped = await run(HostForget, ['nuc2'], { hc: { forgetHosts } })
    expect(piped.stderr).toContain('host forget needs --yes where nobody can be asked')
    expect(piped.exitCode).toBe(2)
    expect(forgetHosts).not.toHaveBeenCalled()
  })
  test('a refusal is a sentence with what to do', async () => {
    const error = new UserError('db.0 is exclusive and may still run on nuc2: nuc2 is not forgotten', {
      code: 'usage',
      hint: 'switch nuc2 off for good, then say so: hc host confirm-lost nuc2',
    })
    const said = await run(HostForget, ['nuc2', '--yes'], { hc: { forgetHosts: () => Promise.reject(error) } })
    expect(said.stderr).toContain('hint: switch nuc2 off for good')
    expect(said.exitCode).toBe(2)
  })
})

test('confirm-lost says what may be started elsewhere now', async () => {
  const said = await run(HostConfirmLost, ['nuc2'])
  expect(said.stdout).toBe('nuc2 is taken to be off, until it answers again: db.0 may be started elsewhere.\n')
  expect(said.stderr).toBe('Next: hc status\n')
})

describe('clean', () => {
  test('lists what it would take away, asks, and does it', async () => {
    const said = await run(HostClean, ['nuc1'], { tty: true, answers: ['yes'] })
    expect(said.stderr).toContain('old.0      active (running)  c9')
    expect(said.stderr).toContain('2 units of hc on nuc1 that this store knows nothing of.')
    expect(said.stdout).toBe('old.0 and old.1 are gone from nuc1.\n')
  })
  test('says what is still there, with exit code 1; where nothing is, nothing is asked', async () => {
    const results = [{ slot: 'old.0', host: 'nuc1', ok: false, error: 'it hangs' }]
    const cleanHost: Hc['cleanHost'] = async () => ({ ...STRAY, results })
    const said = await run(HostClean, ['nuc1', '--yes'], { hc: { cleanHost } })
    expect([said.stdout, said.exitCode]).toEqual(['old.0 is still there: it hangs\n', 1])
    const planClean: Hc['planClean'] = async () => ({ ...STRAY, units: [] })
    const none = await run(HostClean, ['nuc1'], { tty: true, hc: { planClean } })
    expect([none.stdout, none.questions.length]).toEqual(['Nothing on nuc1 is unclaimed.\n', 0])
  })
})

describe('job move', () => {
  test('tells how it ended, with the exit codes of a change', async () => {
    const moveJob = vi.fn<Hc['moveJob']>(async () => ({ ...DONE, there: [] }))
    const said = await run(JobMove, ['web.0', 'nuc3'], { hc: { moveJob } })
    expect(moveJob.mock.calls[0]?.slice(0, 2)).toEqual(['web.0', 'nuc3'])
    expect(said.exitCode).toBe(0)
  })
  test('what is there already is only said', async () => {
    const moveJob: Hc['moveJob'] = async () => ({ ...DONE, actions: [], results: [], there: ['web.0'] })
    const said = await run(JobMove, ['web', 'nuc3'], { hc: { moveJob } })
    expect([said.stdout, said.exitCode]).toEqual(['web.0 is on nuc3 already, which is home from now on.\n', 0])
  })
})
