// How a loop stands, as it is told over HTTP: to Prometheus, to whoever asks after its health, and as a page.
import type { Event } from './event.js'
import type { Millis } from './names.js'
import type { ActionKind, Reason } from './plan.js'
import type { LiveView } from './views.js'

/** One tick in figures: what is added up from tick to tick. */
export interface TickFigures {
  readonly tookMs: Millis
  readonly actions: readonly { readonly kind: ActionKind; readonly reason: Reason }[]
  /** Steps that ended within the tick. */
  readonly results: readonly { readonly ok: boolean }[]
  /** The control machine reaches nothing and takes itself for the one cut off. */
  readonly blind: boolean
}

/** What a page is made from. */
export interface PageFacts {
  /** The last tick's snapshot; null: there was none yet, or another machine leads. */
  readonly view: LiveView | null
  readonly health: LoopHealth
  /** The newest events, oldest first. */
  readonly events: readonly Event[]
  /** ms since 1970. */
  readonly now: number
}

/** Does the loop look after its hosts? */
export interface LoopHealth {
  readonly ok: boolean
  /** A sentence. */
  readonly text: string
}

/** What is asked for with `--listen`; the page, the words and the version are the caller's. */
export interface ListenChoice {
  /** `127.0.0.1:9464`, as it was written. */
  readonly address: string
  /** The page as HTML, and the Content-Security-Policy that it needs. */
  page(facts: PageFacts): string
  readonly policy: string
  /** All kinds of events. */
  readonly eventKinds: readonly string[]
  /** Of hc. */
  readonly version: string
}
