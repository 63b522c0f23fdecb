// A line into words as Python's shlex.split(line, comments=True) does it: quotes, backslashes, `#` comments.

/** One word and where in the line it begins. */
export interface Word {
  readonly text: string
  readonly offset: number
}

const SPACE = ' \t\r\n'

/** The words of a line, or what is wrong with it. A `#` ends the line also in the middle of a word, as in Python. */
export function splitLine(line: string): readonly Word[] | string {
  const words: Word[] = []
  let word: { text: string; offset: number } | null = null
  let quote = ''
  for (let index = 0; index < line.length; index += 1) {
    const letter = line[index] ?? ''
    if (quote !== '') {
      if (letter === quote) quote = ''
      else if (letter === '\\' && quote === '"' && '"\\'.includes(line[index + 1] ?? ' '))
        word = grown(word, line[++index])
      else word = grown(word, letter)
      continue
    }
    if (SPACE.includes(letter)) {
      if (word !== null) words.push(word)
      word = null
      continue
    }
    if (letter === '#') break
    word ??= { text: '', offset: index }
    if (letter === '"' || letter === "'") quote = letter
    else if (letter !== '\\') word.text += letter
    else if (index + 1 < line.length) word.text += line[++index]
    else return 'a backslash stands at its end'
  }
  if (quote !== '') return `a quote (${quote}) is left open`
  if (word !== null) words.push(word)
  return words
}

function grown(word: { text: string; offset: number } | null, letter = '') {
  return { text: `${word?.text ?? ''}${letter}`, offset: word?.offset ?? 0 }
}
