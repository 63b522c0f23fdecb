// What services of one project have in common: data, and each other's names.
import type { ImportRemark } from '../../model/import.js'
import type { Place } from '../source.js'
import type { Value } from '../value.js'
import { entryOf } from '../value.js'
import { addTo } from './container.js'
import { parseDotenv } from './dotenv.js'
import { absolutePath, type Draft, type Shared } from './draft.js'
import { asMap } from './merge.js'
import type { Service } from './project.js'
import { Teller } from './teller.js'

/** Folders of the host itself: two jobs that look at them share no data. */
const OF_THE_HOST = /^\/(?:proc|sys|dev|run|etc|var\/run|var\/log|var\/lib\/docker)(?:\/|$)|^\/$/

/** Jobs that write the same folder of a host run beside each other. */
export function companyOf(drafts: readonly Draft[]): void {
  const first = new Map<string, Draft>()
  for (const draft of drafts) {
    for (const { source, shared } of draft.volumes) {
      if (shared || OF_THE_HOST.test(source)) continue
      const other = first.get(source)
      if (other === undefined) first.set(source, draft)
      else if (other !== draft) {
        addTo(draft.fields, 'with', other.job)
        draft.comments.with = 'They share a volume, which lies on one host.'
      }
    }
  }
}

const HOST_LIKE = /HOST|SERVER|ADDR|ENDPOINT|BROKER|UPSTREAM|BACKEND|_UR[IL]|^UR[IL]$/i

/** A value that may name a host. */
interface Named {
  readonly key: string
  readonly text: string
  readonly place: Place
  /** Put before the sentence where the key alone does not tell where it stands. */
  readonly where: string
}

/** Tells where a service names another one as if it were a host, and where it waits for one that nothing can reach. */
export function tellNames(services: readonly Service[], shared: Shared, remarks: ImportRemark[]): void {
  const names = namesOf(services)
  const open = new Set(services.filter(({ entry }) => isOpen(entry.value)).map(({ name }) => name))
  for (const { name, entry } of services) {
    const teller = new Teller(name, remarks)
    const told = new Set<string>()
    const called = new Map([...linksOf(entry.value), ...names])
    for (const { key, text, place, where } of textsOf(entry.value, shared)) {
      for (const [word, other] of called) {
        if (other === name || !namesHost(text, word, key)) continue
        const job = shared.jobs.get(other) ?? other
        told.add(other)
        teller.differs(
          key,
          place,
          `${where}names the service ${word}, and jobs do not find each other by name`,
          `publish its port in ${job} (ports:), and write the address of its host here (hc endpoints ${job})`,
        )
      }
    }
    for (const { other, place } of waitsFor(entry.value)) {
      const job = shared.jobs.get(other)
      if (job === undefined || told.has(other) || open.has(other) || shared.ending.has(other)) continue
      teller.differs(
        'depends_on',
        place,
        `waits for ${other}, which publishes no port: jobs reach each other by published ports only`,
        `where it speaks to it, ports: in ${job}, and the address of its host in the settings here (hc endpoints ${job})`,
      )
    }
  }
}

/** What Compose lets a service be called -> the service. */
function namesOf(services: readonly Service[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const { name, entry } of services) {
    const networks = entryOf(entry.value, 'networks')?.value
    const own = ['container_name', 'hostname'].map((key) => entryOf(entry.value, key)?.value)
    const aliases =
      networks?.kind !== 'map' ? [] : networks.entries.map(({ value }) => entryOf(value, 'aliases')?.value)
    for (const value of [...own, ...aliases]) {
      for (const text of scalars(value)) if (text !== '') names.set(text, name)
    }
  }
  for (const { name } of services) names.set(name, name)
  return names
}

/** `links: [db:database]` names db for this one service. */
function linksOf(service: Value): readonly (readonly [string, string])[] {
  return scalars(entryOf(service, 'links')?.value).flatMap((link) => {
    const [other = '', alias] = link.split(':')
    return alias === undefined ? [] : [[alias, other] as const]
  })
}

function scalars(value: Value | null | undefined): readonly string[] {
  const items = value?.kind === 'list' ? value.items : value ? [value] : []
  return items.flatMap((item) => (item.kind === 'scalar' ? [item.text] : []))
}

/** Somebody outside of its network reaches it. */
function isOpen(service: Value): boolean {
  const mode = entryOf(service, 'network_mode')?.value
  const ports = entryOf(service, 'ports')?.value
  return (ports?.kind === 'list' && ports.items.length > 0) || (mode?.kind === 'scalar' && mode.text === 'host')
}

function waitsFor(service: Value): readonly { readonly other: string; readonly place: Place }[] {
  const value = entryOf(service, 'depends_on')?.value
  if (value?.kind === 'map') return value.entries.map(({ key, place }) => ({ other: key, place }))
  const items = value?.kind === 'list' ? value.items : []
  return items.flatMap((item) => (item.kind === 'scalar' ? [{ other: item.text, place: item.place }] : []))
}

function textsOf(service: Value, shared: Shared): readonly Named[] {
  const one = (key: string, value: Value): readonly Named[] =>
    value.kind === 'scalar' ? [{ key, text: value.text, place: value.place, where: '' }] : []
  const environment = entryOf(service, 'environment')?.value
  const env = environment === undefined ? null : asMap(environment)
  const items = (key: string): readonly Value[] => {
    const value = entryOf(service, key)?.value
    return value?.kind === 'list' ? value.items : value ? [value] : []
  }
  return [
    ...(env?.kind === 'map' ? env.entries.flatMap(({ key, value }) => one(`environment.${key}`, value)) : []),
    ...['command', 'entrypoint'].flatMap((key) => items(key).flatMap((item) => one(key, item))),
    ...items('env_file').flatMap((item) => linesOf(item, shared)),
  ]
}

/** Lines of an env file that is there. */
function linesOf(item: Value, shared: Shared): readonly Named[] {
  const path = item.kind === 'map' ? entryOf(item, 'path')?.value : item
  if (path?.kind !== 'scalar' || path.text === '') return []
  const text = shared.door.read(absolutePath(shared, path.text, path.place)) ?? ''
  return [...parseDotenv(text, new Map())].map(([key, value]) => ({
    key: `env_file.${key}`,
    text: value,
    place: path.place,
    where: `in ${path.text} `,
  }))
}

function namesHost(text: string, called: string, key: string): boolean {
  const plain = called.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  if (new RegExp(`(?:^|[\\s,=@/'"])${plain}:\\d`).test(text)) return true
  if (new RegExp(`(?://|@)${plain}(?:$|[/:,?\\s'"])`).test(text)) return true
  return text === called && HOST_LIKE.test(key.slice(key.indexOf('.') + 1))
}
