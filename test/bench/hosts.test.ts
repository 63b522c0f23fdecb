// The simulated hosts of the benchmarks, asked with the real scripts and read with the real parsers; and what is made of what they saw.
import { describe, expect, test } from 'vitest'
import { FramedShell, SimulatedHost } from '../../bench/fleet/host.js'
import { readTick } from '../../bench/loop.js'
import { faultsOf } from '../../bench/scale/size.js'
import { frameScript, SentScripts } from '../../src/remote/frame.js'
import { identityScript, parseIdentity } from '../../src/remote/identity.js'
import { lookScript, parseLooks } from '../../src/remote/look.js'
import { parseProbe, parseRepeated, probeScript } from '../../src/remote/probe.js'
import { parseWriteReply, writeScript } from '../../src/remote/write.js'
import { guard, recipe } from '../remote/support.js'

const made = (unreachable: readonly string[] = []) =>
  new SimulatedHost({ name: 'host0001', address: '127.84.0.1', number: 0 }, new Set(unreachable), () => 5_000_000)

describe('a simulated host', () => {
  test('shows what was started, with its headers, and no more what was stopped', () => {
    const host = made()
    const steps = [
      { kind: 'start', recipe: recipe('web.0') },
      { kind: 'start', recipe: recipe('web.1') },
    ] as const
    const started = parseWriteReply(host.answer(writeScript({ guard: guard(), steps })))
    expect(started).toMatchObject({
      ok: true,
      steps: [
        { slot: 'web.0', ok: true },
        { slot: 'web.1', ok: true },
      ],
    })
    const stop = [{ kind: 'stop', slot: 'web.0', timeoutMs: 500 }] as const
    expect(parseWriteReply(host.answer(writeScript({ guard: guard(), steps: stop })))).toMatchObject({ ok: true })
    const seen = parseProbe(host.answer(probeScript({ full: true })))
    if (!seen.ok) throw new Error(seen.failure.message)
    expect(seen.facts.units.map(({ slot, active }) => [slot, active])).toEqual([['web.1', 'active']])
    expect(seen.facts.term?.number).toBe(guard().term.number)
    expect(seen.facts.containersKnown).toBe(true)
    expect(host.counts).toMatchObject({ probes: 1, writes: 2, started: ['web.0', 'web.1'], stopped: ['web.0'] })
    expect(parseIdentity(host.answer(identityScript()))?.cluster).toBe(guard().cluster)
  })
  test('reaches all but those without power', () => {
    const target = (name: string) => ({ name, address: '127.84.0.9', port: 22 })
    const answer = made(['b']).answer(lookScript([target('a'), target('b')], 500))
    expect(parseLooks(answer)).toMatchObject({ reached: ['a'], methods: { a: 'ping', b: 'ping' } })
  })
  test('answers each framed script once it is whole, however it is cut', () => {
    const shell = new FramedShell(made())
    const text = frameScript(probeScript(), 'ab'.repeat(16))
    const half = text.length >> 1
    expect(shell.push(`umask 022\n${text.slice(0, half)}`)).toBe('')
    const answer = shell.push(text.slice(half))
    expect(answer).toMatch(/^\nhc-begin-(ab){16} \d+\nhc-probe 1\n/)
    expect(answer).toMatch(/\nhc-end-(ab){16} 0\n$/)
    expect(shell.push('')).toBe('')
  })
  test('says that nothing has changed where that is so', () => {
    const host = made()
    const whole = parseProbe(host.answer(probeScript({ repeat: true })))
    const token = whole.ok ? whole.token : undefined
    expect(token).toBeDefined()
    expect(parseRepeated(host.answer(probeScript({ repeat: true })))?.token).toBe(token)
    expect(parseRepeated(host.answer(probeScript()))).toBeNull()
    host.answer(writeScript({ guard: guard(), steps: [{ kind: 'start', recipe: recipe('web.0') }] }))
    expect(parseProbe(host.answer(probeScript({ repeat: true })))).toMatchObject({
      ok: true,
      facts: { units: [{ slot: 'web.0' }] },
    })
  })
  test('keeps the scripts that a shell is told to keep', () => {
    const shell = new FramedShell(made())
    const sent = new SentScripts('umask 022\n')
    const ask = (nonce: string) => shell.push(sent.text(probeScript(), nonce.repeat(16), true))
    const first = ask('ab')
    expect(first).toContain('\nhc-probe 1\n')
    expect(ask('cd')).toBe(first.replaceAll('ab'.repeat(16), 'cd'.repeat(16)))
  })
})

describe('what the hosts saw', () => {
  const one = (name: string, started: readonly string[], stopped: readonly string[] = []) => ({
    name,
    started,
    stopped,
  })
  const before = [one('a', ['x.0', 'x.1']), one('b', ['y.0', 'y.1'])]
  test('is right where each slot was started once and those of the dead host once more', () => {
    const after = [one('a', ['x.0', 'x.1', 'y.1', 'y.0']), one('b', ['y.0', 'y.1'])]
    expect(faultsOf(before, after, 'b', 4)).toEqual([])
  })
  test('is wrong where one was started twice, not at all, or stopped', () => {
    expect(faultsOf(before, before, 'b', 4)).toHaveLength(1)
    const twice = [one('a', ['x.0', 'x.1', 'y.1', 'y.0', 'y.0']), one('b', ['y.0', 'y.1'])]
    expect(faultsOf(before, twice, 'b', 4)).toHaveLength(1)
    const stopped = [one('a', ['x.0', 'x.1', 'y.1', 'y.0'], ['x.0']), one('b', ['y.0', 'y.1'])]
    expect(faultsOf(before, stopped, 'b', 4)).toEqual(['1 stops'])
    expect(faultsOf(before, before, 'none', 5)).toHaveLength(1)
  })
})

test('a piece of a line of a loop that was ended in the middle of it is no tick', () => {
  const line = JSON.stringify({ tookMs: 3, converged: true, actions: [], hosts: [] })
  expect(readTick(line)).toMatchObject({ tookMs: 3, converged: true })
  for (const piece of ['', line.slice(0, -1), '3', 'null', '{"error":"x"}']) expect(readTick(piece)).toBeNull()
})
