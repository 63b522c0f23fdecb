// The hc_ variables, one line each: shape, meaning, default. Those of the cluster stand under all, the others anywhere.
import type { Become, Strategy } from '../model/host.js'
import type { StoreAddress } from '../model/store-address.js'
import { LABEL_NAME } from './constraint.js'
import { declaredDevices, devices } from './devices.js'
import { fenceShape } from './fence.js'
import { object, optional, withDefault } from './fields.js'
import { bytes, cpu } from './job-fields.js'
import { labelValue } from './label-value.js'
import { argvShape } from './mounts.js'
import { notifyShape } from './notify.js'
import { overcommit } from './overcommit.js'
import { duration } from './rules.js'
import { parseSchedule } from './schedule.js'
import { choice, integer, list, record, refine, refuse, type Shape, text } from './shape.js'
import { parseStoreAddress } from './store-address.js'

/** Truth as Ansible takes it, in quotes too. */
export const ansibleFlag: Shape<boolean> = {
  schema: { type: ['boolean', 'string'] },
  read(value, report, name) {
    const written = value.kind === 'scalar' && value.value !== null ? String(value.value).toLowerCase() : ''
    if (['true', 'yes', 'on', 'y', 't', '1'].includes(written)) return true
    if (['false', 'no', 'off', 'n', 'f', '0'].includes(written)) return false
    return refuse(value, report, name, 'yes or no')
  },
}

const reconcile: Shape<string> = refine(
  text({ wanted: 'a cron expression', hint: 'write hc_reconcile: "*/1 * * * * *"' }),
  (line, place, report, name) => {
    const read = parseSchedule(line)
    if (read.ok) return read.schedule.text
    report.add(place, `${name}: ${read.message}`, read.hint)
    return undefined
  },
)

const reserve = object({
  cpu: withDefault(cpu, 'Cores.', 0),
  memory: withDefault(bytes, 'Memory.', '256Mi'),
  disk: withDefault(bytes, 'Disk.', 0),
  devices: withDefault(devices, 'Countable things.', {}),
})

const capacity = object({
  cpu: optional(cpu, 'Cores.'),
  memory: optional(bytes, 'Memory.'),
  disk: optional(bytes, 'Disk.'),
  devices: optional(declaredDevices, 'Countable things: {gpu: 1}, or {gpu: {count: 1, model: rtx3060, memory: 12Gi}}.'),
})

const become: Shape<Become> = {
  schema: { enum: [true, false, 'auto'] },
  read(value, report, name) {
    if (value.kind === 'scalar' && value.text === 'auto') return 'auto'
    const yes = ansibleFlag.read(value, report, name)
    return yes === undefined ? undefined : yes ? 'yes' : 'no'
  },
}

const witness = list(text({ pattern: /^[A-Za-z0-9:][A-Za-z0-9.:_%-]*$/, wanted: 'an address that answers pings' }), {
  single: true,
})

const store: Shape<StoreAddress> = refine(
  text({ wanted: 'a folder or etcd://HOST,HOST,HOST' }),
  (written, place, report, name) => {
    const read = parseStoreAddress(written)
    if (read.ok) return read.address
    report.add(place, `${name}: ${read.message}`, read.hint)
    return undefined
  },
)

const STRATEGIES: readonly Strategy[] = ['balanced', 'pack', 'spread']
const MINUTES = 60_000

/** Variables that hold for the whole cluster: under all, or in group_vars/all. */
export const clusterFields = {
  hc_hosts: withDefault(text({ wanted: 'a host pattern' }), 'Pattern of the hosts that take jobs.', 'all'),
  hc_reconcile: withDefault(reconcile, 'Cron expression of the loop, seconds first.', '*/1 * * * * *'),
  hc_probe_timeout: withDefault(duration(100, MINUTES, 'from 100ms to 1m'), 'Longest wait for one probe.', '1s'),
  hc_lost_after: withDefault(
    duration(500, 60 * MINUTES, 'from 500ms to 1h'),
    'Silence before a host may be lost.',
    '3s',
  ),
  hc_lease: withDefault(
    duration(1000, 60 * MINUTES, 'from 1s to 1h'),
    'How long a host may run exclusive slots without contact.',
    '8s',
  ),
  hc_stop_bound: withDefault(
    duration(1000, 60 * MINUTES, 'from 1s to 1h'),
    'Longest time that a stop by force may take.',
    '5s',
  ),
  hc_self_fence: withDefault(ansibleFlag, 'A host that cannot stop in time reboots itself.', true),
  hc_away: withDefault(duration(0, 24 * 60 * MINUTES, 'at most 1d'), 'Longest announced absence of the loop.', '15m'),
  hc_boot_wait: withDefault(
    duration(0, 60 * MINUTES, 'at most 1h'),
    'How long units wait for the first word after a boot.',
    '20s',
  ),
  hc_strategy: withDefault(
    choice(STRATEGIES, { binpack: 'pack', balance: 'balanced' }),
    'Bin-packing score: balanced, pack or spread.',
    'balanced',
  ),
  hc_survive: withDefault(integer(0, 1), '1: apply refuses what would not survive the loss of any one host.', 0),
  hc_moves: withDefault(integer(0, 1000), 'Most slots that one plan may move to make room.', 2),
  hc_mass_loss_hold: withDefault(
    duration(0, 60 * MINUTES, 'at most 1h'),
    'Wait when two or more hosts fall silent together.',
    '30s',
  ),
  hc_hung_after: withDefault(
    duration(1000, 24 * 60 * MINUTES, 'from 1s to 1d'),
    'How long a host hangs before it is fenced, or left (hc_hung_moves).',
    '2m',
  ),
  hc_witness: optional(
    witness,
    "Addresses that answer pings when the control machine's network works; the default gateway without it.",
  ),
  hc_notify: withDefault(notifyShape, 'Who is told when something breaks, and when it is well again.', []),
  hc_on_change: optional(
    argvShape(),
    'A program of the control machine, run when something answers elsewhere: gets the endpoints as JSON on stdin.',
  ),
  hc_store: optional(store, 'Where the store is: a folder (.hc without it), or etcd://HOST,HOST,HOST.'),
  hc_takeover: withDefault(
    duration(4000, 5 * MINUTES, 'from 4s to 5m'),
    'When another control machine leads after the leader fell silent.',
    '10s',
  ),
} as const

/** Variables of each host: anywhere in the inventory. */
export const hostFields = {
  hc_reserve: withDefault(
    refine(reserve, (read) => read),
    'Kept free for the host itself.',
    {},
  ),
  hc_capacity: optional(capacity, 'Declared cpu, memory, disk and devices; what the probe finds without it.'),
  hc_labels: withDefault(record(labelValue, LABEL_NAME), 'What constraints and spread can name.', {}),
  hc_become: optional(become, 'sudo -n for commands: yes, no or auto; ansible_become without it.'),
  hc_fence: optional(fenceShape, 'What cuts its power: {agent: fence_..., OPTION: ...} or {command: [...]}.'),
  hc_hung_moves: withDefault(
    choice(['none', 'ordinary']),
    'ordinary: while it hangs for longer than hc_hung_after, ordinary slots whose own health checks fail move.',
    'none',
  ),
  hc_overcommit: optional(overcommit, 'How many times what there is may be promised to jobs: {cpu: 2, memory: 1.2}.'),
} as const

/** Reads the variables of the cluster. */
export const clusterShape = object(clusterFields)
/** Reads the hc_ variables of one host. */
export const hostShape = object(hostFields)
