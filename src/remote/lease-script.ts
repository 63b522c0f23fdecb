// What a host does by itself when its lease has run out: a script under a systemd timer. Runs in dash, bash and busybox
// ash. All that it needs lies in /run: a full or dead disk under /var does not hold it up.
import { ADDRESS_FOLDER, PROLOGUE, RUN_FOLDER } from './layout.js'
import { FIND } from './lease-find.js'
import { LOOK } from './lease-look.js'
import { KNOCK } from './look.js'

/** The copy of rules, armed slots and script that the host goes by. */
export const ARMED_FOLDER = `${RUN_FOLDER}/armed`
/** One file per slot that may start: `BOOT PLACEMENT`. */
export const WORDS_FOLDER = `${RUN_FOLDER}/words`
/** One file per slot that the host is stopping by itself: `UPTIME CONTAINER...`; the uptime in centiseconds at which it began. */
export const STOPPING_FOLDER = `${RUN_FOLDER}/stopping`
/** One file per slot that the host has stopped by itself: `BOOT UPTIME`, of the proof. */
export const STOPPED_FOLDER = `${RUN_FOLDER}/stopped`
/** `BOOT UPTIME`: the lease holds until then, in centiseconds. */
export const LEASE_FILE = `${RUN_FOLDER}/lease`
/** `BOOT UPTIME`: when the script began last, in centiseconds; written each time. */
export const LOOKED_FILE = `${RUN_FOLDER}/looked`
/** Before the hard end of the stop bound, centiseconds: time to kill, and to see that it worked. */
const FORCE_CS = 200

// Nothing here may end the script: a clock that cannot be read, a rule that is missing. Without a clock a lease holds for
// no longer, and rounds are counted in its place.
const CLOCK = `
R=${RUN_FOLDER} A=${ARMED_FOLDER}
boot= now=
if read -r boot </proc/sys/kernel/random/boot_id; then :; fi 2>/dev/null
clock() {
  up= now=
  if read -r up rest </proc/uptime; then :; fi
  case $up in
    (*[!0-9.]* | '' | .*) return 1 ;;
    (*.[0-9][0-9]) now=$((\${up%.*} * 100 + 1\${up#*.} - 100)) ;;
    (*) return 1 ;;
  esac
} 2>/dev/null
holds() {
  b= u=
  if read -r b u <${LEASE_FILE}; then :; fi
  case $u in ('' | *[!0-9]*) return 1 ;; esac
  [ -n "$boot" ] && [ "$b" = "$boot" ] && clock && [ "$u" -gt "$now" ]
} 2>/dev/null
any() { for x in "$1"/*; do [ ! -e "$x" ] || return 0; done; return 1; }
say() { printf '%s\\n' "$*"; }
pause() { sleep 0.2 2>/dev/null || sleep 1; }
`

// Answers come through one pipe, and its reader waits for no process: what hangs on a dead disk is one who was not reached.
const STOP = `
# First the mark, then the word: what has neither is taken for stopped.
take() {
  clock
  mkdir -p $R/stopping
  for f in $R/words/*; do
    [ -e "$f" ] || continue
    say "<4>hc: \${f##*/} is stopped: $1" >&3
    mark=$R/stopping/\${f##*/}
    # A full /run may take no new file, but a rename needs none.
    say "\${now:-0}" >$mark || [ -e $mark ] || mv -f "$f" $mark
    [ ! -e $mark ] || rm -f "$f"
  done
} 3>&1 2>/dev/null
kill_all() {
  for p in $1; do
    x=
    while IFS=: read -r n kind x; do [ "$n" != 0 ] || break; done </proc/$p/cgroup
    [ "$n" != 0 ] || [ ! -e /sys/fs/cgroup$x/cgroup.kill ] || [ "$x" = / ] || echo 1 >/sys/fs/cgroup$x/cgroup.kill
    kill -KILL $p
  done
} 2>/dev/null
force() {
  timeout 3 systemctl kill -s KILL -- $units &
  case $driver in (podman | docker) timeout 5 $driver kill hc-$1 & esac
} >/dev/null 2>&1
# Is the address of the job gone? Its unit removes it; the last line of a unit that was killed may not have run.
freed() {
  d=
  if read -r a d <${ADDRESS_FOLDER}/$1; then :; fi
  [ -n "$d" ] || return 0
  timeout 2 ip addr del "$a" dev "$d"
  x=$(timeout 2 ip -o addr show dev "$d" to "\${a%/*}") || [ ! -e /sys/class/net/$d ] || return 1
  [ -z "$x" ] && rm -f ${ADDRESS_FOLDER}/$1
} 2>/dev/null
proven() {
  clock
  mkdir -p $R/stopped
  say "$boot \${now:-0}" >$R/stopped/$1
  rm -f $R/stopping/$1
  say "<4>hc: $1 is proven stopped"
  case $driver in (podman | docker) for x in $ids; do remains="$remains $driver:$x"; done ;; esac
}
# What was killed with its monitor still stands in the engine's books as running. By its id, which no later one has.
tidy() {
  set --
  for x in $remains; do
    timeout 5 \${x%:*} rm -f \${x#*:} >/dev/null &
    set -- "$@" $!
  done
  [ $# -eq 0 ] || wait "$@"
} 2>/dev/null
reset() {
  say "<2>hc: what should be stopped still runs: the host is started anew"
  reboot -ff >/dev/null 2>&1 &
  sleep 1
  echo b >/proc/sysrq-trigger
} 2>/dev/null
# Beside the rest, so that nothing that hangs holds it up; never before one round has been made. While the lease holds, the control machine sees for itself.
fencer() {
  sleep "$1" >/dev/null 2>&1 || sleep "$2" >/dev/null 2>&1
  any $R/stopping && ! holds && reset
} 2>/dev/null
# A container may outlive its unit: nothing is proven before the search for it had ended when its ids were read.
# One round for a slot: is it stopped? Else it goes on the list $still.
round() {
  if [ -e $R/words/$1 ]; then rm -f $R/stopping/$1; return; fi
  [ -e $R/stopping/$1 ] || return
  found=
  [ ! -e $R/stopping/.found ] || found=y
  read -r x ids <$R/stopping/$1
  armed $1
  case $driver in (systemd) found=y ;; esac
  living=$(alive)
  if [ -n "$found" ] && [ -z "$living" ] && quiet && [ -z "$(alive)" ] && freed $1; then proven $1; return; fi
  still="$still $1"
  case $2 in (first) force $1; kill_all "$living" ;; (again) kill_all "$living" ;; esac
} 2>/dev/null
# Bounded by its caller: the arguments and environment of a process that hangs may not be readable.
find_all() {
  for slot in $slots; do
    read -r at ids <$R/stopping/$slot
    armed $slot
    case $driver in (systemd) continue ;; esac
    containers $slot
    [ ! -e $R/stopping/$slot ] || say "$at $ids" >$R/stopping/$slot || return
  done
  true >$R/stopping/.found
} 2>/dev/null
stop() {
  rules
  clock
  slots= since= begun=\${now:-0} all=
  for f in $R/stopping/*; do
    [ -e "$f" ] || continue
    slot=\${f##*/} at= ids=
    if read -r at ids <$f; then :; fi
    case $at in ('' | *[!0-9]*) at=$begun ;; esac
    if [ -z "$since" ] || [ "$at" -lt "$since" ]; then since=$at; fi
    armed $slot
    all="$all $units"
    slots="$slots $slot"
  done
  [ -n "$slots" ] || return 0
  left=$((since + stop - begun)) fencer=
  [ $left -ge 150 ] || left=150
  if [ "$1$fence" = y ]; then
    fencer $((left / 100)).$((left / 10 % 10))$((left % 10)) $((left / 100 + 1)) &
    fencer=$!
  fi
  rm -f $R/stopping/.found
  find_all &
  for x in 1 2 3 4 5; do
    if [ -e $R/stopping/.found ]; then break; fi
    sleep 0.1 || break
  done
  timeout 3 systemctl stop --no-block -- $all >/dev/null 2>&1 &
  rounds=0 mode= remains=
  while :; do
    still=
    for slot in $slots; do round $slot "$mode"; done
    slots=$still
    [ -n "$slots" ] || break
    if clock; then gone=$((now - since)); else gone=$((rounds * 30)); fi
    case $mode,$((rounds % 5)) in
      (,*) [ $gone -lt $((stop - ${FORCE_CS})) ] || mode=first ;;
      (*,0) mode=again ;;
      (*) mode=wait ;;
    esac
    [ $gone -lt $((stop + 300)) ] || [ $rounds -lt 10 ] || break
    rounds=$((rounds + 1))
    pause
  done
  [ -z "$fencer" ] || kill $fencer
  [ -z "$slots" ] || say "<3>hc: still not stopped:$slots"
  tidy
} 2>/dev/null
`

// Who stood still for longer than a lease and a stop may have been replaced meanwhile: the majority that answers now does
// not tell. A take-over waits longer than that, and a look besides, for a host that was awake.
const SLEPT = `
slept() {
  whose= last=
  if read -r whose last <${LOOKED_FILE}; then :; fi
  case $last in ('' | *[!0-9]*) return 1 ;; esac
  [ -n "$boot" ] && [ "$whose" = "$boot" ] && rules && [ $voters -gt 0 ] && clock && [ $((now - last)) -gt $away ]
} 2>/dev/null
awake() { if clock; then say "$boot $now" >${LOOKED_FILE}; fi; } 2>/dev/null
`

// On a host whose cores are all taken, a look that waits for its turn would find nobody in time. Not by the unit: where
// it may not be (in containers without privileges), systemd of old would not start it at all.
const FIRST = `
first() { renice -n -20 -p $$; } >/dev/null 2>&1
`

// A host before its sleep stops what is armed and starts no reset: when it wakes, the usual rule holds.
const MAIN = `
look_round() {
  if majority; then
    [ -e $R/keeping ] || say "<5>hc: no control machine renews the lease; more than half of the voters answer, so what runs goes on"
    true >$R/keeping
  elif ! holds; then
    take 'no lease, and no majority of the voters answers'
  fi
}
lease_main() {
  if [ "$1" = sleep ]; then
    first
    take 'the host goes to sleep'
  elif holds; then
    awake
    [ ! -e $R/keeping ] || rm -f $R/keeping
  elif ! any $R/words; then
    awake
  elif slept; then
    take 'the host stood still, and may have been replaced'
  else
    first
    awake
    look_round
  fi
  if any $R/stopping; then
    stop "$1"
    awake
  fi
}
lease_main "$1"
`

/** The script. `$1` is empty for the timer, `sleep` before the host sleeps. It ends at once where there is nothing to do. */
export const LEASE_SCRIPT = PROLOGUE + CLOCK + KNOCK + LOOK + FIND + STOP + SLEPT + FIRST + MAIN
