// What Ansible takes for a host name, alone or with a port: its parsing/utils/addresses.py, pattern by pattern.

const NUMERIC_RANGE = String.raw`\[(?:[0-9]+:[0-9]+)(?::[0-9]+)?\]`
const HEXADECIMAL_RANGE = String.raw`\[(?:[0-9a-f]+:[0-9a-f]+)(?::[0-9]+)?\]`
const ALPHANUMERIC_RANGE = String.raw`\[(?:[a-z]:[a-z]|[0-9]+:[0-9]+)(?::[0-9]+)?\]`
const I6 = `(?:[0-9a-f]{1,4}|${HEXADECIMAL_RANGE})`
const I4 = `(?:[01]?[0-9]{1,2}|2[0-4][0-9]|25[0-5]|${NUMERIC_RANGE})`
// Python's \w.
const WORD = String.raw`\p{L}\p{N}_`
const LABEL = `(?:[${WORD}]|${ALPHANUMERIC_RANGE})(?:[${WORD}-]|${ALPHANUMERIC_RANGE})*(?<![_-])`

const IPV4 = new RegExp(`^(?:${I4}\\.){3}${I4}$`, 'iu')
const IPV6 = new RegExp(
  `^(?:${[
    `(?:${I6}:){7}${I6}`,
    `(?:${I6}:){1,6}:`,
    `(?:${I6}:)(?::${I6}){1,6}`,
    `(?:${I6}:){2}(?::${I6}){1,5}`,
    `(?:${I6}:){3}(?::${I6}){1,4}`,
    `(?:${I6}:){4}(?::${I6}){1,3}`,
    `(?:${I6}:){5}(?::${I6}){1,2}`,
    `(?:${I6}:){6}(?::${I6})`,
    `:(?::${I6}){1,6}`,
    `${I6}?::`,
    `(?:0:){6}(?:${I6}\\.){3}${I6}`,
    `::(?:ffff:)?(?:${I6}\\.){3}${I6}`,
    `(?:0:){5}ffff:(?:${I6}\\.){3}${I6}`,
  ].join('|')})$`,
  'iu',
)
const HOST_NAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`, 'iu')
/** Most names: what also the last of these takes, known at a tenth of its price. */
const PLAIN_NAME = /^[a-z0-9]+(?:-+[a-z0-9]+)*(?:\.[a-z0-9]+(?:-+[a-z0-9]+)*)*$/i

const BRACKETED_PORT = /^\[(.+)\]:([0-9]+)$/u
const PORT = /^((?:[^:[\]]|\[[^\]]*\])*):([0-9]+)$/u

/** A name (ranges in it stay) and the port behind it. */
export interface HostAddress {
  readonly name: string
  readonly port: number | null
}

/** Ansible's parse_address with ranges allowed; null where the text is no host name to it, so that all of it is the name. */
export function parseAddress(text: string): HostAddress | null {
  let name = text
  let port: number | null = null
  // Both are tried, the second on what the first leaves.
  for (const pattern of [BRACKETED_PORT, PORT]) {
    const match = pattern.exec(name)
    if (match === null) continue
    name = match[1] ?? ''
    port = Number(match[2])
  }
  const isKnown =
    PLAIN_NAME.test(name) || IPV4.test(name) || (name.includes(':') && IPV6.test(name)) || HOST_NAME.test(name)
  return isKnown ? { name, port } : null
}
