// How a host's power is cut when nobody can say whether it still works.
import type { Private } from './incident.js'

/** `agent`: a program of fence-agents, whose options go to its stdin; `command`: a program that gets the verb as its last word. */
export type FenceRule =
  | { readonly kind: 'agent'; readonly program: string; readonly options: Readonly<Record<string, Private>> }
  | { readonly kind: 'command'; readonly argv: readonly string[] }

/** What a fence driver is asked. */
export type FenceVerb = 'off' | 'on' | 'status'

/** A host whose power was confirmed to be off. */
export interface FencedRecord {
  /** RFC 3339 UTC. */
  readonly at: string
  /** The boot that was ended; null: not known. */
  readonly bootId: string | null
}

/** A fence driver with everything in it that had to be read. */
export type OpenFence =
  | { readonly kind: 'agent'; readonly program: string; readonly options: Readonly<Record<string, string>> }
  | { readonly kind: 'command'; readonly argv: readonly string[] }
