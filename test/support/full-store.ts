// A store in which every field of everything that is kept says something.
import type { Records, StoreContents } from '../../src/model/records.js'
import type { Store } from '../../src/ports.js'
import { applied, job, placement, WALL } from '../planner/support/make.js'
import { newEvent, underLock } from '../store/world.js'

/** Fills a new store through its own doors; what it must give back. */
export async function fill(store: Store): Promise<StoreContents> {
  return underLock(store, async () => {
    const made = await store.create()
    const [first = ''] = await store.putBlobs([new TextEncoder().encode('a page\n')])
    const [second = ''] = await store.putBlobs([Uint8Array.from({ length: 40_000 }, (_, index) => (index * 7) % 256)])
    const records = full(made, first, second)
    await store.write(records)
    const events = []
    for (let term = 3; term < 6; term += 1) {
      const texts = Array.from({ length: 70 }, (_, index) => newEvent(`é${term}-${index}`))
      events.push(...(await store.appendEvents(texts, term)))
    }
    const incidents = [{ key: 'host nuc2', host: 'nuc2', slot: null, text: 'nuc2 is lost', since: WALL, told: true }]
    await store.writeIncidents(incidents)
    const survival = [{ key: 'ab', steps: 100, survives: { nuc1: { ok: true, unplaced: [] } } }]
    await store.writeSurvival(survival)
    return (await store.dump()) ?? Promise.reject(new Error('no store'))
  })
}

function full(made: Records, first: string, second: string): Records {
  const web = { ...applied(job('web'), { version: 2 }), fileHashes: { '/etc/page': first } }
  const version = { version: 2, hash: 'h', appliedAt: WALL, healthyAt: WALL, image: null, blob: second, files: [first] }
  const lease = { term: made.term, held: [], acknowledged: 4 }
  return {
    ...made,
    term: { ...made.term, number: 5 },
    jobs: { web },
    removed: { old: WALL },
    placements: { 'web.0': placement('web.0', 'nuc1') },
    hosts: {
      nuc1: {
        cordoned: true,
        draining: true,
        drainUntil: WALL,
        lastContact: WALL,
        bootId: 'b',
        machineId: 'm',
        verdict: 'ready',
        verdictSince: WALL,
        backAt: WALL,
        returns: { times: 1, at: WALL },
        uncordonedAt: WALL,
        provenVantages: ['control'],
        seenInTerm: 5,
        lease,
      },
    },
    backOffs: { 'web.0': { slot: 'web.0', failures: 2, until: WALL, failedOn: ['nuc2'], error: 'no', gaveUp: 'run' } },
    versions: { web: [version] },
    unwell: { 'web.0': { host: 'nuc1', times: 2 } },
    inventory: { '/srv/inventory.yml': 'all: {hosts: {nuc1: }}\n' },
    leaseRules: 9,
  }
}
