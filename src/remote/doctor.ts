// What a host is asked for `hc doctor`, besides its probe: one script that only reads.
import type { HostExam } from '../model/doctor.js'
import { PROLOGUE, SLOT_LABEL, STATE_FOLDER, UNIT_FOLDER } from './layout.js'
import { printableLine } from './printable.js'
import { quote } from './quote.js'

/** How long a host may take for it, ms: each of its programs has a bound of its own. */
export const DOCTOR_TIMEOUT_MS = 40_000

const HEAD = 'hc-doctor 1'
const END = 'hc-doctor-end'

/** The script; `addresses`: of the other hosts, for the way to them. Runs in dash, bash and busybox ash. */
export function doctorScript(addresses: readonly string[]): string {
  return `${PROLOGUE}put() { printf '%s\\n' "$*"; }
put '${HEAD}'
now; begun=$now
x=$(date +%s.%N); case $x in (*N*) x=$(date +%s) ;; esac
put time "$x"
for x in ping bash nc; do if command -v $x >/dev/null 2>&1; then put look $x; fi; done
if [ -c /dev/watchdog ]; then put watchdog yes; fi
for d in /sys/class/power_supply/*; do
  t= s=
  if [ -r "$d/type" ]; then read -r t <"$d/type"; fi
  if [ -r "$d/scope" ]; then read -r s <"$d/scope"; fi
  if [ "$t" = Battery ] && [ "$s" != Device ]; then put battery yes; fi
done
x=$(timeout 5 systemctl show -p RuntimeWatchdogUSec --value 2>/dev/null); put watchdog-sec "$x"
timeout 5 systemctl list-units --state=failed --no-legend --plain 2>/dev/null | while read -r u rest; do put failed "$u"; done
if [ -r /sys/fs/cgroup/cgroup.controllers ]; then
  if read -r x </sys/fs/cgroup/cgroup.controllers; then put controllers "$x"; fi
elif [ -r /proc/cgroups ]; then
  while read -r n a b on; do [ "$on" != 1 ] || put controller "$n"; done </proc/cgroups
fi
timeout 5 sshd -T 2>/dev/null | while read -r k v; do case $k in (maxsessions) put sessions "$v" ;; esac; done
if command -v docker >/dev/null 2>&1; then put docker "$(timeout 5 systemctl is-active docker.service 2>/dev/null)"; fi
x=$(timeout 5 iptables -S FORWARD 2>/dev/null | head -n 1); case $x in ('-P FORWARD '*) put forward "\${x##* }" ;; esac
for d in ${STATE_FOLDER} /var/lib /run /; do
  [ -d $d ] || continue
  df -Pk $d 2>/dev/null | while read -r fs size used free part at; do case $size in (*[!0-9]* | '') ;; (*) put disk "$size" "$used" "$free" "$at" ;; esac; done
done
if [ -d ${STATE_FOLDER} ]; then put mode "$(stat -c %a ${STATE_FOLDER} 2>/dev/null)"; fi
for f in ${STATE_FOLDER}/alloc/*; do
  s=\${f##*/}
  if [ -d "$f" ] && [ ! -e "${UNIT_FOLDER}/hc-$s.service" ]; then put folder "$s"; fi
done
for e in podman docker; do
  command -v $e >/dev/null 2>&1 || continue
  timeout 10 $e ps -a --filter label=${SLOT_LABEL} --format '{{.Names}}' 2>/dev/null | while read -r c rest; do
    if [ ! -e "${UNIT_FOLDER}/$c.service" ] && [ ! -L "/run/systemd/units/invocation:$c.service" ]; then put container "$e $c"; fi
  done
done
put lease-watch $(timeout 5 systemctl is-active hc-lease.timer hc-lease.service 2>/dev/null)
for a in ${addresses.map(quote).join(' ')}; do
  case $(timeout 2 ip route get "$a" 2>/dev/null) in (*' via '*) put routed "$a" ;; esac
done
now; put ran $((now - begun))
put '${END}'
`
}

/** Reads the answer; `sentAt` and `receivedAt`: ms since 1970 of the control machine's clock. null where it is cut. */
export function parseDoctor(output: string, sentAt: number, receivedAt: number): HostExam | null {
  const lines = output.split('\n').map((line) => line.trimEnd())
  const [start, end] = [lines.indexOf(HEAD), lines.lastIndexOf(END)]
  if (start < 0 || end < start) return null
  const said = lines.slice(start + 1, end)
  const all = (word: string) =>
    said
      .filter((line) => line === word || line.startsWith(`${word} `))
      .map((line) => printableLine(line.slice(word.length)))
      .filter((value) => value !== '')
  const one = (word: string) => all(word)[0] ?? null
  const controllers = [...all('controllers').flatMap((line) => line.split(' ')), ...all('controller')]
  const [leaseTimer, leaseService] = (one('lease-watch') ?? '').split(' ').filter(Boolean)
  // The time was the first that was read; what the host worked for after that lies between it and the answer.
  const onTheWay = Math.max(0, receivedAt - sentAt - (whole(one('ran')) ?? 0) * 10)
  return {
    clockOffMs: clockOff(one('time'), sentAt, sentAt + onTheWay),
    tookMs: onTheWay,
    looks: (['ping', 'bash', 'nc'] as const).filter((program) => all('look').includes(program)),
    watchdog: one('watchdog') === 'yes',
    watchdogSec: one('watchdog-sec'),
    battery: one('battery') === 'yes',
    failedUnits: all('failed').filter((unit) => !/^hc-.+\..+\.(service|timer)$/.test(unit)),
    controllers: controllers.length === 0 ? null : controllers,
    maxSessions: whole(one('sessions')),
    docker: one('docker'),
    forwardPolicy: one('forward'),
    disks: disksOf(all('disk')),
    stateMode: one('mode'),
    folders: all('folder'),
    containers: all('container'),
    leaseTimer: leaseTimer ?? null,
    leaseService: leaseService ?? null,
    routed: all('routed'),
  }
}

function whole(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null
}

/** The time was read somewhere between question and answer: only what lies outside of both is a difference. */
function clockOff(time: string | null, sentAt: number, receivedAt: number): number | null {
  if (time === null || !/^\d{1,12}(\.\d+)?$/.test(time)) return null
  const at = Number(time) * 1000
  // Without a fraction it was cut off, so it may be up to a second later.
  const latest = time.includes('.') ? at : at + 1000
  if (latest < sentAt) return Math.round(latest - sentAt)
  return at > receivedAt ? Math.round(at - receivedAt) : 0
}

/** Lines `size used free path` in KiB; each file system once. What only root may fill counts as used. */
function disksOf(lines: readonly string[]) {
  const disks = new Map<string, { path: string; size: number; used: number }>()
  for (const line of lines) {
    const [, size, free, path] = /^(\d+) \d+ (\d+) (.+)$/.exec(line) ?? []
    if (size === undefined || free === undefined || path === undefined || disks.has(path)) continue
    disks.set(path, { path, size: Number(size) * 1024, used: (Number(size) - Number(free)) * 1024 })
  }
  return [...disks.values()]
}
