// A changed job with update.order start-first: a slot always has a copy that runs, and a bad version takes none away.
import { afterAll, describe, expect, test } from 'vitest'
import { idleJob } from './support/jobs.js'
import { wipe } from './support/lab.js'
import { closeProjects, Project } from './support/project.js'
import { only, running } from './support/seen.js'
import { sleep } from './support/wait.js'

/** The least number of copies of the slot that were seen to run, from now until the returned function is called. */
function fewest(slot: string): () => Promise<number> {
  let least = Number.POSITIVE_INFINITY
  let on = true
  const watching = (async () => {
    while (on) {
      const seen = await running()
      least = Math.min(least, seen.filter((each) => each.slot === slot).length)
      await sleep(200)
    }
  })()
  return async () => {
    on = false
    await watching
    return least
  }
}

describe('start-first', () => {
  afterAll(closeProjects)

  test('the slot changes its host and is never without a copy; a bad version leaves the old copy alone', async () => {
    await wipe()
    const project = new Project()
    const text = idleJob('update: {order: start-first}', 'restart: {attempts: 2, window: 1m}')
    project.job('web', text)
    expect((await project.apply()).code).toBe(0)
    const before = await only('web.0')
    const ended = fewest('web.0')
    project.job('web', `${text}\nenv: {NEW: "1"}\n`)
    expect((await project.apply()).code).toBe(0)
    const after = await only('web.0')
    expect(after.host).not.toBe(before.host)
    project.job('web', text.replace(/^command: .*$/m, 'command: [sh, -c, "sleep 1; exit 3"]'))
    expect((await project.apply()).code).toBe(1)
    await project.converged(20)
    expect(await ended()).toBeGreaterThan(0)
    expect((await only('web.0')).host).not.toBe(after.host)
  }, 120_000)
})
