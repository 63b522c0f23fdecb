// What a service asks of the engine beside its image, files and ports -> `container` of the job.
import type { Json } from '../../model/host.js'
import type { Place } from '../source.js'
import { entryOf, type Value } from '../value.js'
import { bytesText, composeBytes } from './amounts.js'
import { words } from './container.js'
import type { Draft, Work } from './draft.js'
import type { Teller } from './teller.js'

/** Sets one of them. */
export function setOption({ fields }: Draft, key: string, value: Json): void {
  const before = fields.container
  fields.container = { ...(isObject(before) ? before : {}), [key]: value }
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Adds a folder in memory. */
export function addMemoryFolder(draft: Draft, folder: string): void {
  const container = draft.fields.container
  const before = isObject(container) && Array.isArray(container.tmpfs) ? container.tmpfs : []
  setOption(draft, 'tmpfs', [...before, folder])
}

/** cap_add, cap_drop, devices, group_add, network_mode, privileged, read_only, shm_size, tmpfs. */
export function optionsOf(work: Work): void {
  const { from, draft, teller } = work
  networkOf(work)
  for (const [key, read] of [
    ['devices', device],
    ['cap_add', upper],
    ['cap_drop', upper],
    ['group_add', plain],
  ] as const) {
    const items = from.list(key).flatMap((item) => read(item, key, teller))
    if (items.length > 0) setOption(draft, key, items)
  }
  for (const item of from.list('tmpfs')) {
    for (const folder of plain(item, 'tmpfs', teller)) addMemoryFolder(draft, folder)
  }
  for (const key of ['read_only', 'privileged'] as const) {
    if (from.text(key)?.text === 'true') setOption(draft, key, true)
  }
  const shared = from.text('shm_size')
  const bytes = shared === null ? null : composeBytes(shared.text)
  if (bytes !== null) setOption(draft, 'shm_size', bytesText(bytes))
  else if (shared !== null) teller.leftOut('shm_size', shared.place, `"${shared.text}" is no amount of memory`)
}

/** entrypoint: hc has it as the engines do, so that the image's own command counts no more. */
export function entrypointOf({ from, draft, teller }: Work): void {
  const entry = from.take('entrypoint')
  if (entry === null) return
  const argv = words(entry.value)
  if (argv !== null && argv.length > 0 && argv[0] !== '') setOption(draft, 'entrypoint', argv)
  else tellEmpty(entry.place, teller)
}

function tellEmpty(place: Place, teller: Teller): void {
  teller.leftOut(
    'entrypoint',
    place,
    'names no program; hc can not take an entrypoint away',
    'container: {entrypoint: [PROGRAM]}',
  )
}

function networkOf({ from, draft, teller }: Work): void {
  const mode = from.text('network_mode')
  if (mode === null || ['', 'bridge', 'default'].includes(mode.text)) return
  const other = /^(?:service|container):(.+)$/.exec(mode.text)?.[1]
  if (other !== undefined) {
    teller.leftOut(
      'network_mode',
      mode.place,
      `the network of ${other} is not shared: what went out through ${other}, through its VPN say, goes out by the host itself`,
      'where that must not be, do not apply it: run both as one, by an engine of your own (command: [podman, ...])',
    )
    return
  }
  if (mode.text !== 'host') {
    teller.leftOut(
      'network_mode',
      mode.place,
      `a container of hc has the engine's usual network or the host's, not ${mode.text}`,
      'ports: {NAME: NUMBER}, or container: {network: host}',
    )
    return
  }
  setOption(draft, 'network', 'host')
  teller.differs(
    'network_mode',
    mode.place,
    'hc does not know on which ports of its host it listens',
    'ports: {NAME: NUMBER}, so that no other job is given them, and hc endpoints shows them',
  )
}

function plain(item: Value, key: string, teller: Teller): readonly string[] {
  if (item.kind === 'scalar' && item.text.trim() !== '') return [item.text.trim()]
  teller.leftOut(key, item.place, 'is no single value, as it should be')
  return []
}

function upper(item: Value, key: string, teller: Teller): readonly string[] {
  return plain(item, key, teller).map((text) => text.toUpperCase())
}

function device(item: Value, key: string, teller: Teller): readonly string[] {
  if (item.kind !== 'map') return plain(item, key, teller)
  const part = (name: string) => {
    const value = entryOf(item, name)?.value
    return value?.kind === 'scalar' && value.text !== '' ? value.text : null
  }
  const [source, target, rights] = [part('source'), part('target'), part('permissions')]
  if (source === null) return plain(item, key, teller)
  return [[source, target ?? source, ...(rights === null ? [] : [rights])].join(':')]
}
