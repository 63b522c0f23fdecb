// The lease, as probes speak of it: renewals, which every probe may carry, and what a host shows of it.
import { assert } from '../model/errors.js'
import type { LeaseFacts, RenewalEnd } from '../model/lease.js'
import { byName, type Millis, SLOT_NAME } from '../model/names.js'
import { type Guard, HIGHEST, ID } from './guard.js'
import { LEASE_LOCK, RUN_FOLDER, STATE_FOLDER } from './layout.js'
import { ARMED_FOLDER, LEASE_FILE, LOOKED_FILE, STOPPED_FOLDER, WORDS_FOLDER } from './lease-script.js'
import { printableLine } from './printable.js'
import { number, quote } from './quote.js'
import { wholeNumber } from './text.js'

/** A renewal: by whom, for which boot, and the last moment at which the host takes it. */
export interface Renewal {
  /** `deadlineMs`: the host's own uptime; the lease never holds longer than that, however late the renewal came. */
  readonly guard: Pick<Guard, 'term' | 'cluster' | 'bootId' | 'deadlineMs'>
  /** hc_lease. */
  readonly leaseMs: Millis
}

// A write may hold the host's own lock for minutes, so lease and term have one that nobody holds for longer than it takes
// to rename a file. Who raises the term holds it too: no renewal of the old one comes after.
const RENEW = `
renew_locked() {
  tries=0
  until flock -n 8; do
    tries=$((tries + 1))
    [ $tries -lt 6 ] || { renewal=lock; return; }
    sleep 0.05 2>/dev/null || return
  done
  now
  [ "$now" -le "$renew_until" ] || { renewal=deadline; return; }
  highest
  [ "$have $holder $whose" = "$renew_by" ] || { renewal=term; return; }
  ends=$((now + renew_for)) b= u=
  [ "$ends" -le "$renew_until" ] || ends=$renew_until
  if [ -r ${LEASE_FILE} ]; then read -r b u <${LEASE_FILE}; fi
  case $u in
    ('' | *[!0-9]*) ;;
    (*) if [ "$b" = "$renew_boot" ] && [ "$u" -ge "$ends" ]; then renewal=renewed; return; fi ;;
  esac
  printf '%s %s\\n' "$renew_boot" "$ends" >${RUN_FOLDER}/.lease.new && mv -f ${RUN_FOLDER}/.lease.new ${LEASE_FILE} && renewal=renewed
} 2>/dev/null
renew() {
  [ -r ${ARMED_FOLDER}/rules ] || return 0
  renewal=failed
  read -r b </proc/sys/kernel/random/boot_id || return
  [ "$b" = "$renew_boot" ] || { renewal=boot; return; }
  renew_locked 8>>${LEASE_LOCK}
} 2>/dev/null
if [ "$uid" = 0 ]; then
  renewal=
  renew
  if [ -n "$renewal" ]; then put lease-renewal $renewal; fi
fi
`

/** The parameters of RENEWAL: the first line of a script that carries it. */
export function renewalWords({ guard, leaseMs }: Renewal): string {
  assert(ID.test(guard.term.owner), `the owner of the term "${guard.term.owner}" is no id`)
  assert(ID.test(guard.cluster), `the cluster id "${guard.cluster}" is none`)
  const words = [
    quote(`${number(guard.term.number)} ${guard.term.owner} ${guard.cluster}`),
    quote(guard.bootId),
    number(Math.floor(guard.deadlineMs / 10)),
    number(Math.floor(leaseMs / 10)),
  ]
  return `set -- ${words.join(' ')}\n`
}

/** Shell lines that renew the lease, for a probe to carry: after its `put` and $uid, before it shows the lease. */
export const RENEWAL = `renew_by=$1 renew_boot=$2 renew_until=$3 renew_for=$4
${HIGHEST}${RENEW}`

/** Shell lines that show the lease, without a process; `lease none` where the host is not armed. */
export const SHOW_LEASE = `
show_lease() {
  d=${ARMED_FOLDER} b= u= l=
  [ -r $d/rules ] || d=${STATE_FOLDER}/lease
  # Slots without rules: an arm that did not come to its end.
  [ -r $d/rules ] || [ -e $d/slots ] || { put lease none; return; }
  kind= n=
  read -r kind n rest <$d/rules
  read -r boot </proc/sys/kernel/random/boot_id
  if [ -r ${LEASE_FILE} ]; then read -r b u <${LEASE_FILE}; fi
  [ "$b" = "$boot" ] || u=
  b=
  if [ -r ${LOOKED_FILE} ]; then read -r b l <${LOOKED_FILE}; fi
  [ "$b" = "$boot" ] || l=
  put lease "\${n:--}" "\${u:--}" "\${l:--}"
  for f in $d/slots/*; do
    if [ -r "$f" ] && read -r x rest <"$f"; then put lease-armed "\${f##*/}" "$x"; fi
  done
  for f in ${WORDS_FOLDER}/*; do
    if [ -r "$f" ] && read -r b rest <"$f" && [ "$b" = "$boot" ]; then put lease-word "\${f##*/}"; fi
  done
  for f in ${STOPPED_FOLDER}/*; do
    if [ -r "$f" ] && read -r b x <"$f" && [ "$b" = "$boot" ]; then put lease-stopped "\${f##*/}" "$x"; fi
  done
  if [ -r $d/unproven ]; then
    while read -r x; do [ -z "$x" ] || put lease-unproven "$x"; done <$d/unproven
  fi
} 2>/dev/null
if [ "$uid" = 0 ]; then show_lease; fi
`

const RENEWAL_ENDS: readonly RenewalEnd[] = ['renewed', 'boot', 'deadline', 'term', 'lock', 'failed']

/** Those lines, read; null: not armed; undefined: the host did not say. `valuesOf`: the lines that begin with a key, without it. */
export function parseLease(valuesOf: (key: string) => readonly string[]): LeaseFacts | null | undefined {
  const [head] = valuesOf('lease')
  if (head === undefined) return undefined
  if (head === 'none') return null
  const [rules, until, looked] = head.split(' ')
  const centiseconds = (text: string | undefined): Millis | null => {
    const value = wholeNumber(text)
    return value === null ? null : value * 10
  }
  const pairs = (key: string) =>
    valuesOf(key)
      .map((line) => line.split(' '))
      .flatMap(([slot = '', value]) => (SLOT_NAME.test(slot) ? [{ slot, value }] : []))
      .sort((a, b) => byName(a.slot, b.slot))
  const unproven = valuesOf('lease-unproven').map((name) => printableLine(name, 128))
  const end = RENEWAL_ENDS.find((one) => one === valuesOf('lease-renewal')[0])
  return {
    rules: wholeNumber(rules),
    until: centiseconds(until),
    looked: centiseconds(looked),
    armed: pairs('lease-armed').flatMap(({ slot, value }) => {
      const placement = wholeNumber(value)
      return placement === null ? [] : [{ slot, placement }]
    }),
    words: pairs('lease-word').map(({ slot }) => slot),
    stopped: pairs('lease-stopped').flatMap(({ slot, value }) => {
      const at = centiseconds(value)
      return at === null ? [] : [{ slot, at }]
    }),
    ...(unproven.length === 0 ? {} : { unproven: unproven.sort(byName) }),
    ...(end === undefined ? {} : { renewal: end }),
  }
}
