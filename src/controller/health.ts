// Which allocations are asked how they are, and what is told when that changes.
import type { HealthTarget } from '../cluster/health.js'
import type { NewEvent } from '../model/event.js'
import type { SlotHealth } from '../model/health.js'
import type { HostName, SlotName } from '../model/names.js'
import type { LoopSnapshot } from '../model/records.js'
import type { Classified } from '../planner/classify.js'
import { isChecked, runOf } from '../planner/health.js'
import { isActive } from '../planner/phase.js'
import type { Look } from './controller.js'
import { isFresh } from './opinion.js'

/** By slot. */
export type Healths = Readonly<Record<SlotName, SlotHealth>>

/**
 * Whom to ask after this look; `unseen`: what is known of these is kept until their host answers again; `hung`: hosts that hang,
 * whose slots may move if they fail.
 */
export function healthTargets(look: Pick<Look, 'decision' | 'observation' | 'input'>): {
  readonly targets: readonly HealthTarget[]
  readonly unseen: ReadonlySet<SlotName>
  readonly hung: ReadonlySet<HostName>
} {
  const contacts = new Map(look.observation.hosts.map(({ host, lastContactAt }) => [host, lastContactAt]))
  const targets = look.decision.classified.flatMap((item) => targetOf(item, contacts.get(item.subject.host ?? '') ?? 0))
  const unseen = look.decision.classified.filter(
    ({ subject }) => subject.state !== null && subject.state.facts === null,
  )
  const hung = look.input.hosts.filter(({ host, hungMs }) => hungMs !== undefined && host.hungMoves !== undefined)
  return {
    targets,
    unseen: new Set(unseen.map(({ subject }) => subject.slot)),
    hung: new Set(hung.map(({ host }) => host.name)),
  }
}

function targetOf({ subject, bucket }: Classified, seenAt: number): readonly HealthTarget[] {
  const { unit, applied, state, slot, host } = subject
  if (!isChecked(subject) || !unit || !applied?.job.health || !state?.facts || host === null) return []
  // A slot has one health: that of its new copy.
  if (subject.placement && subject.placement.beside === host) return []
  if (bucket === 'stop' || bucket === 'unclaimed' || !isActive(unit) || unit.activeSinceMs === null) return []
  const { job } = applied
  const { check } = applied.job.health
  const ports = unit.ports ?? subject.placement?.ports ?? {}
  return [
    {
      slot,
      job: job.name,
      host: state.host,
      run: runOf(unit, state.facts, applied.job.health),
      rule: applied.job.health,
      port: check.kind === 'command' ? null : (ports[check.port] ?? null),
      driver: unit.driver ?? job.driver,
      unit: unit.target ?? `hc-${slot}.service`,
      runningMs: Math.max(0, state.facts.monotonicMs - unit.activeSinceMs),
      seenAt,
    },
  ]
}

/** What this process has asked itself, and for all else what the loop that ticks has. */
export function knownHealth(own: Healths, loop: LoopSnapshot | null, wall: string): Healths {
  return loop && isFresh(loop, wall) ? { ...loop.health, ...own } : own
}

/** Tells when an allocation becomes healthy or unhealthy. */
export class HealthNews {
  #before: Healths = {}

  /** Events for what is new since the last call. What becomes healthy for the first time is no news. */
  since(health: Healths): readonly NewEvent[] {
    const before = this.#before
    this.#before = health
    return Object.values(health).flatMap(({ slot, host, run, healthy, text }) => {
      const was = before[slot]?.run === run ? (before[slot]?.healthy ?? null) : null
      if (healthy === was || healthy === null || (healthy && was === null)) return []
      const said = healthy ? `healthy again: ${text}` : `unhealthy: ${text}`
      return [{ kind: 'health', host, slot, reason: healthy ? 'healthy' : 'unhealthy', text: said }]
    })
  }
}
