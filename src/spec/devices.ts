// Countable things: what a job asks for, what a host declares, what it keeps back.
import type { DeviceAttributes } from '../model/host.js'
import type { Constraint } from '../model/job.js'
import { parseConstraint } from './constraint.js'
import { object, optional, withDefault } from './fields.js'
import { labelValue } from './label-value.js'
import { parseDevices } from './quantity.js'
import { amount, either, list, type Objection, record, refine, type Shape, text } from './shape.js'
import type { Place, Report } from './source.js'

/** Thousandths of one device. */
const ONE = 1000
const MOST = { most: 1_000_000_000, bounds: 'at most 1000000' }

function usbFault(name: string): Objection {
  if (!/^usb:/i.test(name) || /^usb:[0-9a-f]{4}:[0-9a-f]{4}$/.test(name)) return null
  return {
    message: `"${name}" is no usb device`,
    hint: 'write "usb:VENDOR:PRODUCT" with four lower-case hexadecimal digits each, as lsusb shows them: "usb:10c4:ea60"',
  }
}

const NAME = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,62}$/,
  wanted: 'the name of a device: letters, digits, "_", ".", ":" and "-"',
  check: usbFault,
}

const anyAmount = amount(parseDevices, { ...MOST, examples: [1, 0.5] })

/** Name -> thousandths, fractions and all: what is kept back, and what a scenario says is there. */
export const devices = record(anyAmount, NAME)

/** A share of one device, or whole devices: half of one and another whole one would be two jobs. */
const asked: Shape<number> = refine(anyAmount, (thousandths, place, report, name) => {
  if (thousandths < ONE || thousandths % ONE === 0) return thousandths
  const below = Math.floor(thousandths / ONE)
  report.add(
    place,
    `${name}: ${thousandths / ONE} is neither a share of one device nor a whole number of them`,
    `write ${below} or ${below + 1}, or less than 1 for a share of one device`,
  )
  return undefined
})

const whole: Shape<number> = refine(anyAmount, (thousandths, place, report, name) => {
  if (thousandths % ONE === 0) return thousandths
  report.add(
    place,
    `${name} must be a whole number of devices, not ${thousandths / ONE}`,
    'a job may ask for a share of one; what is to be kept back goes into hc_reserve',
  )
  return undefined
})

/** A line of `where` with its place: what it names is known only with the name of the device. */
interface Line {
  readonly line: string
  readonly place: Place
}

const WHERE_FORM = 'write ATTRIBUTE OP VALUE with an attribute of the device, for example "memory >= 8Gi"'
const whereLine: Shape<Line> = refine(
  text({ wanted: 'a constraint in one line', hint: WHERE_FORM }),
  (line, place): Line => ({ line, place }),
)

interface Asked {
  readonly count: number
  readonly where: readonly Line[]
}

const plainAsk: Shape<Asked> = refine(asked, (count) => ({ count, where: [] }))
const detailedAsk: Shape<Asked> = object(
  {
    count: withDefault(asked, 'How many: a share of one (0.5), or a whole number.', 1),
    where: withDefault(
      list(whereLine, { single: true }),
      'What the devices must be: constraints on the attributes that hc_capacity gives them.',
      [],
    ),
  },
  { others: { constraints: 'where', constraint: 'where', if: 'where', number: 'count', amount: 'count' } },
)

/** What a job asks for: how much of each device, and what the host's must be, as constraints like any other. */
export interface AskedDevices {
  /** Name -> thousandths. */
  readonly amounts: Readonly<Record<string, number>>
  readonly constraints: readonly Constraint[]
}

function constraintOf(device: string, { line, place }: Line, report: Report, field: string): Constraint | null {
  const attribute = /^[^\s=!<>~]+/.exec(line.trim())?.[0] ?? ''
  if (!/^[A-Za-z_][A-Za-z0-9_-]{0,62}$/.test(attribute)) {
    report.add(place, `${field}: "${attribute}" is no attribute of a device`, WHERE_FORM)
    return null
  }
  const read = parseConstraint(`devices.${device}.${line.trim()}`)
  if (read.ok) return read.constraint
  report.add(place, `${field}: ${read.message}`, read.hint)
  return null
}

/** `{gpu: 1, "usb:10c4:ea60": 1, tpu: {count: 0.5, where: ["model == m2"]}}`. */
export const askedDevices: Shape<AskedDevices> = refine(
  record(
    either((value) => (value.kind === 'map' ? detailedAsk : plainAsk), [plainAsk, detailedAsk]),
    NAME,
  ),
  (read, _, report, name) => {
    const constraints = Object.entries(read).flatMap(([device, { where }]) =>
      where.map((line) => constraintOf(device, line, report, `${name}.${device}.where`)),
    )
    const right = constraints.filter((constraint) => constraint !== null)
    if (right.length < constraints.length) return undefined
    const amounts = Object.fromEntries(Object.entries(read).map(([device, { count }]) => [device, count]))
    return { amounts, constraints: right }
  },
)

interface Declared {
  readonly count: number
  readonly attributes: Readonly<Record<string, string>>
}

const attributes = record(labelValue, {
  pattern: /^[A-Za-z_][A-Za-z0-9_-]{0,62}$/,
  wanted: 'the name of an attribute: letters, digits, "_" and "-"',
})
const plainDeclared: Shape<Declared> = refine(whole, (count) => ({ count, attributes: {} }))
const counted = object({ count: optional(whole, 'How many.') })
const detailedDeclared: Shape<Declared> = {
  schema: { ...counted.schema, additionalProperties: labelValue.schema },
  read(value, report, name) {
    if (value.kind !== 'map') return plainDeclared.read(value, report, name)
    const isCount = ({ key }: { readonly key: string }) => key === 'count'
    const count = counted.read({ ...value, entries: value.entries.filter(isCount) }, report, name)
    const rest = { ...value, entries: value.entries.filter((entry) => !isCount(entry)) }
    const said = attributes.read(rest, report, name)
    return count === undefined || said === undefined ? undefined : { count: count.count ?? ONE, attributes: said }
  },
}

/** What a host declares. */
export interface DeclaredDevices {
  /** Name -> thousandths, whole devices. */
  readonly amounts: Readonly<Record<string, number>>
  readonly attributes: DeviceAttributes
}

/** `{zigbee: 1, gpu: {count: 2, model: rtx3060, memory: 12Gi}}`. */
export const declaredDevices: Shape<DeclaredDevices> = refine(
  record(
    either((value) => (value.kind === 'map' ? detailedDeclared : plainDeclared), [plainDeclared, detailedDeclared]),
    NAME,
  ),
  (read) => {
    const entries = Object.entries(read)
    return {
      amounts: Object.fromEntries(entries.map(([name, { count }]) => [name, count])),
      attributes: Object.fromEntries(
        entries.flatMap(([name, { attributes: said }]) => (Object.keys(said).length > 0 ? [[name, said]] : [])),
      ),
    }
  },
)
