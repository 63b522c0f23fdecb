// The host's side of a write: functions in POSIX sh that write.ts calls with quoted arguments. Steps are known by their
// number; what is remembered of step 3 is $end3 (it has been told how it ended), $old3 (active state before), $units3.
import { SLOT_LABEL } from './layout.js'
import { START_BOUND_MS } from './write-request.js'

/** Marks a line about one step: number, then `ok`, `failed`, `refused`, `state` or `said`, then text. */
export const STEP = 'hc-step '

/** Messages: one line, bounded, never begun with a mark of ours. */
const REPORTS = `
tell() { printf '${STEP}%s %s %s\\n' "$1" "$2" "$3"; }
settle() { eval "end$1=y"; tell "$1" "$2" "$3"; }
fail() { settle "$1" failed "$2"; }
open() { eval "[ -z \\"\\$end$1\\" ]"; }
runs() { eval "x=\\$old$1"; case $x in (active | activating | reloading) return 0 ;; esac; return 1; }
lies() { eval "x=\\$old$1"; case $x in (inactive | failed) return 0 ;; esac; return 1; }
line() { tr '\\000-\\037\\177' ' ' | head -c 600; }
in_time() {
  late || return 0
  for i in $steps; do
    if open $i; then settle $i refused "the deadline passed before $1"; fi
  done
  return 1
}
`

/**
 * Each slot is written aside, under .hc-new and .new, and goes to its place by rename when all of it is there. A write
 * that fails takes back what it wrote of that slot and hurts no other.
 */
const STAGE = `
cause() { if [ -n "$made" ]; then printf '%s' "$made"; else line <$R/err; fi; }
spoil() {
  fail "$1" "$3: $(cause)"
  rm -rf "$U/.hc-new/$2" "$V/alloc/.new/$2"
}
put() {
  open "$1" || return 0
  umask "$3"
  { printf '%s' "$5" >"$4"; } 2>$R/err || spoil "$1" "$2" 'its files cannot be written'
  umask 077
}
put64() {
  open "$1" || return 0
  umask "$3"
  { printf '%s' "$5" | base64 -d >"$4"; } 2>$R/err || spoil "$1" "$2" 'its files cannot be written'
  umask 077
}
mode() { open "$1" || return 0; chmod "$3" "$4" 2>$R/err || spoil "$1" "$2" 'a file of it cannot be given its mode'; }
folder() {
  open "$1" || return 0
  [ -e "$3" ] || ( umask 022; mkdir -p "$3" ) 2>$R/err || spoil "$1" "$2" "the folder $3 cannot be made"
}
# Is all of what is staged for the slot there already, byte for byte?
unchanged() {
  slot=$1
  shift
  for f in "$@"; do cmp -s "$U/.hc-new/$slot/$f" "$U/$f" || return 1; done
}
place() {
  ( umask 022; mkdir -p "$U/\${3%/*}" ) 2>$R/err && mv -f "$U/.hc-new/$2/$3" "$U/$3" 2>$R/err || spoil "$1" "$2" 'its drop-in cannot be put in place'
}
staged() { for x in "$1"/*; do [ -e "$x" ] && return 0; done; return 1; }
`

/** What a unit file of hc says of itself, read without a process. */
const HEADERS = `
header() {
  said=
  while read -r x; do
    case $x in ("X-Hc-$2="*) said=\${x#*=}; break ;; ('[Service]') break ;; esac
  done <"$U/hc-$1.service"
} 2>/dev/null
states() { timeout 10 systemctl show -p ActiveState --value -- "$@" 2>/dev/null; }
`

/**
 * Stop: politely all together, then what is left by force, by unit and by container. Stopped means seen to be stopped:
 * the end of a unit says nothing of a container, so the engines are asked too.
 */
const STOP = `
engine() { timeout 15 "$@" >/dev/null 2>&1 9>&-; }
erase() {
  case $1 in
    (podman) engine podman kill -s KILL "$2"; engine podman rm -f "$2" ;;
    (docker) engine docker rm -f "$2" ;;
  esac
}
present() { timeout 10 "$1" ps -a --filter label=${SLOT_LABEL} --format '{{.Names}}' 2>/dev/null 9>&-; }
has() { case "
$1
" in (*"
$2
"*) return 0 ;; esac; return 1; }
# $polite seconds for all; then by force.
stop_units() {
  if [ $# -eq 0 ] || timeout "$polite" systemctl stop -- "$@" >/dev/null 2>&1; then return 0; fi
  tries=0
  while [ $tries -lt 25 ]; do
    left=
    for u in "$@"; do
      case $(states "$u") in
        (inactive | failed | '') ;;
        (*)
          left=y
          [ $tries -gt 0 ] || systemctl stop --no-block -- "$u" >/dev/null 2>&1
          systemctl kill -s KILL -- "$u" >/dev/null 2>&1 ;;
      esac
    done
    [ -n "$left" ] || return 0
    tries=$((tries + 1))
    sleep 0.2 2>/dev/null || sleep 1
  done
  return 1
}
# Are the units of a step stopped, and its container gone? The names of containers are in $podmans and $dockers.
verify() {
  n=$1 slot=$2
  shift 2
  for x in $(states "$@"); do
    case $x in (inactive | failed) ;; (*) fail $n "it still runs: $x"; return 1 ;; esac
  done
  for d in podman docker; do
    case $d in (podman) list=$podmans ;; (*) list=$dockers ;; esac
    has "$list" "hc-$slot" || continue
    erase $d "hc-$slot"
    if has "$(present $d)" "hc-$slot"; then fail $n "its container hc-$slot still is there"; return 1; fi
  done
}
`

// What systemd says of every end of a process is no cause.
const START = `
chatter='^(Start(ing|ed)|Stopp(ing|ed)|Failed to start) |: (Main|Control) process exited|: Failed with result|: Scheduled restart|: Start request repeated'
report() {
  case $complaint in
    (*"$2"*) ;;
    (*hc-*) settle $1 ok started; return ;;
    (*) if [ $code -eq 124 ]; then settle $1 ok starting; else settle $1 failed "$(printf '%s' "$complaint" | line)"; fi; return ;;
  esac
  n=$1
  tell $n state "$(timeout 5 systemctl show -p LoadState,ActiveState,SubState,Result,ExecMainStatus -- "$2" | tr '\\n' ' ')"
  x=$(timeout 5 journalctl -b -u "$2" -n 12 -o cat --no-pager 2>/dev/null | grep -vE "$chatter" | tail -n 2 | line)
  [ -n "$x" ] || x=$(printf '%s\\n' "$complaint" | grep -F -- "$2" | head -n 1 | line)
  settle $n said "$x"
}
begin() {
  complaint=$(timeout ${START_BOUND_MS / 1000} systemctl "$@" 2>&1)
  code=$?
  return $code
}
`

/** All functions of a write, after those of the guard. */
export const WRITE_FUNCTIONS = REPORTS + STAGE + HEADERS + STOP + START
