// `container:`: what an engine gives a container only when it is asked to.
import type { ContainerOptions, Job } from '../model/job.js'
import { at, type Check, has } from './check.js'
import { object, optional, withDefault } from './fields.js'
import { argvShape } from './mounts.js'
import { parseBytes } from './quantity.js'
import { amount, choice, flag, list, text } from './shape.js'

const NETWORKS: readonly ContainerOptions['network'][] = ['bridge', 'host']

const device = text({
  // The path form, and the name of the Container Device Interface: VENDOR/CLASS=NAME.
  pattern: /^\/dev\/[^\s:,]+(?::\/[^\s:,]+)?(?::[rwm]{1,3})?$|^[a-z0-9.-]+\/[A-Za-z0-9_.-]+=[A-Za-z0-9_.:-]+$/,
  wanted: 'a device: /dev/ttyUSB0, /dev/ttyUSB0:/dev/modem or /dev/dri:/dev/dri:rwm',
})
const capability = text({ pattern: /^(?:CAP_)?[A-Z][A-Z_]{2,40}$/, wanted: 'a capability, such as NET_ADMIN, or ALL' })
const group = text({ pattern: /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/, wanted: 'a group, by name or number' })
const memoryFolder = text({
  pattern: /^\/[^\s:,]+(?::[A-Za-z0-9=,%_.-]+)?$/,
  wanted: 'an absolute path, with options after a colon if any: /tmp:size=64m',
})
const sharedMemory = amount(parseBytes, { least: 4096, bounds: 'at least 4Ki', examples: ['64Mi', '1Gi'] })

const fields = {
  network: withDefault(
    choice(NETWORKS, { none: 'bridge' }),
    "host: the host's own network, on whose ports the program listens itself.",
    'bridge',
  ),
  entrypoint: optional(argvShape(), "In place of the image's own; the image's own command then counts no more."),
  devices: withDefault(list(device, { single: true }), 'Devices of the host: /dev/ttyUSB0, FROM:TO, FROM:TO:rwm.', []),
  cap_add: withDefault(list(capability, { single: true }), 'Capabilities that it has beside the usual ones.', []),
  cap_drop: withDefault(list(capability, { single: true }), 'Capabilities that it does not have; ALL: none.', []),
  group_add: withDefault(list(group, { single: true }), 'More groups of its user.', []),
  tmpfs: withDefault(list(memoryFolder, { single: true }), 'Folders in memory: /tmp, /run:size=16m.', []),
  read_only: withDefault(flag, 'Its own file system can not be written.', false),
  shm_size: optional(sharedMemory, "Size of /dev/shm; the engine's 64 MB without it."),
  privileged: withDefault(flag, "All devices and rights of the host's root.", false),
}

/** The field `container` of a job file, keys as they are written. */
export const containerShape = object(fields, { others: { network_mode: 'network', shm: 'shm_size' } })

type Written = NonNullable<ReturnType<typeof containerShape.read>>

/** As the job has it. */
export function containerOptions(written: Written | null): ContainerOptions | null {
  if (written === null) return null
  const { cap_add, cap_drop, group_add, read_only, shm_size, ...rest } = written
  return { ...rest, capAdd: cap_add, capDrop: cap_drop, groupAdd: group_add, readOnly: read_only, shmSize: shm_size }
}

/** Options need a container, and on the host's own network a port has one number. */
export const containerJob: Check = (job, top, report) => {
  if (!has(top, 'container')) return
  if (job.driver === 'systemd') {
    at(top, report, ['container'], 'container belongs to a job with image', 'systemd: {...} takes directives of a unit')
    return
  }
  if (job.container?.network !== 'host') return
  for (const [name, { host, container }] of Object.entries(job.ports)) {
    if (container === null || container === host) continue
    at(
      top,
      report,
      ['ports', name],
      `port ${name}: on the host's own network the program listens on the host's port itself`,
      `write ${name}: ${container}, or remove network: host`,
    )
  }
}

/** What of them makes a difference to what runs: only what is not as the engine has it by itself. */
export function askedOptions({ container }: Pick<Job, 'container'>): Partial<ContainerOptions> {
  if (!container) return {}
  const { network, privileged, readOnly } = container
  return {
    ...Object.fromEntries(Object.entries(container).filter(([, value]) => Array.isArray(value) && value.length > 0)),
    ...(network === 'host' && { network }),
    ...(privileged && { privileged }),
    ...(readOnly && { readOnly }),
    ...(container.shmSize !== null && { shmSize: container.shmSize }),
  }
}
