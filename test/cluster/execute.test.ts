// A plan is carried out wave by wave, one write per host and wave; what is not known to have failed is not blamed.
import { describe, expect, test } from 'vitest'
import { type ExecuteInput, execute, type StepResult } from '../../src/cluster/execute.js'
import { UserError } from '../../src/model/errors.js'
import type { AppliedJob } from '../../src/model/job.js'
import type { Action, Placement } from '../../src/model/plan.js'
import { WRITE_END, WRITE_HEAD } from '../../src/remote/guard.js'
import { STEP } from '../../src/remote/write-shell.js'
import { applied, facts, host, job, placement } from '../planner/support/make.js'
import { HandClock, type Reply, ScriptedTransport, type Sent } from './support/doors.js'

const UPTIME = 500_000

function action(kind: Action['kind'], slot: string, on: string, more: Partial<Action> = {}): Action {
  const there: Placement | null = kind === 'stop' ? null : placement(slot, on)
  const name = slot.slice(0, slot.indexOf('.'))
  return {
    kind,
    slot,
    job: name,
    host: on,
    from: null,
    reason: 'new-job',
    text: '',
    wave: 0,
    placement: there,
    ...more,
  }
}

/** The steps that a write script asks for: `start web.0`. */
function stepsOf(script: string): readonly string[] {
  return [...script.matchAll(/^tell \d+ is '([^']+)'/gm)].map(([, step = '']) => step)
}

/** The answer of a host that does all of it, but for the slots that it says something of. */
function answer(sent: Sent, says: Readonly<Record<string, string>> = {}): { readonly text: string } {
  const lines = stepsOf(sent.script).flatMap((step, n) => {
    const slot = step.slice(step.indexOf(' ') + 1)
    return [`${STEP}${n} is ${step}`, `${STEP}${n} ${says[slot] ?? 'ok done'}`]
  })
  return { text: [WRITE_HEAD, ...lines, WRITE_END, ''].join('\n') }
}

interface Played {
  readonly results: readonly StepResult[]
  readonly sent: readonly Sent[]
  readonly done: readonly string[]
  /** Writes that may begin something, by host; null: one has ended. */
  readonly begun: readonly (readonly [string, number | null])[]
  /** `nuc1 fails web.0: why`, one per result. */
  readonly said: readonly string[]
}

async function play(
  actions: readonly Action[],
  reply: (sent: Sent) => Reply = answer,
  changes: Partial<ExecuteInput> & { readonly jobs?: ExecuteInput['jobs'] } = {},
): Promise<Played> {
  const clock = new HandClock()
  const transport = new ScriptedTransport(clock, reply)
  const names = ['n1', 'n2', 'n3']
  const done: string[] = []
  const begun: [string, number | null][] = []
  const jobs = [...new Set(actions.map((each) => each.job))].map((name) => [name, applied(job(name))] as const)
  const input: ExecuteInput = {
    actions,
    greet: [],
    bootWaitMs: 0,
    hosts: new Map(
      names.map((name) => [name, { host: host(name), facts: facts({ uptimeMs: UPTIME }), contactAt: clock.now() }]),
    ),
    jobs: new Map<string, AppliedJob>(jobs),
    cluster: 'c1',
    key: 'aa',
    term: { number: 4, owner: 'desk-1' },
    contents: async () => ({ files: {}, envFiles: [], secrets: {} }),
    ...changes,
  }
  const results = await clock.until(
    execute(input, {
      transport,
      clock,
      debug: () => {},
      onResult: () => {},
      onHostDone: (name) => done.push(name),
      onWrite: (name, until) => begun.push([name, until]),
    }),
  )
  const said = results.map(({ host: on, slot, ok, error, unknown, step }) =>
    ok ? `${on} ${step} ${slot}` : `${on} ${step} ${slot} ${unknown ? 'unknown' : 'failed'}: ${error}`,
  )
  return { results, sent: transport.sent, done, begun, said }
}

const writes = ({ sent }: Played) => sent.map(({ host: on, script }) => `${on}: ${stepsOf(script).join(', ')}`)

describe('waves and writes', () => {
  test('one write for all steps of a host', async () => {
    const played = await play([
      action('start', 'a.0', 'n1'),
      action('restart', 'b.0', 'n1'),
      action('stop', 'c.0', 'n1'),
    ])
    expect(writes(played)).toEqual(['n1: start a.0, restart b.0, stop c.0'])
    expect(played.said).toEqual(['n1 start a.0', 'n1 restart b.0', 'n1 stop c.0'])
    expect(played.done).toEqual(['n1'])
  })
  test('hosts of one wave at the same time', async () => {
    const played = await play([action('start', 'a.0', 'n1'), action('start', 'a.1', 'n2')])
    expect(played.sent.map(({ at }) => at)).toEqual([0, 0])
  })
  test('a move stops first, and starts when that has ended', async () => {
    const slow = (sent: Sent): Reply => ({ ...answer(sent), afterMs: sent.host === 'n1' ? 700 : 1 })
    const played = await play([action('move', 'a.0', 'n2', { from: 'n1' })], slow)
    expect(writes(played)).toEqual(['n1: stop a.0', 'n2: start a.0'])
    expect(played.sent[1]?.at).toBeGreaterThanOrEqual(700)
  })
  test('a host is done when its own last step has ended, not when the plan has', async () => {
    const order: string[] = []
    const reply = (sent: Sent): Reply => {
      order.push(sent.host)
      return answer(sent)
    }
    const played = await play([action('move', 'a.0', 'n2', { from: 'n1' }), action('start', 'b.0', 'n3')], reply)
    expect(played.done).toEqual(['n1', 'n3', 'n2'])
    expect(order).toEqual(['n1', 'n3', 'n2'])
  })
  test('adopting sends nothing', async () => {
    expect((await play([action('adopt', 'a.0', 'n1')])).sent).toEqual([])
  })
  test('everything goes through the lane for acts', async () => {
    const { sent } = await play([action('start', 'a.0', 'n1')])
    expect(sent.map(({ lane }) => lane)).toEqual(['act'])
  })
})

describe('what a host may do late', () => {
  test('a write that begins something holds up a take-over until its deadline, or its end', async () => {
    expect((await play([action('start', 'a.0', 'n1')])).begun).toEqual([
      ['n1', expect.any(Number)],
      ['n1', null],
    ])
    const lost = await play([action('restart', 'a.0', 'n1')], () => ({ failure: 'reply-lost' }))
    expect(lost.begun).toEqual([['n1', expect.any(Number)]])
  })
  test('one that only stops does not: nothing lives longer for it', async () => {
    const lost = await play([action('stop', 'a.0', 'n1')], () => ({ failure: 'reply-lost' }))
    expect(lost.begun).toEqual([])
    const rules = {
      id: 1,
      voters: [],
      leaseMs: 8000,
      lookEveryMs: 2000,
      lookMs: 800,
      stopBoundMs: 5000,
      selfFence: true,
    }
    const leases = new Map([['n1', { arm: { rules, slots: [] } }]])
    const armed = await play([action('stop', 'a.0', 'n1')], () => ({ failure: 'reply-lost' }), { leases })
    expect(armed.begun).toHaveLength(1)
  })
})

describe('room that is made', () => {
  const chain = [
    action('move', 'b.0', 'n3', { from: 'n2' }),
    action('move', 'a.0', 'n2', { from: 'n1', wave: 1, needs: ['b.0'] }),
    action('start', 'z.0', 'n1', { wave: 2, needs: ['a.0'] }),
  ]
  const ring = [
    action('move', 'a.0', 'n2', { from: 'n1', needs: ['b.0'] }),
    action('move', 'b.0', 'n1', { from: 'n2', needs: ['a.0'] }),
  ]
  const hangs = (slot: string) => (sent: Sent) => {
    return sent.script.includes(`stop ${slot}`) ? answer(sent, { [slot]: 'failed it hangs' }) : answer(sent)
  }
  test('step by step: nothing is stopped or started before what makes room for it is gone', async () => {
    expect(writes(await play(chain))).toEqual([
      'n2: stop b.0',
      'n1: stop a.0',
      'n3: start b.0',
      'n1: start z.0',
      'n2: start a.0',
    ])
  })
  test('and where that fails, all that needs it stays as it is', async () => {
    const played = await play(chain, hangs('b.0'))
    expect(writes(played)).toEqual(['n2: stop b.0'])
    expect(played.said).toContain(
      'n1 stop a.0 unknown: not stopped: b.0, which makes room for it, was not seen to stop (n2: it hangs)',
    )
    expect(played.said.filter((line) => line.includes('unknown'))).toHaveLength(4)
  })
  test('by slots that change places: both stop, then both start', async () => {
    expect(writes(await play(ring))).toEqual(['n1: stop a.0', 'n2: stop b.0', 'n1: start b.0', 'n2: start a.0'])
  })
  test('and where one of them does not stop, neither starts', async () => {
    expect(writes(await play(ring, hangs('b.0')))).toEqual(['n1: stop a.0', 'n2: stop b.0'])
  })
})

describe('what goes wrong', () => {
  test('a failed stop holds back the start of its move, and no other', async () => {
    const actions = [action('move', 'a.0', 'n2', { from: 'n1' }), action('move', 'b.0', 'n2', { from: 'n1' })]
    const played = await play(actions, (sent) => answer(sent, { 'a.0': 'failed it hangs' }))
    expect(writes(played)).toEqual(['n1: stop a.0, stop b.0', 'n2: start b.0'])
    expect(played.said).toEqual([
      'n1 stop a.0 failed: it hangs',
      'n1 stop b.0',
      'n2 start a.0 unknown: not started: its other copy was not seen to stop (n1: it hangs)',
      'n2 start b.0',
    ])
  })
  test('so does a stop whose reply was lost', async () => {
    const played = await play([action('move', 'a.0', 'n2', { from: 'n1' })], () => ({ failure: 'reply-lost' }))
    expect(played.sent).toHaveLength(1)
    expect(played.results.map(({ ok, unknown }) => [ok, unknown])).toEqual([
      [false, true],
      [false, true],
    ])
  })
  test('and a separate stop of another copy', async () => {
    const actions = [action('stop', 'a.0', 'n1'), action('start', 'a.0', 'n2', { wave: 1 })]
    const played = await play(actions, (sent) => answer(sent, { 'a.0': 'failed it hangs' }))
    expect(writes(played)).toEqual(['n1: stop a.0'])
  })
  test.each(['reply-lost', 'timeout', 'unreachable', 'refused'] as const)(
    '%s is unknown, no failure',
    async (failure) => {
      const { said } = await play([action('start', 'a.0', 'n1')], () => ({ failure }))
      const more = failure === 'reply-lost' ? ': whether it was done is seen at the next look' : ''
      expect(said).toEqual([`n1 start a.0 unknown: it is ${failure}${more}`])
    },
  )
  test('a refusal by the host is unknown, no failure', async () => {
    const { said } = await play([action('start', 'a.0', 'n1')], () => ({
      text: `${WRITE_HEAD}\nhc-refused term term 5 of laptop is in force\n${WRITE_END}\n`,
    }))
    expect(said).toEqual([
      'n1 start a.0 unknown: another control machine is in charge of the host: term 5 of laptop is in force',
    ])
  })
  test('no word of a step is unknown', async () => {
    const { said } = await play([action('start', 'a.0', 'n1')], () => ({ text: `${WRITE_HEAD}\n${WRITE_END}\n` }))
    expect(said).toEqual(['n1 start a.0 unknown: the host said nothing of it'])
  })
  test('a start that went wrong is a failure of that slot alone', async () => {
    const actions = [action('start', 'a.0', 'n1'), action('start', 'b.0', 'n1')]
    const { said } = await play(actions, (sent) => answer(sent, { 'a.0': 'failed no such file' }))
    expect(said).toEqual(['n1 start a.0 failed: no such file', 'n1 start b.0'])
  })
  test('one host that is silent holds up no other', async () => {
    const actions = [action('start', 'a.0', 'n1'), action('start', 'a.1', 'n2')]
    const { said } = await play(actions, (sent) => (sent.host === 'n1' ? 'silence' : answer(sent)))
    expect(said).toEqual(['n2 start a.1', 'n1 start a.0 unknown: no answer in time'])
  })
  test('a host that did not answer is sent nothing', async () => {
    const { said, sent } = await play([action('start', 'a.0', 'n9')])
    expect(sent).toEqual([])
    expect(said).toEqual(['n9 start a.0 unknown: n9 did not answer in this tick'])
  })
  test('a secret that cannot be read fails its slot and no other', async () => {
    const contents: ExecuteInput['contents'] = async ({ job: { name } }) => {
      if (name === 'a') throw new UserError('secret TOKEN: no such file', { hint: 'write it' })
      return { files: {}, envFiles: [], secrets: {} }
    }
    const played = await play([action('start', 'a.0', 'n1'), action('start', 'b.0', 'n1')], answer, { contents })
    expect(writes(played)).toEqual(['n1: start b.0'])
    expect(played.said).toEqual(['n1 start a.0 failed: secret TOKEN: no such file; write it', 'n1 start b.0'])
  })
  test('a bug is not taken for a failure of the world', async () => {
    const contents = async () => {
      throw new Error('bug: x')
    }
    await expect(play([action('start', 'a.0', 'n1')], answer, { contents })).rejects.toThrow('bug: x')
  })
})

describe('the guard of a write', () => {
  const deadline = ({ sent }: Played, index: number) =>
    Number(/deadline='?(\d+)/.exec(sent[index]?.script ?? '')?.[1]) * 10

  test('carries term, owner, cluster and boot id', async () => {
    const { sent } = await play([action('start', 'a.0', 'n1')])
    const script = sent[0]?.script ?? ''
    expect(script).toMatch(/term='?4'? owner='?desk-1'? cluster='?c1/)
    expect(script).toContain(facts().bootId)
  })
  test('is good for ten seconds after the answer it rests on, and what its stops may take', async () => {
    const quick = applied(job('a', { stop: { signal: 'SIGTERM', timeoutMs: 0 } }))
    const slow = applied(job('b', { stop: { signal: 'SIGTERM', timeoutMs: 30_000 } }))
    const jobs = new Map([
      ['a', quick],
      ['b', slow],
    ])
    const one = await play([action('start', 'a.0', 'n1')], answer, { jobs })
    expect(deadline(one, 0)).toBe(UPTIME + 10_000)
    const two = await play([action('start', 'a.0', 'n1'), action('stop', 'b.0', 'n1')], answer, { jobs })
    expect(deadline(two, 0)).toBe(UPTIME + 10_000 + 30_000)
  })
  test('counts on by the time that has passed here since', async () => {
    const jobs = new Map([['a', applied(job('a', { stop: { signal: 'SIGTERM', timeoutMs: 0 } }))]])
    const reply = (sent: Sent): Reply => ({ ...answer(sent), afterMs: 3000 })
    const played = await play([action('move', 'a.0', 'n2', { from: 'n1' })], reply, { jobs })
    expect(played.sent[1]?.at).toBe(3000)
    expect(deadline(played, 1)).toBe(UPTIME + 3000 + 10_000)
  })
  test('the stop of a slot whose job is gone is given the time that jobs have by default', async () => {
    const played = await play([action('stop', 'a.0', 'n1')], answer, { jobs: new Map() })
    expect(deadline(played, 0)).toBe(UPTIME + 10_000 + 5000)
  })
})
