// `hc doctor`, one host: what its probe and its examination say.
import type { FenceExam, FindingView, HostExam, WayExam } from '../model/doctor.js'
import type { HostFacts } from '../model/host.js'
import type { SlotName } from '../model/names.js'
import type { Failure, FailureKind } from '../model/observation.js'
import { formatBytes, formatMillis } from '../model/resources.js'
import { diskFindings, finding, type Said, type Say } from './doctor.js'
import { lookFindings } from './doctor-look.js'
import type { HostState } from './input.js'

/** All that was gathered of one host. */
export interface HostCase {
  readonly state: HostState
  /** Why it does not answer; null: it does. */
  readonly failure: Failure | null
  /** null: it was not examined. */
  readonly exam: HostExam | null
  /** null: how it is reached could not be told. */
  readonly way: WayExam | null
  /** null: it has no fence driver. */
  readonly fence: FenceExam | null
  /** Units there that the store knows nothing of. */
  readonly unclaimed: readonly SlotName[]
  /** Are there cron jobs, exclusive jobs that may be taken over? */
  readonly jobs: { readonly cron: boolean; readonly exclusive: boolean }
}

/** A host that is asked anew has to be examined within this, ms; clocks may differ by as much as the next. */
const CLOCK_MS = 1000
/** Units are written with LoadCredential=, of systemd 247. */
const OLDEST_SYSTEMD = 247
/** sshd's own default; hc uses up to eight, and a person wants one too. */
const SESSIONS = 10

/** All findings of one host. */
export function hostFindings(one: HostCase): readonly FindingView[] {
  const { state, exam, unclaimed } = one
  const name = state.host.name
  const facts = state.facts
  if (!facts) return [...silent(one), ...fenceFindings(one)]
  const unexamined = finding('unexamined', name, {
    text: 'it answers its probe, but not the questions of hc doctor',
    mend: `hc host run ${name} -- uptime shows whether it is overloaded`,
  })
  return [
    ...(exam === null ? [unexamined] : examined(one, facts, exam)),
    ...capacityFindings(state, facts),
    ...unclaimed.map((slot) =>
      finding('unclaimed', name, {
        text: `${slot} runs or lies there, and this store knows nothing of it`,
        mend: `hc apply of its job takes it over; hc host clean ${name} stops it and takes it away`,
      }),
    ),
    ...fenceFindings(one),
    ...batteryFindings(one),
  ]
}

const REFUSALS: Readonly<Partial<Record<FailureKind, 'host-key' | 'login' | 'not-root' | 'host-broken'>>> = {
  'host-key': 'host-key',
  auth: 'login',
  'no-privileges': 'not-root',
  broken: 'host-broken',
  'other-machine': 'host-broken',
}

const MENDS = {
  'out-of-reach': 'is it on, is its cable in, and is that its address? hc inventory set NAME ansible_host=ADDRESS',
  'host-key': 'hc status on a terminal asks whether to record it; ssh-keygen -R ADDRESS forgets an old one',
  login: 'ssh-copy-id TARGET gives it your key; hc inventory set NAME ansible_user=USER',
  'not-root': 'on the host, in /etc/sudoers.d/hc: USER ALL=(ALL) NOPASSWD: ALL',
  'host-broken': 'ssh TARGET systemctl is-system-running',
} as const

function silent({ state, failure, way }: HostCase): readonly FindingView[] {
  const { name, connection } = state.host
  const strange = state.belief.stranger !== undefined
  const id = (!strange && failure && REFUSALS[failure.kind]) || 'out-of-reach'
  const target = way?.target.replace(/:\d+$/, '') ?? connection.address
  const own = MENDS[id]
    .replace('NAME', name)
    .replace('TARGET', target)
    .replace('ADDRESS', id === 'host-key' ? connection.address : 'ADDRESS')
  // What another machine at its address says would mislead.
  if (strange) return [finding(id, name, { text: state.belief.reason, mend: own })]
  const text = failure?.message ?? state.blocked?.text ?? state.belief.reason
  return [finding(id, name, { text, mend: failure?.hint ?? own })]
}

function examined(one: HostCase, facts: HostFacts, exam: HostExam): readonly FindingView[] {
  const { state, way } = one
  const name = state.host.name
  const say = (id: FindingView['id'], said: Said) => finding(id, name, said)
  const how = facts.os === null ? '' : `, ${facts.os} ${facts.osVersion ?? ''}`.trimEnd()
  return [
    say('answers', {
      text: `${way?.target ?? name} answers in ${exam.tookMs < 10 ? 'less than 10ms' : formatMillis(exam.tookMs)}${how}`,
    }),
    ...sshFindings(one, exam, say),
    ...systemFindings(one, facts, exam, say),
    ...diskFindings('disk', name, exam.disks),
    ...leftoverFindings(name, exam, say),
    ...lookFindings(facts, exam, say),
    ...(exam.watchdog && (exam.watchdogSec === '0' || exam.watchdogSec === 'infinity')
      ? [
          say('watchdog', {
            text: '/dev/watchdog is there and RuntimeWatchdogSec is off: a kernel that hangs is not started anew',
            mend: 'write /etc/systemd/system.conf.d/watchdog.conf: [Manager] RuntimeWatchdogSec=30s; then systemctl daemon-reexec',
          }),
        ]
      : []),
  ]
}

function sshFindings({ way }: HostCase, { maxSessions }: HostExam, say: Say): readonly FindingView[] {
  const restart = 'on the host, then systemctl reload ssh (sshd)'
  const forwards =
    way?.forwards === false
      ? say('forwarding', {
          text: 'sshd forbids forwarding: health checks go from the control machine directly, past loopback',
          mend: `AllowTcpForwarding yes in /etc/ssh/sshd_config ${restart}`,
        })
      : say('forwarding', { text: 'ssh forwards', level: 'ok' })
  const few = maxSessions !== null && maxSessions < SESSIONS
  const mend = `MaxSessions ${SESSIONS} in /etc/ssh/sshd_config ${restart}`
  return [
    ...(way?.forwards === null || way === null ? [] : [forwards]),
    ...(few
      ? [say('sessions', { text: `sshd allows ${maxSessions} sessions on a connection; hc uses up to 8`, mend })]
      : []),
    ...(maxSessions !== null && !few ? [say('sessions', { text: `MaxSessions ${maxSessions}`, level: 'ok' })] : []),
  ]
}

function systemFindings({ jobs }: HostCase, facts: HostFacts, exam: HostExam, say: Say): readonly FindingView[] {
  const { drivers, cgroup, timezone } = facts
  const version = Number.parseInt(drivers.systemd ?? '', 10)
  const { failedUnits: failed, controllers } = exam
  const missing = ['cpu', 'memory'].filter((each) => controllers !== null && !controllers.includes(each))
  const found: FindingView[] = []
  if (version < OLDEST_SYSTEMD) {
    found.push(say('systemd', { text: `systemd ${version} is older than ${OLDEST_SYSTEMD}`, mend: 'upgrade the host' }))
  } else if (failed.length > 0) {
    const text = `${failed.length === 1 ? 'a unit has' : `${failed.length} units have`} failed: ${failed.slice(0, 4).join(', ')}`
    found.push(say('systemd', { text, level: 'note', mend: 'systemctl --failed on the host; systemctl reset-failed' }))
  } else found.push(say('systemd', { text: `systemd ${drivers.systemd ?? '?'} is ${facts.system}`, level: 'ok' }))
  if (missing.length > 0) {
    const text = `cgroup v${cgroup} without ${missing.join(' and ')}: limits of ${missing.join(' and ')} do not hold`
    const mend =
      'add cgroup_enable=memory to the kernel command line (on a Raspberry Pi: /boot/firmware/cmdline.txt), reboot'
    found.push(say('cgroups', { text, mend }))
  } else if (cgroup === 1) {
    const text =
      'cgroup v1: memory limits hold, but use of cpu is not counted and a kill for memory is not told as such'
    found.push(
      say('cgroups', { text, level: 'note', mend: 'systemd.unified_cgroup_hierarchy=1 on the kernel command line' }),
    )
  } else found.push(say('cgroups', { text: 'cgroup v2: limits of cpu and memory hold', level: 'ok' }))
  found.push(...engineFindings(facts, exam, say))
  const off = exam.clockOffMs
  if (off !== null && Math.abs(off) > CLOCK_MS) {
    const text = `its clock is ${formatMillis(Math.abs(off))} ${off > 0 ? 'ahead of' : 'behind'} that of the control machine`
    found.push(say('clock', { text, mend: 'timedatectl set-ntp true on the host (apt install systemd-timesyncd)' }))
  } else if (off !== null) found.push(say('clock', { text: 'its clock agrees within 1 s', level: 'ok' }))
  if (timezone === undefined && jobs.cron) {
    const text = 'its time zone is not known: cron jobs without timezone follow whatever its clock shows'
    found.push(
      say('timezone', { text, mend: 'timedatectl set-timezone Europe/Paris on the host; or timezone in the job' }),
    )
  }
  return found
}

function engineFindings({ drivers }: HostFacts, { docker, forwardPolicy }: HostExam, say: Say): readonly FindingView[] {
  const found: FindingView[] = []
  const there = (['podman', 'docker'] as const).filter((engine) => drivers[engine] !== undefined)
  const stopped = drivers.docker !== undefined && docker !== null && docker !== 'active'
  if (stopped) {
    const mend = 'systemctl enable --now docker on the host'
    found.push(say('engines', { text: `docker is installed and docker.service is ${docker}`, level: 'warning', mend }))
  }
  if (there.length === 0) {
    const text = 'neither podman nor docker is there: jobs with an image can not run on it'
    found.push(say('engines', { text, mend: 'apt install podman on the host, where containers are wanted' }))
  } else if (!stopped) {
    found.push(say('engines', { text: there.map((each) => `${each} ${drivers[each]}`).join(', '), level: 'ok' }))
  }
  if (forwardPolicy === 'DROP' && drivers.podman !== undefined) {
    const text =
      'iptables drops what the host forwards (docker does that): ports that podman publishes are not reached from outside'
    const mend = 'net.ipv4.ip_forward=1 in /etc/sysctl.d/forward.conf and reboot: docker then leaves FORWARD alone'
    found.push(say('forward-drop', { text, mend }))
  }
  return found
}

function capacityFindings(state: HostState, { capacity, memoryAvailable, units }: HostFacts): readonly FindingView[] {
  const { name, capacity: declared, reserve } = state.host
  const more = (['cpu', 'memory', 'disk'] as const).filter((part) => (declared?.[part] ?? 0) > capacity[part])
  const show = (part: 'cpu' | 'memory' | 'disk', amount: number) =>
    part === 'cpu' ? `${amount / 1000} cpu` : `${formatBytes(amount)} of ${part}`
  const found = more.map((part) =>
    finding('capacity', name, {
      text: `hc_capacity says ${show(part, declared?.[part] ?? 0)}, the host has ${show(part, capacity[part])}`,
      mend: `take ${part} out of hc_capacity (hc inventory edit): what is really there counts then`,
    }),
  )
  const own = units.reduce((sum, { memory }) => sum + (memory ?? 0), 0)
  const others = Math.max(0, capacity.memory - memoryAvailable - own)
  if (others <= reserve.memory) return found
  const text = `others than hc use ${formatBytes(others, 'up')} of ${formatBytes(capacity.memory)} memory, hc_reserve keeps ${formatBytes(reserve.memory)}`
  const mend = `jobs get what is left; hc host run ${name} -- 'ps aux --sort=-rss | head' shows who uses it`
  return [...found, finding('memory', name, { text, mend })]
}

function leftoverFindings(name: string, exam: HostExam, say: Say): readonly FindingView[] {
  const { folders, containers, stateMode } = exam
  return [
    ...(stateMode !== null && stateMode !== '700'
      ? [
          say('state-folder', {
            text: `/var/lib/hc has mode ${stateMode}: it holds secrets of jobs`,
            mend: `hc host run ${name} -- chmod 700 /var/lib/hc`,
          }),
        ]
      : []),
    ...folders.map((slot) =>
      say('leftovers', {
        text: `/var/lib/hc/alloc/${slot} is left of a unit that is gone`,
        mend: `hc host run ${name} -- rm -r /var/lib/hc/alloc/${slot}`,
      }),
    ),
    ...containers.map((container) =>
      say('leftovers', {
        text: `the container ${container.split(' ')[1]} (${container.split(' ')[0]}) bears hc's label and has no unit`,
        mend: `hc host run ${name} -- ${container.replace(' ', ' rm -f ')}`,
      }),
    ),
  ]
}

/** Off by its driver, and running: a plug before a laptop. */
function batteryFindings({ state, fence, exam }: HostCase): readonly FindingView[] {
  if (fence === null || !exam?.battery) return []
  const text =
    'it has a battery, and a fence driver: a plug that is off takes no power from it, and would prove nothing'
  const mend = 'where hc_fence is a plug, take it away; one that ends the machine itself (IPMI, a hypervisor) may stay'
  return [finding('battery', state.host.name, { text, mend })]
}

function fenceFindings({ state, fence, jobs }: HostCase): readonly FindingView[] {
  const { name, takesJobs } = state.host
  if (fence === null) {
    if (!jobs.exclusive || !takesJobs || state.host.connection.kind === 'local') return []
    const text = 'exclusive jobs are there, and nobody can cut its power: their way is the lease alone'
    return [finding('no-fence', name, { text, mend: 'hc_fence in the inventory, see docs/fencing.md' })]
  }
  const mend = `hc host fence-test ${name} tries it; hc inventory edit changes hc_fence`
  if ('error' in fence) return [finding('fence', name, { text: `its fence driver fails: ${fence.error}`, mend })]
  if (fence.power === 'on') return [finding('fence', name, { text: 'its fence driver says on', level: 'ok' })]
  if (!state.facts) return [finding('fence', name, { text: 'its fence driver says off', level: 'note' })]
  const text = 'its fence driver says off while it answers: it names another outlet or machine'
  return [finding('fence', name, { text, mend })]
}
