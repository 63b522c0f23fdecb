// The command that helps, for each kind of trouble.
import { expect, test } from 'vitest'
import type { StatusView } from '../../src/model/views.js'
import { hintsFor } from '../../src/planner/hints.js'
import { ALL_WELL, allocation, host } from '../ui/samples.js'
import { WALL } from './support/make.js'

const WELL: StatusView = { ...ALL_WELL, hosts: [host('nuc1')], loop: { ticking: true, lastTick: WALL } }
const reason = (text: string) => [{ slot: 'big.0', reasons: [{ host: 'nuc1', reason: text }] }]
const ago = (seconds: number) => new Date(Date.parse(WALL) - seconds * 1000).toISOString()

test.each([
  ['all is well', {}, []],
  [
    'a lost host',
    { hosts: [host('nuc1', { verdict: 'lost' })] },
    ['hc host show nuc1 shows what is known of it, and what waits for it'],
  ],
  [
    'a slot that failed',
    {
      allocations: [allocation('web.0', 'nuc1', { state: 'failed' }), allocation('web.1', 'nuc1', { state: 'failed' })],
    },
    ['hc logs web.0 shows why it failed (and 1 more); hc job restart web.0 tries again'],
  ],
  [
    'a start that is put off',
    { allocations: [allocation('web.0', null, { state: 'pending', note: 'its start failed twice: next try in 8s' })] },
    ['hc logs web.0 may show more; hc job restart web.0 tries at once'],
  ],
  [
    'no room',
    { unplaced: reason('needs 3 GiB memory, 1 GiB free of 4 GiB') },
    ['big.0 lacks memory: let it ask for less in its file, lower a count, or add a host'],
  ],
  ['no place', { unplaced: reason('needs os == plan9, but os is debian') }, ['hc job show big shows what big.0 needs']],
  [
    'cordoned hosts',
    { hosts: ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => host(name, { cordoned: true })) },
    ['hc host uncordon a b c d (and 2 more) lets them take allocations again'],
  ],
  [
    'exclusive work that waits for a lost host',
    {
      hosts: [host('nuc1', { verdict: 'lost' })],
      waiting: [{ slot: 'db.0', host: 'nuc1', reason: 'exclusive: nuc1 may still run it' }],
    },
    [
      'hc host show nuc1 shows what is known of it, and what waits for it',
      'hc host confirm-lost nuc1 says that it is off, so that exclusive work is started elsewhere',
    ],
  ],
  [
    'what waits for a host that has left the inventory',
    { waiting: [{ slot: 'web.0', host: 'old', reason: 'old is no longer in the inventory' }] },
    ['hc host forget old places anew what was there; exclusive work needs hc host confirm-lost old before'],
  ],
  [
    'a host that was lost too often',
    { hosts: [host('nuc1', { held: 'nuc1 was lost too often; hc host uncordon nuc1 ends that' })] },
    ['nuc1 was lost too often; hc host uncordon nuc1 ends that'],
  ],
  [
    'unclaimed',
    { unclaimed: [{ slot: 'x.0', host: 'nuc1' }] },
    ['hc apply of x takes over what is unclaimed, without a restart; hc host clean nuc1 takes it away'],
  ],
  [
    'no loop',
    { loop: { ticking: false, lastTick: null } },
    ['no loop is ticking: a later loss is not handled; hc reconcile --install sets one up'],
  ],
  [
    'a loop that hangs since before the clock was set back',
    { loop: { ticking: true, lastTick: ago(-3600) } },
    [
      'the loop ticked last 1h from now: the clock was set back, and it has not ticked since: journalctl -u hc-reconcile shows why',
    ],
  ],
  [
    'a loop that hangs',
    { loop: { ticking: true, lastTick: ago(90) } },
    ['the loop has not ticked for 1m 30s: journalctl -u hc-reconcile shows why'],
  ],
] as const)('%s', (_, part, expected) => {
  expect(hintsFor({ ...WELL, ...part }, WALL)).toEqual(expected)
})
