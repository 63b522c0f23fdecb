// The guard before every write: this boot, in time, under the highest term, one at a time. Bytes that waited in a cut
// connection, and a second control machine, are refused by the host itself.
import { assert } from '../model/errors.js'
import type { Term } from '../model/host.js'
import type { Millis } from '../model/names.js'
import { LEASE_LOCK, PROLOGUE, RUN_FOLDER, STATE_FOLDER } from './layout.js'
import { number, quote } from './quote.js'

/** What a write carries. */
export interface Guard {
  readonly term: Term
  /** Id of the cluster that writes. */
  readonly cluster: string
  /** Key of the hash of secrets, hex: kept on the host so that a lost store can be had again. null: not sent. */
  readonly key: string | null
  /** `HostFacts.bootId` of the answer that the write rests on. */
  readonly bootId: string
  /** The host's own /proc/uptime in ms after which the write is refused. */
  readonly deadlineMs: Millis
  /** How long to wait for another write on the same host. */
  readonly lockMs: Millis
  /**
   * `Records.order`: the host keeps the highest of a term, so that an older copy of the records is known, and refuses a lower one:
   * what was sent before it and came late. Absent: not told.
   */
  readonly order?: number
}

/** Why a host refused: another boot, too late, a higher term or the same of another owner, another write at work. */
export type RefusedBy = 'boot' | 'deadline' | 'term' | 'lock' | 'order'
/** All of them. */
export const REFUSALS: readonly RefusedBy[] = ['boot', 'deadline', 'term', 'lock', 'order']

/** Marks of an answer. */
export const WRITE_HEAD = 'hc-write 1'
export const WRITE_END = 'hc-write-end'
export const REFUSED = 'hc-refused '

/** An id that stands as one word in a line of a file. */
export const ID = /^[A-Za-z0-9._:@-]{1,128}$/

/**
 * Shell function that sets $have, $holder and $whose: number, owner and cluster of the highest term that wrote here; $disk: the
 * number that a boot would leave.
 */
export const HIGHEST = `
highest() {
  have=0 holder= whose= disk=0
  for f in ${STATE_FOLDER}/term ${RUN_FOLDER}/term; do
    n=
    if [ -r $f ]; then read -r n o c rest <$f; fi
    case $n in ('' | *[!0-9]*) continue ;; esac
    case $f in (${STATE_FOLDER}/*) disk=$n ;; esac
    if [ "$n" -gt "$have" ]; then have=$n holder=$o whose=$c; fi
  done
}
`

/**
 * The lock lies in /run, so that it can be had on a full disk, and so does a copy of the term: without one of the two
 * files written a new term is not obeyed. Files are written aside and renamed. Whoever raises a term holds the lock of leases
 * meanwhile, so that no renewal under the old one comes after. On the disk it is flushed before anything is done under it: a power
 * cut brings no lower one back. A disk that hangs holds it up for two seconds, no longer. A full one takes no new file: then the
 * file that is there is written over where it lies, which needs no room; what could not be kept there is tried at each write.
 */
const FUNCTIONS = `${HIGHEST}
refuse() { printf '${REFUSED}%s %s\\n${WRITE_END}\\n' "$1" "$2"; exit 0; }
late() { now; [ "$now" -gt "$deadline" ]; }
note() { printf '%s\\n' "$3" >"$1/.$2.new" && mv -f "$1/.$2.new" "$1/$2"; }
flush() {
  rm -f ${RUN_FOLDER}/.flushed
  { timeout 2 sync "$@"; : >${RUN_FOLDER}/.flushed; } >/dev/null 2>&1 8>&- 9>&- &
  tries=0
  until [ -e ${RUN_FOLDER}/.flushed ] || [ $tries -ge 100 ]; do
    tries=$((tries + 1))
    sleep 0.02 || sleep 1
  done
}
accept() {
  opened=y
  [ "$term" -gt "$have" ] || [ ! -r ${RUN_FOLDER}/term ] || [ "$disk" != "$term" ] || return 0
  tries=0
  until flock -n 8; do
    tries=$((tries + 1))
    [ $tries -lt 40 ] || refuse lock 'the term could not be locked'
    sleep 0.05 || sleep 1
  done
  note ${RUN_FOLDER} term "$term $owner $cluster" 2>/dev/null || refuse term 'the term cannot be kept: ${RUN_FOLDER} takes no files'
  if mkdir -p ${STATE_FOLDER} && printf '%s\\n' "$term $owner $cluster" >${STATE_FOLDER}/.term.new; then
    flush ${STATE_FOLDER}/.term.new
    mv -f ${STATE_FOLDER}/.term.new ${STATE_FOLDER}/term
    flush ${STATE_FOLDER}
  else
    rm -f ${STATE_FOLDER}/.term.new
    [ -f ${STATE_FOLDER}/term ] || return 0
    printf '%s\\n' "$term $owner $cluster" 1<>${STATE_FOLDER}/term
    flush ${STATE_FOLDER}/term
  fi
} 2>/dev/null 8>>${LEASE_LOCK}
identify() {
  [ -n "$key" ] || return 0
  [ "$term" -gt "$have" ] || [ ! -r ${STATE_FOLDER}/identity ] || return 0
  note ${STATE_FOLDER} identity "cluster $cluster
key $key
term $term $owner"
} 2>/dev/null
remember() {
  [ "$order" -gt 0 ] || return 0
  n= x=
  if [ -r ${STATE_FOLDER}/orders ]; then read -r n x rest <${STATE_FOLDER}/orders; fi
  case $n$x in ('' | *[!0-9]*) n=0 x=0 ;; esac
  [ "$n" -ne "$term" ] || [ "\${x:-0}" -le "$order" ] || refuse order "order $x of this term was carried out before, the write carries $order"
  [ "$n" -lt "$term" ] || { [ "$n" -eq "$term" ] && [ "\${x:-0}" -lt "$order" ]; } || return 0
  note ${STATE_FOLDER} orders "$term $order"
} 2>/dev/null
guard() {
  read -r boot </proc/sys/kernel/random/boot_id
  [ "$boot" = "$want_boot" ] || refuse boot "the host has been started anew since: boot id $boot"
  if late; then refuse deadline "the host's uptime is $now hundredths of a second, the last moment was $deadline"; fi
  command -v flock >/dev/null 2>&1 || refuse lock 'flock is missing on the host: install util-linux'
  until=$((now + patience))
  until flock -n 9; do
    now
    [ "$now" -lt "$until" ] || refuse lock 'another write has been at work on the host all the time'
    sleep 0.05 2>/dev/null || sleep 1
  done
  [ /proc/self/fd/9 -ef ${RUN_FOLDER}/lock ] || refuse lock 'what hc had on the host was taken away while the lock was waited for'
  if late; then refuse deadline "the host's uptime is $now hundredths of a second, the last moment was $deadline"; fi
  highest
  [ "$term" -ge "$have" ] || refuse term "term $have of $holder is in force, the write carries $term of $owner"
  if [ "$term" -eq "$have" ] && [ "$owner" != "$holder" ]; then
    refuse term "term $have is of $holder, the write carries the same of $owner"
  fi
  opened=
  accept
  [ -n "$opened" ] || refuse lock '${LEASE_LOCK} cannot be opened'
  identify
  remember
}
`

/**
 * A script that runs `body` under the guard. The body is that of a function: file descriptor 9 is the lock, and what may
 * outlive the script has to be started with `9>&-`. `late` tells whether the deadline has passed.
 */
export function guarded(guard: Guard, functions: string, body: string): string {
  assert(ID.test(guard.term.owner), `the owner of the term "${guard.term.owner}" is no id`)
  assert(ID.test(guard.cluster), `the cluster id "${guard.cluster}" is none`)
  assert(guard.key === null || ID.test(guard.key), 'the key is no hex')
  const wanted = [
    `want_boot=${quote(guard.bootId)} deadline=${number(Math.floor(guard.deadlineMs / 10))}`,
    `term=${number(guard.term.number)} owner=${quote(guard.term.owner)} cluster=${quote(guard.cluster)}`,
    `key=${quote(guard.key ?? '')} patience=${number(Math.floor(guard.lockMs / 10))} order=${number(guard.order ?? 0)}`,
  ].join('\n')
  return `${PROLOGUE}${wanted}
${FUNCTIONS}${functions}
main() {
held=y
guard
${body}
}
printf '${WRITE_HEAD}\\n'
[ -d ${RUN_FOLDER} ] || mkdir -p ${RUN_FOLDER} 2>/dev/null
held=
main 9>>${RUN_FOLDER}/lock
[ -n "$held" ] || refuse lock '${RUN_FOLDER}/lock cannot be opened'
printf '${WRITE_END}\\n'
`
}
