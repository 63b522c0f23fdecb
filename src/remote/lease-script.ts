// What a host does by itself when its lease has run out: a script under a systemd timer. Runs in dash, bash and busybox
// ash. All that it needs lies in /run: a full or dead disk under /var does not hold it up.
import { ADDRESS_FOLDER, PROLOGUE, RUN_FOLDER } from './layout.js'
import { FIND } from './lease-find.js'
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
// One ping loses too often on a bad network: one each fifth of a second, and the first answer ends it. A look that sat out
// its whole bound though all had answered was late wherever the host had much to do. Only the ping of iputils ends so; an
// error that a router sends ends it too, and is no answer yet. Others send three, which takes half the bound.
const LOOK = `
rules() {
  id= look=150 stop=500 fence=y voters=0 away=1300
  while read -r kind a b c d e f; do
    case $kind in (rules) id=$a look=$d stop=$e fence=$f away=$b+$e ;; (voter) voters=$((voters + 1)) ;; esac
  done
  case $look$stop in (*[!0-9]*) look=150 stop=500 ;; esac
  case $away in (*[!0-9+]* | +* | *+) away=1300 ;; (*) away=$(($away)) ;; esac
  [ -n "$id" ]
} <$A/rules 2>/dev/null
answers() {
  if [ "$3" = y ] && [ "$2" != - ] && knock "$1" "$2"; then return 0; fi
  if command -v ping >/dev/null 2>&1; then
    case $(ping -V 2>&1) in (*iputils*) timeout -s INT "$bound" ping -n -q -c 1 -w "$whole" -i 0.2 "$1" >/dev/null 2>&1 && return 0 ;; esac
    x=$(timeout -s INT "$bound" ping -n -q -c 3 -i 0.2 -W 1 "$1" 2>&1) && return 0
    case $x in
      (*' 0 received'* | *' 0 packets received'*) return 1 ;;
      (*' received'*) return 0 ;;
      (*sage:* | *nvalid*) timeout "$bound" ping -c 1 -W "$whole" "$1" >/dev/null 2>&1; return ;;
    esac
  fi
  [ "$3" != y ] && [ "$2" != - ] && knock "$1" "$2"
}
# Prints the hardware addresses of the neighbour entries of an address.
neighbour() {
  if x=$(ip neigh show to "$1"); then
    say "$x" | while read -r line; do
      case $line in (*' lladdr '*) line=\${line#*' lladdr '}; say "\${line%% *}" ;; esac
    done
    return
  fi
  while read -r address kind flags mac rest; do
    if [ "$address" = "$1" ] && [ "$flags" != 0x0 ]; then say "$mac"; fi
  done </proc/net/arp
} 2>/dev/null
# Is it the voter that answered? By its hardware address; on another network by what was seen when the host was armed.
known() {
  seen=$(neighbour "$2" | tr A-F a-f)
  if [ -z "$seen" ]; then
    while read -r x; do [ "$x" != "$1" ] || return 0; done <$A/proven
    return 1
  fi
  for x in $seen; do case ",$3," in (*",$x,"*) ;; (*) return 1 ;; esac; done
} 2>/dev/null
ask() { if answers "$2" "$3" "$5" && known "$1" "$2" "$4"; then say yes; else say no; fi; }
# More than half of all voters, the host itself among them?
majority() {
  rules || return 1
  bound=$((look / 100)).$((look / 10 % 10))$((look % 10)) whole=$(((look + 99) / 100))
  timeout "$bound" true 2>/dev/null || bound=$whole
  {
    while read -r kind name address port macs tcp rest; do
      if [ "$kind" = voter ]; then ask "$name" "$address" "$port" "$macs" "$tcp" & fi
    done <$A/rules
    { sleep "$bound" >/dev/null; sleep 0.1 >/dev/null; say late; } &
  } 2>/dev/null | {
    yes=1 no=0
    while [ $((yes * 2)) -le $((voters + 1)) ]; do
      [ $no -lt $voters ] && read -r x || exit 1
      case $x in (yes) yes=$((yes + 1)) ;; (no) no=$((no + 1)) ;; (*) exit 1 ;; esac
      [ $(((voters + 1 - no) * 2)) -gt $((voters + 1)) ] || exit 1
    done
    exit 0
  }
}
`

const STOP = `
# First the mark, then the word: what has neither is taken for stopped.
take() {
  clock
  mkdir -p $R/stopping
  for f in $R/words/*; do
    [ -e "$f" ] || continue
    say "<4>hc: \${f##*/} is stopped: $1"
    say "\${now:-0}" >$R/stopping/\${f##*/}
    rm -f "$f"
  done
}
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
# One round for a slot: is it stopped? Else it goes on the list $still.
round() {
  if [ -e $R/words/$1 ]; then rm -f $R/stopping/$1; return; fi
  [ -e $R/stopping/$1 ] || return
  read -r x ids <$R/stopping/$1
  armed $1
  living=$(alive)
  if [ -z "$living" ] && quiet && [ -z "$(alive)" ] && freed $1; then proven $1; return; fi
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
    [ ! -e $R/stopping/$slot ] || say "$at $ids" >$R/stopping/$slot
  done
  : >$R/stopping/.found
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
    : >$R/keeping
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
