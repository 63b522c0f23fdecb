import { expect, test, vi } from 'vitest'
import { watchInterrupt } from '../../src/ui/interrupt.js'
import { FakeTerminal } from './fake-terminal.js'

function watch(options: { leaves?: string; follows?: boolean } = {}) {
  const terminal = new FakeTerminal()
  const said: string[] = []
  const interrupt = watchInterrupt(terminal, {
    leaves: () => options.leaves ?? '',
    follows: options.follows ?? false,
    say: (line) => said.push(line),
  })
  return { terminal, said, interrupt }
}

test('the first signal aborts, whichever it is; the second exits', () => {
  const { terminal, said, interrupt } = watch({ leaves: 'it goes on.' })
  expect([interrupt.signal.aborted, interrupt.by]).toEqual([false, null])
  terminal.end('SIGTERM')
  expect([interrupt.signal.aborted, interrupt.by, terminal.exited]).toEqual([true, 'SIGTERM', null])
  expect(said).toEqual(['Interrupted: it goes on.'])
  terminal.end('SIGINT')
  expect([interrupt.by, terminal.exited]).toEqual(['SIGTERM', 130])
})

test('that a second one ends it at once is told where it takes a while', () => {
  vi.useFakeTimers()
  try {
    const [slow, quick] = [watch({ leaves: 'it goes on.' }), watch()]
    slow.terminal.end('SIGINT')
    quick.terminal.end('SIGINT')
    vi.advanceTimersByTime(500)
    quick.interrupt.stop()
    vi.advanceTimersByTime(600)
    expect(slow.said).toEqual(['Interrupted: it goes on.', 'Ctrl-C once more leaves at once.'])
    expect(quick.said).toEqual([''])
  } finally {
    vi.useRealTimers()
  }
})

test('where the reader goes away, what follows ends and what acts goes on', () => {
  const follows = watch({ follows: true })
  follows.terminal.readerGone()
  expect([follows.interrupt.signal.aborted, follows.interrupt.by]).toEqual([true, null])
  const acts = watch()
  acts.terminal.readerGone()
  expect(acts.interrupt.signal.aborted).toBe(false)
})

test('after its end it watches no more', () => {
  const { terminal, interrupt } = watch()
  interrupt.stop()
  terminal.end('SIGINT')
  expect([interrupt.signal.aborted, terminal.exited]).toEqual([false, null])
})
