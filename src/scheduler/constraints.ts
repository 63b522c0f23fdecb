// Does a host meet a constraint? And if not, why not.
import type { Constraint } from '../model/job.js'
import type { Candidate } from '../model/plan.js'
import { hasPattern, type ReadPattern, readPattern } from '../spec/pattern.js'
import { attributeOf } from './attributes.js'
import { asNumber, compareSizes, compareVersion, isVersion } from './versions.js'

function equal(attribute: string, actual: string, wanted: string): boolean {
  if (actual === wanted) return true
  if (attribute.startsWith('version.')) return isVersion(wanted) && compareVersion(actual, wanted) === 0
  if (compareSizes(actual, wanted) === 0) return true
  const [left, right] = [asNumber(actual), asNumber(wanted)]
  return left !== null && left === right
}

/** Negative, 0 or positive; null where the two can't be put in order. */
function order(attribute: string, actual: string, wanted: string): number | null {
  const bySize = attribute.startsWith('version.') ? null : compareSizes(actual, wanted)
  if (bySize !== null) return bySize
  const [left, right] = [asNumber(actual), asNumber(wanted)]
  // 1.10 is above 1.9 as a version and below it as a number: versions only where the name says so.
  if (!attribute.startsWith('version.') && left !== null && right !== null) return left - right
  return isVersion(actual) && isVersion(wanted) ? compareVersion(actual, wanted) : null
}

const ORDERED: Readonly<Record<'<' | '<=' | '>' | '>=', (sign: number) => boolean>> = {
  '<': (sign) => sign < 0,
  '<=': (sign) => sign <= 0,
  '>': (sign) => sign > 0,
  '>=': (sign) => sign >= 0,
}

/** What was read of a constraint's pattern: the same for as long as the constraint is. */
const PATTERNS = new WeakMap<Constraint, ReadPattern>()

function matches(actual: string, text: string, constraint: Constraint): boolean | string {
  const read = PATTERNS.get(constraint) ?? readPattern(text)
  PATTERNS.set(constraint, read)
  return read.ok ? hasPattern(read.pattern, actual) : `${text} ${read.message}`
}

/** Null when the value meets it, else what is so instead. */
function judge(constraint: Constraint, actual: string): string | null {
  const { attribute, op, values } = constraint
  const wanted = values[0] ?? ''
  const is = `${attribute} is ${actual === '' ? 'empty' : actual}`
  switch (op) {
    case 'exists':
      return null
    case '==':
      return equal(attribute, actual, wanted) ? null : is
    case '!=':
      return equal(attribute, actual, wanted) ? is : null
    case 'in':
      return values.some((value) => equal(attribute, actual, value)) ? null : is
    case 'matches': {
      const result = matches(actual, wanted, constraint)
      if (typeof result === 'string') return result
      return result ? null : is
    }
    default: {
      const sign = order(attribute, actual, wanted)
      if (sign === null) return `${is}, which can't be compared with ${wanted}`
      return ORDERED[op](sign) ? null : is
    }
  }
}

/**
 * Null when the host meets the constraint, else why not (`os is ubuntu`). What is absent meets `!=` only, as in
 * Kubernetes and Nomad; what is not known meets nothing, so that no slot starts on a guess.
 */
export function unmet(candidate: Candidate, constraint: Constraint): string | null {
  const found = attributeOf(candidate, constraint.attribute)
  if (found.kind === 'value') return judge(constraint, found.value)
  return found.kind === 'absent' && constraint.op === '!=' ? null : found.sentence
}
