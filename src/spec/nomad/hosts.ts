// Which hosts a job may run on, and which it had better run on.
import type { Constraint, Job } from '../../model/job.js'
import { block, type Remarks } from './remarks.js'
import type { NomadBlock } from './structs.js'

/** What the kernel calls a processor, and what Nomad does. */
const ARCHES: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64', i686: '386', armv7l: 'arm' }
const WORDS: Readonly<Record<string, string>> = {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: what Nomad puts in
  os: '${attr.os.name}',
  arch: '${attr.cpu.arch}',
  host: '${node.unique.name}',
  'version.os': '${attr.os.version}',
  'version.kernel': '${attr.kernel.version}',
  'version.podman': '${attr.driver.podman.version}',
  'version.docker': '${attr.driver.docker.version}',
  'driver.podman': '${attr.driver.podman}',
  'driver.docker': '${attr.driver.docker}',
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: what Nomad puts in
}
/** hc's ordinary weight is 1; Nomad's is 50 of at most 100. */
const ORDINARY = 50

/** Constraints, Affinities and Spreads of the job. */
export function placement(job: Job, remarks: Remarks): NomadBlock {
  const constraints = job.constraints
    .map((each) => constraintOf(each, 'constraints', remarks))
    .filter((each) => each !== null)
  const affinities: NomadBlock[] = job.affinity.flatMap(({ constraint, weight }) => {
    const found = constraintOf(constraint, 'affinity', remarks)
    const scaled = Math.max(-100, Math.min(100, Math.round(weight * ORDINARY)))
    if (scaled === 0 && found !== null)
      remarks.leftOut('affinity', `the weight ${weight} of ${constraint.text} is next to nothing there`)
    return found === null || scaled === 0 ? [] : [{ ...found, Weight: scaled }]
  })
  return block({ Constraints: [...constraints, ...apart(job)], Affinities: affinities, Spreads: spreads(job) })
}

/** max_per_host and distinct. */
function apart(job: Job): readonly NomadBlock[] {
  const { maxPerHost, distinct, type } = job
  const found: NomadBlock[] = []
  const many = maxPerHost === null || type === 'system' ? null : String(maxPerHost)
  if (many === '1') found.push({ Operand: 'distinct_hosts', RTarget: 'true' })
  else if (many !== null) found.push({ LTarget: '${' + 'node.unique.id}', Operand: 'distinct_property', RTarget: many })
  if (distinct !== null) found.push({ LTarget: meta(distinct), Operand: 'distinct_property', RTarget: '1' })
  return found
}

function spreads({ spread }: Job): readonly NomadBlock[] {
  if (spread === null) return []
  const { label, targets } = spread
  const total = Object.values(targets ?? {}).reduce((sum, each) => sum + each, 0)
  const parts = Object.entries(targets ?? {}).map(([Value, part]) => ({
    Value,
    Percent: total === 0 ? 0 : Math.floor((part * 100) / total),
  }))
  const Attribute = label === 'host' ? (WORDS.host ?? '') : meta(label)
  return [block({ Attribute, Weight: ORDINARY, SpreadTarget: parts })]
}

function meta(label: string): string {
  return `\${meta.${label}}`
}

function constraintOf(constraint: Constraint, key: string, remarks: Remarks): NomadBlock | null {
  const { attribute, op, values, text } = constraint
  const target = attribute.startsWith('labels.') ? meta(attribute.slice('labels.'.length)) : WORDS[attribute]
  if (target === undefined) {
    remarks.leftOut(
      key,
      `${text}: Nomad knows no such attribute of hosts`,
      'give the clients a meta of that name, and ask for it',
    )
    return null
  }
  const written = attribute === 'arch' ? values.map((value) => ARCHES[value] ?? value) : values
  const [first = ''] = written
  switch (op) {
    case 'exists':
      return { LTarget: target, Operand: 'is_set' }
    case 'in':
      return { LTarget: target, Operand: 'set_contains_any', RTarget: written.join(',') }
    case 'matches':
      remarks.differs(key, `${text}: Nomad reads the pattern as Go does (RE2)`)
      return { LTarget: target, Operand: 'regexp', RTarget: first }
    case '==':
      // hc says that a driver is there by "true", Nomad by "1".
      if (attribute.startsWith('driver.'))
        return { LTarget: target, Operand: first === 'true' ? 'is_set' : 'is_not_set' }
      return { LTarget: target, Operand: '=', RTarget: first }
    case '!=':
      if (attribute.startsWith('driver.'))
        return { LTarget: target, Operand: first === 'true' ? 'is_not_set' : 'is_set' }
      return { LTarget: target, Operand: '!=', RTarget: first }
    default:
      if (!attribute.startsWith('version.')) {
        remarks.differs(key, `${text}: Nomad compares numbers as numbers, anything else by its letters`)
        return { LTarget: target, Operand: op, RTarget: first }
      }
      return { LTarget: target, Operand: 'version', RTarget: `${op} ${first}` }
  }
}

/** Labels that the job asks for: the clients must have them as meta. */
export function labelsOf(job: Job): readonly string[] {
  const asked = [...job.constraints, ...job.affinity.map(({ constraint }) => constraint)].map(
    ({ attribute }) => attribute,
  )
  const labels = asked.filter((each) => each.startsWith('labels.')).map((each) => each.slice('labels.'.length))
  if (job.distinct !== null) labels.push(job.distinct)
  if (job.spread !== null && job.spread.label !== 'host') labels.push(job.spread.label)
  return [...new Set(labels)].sort()
}
