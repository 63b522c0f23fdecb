// A command line as bash has it in COMP_LINE, broken into words.

/** The words up to the cursor; the last one is the one at the cursor, empty after a space. Quotes that are open count as closed. */
export function splitLine(line: string): readonly string[] {
  const words: string[] = []
  let word = ''
  let begun = false
  let quote = ''
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] ?? ''
    if (quote !== "'" && char === '\\') {
      at += 1
      word += line[at] ?? ''
      begun = true
    } else if (quote !== '') {
      if (char === quote) quote = ''
      else word += char
    } else if (char === '"' || char === "'") {
      quote = char
      begun = true
    } else if (/\s/.test(char)) {
      if (begun) words.push(word)
      word = ''
      begun = false
    } else if (/[;|&]/.test(char)) {
      // Another command begins: `cd /srv && hc st`. In a pattern (`web:&rack1`) the sign is quoted, or the shell would not pass it on.
      words.length = 0
      word = ''
      begun = false
    } else {
      word += char
      begun = true
    }
  }
  return [...words, word]
}
