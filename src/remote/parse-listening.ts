// Sockets that listen: from ss, or from /proc/net where there is no ss.
import type { ListeningPort } from '../model/host.js'
import { byName } from '../model/names.js'
import { wholeNumber } from './text.js'

/** `0100007F` -> `127.0.0.1`; IPv6 as eight groups. /proc/net prints 32-bit words in the host's (little-endian) order. */
function fromHex(hex: string): string | null {
  if (!/^(?:[0-9A-F]{8}|[0-9A-F]{32})$/i.test(hex)) return null
  const octets: number[] = []
  for (let word = 0; word < hex.length; word += 8) {
    for (let at = 6; at >= 0; at -= 2) octets.push(Number.parseInt(hex.slice(word + at, word + at + 2), 16))
  }
  if (octets.length === 4) return octets.join('.')
  if (octets.every((octet) => octet === 0)) return '::'
  const groups: string[] = []
  for (let at = 0; at < 16; at += 2) groups.push((((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0)).toString(16))
  return groups.join(':')
}

function fromSs(line: string): ListeningPort | null {
  const fields = line.trim().split(/\s+/)
  const [protocol] = fields
  if (protocol !== 'tcp' && protocol !== 'udp') return null
  const local = fields[4] ?? ''
  const colon = local.lastIndexOf(':')
  const port = wholeNumber(local.slice(colon + 1))
  if (colon < 0 || port === null || port < 1 || port > 65_535) return null
  const address = local.slice(0, colon).replace(/^\[|\]$/g, '')
  return { protocol, address, port }
}

function fromProc(line: string): ListeningPort | null {
  const match = /^(tcp|udp) ([0-9A-F]+):([0-9A-F]{4})$/i.exec(line)
  const address = fromHex(match?.[2] ?? '')
  const port = Number.parseInt(match?.[3] ?? '0', 16)
  if (!match || address === null || port === 0) return null
  return { protocol: match[1] === 'udp' ? 'udp' : 'tcp', address, port }
}

/** Each socket once, by protocol, port and address. */
export function parseListening(ss: readonly string[], procNet: readonly string[]): ListeningPort[] {
  const found = new Map<string, ListeningPort>()
  for (const socket of [...ss.map(fromSs), ...procNet.map(fromProc)]) {
    if (socket) found.set(`${socket.protocol} ${socket.address} ${socket.port}`, socket)
  }
  return [...found.values()].sort(
    (a, b) => byName(a.protocol, b.protocol) || a.port - b.port || byName(a.address, b.address),
  )
}
