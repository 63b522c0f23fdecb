// What is said to a host that is to seem lost for a while. Its mend is set before anything is done to it, by a timer of its
// own, so that it comes back whatever becomes of hc.
import type { Millis } from '../model/names.js'
import { type Guard, guarded, REFUSED, WRITE_END, WRITE_HEAD } from './guard.js'
import { PROLOGUE, RUN_FOLDER, UNIT_FOLDER } from './layout.js'
import { printableLine } from './printable.js'
import { number, quote } from './quote.js'

/** UDP port on which the host waits for the word that ends the drill early. */
export const DRILL_PORT = 47_631
/** How long such a script may take, ms. */
export const DRILL_TIMEOUT_MS: Millis = 15_000
/** From the answer until the host falls silent, ms. */
export const DRILL_LEAD_MS: Millis = 300
/** How long units wait, after the host is back, for a control machine to say what shall run, s. */
const AFTER_S = 20
const FOLDER = `${RUN_FOLDER}/drill`

/** What is to be done to the host. */
export interface DrillOrder {
  readonly boundMs: Millis
  /** Addresses that are to hear it no more: peers and control machine. */
  readonly from: readonly string[]
  /** Its units, to be killed. */
  readonly units: readonly string[]
  /** Those that start again by themselves where no control machine comes by after it. */
  readonly again: readonly string[]
}

const MEND = `for d in $devs; do tc qdisc del dev $d root 2>/dev/null; done
systemctl stop hc-drill-mend.timer hc-drill-call.socket 2>/dev/null
mv ${FOLDER}/again ${FOLDER}/now 2>/dev/null || exit 0
sleep ${AFTER_S}
while read -r u; do
  [ -e ${UNIT_FOLDER}/$u ] || continue
  systemctl is-active -q $u || systemctl start --no-block $u
done <${FOLDER}/now
rm -rf ${FOLDER}`

const LOSE = `sleep ${DRILL_LEAD_MS / 1000}
for d in $devs; do tc qdisc replace dev $d root blackhole; done
[ -z "$units" ] || { systemctl kill --signal=SIGKILL -- $units; systemctl stop -- $units; }`

/**
 * Sets the mend, then drops all that the host sends (a queue that forgets, at the cards that lead to the others) and kills
 * its units, as a power cut would. What it hears it still hears: a datagram ends the drill early. No firewall is touched.
 */
export function drillScript(guard: Guard, { boundMs, from, units, again }: DrillOrder): string {
  const body = `lacks() { printf 'lacks %s\\n' "$1"; }
for c in tc ip systemd-run; do
  command -v $c >/dev/null 2>&1 || { lacks "$c is missing on it (packages iproute2, systemd)"; return; }
done
if systemctl is-active -q hc-drill-mend.timer; then lacks 'another drill is on'; return; fi
case $(findmnt -no FSTYPE / 2>/dev/null) in (nfs* | ceph* | 9p | cifs) lacks 'its root file system lies on the network'; return ;; esac
devs= mac=
for a in ${from.map(quote).join(' ')} \${SSH_CONNECTION%% *}; do
  d=$(ip -o route get "$a" 2>/dev/null | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p')
  case $d in ('' | lo | *[!A-Za-z0-9._-]*) continue ;; esac
  case " $devs " in (*" $d "*) continue ;; esac
  q=$(tc qdisc show dev $d | sed -n 's/^qdisc \\([a-z_]*\\) .* root.*/\\1/p' | head -n 1)
  case $q in ('' | noqueue | pfifo_fast | fq | fq_codel | fq_pie | mq | cake | sfq) ;;
  (*) lacks "its card $d has a queue of its own ($q), which a drill would take away"; return ;;
  esac
  devs="$devs $d"
  [ -n "$mac" ] || read -r mac </sys/class/net/$d/address
done
[ -n "$devs" ] || { lacks 'no card leads to the other hosts'; return; }
rm -rf ${FOLDER} && mkdir -p ${FOLDER} || { lacks '${FOLDER} cannot be made'; return; }
printf '%s\\n' ${again.map(quote).join(' ') || "''"} | grep . >${FOLDER}/again
{ printf 'devs="%s"\\n' "$devs"; printf '%s\\n' ${quote(MEND)}; } >${FOLDER}/mend
{ printf 'devs="%s" units="%s"\\n' "$devs" ${quote(units.join(' '))}; printf '%s\\n' ${quote(LOSE)}; } >${FOLDER}/lose
if ! systemd-run --quiet --collect --unit=hc-drill-mend --on-active=${number(Math.ceil(boundMs / 1000))}s --timer-property=AccuracySec=100ms sh ${FOLDER}/mend >/dev/null 2>&1; then
  lacks 'systemd-run sets no timer there'; return
fi
systemd-run --quiet --collect --unit=hc-drill-call --socket-property=ListenDatagram=${DRILL_PORT} sh ${FOLDER}/mend >/dev/null 2>&1
if systemd-run --quiet --collect --unit=hc-drill sh ${FOLDER}/lose >/dev/null 2>&1; then
  printf 'drill %s\\n' "$mac"
else
  systemctl stop hc-drill-mend.timer hc-drill-call.socket
  lacks 'systemd-run starts nothing there'
fi`
  return guarded(guard, '', body)
}

/** The card's address by which peers call it, or why nothing was done. */
export function parseDrill(
  output: string,
): { readonly ok: true; readonly mac: string } | { readonly ok: false; readonly why: string } {
  const lines = output.split('\n')
  const [start, end] = [lines.indexOf(WRITE_HEAD), lines.indexOf(WRITE_END)]
  if (start < 0 || end < start) return { ok: false, why: 'its answer was cut: whether it falls silent is not known' }
  const said = lines.slice(start + 1, end)
  const refused = said.find((line) => line.startsWith(REFUSED))
  if (refused !== undefined)
    return {
      ok: false,
      why: `the host refused it: ${printableLine(refused.slice(REFUSED.length).replace(/^\S+ /, ''))}`,
    }
  const lacks = said.find((line) => line.startsWith('lacks '))
  if (lacks !== undefined) return { ok: false, why: printableLine(lacks.slice(6)) }
  const mac = /^drill ([0-9a-f:]{17})$/.exec(said.find((line) => line.startsWith('drill ')) ?? '')?.[1]
  return mac === undefined ? { ok: false, why: 'its answer makes no sense' } : { ok: true, mac }
}

/**
 * Run on a peer in the same network: calls the silent host, which can't be asked for its hardware address any more, so that
 * it ends the drill. Prints `called` where the word was sent.
 */
export function callScript(address: string, mac: string): string {
  return `${PROLOGUE}a=${quote(address)} m=${quote(mac)}
d=$(ip -o route get "$a" 2>/dev/null | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p')
[ -n "$d" ] && command -v bash >/dev/null 2>&1 || exit 0
for n in 1 2 3; do
  ip neigh replace "$a" lladdr "$m" dev "$d" nud reachable && bash -c "echo hc >/dev/udp/$a/${DRILL_PORT}" && echo called
  sleep 0.2
done 2>/dev/null
`
}
