// Carries out a plan: wave by wave, one write per host and wave, all hosts of a wave at once. Makes no choices.
import { type Contents, recipeFor } from '../drivers/index.js'
import { UserError } from '../model/errors.js'
import type { Host, HostFacts, Term } from '../model/host.js'
import type { AppliedJob } from '../model/job.js'
import { byName, type HostName, type JobName, type Millis, type SlotName } from '../model/names.js'
import type { Action } from '../model/plan.js'
import type { ResultView } from '../model/views.js'
import type { Clock, Transport } from '../ports.js'
import {
  parseWriteReply,
  type Step,
  slotOfStep,
  stopBoundMs,
  type WriteRequest,
  writeScript,
  writeTimeoutMs,
} from '../remote/write.js'
import type { LeaseStep } from '../remote/write-request.js'

export type { Contents } from '../drivers/index.js'

/** From a host's answer to the write that rests on it, ms: later the host refuses it; see `Guard.deadlineMs`. */
const WRITE_WITHIN_MS = 10_000
/** How long a write waits on the host for another one, ms. */
const HOST_LOCK_MS = 5000

/** A host as it answered. */
export interface Target {
  readonly host: Host
  readonly facts: HostFacts
  /** hc's monotonic clock when the answer arrived. */
  readonly contactAt: Millis
}

/** What is carried out, and with what. */
export interface ExecuteInput {
  readonly actions: readonly Action[]
  /** Hosts that are given the first word, with or without other steps. */
  readonly greet: readonly HostName[]
  /** Hosts that are armed or disarmed, with or without other steps. Absent: none. */
  readonly leases?: ReadonlyMap<HostName, LeaseStep>
  /** hc_boot_wait. */
  readonly bootWaitMs: Millis
  readonly hosts: ReadonlyMap<HostName, Target>
  readonly jobs: ReadonlyMap<JobName, AppliedJob>
  readonly cluster: string
  readonly key: string
  readonly term: Term
  /** `Records.order`. Absent: not told. */
  readonly order?: number
  /** What an allocation is given; may throw UserError: then that slot fails and no other. */
  contents(applied: AppliedJob): Promise<Contents>
}

/** Doors, and who is told. */
export interface ExecuteDoors {
  readonly transport: Transport
  readonly clock: Clock
  /** How long this process surely may act, ms. Absent: for as long as it lives. */
  leftMs?(): Millis
  debug(line: string): void
  onResult(result: StepResult): void
  /**
   * A write that may begin or prolong something is about to be sent; the host may obey it until then, hc's clock. null: a
   * write has ended, nothing comes later.
   */
  onWrite?(host: HostName, until: Millis | null): void
  /** The last step of this plan on that host has ended. */
  onHostDone(host: HostName): void
}

/** What became of one step. */
export interface StepResult extends ResultView {
  /** Half of a move is a stop, the other half a start. */
  readonly step: 'stop' | 'start' | 'restart'
  /** Not known to have failed: the reply was lost, or the host refused the write as a whole. Look again, blame nothing. */
  readonly unknown: boolean
}

/** One thing to do on one host in one wave. */
interface Task {
  readonly action: Action
  readonly host: HostName
  readonly wave: number
  readonly kind: StepResult['step']
  /** Slots whose stops have to be seen to be done: its own elsewhere, and those whose room it takes. */
  readonly after: readonly SlotName[]
}

/** Results of all steps, in the order in which they ended. Never rejects for what the world does. */
export async function execute(input: ExecuteInput, doors: ExecuteDoors): Promise<readonly StepResult[]> {
  const tasks = tasksOf(input.actions)
  const results: StepResult[] = []
  const spoken = new Set([...input.greet, ...(input.leases?.keys() ?? [])])
  const idle = [...spoken].filter((name) => !tasks.some(({ host }) => host === name))
  const greeted = Promise.all(idle.map((name) => greet(name, input, doors)))
  const unstopped = new Map<string, string>()
  const waves = [...new Set(tasks.map(({ wave }) => wave))].sort((a, b) => a - b)
  for (const wave of waves) {
    const now = tasks.filter((task) => task.wave === wave)
    // What swaps places stops at the same time: only what waves before have left undone holds a step up.
    const before = new Map(unstopped)
    const hosts = [...new Set(now.map(({ host }) => host))].sort(byName)
    await Promise.all(
      hosts.map(async (name) => {
        const mine = now.filter(({ host }) => host === name)
        const ended = await onHost(name, mine, before, input, doors)
        for (const { task, ok, error, unknown } of ended) {
          if (task.kind === 'stop' && !ok) unstopped.set(task.action.slot, `${name}: ${error}`)
          const result: StepResult = { slot: task.action.slot, host: name, ok, error, unknown, step: task.kind }
          results.push(result)
          doors.onResult(result)
        }
        if (!tasks.some((task) => task.host === name && task.wave > wave)) doors.onHostDone(name)
      }),
    )
  }
  await greeted
  return results
}

/** A write without steps, but perhaps with a lease: under its guard the host takes it for the first word. What it answers is seen at the next look. */
async function greet(name: HostName, input: ExecuteInput, doors: ExecuteDoors): Promise<void> {
  const target = input.hosts.get(name)
  if (target) await write(target, [], input, doors)
  doors.onHostDone(name)
}

function tasksOf(actions: readonly Action[]): readonly Task[] {
  const stopped = new Set(actions.filter(({ kind }) => kind === 'stop').map(({ slot }) => slot))
  return actions.flatMap((action): Task[] => {
    const { kind, host, from, wave, slot, needs = [] } = action
    if (kind === 'stop') return [{ action, host, wave, kind: 'stop', after: needs }]
    if (kind === 'move' && from !== null) {
      return [
        { action, host: from, wave, kind: 'stop', after: needs },
        { action, host, wave: wave + 1, kind: 'start', after: [slot, ...needs] },
      ]
    }
    if (kind === 'run') return [{ action, host, wave, kind: 'start', after: needs }]
    if (kind === 'start' || kind === 'restart') {
      return [{ action, host, wave, kind, after: stopped.has(slot) ? [slot, ...needs] : needs }]
    }
    return []
  })
}

interface Ended {
  readonly task: Task
  readonly ok: boolean
  readonly error: string | null
  readonly unknown: boolean
}

const failed = (task: Task, error: string): Ended => ({ task, ok: false, error, unknown: false })
const unsure = (task: Task, error: string): Ended => ({ task, ok: false, error, unknown: true })

function notBegun({ action, kind }: Task, blocker: SlotName, why: string): string {
  const what = kind === 'stop' ? 'not stopped' : 'not started'
  return blocker === action.slot
    ? `${what}: its other copy was not seen to stop (${why})`
    : `${what}: ${blocker}, which makes room for it, was not seen to stop (${why})`
}

/** All of one wave on one host: one round trip. */
async function onHost(
  name: HostName,
  tasks: readonly Task[],
  unstopped: ReadonlyMap<string, string>,
  input: ExecuteInput,
  doors: ExecuteDoors,
): Promise<readonly Ended[]> {
  const target = input.hosts.get(name)
  if (!target) return tasks.map((task) => unsure(task, `${name} did not answer in this tick`))
  const early: Ended[] = []
  const steps: { task: Task; step: Step }[] = []
  for (const task of tasks) {
    const blocker = task.after.find((slot) => unstopped.has(slot))
    if (blocker !== undefined) {
      early.push(unsure(task, notBegun(task, blocker, unstopped.get(blocker) ?? '')))
      continue
    }
    try {
      steps.push({ task, step: await stepFor(task, target, input) })
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      early.push(failed(task, error.hint === null ? error.message : `${error.message}; ${error.hint}`))
    }
  }
  if (steps.length === 0) return early
  return [...early, ...(await write(target, steps, input, doors))]
}

async function stepFor(task: Task, { facts }: Target, input: ExecuteInput): Promise<Step> {
  const { action, host, kind } = task
  const applied = input.jobs.get(action.job)
  const stray = facts.containers.find(({ slot }) => slot === action.slot)
  if (action.reason === 'container-without-unit' && stray) {
    return { kind: 'stopContainer', slot: action.slot, driver: stray.driver }
  }
  if (kind === 'stop') {
    const timeoutMs = applied?.job.stop.timeoutMs ?? DEFAULT_STOP_MS
    return { kind: 'stop', slot: action.slot, timeoutMs, ...(action.reason === 'job-removed' && { forget: true }) }
  }
  if (action.kind === 'run') return { kind: 'run', slot: action.slot }
  if (!applied || !action.placement) throw new Error(`bug: ${action.kind} ${action.slot} without a job or placement`)
  const recipe = recipeFor({
    applied,
    placement: action.placement,
    host,
    cluster: input.cluster,
    term: input.term,
    facts,
    contents: await input.contents(applied),
    bootWaitMs: input.bootWaitMs,
  })
  return { kind, recipe }
}

/** For a unit whose job is gone: what jobs have by default, ms. */
const DEFAULT_STOP_MS = 5000

async function write(
  { host, facts, contactAt }: Target,
  steps: readonly { task: Task; step: Step }[],
  input: ExecuteInput,
  { transport, clock, debug, onWrite, leftMs }: ExecuteDoors,
): Promise<readonly Ended[]> {
  const now = clock.now()
  // Asked right before it is sent, and after the time was read that its deadline counts from: this process may have been stopped
  // since, and another one acts by now.
  const mayActMs = leftMs?.() ?? Number.POSITIVE_INFINITY
  if (mayActMs <= 0) {
    return steps.map(({ task }) =>
      unsure(task, 'not sent: this hc has lost the lock of the store, and another may act'),
    )
  }
  const todo = steps.map(({ step }) => step)
  const lease = input.leases?.get(host.name)
  const request: WriteRequest = {
    ...(lease && { lease }),
    guard: {
      term: input.term,
      cluster: input.cluster,
      key: input.key,
      ...(input.order !== undefined && { order: input.order }),
      bootId: facts.bootId,
      // A start that comes after a stop in the same script is late by what the stop takes.
      deadlineMs:
        facts.uptimeMs + (now - contactAt) + Math.min(WRITE_WITHIN_MS + stopBoundMs({ steps: todo }), mayActMs),
      lockMs: HOST_LOCK_MS,
    },
    steps: todo,
  }
  // What only stops lets no copy live longer, however late it is done.
  const begins = lease !== undefined || todo.some(({ kind }) => kind !== 'stop' && kind !== 'stopContainer')
  if (begins) onWrite?.(host.name, contactAt + request.guard.deadlineMs - facts.uptimeMs)
  const result = await transport.run(host, {
    script: writeScript(request),
    lane: 'act',
    timeoutMs: writeTimeoutMs(request),
  })
  if (!result.ok) {
    const { kind, message } = result.failure
    const text = kind === 'reply-lost' ? `${message}: whether it was done is seen at the next look` : message
    return steps.map(({ task }) => unsure(task, text))
  }
  onWrite?.(host.name, null)
  const reply = parseWriteReply(result.output)
  if (reply.ok && reply.lease?.ok === false) debug(`lease on ${host.name}: ${reply.lease.message}`)
  if (!reply.ok) {
    debug(`write on ${host.name}: ${result.output.slice(0, 4000)}`)
    return steps.map(({ task }) => unsure(task, reply.message))
  }
  return steps.map(({ task, step }) => {
    const said = reply.steps.find(({ slot }) => slot === slotOfStep(step))
    if (!said) return unsure(task, 'the host said nothing of it')
    return { task, ok: said.ok, error: said.ok ? null : said.message, unknown: said.unknown }
  })
}
