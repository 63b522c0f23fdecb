// Asking a person on the terminal.
import { openSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { ReadStream, WriteStream } from 'node:tty'

/**
 * Asks for the passphrase of a key file on the terminal, without echo. null: there is no terminal, or the answer was empty or
 * Ctrl-C. Uses /dev/tty, so that stdin and stdout stay free.
 */
export async function askPassphrase(file: string): Promise<string | null> {
  return onTerminal((input, output) => readHidden(input, output, `Passphrase of ${file}: `))
}

/** Asks a question that is answered by yes or no; anything else, and no terminal, is no. */
export async function askYes(question: string): Promise<boolean> {
  const answer = await onTerminal(async (input, output) => {
    const reader = createInterface({ input, output, terminal: false })
    try {
      return await new Promise<string>((resolve) => {
        reader.once('close', () => resolve(''))
        reader.question(`${question} (yes/no) `).then(resolve, () => resolve(''))
      })
    } finally {
      reader.close()
    }
  })
  return answer !== null && /^y(es)?$/i.test(answer.trim())
}

async function onTerminal<T>(ask: (input: ReadStream, output: WriteStream) => Promise<T>): Promise<T | null> {
  let input: ReadStream | null = null
  let output: WriteStream | null = null
  try {
    input = new ReadStream(openSync('/dev/tty', 'r'))
    output = new WriteStream(openSync('/dev/tty', 'w'))
    return await ask(input, output)
  } catch {
    return null
  } finally {
    input?.destroy()
    output?.destroy()
  }
}

const [ENTER, NEWLINE, CTRL_C, CTRL_D, CTRL_U, BACKSPACE, DELETE] = [
  '\r',
  '\n',
  '\u0003',
  '\u0004',
  '\u0015',
  '\b',
  '\u007f',
]

function readHidden(input: ReadStream, output: WriteStream, question: string): Promise<string | null> {
  output.write(question)
  input.setRawMode(true)
  input.setEncoding('utf8')
  return new Promise<string | null>((resolve) => {
    let typed = ''
    const end = (answer: string | null) => {
      input.setRawMode(false)
      input.removeAllListeners('data')
      output.write('\n')
      resolve(answer === '' ? null : answer)
    }
    input.on('data', (chunk) => {
      for (const character of String(chunk)) {
        if (character === ENTER || character === NEWLINE) return end(typed)
        if (character === CTRL_C || character === CTRL_D) return end(null)
        if (character === CTRL_U) typed = ''
        else if (character === BACKSPACE || character === DELETE) typed = [...typed].slice(0, -1).join('')
        else typed += character
      }
    })
    input.on('end', () => end(null))
  })
}
