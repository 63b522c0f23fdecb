// Logs of runs over all hosts that answer.
import type { Host } from '../model/host.js'
import { byName, type JobName, type Millis } from '../model/names.js'
import type { RunView } from '../model/run.js'
import type { Transport } from '../ports.js'
import { parseRunLog, RUNS_SHOWN, runLogScript } from '../remote/runs.js'

/** How long reading one may take, ms. */
const READ_MS: Millis = 5000

/** The last runs of each slot of a job that have ended, oldest first; a host that does not answer is left out. */
export async function readRuns(
  transport: Transport,
  hosts: readonly Host[],
  job: JobName,
): Promise<readonly RunView[]> {
  const all = await Promise.all(
    hosts.map(async (host) => {
      let output = ''
      const onStdout = (text: string) => {
        output += text
      }
      await transport.command(host, { script: runLogScript(job), timeoutMs: READ_MS, onStdout, onStderr: () => {} })
      return parseRunLog(output).map(
        ({ slot, run: { startMs, endMs, result, exitCode, signal, tag } }): RunView => ({
          slot,
          host: host.name,
          start: timeOf(startMs),
          end: timeOf(endMs),
          result,
          exitCode,
          signal,
          version: tag?.version ?? null,
        }),
      )
    }),
  )
  return all.flat()
}

/** By time, and of each slot the newest only. */
export function newestRuns(runs: readonly RunView[]): readonly RunView[] {
  const at = ({ start, end }: RunView) => start ?? end ?? ''
  const sorted = [...runs].sort(
    (a, b) => (at(a) < at(b) ? -1 : at(a) > at(b) ? 1 : 0) || byName(a.slot, b.slot) || byName(a.host, b.host),
  )
  return sorted.filter(({ slot }, index) => {
    return sorted.slice(index).filter((other) => other.slot === slot).length <= RUNS_SHOWN
  })
}

function timeOf(ms: Millis | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
