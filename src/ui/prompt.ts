// Questions on a terminal.
import { createInterface } from 'node:readline'

/** The part of stdin that questions need. */
export interface Keyboard extends NodeJS.ReadableStream {
  setRawMode?(raw: boolean): unknown
  ref?(): unknown
  unref?(): unknown
}

/** Where a question is written to. */
export interface Paper {
  write(text: string): unknown
}

/**
 * Writes the question and reads one line, in the terminal's own line mode, so that Ctrl-C stays a signal. null where the
 * input ended or the signal was aborted.
 */
export function ask(input: Keyboard, paper: Paper, question: string, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    input.ref?.()
    const lines = createInterface({ input, terminal: false })
    let answered = false
    const finish = (answer: string | null) => {
      if (answered) return
      answered = true
      signal.removeEventListener('abort', abort)
      lines.close()
      input.unref?.()
      resolve(answer)
    }
    const abort = () => finish(null)
    paper.write(question)
    lines.once('line', finish)
    lines.once('close', abort)
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
  })
}

const [CTRL_C, CTRL_D, BACKSPACE, DELETE] = ['\x03', '\x04', '\b', '\x7f']

/** The same in raw mode: nothing is shown. `interrupt` is called for Ctrl-C, which is no signal there. */
export function askHidden(
  input: Keyboard,
  paper: Paper,
  question: string,
  signal: AbortSignal,
  interrupt: () => void,
): Promise<string | null> {
  return new Promise((resolve) => {
    let typed = ''
    const finish = (answer: string | null) => {
      input.off('data', read)
      signal.removeEventListener('abort', abort)
      input.setRawMode?.(false)
      input.pause()
      input.unref?.()
      paper.write('\n')
      resolve(answer)
    }
    const abort = () => finish(null)
    const read = (chunk: Buffer | string) => {
      for (const key of chunk.toString()) {
        if (key === CTRL_C) interrupt()
        if (key === CTRL_C || key === CTRL_D) return finish(null)
        if (key === '\r' || key === '\n') return finish(typed)
        typed = key === BACKSPACE || key === DELETE ? typed.slice(0, -1) : typed + key
      }
    }
    paper.write(question)
    input.ref?.()
    input.setRawMode?.(true)
    input.on('data', read)
    input.resume()
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
  })
}
