// ansible_ssh_common_args and its kin: arguments of OpenSSH's ssh, as far as they are options of the connection.

/** What the arguments say. */
export interface SshArguments {
  /** Options of ssh_config: key in lower case -> value; the first one counts, as with ssh itself. */
  readonly options: Readonly<Record<string, string>>
  /** -i, -p, -l; null where not given. */
  readonly keyFile: string | null
  readonly port: string | null
  readonly user: string | null
  /** Arguments that mean nothing to hc. */
  readonly ignored: readonly string[]
}

/** Words of a POSIX shell line without expansions; null where a quote is left open. As Python's shlex.split. */
export function splitWords(line: string): readonly string[] | null {
  const words: string[] = []
  let word: string | null = null
  let quote = ''
  for (let index = 0; index < line.length; index += 1) {
    const letter = line[index] ?? ''
    if (quote !== '') {
      if (letter === quote) quote = ''
      else if (letter === '\\' && quote === '"' && '"\\$`'.includes(line[index + 1] ?? ' ')) word += line[++index] ?? ''
      else word += letter
    } else if (letter === '"' || letter === "'") {
      quote = letter
      word ??= ''
    } else if (letter === '\\' && index + 1 < line.length) word = (word ?? '') + (line[++index] ?? '')
    else if (/\s/.test(letter)) {
      if (word !== null) words.push(word)
      word = null
    } else word = (word ?? '') + letter
  }
  if (quote !== '') return null
  return word === null ? words : [...words, word]
}

/** Flags of ssh(1) that take a value; of those not listed in OPTIONS nothing is used. */
const WITH_VALUE = 'BbcDEeFIiJLlmOoPpQRSWw'
/** Flags that stand for an option. */
const OPTIONS: Readonly<Record<string, readonly [key: string, value: string | null]>> = {
  J: ['proxyjump', null],
  F: ['configfile', null],
  b: ['bindaddress', null],
  B: ['bindinterface', null],
  c: ['ciphers', null],
  m: ['macs', null],
  S: ['controlpath', null],
  '4': ['addressfamily', 'inet'],
  '6': ['addressfamily', 'inet6'],
  A: ['forwardagent', 'yes'],
  a: ['forwardagent', 'no'],
  C: ['compression', 'yes'],
}

/** Reads words of ssh's command line; `-F FILE` becomes the option `configfile`. */
export function readSshArguments(words: readonly string[]): SshArguments {
  const options = new Map<string, string>()
  const single = new Map<string, string>()
  const ignored: string[] = []
  const keep = (map: Map<string, string>, key: string, value: string) => {
    if (!map.has(key)) map.set(key, value)
  }
  const option = (text: string) => {
    const match = /^\s*([A-Za-z0-9]+)\s*(?:=|\s)\s*(.*)$/s.exec(text)
    if (match === null) ignored.push(`-o ${text}`)
    else keep(options, (match[1] ?? '').toLowerCase(), (match[2] ?? '').replace(/^"(.*)"$/, '$1'))
  }
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? ''
    if (!/^-[A-Za-z0-9]/.test(word)) {
      ignored.push(word)
      continue
    }
    // Flags without value may stand together (-4C); the first with one takes the rest or the next word.
    for (let at = 1; at < word.length; at += 1) {
      const flag = word[at] ?? ''
      const takes = WITH_VALUE.includes(flag)
      const value = takes ? word.slice(at + 1) || (words[++index] ?? '') : ''
      const known = OPTIONS[flag]
      if (flag === 'o') option(value)
      else if ('ipl'.includes(flag)) keep(single, flag, value)
      else if (known !== undefined) keep(options, known[0], known[1] ?? value)
      else ignored.push(takes ? `-${flag} ${value}` : `-${flag}`)
      if (takes) break
    }
  }
  return {
    options: Object.fromEntries(options),
    keyFile: single.get('i') ?? null,
    port: single.get('p') ?? null,
    user: single.get('l') ?? null,
    ignored,
  }
}
