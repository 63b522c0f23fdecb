// One host looks at others: which of them can it reach? All at once, each within a bound.
import type { HostName, Millis } from '../model/names.js'
import { PROLOGUE } from './layout.js'
import { MAC } from './probe-self.js'
import { number, quote } from './quote.js'

/** Whom to look at. */
export interface LookTarget {
  readonly name: HostName
  readonly address: string
  /** Its ssh port, for a look by connection. */
  readonly port: number
  /**
   * Ask by a connection too when a ping has no answer: for hosts that are known to drop pings. Not otherwise, since sshd
   * counts bare connections against their source.
   */
  readonly tcp?: boolean
}

/**
 * How an answer was got: `neighbour` where only the network card answers (ARP, NDP), so that the host lives behind a filter;
 * `own` where the address is one of who looks, so that nobody was asked; `none` where the host has no means to look.
 */
export type LookMethod = 'ping' | 'tcp' | 'neighbour' | 'own' | 'none'

const METHODS: readonly LookMethod[] = ['ping', 'tcp', 'neighbour', 'own', 'none']

/** What the looks gave. */
export interface Looks {
  readonly reached: readonly HostName[]
  readonly methods: Readonly<Record<HostName, LookMethod>>
  /** Hardware addresses that answered, of those on a subnet of who looks. */
  readonly cards: Readonly<Record<HostName, string>>
}

const LOOK = 'hc-look '

/**
 * `knock ADDRESS PORT`: a connection, bounded by $bound and $whole (seconds); 2: there is no means to try one. A reset is an
 * answer too: something lives there. dash and busybox know no /dev/tcp: bash is called by name.
 */
export const KNOCK = `
knock() {
  if command -v bash >/dev/null 2>&1; then
    x=$(timeout "$bound" bash -c 'exec 3<>"/dev/tcp/$1/$2"' knock "$1" "$2" 2>&1) && return 0
    case $x in (*refused*) return 0 ;; esac
    return 1
  fi
  command -v nc >/dev/null 2>&1 || return 2
  timeout "$bound" nc -z -w "$whole" "$1" "$2" >/dev/null 2>&1
}
`

/**
 * A host whose packet filter drops what comes in still answers for its hardware address. `forget ADDRESS` has the kernel ask for
 * that anew where it is on a subnet of this host, and sets $dev ($own: it is this host's own address); what stands there as REACHABLE
 * after a ping was answered since. An entry that others have caused (STALE) says nothing, nor one that could not be forgotten: that
 * takes root. Until the answer is there the old entry is used on (PROBE): were it dropped, this host would answer nobody behind that
 * address meanwhile, least of all one on a slow way that asks its voters whether it may go on. Dropped it is by `retire`, once the kernel has
 * asked twice in vain: the address may have another card by now, which only a question to all finds. busybox can only drop.
 */
const NEIGHBOUR = `
dev= own=
forget() {
  dev= own=
  command -v ip >/dev/null 2>&1 || return 0
  x=$(ip route get "$1" 2>/dev/null) || return 0
  case $x in (local' '*) own=y; return 0 ;; (*' via '*) return 0 ;; (*' dev '*) ;; (*) return 0 ;; esac
  x=\${x#* dev }
  dev=\${x%% *}
  x=$(ip neigh show to "$1" dev "$dev" 2>/dev/null)
  case $x in (*' lladdr '*REACHABLE* | *' lladdr '*STALE* | *' lladdr '*DELAY*) ;; (*) return 0 ;; esac
  x=\${x#* lladdr }
  ip neigh replace to "$1" dev "$dev" lladdr "\${x%% *}" nud probe >/dev/null 2>&1 && return 0
  ip neigh flush to "$1" dev "$dev" >/dev/null 2>&1
  near "$1" && dev=
  return 0
}
retire() {
  [ -n "$dev" ] || return 0
  case $(ip -s neigh show to "$1" dev "$dev") in (*' probes '[2-9]*) ip neigh flush to "$1" dev "$dev" ;; esac
} >/dev/null 2>&1
near() {
  [ -n "$dev" ] || return 1
  case $(ip neigh show to "$1" dev "$dev" 2>/dev/null) in (*REACHABLE*) return 0 ;; esac
  return 1
}
card() {
  [ -n "$dev" ] || return 0
  x=$(ip neigh show to "$1" dev "$dev" 2>/dev/null)
  case $x in (*lladdr' '*) x=\${x#*lladdr }; printf '%s' "\${x%% *}" ;; esac
}
`

/**
 * ping ends with 1 when there was no answer; with anything else it could not ask, and the ssh port is tried: by bash,
 * called by name since dash and busybox know no /dev/tcp, or by nc. A reset is an answer too: something lives there.
 */
const FUNCTIONS = `${KNOCK}${NEIGHBOUR}
say() { printf '${LOOK}%s %s %s %s\\n' "$1" "$2" "$3" "$4"; }
sayyes() { say yes "$1" "$2" "$(card "$3")"; }
sayno() { if near "$3"; then sayyes neighbour "$2" "$3"; else say no "$1" "$2"; retire "$3"; fi; }
look() {
  forget "$2"
  if [ -n "$own" ]; then say no own "$1"; return; fi
  if command -v ping >/dev/null 2>&1; then
    timeout "$bound" ping -n -q -c 1 -W "$whole" "$2" >/dev/null 2>&1
    case $? in
      (0) sayyes ping "$1" "$2"; return ;;
      (1 | 124 | 143) [ -n "$4" ] || { sayno ping "$1" "$2"; return; } ;;
    esac
  fi
  knock "$2" "$3"
  case $? in (0) sayyes tcp "$1" "$2" ;; (2) sayno none "$1" "$2" ;; (*) sayno tcp "$1" "$2" ;; esac
}
`

/** The script: looks at all targets side by side and ends when the last one is done, at most about `timeoutMs`. */
export function lookScript(targets: readonly LookTarget[], timeoutMs: Millis): string {
  const whole = Math.max(1, Math.ceil(timeoutMs / 1000))
  const looks = targets.map(
    ({ name, address, port, tcp }) => `look ${quote(name)} ${quote(address)} ${number(port)} ${tcp ? 'y' : "''"} &`,
  )
  // busybox's timeout takes whole seconds only.
  return `${PROLOGUE}bound=${number(Math.floor(timeoutMs / 1000))}.${String(timeoutMs % 1000).padStart(3, '0')} whole=${whole}
timeout "$bound" true 2>/dev/null || bound=$whole
${FUNCTIONS}
${looks.join('\n')}
wait
`
}

/** Reads the looks. A host that is not spoken of was not reached. */
export function parseLooks(output: string): Looks {
  const reached: HostName[] = []
  const methods: Record<HostName, LookMethod> = {}
  const cards: Record<HostName, string> = {}
  for (const line of output.split('\n')) {
    const match = /^hc-look (yes|no) (ping|tcp|neighbour|own|none) (\S+)(?: (\S+))?\s*$/.exec(line)
    const [, answer, method, name, card = ''] = match ?? []
    if (name === undefined) continue
    methods[name] = METHODS.find((known) => known === method) ?? 'none'
    if (answer === 'yes') reached.push(name)
    if (MAC.test(card.toLowerCase())) cards[name] = card.toLowerCase()
  }
  return { reached, methods, cards }
}
