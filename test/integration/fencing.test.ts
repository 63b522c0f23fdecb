// A lost host whose power can be cut: exclusive work starts elsewhere at once, and only once it is off.
import { chmodSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FenceTestView } from '../../src/model/views.js'
import { lab, labHost, powerDriver, wipe } from './support/lab.js'
import { closeProjects, Project } from './support/project.js'
import { only } from './support/seen.js'
import { HOSTS, type LabHost } from './support/verbs.js'
import { eventually, stopwatch, tell } from './support/wait.js'

describe('fencing', () => {
  let project: Project
  let gone: LabHost | null = null

  beforeAll(async () => {
    await wipe()
    project = new Project()
    project.write('power', powerDriver())
    chmodSync(project.path('power'), 0o755)
    project.editInventory((text) =>
      HOSTS.reduce(
        (all, host) => all.replace(`    ${host}:\n`, `    ${host}:\n      hc_fence: {command: [./power, ${host}]}\n`),
        text,
      ),
    )
    project.job('db', 'command: [sleep, infinity]\nexclusive: true\n')
  })
  afterAll(async () => {
    await lab('heal', 'all')
    if (gone) await lab('boot', gone)
    await closeProjects()
  })

  test('the driver is asked, and nothing is done', async () => {
    const { code, json } = await project.json<FenceTestView>('host', 'fence-test', 'nuc2')
    expect([code, json.power, json.cycled]).toEqual([0, 'on', null])
    expect((await project.hc('host', 'fence-test', 'nuc2', '--cycle')).code).toBe(2)
  })

  test('cut from all: off first, then started elsewhere', async () => {
    expect((await project.apply()).code).toBe(0)
    await project.loop()
    const host = labHost((await only('db.0')).host)
    await project.converged()
    const since = stopwatch()
    gone = host
    await lab('cut', host)
    const now = await eventually(
      'db.0 runs elsewhere',
      async () => {
        const own = (await project.status()).allocations.find(({ slot }) => slot === 'db.0')
        return own?.state === 'running' && own.host !== host ? own : null
      },
      { seconds: 30 },
    )
    tell('exclusive with a fence driver, from the cut until it runs elsewhere', since())
    expect(now.host).not.toBe(host)
    const events = await project.events()
    const at = (kind: string, text: RegExp) => events.findIndex((each) => each.kind === kind && text.test(each.text))
    expect(at('fence', /cutting its power/)).toBeGreaterThan(-1)
    expect(events.find(({ kind, text }) => kind === 'decided' && /its power is off since/.test(text))?.slot).toBe(
      'db.0',
    )
  })
})
