// Hosts as people name them on a command line: nuc1=root@192.168.1.11:22, nuc[1:3], admin@192.168.1.[11:13].
import type { NamedHost } from '../model/init.js'
import { SLOT_SUFFIX } from '../model/names.js'
import { expandRange, splitPort } from './ranges.js'

/** Hosts, or what is wrong with the word. */
export type ReadHostWord =
  | { readonly ok: true; readonly hosts: readonly NamedHost[] }
  | { readonly ok: false; readonly message: string; readonly hint: string }

const FORMS = 'write NAME=ADDRESS, USER@ADDRESS, ADDRESS:PORT or a range such as nuc[1:3]'
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/
const ADDRESS = /^[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?\.?$/
const IPV6 = /^[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9._-]+)?$/
const USER = /^[A-Za-z_][A-Za-z0-9_.-]*\$?$/

/** Words of a line: blanks and commas part them, but not within the brackets of a range. */
export function hostWords(line: string): readonly string[] {
  return line.match(/(?:\[[^\]]*\]|[^\s,[])+|\[/g) ?? []
}

/** One word. Ranges in name and address go together pair by pair: nuc[1:3]=192.168.1.[11:13]. */
export function readHostWord(word: string): ReadHostWord {
  const equals = word.indexOf('=')
  const name = equals < 0 ? null : word.slice(0, equals)
  const target = word.slice(equals + 1)
  const at = target.lastIndexOf('@')
  const user = at < 0 ? null : target.slice(0, at)
  const wrong = (message: string, hint = FORMS): ReadHostWord => {
    const said = message.startsWith(`"${word}"`) ? message : `"${word}": ${message}`
    return { ok: false, message: said, hint }
  }
  if (user !== null && !USER.test(user)) return wrong(`"${user}" is no user name`)
  const { address, port } = divide(target.slice(at + 1))
  if (address === '') return wrong('there is no address')
  if (port !== null && (port < 1 || port > 65_535)) return wrong(`${port} is no port`)
  const addresses = IPV6.test(address) ? { ok: true as const, names: [address] } : expandRange(address)
  if (!addresses.ok) return wrong(addresses.message)
  const bad = addresses.names.find((each) => !isAddress(each))
  if (bad !== undefined) return wrong(`"${bad}" is neither an address nor a host name`)
  const names = name === null ? null : expandRange(name)
  if (names !== null && !names.ok) return wrong(names.message)
  const unfit = names?.names.find((each) => !SLOT_SUFFIX.test(each))
  if (unfit !== undefined) return wrong(`"${unfit}" is no name for a host`, 'use letters, digits, "-", "." and "_"')
  if (names !== null && names.names.length !== addresses.names.length) {
    return wrong(`${names.names.length} names stand for ${addresses.names.length} addresses`)
  }
  const hosts = addresses.names.map((each, index) => ({ name: names?.names[index] ?? null, address: each, user, port }))
  return { ok: true, hosts }
}

/** Digits and dots alone are a whole IPv4 address or nothing: 9 would be taken for 0.0.0.9. */
function isAddress(text: string): boolean {
  return /^[\d.]+$/.test(text) ? IPV4.test(text) : ADDRESS.test(text) || IPV6.test(text)
}

/** Address and port: `[fd00::1]:22`, `nuc1:22`, or an address alone. */
function divide(text: string): { readonly address: string; readonly port: number | null } {
  const bracketed = /^\[([^\]]*)\](?::(\d{1,5}))?$/.exec(text)
  if (bracketed?.[1] !== undefined && IPV6.test(bracketed[1])) {
    return { address: bracketed[1], port: bracketed[2] === undefined ? null : Number(bracketed[2]) }
  }
  if (IPV6.test(text)) return { address: text, port: null }
  const { name, port } = splitPort(text)
  return { address: name, port }
}

/** A name for a host that was only given an address: its first label, or `host-11` for 192.168.1.11. */
export function nameOfAddress(address: string): { readonly name: string; readonly chosen: boolean } {
  if (IPV6.test(address) || /^[\d.]+$/.test(address)) {
    const last = address
      .replace(/%.*$/, '')
      .split(/[.:]/)
      .filter((part) => part !== '')
      .at(-1)
    return { name: `host-${last ?? 1}`, chosen: false }
  }
  const [label = ''] = address.split('.')
  if (/^localhost$/i.test(label)) return { name: label, chosen: false }
  return SLOT_SUFFIX.test(label) ? { name: label, chosen: true } : { name: 'host', chosen: false }
}

/** The name, or the first of name-2, name-3, ... that is not taken. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name
  for (let number = 2; taken.has(free); number += 1) free = `${name}-${number}`
  return free
}
