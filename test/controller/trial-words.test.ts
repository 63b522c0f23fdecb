import { expect, test } from 'vitest'
import { inWordsOf } from '../../src/controller/trial-words.js'
import { connectFailure } from '../../src/ssh/failures.js'
import { TRIED } from '../commands/fake-edits.js'

const SETTINGS: Parameters<typeof connectFailure>[0] = Object.assign(Object.create(null), { address: 'nuc9', port: 22 })

test('a host that is being named has no variable to set yet', () => {
  const { failure } = connectFailure(SETTINGS, Object.assign(new Error(), { code: 'ENOTFOUND' }))
  const view = { ...TRIED, ok: false, reason: failure.message, hint: failure.hint ?? null }
  const hints = (['init', 'add'] as const).map((command) => inWordsOf(command, [view, TRIED]).map(({ hint }) => hint))
  expect(hints).toEqual([
    ['name it with its address: NAME=ADDRESS', null],
    ['give its address: --address ADDRESS', null],
  ])
})
