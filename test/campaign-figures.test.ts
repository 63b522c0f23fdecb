// What the campaign of several control machines reads out of the logs of its witnesses.
import { expect, test } from 'vitest'
import { leadersAtOnce, nextLeaderActs } from './campaign/figures.js'
import { type Act, actsIn } from './campaign/witness.js'

const act = (host: Act['host'], term: number, after: number): Act => ({ host, term, after, by: after + 0.05 })

test('a term, a write and a renewal are acts; what a boot takes away, and what stays, is none', () => {
  const log = [
    '10.00 =@3:3.7:900 web.0:311:1',
    '10.05',
    '10.10 =@3:3.7:950 web.0:311:1',
    '10.15 =@3:3.8:950',
    '10.20 =@5:3.8:950',
    '10.25 =@5:3.8:-',
    '40.00 =@5:3.8:2000',
    '40.05 =@6:3.8:2000',
  ]
  const seen = actsIn('nuc1', log.join('\n')).map(({ term, after, by }) => [term, after, by])
  expect(seen).toEqual([
    [3, 10.05, 10.1],
    [3, 10.1, 10.15],
    [5, 10.15, 10.2],
    [6, 40, 40.05],
  ])
})

test('two leaders act at once where the older one surely acts after the newer one has begun, on any host', () => {
  const handedOver = [act('nuc1', 3, 10), act('nuc2', 5, 12), act('nuc1', 5, 13)]
  expect(leadersAtOnce(handedOver)).toBe(0)
  expect(leadersAtOnce([...handedOver, act('nuc3', 3, 14.05)])).toBeCloseTo(2)
  // Samples too far apart to tell which was first prove nothing.
  expect(leadersAtOnce([act('nuc2', 5, 12), { host: 'nuc3', term: 3, after: 12, by: 13 }])).toBe(0)
  expect(nextLeaderActs(handedOver, 11)).toBeCloseTo(1.05)
  expect(nextLeaderActs(handedOver, 12.5)).toBeNull()
})
