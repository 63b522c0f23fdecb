// Logs of runs: what units of batch and cron jobs write (drivers/runs.ts), read.
import type { JobName, SlotName } from '../model/names.js'
import type { OpenRun, RunFacts, RunTag, SlotRuns } from '../model/run.js'
import { RUNS_FOLDER, UNIT_FOLDER } from './layout.js'
import { quote } from './quote.js'

/** Runs of each slot that are read and shown. */
export const RUNS_SHOWN = 20

/** Part of a probe: the open and the last run of each slot that has its unit here, one line each. No process is needed. */
export const RUNS_PART = `
for f in ${RUNS_FOLDER}/*.last ${RUNS_FOLDER}/*.now; do
  if [ -r "$f" ]; then
    s=\${f##*/}
    if [ -e "${UNIT_FOLDER}/hc-\${s%.*}.service" ] && read -r x <"$f"; then put "$s $x"; fi
  fi
done 2>/dev/null
`

/** Prints the last runs of each slot of a job on a host, oldest first: `SLOT LINE`. */
export function runLogScript(job: JobName): string {
  return `cd ${RUNS_FOLDER} 2>/dev/null || exit 0
for f in ${quote(job)}.*.log; do
  if [ -r "$f" ]; then tail -n ${RUNS_SHOWN} "$f" | while read -r x; do printf '%s %s\\n' "\${f%.log}" "$x"; done; fi
done
`
}

/** A line of a log; null where it is none. */
export function parseRun(line: string): RunFacts | null {
  const [start = '', end = '', result = '', code = '', status = '', tag = '', restarts = ''] = line.trim().split(' ')
  if (!/^[a-z-]{1,32}$/.test(result) || !isTime(start) || !isTime(end)) return null
  const exited = code === 'exited' && /^\d{1,3}$/.test(status)
  return {
    startMs: time(start),
    endMs: time(end),
    result,
    exitCode: exited ? Number(status) : null,
    signal: !exited && /^[A-Z0-9+-]{2,12}$/.test(status) ? status : null,
    tag: parseTag(tag),
    ...(/^\d{1,9}$/.test(restarts) && { restarts: Number(restarts) }),
  }
}

/** `parseRun` of what `runLogScript` printed. */
export function parseRunLog(output: string): readonly { readonly slot: SlotName; readonly run: RunFacts }[] {
  return output.split('\n').flatMap((line) => {
    const match = SLOT_LINE.exec(line)
    const run = match ? parseRun(match[2] ?? '') : null
    return run ? [{ slot: match?.[1] ?? '', run }] : []
  })
}

/** Lines `SLOT.last LINE` and `SLOT.now LINE` of a probe, by slot. */
export function parseRuns(lines: readonly string[]): ReadonlyMap<SlotName, SlotRuns> {
  const found = new Map<SlotName, SlotRuns>()
  for (const line of lines) {
    const [, name = '', text = ''] = SLOT_LINE.exec(line) ?? []
    const [, slot = '', which] = /^(.+)\.(last|now)$/.exec(name) ?? []
    if (slot === '') continue
    const before = found.get(slot) ?? { open: null, last: null }
    found.set(slot, which === 'now' ? { ...before, open: parseOpen(text) } : { ...before, last: parseRun(text) })
  }
  return found
}

const SLOT_LINE = /^([a-z0-9][a-z0-9-]*\.[A-Za-z0-9._-]+) (.*)$/

function parseOpen(line: string): OpenRun | null {
  const [start = '', bootId = '', tag = ''] = line.trim().split(' ')
  return isTime(start) && /^[0-9a-f-]{32,36}$/.test(bootId)
    ? { startMs: time(start), bootId, tag: parseTag(tag) }
    : null
}

function isTime(text: string): boolean {
  return text === '-' || /^\d{1,12}$/.test(text)
}

function time(text: string): number | null {
  return text === '-' ? null : Number(text) * 1000
}

function parseTag(text: string): RunTag | null {
  const match = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})$/.exec(text)
  return match && { placement: Number(match[1]), generation: Number(match[2]), version: Number(match[3]) }
}
