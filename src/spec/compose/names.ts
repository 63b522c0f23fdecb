// Which services become jobs, and what these are called.
import type { ImportRemark } from '../../model/import.js'
import type { JobName } from '../../model/names.js'
import { entryOf } from '../value.js'
import { slug } from './draft.js'
import type { Service } from './project.js'
import { Teller } from './teller.js'

const LONGEST = 42

/** `nextcloud`, `db` -> `nextcloud-db`; a service called as its project keeps that name. */
export function jobNameOf(project: string, service: string): JobName {
  const [whole, part] = [slug(project), slug(service)]
  const own = part === whole || whole === '' || part.startsWith(`${whole}-`)
  return cut((part === '' ? whole : own ? part : `${whole}-${part}`) || 'app', LONGEST)
}

function cut(name: string, length: number): string {
  return name.slice(0, length).replace(/-+$/, '')
}

/** Service -> job; each name once. */
export function jobNames(project: string, services: readonly Service[]): ReadonlyMap<string, JobName> {
  const names = new Map<string, JobName>()
  const taken = new Set<JobName>()
  for (const { name } of services) {
    const wanted = jobNameOf(project, name)
    let free = wanted
    for (let number = 2; taken.has(free); number += 1) free = `${cut(wanted, LONGEST - 4)}-${number}`
    taken.add(free)
    names.set(name, free)
  }
  return names
}

/** Services without a profile, or with one of those that are asked for; the others are told. */
export function servicesToImport(
  services: readonly Service[],
  profiles: readonly string[],
  remarks: ImportRemark[],
): readonly Service[] {
  return services.filter(({ name, entry }) => {
    const value = entryOf(entry.value, 'profiles')?.value
    const own = (value?.kind === 'list' ? value.items : value === undefined ? [] : [value]).map((item) =>
      item.kind === 'scalar' ? item.text : '',
    )
    if (own.length === 0 || profiles.includes('*') || own.some((profile) => profiles.includes(profile))) return true
    const place = value?.place ?? entry.place
    new Teller(name, remarks).leftOut(
      'profiles',
      place,
      'the service belongs to a profile that was not asked for',
      `hc import compose --profile ${own[0]}`,
    )
    return false
  })
}
