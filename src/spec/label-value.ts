// Values that constraints are compared with: of labels, and of what is said of devices.
import { refuse, type Shape } from './shape.js'

/** Text, a number or a truth value, as text: truth as true and false, numbers as they are written unless in another base. */
export const labelValue: Shape<string> = {
  schema: { type: ['string', 'number', 'boolean'] },
  read(value, report, name) {
    if (value.kind !== 'scalar' || value.value === null) return refuse(value, report, name, 'text, a number, yes or no')
    const other =
      typeof value.value === 'boolean' ||
      (typeof value.value === 'number' && !/^[-+]?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(value.text))
    return other ? String(value.value) : value.text
  },
}
