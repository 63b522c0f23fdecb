// Fence drivers that work and that fail in each way: exclusive work runs elsewhere only after a fence that was confirmed, or
// after the lease; and never twice (the laws of checker.ts hold all the while).
import './mocked.js'
import { describe, expect, it } from 'vitest'
import type { FenceWay } from './fencer.js'
import { playScenario } from './simulate.js'
import type { Stage } from './stage.js'

const SMALL = { count: 1, edition: 1, memory: 64, notOn: null }
/** A fence that works is over by then, ms: lost after 3 s, looks, a driver of 1.5 s, and a start. */
const FENCED_MS = 9000
/** No lease is over before, ms: it lasts 10 s at default settings, and the last renewal may be as old as a look. */
const LEASE_MS = 9000
/** By then it is, and the slot runs elsewhere, ms. */
const TAKEN_OVER_MS = 30_000
/** Between two looks at what runs, ms. */
const STEP_MS = 100

/** What was seen of mail.0 since its host was struck: when it ran elsewhere, and how its old host was then. */
interface Seen {
  readonly afterMs: number | null
  readonly power: 'off' | 'booting' | 'up' | null
}

async function strike(
  way: FenceWay,
  blow: (stage: Stage, home: string) => void,
  forMs: number,
): Promise<Seen & { readonly told: readonly string[] }> {
  let seen: Seen = { afterMs: null, power: null }
  let told: readonly string[] = []
  const { violations, story } = await playScenario(
    3,
    async (stage) => {
      stage.operator.wanted.set('mail', SMALL)
      stage.operator.apply(false)
      await stage.run(10_000)
      const [home = ''] = stage.placesOf('mail.0')
      stage.fences.set(home, way)
      blow(stage, home)
      for (let ms = 0; ms < forMs && seen.afterMs === null; ms += STEP_MS) {
        await stage.run(STEP_MS)
        const elsewhere = stage.placesOf('mail.0').some((name) => name !== home)
        if (elsewhere) seen = { afterMs: ms + STEP_MS, power: stage.hosts.get(home)?.power ?? null }
      }
      told = stage.disk.content.events
        .filter(({ kind }) => kind === 'fence' || kind === 'warning')
        .map(({ text }) => text)
    },
    true,
  )
  expect(violations, story.slice(-60).join('\n')).toEqual([])
  return { ...seen, told }
}

function cutOff({ hosts, network }: Stage, home: string): void {
  for (const other of ['control', 'gateway', ...hosts.keys()].filter((name) => name !== home)) {
    network.cut(other, home)
    network.cut(home, other)
  }
}

const hang = ({ hosts }: Stage, home: string) => Object.assign(hosts.get(home) ?? {}, { sshd: 'hung' })

describe('exclusive work of a host that is cut off', () => {
  it('runs elsewhere as soon as its fence is confirmed, and its host is off by then', async () => {
    const { afterMs, power, told } = await strike('works', cutOff, TAKEN_OVER_MS)
    expect(power).toBe('off')
    expect(afterMs).toBeLessThan(FENCED_MS)
    expect(told.join('\n')).toMatch(/cutting its power: n\d is lost and may still run mail\.0[\s\S]*its power is off/)
  })

  it.each(['fails', 'hangs', 'unsure'] as const)('waits for the end of its lease where the driver %s', async (way) => {
    const { afterMs, told } = await strike(way, cutOff, TAKEN_OVER_MS)
    expect(afterMs).toBeGreaterThan(LEASE_MS)
    expect(told.join('\n')).not.toContain('its power is off')
  })
})

describe('a host that hangs', () => {
  it('is fenced after hc_hung_after, and then replaced', async () => {
    const { afterMs, power } = await strike('works', hang, 60_000)
    expect(power).toBe('off')
    expect(afterMs).toBeGreaterThan(30_000)
  })

  it.each(['fails', 'hangs'] as const)('keeps what it runs where the driver %s', async (way) => {
    expect((await strike(way, hang, 60_000)).afterMs).toBeNull()
  })

  it('keeps it too where the driver lies: it answers pings still, so that nobody believes that its power is off', async () => {
    expect((await strike('lies', hang, 60_000)).afterMs).toBeNull()
  })
})
