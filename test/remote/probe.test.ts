import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HostFacts } from '../../src/model/host.js'
import { parseSpan } from '../../src/remote/parse-units.js'
import { parseProbe, parseTerm, probeScript } from '../../src/remote/probe.js'
import { runIn, SHELLS } from './support.js'

const captured = (name: string): string => readFileSync(new URL(`probes/${name}.txt`, import.meta.url), 'utf8')

function factsOf(output: string): HostFacts {
  const reply = parseProbe(output)
  if (!reply.ok) throw new Error(reply.failure.message)
  return reply.facts
}

describe('answers of a real host', () => {
  test('one without any unit of hc', () => {
    expect(factsOf(captured('empty-full'))).toMatchObject({
      bootId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      os: 'debian',
      osVersion: '12',
      arch: 'x86_64',
      capacity: { cpu: 2000, devices: {} },
      drivers: { systemd: '252', podman: '4.3.1', docker: '20.10.24+dfsg1' },
      containerInit: { podman: '/usr/bin/docker-init', docker: '/usr/bin/docker-init' },
      cgroup: 1,
      root: true,
      units: [],
      containers: [],
      containersKnown: true,
    })
  })

  test('one with every kind of unit', () => {
    const facts = factsOf(captured('busy-full'))
    const told = facts.units.map(({ slot, active, sub, result }) => `${slot} ${active}/${sub} ${result}`)
    expect(told).toEqual([
      'broken.0 failed/failed exit-code',
      'cbatch.0 inactive/dead success',
      'cont.0 active/running success',
      'dock.0 active/running success',
      'fbatch.0 failed/failed exit-code',
      expect.stringMatching(/^nightly\.0 /),
      'once.0 inactive/dead success',
      'proxy.0 active/running success',
      'web.0 active/running success',
    ])
    const unit = (slot: string) => facts.units.find((one) => one.slot === slot)
    expect(unit('web.0')).toMatchObject({
      cluster: 'trialcluster',
      hash: 'abc123',
      version: 1,
      term: 1,
      placement: 1,
      generation: 0,
      driver: 'systemd',
      ports: { http: 18301 },
      target: null,
      load: 'loaded',
      restarts: 1,
      pid: expect.any(Number),
      memory: expect.any(Number),
      cpuNs: null,
      activeSinceMs: expect.any(Number),
    })
    expect(unit('broken.0')).toMatchObject({ exitStatus: 203, restarts: 11, activeSinceMs: null, pid: null })
    expect(unit('once.0')?.inactiveSinceMs).toBeGreaterThan(0)
    expect(unit('cont.0')).toMatchObject({ driver: 'podman', memory: null, ports: { http: 18302 } })
    expect(unit('proxy.0')).toMatchObject({ target: 'tfake@x.service', pid: expect.any(Number) })
    expect(unit('nightly.0')?.timer).toEqual({
      active: 'active',
      lastTriggerMs: expect.any(Number),
      sinceMs: 3_721_312,
    })
    const web = unit('web.0')
    expect(facts.monotonicMs - (web?.activeSinceMs ?? 0)).toBeLessThan(2000)
    expect(facts.containers).toEqual([
      { slot: 'cont.0', driver: 'podman', cluster: 'trialcluster', state: 'running' },
      { slot: 'dock.0', driver: 'docker', cluster: 'trialcluster', state: 'running' },
    ])
    expect(facts.listening.filter(({ port }) => port > 18_000 && port < 18_400)).toContainEqual({
      protocol: 'tcp',
      address: '*',
      port: 18_301,
    })
    expect(facts.term).toEqual({ number: 1, owner: 'trial' })
    expect(facts.cluster).toBe('trialcluster')
  })

  test.each([
    ['zone /usr/share/zoneinfo/Europe/Paris', 'Europe/Paris'],
    ['zone ', 'UTC'],
    ['zone /srv/own/localtime', undefined],
    ['', undefined],
  ])('%j says that its time zone is %s', (line, zone) => {
    expect(factsOf(captured('empty-full').replace(/^arch .*$/m, (arch) => `${arch}\n${line}`)).timezone).toBe(zone)
  })

  test('a quick probe repeats the slow facts and says nothing of containers', () => {
    const [quick, full] = [factsOf(captured('busy-quick')), factsOf(captured('busy-full'))]
    expect(quick.containersKnown).toBe(false)
    expect(quick.drivers).toEqual(full.drivers)
    expect(quick.units.map(({ slot }) => slot)).toEqual(full.units.map(({ slot }) => slot))
  })
})

describe('answers that are none', () => {
  test.each([
    ['nothing', '', 'broken', /empty/],
    ['a banner', 'Welcome\nto my host', 'broken', /begins with "Welcome to my host"/],
    ['half of it', captured('busy-full').slice(0, 3000), 'broken', /ends in the middle/],
    ['no root', 'hc-probe 1\nuid 1000\nboot x\nhc-probe-end\n', 'no-privileges', /user id 1000/],
    [
      'systemd that does not answer',
      captured('busy-full').replace('units-end 0', 'units-end 124'),
      'broken',
      /systemctl/,
    ],
  ])('%s', (_, output, kind, message) => {
    expect(parseProbe(output)).toMatchObject({
      ok: false,
      failure: { kind, message: expect.stringMatching(message), hint: expect.any(String) },
    })
  })

  test('lines before it and unknown lines in it are passed over', () => {
    const output = `Last login: today\n${captured('empty-full').replace('\ncgroup', '\nsomething new\ncgroup')}`
    expect(factsOf(output)).toEqual(factsOf(captured('empty-full')))
  })

  test('an engine that did not answer leaves the containers unknown', () => {
    const output = captured('busy-full').replace('containers-end 0', 'containers-end 124')
    expect(factsOf(output).containersKnown).toBe(false)
  })

  test('never throws', () => {
    const lines = captured('busy-full').split('\n')
    const mangled = fc.array(
      fc.oneof(
        fc.constantFrom(...lines),
        fc.string(),
        fc.constantFrom('hc-probe 1', 'hc-probe-end', 'hc-section units', 'hc-section lines'),
      ),
      { maxLength: 60 },
    )
    fc.assert(
      fc.property(mangled, (some) => {
        const reply = parseProbe(['hc-probe 1', ...some, 'hc-probe-end'].join('\n'))
        expect(typeof reply.ok).toBe('boolean')
      }),
      { numRuns: 300 },
    )
  })
})

describe('parts', () => {
  test.each([
    ['1h 34.299838s', 3_634_299],
    ['2d 3h 4min 5.006s', 183_845_006],
    ['987us', 0],
    ['0', null],
    [undefined, null],
  ])('a span %s', (text, millis) => expect(parseSpan(text)).toBe(millis))

  test('the higher of two terms counts', () => {
    expect(parseTerm(['3 a c1', '5 b c2', 'x y', ''])).toEqual({ term: { number: 5, owner: 'b' }, cluster: 'c2' })
    expect(parseTerm([])).toBeNull()
  })

  test('sockets from /proc/net, where there is no ss', () => {
    const output = captured('empty-full').replace(
      /hc-section listening[\s\S]*?hc-section/,
      'hc-section listening\nhc-section proc-net\ntcp 0100007F:1F90\ntcp 00000000000000000000000000000000:0016\nudp 00000000:0035\nhc-section',
    )
    expect(factsOf(output).listening).toEqual([
      { protocol: 'tcp', address: '::', port: 22 },
      { protocol: 'tcp', address: '127.0.0.1', port: 8080 },
      { protocol: 'udp', address: '0.0.0.0', port: 53 },
    ])
  })
})

// On this machine, whatever it is: the answer is whole, and facts or a reason.
test.each(SHELLS.map((shell) => ({ shell, name: shell.join(' ') })))('runs in $name', ({ shell }) => {
  const script = probeScript({ full: true })
    .replaceAll('/run/hc', '/tmp/hc-probe-test')
    .replaceAll('/var/lib/hc', '/tmp/hc-probe-test')
  const output = runIn(shell, script)
  expect(output).toMatch(/^hc-probe 1\n[\s\S]*\nhc-probe-end\n$/)
  expect(output).not.toMatch(/syntax error|not found\n|unbound/)
  const reply = parseProbe(output)
  if (reply.ok) expect(reply.facts.capacity.memory).toBeGreaterThan(0)
  else expect(['no-privileges', 'broken']).toContain(reply.failure.kind)
})
