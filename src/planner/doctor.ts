// `hc doctor`: what was gathered, judged. Each finding has its mend; docs/doctor.md lists them.
import {
  type DiskUse,
  type DoctorView,
  FINDINGS,
  type FindingId,
  type FindingLevel,
  type FindingView,
  LEVELS,
} from '../model/doctor.js'
import { byName, type HostName } from '../model/names.js'
import { formatBytes } from '../model/resources.js'

/** What a finding says; the level is that of the list unless another is named. */
export interface Said {
  readonly text: string
  readonly mend?: string | null
  readonly level?: FindingLevel
}

/** A finding of the host, or of the machine, that is being judged. */
export type Say = (id: FindingId, said: Said) => FindingView

/** One finding. */
export function finding(id: FindingId, host: HostName | null, { text, mend = null, level }: Said): FindingView {
  return { id, level: level ?? FINDINGS[id][0], host, text, mend }
}

/** File systems are full enough to speak of, parts of 100. */
const NEARLY = 90
const FULL = 97

/** What is said of file systems that are nearly full. */
export function diskFindings(
  id: 'disk' | 'control-disk',
  host: HostName | null,
  disks: readonly DiskUse[],
): readonly FindingView[] {
  return disks.flatMap(({ path, size, used }) => {
    const percent = size === 0 ? 0 : Math.floor((used * 100) / size)
    if (percent < NEARLY) return []
    const text = `${path} is full to ${percent} %: ${formatBytes(size - used, 'down')} of ${formatBytes(size)} are free`
    const look = `du -xh -d 2 ${path} | sort -h | tail`
    const mend = `${host === null ? look : `hc host run ${host} -- '${look}'`} shows what fills it`
    return [finding(id, host, { text, mend, ...(percent >= FULL && { level: 'fault' as const }) })]
  })
}

/** Ordered: the control machine first, then by name; of each the worst first, then as they were found. */
export function doctorView(
  hosts: readonly HostName[],
  found: readonly FindingView[],
  outOfReach: readonly HostName[],
): DoctorView {
  const rank = ({ level }: FindingView) => -LEVELS.indexOf(level)
  const findings = [...found].sort((a, b) => byName(a.host ?? '', b.host ?? '') || rank(a) - rank(b))
  const of = (level: FindingLevel) => findings.filter((each) => each.level === level).length
  return {
    hosts: [...hosts].sort(byName),
    findings,
    counts: { ok: of('ok'), note: of('note'), warning: of('warning'), fault: of('fault') },
    outOfReach: [...outOfReach].sort(byName),
  }
}
