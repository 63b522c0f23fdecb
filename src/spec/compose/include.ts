// `include:` of a Compose file: other files, each group of them a project of its own that is laid beside this one.
import { folderOf, normalizePath, resolvePath } from '../paths.js'
import type { Report } from '../source.js'
import { entryOf, isNull, type Value } from '../value.js'

/** A group of files that is included; paths are absolute. */
export interface Included {
  readonly files: readonly { readonly name: string; readonly path: string }[]
  /** What relative paths in them are seen from. */
  readonly folder: string
  /** Files of NAME=value lines for the variables in them; null: `.env` in `folder`, where there is one. */
  readonly envFiles: readonly string[] | null
  readonly at: Value
}

function texts(value: Value | undefined): readonly string[] {
  const items = value?.kind === 'list' ? value.items : value === undefined ? [] : [value]
  return items.flatMap((item) => (item.kind === 'scalar' && item.text !== '' ? [item.text] : []))
}

/** The groups that a file includes. `folder`: what its own relative paths are seen from. `file`: its name as it is shown. */
export function includedBy(top: Value, folder: string, file: string, report: Report): readonly Included[] {
  const include = entryOf(top, 'include')?.value
  const items = include?.kind === 'list' ? include.items : include === undefined ? [] : [include]
  return items.flatMap((item): Included[] => {
    const part = (key: string) => entryOf(item, key)?.value
    const paths = texts(item.kind === 'map' ? part('path') : item)
    const [first] = paths
    if (first === undefined) {
      report.add(item.place, 'include must name files', 'write include: [FILE], or {path: FILE}')
      return []
    }
    const home = texts(part('project_directory'))[0]
    const envFiles = item.kind === 'map' && part('env_file') !== undefined ? texts(part('env_file')) : null
    return [
      {
        files: paths.map((path) => ({ name: shownAs(path, file), path: resolvePath(folder, path) })),
        folder: home === undefined ? folderOf(resolvePath(folder, first)) : resolvePath(folder, home),
        envFiles: envFiles?.map((path) => resolvePath(folder, path)) ?? null,
        at: item,
      },
    ]
  })
}

/** Sections of which two files that include each other must not have the same name twice. */
const SECTIONS = ['services', 'volumes', 'configs', 'secrets', 'networks']

/** Both; a name that stands in both is a fault, as it is for Compose. */
export function beside(top: Value, other: Value, report: Report): Value {
  if (top.kind !== 'map' || other.kind !== 'map') return top
  let entries = top.entries
  for (const section of other.entries.filter(({ key }) => SECTIONS.includes(key))) {
    const here = entries.find(({ key }) => key === section.key)
    if (here === undefined) entries = [...entries, section]
    if (here?.value.kind !== 'map' || section.value.kind !== 'map') continue
    const names = new Set(here.value.entries.map(({ key }) => key))
    const twice = section.value.entries.filter(({ key, value }) => names.has(key) && !isNull(value))
    for (const { key, place } of twice)
      report.add(place, `${section.key} ${key} of an included file stands in the one that includes it too`)
    const more = section.value.entries.filter(({ key }) => !names.has(key))
    const value = { ...here.value, entries: [...here.value.entries, ...more] }
    entries = entries.map((entry) => (entry === here ? { ...here, value } : entry))
  }
  return { ...top, entries }
}

function shownAs(path: string, file: string): string {
  return normalizePath(path.startsWith('/') ? path : `${folderOf(file)}/${path}`)
}
