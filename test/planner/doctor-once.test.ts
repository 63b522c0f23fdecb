// Warnings that `hc apply` tells once: one sentence each, with its mend.
import { expect, test } from 'vitest'
import type { FindingId, FindingView } from '../../src/model/doctor.js'
import { finding } from '../../src/planner/doctor.js'
import { toldOnce } from '../../src/planner/doctor-once.js'

const said = (id: FindingId, host: string | null, text = 'it is so', mend = 'mend it'): FindingView =>
  finding(id, host, { text, mend })

test('case 17: hosts of one finding stand in one sentence, and are told anew when they are others', () => {
  const one = toldOnce([said('alone', 'b'), said('no-take-over', 'a'), said('alone', 'a')])
  expect(one).toEqual([
    {
      key: 'alone a b',
      text: 'the sudden loss of the control machine would stop exclusive jobs on a, b; mend it; hc doctor shows more',
    },
    {
      key: 'no-take-over a',
      text: 'nobody could take exclusive jobs over after the loss of a; mend it; hc doctor shows more',
    },
  ])
})

test('case 15: that there is no witness is told, that there is one is not', () => {
  expect(toldOnce([said('witness', null, 'no witness answers', 'hc_witness')])).toEqual([
    { key: 'witness', text: 'no witness answers; hc_witness; hc doctor shows more' },
  ])
  expect(toldOnce([finding('witness', null, { text: 'it answers', level: 'ok' })])).toEqual([])
})

test('what concerns one host alone is left to the doctor', () => {
  expect(toldOnce([said('clock', 'a'), said('disk', 'b')])).toEqual([])
})
