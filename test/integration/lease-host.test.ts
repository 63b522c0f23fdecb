// The host's side of the lease on real hosts: what is armed stops when the host is alone, and only then.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { podmanDriver } from '../../src/drivers/podman.js'
import { systemdDriver } from '../../src/drivers/systemd.js'
import type { Recipe } from '../../src/remote/recipe.js'
import { inputOf, type Wish } from '../drivers/support.js'
import { Control, LEASE_MS, lastAlive, uptimeOf, witness } from './support/armed.js'
import { addressOf, lab, labName, on, onAll, wipe } from './support/lab.js'
import { eventually, sleep, tell } from './support/wait.js'

/** lease + interval and look + stop bound + what a look and a script may be late by. */
const BOUND_S = 8 + 2.1 + 1.5 + 5 + 1

const TARGET = `[Service]
ExecStart=/bin/sh -c 'while :; do read u x </proc/uptime; echo $$u >/srv/hc-test/unit; sleep 0.1; done'
Restart=always
`

function recipeOf(name: string, job: Wish['job']): Recipe {
  const wish = inputOf({ job: { name, exclusive: true, ...job } })
  const input = { ...wish, bootWaitMs: 0, placement: { ...wish.placement, slot: `${name}.0`, number: 5 } }
  return (job?.driver === 'podman' ? podmanDriver : systemdDriver).recipe(input)
}

const systemd = recipeOf('plain', { command: witness('plain') })
const podman = recipeOf('box', {
  driver: 'podman',
  image: 'localhost/hc-web:1',
  command: witness('box', '/w'),
  volumes: [{ source: '/srv/hc-test', target: '/w', readOnly: false, shared: false }],
})
const unit = recipeOf('named', { unit: 'test-target.service' })
const RECIPES = [podman, unit, systemd]
const SLOTS = RECIPES.map(({ slot }) => ({ slot, placement: 5 }))
const NAMES = ['plain', 'box', 'unit']

describe('the host side of the lease', () => {
  let control: Control

  beforeAll(async () => {
    await wipe()
    await onAll('mkdir -p /srv/hc-test')
    await on('nuc1', `cat >/etc/systemd/system/test-target.service <<'X'\n${TARGET}X\nsystemctl daemon-reload`)
    control = new Control()
  })
  afterEach(async () => {
    await control.stop()
    await lab('heal', 'all')
  })
  afterAll(async () => {
    await control.close()
    await wipe()
  })

  /** Arms nuc1 and has all three slots run there, with a control machine that renews. */
  async function armed(over: Parameters<Control['rules']>[1] = {}): Promise<void> {
    const rules = await control.rules('nuc1', over)
    const steps = RECIPES.map((recipe) => ({ kind: 'start' as const, recipe }))
    const reply = await control.write('nuc1', { steps, lease: { arm: { rules, slots: SLOTS } } })
    expect(reply).toMatchObject({ ok: true, lease: { ok: true, rules: rules.id, message: '' } })
    expect(reply.ok && reply.steps.filter(({ ok }) => !ok)).toEqual([])
    control.start()
    await eventually('all run', async () => (await living()).length === 3)
    await eventually('a lease', async () => ((await control.probe('nuc1'))?.lease?.until ?? 0) > 0)
  }

  /** Witnesses that were alive within the last second. */
  async function living(): Promise<string[]> {
    const now = await uptimeOf('nuc1')
    const last = await Promise.all(NAMES.map((name) => lastAlive('nuc1', name)))
    return NAMES.filter((_, at) => now - (last[at] ?? 0) < 1)
  }

  const marks = (): Promise<string> => on('nuc1', 'cd /run/hc/stopped 2>/dev/null && grep -H . * || :')

  test('cut off from all: every kind is stopped and proven so within the bound, and nothing starts it again', async () => {
    await armed()
    const facts = await control.probe('nuc1')
    expect(facts?.lease).toMatchObject({ rules: 1, armed: SLOTS, words: ['box.0', 'named.0', 'plain.0'], stopped: [] })
    expect(facts?.lease?.unproven).toBeUndefined()
    await lab('cut', 'nuc1')
    const cutAt = await uptimeOf('nuc1')
    await eventually('proven', async () => (await marks()).trim().split('\n').length === 3, { seconds: 30 })
    for (const line of (await marks()).trim().split('\n')) {
      const at = Number(line.split(' ').at(-1)) / 100
      tell(`from cut to proven stop of ${line.split(':')[0]}`, at - cutAt)
      expect(at - cutAt).toBeGreaterThan(LEASE_MS / 1000 - 2)
      expect(at - cutAt).toBeLessThan(BOUND_S)
    }
    for (const name of NAMES)
      tell(`from cut to the last sign of life of ${name}`, (await lastAlive('nuc1', name)) - cutAt)
    await sleep(1500)
    expect(await living()).toEqual([])
    expect((await on('nuc1', 'podman ps -q')).trim()).toBe('')
    await lab('heal', 'all')
    await sleep(6000)
    expect(await living()).toEqual([])
    const seen = await control.probe('nuc1', { timeoutMs: 20_000 })
    expect(seen?.lease).toMatchObject({
      words: [],
      stopped: [{ slot: 'box.0' }, { slot: 'named.0' }, { slot: 'plain.0' }],
    })
  })

  test('case 7: what it stopped is refused to whoever starts it by hand, until a control machine starts it', async () => {
    await on(
      'nuc1',
      'systemctl start hc-plain.0.service hc-box.0.service hc-named.0.service test-target.service; sleep 2',
    )
    expect(await living()).toEqual([])
    expect(await on('nuc1', 'podman ps -q; systemctl is-active test-target.service hc-plain.0.service; :')).not.toMatch(
      /^(active|activating|[0-9a-f]{12})$/m,
    )
    // Arming alone gives no word to what was stopped.
    expect(
      await control.write('nuc1', { steps: [], lease: { arm: { rules: await control.rules('nuc1'), slots: SLOTS } } }),
    ).toMatchObject({ lease: { ok: true } })
    expect((await control.probe('nuc1'))?.lease).toMatchObject({ words: [], stopped: [{}, {}, {}] })
    await armed()
    expect((await control.probe('nuc1'))?.lease).toMatchObject({ words: ['box.0', 'named.0', 'plain.0'], stopped: [] })
  })

  test('only the control machine is gone: a majority of the others answers, and all goes on', async () => {
    await armed()
    const before = await on('nuc1', 'systemctl show -p InvocationID hc-box.0 hc-plain.0 test-target')
    await lab('cut', 'nuc1', '--from', 'control')
    await sleep(20_000)
    expect(await living()).toEqual(NAMES)
    expect(await on('nuc1', 'systemctl show -p InvocationID hc-box.0 hc-plain.0 test-target')).toBe(before)
    expect(await on('nuc1', 'journalctl -u hc-lease.service -o cat --since -15s')).toContain('what runs goes on')
  })

  test('case 1: a renewal that waited in the cut connection is refused when it arrives', async () => {
    await armed()
    await control.stop()
    const until = (await control.probe('nuc1'))?.lease?.until
    await lab('cut', 'nuc1', '--from', 'control')
    const late = control.probe('nuc1', { renew: true, timeoutMs: 60_000 })
    await sleep(LEASE_MS + 3000)
    await lab('heal', 'all')
    const facts = await late
    expect(facts?.lease).toMatchObject({ renewal: 'deadline', until })
    expect(facts?.uptimeMs).toBeGreaterThan(until ?? Number.POSITIVE_INFINITY)
    expect(await living()).toEqual(NAMES)
  })

  test('case 6: a host that only has the address of a voter does not count', async () => {
    await armed()
    const mac = (await on('nuc2', 'cat /sys/class/net/eth0/address')).trim()
    try {
      await on('nuc2', 'ip link set dev eth0 address 02:00:00:00:99:99')
      await on('nuc1', 'ip neigh flush all; :')
      await lab('cut', 'nuc1', '--from', 'control')
      await eventually('stopped', async () => (await marks()).trim().split('\n').length === 3, { seconds: 40 })
      // It answers pings all the while.
      const address = addressOf('nuc2')
      expect(await on('nuc1', `ping -c 1 -W 1 ${address}; ip neigh show to ${address}`)).toMatch(
        /1 received[\s\S]*02:00:00:00:99:99/,
      )
    } finally {
      await on('nuc2', `ip link set dev eth0 address ${mac}`)
    }
  })

  test('case 7: without its word systemd does not restart it, and a boot does not start it', async () => {
    await armed()
    await on('nuc1', 'rm /run/hc/words/*; systemctl kill -s KILL hc-plain.0 test-target; podman kill hc-box.0; sleep 3')
    expect(await living()).toEqual([])
    await armed()
    await control.stop()
    await lab('kill', 'nuc1')
    await lab('boot', 'nuc1')
    await eventually(
      'it is up',
      async () => (await on('nuc1', 'systemctl is-active hc-lease.timer; :')).includes('active'),
      { seconds: 60 },
    )
    await on('nuc1', 'mkdir -p /run/hc && touch /run/hc/word')
    await sleep(5000)
    expect(await living()).toEqual([])
    control.reconnect('nuc1')
    expect((await control.probe('nuc1', { timeoutMs: 20_000 }))?.lease).toMatchObject({
      rules: 1,
      armed: SLOTS,
      words: [],
      until: null,
    })
    await armed()
  })

  test('case 7: a word that comes before the first look after a boot does not keep the host from looking', async () => {
    await armed()
    await control.stop()
    await lab('kill', 'nuc1')
    await lab('boot', 'nuc1')
    await eventually('it is up', async () => (await on('nuc1', 'cat /run/hc/looked 2>/dev/null; :')) !== '', {
      seconds: 60,
    })
    // As it was before that look, with two seconds to the next.
    await on('nuc1', 'rm -rf /run/hc && systemctl restart hc-lease.timer')
    control.reconnect('nuc1')
    await control.probe('nuc1', { timeoutMs: 20_000 })
    const steps = RECIPES.map((recipe) => ({ kind: 'start' as const, recipe }))
    expect(await control.write('nuc1', { steps })).toMatchObject({ steps: [{ ok: true }, { ok: true }, { ok: true }] })
    control.start()
    await eventually('all run', async () => (await living()).length === 3)
    await eventually('a lease', async () => ((await control.probe('nuc1'))?.lease?.until ?? 0) > 0)
    await lab('cut', 'nuc1')
    const cutAt = await uptimeOf('nuc1')
    await eventually('proven', async () => (await marks()).trim().split('\n').length === 3, { seconds: 30 })
    expect((await uptimeOf('nuc1')) - cutAt).toBeLessThan(BOUND_S + 2)
  })

  test('case 9: a frozen host that wakes after its lease: what it runs is stopped within a look and the stop bound', async () => {
    await armed()
    await control.stop()
    await lab('freeze', 'nuc1')
    await lab('cut', 'nuc1')
    await sleep(LEASE_MS + 2000)
    await lab('thaw', 'nuc1')
    const wokeAt = await uptimeOf('nuc1')
    await eventually('proven', async () => (await marks()).trim().split('\n').length === 3, { seconds: 30 })
    const last = (await marks())
      .trim()
      .split('\n')
      .map((line) => Number(line.split(' ').at(-1)) / 100)
    tell('from waking to the proof of the last stop', Math.max(...last) - wokeAt)
    expect(Math.max(...last) - wokeAt).toBeLessThan(BOUND_S - LEASE_MS / 1000)
  })

  test('case 9: before the host sleeps all that is armed is stopped', async () => {
    await armed()
    await on('nuc1', 'systemctl start hc-lease-sleep.service')
    await sleep(1500)
    expect(await living()).toEqual([])
    expect((await control.probe('nuc1'))?.lease).toMatchObject({ words: [], stopped: [{}, {}, {}] })
  })

  test('disarmed, it goes on whatever is cut, and nothing of the lease is left', async () => {
    await armed()
    expect(await control.write('nuc1', { steps: [], lease: { disarm: true } })).toMatchObject({
      lease: { ok: true, rules: null },
    })
    await lab('cut', 'nuc1')
    await sleep(16_000)
    expect(await living()).toEqual(NAMES)
    await lab('heal', 'all')
    expect((await control.probe('nuc1', { timeoutMs: 20_000 }))?.lease).toBeNull()
    expect(
      await on(
        'nuc1',
        'find /etc/systemd/system /run/hc /var/lib/hc -name "*lease*" ! -name lease.lock; systemctl list-units --all --plain --no-legend "hc-lease*"',
      ),
    ).toBe('')
    await on('nuc1', 'systemctl kill -s KILL hc-plain.0; sleep 2')
    expect(await living()).toEqual(NAMES)
  })

  const FREEZER = '/sys/fs/cgroup/freezer'
  test.runIf(existsSync(FREEZER))('what nothing kills ends with the host itself', async () => {
    await armed()
    // A frozen process obeys no signal until it is thawed, as one that waits for a dead disk.
    const stuck = `${FREEZER}/${labName()}/nuc1/stuck`
    const unitFolder = '/sys/fs/cgroup/systemd/system.slice/hc-plain.0.service'
    await on(
      'nuc1',
      `mkdir ${FREEZER}/stuck && for p in $(cat ${unitFolder}/cgroup.procs); do echo $p >${FREEZER}/stuck/cgroup.procs; done; :`,
    )
    writeFileSync(`${stuck}/freezer.state`, 'FROZEN')
    const boot = await on('nuc1', 'cat /proc/sys/kernel/random/boot_id')
    await lab('cut', 'nuc1')
    const cutAt = await uptimeOf('nuc1')
    // A container ends only when all of it does: thawed once its first process is gone.
    await eventually('its first process is gone', async () => !(await on('nuc1', 'echo lives').catch(() => '')), {
      seconds: 40,
    })
    tell(
      'from cut to the reset of a host that cannot stop',
      Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) - cutAt,
    )
    writeFileSync(`${stuck}/freezer.state`, 'THAWED')
    const again = () => on('nuc1', 'cat /proc/sys/kernel/random/boot_id').catch(() => boot)
    await eventually('it has started anew', async () => (await again()) !== boot, { seconds: 60 })
    control.reconnect('nuc1')
    await sleep(5000)
    expect(await living()).toEqual([])
  })
})
