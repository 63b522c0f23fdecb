// The quick faults of the campaign (test/campaign), so that each run of the tests has some with witnesses on the hosts.
import { afterAll, expect, test } from 'vitest'
import { FAULTS } from '../campaign/faults.js'
import { runFault } from '../campaign/run.js'
import { removeWitness } from '../campaign/witness.js'
import { wipe } from './support/lab.js'
import { closeProjects } from './support/project.js'

afterAll(async () => {
  await closeProjects()
  await wipe()
  await removeWitness()
})

test.each(FAULTS.filter(({ quick }) => quick))('$name', async (fault) => {
  expect((await runFault(fault)).faults).toEqual([])
})
