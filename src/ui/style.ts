// Colour, decided once per stream. Colour repeats what a word already says; it is never the only sign.

/** What a piece of text tells. */
export type Tone = 'good' | 'warn' | 'bad' | 'dim' | 'bold' | 'plain'

/** How text is written to one stream. */
export interface Style {
  readonly colour: boolean
  /** The terminal can show characters beyond ASCII. */
  readonly unicode: boolean
  paint(tone: Tone, text: string): string
}

const CODES: Readonly<Record<Exclude<Tone, 'plain'>, readonly [number, number]>> = {
  good: [32, 39],
  warn: [33, 39],
  bad: [31, 39],
  dim: [2, 22],
  bold: [1, 22],
}

/** What decides about colour. */
export interface StyleInput {
  readonly isTTY: boolean
  readonly noColor: boolean
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Colour by --no-color, NO_COLOR (no-color.org: set and not empty), FORCE_COLOR (not empty and not `0`), TERM=dumb and
 * whether the stream is a terminal, in this order. Unicode by the locale's character set.
 */
export function makeStyle(input: StyleInput): Style {
  const colour = wantsColour(input)
  const locale = input.env.LC_ALL || input.env.LC_CTYPE || input.env.LANG || ''
  return {
    colour,
    unicode: /utf-?8/i.test(locale),
    paint: (tone, text) => {
      if (!colour || tone === 'plain' || text === '') return text
      const [on, off] = CODES[tone]
      return `\x1b[${on}m${text}\x1b[${off}m`
    },
  }
}

function wantsColour({ isTTY, noColor, env }: StyleInput): boolean {
  if (noColor || env.NO_COLOR) return false
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '') return env.FORCE_COLOR !== '0'
  return isTTY && env.TERM !== 'dumb'
}

/** No colour, ASCII only: for pipes and tests. */
export const PLAIN: Style = makeStyle({ isTTY: false, noColor: true, env: {} })
