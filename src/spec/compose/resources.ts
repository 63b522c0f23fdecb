// deploy.resources, the older keys for the same, devices, and where slots may go.
import type { Json } from '../../model/host.js'
import type { Place } from '../source.js'
import { entryOf, type Value } from '../value.js'
import { bytesText, composeBytes, composeCpu, cpuText } from './amounts.js'
import { addTo } from './container.js'
import type { Work } from './draft.js'
import type { Fields } from './teller.js'

/** What hc reserves where a job says nothing, millicores. */
const USUAL_CPU = 100
const LEAST_MEMORY = 1024 * 1024

/** deploy.resources, mem_limit, mem_reservation, cpus, cpu_shares, gpus. */
export function resourcesOf(work: Work, deploy: Fields): void {
  const { from, draft, teller, place } = work
  const all = deploy.below('resources')
  const [limits, reserved] = [all.below('limits'), all.below('reservations')]
  const cpuLimit = amount(limits, 'cpus', composeCpu) ?? amount(from, 'cpus', composeCpu)
  const shares = amount(from, 'cpu_shares', composeCpu)
  const cpu = amount(reserved, 'cpus', composeCpu) ?? (shares === null ? null : Math.max(1, Math.round(shares / 1024)))
  const memoryLimit = amount(limits, 'memory', composeBytes) ?? amount(from, 'mem_limit', composeBytes)
  const memory = amount(reserved, 'memory', composeBytes) ?? amount(from, 'mem_reservation', composeBytes)
  const resources: Record<string, Json> = {}
  const wanted = cpu ?? (cpuLimit !== null && cpuLimit < USUAL_CPU ? cpuLimit : null)
  if (wanted !== null) resources.cpu = cpuText(Math.min(wanted, cpuLimit ?? wanted))
  if (cpuLimit !== null) draft.fields.cpu_max = cpuText(cpuLimit)
  if (memory === null && memoryLimit === null) {
    resources.memory = 0
    teller.differs(
      'deploy.resources',
      place,
      'says nothing of memory: none is reserved and there is no ceiling, so hc does not know what fits',
      'look at what it uses (hc status), and write resources: {memory: 512Mi}',
    )
  } else {
    resources.memory = bytesText(
      Math.max(LEAST_MEMORY, Math.min(memory ?? Number.POSITIVE_INFINITY, memoryLimit ?? Number.POSITIVE_INFINITY)),
    )
    if (memory !== null && memoryLimit !== null && memoryLimit > memory)
      draft.fields.memory_max = bytesText(Math.max(LEAST_MEMORY, memoryLimit))
    if (memoryLimit === null) {
      draft.fields.memory_max = '1Ti'
      draft.comments.memory_max = 'Compose sets no ceiling; without this line what is reserved would be one.'
    }
  }
  const devices = devicesOf(reserved, from)
  if (devices !== null) resources.devices = devices
  draft.fields.resources = resources
  limits.rest({
    pids: ['hc bounds no number of processes', 'systemd: {Service: {TasksMax: N}} bounds the client only'],
  })
  reserved.rest({
    generic_resources: [
      'hc counts devices instead',
      'resources: {devices: {NAME: 1}}, with hc_capacity in the inventory',
    ],
  })
  all.rest()
}

function amount(fields: Fields, key: string, read: (text: string) => number | null): number | null {
  const written = fields.text(key)
  if (written === null || ['', '0', '0.0'].includes(written.text)) return null
  const value = read(written.text)
  if (value === null) fields.teller.leftOut(fields.name(key), written.place, `"${written.text}" is no amount`)
  return value
}

const HANDS_IN = 'hc counts the device and places by it, and hands nothing in'
const BY_ENGINE = 'let the engine of the host hand it to all containers, or run the engine yourself as a command'

/** Graphics cards that are asked for; null: none. */
function devicesOf(reserved: Fields, from: Fields): Json | null {
  const asked = [...reserved.list('devices'), ...from.list('gpus')]
  let count = 0
  for (const item of asked) {
    const key = 'deploy.resources.reservations.devices'
    if (item.kind === 'scalar') {
      count += /^\d+$/.test(item.text) ? Number(item.text) : 1
      tellHandedIn(item.text, item.place, from)
      continue
    }
    const part = (name: string): Value | null => entryOf(item, name)?.value ?? null
    const kinds = part('capabilities')
    const isGpu =
      kinds?.kind === 'list'
        ? kinds.items.some((each) => each.kind === 'scalar' && /gpu|nvidia/.test(each.text))
        : kinds === null
    if (!isGpu) {
      from.teller.leftOut(
        key,
        item.place,
        'is no graphics card',
        'resources: {devices: {NAME: 1}}, with hc_capacity in the inventory',
      )
      continue
    }
    const [number, ids] = [part('count'), part('device_ids')]
    const text = number?.kind === 'scalar' ? number.text : ''
    count += ids?.kind === 'list' ? ids.items.length : /^[1-9]\d*$/.test(text) ? Number(text) : 1
    tellHandedIn(text, item.place, from)
    const more = ['options', 'device_ids'].filter((name) => part(name) !== null)
    if (more.length > 0)
      from.teller.leftOut(
        key,
        item.place,
        `hc knows no ${more.join(' and no ')} of a card`,
        'where: ["model == NAME"] chooses by attributes',
      )
  }
  return count === 0 ? null : { gpu: count }
}

function tellHandedIn(count: string, place: Place, from: Fields): void {
  from.teller.differs('deploy.resources.reservations.devices', place, HANDS_IN, BY_ENGINE)
  if (count === 'all')
    from.teller.differs(
      'deploy.resources.reservations.devices',
      place,
      'was all cards of the host, and is one',
      'resources: {devices: {gpu: N}}',
    )
}

/** deploy.placement: constraints, preferences, max_replicas_per_node. */
export function placementOf({ draft, teller }: Work, deploy: Fields): void {
  const placement = deploy.below('placement')
  for (const item of placement.list('constraints')) {
    const text = item.kind === 'scalar' ? item.text : ''
    const match = /^\s*(node\.[a-z.]+?)((?<=labels)\.[A-Za-z0-9_.-]+)?\s*([=!]=)\s*(.+?)\s*$/.exec(text)
    const attributes: Readonly<Record<string, string>> = {
      'node.hostname': 'host',
      'node.platform.arch': 'arch',
      'node.labels': `labels${match?.[2] ?? ''}`,
    }
    const attribute = match === null ? undefined : attributes[match[1] ?? '']
    if (match === null || attribute === undefined || attribute === 'labels')
      teller.leftOut(
        'deploy.placement.constraints',
        item.place,
        `"${text}" asks for what hosts of hc do not have`,
        'constraints: ["labels.NAME == VALUE"], with hc_labels in the inventory',
      )
    else addTo(draft.fields, 'constraints', `${attribute} ${match[3]} ${match[4]}`)
  }
  for (const item of placement.list('preferences')) {
    const by = entryOf(item, 'spread')?.value
    const label = by?.kind === 'scalar' ? /^node\.labels\.([A-Za-z0-9_]+)$/.exec(by.text)?.[1] : undefined
    if (label !== undefined && draft.fields.spread === undefined && draft.fields.type !== 'system')
      draft.fields.spread = label
    else
      teller.leftOut(
        'deploy.placement.preferences',
        item.place,
        'is no spread by one label',
        'spread: LABEL, with hc_labels in the inventory',
      )
  }
  const most = placement.text('max_replicas_per_node')
  if (most !== null && /^[1-9]\d{0,2}$/.test(most.text) && draft.fields.type !== 'system')
    draft.fields.max_per_host = Number(most.text)
  else if (most !== null && most.text !== '0')
    teller.leftOut('deploy.placement.max_replicas_per_node', most.place, 'is no number that hc takes here')
  placement.rest()
}
