// Arming, words, renewals: what writes and probes say of the lease, on a made-up host.
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LeaseFacts } from '../../src/model/lease.js'
import { parseLease, RENEWAL, type Renewal, renewalWords, SHOW_LEASE } from '../../src/remote/lease.js'
import { leaseUnits, rulesText } from '../../src/remote/lease-files.js'
import { parseSelf } from '../../src/remote/probe-self.js'
import { parsePurge, purgeScript } from '../../src/remote/purge.js'
import { parseWriteReply, type WriteRequest, writeScript } from '../../src/remote/write.js'
import { rules, voter } from './lease-support.js'
import { type FakeHost, fakeHost, guard, recipe, SHELLS, uptimeMs } from './support.js'

let host: FakeHost
beforeEach(() => {
  host = fakeHost()
  host.setState('hc-lease.timer', 'active')
})
afterEach(() => host.remove())

const ARMED = [{ slot: 'web.0', placement: 5 }]
const UNIT = '[Unit]\nX-Hc-Slot=web.0\nX-Hc-Placement=5\nX-Hc-Driver=systemd\n[Service]\nExecStart=/bin/true\n'
const web = recipe('web.0', { units: [{ path: 'hc-web.0.service', text: UNIT }] })
const DROP_IN = '/etc/systemd/system/hc-web.0.service.d/hc--lease-web.0.conf'
const BOOT = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

describe.each(SHELLS.map((shell) => ({ shell, name: shell.join(' ') })))('in $name', ({ shell }) => {
  const write = (request: Partial<WriteRequest>) =>
    parseWriteReply(host.run(shell, writeScript({ guard: guard(), steps: [], ...request })))
  const arm = (slots = ARMED, over: Parameters<typeof rules>[0] = {}) => ({
    lease: { arm: { rules: rules({ voters: [], ...over }), slots } },
  })
  const start: WriteRequest['steps'] = [{ kind: 'start', recipe: web }]
  const shown = (renew?: Renewal): LeaseFacts | null | undefined => {
    const text = host.run(
      shell,
      `${renew ? renewalWords(renew) : ''}uid=0\nput() { printf '%s\\n' "$*"; }\nnow() { read -r up rest </proc/uptime; now=$((\${up%.*} * 100 + 1\${up#*.} - 100)); }\n${renew ? RENEWAL : ''}\n${SHOW_LEASE}`,
    )
    return parseLease((key) =>
      text
        .split('\n')
        .filter((line) => line.startsWith(`${key} `))
        .map((line) => line.slice(key.length + 1)),
    )
  }
  const renewals = (over: Partial<Renewal['guard']> = {}): Renewal => {
    const { term, cluster, bootId } = guard()
    return { guard: { term, cluster, bootId, deadlineMs: uptimeMs() + 5000, ...over }, leaseMs: 8000 }
  }

  test('an unarmed host shows no lease, and a renewal writes nothing', () => {
    write({ steps: start })
    expect(shown(renewals())).toBeNull()
    expect([host.read('/run/hc/lease'), host.read('/run/hc/lease.lock')]).toEqual([null, ''])
  })

  test('armed and started in one write: the word is there before the start, and it is told', () => {
    expect(write({ ...arm(), steps: start })).toEqual({
      ok: true,
      steps: [{ slot: 'web.0', step: 'start', ok: true, unknown: false, message: 'started' }],
      lease: { ok: true, rules: 7, message: '', unknown: false },
    })
    expect(host.read('/run/hc/words/web.0')).toBe(`${BOOT} 5\n`)
    expect(host.read(DROP_IN)).toContain('ConditionPathExists=')
    expect(host.read(DROP_IN)).toContain('hc-word ')
    for (const folder of ['/var/lib/hc/lease', '/run/hc/armed']) {
      expect(host.read(`${folder}/rules`)).toBe(`${rulesText(rules({ voters: [] }))}\n`)
      expect(host.read(`${folder}/slots/web.0`)).toBe('5 systemd hc-web.0.service\n')
    }
    expect(host.read('/var/lib/hc/audit.log')).toMatch(/Z 3 owner-a start web\.0\n.*Z 3 owner-a arm 7\n/)
    const calls = host.calls()
    const at = (call: string): number => calls.findIndex((one) => one.startsWith(call))
    expect(at('daemon-reload')).toBeLessThan(at('restart hc-lease.timer'))
    expect(at('restart hc-lease.timer')).toBeLessThan(at('start -- hc-web.0.service'))
    expect(shown()).toEqual({
      rules: 7,
      until: null,
      looked: expect.any(Number),
      armed: ARMED,
      words: ['web.0'],
      stopped: [],
    })
  })

  test('armed twice is armed once, and what runs is neither stopped nor started', () => {
    write({ steps: start })
    const before = host.calls().length
    expect(write(arm())).toMatchObject({ lease: { ok: true, rules: 7 } })
    expect(write(arm())).toMatchObject({ lease: { ok: true, rules: 7 } })
    const calls = host.calls().slice(before)
    expect(calls.filter((call) => call.includes('web.0.service') && !call.startsWith('show'))).toEqual([])
    expect(calls.filter((call) => call === 'daemon-reload')).toHaveLength(1)
    expect(host.read('/run/hc/words/web.0')).toBe(`${BOOT} 5\n`)
  })

  test('no key is waited for of a voter who is silent on its own network or lost; elsewhere it proves who answers', () => {
    // 10.0.0.2 is on the same network and off, the others are behind a router, 10.0.0.5 is known to be lost.
    host.run(
      shell,
      `printf '#!/bin/sh\\n' | tee $FAKE/bin/ping $FAKE/bin/ip >$FAKE/bin/ssh-keyscan
echo 'case $* in (*10.0.0.2) echo "10.0.0.2 dev eth0 FAILED" ;; esac' >>$FAKE/bin/ip
echo 'echo "keyscan $*" >>$FAKE/calls; case $* in (*10.0.0.3) echo "10.0.0.3 ssh-ed25519 AAAA" ;; esac' >>$FAKE/bin/ssh-keyscan
echo 'echo "ping $*" >>$FAKE/calls' >>$FAKE/bin/ping
chmod 755 $FAKE/bin/ping $FAKE/bin/ip $FAKE/bin/ssh-keyscan`,
    )
    const voters = [2, 3, 4, 5].map((n) => voter(n, { hostKeys: ['ssh-ed25519 AAAA'] }))
    const lease = { arm: { rules: rules({ voters }), slots: ARMED, silent: ['nuc5'] } }
    expect(write({ lease })).toMatchObject({ lease: { ok: true } })
    const asked = (how: string) =>
      host.calls().flatMap((call) => (call.startsWith(how) ? [call.split(' ').at(-1)] : []))
    expect(asked('keyscan').sort()).toEqual(['10.0.0.3', '10.0.0.4'])
    expect(asked('ping').sort()).toEqual(['10.0.0.2', '10.0.0.3', '10.0.0.4'])
    expect(host.read('/run/hc/armed/proven')).toBe('nuc3\n')
    expect(host.read('/run/hc/armed/unproven')).toBe('nuc2\nnuc4\nnuc5\n')
  })

  test('what does not run gets no word by arming alone', () => {
    write({ steps: start })
    host.setState('hc-web.0.service', 'inactive')
    write(arm())
    expect(host.read('/run/hc/words/web.0')).toBeNull()
    expect(write({ steps: [{ kind: 'restartOnly', slot: 'web.0', timeoutMs: 100 }] })).toMatchObject({
      steps: [{ ok: true }],
    })
    expect(host.read('/run/hc/words/web.0')).toBe(`${BOOT} 5\n`)
  })

  test('a new placement has its own word and condition', () => {
    write({ ...arm(), steps: start })
    const text = UNIT.replace('Placement=5', 'Placement=6')
    write({ steps: [{ kind: 'start', recipe: recipe('web.0', { units: [{ path: 'hc-web.0.service', text }] }) }] })
    expect(host.read('/run/hc/words/web.0')).toBe(`${BOOT} 6\n`)
    expect(host.read(DROP_IN)).toMatch(/words\/web\.0 6\n$/)
    expect(shown()?.armed).toEqual([{ slot: 'web.0', placement: 6 }])
  })

  test('a stop takes the word first, and everything of the slot', () => {
    write({ ...arm(), steps: start })
    expect(write({ steps: [{ kind: 'stop', slot: 'web.0', timeoutMs: 100 }] })).toMatchObject({ steps: [{ ok: true }] })
    expect([host.read('/run/hc/words/web.0'), host.read(DROP_IN)]).toEqual([null, null])
  })

  test('what the host is stopping by itself is not started', () => {
    write({ ...arm(), steps: start })
    host.setState('hc-web.0.service', 'inactive')
    host.run(shell, 'rm /run/hc/words/web.0; mkdir -p /run/hc/stopping; echo 1 >/run/hc/stopping/web.0')
    expect(write({ steps: start })).toMatchObject({
      steps: [{ ok: false, message: expect.stringContaining('is still stopping it') }],
    })
    expect(host.read('/run/hc/words/web.0')).toBeNull()
  })

  test('a job that names a unit: that one waits for the word too, as long as the job names it', () => {
    const named = (target: string) =>
      recipe('web.0', {
        target,
        units: [{ path: 'hc-web.0.service', text: UNIT.replace('[Service]', `X-Hc-Target=${target}\n[Service]`) }],
      })
    write({ ...arm(), steps: [{ kind: 'start', recipe: named('nginx.service') }] })
    const file = (unit: string) => host.read(`/etc/systemd/system/${unit}.d/hc--lease-web.0.conf`)
    expect([file('nginx.service') !== null, file('hc-web.0.service') !== null]).toEqual([true, true])
    write({ steps: [{ kind: 'start', recipe: named('caddy.service') }] })
    expect([file('nginx.service'), file('caddy.service') !== null]).toEqual([null, true])
  })

  test('a slot that is armed no longer loses its condition before its word', () => {
    write({ ...arm(), steps: start })
    const before = host.calls().length
    expect(write(arm([], { id: 8 }))).toMatchObject({ lease: { ok: true, rules: 8 } })
    expect([host.read(DROP_IN), host.read('/run/hc/words/web.0'), host.read('/var/lib/hc/lease/slots/web.0')]).toEqual([
      null,
      null,
      null,
    ])
    expect(host.calls().slice(before)).toContain('daemon-reload')
  })

  test('where the host cannot be armed, what should be is not started, and the rest is', () => {
    host.run(shell, 'mkdir -p /var/lib/hc; : >/var/lib/hc/lease')
    const reply = write({ ...arm(), steps: [...start, { kind: 'start', recipe: recipe('free.0') }] })
    expect(reply).toMatchObject({
      steps: [
        { slot: 'web.0', ok: false, message: expect.stringContaining('could not be armed') },
        { slot: 'free.0', ok: true },
      ],
      lease: { ok: false, unknown: false },
    })
  })

  test('a timer that systemd does not run is no arming', () => {
    host.run(shell, 'printf "#!/bin/sh\\nexit 1\\n" >$FAKE/bin/systemctl')
    expect(write(arm())).toMatchObject({ lease: { ok: false, message: expect.stringContaining('hc-lease.timer') } })
  })

  test('disarmed, nothing of it is left, and what runs goes on; twice too', () => {
    write({ ...arm(), steps: start })
    const before = host.calls().length
    for (let round = 0; round < 2; round += 1)
      expect(write({ lease: { disarm: true } })).toMatchObject({ lease: { ok: true, rules: null } })
    expect(shown()).toBeNull()
    expect(
      host
        .run(
          shell,
          'find / -maxdepth 0; find /etc/systemd/system /run/hc /var/lib/hc -name "*lease*" ! -name lease.lock',
        )
        .split('\n')
        .slice(1),
    ).toEqual([''])
    expect(
      host
        .calls()
        .slice(before)
        .filter((call) => call.includes('web.0')),
    ).toEqual([])
    expect(host.read('/etc/systemd/system/hc-web.0.service')).not.toBeNull()
  })

  test('a purge takes the lease away too', () => {
    write({ ...arm(), steps: start })
    expect(parsePurge(host.run(shell, purgeScript(guard(), { volumes: true })))).toBeNull()
    expect(host.run(shell, 'find /etc/systemd/system -name "*lease*"')).toBe('')
  })

  test('a renewal holds to its deadline at most, never shortens, and is told', () => {
    write(arm())
    const first = renewals()
    expect(shown(first)).toMatchObject({ renewal: 'renewed', until: Math.floor(first.guard.deadlineMs / 10) * 10 })
    const { until } = shown(renewals({ deadlineMs: uptimeMs() + 1000 })) ?? {}
    expect(until).toBe(Math.floor(first.guard.deadlineMs / 10) * 10)
    const long = shown(renewals({ deadlineMs: uptimeMs() + 60_000 }))
    expect((long?.until ?? 0) - uptimeMs()).toBeLessThanOrEqual(8000)
    expect((long?.until ?? 0) - uptimeMs()).toBeGreaterThan(5000)
  })

  test.each([
    ['too late', { deadlineMs: uptimeMs() - 1000 }, 'deadline'],
    ['for another boot', { bootId: '99999999-2222-3333-4444-555555555555' }, 'boot'],
    ['under a lower term', { term: { number: 2, owner: 'owner-a' } }, 'term'],
    ['under a term that no write has brought', { term: { number: 4, owner: 'owner-a' } }, 'term'],
    ['by another owner of the same term', { term: { number: 3, owner: 'owner-b' } }, 'term'],
    ['by a copied store of another cluster', { cluster: 'cluster-2' }, 'term'],
  ] as const)('case 1: a renewal %s is refused', (_, over, why) => {
    write(arm())
    expect(shown(renewals(over))).toMatchObject({ renewal: why, until: null })
  })

  test('case 13: a long write does not hold renewals up', () => {
    write(arm())
    host.run(shell, `(flock 9; sleep 3) 9>>/run/hc/lock >/dev/null 2>&1 &`)
    expect(shown(renewals())).toMatchObject({ renewal: 'renewed' })
    host.run(shell, `(flock 8; sleep 3) 8>>/run/hc/lease.lock >/dev/null 2>&1 & sleep 0.2`)
    expect(shown(renewals({ deadlineMs: uptimeMs() + 7000 }))).toMatchObject({ renewal: 'lock' })
  })

  test('case 7: a word of an earlier boot is none', () => {
    write({ ...arm(), steps: start })
    host.run(shell, 'echo 99999999-2222-3333-4444-555555555555 5 >/run/hc/words/web.0')
    expect(shown()?.words).toEqual([])
    const line = /ExecCondition=\+\/bin\/sh -c '(.*)' hc-word (\S+) (\S+)\n/.exec(host.read(DROP_IN) ?? '')
    const condition = (line?.[1] ?? 'exit 9').replaceAll('$$', '$')
    const ask = (): string => host.run(shell, `sh -c '${condition}' hc-word ${line?.[2]} ${line?.[3]}; echo $?`).trim()
    expect(ask()).toBe('1')
    host.run(shell, `echo ${BOOT} 4 >/run/hc/words/web.0`)
    expect(ask()).toBe('1')
    host.run(shell, `echo ${BOOT} 5 >/run/hc/words/web.0`)
    expect(ask()).toBe('0')
    host.run(shell, 'rm /run/hc/words/web.0')
    expect(ask()).not.toBe('0')
  })
})

test('rules are lines of words, and what is no address is a bug', () => {
  expect(rulesText(rules({ voters: [voter(2, { tcp: true }), voter(3, { port: null, macs: [] })] }))).toBe(
    'rules 7 800 200 30 240 y\nvoter nuc2 10.0.0.2 22 02:00:00:00:00:02 y\nvoter nuc3 10.0.0.3 - - -',
  )
  expect(() => rulesText(rules({ voters: [voter(2, { address: '10.0.0.2; reboot' })] }))).toThrow('is none')
})

test('case 10: the timer is exact, its service says little, and no start limit ends it', () => {
  const units = leaseUnits(rules())
  expect(units['hc-lease.timer']).toContain('OnUnitActiveSec=2000ms\nAccuracySec=100ms')
  expect(units['hc-lease.service']).toContain('LogLevelMax=notice')
  expect(units['hc-lease.service']).toContain('StartLimitIntervalSec=0')
  expect(units['hc-lease-sleep.service']).toContain('Before=sleep.target')
})

test('who a host is: real cards, public keys, both ends of the connection', () => {
  const lines: Record<string, string[]> = {
    mac: ['02:AA:00:00:00:01', '00:00:00:00:00:00', 'nonsense', '02:aa:00:00:00:01'],
    'host-key': ['ssh-ed25519 AAAA', 'ssh-rsa AA\u001bAA'],
    connection: ['10.0.0.1 10.0.0.9'],
  }
  expect(parseSelf((key) => lines[key] ?? [])).toEqual({
    macs: ['02:aa:00:00:00:01'],
    hostKeys: ['ssh-ed25519 AAAA'],
    connection: { own: '10.0.0.1', peer: '10.0.0.9' },
  })
  expect(parseSelf(() => [])).toEqual({})
})
