// Tells of changes of one key by others: a stream of etcd, begun anew where it breaks.
import type { Keys } from './keys.js'
import { encoded, type KeyValue } from './wire.js'

/** Between two streams, ms. */
const AGAIN_MS = 500
/** A stream is begun anew after so long, ms: one whose far end lost its power says nothing. */
const RENEW_MS = 30_000

interface WatchLine {
  readonly result?: { readonly events?: readonly { readonly kv?: KeyValue }[]; readonly canceled?: boolean }
}

/** Calls back after each change of the key but those at revisions that are `isOwn`. Never throws. */
export function watchKey(
  keys: Keys,
  name: string,
  isOwn: (revision: string) => Promise<boolean>,
  onChange: () => void,
): { stop(): void } {
  let stopped = false
  let end: (() => void) | null = null
  let next: number | null = null
  const timers = new Set<NodeJS.Timeout>()
  const heard = (kv: KeyValue | undefined) => {
    const revision = Number(kv?.mod_revision ?? 0)
    if (next !== null && revision < next) return
    next = revision + 1
    void isOwn(String(revision)).then((own) => {
      if (!stopped && !own) onChange()
    })
  }
  const later = (work: () => void, ms: number) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      work()
    }, ms)
    timer.unref()
    timers.add(timer)
  }
  const run = async () => {
    if (stopped) return
    try {
      next ??= Number((await keys.read(name, { keys_only: true })).revision) + 1
      const request = { create_request: { key: encoded(keys.of(name)), start_revision: String(next) } }
      await keys.client.stream(
        '/v3/watch',
        request,
        (line) => {
          const { result } = line as WatchLine
          if (result?.canceled) {
            next = null // what it would begin at was compacted away
            onChange()
          }
          for (const event of result?.events ?? []) heard(event.kv)
        },
        (stop) => {
          end = stop
          if (stopped) stop()
          else later(stop, RENEW_MS)
        },
      )
    } catch {
      // said by whoever reads; here it is tried again
    }
    later(() => void run(), AGAIN_MS)
  }
  void run()
  return {
    stop() {
      stopped = true
      for (const timer of timers) clearTimeout(timer)
      end?.()
    },
  }
}
