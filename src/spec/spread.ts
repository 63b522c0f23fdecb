// `spread: LABEL`, or `spread: {by: LABEL, targets: {VALUE: WEIGHT}}`.
import type { Spread } from '../model/job.js'
import { labelShape } from './constraint.js'
import { object, optional, required } from './fields.js'
import { either, integer, record, refine, type Shape } from './shape.js'

const MOST_WEIGHT = 1000
/** What labels of hosts may hold: anything in one line. */
const VALUE = { pattern: /^[^\0-\x1f\x7f]{1,255}$/, wanted: 'a value of the label' }

const even: Shape<Spread> = refine(labelShape(true), (label) => ({ label, targets: null }))

const targets = refine(record(integer(0, MOST_WEIGHT), VALUE), (weights, place, report, name) => {
  if (Object.values(weights).some((weight) => weight > 0)) return weights
  report.add(
    place,
    `${name} gives no value a part`,
    'write targets: {a: 2, b: 1}, or leave targets out for an even spread',
  )
  return undefined
})

const byTargets = object(
  {
    by: required(labelShape(true), 'host, or the name of a label.'),
    targets: optional(
      targets,
      'Value of the label -> its part of the slots: {a: 2, b: 1} is two to one. A value not named gets none. Even without it.',
    ),
  },
  { others: { label: 'by', attribute: 'by', weights: 'targets', target: 'targets', over: 'by' } },
)

const weighted: Shape<Spread> = {
  schema: byTargets.schema,
  read(value, report, name) {
    const read = byTargets.read(value, report, name)
    return read === undefined ? undefined : { label: read.by, targets: read.targets }
  },
}

/** A wish for a spread, in either form. */
export const spreadShape: Shape<Spread> = either((value) => (value.kind === 'map' ? weighted : even), [even, weighted])
