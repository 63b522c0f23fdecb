// hc explain: hosts as one slot sees them, by the same filters and points as the plan.
import { expect, test } from 'vitest'
import { explainHosts } from '../../src/planner/explained.js'
import { decide } from '../../src/planner/plan.js'
import { applied, input, job, placement, ready, silent, unit } from './support/make.js'

const web = applied(job('web', { count: 2 }))

function seen(hosts: Parameters<typeof input>[1], on: Readonly<Record<string, string>>) {
  const from = input(
    [web],
    hosts,
    Object.entries(on).map(([slot, host]) => placement(slot, host)),
  )
  const { classified } = decide(from)
  const of = (slot: string) => {
    const item = classified.find(({ subject }) => subject.slot === slot)
    if (!item) throw new Error(`${slot} is not there`)
    return item
  }
  return { from, classified, of }
}

test('where it stands, what speaks for it beside the next best, and the decisive reason against the others', () => {
  const { from, classified, of } = seen(
    [
      ready('n1', [unit('web.0')]),
      ready('n2', [unit('web.1')]),
      ready('n3', [], { cordoned: true }),
      silent('n4', 'lost'),
    ],
    { 'web.0': 'n1', 'web.1': 'n2' },
  )
  const { hosts, why } = explainHosts(of('web.0'), 'n1', classified, from)
  expect(hosts.map(({ host, here, fits }) => [host, here, fits])).toEqual([
    ['n1', true, true],
    ['n2', false, true],
    ['n3', false, false],
    ['n4', false, false],
  ])
  expect(why).toBe('chosen over n2: it ran here, fewer slots of web are here')
  expect(hosts[1]?.text).toBe('it ran on n1, fewer slots of web are on n1')
  expect(hosts[2]?.text).toContain('cordoned')
  expect(hosts[3]?.refusals[0]?.reason).toContain('lost')
})

test('a slot that stands nowhere has no reason for a place', () => {
  const { from, classified, of } = seen([ready('n1', [], { cordoned: true })], {})
  const { hosts, why } = explainHosts(of('web.0'), null, classified, from)
  expect([why, hosts.every(({ here, fits }) => !here && !fits)]).toEqual([null, true])
})
