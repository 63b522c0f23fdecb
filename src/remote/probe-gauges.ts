// What containers use, without asking their engines: an engine's own answer costs a tenth of a second, a few files of the
// kernel cost a tenth of a millisecond. A container's cgroup is its engine's choice, so it is found by a process in it.
//   podman  its monitor (conmon) is in the unit's cgroup, and the monitor's child is in the container's
//   docker  the daemon's containerd keeps a folder of each container, with its environment (HC_SLOT) and its first process
// Under cgroup v1 systemd does not count processor time unless told to: there the times of a unit's processes are added up.
import { headOf, nanoseconds, wholeNumber } from './text.js'

/** What one allocation uses, as the kernel counts it; null: not told. */
export interface Gauge {
  /** Bytes, the file cache that it holds included. */
  readonly memory: number | null
  /** Nanoseconds of one processor since the container was started. */
  readonly cpuNs: number | null
}

/** Where containerd keeps the containers of docker: the distribution's own containerd, docker's own, the snap's. */
const DOCKER_FOLDERS = ['/run/containerd', '/run/docker/containerd/daemon', '/run/snap.docker/containerd/daemon']
  .map((folder) => `${folder}/io.containerd.runtime.v2.task/moby/*/config.json`)
  .join(' ')

/** Processes of a unit that are added up at most. */
const MOST_PROCESSES = 32

/**
 * Expects $lines (the X-Hc- lines of all units) and $cgroup (1 or 2); prints `SLOT BYTES NANOSECONDS`, `-` for what is not
 * known. What a process that just ends leaves unread is passed over. Files of /proc may lack their last newline.
 */
export const GAUGES = `
gauge() {
  memory= cpu= used= spent=
  while IFS=: read -r n kind path; do
    case $cgroup,$kind, in
      (2,,) memory=/sys/fs/cgroup$path/memory.current cpu=/sys/fs/cgroup$path/cpu.stat; break ;;
      (1*,memory,*) memory=/sys/fs/cgroup/memory$path/memory.usage_in_bytes ;;
      (1*,cpuacct,*) cpu=/sys/fs/cgroup/cpuacct$path/cpuacct.usage ;;
    esac
    if [ -n "$memory" ] && [ -n "$cpu" ]; then break; fi
  done </proc/$2/cgroup
  if [ -r "$memory" ]; then read -r used <"$memory"; fi
  if [ -r "$cpu" ]; then
    if [ $cgroup = 2 ]; then read -r n spent <"$cpu" && spent=\${spent}000; else read -r spent <"$cpu"; fi
  fi
  put "$1" "\${used:--}" "\${spent:--}"
} 2>/dev/null
ticks() { spent=$((spent + \${12} + \${13} + \${14} + \${15})); }
tally() {
  [ -r $slice/hc-$1.service/cgroup.procs ] || return
  spent=0 n=0
  while [ $n -lt ${MOST_PROCESSES} ] && read -r p; do
    n=$((n + 1))
    read -r x </proc/$p/stat && ticks \${x##*) }
  done <$slice/hc-$1.service/cgroup.procs
  put "$1" - \${spent}0000000
} 2>/dev/null
podman= docker= processes=
case $cgroup$lines in (1* | *:X-Hc-Driver=podman* | *:X-Hc-Driver=docker*)
  set -f
  IFS='
'
  for x in $lines; do
    case $x in (*:X-Hc-Driver=*) ;; (*) continue ;; esac
    s=\${x%.service:*}
    s=\${s##*/hc-}
    case $x in (*=podman) podman="$podman $s" ;; (*=docker) docker="$docker $s " ;; (*) processes="$processes $s" ;; esac
  done
  unset IFS
  set +f
esac
slice=/sys/fs/cgroup/system.slice
if [ $cgroup = 1 ]; then
  slice=/sys/fs/cgroup/systemd/system.slice
  for s in $processes; do tally $s; done
fi
for s in $podman; do
  while read -r p; do
    x=
    read -r x </proc/$p/comm
    [ "$x" = conmon ] || continue
    x=
    read -r x rest </proc/$p/task/$p/children
    [ -z "$x" ] || gauge $s $x
    break
  done 2>/dev/null <$slice/hc-$s.service/cgroup.procs
done
if [ -n "$docker" ]; then
  for x in $(grep -Hos '"HC_SLOT=[^"]*"' ${DOCKER_FOLDERS}); do
    s=\${x##*HC_SLOT=}
    s=\${s%?}
    case $docker in (*" $s "*) ;; (*) continue ;; esac
    p=
    read -r p 2>/dev/null <\${x%/config.json:*}/init.pid
    [ -z "$p" ] || gauge "$s" "$p"
  done
fi
`

/** Those lines, read. */
export function parseGauges(lines: readonly string[]): ReadonlyMap<string, Gauge> {
  const gauges = new Map<string, Gauge>()
  for (const line of lines) {
    const [slot, amounts] = headOf(line)
    const [memory, cpu] = headOf(amounts)
    gauges.set(slot, { memory: wholeNumber(memory), cpuNs: nanoseconds(cpu) })
  }
  return gauges
}
