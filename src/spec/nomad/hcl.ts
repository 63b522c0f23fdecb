// A job of Nomad's API as the HCL that people write.
import { type NomadBlock, type NomadValue, STRUCTS, type StructName } from './structs.js'

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_-]*$/
/** What Nomad itself puts in when it places the job; any other `${` is the program's own text. */
const NOMADS_OWN = /\$\{(?!(?:attr|node|meta|env|device)[.[]|NOMAD_)/g
const UNITS: readonly (readonly [string, number])[] = [
  ['h', 3_600e9],
  ['m', 60e9],
  ['s', 1e9],
  ['ms', 1e6],
]

/** The file of one job. */
export function jobHcl(job: NomadBlock): string {
  return `${blockLines('job', 'Job', job).join('\n')}\n`
}

function blockLines(word: string, name: StructName, block: NomadBlock): string[] {
  const { label, fields } = STRUCTS[name]
  const head = label === undefined ? word : `${word} ${quote(String(block[label]))}`
  const plain: (readonly [string, string])[] = []
  const blocks: string[][] = []
  for (const [field, [hcl, type]] of Object.entries(fields)) {
    const value = block[field]
    if (value === undefined || hcl === null) continue
    if (type === 'map' || type === 'config') blocks.push(mapLines(hcl, value))
    else if (typeof type === 'string')
      plain.push([hcl, type === 'duration' ? quote(duration(Number(value))) : inline(value)])
    else if ('one' in type) blocks.push(blockLines(hcl, type.one, asBlock(value)))
    else if ('many' in type) blocks.push(...asBlocks(value).map((each) => blockLines(hcl, type.many, each)))
    else blocks.push(...Object.values(asBlock(value)).map((each) => blockLines(hcl, type.named, asBlock(each))))
  }
  if (plain.length + blocks.length === 0) return [`${head} {}`]
  const body = aligned(plain)
  for (const lines of blocks) {
    if (body.length > 0) body.push('')
    body.push(...lines)
  }
  return [`${head} {`, ...indented(body), '}']
}

/** Spaces in front of each line, but for the text of a heredoc. */
function indented(lines: readonly string[]): string[] {
  return lines.map((line) =>
    line
      .split('\n')
      .map((each, index) => (index === 0 && each !== '' ? `  ${each}` : each))
      .join('\n'),
  )
}

function aligned(pairs: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...pairs.map(([name]) => name.length))
  return pairs.map(([name, value]) => `${name.padEnd(width)} = ${value}`)
}

/** A map is a block where its keys can be names in HCL, else a value. */
function mapLines(word: string, value: NomadValue): string[] {
  const pairs = Object.entries(asBlock(value)).map(([key, each]) => [key, inline(each)] as const)
  const names = pairs.every(([key]) => IDENTIFIER.test(key))
  const lines = aligned(names ? pairs : pairs.map(([key, each]) => [quote(key), each]))
  return [names ? `${word} {` : `${word} = {`, ...indented(lines), '}']
}

function inline(value: NomadValue): string {
  if (typeof value === 'string') return heredoc(value) ?? quote(value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return `[${value.map((each) => quote(String(each))).join(', ')}]`
  throw new Error('bug: a block where a value is written')
}

function asBlock(value: NomadValue): NomadBlock {
  if (typeof value === 'object' && !isList(value)) return value
  throw new Error('bug: no block')
}

function asBlocks(value: NomadValue): readonly NomadBlock[] {
  if (isList(value)) return value.map((each) => asBlock(each))
  throw new Error('bug: no list of blocks')
}

function isList(value: NomadValue): value is readonly string[] | readonly NomadBlock[] {
  return Array.isArray(value)
}

function literal(text: string): string {
  return text.replace(NOMADS_OWN, '$$$${').replaceAll('%{', '%%{')
}

/** A string of HCL2; `${` and `%{` are doubled, or HCL would read them as its own. */
export function quote(text: string): string {
  const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', '\\': '\\\\' }
  const escaped = literal(text).replace(
    /["\\\u0000-\u001f\u007f]/g,
    (char) => escapes[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `"${escaped}"`
}

/** Text of several lines as it is; null where it must be quoted. */
function heredoc(text: string): string | null {
  if (!/\n.*\n$/s.test(text) || /[\u0000-\u0008\u000b-\u001f\u007f]/.test(text)) return null
  let end = 'EOT'
  while (text.split('\n').some((line) => line.trim() === end)) end += 'T'
  return `<<${end}\n${literal(text)}${end}`
}

/** Nanoseconds as Go reads them: `1h30m`, `500ms`. */
export function duration(nanoseconds: number): string {
  let rest = Math.round(nanoseconds)
  let text = ''
  for (const [unit, size] of UNITS) {
    const amount = Math.floor(rest / size)
    if (amount > 0) text += `${amount}${unit}`
    rest -= amount * size
  }
  return text === '' ? '0s' : text
}
