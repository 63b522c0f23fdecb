// `hc host show`: is all well there, and if not, what and why, on one screen.
import { byName } from '../model/names.js'
import { formatBytes, formatCpu, formatDevices, NO_RESOURCES, type Resources } from '../model/resources.js'
import type { HostDetailView, HostView } from '../model/views.js'
import { allocationsTable } from './allocations.js'
import { eventLines } from './events.js'
import { stayingLines, unclaimedLines, waitingLines } from './left-undone.js'
import type { Tone } from './style.js'
import { table } from './table.js'
import { age, ago, localTime } from './time.js'
import { type Canvas, factLines, hostAndPort, section, sentence, verdictTone } from './view.js'
import { wrap } from './width.js'
import { count, list } from './words.js'

/** The whole screen. */
export function hostLines(view: HostDetailView, canvas: Canvas): string[] {
  const { style } = canvas
  return [
    ...headline(view, canvas),
    ...factLines(facts(view, canvas), canvas),
    ...['', ...amountsTable(view, canvas)],
    ...section('Allocations', allocationsTable(view.allocations, canvas), style),
    ...section('Stays although the host is being drained', stayingLines(view.staying, canvas), style),
    ...section('Waiting', waitingLines(view.waiting, canvas), style),
    ...section('Without a place, and why not here', refusedLines(view, canvas), style),
    ...section('Unclaimed: hc knows nothing of them and lets them run', unclaimedLines(view.unclaimed, canvas), style),
    ...section('Last events', eventLines(view.events, canvas), style),
    ...section(
      'Next',
      view.hints.flatMap((hint) => sentence(hint, canvas, '  ')),
      style,
    ),
  ]
}

/** `nuc1 is ready (since 3d 4h) and takes allocations.` */
function headline({ host, since }: HostDetailView, canvas: Canvas): string[] {
  const { style } = canvas
  const verdict = style.paint(verdictTone(host.verdict), host.verdict)
  const span = since === null ? null : age(since, canvas.now)
  const head = `${host.name} is ${verdict}${span === null ? '' : ` (for ${span})`} and ${intake(host)}.`
  const told = host.reason ?? host.held ?? null
  const why = told === null ? [] : sentence(told, canvas, '  ', 'warn')
  return [...wrap(head, canvas.columns), ...why, '']
}

function intake(host: HostView): string {
  if (!host.takesJobs) return 'takes no allocations: it is outside hc_hosts'
  if (host.draining) return drainText(host)
  if (host.cordoned) return 'cordoned: it takes no new allocations'
  if (host.held) return 'held: it takes no new allocations for a while'
  return host.verdict === 'ready' ? 'takes allocations' : 'takes none until it answers'
}

function drainText({ holds = 0, leaving = 0, verdict, drainUntil }: HostView): string {
  const until = drainUntil ? `, in turns until ${localTime(drainUntil)}` : ''
  if (leaving > 0) return `being drained: ${count(leaving, 'allocation')} to leave${until}`
  if (verdict !== 'ready') return `being drained, with ${count(holds, 'allocation')} there when it was seen last`
  return holds === 0
    ? 'drained: nothing is there'
    : `drained: ${count(holds, 'allocation')} stay${holds === 1 ? 's' : ''}`
}

function facts(view: HostDetailView, canvas: Canvas): readonly (readonly [string, string])[] {
  const { host, connection, vantages } = view
  const address = connection.port === null ? host.address : hostAndPort(host.address, connection.port)
  const way =
    connection.kind === 'local' ? 'this machine' : `ssh${connection.user === null ? '' : ` as ${connection.user}`}`
  const boot = host.bootedAt === null ? '' : `; booted ${ago(host.bootedAt, canvas.now)}`
  const system = [host.os, view.kernel === null ? null : `kernel ${view.kernel}`, view.arch]
  const control = vantages.map((name) => (name === 'control' ? 'this control machine' : name))
  const labels = Object.entries(host.labels).sort(([a], [b]) => byName(a, b))
  return [
    ['Address', `${address}, ${way}`],
    ['Contact', `${ago(host.lastContact, canvas.now)}${boot}`],
    ['System', system.filter((part) => part !== null).join(', ')],
    [
      'Drivers',
      Object.entries(host.drivers)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
    ['Devices', devicesText(view)],
    ['Groups', view.groups.join(', ')],
    ['Labels', labels.map(([name, value]) => `${name}=${value}`).join(', ')],
    ['Seen by', control.length === 0 ? 'nobody yet; a loop that ticks finds it out' : list(control)],
  ]
}

interface Amount {
  readonly name: string
  readonly amount: Resources | null
  /** Nothing of the kind can be said where it is missing. */
  readonly parts?: 'bytes'
  readonly tone?: Tone
}

/** What it has, row by row down to what is free. */
function amountsTable(
  { host, total, found = null, promised = null, reserve }: HostDetailView,
  canvas: Canvas,
): string[] {
  const others = host.others ? { ...NO_RESOURCES, ...host.others } : null
  const rows: readonly Amount[] = [
    { name: found === null ? 'in all' : 'declared', amount: total },
    ...(found === null ? [] : [{ name: 'found by the probe', amount: found }]),
    ...(promised === null ? [] : [{ name: 'may be promised', amount: promised }]),
    { name: 'kept for the host', amount: reserve },
    ...(others === null ? [] : [{ name: 'used by others', amount: others, parts: 'bytes' } as const]),
    { name: 'reserved by jobs', amount: host.reserved },
    { name: 'free for jobs', amount: host.free ?? null, tone: 'bold' },
    ...(differs(host) ? [{ name: 'largest job that would fit', amount: host.largest ?? null }] : []),
    { name: 'in use', amount: host.used, tone: 'dim' },
  ]
  const cell =
    (format: (amount: Resources) => string) =>
    ({ amount, tone = 'plain' }: Amount) => {
      return { text: amount === null ? 'not known' : format(amount), tone }
    }
  const counted = (format: (amount: Resources) => string) => (row: Amount) =>
    row.parts === 'bytes' ? '' : cell(format)(row)
  const devices = shownDevices(rows)
  return table<Amount>(
    [
      { title: 'AMOUNTS', value: ({ name, tone = 'plain' }) => ({ text: name, tone }) },
      { title: 'CPU', value: counted(({ cpu }) => formatCpu(cpu)) },
      { title: 'MEMORY', value: cell(({ memory }) => formatBytes(memory)) },
      { title: 'DISK', value: cell(({ disk }) => formatBytes(disk)) },
      ...devices.map((device) => ({
        title: device.toUpperCase(),
        value: counted((amount) => formatDevices(amount.devices[device] ?? 0)),
      })),
    ],
    rows,
    canvas.style,
    canvas.columns,
  )
}

/** A column each, but for usb devices that nothing asks for: most of them are no business of hc's. */
function shownDevices(rows: readonly Amount[]): readonly string[] {
  const names = [...new Set(rows.flatMap(({ amount }) => Object.keys(amount?.devices ?? {})))].sort(byName)
  const reserved = rows.find(({ name }) => name === 'reserved by jobs')?.amount?.devices ?? {}
  return names.filter((name) => !name.startsWith('usb:') || (reserved[name] ?? 0) > 0)
}

/** `gpu 2 (memory 12Gi, model rtx3060), usb:10c4:ea60 (serial 0001)`. */
function devicesText({ total, deviceAttributes = {} }: HostDetailView): string {
  return Object.entries(total?.devices ?? {})
    .sort(([a], [b]) => byName(a, b))
    .map(([name, amount]) => {
      const said = Object.entries(deviceAttributes[name] ?? {}).sort(([a], [b]) => byName(a, b))
      const count = amount === 1000 ? '' : ` ${formatDevices(amount)}`
      return `${name}${count}${said.length === 0 ? '' : ` (${said.map((pair) => pair.join(' ')).join(', ')})`}`
    })
    .join(', ')
}

/** Shares of devices that are free on several of them are no whole one. */
function differs({ free, largest }: HostView): boolean {
  return Boolean(free && largest) && JSON.stringify(free) !== JSON.stringify(largest)
}

function refusedLines({ refused }: HostDetailView, canvas: Canvas): string[] {
  return refused.flatMap(({ slot, reason }) => sentence(`${slot}: ${reason}`, canvas, '  '))
}
