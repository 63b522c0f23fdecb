// The host's side of the lease on real hosts: what is armed stops when the host is alone, and only then.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { podmanDriver } from '../../src/drivers/podman.js'
import { systemdDriver } from '../../src/drivers/systemd.js'
import type { Recipe } from '../../src/remote/recipe.js'
import { inputOf, type Wish } from '../drivers/support.js'
import { Control, LEASE_MS, lastAlive, uptimeOf, witness } from './support/armed.js'
import { lab, on, onAll, wipe } from './support/lab.js'
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
})
