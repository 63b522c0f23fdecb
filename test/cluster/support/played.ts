// A plan that is carried out on scripted hosts.
import { type ExecuteInput, execute, type StepResult } from '../../../src/cluster/execute.js'
import type { AppliedJob } from '../../../src/model/job.js'
import type { Action, Placement } from '../../../src/model/plan.js'
import { WRITE_END, WRITE_HEAD } from '../../../src/remote/guard.js'
import { STEP } from '../../../src/remote/write-shell.js'
import { applied, facts, host, job, placement } from '../../planner/support/make.js'
import { HandClock, type Reply, ScriptedTransport, type Sent } from './doors.js'

/** Of every host, ms. */
export const UPTIME = 500_000

/** One action of a plan. */
export function action(kind: Action['kind'], slot: string, on: string, more: Partial<Action> = {}): Action {
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
export function stepsOf(script: string): readonly string[] {
  return [...script.matchAll(/^tell \d+ is '([^']+)'/gm)].map(([, step = '']) => step)
}

/** The answer of a host that does all of it, but for the slots that it says something of. */
export function answer(sent: Sent, says: Readonly<Record<string, string>> = {}): { readonly text: string } {
  const lines = stepsOf(sent.script).flatMap((step, n) => {
    const slot = step.slice(step.indexOf(' ') + 1)
    return [`${STEP}${n} is ${step}`, `${STEP}${n} ${says[slot] ?? 'ok done'}`]
  })
  return { text: [WRITE_HEAD, ...lines, WRITE_END, ''].join('\n') }
}

/** What came of a plan. */
export interface Played {
  readonly results: readonly StepResult[]
  readonly sent: readonly Sent[]
  readonly done: readonly string[]
  /** Writes that may begin something, by host; null: one has ended. */
  readonly begun: readonly (readonly [string, number | null])[]
  /** `nuc1 fails web.0: why`, one per result. */
  readonly said: readonly string[]
}

/** Carries a plan out on three scripted hosts. */
export async function play(
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
