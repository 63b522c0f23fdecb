// How a host is known to others: its network cards, the keys of its sshd, and the connection as it sees it.
import type { HostFacts } from '../model/host.js'
import { byName } from '../model/names.js'
import { printableLine } from './printable.js'

/** A hardware address in lower case. */
export const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5,19}$/
/** `TYPE BASE64`. */
export const HOST_KEY = /^[a-z0-9@.-]+ [A-Za-z0-9+/=]+$/

/** Sets $own and $peer, the two ends of the ssh connection; under sudo it stands in the environment of a process above. */
export const CONNECTION = `
connection() {
  own= peer= ssh=$SSH_CONNECTION p=$$ n=0
  while [ -z "$ssh" ] && [ "$p" -gt 1 ] && [ $n -lt 8 ]; do
    ssh=$(tr '\\000' '\\n' </proc/$p/environ | sed -n 's/^SSH_CONNECTION=//p')
    p=$(sed -n 's/^PPid:[^0-9]*//p' /proc/$p/status) n=$((n + 1))
  done
  case $ssh in (*' '*' '*' '*) set -- $ssh; peer=$1 own=$3 ;; esac
} 2>/dev/null
`

/** Prints `connection OWN PEER`: in full probes only, since it may take processes. Before the first section. */
export const SHOW_CONNECTION = `${CONNECTION}own=
if [ "$uid" = 0 ]; then connection; fi
if [ -n "$own" ]; then put connection "$own" "$peer"; fi
`

/**
 * Prints `subnet DESTINATION MASK` for each network that is reached without a router, as /proc/net has them: IPv4 in hex, the
 * least significant byte first; IPv6 in hex, with the length of the prefix in hex.
 */
const SUBNETS = `
subnets() {
  while read -r i d g f r u m k rest; do
    case $g/$i in (*/lo | */'*') ;; (00000000/*) put subnet "$d" "$k" ;; esac
  done </proc/net/route
  while read -r d p s x n m r u f i; do
    case $n/$p/$d/$i in
      (*/00/* | */80/* | */fe80* | */ff* | */lo) ;;
      (00000000000000000000000000000000/*) put subnet "$d" "$p" ;;
    esac
  done </proc/net/ipv6_route
} 2>/dev/null
`

/**
 * Prints `mac ADDRESS` and `host-key TYPE BASE64`; expects `put`. Bridges and pairs that container engines make are left
 * out: their addresses may be the same on every host.
 */
export const IDENTITY = `${SUBNETS}
identity() {
  subnets
  for f in /sys/class/net/*/address; do
    x=\${f%/address} x=\${x##*/}
    case $x in (lo | docker* | br-* | veth* | podman* | cni* | virbr* | flannel*) continue ;; esac
    if read -r x <"$f"; then put mac "$x"; fi
  done
  for f in /etc/ssh/ssh_host_*_key.pub; do
    if read -r kind key rest <"$f"; then put host-key "$kind" "$key"; fi
  done
} 2>/dev/null
`

const unique = (list: readonly string[]): string[] => [...new Set(list)].sort(byName)

/** Those lines, read. `valuesOf`: the lines that begin with a key, without it. */
export function parseSelf(
  valuesOf: (key: string) => readonly string[],
): Pick<HostFacts, 'macs' | 'hostKeys' | 'subnets' | 'connection'> {
  const macs = valuesOf('mac')
    .map((line) => line.toLowerCase())
    .filter((line) => MAC.test(line) && !/^[0:]+$/.test(line))
  const keys = valuesOf('host-key').filter((line) => HOST_KEY.test(line))
  const subnets = valuesOf('subnet').flatMap((line) => subnetOf(line) ?? [])
  const [own, peer] = (valuesOf('connection')[0] ?? '').split(' ')
  return {
    ...(macs.length === 0 ? {} : { macs: unique(macs) }),
    ...(keys.length === 0 ? {} : { hostKeys: unique(keys) }),
    ...(subnets.length === 0 ? {} : { subnets: unique(subnets) }),
    ...(own && peer ? { connection: { own: printableLine(own, 64), peer: printableLine(peer, 64) } } : {}),
  }
}

/** A line of SUBNETS as `10.0.0.0/24`; null: it is none. */
function subnetOf(line: string): string | null {
  const [destination = '', mask = ''] = line.split(' ')
  if (/^[0-9A-F]{8} [0-9A-F]{8}$/i.test(line)) {
    const bits = Number.parseInt(mask, 16).toString(2)
    return `${bytesOf(destination).reverse().join('.')}/${bits.replaceAll('0', '').length}`
  }
  if (!/^[0-9a-f]{32} [0-9a-f]{2}$/i.test(line)) return null
  const groups = destination.match(/.{4}/g) ?? []
  return `${new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1)}/${Number.parseInt(mask, 16)}`
}

function bytesOf(hex: string): number[] {
  return (hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16))
}
