// `ATTRIBUTE OP VALUE`, and wishes, which are constraints with a weight.
import { type Constraint, type ConstraintOp, DRIVERS, type Wish } from '../model/job.js'
import { object, optional, withDefault } from './fields.js'
import { didYouMean, nearest } from './nearest.js'
import { readPattern } from './pattern.js'
import { either, type Objection, refine, type Shape, text } from './shape.js'
import { entryOf } from './value.js'

/** What a constraint can name by one word. */
const WORDS = ['os', 'arch', 'host'] as const
const VERSIONS = [...DRIVERS, 'os', 'kernel']
const LABEL = /^[A-Za-z0-9_]([A-Za-z0-9_./-]{0,61}[A-Za-z0-9_])?$/
/** A device, or a device and an attribute of it. */
const DEVICE = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,126}$/
/** Pattern of label names, and what it asks for. */
export const LABEL_NAME = {
  pattern: LABEL,
  wanted: 'a label name (letters, digits, "_", "-", "." and "/", at most 63)',
}

const SYMBOLS: readonly ConstraintOp[] = ['==', '!=', '<=', '>=', '<', '>']
const NAMED: readonly ConstraintOp[] = ['in', 'matches', 'exists']
const FORM = 'write ATTRIBUTE OP VALUE, for example "os == debian", "labels.ssd exists", "version.podman >= 4.3"'
const OTHER_OPS: Readonly<Record<string, string>> = {
  '=': '==',
  '===': '==',
  '~': 'matches',
  '=~': 'matches',
  '~=': 'matches',
  is: '==',
}

/** A constraint, or what is wrong with it. */
export type ReadConstraint =
  | { readonly ok: true; readonly constraint: Constraint }
  | { readonly ok: false; readonly message: string; readonly hint: string | null }

function no(message: string, hint: string | null = null): ReadConstraint {
  return { ok: false, message, hint }
}

function attributeFault(attribute: string): { message: string; hint: string | null } | null {
  if (WORDS.some((name) => name === attribute)) return null
  const dot = attribute.indexOf('.')
  const [room, name] = [attribute.slice(0, Math.max(dot, 0)), attribute.slice(dot + 1)]
  if (room === 'devices') return DEVICE.test(name) ? null : { message: `"${name}" is no device`, hint: FORM }
  if (room === 'labels') return LABEL.test(name) ? null : { message: `"${name}" is no label name`, hint: FORM }
  const names: Readonly<Record<string, readonly string[]>> = { driver: DRIVERS, version: VERSIONS }
  const known = names[room]
  if (known === undefined) {
    const all = [...WORDS, ...DRIVERS.map((driver) => `driver.${driver}`), ...VERSIONS.map((each) => `version.${each}`)]
    const nearRoom = nearest(room, ['driver', 'version', 'labels', 'devices'])
    const hint = room !== '' && nearRoom !== null ? `did you mean "${nearRoom}.${name}"?` : didYouMean(attribute, all)
    return {
      message: `hosts have no attribute "${attribute}"`,
      hint:
        hint ??
        'known are os, arch, host, driver.NAME, version.NAME, labels.NAME, devices.NAME and devices.NAME.ATTRIBUTE',
    }
  }
  if (known.includes(name)) return null
  return {
    message: `there is no ${room}.${name}`,
    hint: didYouMean(name, known) ?? `known are ${known.map((each) => `${room}.${each}`).join(', ')}`,
  }
}

function valueFault(op: ConstraintOp, right: string): { message: string; hint: string | null } | null {
  if (op === 'exists') return right === '' ? null : { message: '"exists" takes no value', hint: FORM }
  if (right === '') return { message: `"${op}" needs a value at its right`, hint: FORM }
  if (/^(["']).*\1$/.test(right)) {
    return {
      message: `the quotes round ${right} would be part of the value`,
      hint: 'the value goes to the end of the line: write it without quotes',
    }
  }
  if (op !== 'matches') return null
  const read = readPattern(right)
  return read.ok ? null : { message: `${right} ${read.message}`, hint: read.hint }
}

/** Reads `labels.ssd == true`. The right side goes to the end; `in` takes a list with commas; `exists` takes nothing. */
export function parseConstraint(written: string): ReadConstraint {
  const line = written.trim()
  const attribute = /^[^\s=!<>~]+/.exec(line)?.[0]
  if (attribute === undefined) return no(`"${line}" is no constraint`, FORM)
  const rest = line.slice(attribute.length).trim()
  const mark = /^(?:[=!<>~]+|[A-Za-z]+)/.exec(rest)?.[0] ?? ''
  const op = [...SYMBOLS, ...NAMED].find((each) => each === mark)
  if (op === undefined) {
    if (rest === '') return no(`"${line}" has no operator`, `write "${line} exists", or ${FORM.replace('write ', '')}`)
    const meant = OTHER_OPS[mark]
    const negated = mark === 'not' ? 'there is no negation of "in": write one "!=" constraint for each value' : null
    return no(
      `"${mark === '' ? rest : mark}" is no operator`,
      meant ? `did you mean "${meant}"?` : (negated ?? `known are ${[...SYMBOLS, ...NAMED].join(' ')}`),
    )
  }
  const right = rest.slice(mark.length).trim()
  const fault = attributeFault(attribute) ?? valueFault(op, right)
  if (fault !== null) return no(fault.message, fault.hint)
  const values = op === 'exists' ? [] : op === 'in' ? right.split(',').map((value) => value.trim()) : [right]
  if (values.includes('')) return no('one of the values of "in" is empty', 'write "arch in amd64, arm64"')
  return { ok: true, constraint: { attribute, op, values, text: line } }
}

/** A constraint in a job file. */
export const constraintShape: Shape<Constraint> = refine(
  text({ wanted: 'a constraint in one line', hint: FORM }),
  (line, place, report, name) => {
    const read = parseConstraint(line)
    if (read.ok) return read.constraint
    report.add(place, `${name}: ${read.message}`, read.hint)
    return undefined
  },
)

const MOST_WEIGHT = 100

const weight: Shape<number> = {
  schema: { type: 'number', minimum: -MOST_WEIGHT, maximum: MOST_WEIGHT },
  read(value, report, name) {
    const number = value.kind === 'scalar' ? value.value : null
    if (typeof number === 'number' && Math.abs(number) <= MOST_WEIGHT && number !== 0) return number
    report.add(
      value.place,
      `${name} must be a number from -${MOST_WEIGHT} to ${MOST_WEIGHT} other than 0`,
      'a negative weight repels',
    )
    return undefined
  },
}

const weighted = object({
  constraint: optional(constraintShape, 'What is wished: ATTRIBUTE OP VALUE.'),
  if: optional(constraintShape, 'Another word for `constraint`.'),
  weight: withDefault(weight, 'How much: positive draws, negative repels.', 1),
})

const plainWish: Shape<Wish> = refine(constraintShape, (constraint) => ({ constraint, weight: 1 }))
const weightedWish: Shape<Wish> = {
  schema: weighted.schema,
  read(value, report, name) {
    const read = weighted.read(value, report, name)
    if (read === undefined) return undefined
    const [one, other] = [entryOf(value, 'constraint'), entryOf(value, 'if')]
    if ((one === null) === (other === null)) report.add(value.place, `${name} needs exactly one of constraint and if`)
    const constraint = read.constraint ?? read.if
    return constraint === null ? undefined : { constraint, weight: read.weight }
  },
}

/** A wish: a constraint, or `{constraint, weight}`. */
export const wishShape: Shape<Wish> = either(
  (value) => (value.kind === 'map' ? weightedWish : plainWish),
  [plainWish, weightedWish],
)

/** `rack` or `labels.rack` -> `rack`; `host` too where the field allows it. */
export function labelShape(hostToo: boolean): Shape<string> {
  const check = (name: string): Objection =>
    LABEL.test(name.replace(/^labels\./, '')) ? null : { message: `"${name}" is no label name` }
  const wanted = hostToo ? 'host or the name of a label' : 'the name of a label'
  return refine(text({ wanted, check }), (name) => name.replace(/^labels\./, ''))
}
