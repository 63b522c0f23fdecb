// What an armed host goes by lies in /run: filled again after a boot, by its own timer or by a write, whoever comes first.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LEASE_SCRIPT_VERSION } from '../../src/model/lease.js'
import { SHOW_LEASE } from '../../src/remote/lease.js'
import { DROP_IN, leaseUnits } from '../../src/remote/lease-files.js'
import { LEASE_SCRIPT } from '../../src/remote/lease-script.js'
import { parseWriteReply, type WriteRequest, writeScript } from '../../src/remote/write.js'
import { rules } from './lease-support.js'
import { type FakeHost, fakeHost, guard, recipe, SHELLS } from './support.js'

let host: FakeHost
beforeEach(() => {
  host = fakeHost()
  host.setState('hc-lease.timer', 'active')
})
afterEach(() => host.remove())

const UNIT = '[Unit]\nX-Hc-Slot=web.0\nX-Hc-Placement=5\nX-Hc-Driver=systemd\n[Service]\nExecStart=/bin/true\n'
const web = recipe('web.0', { units: [{ path: 'hc-web.0.service', text: UNIT }] })
const start: WriteRequest['steps'] = [{ kind: 'start', recipe: web }]
const ARM = { lease: { arm: { rules: rules({ voters: [] }), slots: [{ slot: 'web.0', placement: 5 }] } } }
const BOOT = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

describe.each(SHELLS.map((shell) => ({ shell, name: shell.join(' ') })))('in $name', ({ shell }) => {
  const write = (request: Partial<WriteRequest>) =>
    parseWriteReply(host.run(shell, writeScript({ guard: guard(), steps: [], ...request })))
  /** A start is refused with these words, and the slot has no word. */
  const refused = (words: string) => {
    expect(write({ steps: start })).toMatchObject({ steps: [{ ok: false, message: expect.stringContaining(words) }] })
    expect(host.read('/run/hc/words/web.0')).toBeNull()
  }
  const boot = () => {
    host.run(shell, 'rm -rf /run/hc')
    host.setState('hc-web.0.service', 'inactive')
  }
  const held = (folder: string) =>
    ['rules', 'proven', 'unproven', 'script', 'slots/web.0'].map((name) => host.read(`${folder}/${name}`))
  /** What the timer starts, as systemd hands it to the shell. */
  const look = () => {
    const line = /ExecStart=\/bin\/sh -c '(.*)' hc-lease/.exec(leaseUnits(rules())['hc-lease.service'])
    return (line?.[1] ?? 'exit 9').replaceAll('$$', '$')
  }
  const whole = () => {
    expect(held('/run/hc/armed')).toEqual(held('/var/lib/hc/lease'))
    expect(held('/run/hc/armed').every((text) => text !== null)).toBe(true)
    expect(readdirSync(join(host.folder, 'run/armed')).sort()).toEqual([
      'proven',
      'rules',
      'script',
      'slots',
      'unproven',
    ])
  }

  test('case 7: after a boot a word may come before the first look: the look finds all that it needs', () => {
    write({ ...ARM, steps: start })
    boot()
    expect(write({ steps: start })).toMatchObject({ ok: true, steps: [{ ok: true }] })
    expect(host.read('/run/hc/words/web.0')).toBe(`${BOOT} 5\n`)
    whole()
    host.run(shell, look())
    expect(host.read('/run/hc/looked')).toContain(BOOT)
    whole()
  })

  test('after a boot the first look fills it by itself', () => {
    write({ ...ARM, steps: start })
    boot()
    host.run(shell, look())
    whole()
    expect(host.read('/run/hc/looked')).toContain(BOOT)
  })

  test('looks and a write at the same moment leave it whole', () => {
    write({ ...ARM, steps: start })
    for (let round = 0; round < 5; round++) {
      boot()
      const asked = writeScript({ guard: guard(), steps: start })
      const looks = Array.from({ length: 4 }, () => `sh -c '${look()}' hc-lease 2>&1 & `).join('')
      host.run(shell, `${looks}\n( ${asked}\n)\nwait`)
      whole()
      expect(host.read('/run/hc/words/web.0')).toBe(`${BOOT} 5\n`)
    }
  })

  test('what was left half full is filled; what is newer there stays', () => {
    write({ ...ARM, steps: start })
    host.run(
      shell,
      'rm /run/hc/armed/script /run/hc/armed/rules; echo 6 systemd hc-web.0.service >/run/hc/armed/slots/web.0',
    )
    host.run(shell, look())
    expect(host.read('/run/hc/armed/slots/web.0')).toBe('6 systemd hc-web.0.service\n')
    expect(host.read('/run/hc/armed/rules')).toBe(host.read('/var/lib/hc/lease/rules'))
    expect(host.read('/run/hc/looked')).toContain(BOOT)
  })

  test('case 7: no word where the look can not be made, or fails', () => {
    write({ ...ARM, steps: start })
    boot()
    host.run(shell, 'mv /var/lib/hc/lease/script /var/lib/hc/lease/gone; mkdir -p /run/hc; : >/run/hc/armed')
    refused('look at its lease')
    host.run(shell, 'mv /var/lib/hc/lease/gone /var/lib/hc/lease/script; rm /run/hc/armed')
    host.setState('hc-lease.service', 'failed')
    host.run(shell, 'echo ExecStart=/nope >/etc/systemd/system/hc-lease.service')
    refused('Job for hc-lease.service failed')
    host.run(shell, 'echo ExecStart=/bin/true >/etc/systemd/system/hc-lease.service')
    expect(write({ steps: start })).toMatchObject({ steps: [{ ok: true }] })
    expect(host.read('/run/hc/words/web.0')).toBe(`${BOOT} 5\n`)
  })

  test('a word follows on a look that was seen to be made in this boot: it is not asked for twice', () => {
    const asks = () => host.calls().filter((call) => call === 'start -- hc-lease.service').length
    write({ ...ARM, steps: start })
    const once = asks()
    expect(once).toBeGreaterThan(0)
    host.setState('hc-web.0.service', 'inactive')
    write({ steps: start })
    expect(asks()).toBe(once)
    host.setState('hc-web.0.service', 'inactive')
    host.run(shell, 'echo 99999999-2222-3333-4444-555555555555 100 >/run/hc/looked')
    write({ steps: start })
    expect(asks()).toBe(once + 1)
  })

  test('a look that leaves no mark is none: no word', () => {
    write({ ...ARM, steps: start })
    boot()
    host.run(shell, 'echo ExecStart=/blind >/etc/systemd/system/hc-lease.service')
    refused('made no look')
  })

  test('an arm that does not come to its end shows no rules, and the next one ends it', () => {
    write({ steps: start })
    host.setState('hc-web.0.service', '')
    expect(write(ARM)).toMatchObject({
      lease: { ok: false, message: expect.stringContaining('does not say whether web.0 runs') },
    })
    expect(host.read('/run/hc/armed/slots/web.0')).not.toBeNull()
    expect(host.read('/run/hc/armed/rules')).toBeNull()
    expect(host.read('/run/hc/words/web.0')).toBeNull()
    const asked = `uid=0\nput() { printf '%s\\n' "$*"; }\n${SHOW_LEASE}`
    expect(host.run(shell, asked)).toMatch(/^lease - -.*\nlease-armed web\.0 5\n/)
    host.setState('hc-web.0.service', 'active')
    expect(write(ARM)).toMatchObject({ lease: { ok: true } })
    expect(host.read('/run/hc/words/web.0')).toBe(`${BOOT} 5\n`)
    whole()
  })

  test('an arm of other slots that is cut off before its rules still shows the old ones', () => {
    write({ ...ARM, steps: start })
    const rulesBefore = host.read('/run/hc/armed/rules')
    host.setState('hc-web.0.service', '')
    const more = { lease: { arm: { ...ARM.lease.arm, rules: rules({ voters: [], id: 9 }) } } }
    expect(write(more)).toMatchObject({ lease: { ok: false } })
    expect([host.read('/run/hc/armed/rules'), host.read('/var/lib/hc/lease/rules')]).toEqual([rulesBefore, rulesBefore])
  })

  test('what lies on the disk without its end is not taken for whole, and leaves nothing behind', () => {
    write({ ...ARM, steps: start })
    boot()
    host.run(shell, ': >/var/lib/hc/lease/script')
    host.run(shell, `( ${look()} ) || :`)
    expect(host.read('/run/hc/armed/script')).toBeNull()
    host.run(shell, 'rm -rf /var/lib/hc/lease')
    host.run(shell, `( ${look()} ) || :`)
    expect(host.run(shell, 'ls -A /run/hc/armed 2>/dev/null || :')).toBe('')
  })

  test('a timer that does not run is started before the word', () => {
    write({ ...ARM, steps: start })
    boot()
    host.setState('hc-lease.timer', 'inactive')
    expect(write({ steps: start })).toMatchObject({ steps: [{ ok: true }] })
    expect(host.calls()).toContain('start -- hc-lease.timer')
  })
})

test('what is written to armed hosts has not changed without its number: raise LEASE_SCRIPT_VERSION, then put the new sum here', () => {
  const units = leaseUnits(rules())
  const text = [
    LEASE_SCRIPT,
    DROP_IN,
    ...Object.keys(units)
      .sort()
      .map((unit) => units[unit as keyof typeof units]),
  ]
  const sum = createHash('sha256').update(text.join('\0')).digest('hex').slice(0, 16)
  expect([LEASE_SCRIPT_VERSION, sum]).toEqual([2, '0390c396478c787c'])
})
