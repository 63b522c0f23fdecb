// `hc host list`, and the hosts of `hc status`.
import { byName } from '../model/names.js'
import { formatBytes, formatCpu, formatDevices, type Resources, remaining } from '../model/resources.js'
import type { HostView } from '../model/views.js'
import { spareLines } from './spare.js'
import { type Column, table } from './table.js'
import { ago } from './time.js'
import { bytesUse, type Canvas, cpuUse, sentence, verdictCell } from './view.js'
import { count } from './words.js'

/** What is told of each host. CPU, MEMORY and DISK: what is free for new slots, of what jobs may use in all. */
export function hostColumns({ now }: Pick<Canvas, 'now'>): readonly Column<HostView>[] {
  return [
    { title: 'HOST', value: (row) => row.name },
    { title: 'VERDICT', value: verdictCell },
    { title: 'CPU', value: ofFree((free, { capacity }) => cpuUse(free, capacity)) },
    { title: 'MEMORY', value: ofFree((free, { capacity }) => bytesUse(free.memory, capacity?.memory ?? null)) },
    { title: 'DISK', value: ofFree((free, { capacity }) => bytesUse(free.disk, capacity?.disk ?? null)) },
    { title: 'DEVICES', value: ofFree(devicesText) },
    { title: 'CONTACT', value: (row) => ago(row.lastContact, now) },
  ]
}

/** One line per host. */
export function hostsTable(hosts: readonly HostView[], canvas: Canvas, wide = false): string[] {
  const columns = hostColumns(canvas)
  const more: Column<HostView>[] = [
    { title: 'SLOTS', value: (row) => (row.holds === undefined ? '' : String(row.holds)) },
    { title: 'CPU RES', value: (row) => formatCpu(row.reserved.cpu) },
    { title: 'MEM RES', value: (row) => formatBytes(row.reserved.memory) },
    { title: 'DISK RES', value: (row) => formatBytes(row.reserved.disk) },
    { title: 'LOAD', value: (row) => (row.used === null ? '' : formatCpu(row.used.cpu)) },
    { title: 'MEM USED', value: (row) => (row.used === null ? '' : formatBytes(row.used.memory)) },
    { title: 'DISK USED', value: (row) => (row.used === null ? '' : formatBytes(row.used.disk)) },
    { title: 'BOOT', value: (row) => (row.bootedAt === null ? '' : ago(row.bootedAt, canvas.now)) },
    ...identityColumns(),
  ]
  return table(wide ? [...columns, ...more] : columns, hosts, canvas.style, canvas.columns)
}

/** Nothing of a host that does not answer: what it had free when it was last seen is nothing to be had. */
function ofFree(text: (free: Resources, host: HostView) => string): (host: HostView) => string {
  return (host) => {
    const free = freeOf(host)
    return free === null ? '' : text(free, host)
  }
}

/** `gpu 0.5/2`: free, of what the host has. */
function devicesText(free: Resources, { capacity }: HostView): string {
  return Object.entries(capacity?.devices ?? {})
    .sort(([a], [b]) => byName(a, b))
    .map(([name, whole]) => `${name} ${formatDevices(free.devices[name] ?? 0)}/${formatDevices(whole)}`)
    .join(', ')
}

/** Also by views that say nothing of it, as earlier versions of hc serve them. */
function freeOf({ free, verdict, capacity, reserved }: HostView): Resources | null {
  if (free !== undefined) return free
  return capacity === null || verdict !== 'ready' ? null : remaining(capacity, reserved)
}

function identityColumns(): Column<HostView>[] {
  return [
    { title: 'ADDRESS', value: (row) => row.address },
    { title: 'OS', value: (row) => row.os ?? '', shrink: true },
    { title: 'DRIVERS', value: driversText, shrink: true },
    { title: 'LABELS', value: labelsText, shrink: true },
  ]
}

function driversText(host: HostView): string {
  return Object.entries(host.drivers)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')
}

function labelsText(host: HostView): string {
  return Object.entries(host.labels)
    .sort(([a], [b]) => byName(a, b))
    .map(([name, value]) => `${name}=${value}`)
    .join(',')
}

/** `hc host list`: the table, and below it why a host is not ready. */
export function hostListLines(hosts: readonly HostView[], canvas: Canvas, wide = false): string[] {
  if (hosts.length === 0) return ['No hosts in the inventory.']
  const columns: Column<HostView>[] = [
    { title: 'HOST', value: (row) => row.name },
    { title: 'VERDICT', value: verdictCell },
    ...identityColumns(),
    { title: 'LAST CONTACT', value: (row) => ago(row.lastContact, canvas.now) },
  ]
  const lines = wide
    ? hostsTable(hosts, { ...canvas, columns: null }, true)
    : table(columns, hosts, canvas.style, canvas.columns)
  const spare = spareLines(hosts, canvas)
  const absent = hosts.filter((host) => host.verdict !== 'ready')
  const why = absent.flatMap((host) =>
    sentence(`${host.name} is ${host.verdict}${host.reason === null ? '' : `: ${host.reason}`}`, canvas),
  )
  const held = hosts.flatMap((host) => (host.held ? sentence(`${host.held}.`, canvas) : []))
  return [
    ...lines,
    ...spare,
    ...(absent.length === 0 ? [] : ['', `${count(absent.length, 'host')} not ready:`, ...why]),
    ...(held.length === 0 ? [] : ['', ...held]),
  ]
}
