// An ad-hoc command on many hosts.
import type { Host } from '../model/host.js'
import type { Millis } from '../model/names.js'
import type { HostRunView } from '../model/views.js'
import type { Transport } from '../ports.js'
import { words } from '../remote/quote.js'

/** Most characters of each stream that are kept per host for the result unless said otherwise; all of it is streamed. */
const KEPT = 1_000_000

/** How it is run. */
export interface RunOptions {
  readonly parallel: number
  readonly timeoutMs: Millis | null
  /** Most characters of each output that the result holds per host. */
  readonly keep?: number
  onOutput(host: string, stream: 'stdout' | 'stderr', text: string): void
}

/**
 * Runs it as root on each host, at most `parallel` at a time; results in the order of the hosts. One word is shell text
 * (`'df -h | tail'`), several are an argv that reaches the host unchanged.
 */
export async function runOnHosts(
  transport: Transport,
  hosts: readonly Host[],
  command: readonly string[],
  options: RunOptions,
  signal: AbortSignal | null,
): Promise<readonly HostRunView[]> {
  const script = command.length === 1 ? (command[0] ?? '') : words(command)
  const results: HostRunView[] = []
  const queue = hosts.map((host, index) => ({ host, index }))
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      results[next.index] = await runOn(transport, next.host, script, options, signal)
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(options.parallel, hosts.length)) }, worker))
  return results
}

async function runOn(
  transport: Transport,
  host: Host,
  script: string,
  { timeoutMs, keep = KEPT, onOutput }: RunOptions,
  signal: AbortSignal | null,
): Promise<HostRunView> {
  const kept = { stdout: '', stderr: '' }
  let truncated = false
  const take = (stream: 'stdout' | 'stderr') => (text: string) => {
    const room = keep - kept[stream].length
    if (room > 0) kept[stream] += text.slice(0, room)
    truncated ||= text.length > room
    onOutput(host.name, stream, text)
  }
  const result = await transport.command(host, {
    script,
    timeoutMs,
    ...(signal && { signal }),
    onStdout: take('stdout'),
    onStderr: take('stderr'),
  })
  const base = { host: host.name, ...kept, truncated }
  if (result.ok) return { ...base, exitCode: result.exitCode, error: null, failure: null }
  const { kind, message, hint } = result.failure
  return { ...base, exitCode: null, error: hint === null ? message : `${message}; ${hint}`, failure: kind }
}
