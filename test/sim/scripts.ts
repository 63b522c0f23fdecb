// The seam between hc and the simulated hosts: scripts are kept as what they ask for instead of as shell text. The parsers
// of the answers stay the real ones, but for the probe's: see the mocks at the head of the test files.

import type { HostFacts } from '../../src/model/host.js'
import type { Failure } from '../../src/model/observation.js'
import type { Renewal } from '../../src/remote/lease.js'
import type { LookTarget } from '../../src/remote/look.js'
import type { ProbeReply } from '../../src/remote/probe.js'
import type { Repeated } from '../../src/remote/probe-repeat.js'
import type { ProbeOptions } from '../../src/remote/probe-script.js'
import type { WriteRequest } from '../../src/remote/write.js'

/** What a script asks of a host. */
export type SimRequest =
  | { readonly kind: 'probe'; readonly renew?: Renewal; readonly repeat?: boolean }
  | { readonly kind: 'look'; readonly targets: readonly LookTarget[]; readonly timeoutMs: number }
  | { readonly kind: 'write'; readonly request: WriteRequest }
  | { readonly kind: 'identity' }

const requests = new Map<string, SimRequest>()
const answers = new Map<string, { readonly facts: HostFacts; readonly token: string }>()
const repeats = new Map<string, Repeated>()
let count = 0

/** Forgets all scripts: a new simulation begins. */
export function forgetScripts(): void {
  requests.clear()
  answers.clear()
  repeats.clear()
  count = 0
}

function keep(request: SimRequest): string {
  count += 1
  const script = `sim ${request.kind} ${count}`
  requests.set(script, request)
  return script
}

/** What the script asks for; each is asked for once. */
export function takeRequest(script: string): SimRequest {
  const request = requests.get(script)
  if (!request) throw new Error(`no such script: ${script.slice(0, 200)}`)
  requests.delete(script)
  return request
}

/** In place of `probeScript`. */
export function simProbeScript({ renew, repeat }: ProbeOptions = {}): string {
  return keep({ kind: 'probe', ...(renew && { renew }), ...(repeat && { repeat }) })
}

/** In place of `lookScript`. */
export function simLookScript(targets: readonly LookTarget[], timeoutMs: number): string {
  return keep({ kind: 'look', targets, timeoutMs })
}

/** In place of `writeScript`. */
export function simWriteScript(request: WriteRequest): string {
  return keep({ kind: 'write', request })
}

/** In place of `identityScript`. */
export function simIdentityScript(): string {
  return keep({ kind: 'identity' })
}

/** The answer to a probe, as text. */
export function probeAnswer(facts: HostFacts, token: string): string {
  count += 1
  const output = `sim facts ${count}`
  answers.set(output, { facts, token })
  return output
}

/** One that says that nothing has changed. */
export function repeatedAnswer(repeated: Repeated): string {
  count += 1
  const output = `sim same ${count}`
  repeats.set(output, repeated)
  return output
}

const BROKEN: Failure = { kind: 'broken', message: 'The answer makes no sense.', hint: null }

/** In place of `parseProbe`. */
export function simParseProbe(output: string): ProbeReply {
  const found = answers.get(output)
  answers.delete(output)
  return found ? { ok: true, ...found } : { ok: false, failure: BROKEN }
}

/** In place of `parseRepeated`. */
export function simParseRepeated(output: string): Repeated | null {
  const found = repeats.get(output)
  repeats.delete(output)
  return found ?? null
}
