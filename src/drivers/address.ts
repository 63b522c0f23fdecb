// The address of an exclusive job: its unit adds it before the start and removes it after the end, whatever the driver.
import { ADDRESS_FOLDER } from '../remote/layout.js'
import type { RecipeInput } from './driver.js'
import { commandLine, type Directives } from './unit-file.js'

// The kernel itself says who holds the address: its own addresses, its routes, and its neighbours after a ping. So it works
// with no more than ip and ping. `ip route get` names the interface whose subnet holds the address, or the way out for a /32.
const HOLD = `a=\${1%/*} f=${ADDRESS_FOLDER}/$2 v=-4
case $a in (*:*) v=-6 ;; esac
fail() { echo "hc: $*"; exit 1; }
command -v ip >/dev/null 2>&1 || fail "the address $1 cannot be added: this host has no ip (package iproute2)"
own() { [ -n "$(ip $v -o addr show to "$a" 2>/dev/null)" ]; }
answered() { case $(ip $v neigh show to "$a" 2>/dev/null) in (*lladdr*) return 0 ;; esac; return 1; }
if own; then
  [ -r "$f" ] || fail "this host has the address $a already, and not from hc: remove it there, or choose another one"
  exit 0
fi
way=$(ip $v -o route get "$a" 2>/dev/null) || way=
d=
case $way in
  (*' via '*) case $1 in (*.*/32 | *:*/128) d=\${way#* dev } ;; esac ;;
  (*' dev lo '*) ;;
  (*' dev '*) d=\${way#* dev } ;;
esac
d=\${d%% *}
[ -n "$d" ] || fail "no interface of this host has a subnet with $a: bring the job to a host that has (constraints), or correct address"
ip $v neigh del "$a" dev "$d" 2>/dev/null
if command -v ping >/dev/null 2>&1; then
  if ping -n -c 1 -W 1 "$a" >/dev/null 2>&1 || answered; then
    fail "another machine answers for the address $a ($(ip $v neigh show to "$a" 2>/dev/null)): take it from that machine, or choose another one"
  fi
fi
mkdir -p -m 700 \${f%/*} && echo "$1 $d" >"$f" || fail "$f cannot be written"
ip $v addr add "$1" dev "$d" || { rm -f "$f"; fail "the address $1 could not be added to $d"; }
n=0
while [ $v = -6 ] && [ $n -lt 20 ]; do
  case $(ip -6 -o addr show dev "$d" to "$a") in
    (*dadfailed*) ip -6 addr del "$1" dev "$d"; rm -f "$f"; fail "another machine answers for the address $a: take it from that machine, or choose another one" ;;
    (*tentative*) n=$((n + 1)); sleep 0.2 || sleep 1 ;;
    (*) break ;;
  esac
done
g=\${way##* via } g=\${g%% *}
case $way in (*' via '*) ;; (*) g=$(ip $v route show default dev "$d" 2>/dev/null); case $g in (*'via '*) g=\${g#*via } g=\${g%% *} ;; (*) g= ;; esac ;; esac
if [ $v = -4 ]; then
  b=
  command -v arping >/dev/null 2>&1 || b=busybox
  timeout 2 $b arping -q -c 1 -U -I "$d" "$a" >/dev/null 2>&1 &
  timeout 2 $b arping -q -c 1 -A -I "$d" "$a" >/dev/null 2>&1 &
fi
if [ -z "$g" ]; then g=$(ip $v neigh show dev "$d" 2>/dev/null | while read -r x rest; do echo "$x"; break; done); fi
if [ -n "$g" ]; then
  ip $v neigh del "$g" dev "$d" 2>/dev/null
  ping -n -c 1 -W 1 -I "$a" "$g" >/dev/null 2>&1
fi
sleep 0.2 || sleep 1
exit 0`

// Only what this slot has added: an address that was there before is not its own.
const FREE = `[ -r ${ADDRESS_FOLDER}/$1 ] && read -r a d <${ADDRESS_FOLDER}/$1 || exit 0
ip addr del "$a" dev "$d" 2>/dev/null
[ -n "$(ip -o addr show dev "$d" to "\${a%/*}" 2>/dev/null)" ] || rm -f ${ADDRESS_FOLDER}/$1`

/**
 * What adds the job's address before the command, and removes it behind its end. A host on which another machine answers
 * for it starts nothing. "+": as root, whoever the unit's user is.
 */
export function addressLines({ applied: { job }, placement: { slot } }: RecipeInput): {
  readonly before: Directives
  readonly after: Directives
} {
  if (job.address === null) return { before: [], after: [] }
  const hold = commandLine(['/bin/sh', '-c', HOLD, 'hc-address', job.address, slot], '+')
  return {
    before: [['ExecStartPre', hold]],
    after: [['ExecStopPost', commandLine(['/bin/sh', '-c', FREE, 'hc-address', slot], '-+')]],
  }
}
