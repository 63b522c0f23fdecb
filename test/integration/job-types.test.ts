// Jobs that are no plain service: system, cron, batch, exclusive, and units that are on the hosts already.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { idleJob } from './support/jobs.js'
import { HOSTS, on, onAll, wipe } from './support/lab.js'
import { closeProjects, Project } from './support/project.js'
import { only, running, starts, units } from './support/seen.js'
import { eventually } from './support/wait.js'

describe('types of jobs', () => {
  let project: Project

  beforeAll(async () => {
    await wipe()
    project = new Project()
    project.job('each', idleJob('type: system'))
    project.job(
      'tick',
      [
        'type: cron',
        'schedule: "*/2 * * * * *"',
        'command: [sh, -c, "echo fired as $HC_SLOT"]',
        'resources: {cpu: 10m, memory: 16Mi}',
        '',
      ].join('\n'),
    )
    project.job(
      'once',
      [
        'type: batch',
        'command: [sh, -c, "mkdir -p /srv/hc-test && echo ran >> /srv/hc-test/once"]',
        'resources: {cpu: 10m, memory: 16Mi}',
        '',
      ].join('\n'),
    )
    project.job('bot', idleJob('exclusive: true'))
    const { code, json } = await project.apply()
    expect(json.results.filter(({ ok }) => !ok)).toEqual([])
    expect(code).toBe(0)
  })
  afterAll(closeProjects)

  test('a system job runs once on each host, named for it', async () => {
    const each = (await running()).filter(({ slot }) => slot.startsWith('each.'))
    expect(each.map(({ slot, host }) => `${slot}@${host}`)).toEqual(HOSTS.map((host) => `each.${host}@${host}`))
  })

  test('a cron job is a timer on one host, and fires without hc', async () => {
    const timers = await onAll("systemctl list-units --plain --no-legend 'hc-tick.*.timer'")
    const [host, ...more] = HOSTS.filter((name) => timers.get(name)?.includes('hc-tick.0.timer'))
    if (host === undefined) throw new Error('there is no timer')
    expect(more).toEqual([])
    const fired = 'journalctl -o cat -u hc-tick.0.service | grep -c "fired as tick.0" || :'
    const before = Number(await on(host, fired))
    await eventually('it fires again', async () => Number(await on(host, fired)) > before + 1, { seconds: 15 })
    const status = await project.status()
    const tick = status.allocations.find(({ slot }) => slot === 'tick.0')
    expect(tick?.host).toBe(host)
    expect(['scheduled', 'running']).toContain(tick?.state)
  })

  test('a batch job runs once, is complete, and is not run again', async () => {
    const done = await eventually('complete', async () => {
      const found = (await project.status()).allocations.find(({ slot }) => slot === 'once.0')
      return found?.state === 'complete' && found
    })
    const status = await project.converged(20)
    expect(status.converged).toBe(true)
    await project.hc('reconcile')
    expect((await project.apply()).json.changes).toBe(false)
    const ran = await onAll('cat /srv/hc-test/once 2>/dev/null; :')
    expect([...ran.values()].join('')).toBe('ran\n')
    expect(HOSTS.find((host) => ran.get(host) !== '')).toBe(done.host)

    // The operator's word runs it again.
    expect((await project.hc('job', 'restart', 'once')).code).toBe(0)
    await eventually('it ran again', async () => {
      const again = await onAll('cat /srv/hc-test/once 2>/dev/null; :')
      return [...again.values()].join('') === 'ran\nran\n'
    })
  })

  test('an exclusive job runs once', async () => {
    await only('bot.0')
    expect((await running()).filter(({ slot }) => slot === 'bot.0')).toHaveLength(1)
  })
})

describe('a unit that is on the hosts already', () => {
  const FOREIGN = '[Service]\nExecStart=/bin/sleep infinity\n'

  beforeAll(wipe)
  afterAll(async () => {
    await closeProjects()
    await wipe()
  })

  test('is taken as it runs, not started anew; removed, it is as before', async () => {
    await onAll(`printf '%s' '${FOREIGN}' >/etc/systemd/system/test-door.service && systemctl daemon-reload`)
    const project = new Project()
    project.job('door', 'unit: test-door.service\nresources: {cpu: 10m, memory: 16Mi}\n')
    expect((await project.apply()).code).toBe(0)
    const active = await onAll('systemctl is-active test-door.service || :')
    const hosts = HOSTS.filter((host) => active.get(host) === 'active\n')
    expect(hosts).toHaveLength(1)
    const [host] = hosts
    if (host === undefined) throw new Error('nowhere')
    const pid = await on(host, 'systemctl show -p MainPID --value test-door.service')
    const seen = starts(await running())
    const status = await project.status()
    expect(status.converged).toBe(true)
    expect(status.allocations).toMatchObject([{ slot: 'door.0', host, state: 'running', unit: 'test-door.service' }])
    expect((await project.apply()).json.changes).toBe(false)
    expect(starts(await running())).toEqual(seen)

    // It dies: it is started again.
    await on(host, 'systemctl stop test-door.service')
    await project.hc('reconcile')
    await project.converged(20)
    expect(await on(host, 'systemctl is-active test-door.service')).toBe('active\n')
    expect(await on(host, 'systemctl show -p MainPID --value test-door.service')).not.toBe(pid)

    expect((await project.hc('job', 'remove', 'door', '--yes')).code).toBe(0)
    expect(await units()).toEqual([])
    expect(await on(host, 'systemctl is-active test-door.service || :')).toBe('inactive\n')
    expect(
      await on(
        host,
        'cat /etc/systemd/system/test-door.service; ls -d /etc/systemd/system/test-door.service.d 2>&1 || :',
      ),
    ).toContain(FOREIGN.trim())
  })
})
