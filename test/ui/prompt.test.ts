import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { ask, askHidden } from '../../src/ui/prompt.js'

function desk() {
  const input = new PassThrough()
  const raw: boolean[] = []
  const keyboard = Object.assign(input, { setRawMode: (on: boolean) => raw.push(on) })
  let written = ''
  const paper = {
    write: (text: string) => {
      written += text
    },
  }
  const controller = new AbortController()
  return { keyboard, raw, paper, controller, signal: controller.signal, written: () => written }
}

test('a line is the answer, and the next question can be asked on the same input', async () => {
  const { keyboard, paper, signal, written } = desk()
  const first = ask(keyboard, paper, 'Apply? ', signal)
  keyboard.write('yes\n')
  expect(await first).toBe('yes')
  const second = ask(keyboard, paper, 'Sure? ', signal)
  keyboard.write('no\n')
  expect(await second).toBe('no')
  expect(written()).toBe('Apply? Sure? ')
})

test('no answer: the input ends, or the work is aborted', async () => {
  const ended = desk()
  const one = ask(ended.keyboard, ended.paper, '?', ended.signal)
  ended.keyboard.end()
  expect(await one).toBeNull()
  const aborted = desk()
  const two = ask(aborted.keyboard, aborted.paper, '?', aborted.signal)
  const three = askHidden(aborted.keyboard, aborted.paper, '?', aborted.signal, () => undefined)
  aborted.controller.abort()
  expect(await Promise.all([two, three])).toEqual([null, null])
  expect(await ask(aborted.keyboard, aborted.paper, '?', aborted.signal)).toBeNull()
})

test('what is hidden is not shown, backspace works, and the mode is put back', async () => {
  const { keyboard, raw, paper, signal, written } = desk()
  const answer = askHidden(keyboard, paper, 'Passphrase: ', signal, () => undefined)
  keyboard.write('secx')
  keyboard.write('\x7fret\r')
  expect(await answer).toBe('secret')
  expect([written(), raw]).toEqual(['Passphrase: \n', [true, false]])
})

test('Ctrl-C in raw mode is passed on', async () => {
  const { keyboard, paper, signal } = desk()
  let interrupted = 0
  const answer = askHidden(keyboard, paper, '?', signal, () => {
    interrupted += 1
  })
  keyboard.write('sec\x03')
  expect([await answer, interrupted]).toEqual([null, 1])
})
