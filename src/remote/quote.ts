// The one place where a string becomes part of a shell script.
import { assert } from '../model/errors.js'

/**
 * A word of POSIX sh that stands for exactly this text. Always quoted, so that it is never a keyword, an alias, an
 * assignment, a pattern or an option's expansion. Text with NUL cannot be a word: send such bytes by `bytesWord`.
 */
export function quote(value: string): string {
  assert(!value.includes('\0'), 'a shell word cannot hold NUL')
  return `'${value.replaceAll("'", `'\\''`)}'`
}

/** Several words, as one command or argument list. */
export function words(argv: readonly string[]): string {
  return argv.map(quote).join(' ')
}

/** A non-negative integer as a shell word; refuses everything else, so that arithmetic never sees text. */
export function number(value: number): string {
  assert(Number.isSafeInteger(value) && value >= 0, `${value} is no whole number`)
  return String(value)
}

/** Text that is the same bytes as `bytes`, or null where there is none (not UTF-8, or NUL in it). */
function asText(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

const BASE64_CHUNK = 0x6000

/** Base64 (RFC 4648) of any bytes, without line breaks. */
export function base64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += BASE64_CHUNK) {
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + BASE64_CHUNK)))
  }
  return text
}

/** How bytes travel: `text` as they are, the rest in base64, which costs the host one process. */
export function bytesWord(bytes: Uint8Array): { readonly encoding: 'text' | 'base64'; readonly word: string } {
  const text = asText(bytes)
  return text === null ? { encoding: 'base64', word: quote(base64(bytes)) } : { encoding: 'text', word: quote(text) }
}
