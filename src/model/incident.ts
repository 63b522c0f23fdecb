// What a person has to hear of: something is wrong, or is well again.
import type { SecretSource } from './job.js'
import type { HostName, SlotName } from './names.js'

/** Something that is wrong now. The same `key` is the same incident, however its text changes. */
export interface Incident {
  /** `host nuc2`, `slot web.0`, `place web.0`, `inventory`. */
  readonly key: string
  readonly host: HostName | null
  readonly slot: SlotName | null
  /** One sentence: what is wrong, and what becomes of it. */
  readonly text: string
}

/** An incident as it is remembered, until its end was told. */
export interface KeptIncident extends Incident {
  /** RFC 3339 UTC: when it was first seen. */
  readonly since: string
  /** Its beginning was told, or nobody wants to be told. */
  readonly told: boolean
}

/** One message: incidents that began or ended in the same moment stand together. */
export interface Notice {
  readonly kind: 'begin' | 'end'
  /** A line. */
  readonly title: string
  /** Sentences, one per line. */
  readonly text: string
  /** RFC 3339 UTC. */
  readonly time: string
  readonly incidents: readonly (Incident & { readonly since: string })[]
}

/** Text of the inventory, or where to read it when it is needed. */
export type Private = string | SecretSource

/** Where notices go. */
export type NotifyTarget =
  | { readonly kind: 'ntfy'; readonly url: Private; readonly token: Private | null }
  | { readonly kind: 'webhook'; readonly url: Private; readonly headers: Readonly<Record<string, Private>> }
  | { readonly kind: 'command'; readonly argv: readonly string[] }

/** A target of notices with everything in it that had to be read. */
export type OpenTarget =
  | { readonly kind: 'ntfy'; readonly url: string; readonly token: string | null }
  | { readonly kind: 'webhook'; readonly url: string; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'command'; readonly argv: readonly string[] }
