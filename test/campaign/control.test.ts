// All faults of several control machines, one after the other, on the real hosts of the lab: bin/test --campaign control.
import { afterAll, expect, test } from 'vitest'
import { wipe } from '../integration/support/lab.js'
import { closeProjects } from '../integration/support/project.js'
import { ControlStage } from './control-stage.js'
import { MANY_FAULTS } from './faults-many.js'
import { keep, MANY, writePage } from './report.js'
import { play } from './run.js'
import { removeWitness } from './witness.js'

/** The cluster; null: it is to be made, anew after a fault that it did not recover from. */
let stage: ControlStage | null = null

afterAll(async () => {
  await closeProjects()
  writePage(MANY)
  await wipe()
  await removeWitness()
})

async function founded(): Promise<ControlStage> {
  await closeProjects()
  const made = new ControlStage()
  await made.found()
  return made
}

test.each(MANY_FAULTS)('$name', async (fault) => {
  const own = stage ?? (await founded())
  stage = null
  await own.led(fault.leader ?? 'nuc1')
  const row = await play(fault, own)
  keep(MANY, row)
  process.stderr.write(`   ${JSON.stringify(row)}\n${own.notes.map((note) => `   ${note}\n`).join('')}`)
  if (row.settled !== null) stage = own
  expect(row.faults).toEqual([])
})
