// A thread of its own for work that takes seconds.
import { Worker } from 'node:worker_threads'
import type { Solver } from '../ports.js'

/**
 * `program`: a module that answers each message with one. Its thread is begun with the first question and serves all
 * others; it ends with the program, or when a question is given up. One question at a time.
 */
export function createSolver<Question, Answer>(program: URL): Solver<Question, Answer> {
  let worker: Worker | null = null
  const end = (ended: Worker) => {
    if (worker === ended) worker = null
    void ended.terminate()
  }
  return {
    solve: (question, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return resolve(null)
        const thread = worker ?? new Worker(program)
        worker = thread
        thread.ref()
        const finish = (act: () => void) => {
          for (const [event, listener] of Object.entries(listeners)) thread.off(event, listener)
          signal.removeEventListener('abort', onAbort)
          thread.unref()
          act()
        }
        const fail = (error: Error) =>
          finish(() => {
            end(thread)
            reject(error)
          })
        const onAbort = () =>
          finish(() => {
            end(thread)
            resolve(null)
          })
        const listeners = {
          message: (answer: Answer) => finish(() => resolve(answer)),
          error: fail,
          messageerror: fail,
          exit: (code: number) => fail(new Error(`the thread ended with ${code}`)),
        }
        for (const [event, listener] of Object.entries(listeners)) thread.on(event, listener)
        signal.addEventListener('abort', onAbort, { once: true })
        try {
          thread.postMessage(question)
        } catch (error) {
          fail(error instanceof Error ? error : new Error(String(error)))
        }
      }),
    close: () => {
      if (worker) end(worker)
    },
  }
}
