// Values of the inventory that need not stand in it: plain text, or where to read them.
import type { Private } from '../model/incident.js'
import { absoluteSecret, secretShape } from './mounts.js'
import { either, type Shape } from './shape.js'

/** Plain text, or {file}, {env} or {command}; a file path as written. */
export function privately(plain: Shape<string>): Shape<Private> {
  return either<Private>((value) => (value.kind === 'map' ? secretShape : plain), [plain, secretShape])
}

/** The same with a file's path from the folder of the inventory. */
export function absolute(value: Private, folder: string): Private {
  return typeof value === 'string' ? value : absoluteSecret(value, folder)
}
