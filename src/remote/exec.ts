// A command beside an allocation: in its container, else on the host as its main process has it.

import { assert } from '../model/errors.js'
import type { DriverName } from '../model/job.js'
import type { HostName, JobName, SlotName } from '../model/names.js'
import { containerName } from './layout.js'
import { quote, words } from './quote.js'
import { SAYS } from './session.js'

/** What is run, and beside what. */
export interface ExecRequest {
  readonly slot: SlotName
  readonly job: JobName
  readonly host: HostName
  readonly driver: DriverName
  /** The unit whose main process it stands beside (`hc-web.0.service`, or the target of a `unit:` job). */
  readonly unit: string
  /** argv; empty: a shell. */
  readonly command: readonly string[]
  /** TERM of a terminal; null: none. */
  readonly term: string | null
  /** 1 to 32 hex digits by which all that was begun is found again. */
  readonly mark: string
}

/** The two scripts of a session. */
export interface ExecScripts {
  readonly prepare: string
  readonly program: string
}

/** Nothing named: the better shell of two. */
const SHELL = ['sh', '-c', 'command -v bash >/dev/null 2>&1 && exec bash; exec sh']

const SAY = `hc_say() { echo "${SAYS}$1" >&2; exit 125; }`

/** The variable that marks all that was begun. */
function markOf(mark: string): string {
  assert(/^[0-9a-f]{1,32}$/.test(mark), 'a mark is hex digits')
  return `HC_EXEC=${mark}`
}

/** Scripts for the host: `prepare` says why it can't be where it can't. */
export function execScripts(request: ExecRequest): ExecScripts {
  return request.driver === 'systemd' ? besideProcess(request) : inContainer(request)
}

/** podman and docker alike: 126 and 127 are the engine's words for a command that can't be run or found. */
function inContainer({ driver, slot, command, term, mark }: ExecRequest): ExecScripts {
  const name = containerName(slot)
  const inspect = words([driver, 'container', 'inspect', '--format', '{{.State.Running}}', name])
  const variables = ['--env', markOf(mark), ...(term === null ? [] : ['--env', `TERM=${term}`])]
  const terminal = term === null ? [] : ['--tty']
  const argv = command.length === 0 ? SHELL : command
  return {
    prepare: [
      SAY,
      `[ "$(${inspect} </dev/null 2>/dev/null)" = true ] || hc_say ${quote(`the container ${name} does not run`)}`,
    ].join('\n'),
    program: `exec ${words([driver, 'exec', '--interactive', ...terminal, ...variables, name, ...argv])}`,
  }
}

/**
 * What the main process has: its namespaces, user and groups, folder, and environment but for what systemd gives one
 * process alone. The environment, where secrets may be, is no part of any argv, which every login of the host can read: sed
 * makes shell words of it (of each name=value one, line ends within values carried over as \\001), and these are handed on in
 * one variable of an environment that is empty else, so that it works on nothing before the command itself. bash ends where
 * one of its own read-only variables is set.
 */
const BESIDE = `hc_unit=$1 hc_own=$2 hc_more=$3; shift 3
hc_pid=$(systemctl show --property=MainPID "$hc_unit" </dev/null 2>/dev/null); hc_pid=\${hc_pid#MainPID=}
[ "\${hc_pid:-0}" -gt 0 ] 2>/dev/null || hc_say "$hc_unit has no main process now"
hc_env=$(tr '\\000\\n' '\\n\\001' <"/proc/$hc_pid/environ" | LC_ALL=C sed -n "/^NOTIFY_SOCKET=/d; /^LISTEN_/d; /^WATCHDOG_/d; /^JOURNAL_STREAM=/d; /^MAINPID=/d; s/'/'\\\\\\\\''/g; s/^[A-Za-z_][A-Za-z0-9_]*=.*\\$/'&'/p" | tr '\\n\\001' ' \\n') || hc_say "$hc_unit has just ended"
hc_cwd=$(readlink "/proc/$hc_pid/cwd")
while read -r hc_key hc_a hc_b hc_rest; do
  case $hc_key in
    Uid:) hc_uid=$hc_b ;;
    Gid:) hc_gid=$hc_b ;;
    Groups:) hc_groups=$(echo $hc_a $hc_b $hc_rest | tr ' ' ',') ;;
  esac
done <"/proc/$hc_pid/status"
[ -n "$hc_uid" ] && [ -n "$hc_gid" ] || hc_say "$hc_unit has just ended"
set -- /bin/sh -c 'hc_export() {
  for hc_word do
    case $BASH_VERSION,\${hc_word%%=*} in (?*,UID | ?*,EUID | ?*,PPID | ?*,SHELLOPTS | ?*,BASHOPTS | ?*,BASH_VERSINFO) ;; (*) export "$hc_word" ;; esac
  done
}
hc_words=$hc_env; unset hc_env; eval "hc_export $hc_words"; cd "$1" 2>/dev/null; shift; exec "$@"' 'hc exec' "$hc_cwd" "$@"
if [ "$hc_uid" != 0 ]; then
  if setpriv --help 2>&1 | grep -q -e --reuid; then
    set -- setpriv --reuid "$hc_uid" --regid "$hc_gid" $([ -n "$hc_groups" ] && echo --groups "$hc_groups" || echo --clear-groups) -- "$@"
  else hc_say "setpriv (util-linux 2.31 or later) is not on the host, and $hc_unit does not run as root"; fi
fi
hc_enter=
for hc_ns in mnt:--mount net:--net uts:--uts ipc:--ipc; do
  [ "$(readlink "/proc/$hc_pid/ns/\${hc_ns%:*}")" = "$(readlink "/proc/$$/ns/\${hc_ns%:*}")" ] || hc_enter="$hc_enter \${hc_ns#*:}"
done
[ -z "$hc_enter" ] || set -- nsenter --target "$hc_pid" $hc_enter -- "$@"
for hc_key in $(env | LC_ALL=C sed -n 's/^\\([A-Za-z_][A-Za-z0-9_]*\\)=.*/\\1/p'); do
  case $hc_key in (PATH | hc_* | UID | EUID | PPID | SHELLOPTS | BASHOPTS) ;; (*) unset "$hc_key" ;; esac
done
hc_env="$hc_own $hc_env $hc_more"; export hc_env`

function besideProcess({ unit, slot, job, host, command, term, mark }: ExecRequest): ExecScripts {
  const own = words([`HC_JOB=${job}`, `HC_SLOT=${slot}`, `HC_HOST=${host}`])
  const more = words([markOf(mark), ...(term === null ? [] : [`TERM=${term}`])])
  const argv = command.length === 0 ? SHELL : command
  return {
    prepare: [SAY, `set -- ${words([unit, own, more, ...argv])}`, BESIDE].join('\n'),
    program: 'exec "$@"',
  }
}

/**
 * Ends what was begun under a mark, on the host as in containers: an engine's client that is ended leaves its program
 * running (docker/cli issue 2607). Shells that are talked to pass over SIGTERM, but not SIGHUP.
 */
export function endScript(mark: string): string {
  return `hc_pids() { grep -ls -F -e ${quote(markOf(mark))} /proc/[0-9]*/environ | while IFS=/ read -r hc_x hc_y hc_pid hc_z; do echo "$hc_pid"; done; }
for hc_signal in HUP TERM KILL; do
  hc_found=$(hc_pids)
  [ -n "$hc_found" ] || exit 0
  kill -s $hc_signal $hc_found 2>/dev/null
  hc_n=0
  while [ $hc_n -lt 10 ] && [ -n "$(hc_pids)" ]; do hc_n=$((hc_n + 1)); sleep 0.1 || sleep 1; done
done`
}
