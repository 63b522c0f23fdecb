// What `hc doctor` says of the cluster as a whole that `hc apply` says too, one sentence each.
import type { FindingId, FindingView } from '../model/doctor.js'
import { byName, type HostName, someOf } from '../model/names.js'

/** One of them. */
export interface OnceTold {
  /** By what it is known to have been told. */
  readonly key: string
  /** With the mend. */
  readonly text: string
}

const HOSTS: Readonly<Partial<Record<FindingId, (hosts: string) => string>>> = {
  alone: (hosts) => `the sudden loss of the control machine would stop exclusive jobs on ${hosts}`,
  'no-take-over': (hosts) => `nobody could take exclusive jobs over after the loss of ${hosts}`,
}
const WHOLE: ReadonlySet<FindingId> = new Set(['two-voters', 'witness'])

/** Of these findings, in their order; hosts of the same finding stand in one sentence. */
export function toldOnce(findings: readonly FindingView[]): readonly OnceTold[] {
  const ids = [...new Set(findings.filter(({ level }) => level !== 'ok').map(({ id }) => id))]
  return ids.flatMap((id) => {
    const same = findings.filter((each) => each.id === id)
    const [{ text, mend } = { text: '', mend: null }] = same
    const hosts = same.flatMap(({ host }): readonly HostName[] => (host === null ? [] : [host])).sort(byName)
    const said = HOSTS[id]?.(someOf(hosts)) ?? (WHOLE.has(id) ? text : null)
    if (said === null) return []
    return [{ key: [id, ...hosts].join(' '), text: `${said}; ${mend ?? ''}; hc doctor shows more` }]
  })
}
