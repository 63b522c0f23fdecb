// Arming and disarming, and the words of armed slots: parts of a write. What runs goes on through all of it.
import { assert } from '../model/errors.js'
import type { ArmedSlot, LeaseRules } from '../model/lease.js'
import { RUN_FOLDER } from './layout.js'
import { DROP_IN, LEASE_FOLDER, LEASE_LINKS, LEASE_UNITS, leaseUnits, RESTORE, rulesText } from './lease-files.js'
import {
  ARMED_FOLDER,
  LEASE_FILE,
  LEASE_SCRIPT,
  LOOKED_FILE,
  STOPPED_FOLDER,
  STOPPING_FOLDER,
  WORDS_FOLDER,
} from './lease-script.js'
import { CONNECTION, HOST_KEY } from './probe-self.js'
import { number, quote, words } from './quote.js'
import type { LeaseStep } from './write-request.js'

/** Begins the line of a write's answer that tells how arming or disarming ended: `ok ID`, `ok none`, `failed`, `refused`. */
export const LEASE_LINE = 'hc-armed '

/** A slot's file holds `PLACEMENT DRIVER UNIT...`. */
const FUNCTIONS = `
L=${LEASE_FOLDER} A=${ARMED_FOLDER} W=${WORDS_FOLDER}
arming= unarmed=
is_armed() { [ -e "$A/slots/$1" ] || [ -e "$L/slots/$1" ]; }
# Writes what differs from what is there.
keep() {
  x=
  if [ -r "$1/$2" ]; then x=$(cat "$1/$2"); fi
  [ "$x" != "$3" ] || [ ! -e "$1/$2" ] || return 0
  mkdir -p "$1" && note "$1" "$2" "$3"
}
unit_text() {
  x=
  if [ -r "$U/$1" ]; then x=$(cat "$U/$1"); fi
  [ "$x" != "$2" ] || return 0
  reload=y
  ( umask 022; case $1 in (*/*) mkdir -p "$U/\${1%/*}" ;; esac && printf '%s\\n' "$2" >"$U/.hc-lease.new" ) && mv -f "$U/.hc-lease.new" "$U/$1"
}
# What runs a slot: its own unit, the unit that its job names, by all its names, and what belongs to that.
describe() {
  header "$1" Placement; placement=\${said:-$2}
  header "$1" Driver; driver=\${said:-unknown}
  header "$1" Target; target=$said
  units=hc-$1.service
  [ -n "$target" ] || return 0
  for x in $target $(timeout 5 systemctl show -p Id --value -- "$target") $(timeout 5 systemctl show -p ConsistsOf --value -- "$target"); do
    case " $units " in (*" $x "*) ;; (*) units="$units $x" ;; esac
  done
} 2>/dev/null
# Arms one slot: its files, and a condition for every unit of it.
arm_slot() {
  describe "$1" "$2"
  keep $L/slots "$1" "$placement $driver $units" && keep $A/slots "$1" "$placement $driver $units" || return 1
  for f in $U/*.d/hc--lease-"$1".conf; do
    x=\${f%.d/*}
    case " $units " in (*" \${x##*/} "*) ;; (*) [ ! -e "$f" ] || { rm -f "$f"; rmdir "\${f%/*}" 2>/dev/null; reload=y; } ;; esac
  done
  for x in $units; do
    drop_in "$1" "$placement" "$x"
    unit_text "$x.d/hc--lease-$1.conf" "$text" || return 1
  done
} 2>$R/err
# Gives the word, but for what the host is just stopping by itself.
give() {
  [ ! -e "${STOPPING_FOLDER}/$1" ] || return 1
  keep $W "$1" "$boot $2" && rm -f "${STOPPED_FOLDER}/$1"
} 2>$R/err
# No word without what takes it back: a look is seen to be made.
watched() {
  ( ${RESTORE} ) || return 1
  set -- $(states hc-lease.timer hc-lease.service)
  [ "$1" = active ] || timeout 10 systemctl start -- hc-lease.timer || return 1
  { [ "$2" != failed ] && looks; } || timeout 10 systemctl start -- hc-lease.service || return 1
  looks || { echo 'hc-lease.service made no look' >&2; return 1; }
} 2>$R/err
# Was a look made in this boot, within ten seconds? One is due every two; it lasts for as long as a stop.
looks() {
  b= x=
  if [ -r ${LOOKED_FILE} ]; then read -r b x <${LOOKED_FILE}; fi
  case $x in ('' | *[!0-9]*) return 1 ;; esac
  now
  [ "$b" = "$boot" ] && [ $((now - x)) -lt 1000 ]
}
# For a step of a slot: $1 its number.
allow() {
  open "$1" || return 0
  case " $arming " in (*" $2 "*) [ -z "$unarmed" ] || { fail "$1" "the host could not be armed: $unarmed"; return; } ;; esac
  is_armed "$2" || return 0
  watched || { fail "$1" "the host could not look at its lease, by which it would stop this: $(line <$R/err)"; return; }
  p=
  for f in $L/slots/$2 $A/slots/$2; do if read -r p rest <$f; then break; fi; done 2>/dev/null
  arm_slot "$2" "$p" || { fail "$1" "it cannot be armed: $(line <$R/err)"; return; }
  give "$2" "$placement" || fail "$1" 'the host is still stopping it by itself: look again'
}
fresh() { [ -z "$reload" ] || { timeout 30 systemctl daemon-reload >/dev/null 2>&1 && reload=; }; }
record() { printf '%s %s %s %s\\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$term" "$owner" "$1" >>$V/audit.log; } 2>/dev/null
armed_end() { printf '${LEASE_LINE}%s %s\\n' "$1" "$2"; }
`

/** The word goes before the stop; with the slot goes what the host had noted of it. */
export function takeWords(slots: readonly string[]): string {
  if (slots.length === 0) return ':'
  return `rm -f ${words(slots.flatMap((slot) => [`${WORDS_FOLDER}/${slot}`, `${STOPPED_FOLDER}/${slot}`]))}`
}

/** Functions of a write on an armed host, after those of the write itself. */
export const LEASE_FUNCTIONS = DROP_IN + FUNCTIONS

// Proven is who shows a host key that the control machine knows, or the control machine where this very connection comes
// from. On the same network the hardware address is looked at each time, so nothing need be seen now; of who is silent there (a
// neighbour entry that found nobody) no key is to be had either, and a slot that is taken over does not wait for it.
const PROVE = `
# name, address, port or -, its hardware addresses, its host keys
prove() {
  timeout 1 ping -n -q -c 1 -W 1 "$2" >/dev/null 2>&1
  n=$(ip neigh show to "$2" 2>/dev/null)
  x=$(printf '%s\\n' "$n" | sed -n 's/.* lladdr \\([^ ]*\\).*/\\1/p' | head -n 1)
  if [ -n "$x" ]; then
    case ",$4," in (*",$x,"*) ;; (*) printf '%s\\n' "$1" >>$R/.unproven ;; esac
    return
  fi
  if [ "$peer" = "$2" ] && [ "$1" = @control ]; then printf '%s\\n' "$1" >>$R/.proven; return; fi
  case $n in (*FAILED* | *INCOMPLETE*) printf '%s\\n' "$1" >>$R/.unproven; return ;; esac
  if [ "$3" != - ] && [ -n "$5" ] && command -v ssh-keyscan >/dev/null 2>&1; then
    x=$(timeout 4 ssh-keyscan -T 3 -p "$3" "$2" 2>/dev/null | while read -r a key; do case "
$5
" in (*"
$key
"*) printf y; break ;; esac; done)
    if [ -n "$x" ]; then printf '%s\\n' "$1" >>$R/.proven; return; fi
  fi
  printf '%s\\n' "$1" >>$R/.unproven
}
`

function proof({ voters }: LeaseRules, silent: readonly string[]): string {
  const lines = voters.map(({ name, address, port, macs, hostKeys }) => {
    if (silent.includes(name)) return `printf '%s\\n' ${quote(name)} >>$R/.unproven`
    const keys = hostKeys.filter((key) => HOST_KEY.test(key)).join('\n')
    return `prove ${words([name, address, port === null ? '-' : number(port), macs.join(','), keys])} 9>&- &`
  })
  return `connection
rm -f $R/.proven $R/.unproven
true >$R/.proven; true >$R/.unproven
${lines.join('\n')}
wait
proven=$(sort $R/.proven) unproven=$(sort $R/.unproven)
rm -f $R/.proven $R/.unproven`
}

function arm({ rules, slots, silent = [] }: Extract<LeaseStep, { arm: unknown }>['arm']): string {
  const sorted = [...slots].sort((a, b) => (a.slot < b.slot ? -1 : 1))
  const names = sorted.map(({ slot }) => slot)
  const units = leaseUnits(rules)
  const each = (line: (slot: ArmedSlot) => string): string => sorted.map(line).join('\n  ')
  return `${CONNECTION}${PROVE}${proof(rules, silent)}
rules=${quote(rulesText(rules))}
script=${quote(LEASE_SCRIPT)}
arm_all() {
  # What a look needs for a stop is there before, for /run may be full by then.
  mkdir -p $L/slots $W ${STOPPING_FOLDER} ${STOPPED_FOLDER} || return 1
  ( ${RESTORE} ) 2>/dev/null
  for d in $L $A; do
    mkdir -p $d/slots && keep $d proven "$proven" && keep $d unproven "$unproven" || return 1
  done
  ${each(({ slot, placement }) => `arm_slot ${quote(slot)} ${number(placement)} || return 1`)}
  ${LEASE_UNITS.map((unit) => `unit_text ${unit} ${quote(units[unit])} || return 1`).join('\n  ')}
  ${LEASE_LINKS.map((link) => `[ -h $U/${link} ] || ( umask 022; mkdir -p $U/${folderOf(link)}; ln -sf ../${fileOf(link)} $U/${link} ) || return 1`).join('\n  ')}
  again=$reload
  fresh || return 1
  # What runs already gets its word: a restart by systemd needs it. What the host stopped by itself does not.
  ${each(({ slot }) => `arm_running ${quote(slot)} || return 1`)}
  unarm_others
  fresh || return 1
  # By its rules a host shows what it is armed for: they come after all that they promise, and outlast a power cut only with it.
  flush $(files)
  for d in $L $A; do keep $d script "$script" && keep $d rules "$rules" || return 1; done
  if [ -n "$again" ]; then timeout 10 systemctl restart hc-lease.timer; else timeout 10 systemctl start hc-lease.timer; fi
} 2>$R/err
files() { for f in $L/proven $L/unproven $L/slots/* $U/hc-lease* $U/*.d/hc--lease-*.conf; do [ ! -f "$f" ] || printf '%s ' "$f"; done; }
arm_running() {
  case $(states "hc-$1.service") in
    (active | activating | reloading) { read -r p rest <$A/slots/$1 && give "$1" "$p"; } || [ -e "${STOPPING_FOLDER}/$1" ] ;;
    ('') echo "systemd does not say whether $1 runs" >&2; return 1 ;;
  esac
}
# First the conditions, then the words: what runs on may be restarted at any moment.
unarm_others() {
  set --
  for f in $A/slots/* $L/slots/*; do
    case " "${quote(names.join(' '))}" " in (*" \${f##*/} "*) continue ;; esac
    [ ! -e "$f" ] || set -- "$@" "\${f##*/}"
  done
  [ $# -gt 0 ] || return 0
  for s in "$@"; do
    for f in $U/*.d/hc--lease-$s.conf; do [ ! -e "$f" ] || { rm -f "$f"; rmdir "\${f%/*}" 2>/dev/null; reload=y; }; done
  done
  fresh
  for s in "$@"; do rm -f $L/slots/$s $A/slots/$s $W/$s ${STOPPING_FOLDER}/$s ${STOPPED_FOLDER}/$s; done
}
arming=${quote(names.join(' '))}
if late; then
  unarmed='the deadline passed before that'
  armed_end refused "$unarmed"
elif arm_all && watched; then armed_end ok ${number(rules.id)}
else
  unarmed=$(cause_of)
  armed_end failed "$unarmed"
fi`
}

const CAUSE = `
cause_of() { x=$(line <$R/err); printf '%s' "\${x:-systemd does not run hc-lease.timer}"; }
`

const folderOf = (path: string): string => path.slice(0, path.indexOf('/'))
const fileOf = (path: string): string => path.slice(path.indexOf('/') + 1)

/** Shell lines that take the whole of the lease from a host; expects $U, and $reload to be heeded. What runs goes on. */
export const DISARM = `
disarm() {
  if [ -e $U/hc-lease.timer ]; then
    timeout 10 systemctl stop hc-lease.timer hc-lease.service 9>&- >/dev/null 2>&1
    reload=y
  fi
  for f in $U/*.d/hc--lease-*.conf; do
    if [ -e "$f" ]; then rm -f "$f"; rmdir "\${f%/*}" 2>/dev/null; reload=y; fi
  done
  rm -f ${[...LEASE_LINKS, ...LEASE_UNITS].map((path) => `$U/${path}`).join(' ')}
  rmdir $U/sleep.target.wants 2>/dev/null
  [ -z "$reload" ] || timeout 30 systemctl daemon-reload 9>&- >/dev/null 2>&1
  reload=
  rm -rf ${LEASE_FOLDER} ${ARMED_FOLDER} ${WORDS_FOLDER} ${STOPPING_FOLDER} ${STOPPED_FOLDER} ${LEASE_FILE} ${LOOKED_FILE} ${RUN_FOLDER}/keeping
  [ ! -e ${LEASE_FOLDER} ] && [ ! -e $U/hc-lease.timer ]
}
`

/** Lines of a write that arm or disarm, or none; after its files are in place, before its starts. Sets $unarmed where arming failed. */
export function leaseLines(lease: LeaseStep | undefined): string {
  if (lease === undefined) return ''
  if ('arm' in lease) {
    for (const { slot } of lease.arm.slots) assert(/^[a-z0-9][A-Za-z0-9._-]+$/.test(slot), `"${slot}" is no slot`)
    return `${CAUSE}record 'arm ${number(lease.arm.rules.id)}'\n${arm(lease.arm)}`
  }
  return `${DISARM}record disarm
if late; then armed_end refused 'the deadline passed before the host was disarmed'
elif disarm 2>$R/err; then armed_end ok none
else armed_end failed "$(line <$R/err)"; fi`
}
