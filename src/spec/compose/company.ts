// What services of one project have in common: data, and each other's names.
import type { ImportRemark } from '../../model/import.js'
import type { Value } from '../value.js'
import { entryOf } from '../value.js'
import { addTo } from './container.js'
import type { Draft, Shared } from './draft.js'
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

/** Tells where a service names another one as if it were a host. */
export function tellNames(services: readonly Service[], shared: Shared, remarks: ImportRemark[]): void {
  const names = new Map<string, string>()
  for (const { name, entry } of services) {
    for (const key of ['container_name', 'hostname']) {
      const value = entryOf(entry.value, key)?.value
      if (value?.kind === 'scalar' && value.text !== '') names.set(value.text, name)
    }
  }
  for (const { name } of services) names.set(name, name)
  for (const { name, entry } of services) {
    const teller = new Teller(name, remarks)
    for (const [key, value] of textsOf(entry.value)) {
      for (const [called, other] of names) {
        if (other === name || !namesHost(value.kind === 'scalar' ? value.text : '', called, key)) continue
        const job = shared.jobs.get(other) ?? other
        teller.differs(
          key,
          value.place,
          `names the service ${called}, and jobs do not find each other by name`,
          `publish its port in ${job} (ports:), and write the address of its host here (hc endpoints ${job})`,
        )
      }
    }
  }
}

function textsOf(service: Value): readonly (readonly [string, Value])[] {
  const environment = entryOf(service, 'environment')?.value
  const env = environment === undefined ? null : asMap(environment)
  const pairs = env?.kind === 'map' ? env.entries.map(({ key, value }) => [`environment.${key}`, value] as const) : []
  const command = ['command', 'entrypoint'].flatMap((key) => {
    const value = entryOf(service, key)?.value
    const items = value?.kind === 'list' ? value.items : value === undefined ? [] : [value]
    return items.map((item) => [key, item] as const)
  })
  return [...pairs, ...command]
}

function namesHost(text: string, called: string, key: string): boolean {
  const plain = called.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  if (new RegExp(`(?:^|[\\s,=@/'"])${plain}:\\d`).test(text)) return true
  if (new RegExp(`(?://|@)${plain}(?:$|[/:,?\\s'"])`).test(text)) return true
  return text === called && HOST_LIKE.test(key.slice(key.indexOf('.') + 1))
}
