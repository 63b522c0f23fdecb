// What a process that dies gets: systemd starts it again, also while hc is off, and hc counts. One that cannot stay is
// reported with its reason.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { idleJob, webJob } from './support/jobs.js'
import { on, wipe } from './support/lab.js'
import { closeProjects, Project } from './support/project.js'
import { listens, only } from './support/seen.js'
import { eventually, sleep, stopwatch, tell } from './support/wait.js'

/** Kills the main process of a slot `times` times in ten seconds; the longest time until it answered again, seconds. */
async function killRepeatedly(slot: string, port: number, times: number): Promise<number> {
  const { host } = await only(slot)
  let longest = 0
  for (let n = 0; n < times; n++) {
    const since = stopwatch()
    await on(host, `systemctl kill -s KILL --kill-who=main hc-${slot}.service`)
    await eventually(`${slot} answers again`, () => listens(host, port), { seconds: 10, everyMs: 50 })
    longest = Math.max(longest, since())
    await sleep(Math.max(0, 1500 - since() * 1000))
  }
  return longest
}

describe('kill -9', () => {
  let project: Project

  beforeAll(async () => {
    await wipe()
    project = new Project()
    // One for each test: restart.attempts allows ten within five minutes.
    project.job('alone', webJob(8141))
    project.job('watched', webJob(8143))
    expect((await project.apply()).code).toBe(0)
  })
  afterAll(closeProjects)

  test('six times in ten seconds without hc: it answers again each time, and status counts', async () => {
    tell('longest until it answered again, no loop', await killRepeatedly('alone.0', 8141, 6))
    const status = await project.status()
    expect(status.allocations.find(({ slot }) => slot === 'alone.0')).toMatchObject({ state: 'running', restarts: 6 })
  })

  test('and with the loop: systemd does it, hc takes no action', async () => {
    const host = (await only('watched.0')).host
    const loop = await project.loop()
    const before = await project.events()
    tell('longest until it answered again, with the loop', await killRepeatedly('watched.0', 8143, 6))
    const status = await project.converged(10)
    expect(status.allocations.find(({ slot }) => slot === 'watched.0')).toMatchObject({
      host,
      state: 'running',
      restarts: 6,
    })
    const news = (await project.events()).slice(before.length)
    expect(news.filter(({ kind }) => ['decided', 'done', 'failed'].includes(kind))).toEqual([])
    expect(news.some(({ kind, slot }) => kind === 'restarted-by-systemd' && slot === 'watched.0')).toBe(true)
    expect((await loop.kill('SIGTERM')).code).toBe(0)
  })
})

describe('a command that exits at once', () => {
  afterAll(closeProjects)

  test('is reported with its reason, exit 1, the rest is carried on; mended, it runs', async () => {
    await wipe()
    const project = new Project()
    project.job('good', webJob(8142))
    project.job(
      'bad',
      idleJob('restart: {attempts: 3, window: 1m}').replace(
        '[sleep, infinity]',
        '[sh, -c, "echo cannot open the valve >&2; exit 7"]',
      ),
    )
    project.job('absent', idleJob().replace('[sleep, infinity]', '[/usr/bin/no-such-program]'))
    const { code, json } = await project.apply()
    expect(code).toBe(1)
    const of = (slot: string) => json.results.find((result) => result.slot === slot)
    expect(of('good.0')).toMatchObject({ ok: true, error: null })
    expect(of('bad.0')?.ok).toBe(false)
    expect(of('bad.0')?.error).toMatch(/\b7\b/)
    expect(of('absent.0')?.ok).toBe(false)
    expect(of('absent.0')?.error).toContain('no-such-program')
    expect(await listens((await only('good.0')).host, 8142)).toBe(true)
    const status = await project.status()
    expect(status.converged).toBe(false)
    const bad = status.allocations.find(({ slot }) => slot === 'bad.0')
    expect(bad?.state).toBe('failed')
    expect(bad?.note).toMatch(/\b7\b/)
    expect((await project.hc('logs', 'bad')).stdout).toContain('cannot open the valve')

    project.job('bad', idleJob())
    project.job('absent', idleJob())
    expect((await project.apply()).code).toBe(0)
    await only('bad.0')
    await only('absent.0')
  })
})
