// Cases of the list that breaks naive versions, where the shell of a host decides them.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { drivers } from '../../src/drivers/index.js'
import { rulesText } from '../../src/remote/lease-files.js'
import { LEASE_SCRIPT } from '../../src/remote/lease-script.js'
import { lookScript, parseLooks } from '../../src/remote/look.js'
import { inputOf } from '../drivers/support.js'
import { BOOT, LeaseHost, rules } from '../remote/lease-support.js'
import { runIn, SHELLS } from '../remote/support.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hc-safety-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function unitOf(job: Parameters<typeof inputOf>[0]['job'], path: RegExp): string {
  const { units } = drivers.systemd.recipe(inputOf({ job: { command: ['/bin/true'], ...job } }))
  return units.find((unit) => path.test(unit.path))?.text ?? ''
}

/** The script in a line of a unit file, as the shell gets it. */
function scriptOf(text: string, name: string): string {
  const line = text.split('\n').find((each) => each.includes(`"${name}"`)) ?? ''
  const [, word = ''] = /"-c" "((?:[^"\\]|\\.)*)"/.exec(line) ?? []
  return word
    .replaceAll('$$', '$')
    .replaceAll('%%', '%')
    .replace(/\\(.)/g, (_, character: string) => ({ n: '\n', t: '\t' })[character] ?? character)
}

describe.each(SHELLS.map((shell) => ({ shell, name: shell.join(' ') })))('in $name', ({ shell }) => {
  describe('case 10: no wall clock decides when a lease ends', () => {
    test.each(['1971-01-01', '2099-01-01'])('the file of the lease was written in %s', (day) => {
      const host = new LeaseHost()
      try {
        host.put('run/armed/rules', `${rulesText(rules())}\n`)
        host.put('run/armed/slots/db.0', '5 systemd hc-db.0.service\n')
        host.put('run/words/db.0', `${BOOT} 5\n`)
        host.unit('hc-db.0.service', 'active')
        const stamp = (until: number): void => {
          host.put('run/lease', `${BOOT} ${until}\n`)
          utimesSync(join(host.folder, 'run/lease'), new Date(day), new Date(day))
        }
        stamp(100_001)
        expect(host.run(shell, `set -- ''\n${LEASE_SCRIPT}`)).toBe('')
        expect(host.has('run/words/db.0')).toBe(true)
        stamp(99_999)
        host.run(shell, `set -- ''\n${LEASE_SCRIPT}`)
        expect([host.has('run/words/db.0'), host.has('run/stopped/db.0')]).toEqual([false, true])
      } finally {
        host.remove()
      }
    })
  })

  describe('case 12: after a boot nothing runs before the first word, or the end of the wait', () => {
    const wait = (rounds: number): number => {
      const script = scriptOf(unitOf({}, /^hc-web\.0\.service$/), 'hc-boot-wait')
      expect(script).not.toBe('')
      const [program = '', ...first] = shell
      const began = performance.now()
      const done = spawnSync(program, [...first, '-c', script, 'hc-boot-wait', join(folder, 'hc/word'), String(rounds)])
      expect(done.status).toBe(0)
      return performance.now() - began
    }
    test('a word that is there lets it start at once; without one it waits, and the next one does not', () => {
      expect(wait(3)).toBeGreaterThanOrEqual(600)
      expect(existsSync(join(folder, 'hc/word'))).toBe(true)
      expect(wait(1000)).toBeLessThan(5000)
    })
  })

  describe('case 20: a host looks with what it has, at all others at once', () => {
    /** ping as a function; nothing else is found. */
    const doors = (ping: string) =>
      `timeout() { shift; "$@"; }\nip() { return 2; }\nPATH=${folder}/bin:$PATH\n${ping}\n`
    const targets = Array.from({ length: 8 }, (_, n) => ({ name: `n${n}`, address: `192.0.2.${n + 1}`, port: 22 }))
    test('eight silent hosts cost no more than one', () => {
      const began = performance.now()
      const text = runIn(shell, doors('ping() { sleep 1; return 1; }') + lookScript(targets, 1500))
      expect(performance.now() - began).toBeLessThan(5000)
      expect(Object.keys(parseLooks(text).methods)).toHaveLength(8)
      expect(parseLooks(text).reached).toEqual([])
    })
    test('a ping that may not ask is no answer of the host: the ssh port is tried, by bash called by name', () => {
      mkdirSync(join(folder, 'bin'))
      writeFileSync(join(folder, 'bin/bash'), `#!/bin/sh\necho "$*" >>${folder}/calls\nexit 0\n`, { mode: 0o755 })
      const text = runIn(shell, doors('ping() { return 2; }') + lookScript(targets.slice(0, 1), 500))
      expect(parseLooks(text)).toEqual({ reached: ['n0'], methods: { n0: 'tcp' }, cards: {} })
      expect(readFileSync(join(folder, 'calls'), 'utf8')).toContain('/dev/tcp/$1/$2" knock 192.0.2.1 22')
    })
  })
})

test('case 12: what a timer missed while its host was off is made up for by hc alone, so that it does not run twice', () => {
  const text = unitOf({ type: 'cron', schedule: '0 0 3 * * *' }, /\.timer$/)
  expect(text).toContain('Persistent=no')
})
