// "Nothing has changed": a host where all rests answers that in place of the whole probe, without starting a process. A kept-open shell
// leaves two files in /run under its own process id: one that is as old as its last whole answer, and one with the token of that
// answer and what it is good for. Nothing of it outlives the shell for longer than until the next full probe of the host.
//   units that were started, stopped, failed or started again   systemd makes and removes a link for each in /run/systemd/units, and a cgroup
//   files of units, runs of batch and cron jobs                 they are put in place by a rename: their folder is changed
//   a process that ended and whose unit waits to be restarted   it is no longer in /proc
// A folder counts as unchanged only where it is older than the whole answer: in the same tick of the clock, or the same second for a
// shell that looks no closer (busybox), it counts as changed. A clock that was set back hides a change until the token has run out.
import type { HostFacts } from '../model/host.js'
import { PROBE_END, RUN_FOLDER, RUNS_FOLDER, SECTION, UNIT_FOLDER } from './layout.js'

/** A whole answer is asked for anew after so long, s. */
export const WHOLE_EVERY_S = 30
/** A unit rests where it is as it was for so long, ms. */
const RESTS_MS = 3000

const TOKEN_FILE = `${RUN_FOLDER}/seen.$$`
const STAMP_FILE = `${RUN_FOLDER}/seen-at.$$`

// The lease's timer starts its unit every two seconds, and other units come and go: then those of hc are looked at one by one.
/** Sets $links: the services of hc that systemd has a link for. Both parts below expect it. */
export const LINKS = `
links() {
  links=
  for f in /run/systemd/units/invocation:hc-*.service; do
    case $f in (*:hc-lease*) ;; (*) [ ! -L "$f" ] || links="$links \${f##*invocation:}" ;; esac
  done
}
`

/** Expects `put`, $uid. Ends the script where nothing has changed since the answer with the token: `same TOKEN`. */
export const REPEAT = `
unchanged() {
  token= until= pids= names=
  { read -r token until pids && read -r names; } <${TOKEN_FILE} || return 1
  read -r up rest </proc/uptime
  [ "\${up%.*}" -lt "$until" ] || return 1
  for f in ${UNIT_FOLDER} ${RUNS_FOLDER}; do
    if [ -e $f ] && ! [ $f -ot ${STAMP_FILE} ]; then return 1; fi
  done
  for p in $pids; do [ -d /proc/$p ] || return 1; done
  if [ /run/systemd/units -ot ${STAMP_FILE} ]; then return 0; fi
  links
  [ "$names" = "\${links# }" ] || return 1
  slice=/sys/fs/cgroup/system.slice
  [ -d $slice ] || slice=/sys/fs/cgroup/systemd/system.slice
  for f in $links; do [ $slice/$f -ot ${STAMP_FILE} ] || return 1; done
} 2>/dev/null
if [ "$uid" = 0 ] && unchanged; then
  put same "$token"
  put ${PROBE_END}
  exit 0
fi
`

/** Before the whole answer is made: what changes from now on is newer. Makes no folder: until hc has one on the host, every answer is whole. */
export const STAMP = `
stamp() { : >${TOKEN_FILE} && : >${STAMP_FILE}; }
stamped=
if [ "$uid" = 0 ] && [ -d ${RUN_FOLDER} ] && stamp; then stamped=y; fi 2>/dev/null
`

/** After it: its token, and what it is good for. Expects $shown, what systemd said of the units, and $lines of their files. */
export const REMEMBER = `
if [ -n "$stamped" ]; then
  pids=
  set -f
  for x in $shown; do case $x in (MainPID=0) ;; (MainPID=*) pids="$pids \${x#MainPID=}" ;; esac; done
  set +f
  links
  # A unit that is not hc's own has a cgroup of its own choice.
  case $lines in (*:X-Hc-Target=?*) links=' -' ;; esac
  read -r up rest </proc/uptime
  token=$$.$up
  put ${SECTION}token
  put "$token"
  printf '%s %s%s\\n%s\\n' "$token" $((\${up%.*} + ${WHOLE_EVERY_S})) "$pids" "\${links# }" >${TOKEN_FILE}
  for f in ${RUN_FOLDER}/seen.* ${RUN_FOLDER}/seen-at.*; do
    [ -d "/proc/\${f##*.}" ] || rm -f "$f"
  done
fi 2>/dev/null
`

/** What a host told in place of all it told before. */
export interface Repeated {
  /** Of the answer that still holds. */
  readonly token: string
  readonly facts: Pick<
    HostFacts,
    | 'bootId'
    | 'uptimeMs'
    | 'monotonicMs'
    | 'term'
    | 'cluster'
    | 'orders'
    | 'word'
    | 'lease'
    | 'load'
    | 'memoryAvailable'
  >
}

/** The facts of a host that has said that nothing else has changed; null: those known are of another boot. */
export function repeatedFacts(known: HostFacts, { facts }: Repeated): HostFacts | null {
  if (known.bootId !== facts.bootId) return null
  const { orders: _, lease: __, ...rest } = known
  return { ...rest, ...facts, containers: [], containersKnown: false }
}

/** Does everything on the host rest, so that it may repeat itself? */
export function isAtRest({ units, listening, monotonicMs }: HostFacts): boolean {
  const open = new Set(listening.map(({ port }) => port))
  return units.every((unit) => {
    if (unit.active === 'inactive' || unit.active === 'failed') return true
    const since = unit.activeSinceMs
    if (unit.active !== 'active' || since === null || monotonicMs - since < RESTS_MS) return false
    return Object.values(unit.ports ?? {}).every((port) => open.has(port))
  })
}
