// Python's fnmatch and re, as far as host patterns use them.

/** The body of a `[...]` of fnmatch as one of a regular expression; null where it can match nothing. */
function setExpression(inside: string): string | null {
  const negated = inside.startsWith('!')
  const rest = negated ? inside.slice(1) : inside
  let source = ''
  for (let index = 0; index < rest.length; index += 1) {
    const [from = '', dash, to] = [rest[index], rest[index + 1], rest[index + 2]]
    if (dash === '-' && to !== undefined) {
      // A range that runs backwards is nothing.
      if (from <= to) source += `${escaped(from)}-${escaped(to)}`
      index += 2
    } else source += escaped(from)
  }
  if (source === '') return negated ? '.' : null
  return `[${negated ? '^' : ''}${source}]`
}

function escaped(letter: string): string {
  return letter.replace(/[\\\]^[-]/, '\\$&')
}

/** As fnmatch.translate: `*`, `?`, `[seq]`, `[!seq]`; the whole name has to match. */
export function globExpression(glob: string): RegExp {
  let source = ''
  for (let index = 0; index < glob.length; index += 1) {
    const letter = glob[index] ?? ''
    const end = letter === '[' ? glob.indexOf(']', index + (glob[index + 1] === '!' ? 3 : 2)) : -1
    if (letter === '*') source += '.*'
    else if (letter === '?') source += '.'
    else if (end > 0) {
      source += setExpression(glob.slice(index + 1, end)) ?? '(?!)'
      index = end
    } else source += letter.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  }
  return new RegExp(`^(?:${source})$`, 's')
}

/**
 * As re.compile and match: anchored at the beginning only. Knows Python's `(?P<name>`, `(?P=name)`, `\A`, `\Z` and flags at
 * the very beginning; throws SyntaxError where it is none.
 */
export function pythonExpression(source: string): RegExp {
  const flags = /^\(\?([aimsu]+)\)/.exec(source)
  const body = source
    .slice(flags?.[0].length ?? 0)
    .replaceAll('(?P<', '(?<')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replace(/\\([AZ])/g, (_, letter) => (letter === 'A' ? '(?<![^])' : '(?![^])'))
  const kept = [...new Set(flags?.[1] ?? '')].filter((flag) => 'ims'.includes(flag)).join('')
  return new RegExp(`(?:${body})`, `y${kept}`)
}
