// A command beside an allocation.
import { randomBytes } from 'node:crypto'
import { execOn } from '../../cluster/exec.js'
import { UserError } from '../../model/errors.js'
import { type JobName, jobOfSlot, type SlotName, unitOfSlot } from '../../model/names.js'
import type { AllocationView, ExecView } from '../../model/views.js'
import { allocationViews } from '../../planner/view.js'
import type { SessionNear } from '../../ports.js'
import { SHOW_PATIENCE_MS } from '../status.js'
import { findTargets } from '../targets.js'
import { controllerOf, endOf, type Wiring } from './desk.js'

/** Options of `exec`. */
export interface ExecOptions {
  /** The caller's ends of the command. */
  readonly near: SessionNear
  /** Ends it, beside Ctrl-C. */
  readonly signal?: AbortSignal
  /** Which allocation was taken, where a job was named; by which way it is reached, where that is not the straight one. */
  onNote(text: string): void
}

/** Commands beside allocations. */
export interface ExecDesk {
  /**
   * `target`: a slot, or a job, whose first running slot is taken. `command`: argv; empty: a shell. Throws UserError where it
   * can't be begun, or is lost.
   */
  exec(target: JobName | SlotName, command: readonly string[], options: ExecOptions): Promise<ExecView>
}

/** The desk over the real doors. */
export function execDesk(wiring: Wiring): ExecDesk {
  return { exec: (target, command, options) => exec(wiring, target, command, options) }
}

async function exec(
  wiring: Wiring,
  target: string,
  command: readonly string[],
  options: ExecOptions,
): Promise<ExecView> {
  const { store, transport } = wiring.world
  const records = await store.read()
  findTargets(records, [target], (await wiring.world.inventory()).hosts)
  const { decision, input, inventory, observation } = await controllerOf(wiring).look(SHOW_PATIENCE_MS)
  const {
    slot,
    job,
    state,
    host: name,
  } = choose(target, allocationViews(decision.classified, decision.plan, input), options)
  const host = inventory.hosts.find((one) => one.name === name)
  const applied = records?.jobs[job]
  if (!host || !applied) throw new UserError(`${name} is not in the inventory`, { code: 'not-found', host: name })
  const through = observation.hosts.find((one) => one.host === name)?.through
  if (through !== undefined) options.onNote(`${name} is cut off from here: ${slot} is reached through ${through}`)
  const { driver, unit } = applied.job
  const mark = randomBytes(8).toString('hex')
  const request = { slot, job, host: name, driver, unit: unit ?? unitOfSlot(slot), command, mark }
  const result = await execOn(transport, host, request, options.near, endOf(wiring, options.signal))
  if (result.ok) return { slot, host: name, exitCode: result.exitCode }
  const { kind, message, hint } = result.failure
  if (kind === 'aborted') throw new Error(message)
  throw new UserError(`${slot}: ${message}`, {
    code: 'world',
    hint: hint ?? (state === 'scheduled' ? betweenRuns(slot, name) : `hc status ${job} shows how it stands`),
    host: name,
  })
}

function betweenRuns(slot: SlotName, host: string): string {
  return `a cron job has a process only while it runs; hc logs ${slot} shows its runs, hc host run ${host} -- COMMAND runs one on its host`
}

type Placed = AllocationView & { readonly host: string }

/** States in which a main process may be there: what the host says decides. */
const ALIVE: readonly AllocationView['state'][] = ['running', 'starting', 'stopping', 'scheduled']

function choose(target: string, allocations: readonly AllocationView[], { onNote }: ExecOptions): Placed {
  const named = allocations.filter(({ slot, job }) => slot === target || job === target)
  const placed = named.filter((one): one is Placed => one.host !== null)
  const alive = ALIVE.flatMap((state) => placed.filter((one) => one.state === state))
  const [first] = alive
  if (first === undefined) throw notRunning(target, named)
  const running = alive.filter(({ state }) => state === first.state)
  if (running.length > 1) onNote(`${target} runs ${running.length} times: this is ${first.slot} on ${first.host}`)
  return first
}

function notRunning(target: string, [first]: readonly AllocationView[]): UserError {
  const job = jobOfSlot(target)
  const at = first?.host ?? null
  const more = (message: string, hint: string) => new UserError(message, { code: 'world', hint, host: at })
  if (!first)
    return more(`${target} does not run: ${job} is stopped, or wants no slots`, `hc job start ${job} starts it`)
  const { slot, state, host, note } = first
  const why = note === null ? '' : `: ${note}`
  switch (state) {
    case 'unknown':
      return more(`${slot} is on ${host}, which does not answer${why}`, `hc status ${host} shows how it stands`)
    case 'complete':
      return more(
        `${slot} has ended, as a batch job does`,
        `hc logs ${slot} shows what it said; hc job restart ${job} runs it again`,
      )
    case 'stopped':
      return more(`${slot} is stopped`, `hc job start ${job} starts it`)
    case 'failed':
      return more(
        `${slot} does not run${why}`,
        `hc logs ${slot} shows why it failed; hc job restart ${job} tries again`,
      )
    default:
      return more(`${slot} does not run yet${why}`, `hc status ${job} shows what it waits for`)
  }
}
