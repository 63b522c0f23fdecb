// An address that moves with a job goes only where an interface has its subnet.
import { describe, expect, test } from 'vitest'
import type { HostState } from '../../src/planner/input.js'
import { decide } from '../../src/planner/plan.js'
import { lackingSubnets, movingAddresses } from '../../src/planner/subnets.js'
import { applied, facts, input, job, placement, ready, silent } from './support/make.js'

const SUBNETS = ['10.0.0.0/24', '172.17.0.0/16', '192.168.128.0/17', 'fd00:1::/64']
const lacks = (address: string, subnets: readonly string[] = SUBNETS) =>
  'lackingSubnets' in lackingSubnets(facts({ subnets }), [address])

describe('an address', () => {
  test.each([
    ['10.0.0.50/24', false],
    ['10.0.1.50/24', true],
    // The job may be wider or narrower than the host: the host's own subnet decides, as its kernel does.
    ['10.0.0.50/8', false],
    ['172.17.200.1/24', false],
    ['192.168.127.9/24', true],
    ['192.168.128.9/24', false],
    ['fd00:1::50/64', false],
    ['fd00:1:0:1::50/64', true],
    ['FD00:0001:0:0:a:b:c:d/64', false],
    ['fd00:2::50/64', true],
    ['10.9.9.9/32', false],
    ['fd00:2::50/128', false],
  ])('%s: has no place %s', (address, lacking) => expect(lacks(address)).toBe(lacking))

  test('of one kind is in no subnet of the other', () => {
    expect(lacks('10.0.0.50/24', ['::/0'])).toBe(true)
    expect(lacks('fd00:1::50/64', ['0.0.0.0/0'])).toBe(true)
    expect(lacks('10.0.0.50/24', ['0.0.0.0/0'])).toBe(false)
  })

  test('costs a cluster without one nothing, and a host that does not tell is no worse for it', () => {
    expect(movingAddresses([applied(job('web'))])).toEqual([])
    expect(lackingSubnets(facts({ subnets: SUBNETS }), [])).toEqual({})
    expect(lackingSubnets(facts(), ['10.9.0.1/24'])).toEqual({})
    expect(lackingSubnets(null, ['10.9.0.1/24'])).toEqual({})
  })

  test('is told with the subnets that there are, not with all of very many', () => {
    const many = Array.from({ length: 9 }, (_, n) => `10.0.${n}.0/24`)
    expect(lackingSubnets(facts({ subnets: many }), ['10.9.0.1/24'])).toEqual({
      lackingSubnets: { '10.9.0.1/24': '10.0.0.0/24, 10.0.1.0/24, 10.0.2.0/24, 10.0.3.0/24 and 5 more' },
    })
  })
})

describe('a plan', () => {
  const vip = applied(job('vip', { exclusive: true, address: '10.0.1.50/24' }))
  const at = (name: string, ...subnets: readonly string[]): HostState =>
    ready(name, [], { facts: facts({ subnets }), lastFacts: facts({ subnets }) })

  test('starts such a job where its subnet is, and others anywhere', () => {
    const hosts = [at('a', '10.0.0.0/24'), at('b', '10.0.0.0/24', '10.0.1.0/24'), at('c', '10.0.0.0/24')]
    const { plan } = decide(input([vip, applied(job('web'))], hosts))
    expect(plan.actions.find(({ slot }) => slot === 'vip.0')?.host).toBe('b')
    expect(plan.actions).toHaveLength(2)
  })

  test('that finds none says which address, and what the host has', () => {
    const { plan } = decide(input([vip], [at('a', '10.0.0.0/24'), at('b', '10.0.2.0/24')]))
    expect(plan.actions).toEqual([])
    expect(plan.unplaced[0]?.reasons.map(({ reason }) => reason)).toEqual([
      'no interface of the host has a subnet with the address 10.0.1.50/24: it has 10.0.0.0/24',
      'no interface of the host has a subnet with the address 10.0.1.50/24: it has 10.0.2.0/24',
    ])
  })

  test('after a loss does not bring it to a host without it, even the last one', () => {
    const lost = silent('b', 'lost', { fenced: 'its power is off', lastFacts: facts({ subnets: ['10.0.1.0/24'] }) })
    const { plan } = decide(input([vip], [at('a', '10.0.0.0/24'), lost], [placement('vip.0', 'b')]))
    expect(plan.actions).toEqual([])
    expect(plan.unplaced.map(({ slot }) => slot)).toEqual(['vip.0'])
  })
})
