import { describe, expect, test, vi } from 'vitest'
import Rebalance from '../../commands/rebalance.js'
import type { Hc } from '../../src/hc.js'
import { UserError } from '../../src/model/errors.js'
import { REBALANCE } from './fake-rebalance.js'
import { run } from './run.js'

vi.mock('../../src/hc.js', () => import('./fake-hc.js'))

describe('rebalance', () => {
  test('shows the moves with their gain, asks, and says how it ended', async () => {
    const yes = await run(Rebalance, ['--no-color'], { tty: true, answers: ['y'] })
    expect(yes.questions).toEqual(['Make this move? [y/N] '])
    expect(yes.stderr).toContain('SLOT   FROM  TO    GAIN  WHY')
    expect(yes.stderr).toContain('web.1  nuc1  nuc3  0.3   slots of web: nuc1 2 -> 1, nuc3 0 -> 1')
    expect(yes.stderr).toMatch(/^ +memory in use: nuc1 80 % -> 50 %, nuc3 10 % -> 40 %$/m)
    expect(yes.stderr).toContain('nuc1  3 -> 2  8 % -> 5 %  80 % -> 50 %')
    expect(yes.stderr).not.toContain('nuc2')
    expect([yes.stdout, yes.exitCode]).toEqual(['1 moved.\n', 0])
  })
  test('a no changes nothing', async () => {
    const no = await run(Rebalance, [], { tty: true, answers: ['n'] })
    expect([no.stderr.endsWith('Nothing was changed.\n'), no.exitCode]).toEqual([true, 1])
  })
  test('--dry-run only shows; --moves is handed on', async () => {
    const rebalance = vi.fn<Hc['rebalance']>()
    const planRebalance = vi.fn<Hc['planRebalance']>(async () => ({ ...REBALANCE, more: true, kept: ['db.0'] }))
    const dry = await run(Rebalance, ['--dry-run', '--moves', '7'], { hc: { rebalance, planRebalance } })
    expect(planRebalance).toHaveBeenCalledWith(7)
    expect(dry.stdout).toContain('db.0 stays: after its move the loss of some host would no longer be survived.')
    expect(dry.stdout).toContain('More would gain after that')
    expect(dry.exitCode).toBe(0)
    expect(rebalance).not.toHaveBeenCalled()
    expect((await run(Rebalance, ['--moves', '0'])).exitCode).toBe(2)
  })
  test('says so where nothing gains, and asks nothing', async () => {
    const none = { ...REBALANCE, changes: false, actions: [], moves: [], converged: true }
    const said = await run(Rebalance, [], { tty: true, hc: { rebalance: async () => none } })
    expect(said.stdout).toBe('Nothing to move: no move gains more than 0.05 points.\n')
    expect([said.questions.length, said.exitCode]).toEqual([0, 0])
  })
  test('a move that fails ends it with 1, and what was not begun is counted', async () => {
    const [first] = REBALANCE.moves
    const rebalance: Hc['rebalance'] = async () => ({
      ...REBALANCE,
      moves: first ? [first, { ...first, slot: 'web.2' }] : [],
      results: [{ slot: 'web.1', host: 'nuc3', ok: false, error: 'it is on nuc2 by now' }],
    })
    const said = await run(Rebalance, ['--yes'], { hc: { rebalance } })
    expect(said.stdout).toContain('web.1  nuc3  FAILED  it is on nuc2 by now')
    expect(said.stdout).toContain('0 moved, 1 failed and 1 not begun.')
    expect(said.exitCode).toBe(1)
  })
  test('refuses with the reason while something is on its way', async () => {
    const error = new UserError('the cluster is not at rest: web.0 is still on the way', { code: 'world', exitCode: 1 })
    const said = await run(Rebalance, ['--json'], { hc: { rebalance: () => Promise.reject(error) } })
    expect(said.json).toMatchObject({ error: { code: 'world' } })
    expect(said.exitCode).toBe(1)
  })
})
