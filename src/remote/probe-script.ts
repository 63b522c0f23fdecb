// The probe: one script, one round trip, few processes. What it prints is read by probe.ts.

import {
  CLUSTER_LABEL,
  PROBE_END,
  PROBE_HEAD,
  PROLOGUE,
  RUN_FOLDER,
  SECTION,
  SLOT_LABEL,
  STATE_FOLDER,
  UNIT_FOLDER,
  WORD_FILE,
} from './layout.js'
import { RENEWAL, type Renewal, renewalWords, SHOW_LEASE } from './lease.js'
import { GAUGES } from './probe-gauges.js'
import { LINKS, REMEMBER, REPEAT, STAMP } from './probe-repeat.js'
import { IDENTITY, SHOW_CONNECTION } from './probe-self.js'
import { RUNS_PART } from './runs.js'

/** What is asked of systemd for each unit. */
export const UNIT_PROPERTIES = [
  'Id',
  'LoadState',
  'ActiveState',
  'SubState',
  'Result',
  'ExecMainStatus',
  'NRestarts',
  'MainPID',
  'MemoryCurrent',
  'CPUUsageNSec',
  'ActiveEnterTimestampMonotonic',
  'InactiveExitTimestampMonotonic',
  'InactiveEnterTimestampMonotonic',
  'ExecMainStartTimestampMonotonic',
  'ExecMainExitTimestampMonotonic',
  'LastTriggerUSecMonotonic',
] as const

/** How much is asked. */
export interface ProbeOptions {
  /**
   * Also ask what costs a tenth of a second: versions of drivers, state of the system, containers by label. Between full
   * probes the host repeats its last slow facts from a file in /run, and says nothing of containers.
   */
  readonly full?: boolean
  /**
   * The host may say `same TOKEN` where nothing has changed since the answer that bore the token, and no more: what costs
   * processes is then asked of it only every half minute. Only where all rests: ports, the use of units and the disk are told no sooner.
   */
  readonly repeat?: boolean
  /** Renews the host's lease in the same round trip; an unarmed host writes nothing. */
  readonly renew?: Renewal
}

// CLOCK_MONOTONIC can be read without a process only from timer_list; where that is closed, the uptime stands in for it
// (the same, but for the time that the host spent in suspend). Nothing here takes a process.
const QUICK = `
put() { printf '%s\\n' "$*"; }
first() { if read -r x <"$2"; then put "$1" "$x"; fi 2>/dev/null; }
put ${PROBE_HEAD}
uid=
while read -r k v rest; do case $k in (Uid:) uid=$v; break ;; esac; done </proc/self/status
put uid "$uid"
first boot /proc/sys/kernel/random/boot_id
first uptime /proc/uptime
while read -r a b c rest; do case $a$b in (nowat) put mono "$c"; break ;; esac; done 2>/dev/null </proc/timer_list
first load /proc/loadavg
n=0
while [ $n -lt 4 ] && read -r k v rest; do put mem "$k" "$v"; n=$((n + 1)); done </proc/meminfo
if [ -e ${WORD_FILE} ]; then put word y; fi
first term ${STATE_FOLDER}/term
first term ${RUN_FOLDER}/term
first orders ${STATE_FOLDER}/orders
`

// A gpu is a card of NVIDIA (/dev/nvidia0), or where there is none a render node of the kernel (/dev/dri/renderD128): what a
// program opens to compute or to transcode. Beside a card, the processor's own graphics is not counted as its equal. Usb
// devices are counted by vendor and product, hubs (class 09) left out.
const MORE = `
first machine /etc/machine-id
first stat /proc/stat
first kernel /proc/sys/kernel/osrelease
first cpus /sys/devices/system/cpu/online
while IFS= read -r x; do case $x in (ID=*|VERSION_ID=*) put os "$x" ;; esac; done 2>/dev/null </etc/os-release
cgroup=1
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then cgroup=2; fi
put cgroup $cgroup
gpus=0
for f in /dev/nvidia[0-9]*; do if [ -c "$f" ]; then gpus=$((gpus + 1)); fi; done
if [ $gpus = 0 ]; then
  for f in /dev/dri/renderD*; do if [ -c "$f" ]; then gpus=$((gpus + 1)); fi; done
fi
if [ $gpus -gt 0 ]; then put device gpu $gpus; fi
for f in /sys/bus/usb/devices/*/idVendor; do
  d=\${f%/idVendor} v= p= c= s=
  { read -r v <"$f" && read -r p <"$d/idProduct" && read -r c <"$d/bDeviceClass"; } 2>/dev/null || continue
  if [ "$c" = 09 ]; then continue; fi
  if [ -r "$d/serial" ]; then read -r s <"$d/serial"; fi 2>/dev/null
  put usb "$v:$p" "$s"
done
`

// Docker's name may be podman in disguise; a line that does not say "Docker" is no docker.
const SLOW = `${IDENTITY}
slow() {
  put arch "$(uname -m)"
  # A copy instead of a link does not say which zone it is of.
  if [ -L /etc/localtime ] || [ ! -e /etc/localtime ]; then put zone "$(readlink /etc/localtime 2>/dev/null)"; fi
  identity
  put system "$(timeout 5 systemctl is-system-running 2>/dev/null)"
  x=$(timeout 5 systemctl --version 2>/dev/null) && put driver systemd "$x"
  for d in podman docker; do
    command -v $d >/dev/null 2>&1 || continue
    x=$(timeout 5 $d --version 2>/dev/null) && put driver $d "$x"
  done
  engines=' podman docker'
  for x in /usr/libexec/podman/catatonit /usr/lib/podman/catatonit /usr/local/libexec/podman/catatonit /usr/bin/catatonit \\
    /usr/bin/docker-init /usr/libexec/docker/docker-init /usr/local/bin/docker-init; do
    [ -x $x ] || continue
    case $engines$x in (*podman*) put init podman $x; engines=\${engines#' podman'} ;; esac
    case $engines$x in (*docker*-init) put init docker $x; break ;; esac
  done
}
`

const RECALL = `
recall() { while IFS= read -r x; do put "$x"; done <${RUN_FOLDER}/facts; }
learn() {
  mkdir -p ${RUN_FOLDER}
  if slow >${RUN_FOLDER}/facts.$$ && mv -f ${RUN_FOLDER}/facts.$$ ${RUN_FOLDER}/facts; then recall; else slow; fi 2>/dev/null
}
`

// The files of hc's units are the list; units that still run without their file are found by systemd's own links in /run.
const UNITS = `
set --
files= lines= shown=
for f in ${UNIT_FOLDER}/hc-*.service ${UNIT_FOLDER}/hc-*.timer; do
  if [ -e "$f" ]; then set -- "$@" "\${f##*/}"; files=y; fi
done
for f in /run/systemd/units/invocation:hc-*.service; do
  if [ -L "$f" ]; then f=\${f##*invocation:}; [ -e "${UNIT_FOLDER}/$f" ] || set -- "$@" "$f"; fi
done
if [ -n "$files" ]; then
  put ${SECTION}lines
  lines=$(grep -H '^X-Hc-' ${UNIT_FOLDER}/hc-*.service 2>/dev/null)
  put "$lines"
  case $lines in (*:X-Hc-Target=*)
    while IFS= read -r x; do
      case $x in (*:X-Hc-Target=?*) set -- "$@" "\${x#*:X-Hc-Target=}" ;; esac
    done <<LINES
$lines
LINES
  esac
fi
if [ $# -gt 0 ]; then
  put ${SECTION}units
  shown=$(timeout 5 systemctl show --property=${UNIT_PROPERTIES.join(',')} -- "$@" 2>/dev/null)
  n=$?
  put "$shown"
  put ${SECTION}units-end $n
fi
`

const REST = `
put ${SECTION}disk
df -Pk /var/lib 2>/dev/null || df -Pk / 2>/dev/null
put ${SECTION}listening
ss -Hltnu 2>/dev/null || {
  put ${SECTION}proc-net
  for f in tcp tcp6; do grep ' 0A ' /proc/net/$f 2>/dev/null | while read -r n a rest; do put tcp "$a"; done; done
  for f in udp udp6; do while read -r n a b rest; do case $b in (*:0000) put udp "$a" ;; esac; done </proc/net/$f; done 2>/dev/null
}
`

const CONTAINERS = `
for d in podman docker; do
  command -v $d >/dev/null 2>&1 || continue
  case $d in
    (podman) form='{{index .Labels "${SLOT_LABEL}"}}|{{index .Labels "${CLUSTER_LABEL}"}}|{{.State}}' ;;
    (*) form='{{.Label "${SLOT_LABEL}"}}|{{.Label "${CLUSTER_LABEL}"}}|{{.State}}' ;;
  esac
  put ${SECTION}containers $d
  timeout 10 $d ps -a --filter label=${SLOT_LABEL} --format "$form" 2>/dev/null
  put ${SECTION}containers-end $?
done
put containers asked
`

/** The script of a probe, with its parameters in the first line where it has any. Runs in dash, bash and busybox ash. */
export function probeScript(options: ProbeOptions = {}): string {
  const slow = options.full ? 'learn' : `if [ -r ${RUN_FOLDER}/facts ]; then recall; else learn; fi`
  // Only root gets further: a half-managed host is worse than an unmanaged one.
  const script = [
    PROLOGUE,
    QUICK,
    options.renew ? RENEWAL : '',
    SHOW_LEASE,
    LINKS,
    options.repeat ? REPEAT : '',
    STAMP,
    MORE,
    options.full ? SHOW_CONNECTION : '',
    SLOW,
    RECALL,
    'if [ "$uid" = 0 ]; then',
    slow,
    UNITS,
    `put ${SECTION}runs`,
    RUNS_PART,
    `put ${SECTION}gauges`,
    GAUGES,
    REST,
    options.full ? CONTAINERS : '',
    REMEMBER,
    'fi',
    `put ${PROBE_END}`,
    '',
  ].join('\n')
  return `${options.renew ? renewalWords(options.renew) : ''}${script}`
}
