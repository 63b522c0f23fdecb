// Health checks, each at its own pace: what counts, what does not, and when.
import { expect, test } from 'vitest'
import { type HealthTarget, HealthWatch } from '../../src/cluster/health.js'
import type { HealthAnswer, HealthAsk } from '../../src/model/health.js'
import type { Transport } from '../../src/ports.js'
import { host } from '../planner/support/make.js'
import { HandClock } from './support/doors.js'

const rule: HealthTarget['rule'] = {
  check: { kind: 'http', port: 'http', path: '/up', status: null, body: 'fine' },
  intervalMs: 5000,
  timeoutMs: 2000,
  failures: 3,
  successes: 1,
  startMs: 30_000,
}
const well: HealthAnswer = { kind: 'answered', status: 200, body: 'all is fine' }
const silent: HealthAnswer = { kind: 'silent', text: 'refused' }

function target(overrides: Partial<HealthTarget> = {}): HealthTarget {
  return {
    slot: 'web.0',
    job: 'web',
    host: host('a'),
    run: 'r1',
    rule,
    port: 8080,
    driver: 'systemd',
    unit: 'hc-web.0.service',
    runningMs: 60_000,
    seenAt: 0,
    ...overrides,
  }
}

function stage(session: Transport['session'] = async () => ({ ok: true, exitCode: 0 })) {
  const clock = new HandClock()
  const world = { answer: silent, asked: [] as HealthAsk[] }
  const news: number[] = []
  const prober = {
    ask: async (_host: unknown, ask: HealthAsk) => {
      world.asked.push(ask)
      return world.answer
    },
  }
  const transport = { session, command: async () => ({ ok: true, exitCode: 0 }) } as unknown as Transport
  const watch = new HealthWatch({ clock, transport, prober, onNews: () => news.push(clock.now()) })
  const healthy = () => watch.report()['web.0']?.healthy
  return { clock, world, news, watch, healthy }
}

test('failures in a row make it unhealthy, one answer healthy again', async () => {
  const { clock, world, news, watch, healthy } = stage()
  watch.know([target()], new Set())
  await clock.pass(1500)
  expect([healthy(), world.asked.length]).toEqual([null, 2])
  await clock.pass(1000)
  expect(healthy()).toBe(false)
  expect(watch.report()['web.0']?.text).toBe('http port 8080: refused')
  world.answer = well
  await clock.pass(5000)
  expect([healthy(), news.length]).toEqual([true, 2])
  expect(world.asked[0]).toEqual({ kind: 'http', port: 8080, path: '/up', timeoutMs: 2000 })
  // From then on by its interval.
  const before = world.asked.length
  await clock.pass(20_000)
  expect(world.asked.length - before).toBe(4)
  watch.close()
})

test('while it starts failures do not count', async () => {
  const { clock, world, watch, healthy } = stage()
  watch.know([target({ runningMs: 0 })], new Set())
  await clock.pass(29_500)
  expect(healthy()).toBe(null)
  world.answer = well
  await clock.pass(1000)
  expect(healthy()).toBe(true)
  watch.close()
})

test('status and body have to be right', async () => {
  const { clock, world, watch, healthy } = stage()
  world.answer = { kind: 'answered', status: 200, body: 'on fire' }
  watch.know([target()], new Set())
  await clock.pass(3000)
  expect(healthy()).toBe(false)
  world.answer = { kind: 'answered', status: 503, body: 'fine' }
  await clock.pass(5000)
  expect(watch.report()['web.0']?.text).toBe('http 503')
  watch.close()
})

test('what could not be asked says nothing; a silent host keeps what is known, another start forgets it', async () => {
  const { clock, world, watch, healthy } = stage()
  world.answer = well
  watch.know([target()], new Set())
  await clock.pass(10)
  world.answer = { kind: 'unasked', text: 'no way' }
  await clock.pass(60_000)
  watch.know([], new Set(['web.0']))
  expect(healthy()).toBe(true)
  watch.know([target({ run: 'r2' })], new Set())
  expect(healthy()).toBe(null)
  watch.know([], new Set())
  expect(watch.report()).toEqual({})
})

test('a command tells by its code, and has its time', async () => {
  const codes = [0, 7]
  const { clock, watch, healthy } = stage(async ({ name }, { signal }) => {
    expect(name).toBe('a')
    const code = codes.shift()
    if (code !== undefined) return { ok: true, exitCode: code }
    return new Promise((resolve) => {
      signal?.addEventListener('abort', () =>
        resolve({ ok: false, failure: { kind: 'aborted', message: '', hint: null } }),
      )
    })
  })
  const command = { ...rule, check: { kind: 'command', argv: ['pg_isready'] }, failures: 2 } as const
  watch.know([target({ rule: command })], new Set())
  await clock.pass(100)
  expect(healthy()).toBe(true)
  await clock.pass(5000)
  expect(watch.report()['web.0']).toMatchObject({ healthy: true, text: 'pg_isready ended with 7' })
  await clock.pass(8000)
  expect(watch.report()['web.0']).toMatchObject({ healthy: false, text: 'pg_isready: no end within 2000 ms' })
  watch.close()
})

test('a host that hangs is asked from the control machine, which counts only where it could be asked so before', async () => {
  const { clock, world, news, watch } = stage()
  const moving = { ...host('a'), hungMoves: 'ordinary' as const }
  const report = () => watch.report()['web.0']
  world.answer = well
  watch.know([target({ host: moving })], new Set())
  await clock.pass(1000)
  expect(world.asked.map(({ outside }) => outside ?? false)).toEqual([false, true])
  expect(report()?.outside).toBe(undefined)
  const before = news.length
  watch.know([], new Set(['web.0']), new Set(['a']))
  await clock.pass(5000)
  expect(report()).toMatchObject({ healthy: true, outside: { failing: false, text: 'http 200' } })
  world.answer = { kind: 'unasked', text: 'no way to it within 2000 ms' }
  await clock.pass(10_000)
  expect(report()?.outside?.failing).toBe(false)
  await clock.pass(5000)
  expect(report()?.outside).toEqual({ failing: true, text: 'no way to it within 2000 ms' })
  expect(news.length - before).toBe(1)
  // It is back: what was seen from outside is over.
  world.answer = well
  watch.know([target({ host: moving })], new Set())
  await clock.pass(5000)
  expect(report()?.outside).toBe(undefined)
  watch.close()
})

test('nothing follows from a failure where the control machine never reached it, nor where nothing may move', async () => {
  const { clock, world, watch } = stage()
  const outside = (moves: object) => {
    watch.know([target({ host: { ...host('a'), ...moves } })], new Set())
    return clock.pass(5000)
  }
  world.answer = well
  await outside({})
  expect(world.asked.some((ask) => ask.outside)).toBe(false)
  watch.know([], new Set(['web.0']), new Set(['a']))
  world.answer = silent
  await clock.pass(30_000)
  expect(watch.report()['web.0']?.outside).toMatchObject({ failing: false })
  expect(watch.report()['web.0']?.outside?.text).toContain('never reached its port')
  watch.close()
})
