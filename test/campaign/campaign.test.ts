// All faults, one after the other, on the real hosts of the lab: bin/test --campaign.
import { afterAll, expect, test } from 'vitest'
import { lab, wipe } from '../integration/support/lab.js'
import { closeProjects } from '../integration/support/project.js'
import { HOSTS } from '../integration/support/verbs.js'
import { FAULTS } from './faults.js'
import { keep, ONE, writePage } from './report.js'
import { runFault } from './run.js'
import { removeWitness } from './witness.js'

afterAll(async () => {
  await closeProjects()
  writePage(ONE)
  for (const host of HOSTS) await lab('net', host, '--clear')
  await wipe()
  await removeWitness()
})

test.each(FAULTS)('$name', async (fault) => {
  const row = await runFault(fault)
  keep(ONE, row)
  process.stderr.write(`   ${JSON.stringify(row)}\n`)
  expect(row.faults).toEqual([])
})
