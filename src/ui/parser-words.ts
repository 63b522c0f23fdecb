// What oclif's parser finds wrong with a command line, in hc's words and with the nearest right word.
import { didYouMean } from '../model/nearest.js'

/** A flag as far as it is needed here. */
interface KnownFlag {
  readonly char?: string
  readonly allowNo?: boolean
  readonly hidden?: boolean
}

/** What oclif's errors carry besides their message; which of it is there depends on the error. */
export interface ParserError extends Error {
  readonly flags?: readonly string[]
  readonly parse?: { readonly input?: { readonly flags?: Readonly<Record<string, KnownFlag>> } }
}

/** What is wrong, and what to do where that can be told. */
export interface Fault {
  readonly message: string
  readonly hint: string | null
}

/** What is wrong with the words of a command, in one sentence. */
export function parserFault(error: ParserError): Fault {
  const text = error.message
    .replace(/\n*See more help with --help\s*$/, '')
    .replace(/^Parsing (--\S+)\s+/, '$1: ')
    .replace(/\s*\n\s*/g, ' ')
  return (
    unknownFlag(error, text) ??
    wrongOption(text) ??
    missing(text) ??
    unexpected(text) ?? { message: plain(text), hint: null }
  )
}

function unknownFlag({ flags = [], parse }: ParserError, text: string): Fault | null {
  const all = /^Nonexistent flags?: (.*)$/.exec(text)?.[1]
  if (all === undefined) return null
  const known = Object.entries(parse?.input?.flags ?? {}).filter(([, { hidden }]) => hidden !== true)
  const names = known.flatMap(([name, { allowNo }]) =>
    allowNo === true ? [`--${name}`, `--no-${name}`] : [`--${name}`],
  )
  const first = flags[0]?.replace(/=.*$/, '') ?? ''
  return {
    message: `unknown flag: ${all}`,
    hint: first.startsWith('--') ? didYouMean(first, [...names, '--help']) : null,
  }
}

/** `Expected tcsh to be one of: bash, zsh`, `Expected --format=hlc to be one of: hcl, json`. */
function wrongOption(text: string): Fault | null {
  const [, given, list] = /^Expected (.*) to be one of: (.*)$/.exec(text) ?? []
  if (given === undefined || list === undefined) return null
  const [, flag, value] = /^(--[a-z-]+)=(.*)$/.exec(given) ?? [null, null, given]
  const near = didYouMean(value ?? '', list.split(', '))
  const message =
    flag === null || flag === undefined ? `"${value}" is not one of ${list}` : `${flag} takes no "${value}"`
  const takes = flag === null || flag === undefined ? null : `it takes ${list.replace(/, ([^,]*)$/, ' or $1')}`
  return { message, hint: near === null ? takes : [near, takes].filter(Boolean).join(' ') }
}

/** `Missing 1 required arg: host Its name`. */
function missing(text: string): Fault | null {
  const [, first] = /^Missing \d+ required args?: +(\S+)/.exec(text) ?? []
  return first === undefined ? null : { message: `${first.toUpperCase()} is missing`, hint: null }
}

function unexpected(text: string): Fault | null {
  const [, words] = /^Unexpected arguments?: (.*)$/.exec(text) ?? []
  return words === undefined ? null : { message: `there is no place for ${words}`, hint: null }
}

/** The others of oclif: what they say is right, how they say it is not. */
function plain(text: string): string {
  return text
    .replace(/^The following errors? occurred: +/, '')
    .replace(/Flag (--\S+) expects a value/, '$1 takes a value')
    .replace(
      /Expected an integer greater than or equal to (\S+) but received: (.*)/,
      'takes a number of at least $1, not "$2"',
    )
    .replace(
      /Expected an integer less than or equal to (\S+) but received: (.*)/,
      'takes a number of at most $1, not "$2"',
    )
    .replace(/Expected an integer but received: (.*)/, 'takes a whole number, not "$1"')
    .replace(/(--\S+?)=\S+ cannot also be provided when using (--[a-z-]+)/, '$1 and $2 exclude each other')
}
