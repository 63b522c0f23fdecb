// The ports that a job listens on: `8080`, `auto`, `{host: 8080, container: 80}`.
import type { PortSpec } from '../model/job.js'
import { object, optional, withDefault } from './fields.js'
import { either, integer, record, refine, type Shape, word } from './shape.js'

const portNumber = integer(1, 65_535)
const hostPort: Shape<number | null> = word<number, null>('auto', null, portNumber)

const short: Shape<PortSpec> = {
  schema: hostPort.schema,
  read(value, report, name) {
    const pair = value.kind === 'scalar' ? /^(\d+):(\d+)$/.exec(value.text) : null
    if (pair !== null) {
      report.add(
        value.place,
        `${name}: "${pair[0]}" is the short form of others`,
        `write {host: ${pair[1]}, container: ${pair[2]}}`,
      )
      return undefined
    }
    const host = hostPort.read(value, report, name)
    return host === undefined ? undefined : { host, container: null }
  },
}

const long: Shape<PortSpec> = refine(
  object({
    host: withDefault(hostPort, "The host's port, or auto for a free one.", 'auto'),
    container: optional(portNumber, "The port inside of the container; without it, the same as the host's."),
  }),
  ({ host, container }) => ({ host, container }),
)

/** Name -> port. Names become part of the environment variable HC_PORT_name. */
export const portsShape: Shape<Readonly<Record<string, PortSpec>>> = record(
  either((value) => (value.kind === 'map' ? long : short), [short, long]),
  { pattern: /^[A-Za-z][A-Za-z0-9_]{0,30}$/, wanted: 'a name of letters, digits and "_"' },
  () => 'give each port a name: {http: 8080}',
)
