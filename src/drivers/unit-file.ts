// Text of systemd unit files: quoting, escaping, sections. See systemd.syntax(7) and systemd.service(5).
import { assert, UserError } from '../model/errors.js'

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '%': '%%',
}

/**
 * Returns text that systemd takes. It refuses a whole unit for one of Unicode's noncharacters (U+FDD0 to U+FDEF, and the
 * last two of each plane), even escaped. Throws UserError for those.
 */
export function forSystemd(value: string): string {
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0
    if ((code & 0xfffe) !== 0xfffe && !(code >= 0xfdd0 && code <= 0xfdef)) continue
    throw new UserError(`U+${code.toString(16).toUpperCase()} is no character, and systemd takes no text with it`, {
      hint: 'encode the value (base64), or bring it as a file with files:',
    })
  }
  return value
}

/**
 * One word of a directive that takes words (`Environment=`, `BindPaths=`): quoted, C escapes for what would end the
 * quotes or the line, `%` doubled against specifiers.
 */
export function unitQuote(value: string): string {
  assert(!value.includes('\0'), 'a unit file cannot hold NUL')
  const escaped = forSystemd(value).replace(/[\u0000-\u001f\u007f"\\%]/g, (character) => {
    return ESCAPES[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
  return `"${escaped}"`
}

/** One argument of `ExecStart=` and its like: as `unitQuote`, and `$` doubled against environment variables. */
export function argumentQuote(value: string): string {
  return unitQuote(value).replaceAll('$', '$$$$')
}

/** The value of a directive that takes the rest of its line as it is (`User=`, `Description=`, a path alone). */
export function plainValue(value: string): string {
  assert(!/[\u0000\n\r]/.test(value), 'a directive is one line')
  return value.replaceAll('%', '%%').replace(/\\$/, '\\\\')
}

/**
 * A whole command line. The program itself is never expanded by systemd, so its `$` stays single; `prefix` is `-`, `+`
 * and so on, see the table of special prefixes in systemd.service(5).
 */
export function commandLine(argv: readonly string[], prefix = ''): string {
  const [program = '', ...rest] = argv
  assert(program !== '', 'a command needs a program')
  return [`${prefix}${unitQuote(program)}`, ...rest.map(argumentQuote)].join(' ')
}

/** A span of time as systemd reads it. */
export function span(millis: number): string {
  return millis % 1000 === 0 ? `${millis / 1000}s` : `${millis}ms`
}

/** Directives of one section, in order; a value already quoted for its place. */
export type Directives = readonly (readonly [directive: string, value: string])[]

/** Sections in order. */
export interface UnitText {
  readonly [section: string]: Directives
}

/** The operator's own directives, as they are. */
export type Extra = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>

/** The text of a unit file. Sections of `extra` are merged into ours, behind our lines; line ends in values can't make lines. */
export function renderUnit(unit: UnitText, extra: Extra = {}): string {
  const names = [
    ...Object.keys(unit),
    ...Object.keys(extra)
      .filter((name) => !(name in unit))
      .sort(),
  ]
  const sections = names.map((name) => {
    const own = (unit[name] ?? []).map(([directive, value]) => `${directive}=${value}`)
    const added = Object.entries(extra[name] ?? {}).flatMap(([directive, values]) =>
      values.map((value) => `${directive}=${value.replace(/[\r\n\u0000]+/g, ' ')}`),
    )
    return [`[${name}]`, ...own, ...added].join('\n')
  })
  return `# Written by hc; changes here are lost at the next start by hc.\n${sections.join('\n\n')}\n`
}
