import { expect, test } from 'vitest'
import { Questions } from '../../src/controller/questions.js'

test('nobody to ask, and nothing asked: there is nothing to wait for', async () => {
  const questions = new Questions()
  expect(questions.noticed(undefined)).toBeNull()
  expect(await questions.answered()).toBe(false)
})

test('a look waits until all questions are answered, and is told so once', async () => {
  const questions = new Questions()
  const answers: ((text: string) => void)[] = []
  const ask = questions.noticed(
    (file: string) => new Promise<string>((resolve) => answers.push((text) => resolve(file + text))),
  )
  const asked = [ask?.('a'), ask?.('b')]
  let over = false
  const waiting = questions.answered().then((was) => {
    over = true
    return was
  })
  answers[0]?.('1')
  await asked[0]
  await new Promise((resolve) => setImmediate(resolve))
  expect(over).toBe(false)
  answers[1]?.('2')
  expect(await Promise.all(asked)).toEqual(['a1', 'b2'])
  expect(await waiting).toBe(true)
  expect(await questions.answered()).toBe(false)
})

test("a question that fails is answered too, and its failure is the caller's", async () => {
  const questions = new Questions()
  const ask = questions.noticed(() => Promise.reject(new Error('no terminal')))
  await expect(ask?.()).rejects.toThrow('no terminal')
  expect(await questions.answered()).toBe(true)
})

test('a question waits for what comes first, and is never asked where that fails', async () => {
  const questions = new Questions()
  const asked: string[] = []
  const ask = questions.noticed(async (what: string) => {
    asked.push(what)
    return true
  })
  let goOn: (() => void) | undefined
  questions.hold(
    new Promise<void>((resolve) => {
      goOn = resolve
    }),
  )
  const first = ask?.('one')
  await new Promise((resolve) => setImmediate(resolve))
  expect(asked).toEqual([])
  goOn?.()
  expect(await first).toBe(true)
  expect(asked).toEqual(['one'])
  questions.hold(Promise.reject(new Error('a job file has a fault')))
  await expect(ask?.('two')).rejects.toThrow('a fault')
  expect(asked).toEqual(['one'])
})
