// What every driver promises, whatever it runs.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Driver } from '../../src/drivers/driver.js'
import type { Job } from '../../src/model/job.js'
import { slotOfUnit } from '../../src/model/names.js'
import { parseUnits } from '../../src/remote/parse-units.js'
import type { Recipe } from '../../src/remote/recipe.js'
import { parseWriteReply, writeScript } from '../../src/remote/write.js'
import { fakeHost, guard } from '../remote/support.js'
import { inputOf, recipeText, type Wish } from './support.js'

/** Directive lines of a unit file, with the section they stand in. */
function linesOf(recipe: Recipe, path: string): string[] {
  const text = recipe.units.find((unit) => unit.path === path)?.text ?? ''
  let section = ''
  return text.split('\n').flatMap((line) => {
    if (line.startsWith('[')) section = line
    return line === '' || line.startsWith('[') || line.startsWith('#') ? [] : [`${section}${line}`]
  })
}

/** Runs the suite over one driver; `runs` is what its jobs run. */
export function conformance(driver: Driver, runs: Partial<Job>): void {
  const recipe = (wish: Wish = {}): Recipe =>
    driver.recipe(inputOf({ ...wish, job: { driver: driver.name, ...runs, ...wish.job } }))
  const service = (wish: Wish = {}): string[] => linesOf(recipe(wish), 'hc-web.0.service')

  describe(`the driver ${driver.name}`, () => {
    test('says whose unit it is, as the probe reads it', () => {
      const { units } = recipe({ job: { ports: { http: { host: 8080, container: null } } } })
      const lines = units.flatMap(({ path, text }) =>
        text.split('\n').map((line) => `/etc/systemd/system/${path}:${line}`),
      )
      expect(parseUnits(lines, [])).toMatchObject([
        {
          slot: 'web.0',
          cluster: 'c1u5ter',
          hash: 'h4sh',
          version: 4,
          term: 3,
          placement: 7,
          generation: 2,
          driver: driver.name,
          ports: { http: 8080 },
        },
      ])
    })

    test('keeps what restart promises, and not what systemd would do by itself', () => {
      expect(service({ job: { restart: { attempts: 10, windowMs: 300_000, delayMs: 200 } } })).toEqual(
        expect.arrayContaining([
          '[Unit]StartLimitIntervalSec=300s',
          '[Unit]StartLimitBurst=11',
          '[Service]Restart=always',
          '[Service]RestartSec=200ms',
        ]),
      )
      expect(service({ job: { restart: { attempts: 0, windowMs: 1000, delayMs: 0 } } })).toContain(
        '[Service]Restart=no',
      )
      expect(service({ job: { type: 'batch' } })).toContain('[Service]Restart=on-failure')
    })

    test('stops as the job says', () => {
      expect(service({ job: { stop: { signal: 'SIGINT', timeoutMs: 1500 } } })).toEqual(
        expect.arrayContaining(['[Service]KillSignal=SIGINT', '[Service]TimeoutStopSec=1500ms']),
      )
    })

    test('services start with the host, batch jobs do not, cron jobs by their timer', () => {
      expect(recipe().links).toEqual([{ unit: 'hc-web.0.service', target: 'multi-user.target' }])
      expect(recipe({ job: { type: 'batch' } }).links).toEqual([])
      const cron = recipe({ job: { type: 'cron', schedule: '0 3 * * *' } })
      expect(cron).toMatchObject({
        start: 'hc-web.0.timer',
        links: [{ unit: 'hc-web.0.timer', target: 'timers.target' }],
      })
      expect(linesOf(cron, 'hc-web.0.timer')).toContain('[Timer]OnCalendar=*-*-* 03:00:00')
      expect(linesOf(cron, 'hc-web.0.service')).toEqual(
        expect.arrayContaining(['[Service]Type=oneshot', '[Service]Restart=no']),
      )
    })

    test('runs of batch and cron jobs are written down, whatever becomes of it; services have none', () => {
      expect(service().join('\n')).not.toContain('/var/lib/hc/runs')
      for (const job of [{ type: 'batch' }, { type: 'cron', schedule: '@daily' }] as const) {
        const lines = service({ job }).filter((line) => line.includes('/var/lib/hc/runs'))
        expect(lines.map((line) => line.split('"')[0])).toEqual([
          '[Service]ExecStartPre=-+',
          '[Service]ExecStopPost=-+',
        ])
      }
    })

    test.each([
      ['forbid', 'start'],
      ['replace', 'restart'],
    ] as const)('overlap: %s goes by a unit of its own, which ends at once and is that of no slot', (overlap, verb) => {
      const made = recipe({ job: { type: 'cron', schedule: '@daily', overlap } })
      expect(linesOf(made, 'hc-web.0.timer')).toContain('[Timer]Unit=hc-web-0-again.service')
      const told = linesOf(made, 'hc-web-0-again.service').join('\n')
      expect(told).toMatch(new RegExp(`systemctl --no-block ${verb} .*"hc-web\\.0\\.service"`))
      expect(slotOfUnit('hc-web-0-again.service')).toBeNull()
    })

    test('a cron job that runs often is not taken for one that fails often', () => {
      expect(service({ job: { type: 'cron', schedule: '* * * * * *' } })).toContain('[Unit]StartLimitIntervalSec=0')
    })

    test('secrets and env files stand in no unit file, and in files that only root reads', () => {
      const made = recipe({
        job: { secrets: { KEY: { kind: 'env', name: 'X' } }, envFiles: ['/e'] },
        secrets: { KEY: 'S3CRET\nline' },
        envFiles: ['PASS=HIDD3N\n'],
      })
      for (const { text } of made.units) expect(text).not.toMatch(/S3CRET|HIDD3N/)
      const closed = made.files.filter(({ bytes }) => /S3CRET|HIDD3N/.test(new TextDecoder().decode(bytes)))
      expect(closed.length).toBeGreaterThan(0)
      expect(closed.map(({ mode }) => mode.toString(8))).toEqual(closed.map(() => '600'))
    })

    test("takes the operator's directives into the sections that are there", () => {
      const text = recipe({ job: { systemd: { Service: { Nice: ['5', '6\nExecStart=/evil'] } } } }).units[0]?.text ?? ''
      expect(text.match(/\[Service\]/g)).toHaveLength(1)
      expect(text).toContain('\nNice=5\nNice=6 ExecStart=/evil\n')
    })

    test('a shared volume that is not mounted holds the start back with a sentence', () => {
      const volumes = [{ source: '/mnt/nas', target: '/data', readOnly: false, shared: true }]
      const made = recipe({ job: { volumes } })
      expect(made.folders).toEqual([])
      expect(linesOf(made, 'hc-web.0.service')).toEqual(
        expect.arrayContaining([
          '[Unit]RequiresMountsFor=/mnt/nas',
          expect.stringMatching(/^\[Service\]ExecStartPre=\+"\/bin\/sh".*is not mounted on this host.*"\/mnt\/nas"$/),
        ]),
      )
    })

    test('folders of local volumes are made', () => {
      const volumes = [
        { source: 'data', target: '/data', readOnly: false, shared: false },
        { source: '/srv/www', target: '/www', readOnly: true, shared: false },
      ]
      expect(recipe({ job: { volumes } }).folders).toEqual(['/var/lib/hc/volumes/data', '/srv/www'])
    })

    test('the same input gives the same bytes', () => {
      const wish = {
        job: { env: { B: '1', A: '2' }, ports: { b: { host: 2, container: null }, a: { host: 1, container: null } } },
      }
      expect(recipeText(recipe(wish))).toBe(recipeText(recipe(wish)))
    })

    test('no value makes a line of its own', () => {
      const lines = service({ job: { env: { A: 'x' } } }).length
      const text = fc.string({ unit: fc.constantFrom(...'ab\n\r"\'\\$%[]=;# '), maxLength: 30 })
      fc.assert(
        fc.property(text, (value) => {
          expect(service({ job: { env: { A: value } } })).toHaveLength(lines)
        }),
        { numRuns: 60 },
      )
    })

    test('a host takes it in one write and gives it back whole', () => {
      const host = fakeHost()
      try {
        const made = recipe({
          job: { type: 'cron', schedule: '@daily', secrets: { K: { kind: 'env', name: 'X' } } },
          secrets: { K: "it's\n$x" },
        })
        const steps = [{ kind: 'start', recipe: made }] as const
        expect(parseWriteReply(host.run(['sh'], writeScript({ guard: guard(), steps })))).toMatchObject({
          steps: [{ ok: true, message: 'started' }],
        })
        expect(host.calls()).toContain('start -- hc-web.0.timer')
        const stop = [{ kind: 'stop', slot: 'web.0', timeoutMs: 1000 }] as const
        expect(parseWriteReply(host.run(['sh'], writeScript({ guard: guard(), steps: stop })))).toMatchObject({
          steps: [{ ok: true }],
        })
        for (const path of ['hc-web.0.service', 'hc-web.0.timer'])
          expect(host.read(`/etc/systemd/system/${path}`)).toBeNull()
        expect(host.read('/var/lib/hc/alloc/web.0/env')).toBeNull()
      } finally {
        host.remove()
      }
    })
  })
}
