// One command beside an allocation, with somebody at its ends.
import type { Host } from '../model/host.js'
import type { Millis } from '../model/names.js'
import type { CommandResult, SessionNear, Transport } from '../ports.js'
import { type ExecRequest, endScript, execScripts } from '../remote/exec.js'

/** How long it may take to end what was begun, ms. */
const END_MS: Millis = 6000

/** Runs it to its end. Where it is stopped on request, what it began on the host is ended too. */
export async function execOn(
  transport: Transport,
  host: Host,
  request: Omit<ExecRequest, 'term'>,
  near: SessionNear,
  signal: AbortSignal | null,
): Promise<CommandResult> {
  const scripts = execScripts({ ...request, term: near.pty?.term ?? null })
  const result = await transport.session(host, { ...scripts, near, ...(signal && { signal }) })
  if (!result.ok && result.failure.kind === 'aborted') await endOn(transport, host, request.mark)
  return result
}

async function endOn(transport: Transport, host: Host, mark: string): Promise<void> {
  const quiet = { onStdout: () => {}, onStderr: () => {} }
  await transport.command(host, { script: endScript(mark), timeoutMs: END_MS, ...quiet })
}
