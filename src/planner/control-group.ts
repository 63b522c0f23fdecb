// Which machines may hold the store together, and what is to be known of their number.
import type { EtcdLook, Member, StandbyLook } from '../model/control-group.js'
import type { Host } from '../model/host.js'
import type { HostName } from '../model/names.js'

/** etcd with the JSON gateway at /v3. */
const OLDEST = [3, 4] as const
/** Data, snapshots and the log of one member come to so much at most in a house's cluster, bytes. */
const ROOM_BYTES = 512 * 1024 * 1024
const MOST = 7

/** What was found out about a plan: what forbids it, what is worth knowing. */
export interface GroupVerdict {
  readonly faults: readonly string[]
  readonly notes: readonly string[]
}

/** May there be so many members? */
export function judgeCount(names: readonly HostName[]): GroupVerdict {
  const all = new Set(names)
  const count = all.size
  const doubled = names.find((name, index) => names.indexOf(name) !== index)
  if (doubled !== undefined) return { faults: [`${doubled} is named twice`], notes: [] }
  if (count < 2) {
    return {
      faults: [
        'one machine with a store of its own is what there is without this: three are needed so that one may fail',
      ],
      notes: [],
    }
  }
  if (count === 2) {
    return {
      faults: [
        'two machines can hold no store together: more than half of two is two, so that the loss of either stops all writing, ' +
          'which is twice as likely as with one; a third makes it so that any one may fail, and may be a small box that takes no jobs',
      ],
      notes: [],
    }
  }
  if (count > MOST) {
    return { faults: [`${count} members make every write slower and nothing safer: at most ${MOST}`], notes: [] }
  }
  const spare = Math.floor((count - 1) / 2)
  const even = `with ${count} members no more may fail than with ${count - 1} (${spare}), and one more has to answer: an odd number is better`
  return { faults: [], notes: count % 2 === 0 ? [even] : [] }
}

/** What stands against a member on that host. `cluster`: id of the one that it is to be of. */
export function judgeHost({ name }: Member, look: EtcdLook, cluster: string): GroupVerdict {
  const faults: string[] = []
  const notes: string[] = []
  if (look.cluster !== null && look.cluster !== cluster)
    faults.push(`${name} holds a member of another cluster (${look.cluster}): hc control remove it from there first`)
  if (look.taken.length > 0)
    faults.push(
      `on ${name} something listens on port ${look.taken.join(' and ')} already: an etcd that hc did not set up?`,
    )
  if (look.program === null && look.manager === null)
    faults.push(`${name} has no etcd, and neither apt-get, dnf nor pacman to install it with`)
  const old = tooOld(look.version)
  if (old) faults.push(`${name} has etcd ${look.version}: hc needs ${OLDEST.join('.')} or later`)
  if (look.freeBytes !== null && look.freeBytes < ROOM_BYTES) {
    const mib = (bytes: number) => Math.floor(bytes / 1024 / 1024)
    faults.push(`${name} has ${mib(look.freeBytes)} MiB free in /var/lib, ${mib(ROOM_BYTES)} MiB are needed`)
  }
  const open = {
    ufw: 'ufw allow proto tcp to any port 2379:2380',
    firewalld: 'firewall-cmd --permanent --add-port=2379-2380/tcp && firewall-cmd --reload',
  } as const
  if (look.firewall !== null)
    notes.push(
      `${look.firewall} is on at ${name}: the members and control machines must get through (${open[look.firewall]})`,
    )
  return { faults, notes }
}

function tooOld(version: string | null): boolean {
  if (version === null) return false
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])
}

/** How a host is reached from here, with what ~/.ssh/config of this machine adds. */
export interface WayHere {
  readonly address: string
  readonly port: number
  readonly user: string
  readonly jump: object | null
}

/** This machine, where the inventory calls it `ansible_connection: local`. */
export interface OwnWay {
  /** What its address comes to, as an IP address; null: to none. */
  readonly resolved: string | null
  /** The address that others may reach it by; null: not known. */
  readonly address: string | null
  /** Whoever says the command. */
  readonly user: string
}

const LOOPBACK = /^(?:127\.|::1$|0\.0\.0\.0$|::$)/

/** `ansible_connection: local` stays: from the other control machines this one is reached over ssh, at its ansible_host. */
function judgeOwnWay({ name, connection }: Host, own: OwnWay): readonly string[] {
  const faults: string[] = []
  // That a machine knows an address for its own name does not mean that another one does.
  const isName = connection.address === name && own.resolved !== name
  if (own.resolved === null || isName || LOOPBACK.test(own.resolved))
    faults.push(
      `${name}: it is this machine (ansible_connection: local), and the others have to know its address: ` +
        `hc inventory set ${name} ansible_host=${own.address ?? 'ADDRESS'}`,
    )
  if (own.user !== (connection.user ?? 'root'))
    faults.push(
      `${name}: others would log in as ${connection.user ?? 'root'} there: hc inventory set ${name} ansible_user=${own.user}`,
    )
  return faults
}

/**
 * What stands against reaching a host from the other control machines too: there is no ~/.ssh/config there but root's, so that
 * all of it has to stand in the inventory.
 */
export function judgeWay(host: Host, way: WayHere | OwnWay): readonly string[] {
  if ('resolved' in way) return judgeOwnWay(host, way)
  const { name, connection } = host
  const only = 'stands in ~/.ssh/config of this machine alone'
  const differ: string[] = []
  if (way.address !== connection.address)
    differ.push(`its address ${only}: hc inventory set ${name} ansible_host=${way.address}`)
  if (way.port !== (connection.port ?? 22))
    differ.push(`its port ${only}: hc inventory set ${name} ansible_port=${way.port}`)
  if (way.user !== (connection.user ?? 'root'))
    differ.push(`others would log in as root there: hc inventory set ${name} ansible_user=${way.user}`)
  if (way.jump !== null && connection.options.proxyjump === undefined)
    differ.push(`the way through another machine ${only}: say it in ansible_ssh_common_args (-J)`)
  return differ.map((text) => `${name}: ${text}`)
}

/** What stands against running hc itself on a host. `machine`: the kind of this one, as `uname -m` says it. */
export function judgeStandby(name: HostName, look: StandbyLook, machine: string, home: string): readonly string[] {
  const faults: string[] = []
  if (look.machine !== machine)
    faults.push(
      `${name} is of another kind (${look.machine}) than this machine (${machine}), and does not run its program: ` +
        `name a host instead on which uname -m says ${machine}, or say it on a machine of the kind that most of them are`,
    )
  if (isOwnLoop(look, home))
    faults.push(`${name} runs a loop of its own already: on that machine, hc reconcile --uninstall takes it away`)
  return faults
}

/**
 * What stands against this machine as one of them: a second loop beside one that is not the unit of whoever says the command.
 * `loop`: that unit; `file`: the inventory.
 */
export function judgeSelf(
  name: HostName,
  { loop: found, loopOf }: Pick<StandbyLook, 'loop' | 'loopOf'>,
  loop: 'none' | 'active' | 'inactive',
  file: string,
): readonly string[] {
  if (found === null || loopOf === null) return []
  if (loop === 'none')
    return [
      `${name}: the loop of this machine is root's unit, beside which there would be a second one: say it as root, sudo hc -i ${file} ...`,
    ]
  const isPlain = !/["\\$%]/.test(file)
  if (isPlain && !loopOf.includes(`"${file}"`))
    return [
      `${name}: the loop of this machine (hc-reconcile.service) looks after another inventory than ${file}: ` +
        'name that one with -i, or take the loop away with hc reconcile --uninstall',
    ]
  return []
}

/** Has the host a loop that hc did not set up from elsewhere: with an inventory of its own? `home`: where those that it did have theirs. */
export function isOwnLoop({ loopOf }: Pick<StandbyLook, 'loopOf'>, home: string): boolean {
  return loopOf !== null && !loopOf.includes(`"${home}/`)
}
