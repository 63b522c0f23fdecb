// ports: short and long syntax -> named ports.
import type { Json } from '../../model/host.js'
import type { Place } from '../source.js'
import { entryOf, type Value } from '../value.js'
import type { Work } from './draft.js'
import type { Teller } from './teller.js'

/** More ports than this in one range are not written out. */
const MOST_OF_RANGE = 100
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,30}$/

interface Published {
  readonly host: number | 'auto'
  readonly inside: number
  readonly name: string | null
}

/** Reads `ports`. */
export function portsOf({ from, draft, teller }: Work): void {
  const ports: Record<string, Json> = {}
  const taken = new Map<string, string>()
  for (const item of from.list('ports')) {
    for (const port of item.kind === 'map' ? longPort(item, teller) : shortPort(item, teller)) {
      const id = `${port.host} ${port.inside}`
      // TCP and UDP of one number are one port of hc.
      if (taken.has(id) && port.host !== 'auto') continue
      if (port.host !== 'auto' && [...taken.keys()].some((key) => key.startsWith(`${port.host} `))) {
        teller.leftOut(
          'ports',
          item.place,
          `the host's port ${port.host} is taken by another of these`,
          'choose another',
        )
        continue
      }
      const name = freePortName(port, ports)
      taken.set(id, name)
      ports[name] = port.host === port.inside ? port.host : { host: port.host, container: port.inside }
    }
  }
  if (Object.keys(ports).length > 0) draft.fields.ports = ports
}

function freePortName({ name, inside }: Published, ports: Readonly<Record<string, Json>>): string {
  const usual = inside === 80 ? 'http' : inside === 443 ? 'https' : `p${inside}`
  const wanted = name !== null && NAME.test(name) ? name : usual
  let free = wanted
  for (let number = 2; Object.hasOwn(ports, free); number += 1) free = `${wanted}_${number}`
  return free
}

function shortPort(item: Value, teller: Teller): readonly Published[] {
  const text = item.kind === 'scalar' ? item.text.trim() : ''
  const match = /^(?:(?:(\[[^\]]*\]|[^:[\]]*):)?(\d*(?:-\d+)?):)?(\d+(?:-\d+)?)(?:\/([a-z]+))?$/i.exec(text)
  if (match === null) {
    teller.leftOut('ports', item.place, `"${text}" is no port`, 'ports: {http: {host: 8080, container: 80}}')
    return []
  }
  tellAddress(match[1] ?? '', item.place, teller)
  tellProtocol(match[4] ?? 'tcp', item.place, teller)
  return spread(match[2] ?? '', match[3] ?? '', null, item.place, teller)
}

function longPort(item: Value, teller: Teller): readonly Published[] {
  const part = (key: string) => {
    const value = entryOf(item, key)?.value
    return value?.kind === 'scalar' ? value.text : ''
  }
  for (const entry of item.kind === 'map' ? item.entries : []) {
    if (entry.key === 'mode' && part('mode') === 'ingress')
      teller.differs(
        'ports.mode',
        entry.place,
        'a port is published on the host that the slot runs on, not on all of them',
        'hc endpoints says where',
      )
    else if (!['name', 'target', 'published', 'host_ip', 'protocol', 'mode', 'app_protocol'].includes(entry.key))
      teller.leftOut(`ports.${entry.key}`, entry.place, 'is not known to hc import')
  }
  if (!/^\d+$/.test(part('target'))) {
    teller.leftOut('ports', item.place, 'has no target that is a port', 'ports: {http: {host: 8080, container: 80}}')
    return []
  }
  tellAddress(part('host_ip'), item.place, teller)
  tellProtocol(part('protocol') || 'tcp', item.place, teller)
  return spread(part('published'), part('target'), part('name') || null, item.place, teller)
}

function tellAddress(address: string, place: Place, teller: Teller): void {
  if (['', '0.0.0.0', '[::]', '::'].includes(address)) return
  const hint = 'remove the port where only this host was to reach it, or guard it by a firewall'
  teller.differs('ports', place, `was published on ${address} only, and is on all addresses of its host now`, hint)
}

function tellProtocol(protocol: string, place: Place, teller: Teller): void {
  if (protocol.toLowerCase() === 'udp')
    teller.differs('ports', place, 'was UDP; hc publishes a port by TCP and UDP alike')
  else if (protocol.toLowerCase() !== 'tcp')
    teller.differs('ports', place, `was ${protocol}; hc publishes a port by TCP and UDP`)
}

/** One port, or a range of them. */
function spread(
  outside: string,
  inside: string,
  name: string | null,
  place: Place,
  teller: Teller,
): readonly Published[] {
  const [first = 0, last = first] = inside.split('-').map(Number)
  const [from = 0, to = from] = outside === '' ? [] : outside.split('-').map(Number)
  const wrong = [first, last, ...(outside === '' ? [] : [from, to])].some((port) => port < 1 || port > 65_535)
  if (wrong || last < first || to < from || last - first >= MOST_OF_RANGE) {
    teller.leftOut(
      'ports',
      place,
      `${outside}:${inside} is no range of up to ${MOST_OF_RANGE} ports`,
      'name the ports that are needed',
    )
    return []
  }
  const count = last - first + 1
  if (count === 1 && to > from) {
    teller.differs('ports', place, `was any of ${outside} of the host, and is any free port now`)
    return [{ host: 'auto', inside: first, name }]
  }
  if (outside !== '' && to - from + 1 !== count) {
    teller.leftOut('ports', place, `${outside} and ${inside} are not alike in number`)
    return []
  }
  return Array.from({ length: count }, (_, index) => ({
    host: outside === '' ? ('auto' as const) : from + index,
    inside: first + index,
    name: count === 1 ? name : null,
  }))
}
