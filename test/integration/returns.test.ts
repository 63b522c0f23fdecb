// Hosts that come back, or never do: early returns, an operator's word, hosts that are forgotten, and another machine
// under a known name.
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { HostVerbView } from '../../src/model/host-verbs.js'
import { HOSTS, type LabHost, lab, on, onAll, others, wipe } from './support/lab.js'
import { closeProjects, Project } from './support/project.js'
import { only, running, twice } from './support/seen.js'
import { eventually, stopwatch, tell } from './support/wait.js'

const OK = '/var/tmp/hc-returns-ok'
const SMALL = 'command: [sleep, infinity]\nresources: {cpu: 20m, memory: 16Mi}\nstop: {timeout: 2s}\n'

async function began(name: string, text: string): Promise<{ project: Project; home: LabHost }> {
  const project = new Project()
  project.job(name, text)
  const { code, stderr } = await project.apply()
  expect(code, stderr).toBe(0)
  await project.loop()
  return { project, home: (await only(`${name}.0`)).host }
}

function verdictOf(project: Project, host: LabHost, verdict: string, seconds = 30): Promise<unknown> {
  return eventually(
    `${host} is ${verdict}`,
    async () => (await project.status()).hosts.some((each) => each.name === host && each.verdict === verdict),
    { seconds },
  )
}

describe('a host that comes back', () => {
  beforeEach(async () => {
    await closeProjects()
    await wipe()
    await onAll(`rm -f ${OK}`)
  })
  afterAll(async () => {
    await closeProjects()
    await wipe()
    await onAll(`rm -f ${OK}`)
  })

  test('before its replacement is healthy keeps its slot, which was never stopped', async () => {
    await onAll(`touch ${OK}`)
    const health = `health: {command: [test, -e, ${OK}], interval: 1s, start: 2m}\n`
    const { project, home } = await began('slow', `${SMALL}${health}`)
    const before = await only('slow.0')
    for (const host of others(home)) await on(host, `rm -f ${OK}`)
    await lab('cut', home)
    await eventually('it was begun elsewhere', async () => {
      return (await running(others(home))).some(({ slot }) => slot === 'slow.0')
    })
    await lab('heal', 'all')
    await eventually('only its first copy is left', async () => (await only('slow.0')).host === home)
    expect(await only('slow.0')).toEqual(before)
    const { hosts } = await project.converged()
    expect(hosts.every(({ held }) => held === null)).toBe(true)
    const events = await project.events()
    expect(events.some(({ reason, kind }) => kind === 'decided' && reason === 'host-returned')).toBe(true)
    expect(await twice(await running())).toEqual([])
  })

  test('as another machine is refused until it is forgotten', async () => {
    const { project, home } = await began('web', `${SMALL}on_host_loss: wait\n`)
    const id = (await on(home, 'cat /etc/machine-id')).trim()
    try {
      await on(home, `echo ${id.split('').reverse().join('')} >/etc/machine-id`)
      await verdictOf(project, home, 'unmanageable')
      const before = await only('web.0')
      const { hosts } = await project.status()
      expect(hosts.find(({ name }) => name === home)?.reason).toContain(`hc host forget ${home} takes it as new`)
      expect(await only('web.0')).toEqual(before)
      expect((await project.hc('host', 'forget', home, '--yes')).code).toBe(0)
      await verdictOf(project, home, 'ready')
      await project.converged()
    } finally {
      await on(home, `echo ${id} >/etc/machine-id`)
    }
  })
})

describe('a host that does not come back', () => {
  beforeEach(async () => {
    await closeProjects()
    await wipe()
  })
  afterAll(async () => {
    await closeProjects()
    await wipe()
  })

  test("runs exclusive work no more by an operator's word, which ends when it answers", async () => {
    const { project, home } = await began('db', `${SMALL}exclusive: true\n`)
    const alive = await project.hc('host', 'confirm-lost', home)
    expect([alive.code, alive.stderr]).toEqual([2, expect.stringContaining(`${home} answers`)])
    await lab('kill', home)
    await verdictOf(project, home, 'lost')
    expect((await project.status()).hints.join('\n')).toContain(`hc host confirm-lost ${home}`)
    const refused = await project.hc('host', 'forget', home, '--yes')
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('db.0 is exclusive and may still run')])
    const seconds = stopwatch()
    const said = await project.json<{ hosts: readonly HostVerbView[] }>('host', 'confirm-lost', home)
    expect(said.json.hosts).toMatchObject([{ host: home, changed: true, slots: ['db.0'] }])
    await eventually('it runs elsewhere', () => only('db.0', others(home)))
    tell('an exclusive slot ran elsewhere after the word of an operator', seconds())
    await lab('boot', home)
    await verdictOf(project, home, 'ready', 60)
    await project.converged()
    expect((await only('db.0')).host).not.toBe(home)
    // The word was about that loss only.
    const again = await project.hc('host', 'confirm-lost', home)
    expect(again.code).toBe(2)
  })

  test('is forgotten, and what waited for it is placed anew', async () => {
    const { project, home } = await began('web', `${SMALL}on_host_loss: wait\n`)
    await lab('kill', home)
    await verdictOf(project, home, 'lost')
    expect((await project.status()).waiting.map(({ slot }) => slot)).toEqual(['web.0'])
    expect((await project.hc('host', 'forget', home)).code).toBe(2)
    const said = await project.hc('host', 'forget', home, '--yes')
    expect([said.code, said.stdout]).toEqual([0, `${home} is forgotten: web.0 is placed anew.\n`])
    const next = await eventually('it runs elsewhere', () => only('web.0', others(home)))
    await lab('boot', home)
    await verdictOf(project, home, 'ready', 60)
    await eventually('its old copy is gone', async () => (await only('web.0')).host === next.host)
  })
})

test('slots go where an operator wants them', async () => {
  await wipe()
  const project = new Project()
  project.job('web', SMALL)
  project.job('one', `${SMALL}exclusive: true\n`)
  expect((await project.apply()).code).toBe(0)
  for (const slot of ['web.0', 'one.0']) {
    const { host } = await only(slot)
    const [to = HOSTS[0]] = others(host)
    expect((await project.hc('job', 'move', slot, to)).code).toBe(0)
    expect((await only(slot)).host).toBe(to)
  }
  await closeProjects()
  await wipe()
})
