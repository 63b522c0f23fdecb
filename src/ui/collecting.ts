// Outputs that are kept for a document instead of shown.
import type { SessionNear } from '../ports.js'
import type { NearEnd } from './terminal.js'

/** Most bytes of each output that are kept. */
const KEPT = 1_000_000

/** The same near side, but its outputs are kept, up to a million bytes each. */
export function collecting(end: NearEnd): {
  readonly near: SessionNear
  outputs(): { readonly stdout: string; readonly stderr: string }
} {
  const kept: Record<'stdout' | 'stderr', { bytes: Uint8Array[]; length: number }> = {
    stdout: { bytes: [], length: 0 },
    stderr: { bytes: [], length: 0 },
  }
  const keep = (stream: 'stdout' | 'stderr') => async (bytes: Uint8Array) => {
    const into = kept[stream]
    const part = bytes.subarray(0, Math.max(0, KEPT - into.length))
    into.length += part.length
    if (part.length > 0) into.bytes.push(part)
  }
  const text = (stream: 'stdout' | 'stderr') => Buffer.concat(kept[stream].bytes).toString('utf8')
  return {
    near: { ...end, pty: null, stdout: keep('stdout'), stderr: keep('stderr') },
    outputs: () => ({ stdout: text('stdout'), stderr: text('stderr') }),
  }
}
