// Units of a simulated systemd, and who is told of them.
import type { Millis } from '../../src/model/names.js'
import type { BootWait } from './boot-wait.js'

/** One unit as it truly is. */
export interface SimUnit {
  /** The text it was loaded from when it was started last. */
  text: string
  active: 'active' | 'activating' | 'deactivating' | 'inactive' | 'failed'
  sub: string
  result: string
  exitStatus: number
  restarts: number
  pid: number
  activeSince: Millis | null
  inactiveSince: Millis | null
  starts: Millis[]
  /** Of a run: when it was last begun to be started, when its process was, and when that ended. */
  leftAt?: Millis
  startedAt?: Millis
  exitedAt?: Millis | undefined
  /** Rises with each change, so that what was scheduled for an earlier life does nothing. */
  life: number
}

/** Told of everything that starts and stops running. */
export interface UnitWatcher {
  began(unit: string, text: string): void
  /** `hc`: by a write of hc; `self`: it ended or crashed by itself. */
  ended(unit: string, text: string, cause: 'hc' | 'self'): void
  /** How long a process that begins lives until it fails, ms; null: it does not fail. */
  lifeOf(unit: string, text: string): Millis | null
  /** Its conditions (ExecCondition=). */
  mayStart(unit: string): boolean
  /** What has to wait after a boot. Absent: nothing but runs. */
  readonly wait?: BootWait | undefined
  /** Units that run to an end. Absent: batch jobs are any process. */
  readonly runs?: UnitRuns | undefined
}

/** How a process of a run ends: after `lastsMs`, with that exit code. */
export interface Fate {
  readonly lastsMs: Millis
  readonly exitCode: number
}

/** Told of runs, as the lines before and behind their commands are. */
export interface UnitRuns {
  isRun(text: string): boolean
  /** Does what starts wait no more for the first word since the boot? */
  hasWord(): boolean
  /** It was waited for as long as declared. */
  giveWord(): void
  isFrozen(): boolean
  /** Its process begins. */
  begun(unit: string, text: string): Fate
  /** It has ended by itself; `kept`: its unit stays (RemainAfterExit), so that nothing is written down yet. */
  ended(unit: string, text: string, exitCode: number, kept: boolean): void
  /** It was ended on request; `waited`: before it had begun; `late`: ms ago it had ended well, and was kept. */
  stopped(unit: string, text: string, how: 'stopped' | 'waited' | { readonly late: Millis }): void
  /** Its process is gone with the power. */
  cut(unit: string): void
  /** Nothing starts it again. */
  gaveUp(unit: string): void
}

/** A line of a unit file. */
export function directive(text: string, key: string): string | null {
  return new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1] ?? null
}

/** `500ms`, `5s` or `5`, in ms. */
export function spanOf(text: string | null, otherwise: Millis): Millis {
  const match = /^(\d+)(ms|s)?$/.exec(text ?? '')
  return match ? Number(match[1]) * (match[2] === 'ms' ? 1 : 1000) : otherwise
}

/** Does a process of it run? */
export function hasProcess({ active, sub }: SimUnit): boolean {
  if (active === 'activating') return sub === 'start'
  return (active === 'active' && sub !== 'exited') || active === 'deactivating'
}
