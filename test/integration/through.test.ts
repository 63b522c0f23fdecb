// A host that only the control machine does not reach is managed through another, until it answers straight again.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { webJob } from './support/jobs.js'
import { lab, wipe } from './support/lab.js'
import type { Running } from './support/process.js'
import { closeProjects, Project } from './support/project.js'
import { running, starts } from './support/seen.js'
import { eventually, sleep, stopwatch, tell } from './support/wait.js'

describe('cut off from the control machine alone', () => {
  let project: Project
  let loop: Running

  beforeAll(async () => {
    await wipe()
    project = new Project()
    for (const n of [1, 2, 3]) project.job(`web${n}`, webJob(8160 + n, 'count: 2'))
    expect((await project.apply()).code).toBe(0)
    loop = await project.loop()
    await project.proven()
    await project.converged(30)
  })
  afterAll(async () => {
    await lab('heal', 'all')
    expect((await loop.kill('SIGTERM')).code).toBe(0)
    await closeProjects()
    await wipe()
  })

  async function nuc2() {
    return (await project.status()).hosts.find(({ name }) => name === 'nuc2')
  }

  test('it is managed through a peer; what is asked there is done, nothing moves, and the straight way is taken again', async () => {
    const before = starts(await running())
    await lab('cut', 'nuc2', '--from', 'control')
    const since = stopwatch()
    const seen = await eventually(
      'nuc2 is managed through a peer',
      async () => {
        const host = await nuc2()
        // What it shows comes with the first answer through the peer, a moment after the way is known.
        const through = host?.verdict === 'cut-off' && host.reason?.includes('managed through nuc')
        return through && host.used !== null && host
      },
      { seconds: 30 },
    )
    tell('cut until managed through a peer', since())
    expect(seen.used).not.toBeNull()
    expect(seen.held).toContain('nothing new is placed there')
    await sleep(5000)
    expect(starts(await running())).toEqual(before)

    const there = (await running()).filter(({ host }) => host === 'nuc2')
    const slot = there[0]?.slot ?? ''
    const restart = await project.hc('job', 'restart', slot)
    expect(restart.stderr).not.toContain('not answer')
    const after = await eventually(
      `${slot} was restarted on nuc2`,
      async () => {
        const now = starts(await running())
        return now.some((start) => !before.includes(start)) && now.length === before.length && now
      },
      { seconds: 30 },
    )
    expect(after.filter((start) => !before.includes(start))).toHaveLength(1)
    expect(after.filter((start) => !before.includes(start))[0]).toContain('nuc2')

    const ran = await project.hc('host', 'run', 'nuc2', '--', 'hostname')
    expect([ran.code, ran.stdout.trim()]).toEqual([0, 'nuc2 | nuc2'])
    expect(ran.stderr).toMatch(/nuc2 is cut off from here: it is reached through nuc[13]/)
    const said = await project.hc('logs', slot, '-n', '1')
    expect(said.code).toBe(0)
    expect(said.stderr).toMatch(/its journal is read through nuc[13]/)
    const beside = await project.hc('exec', slot, '--', 'sh', '-c', 'echo "$HC_HOST"')
    expect([beside.code, beside.stdout.trim()]).toEqual([0, 'nuc2'])
    expect(beside.stderr).toMatch(/is reached through nuc[13]/)

    await lab('heal', 'all')
    const healed = stopwatch()
    await eventually('nuc2 is ready', async () => (await nuc2())?.verdict === 'ready', { seconds: 30 })
    tell('healed until ready', healed())
    await project.converged(30)
    expect(starts(await running())).toEqual(after)
  })
})
