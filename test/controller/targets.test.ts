import { describe, expect, test } from 'vitest'
import { matchesEvent } from '../../src/cluster/events.js'
import { checkEventNames } from '../../src/controller/event-names.js'
import { findJob } from '../../src/controller/jobs.js'
import { findTargets, isTargeted, slotsOf } from '../../src/controller/targets.js'
import { placeless, whereabouts } from '../../src/controller/whereabouts.js'
import type { World } from '../../src/controller/world.js'
import type { UserError } from '../../src/model/errors.js'
import type { Event } from '../../src/model/event.js'
import type { Records } from '../../src/model/records.js'
import { applied, host, job, placement, WALL } from '../planner/support/make.js'
import { records as makeRecords } from './support/records.js'

const web = applied(job('web', { count: 3 }))
const nginx = applied(job('nginx', { unit: 'nginx.service' }))
const records: Records = {
  ...makeRecords(),
  jobs: { web, nginx },
  removed: { old: WALL },
  placements: {
    'web.0': placement('web.0', 'n1'),
    'web.2': placement('web.2', 'n2'),
    'nginx.0': placement('nginx.0', 'n1'),
  },
}
const EVENT: Event = {
  id: 1,
  time: '2026-11-22T10:00:00Z',
  kind: 'done',
  host: 'n9',
  slot: 'gone.0',
  reason: null,
  text: 'done',
  term: 1,
}
const world = {
  store: { read: async () => records, events: async () => [EVENT] },
  inventory: async () => ({ hosts: [host('n1'), host('n2')] }),
  clock: { wall: () => WALL },
} as unknown as World

function fault(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    return `${(error as UserError).message}; ${(error as UserError).hint}`
  }
  return 'none'
}

describe('names of jobs and slots', () => {
  test('jobs, and slots that are wanted or placed', () => {
    const targets = findTargets(records, ['web', 'nginx.0'])
    expect(targets).toEqual({ jobs: ['web'], slots: ['nginx.0'] })
    expect(['web.0', 'web.7', 'nginx.0', 'nginx.1'].map((slot) => isTargeted(targets, slot))).toEqual([
      true,
      true,
      true,
      false,
    ])
    expect(slotsOf(records, web)).toEqual(['web.0', 'web.1', 'web.2'])
  })

  test('a wrong one is told with the right ones', () => {
    expect(fault(() => findTargets(records, ['wbe']))).toBe(
      'no job wbe is applied; did you mean "web"? applied are: nginx, web',
    )
    expect(fault(() => findTargets(records, ['web.9']))).toBe(
      'web has no slot web.9; its slots are: web.0, web.1, web.2',
    )
    expect(fault(() => findTargets(null, ['web']))).toBe('no job web is applied; hc apply jobs/ applies the first ones')
  })
})

describe('where slots are', () => {
  test('by the records; the unit of a job that names one', async () => {
    const { places } = await whereabouts(world, null, false)
    expect(places.map(({ slot, host: name, unit }) => `${slot} ${name} ${unit}`)).toEqual([
      'nginx.0 n1 nginx.service',
      'web.0 n1 hc-web.0.service',
      'web.2 n2 hc-web.2.service',
    ])
    expect(placeless(records, null)).toEqual(['web.1'])
  })

  test('on all hosts: every slot, placed or not', async () => {
    const { places } = await whereabouts(world, findTargets(records, ['web']), true)
    expect(places.map(({ slot, host: name }) => `${slot} ${name}`)).toEqual(
      ['web.0', 'web.1', 'web.2'].flatMap((slot) => [`${slot} n1`, `${slot} n2`]),
    )
  })
})

describe('events', () => {
  test('by job, slot, host, kind and time; a whole job is told by its name in front', () => {
    const whole = { ...EVENT, slot: null, host: null, text: 'web version 2 applied' }
    expect(matchesEvent(EVENT, undefined)).toBe(true)
    expect(matchesEvent(EVENT, { job: 'gone', host: 'n9', kinds: ['done'], since: '2026-11-22T09:00:00Z' })).toBe(true)
    expect(matchesEvent(EVENT, { job: 'gone.0' })).toBe(true)
    expect([matchesEvent(whole, { job: 'web' }), matchesEvent(whole, { job: 'we' })]).toEqual([true, false])
    // A host's verdict may begin with a word that is a job's name too.
    const ofHost = { ...EVENT, slot: null, host: 'n1', text: 'ready again' }
    expect(matchesEvent(ofHost, { job: 'ready' })).toBe(false)
    for (const filter of [{ job: 'web' }, { job: 'gone.1' }, { host: 'n1' }, { kinds: ['failed'] as const }]) {
      expect(matchesEvent(EVENT, filter)).toBe(false)
    }
    expect(matchesEvent(EVENT, { since: '2026-11-22T10:00:01Z' })).toBe(false)
  })

  test('a name that neither files, records nor events know is a mistake', async () => {
    for (const filter of [
      { job: 'web' },
      { job: 'old' },
      { job: 'gone' },
      { job: 'gone.0' },
      { host: 'n9' },
      { host: 'n1' },
    ]) {
      await expect(checkEventNames(world, filter)).resolves.toBeUndefined()
    }
    await expect(checkEventNames(world, { job: 'wbe' })).rejects.toMatchObject({
      code: 'not-found',
      hint: 'did you mean "web"? known are: gone, nginx, old, web',
    })
    await expect(checkEventNames(world, { host: 'n7' })).rejects.toThrow('no host n7 is known, nor any event of it')
  })
})

describe('names that are something else', () => {
  const refusal = (work: () => unknown) => {
    try {
      work()
    } catch (error) {
      return [(error as UserError).message, (error as UserError).hint]
    }
    return null
  }
  test('a slot where a job is wanted, a host where neither is', () => {
    expect(refusal(() => findJob(records, 'web.0'))).toEqual([
      'no job web.0 is applied',
      'web.0 is a slot of web: name the job',
    ])
    expect(refusal(() => findTargets(records, ['n1'], [host('n1')]))).toEqual([
      'n1 is a host, neither a job nor a slot',
      'hc host show n1 tells what is there',
    ])
  })
  test('nothing, and words, are quoted', () => {
    expect(refusal(() => findJob(records, ''))?.[0]).toBe('no job "" is applied')
    expect(refusal(() => findTargets(records, ['my web']))?.[0]).toBe('no job "my web" is applied')
  })
})
