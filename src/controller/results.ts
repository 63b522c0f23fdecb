// What became of steps, in the records and in the events.
import type { StepResult } from '../cluster/execute.js'
import { recordResults, resultEvents } from './record.js'
import type { World } from './world.js'

/** Writes down how steps have ended; the lock of the store is held. */
export async function writeResults({ store, clock }: World, results: readonly StepResult[]): Promise<void> {
  const records = await store.read()
  if (!records) return
  const after = recordResults(records, results, clock.wall())
  if (JSON.stringify(after.backOffs) !== JSON.stringify(records.backOffs)) await store.write(after)
  await store.appendEvents(resultEvents(results), records.term.number)
}
