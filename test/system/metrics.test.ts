// The metrics: what they say of known clusters, in a format that a strict reader takes, and as the documentation lists them.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { LiveView, StatusView } from '../../src/model/views.js'
import { FAMILIES } from '../../src/system/listen/families.js'
import { Metrics, OWN } from '../../src/system/listen/metrics.js'
import { parseExposition } from '../support/exposition.js'
import { ALL_WELL, allocation, before, HOST_LOST, host, UNPLACED } from '../ui/samples.js'

const live = (view: StatusView): LiveView => ({ ...view, seenAt: before(0), source: 'loop' })
const fresh = () => new Metrics({ version: '0.1.0', eventKinds: ['decided', 'done'] })
const value = (text: string, name: string, labels: Readonly<Record<string, string>> = {}) =>
  parseExposition(text)
    .get(name)
    ?.samples.find((sample) => Object.entries(labels).every(([label, of]) => sample.labels[label] === of))?.value

describe('metrics', () => {
  test('say how hosts, jobs and allocations stand', async () => {
    const lost = await fresh().text(live(HOST_LOST), true)
    expect(value(lost, 'hc_host_up', { host: 'nuc1' })).toBe(1)
    expect(value(lost, 'hc_host_up', { host: 'nuc2' })).toBe(0)
    expect(value(lost, 'hc_host_verdict', { host: 'nuc2', verdict: 'lost' })).toBe(1)
    expect(value(lost, 'hc_host_verdict', { host: 'nuc2', verdict: 'ready' })).toBe(0)
    expect(value(lost, 'hc_host_last_contact_timestamp_seconds', { host: 'nuc2' })).toBe(Date.parse(before(12)) / 1000)
    expect(value(lost, 'hc_host_memory_used_bytes', { host: 'nuc2' })).toBeUndefined()
    expect(value(lost, 'hc_host_cpu_capacity_cores', { host: 'nuc1' })).toBe(4)
    expect(value(lost, 'hc_allocations', { job: 'web', state: 'running' })).toBe(2)
    const unplaced = await fresh().text(live(UNPLACED), true)
    expect(value(unplaced, 'hc_allocations', { job: 'web', state: 'pending' })).toBe(1)
    expect(value(unplaced, 'hc_allocations', { job: 'web', state: 'failed' })).toBe(0)
    expect(value(unplaced, 'hc_unplaced_slots')).toBe(1)
    expect(value(unplaced, 'hc_converged')).toBe(0)
    expect(value(unplaced, 'hc_allocation_healthy', { slot: 'web.0' })).toBe(0)
    expect(value(unplaced, 'hc_allocation_healthy', { slot: 'db.0' })).toBeUndefined()
  })

  test('count from tick to tick, and are there at zero before', async () => {
    const metrics = fresh()
    expect(value(await metrics.text(null, false), 'hc_actions_total', { kind: 'move' })).toBe(0)
    metrics.ticked({
      tookMs: 300,
      actions: [{ kind: 'move', reason: 'host-lost' }],
      results: [{ ok: true }, { ok: false }],
      blind: false,
    })
    metrics.failed()
    metrics.event('decided')
    await metrics.text(live(ALL_WELL), true)
    const text = await metrics.text(live(ALL_WELL), true)
    expect(value(text, 'hc_actions_total', { kind: 'move' })).toBe(1)
    expect(value(text, 'hc_action_reasons_total', { reason: 'host-lost' })).toBe(1)
    expect(value(text, 'hc_steps_total', { result: 'failed' })).toBe(1)
    expect(value(text, 'hc_ticks_total', { result: 'failed' })).toBe(1)
    expect(value(text, 'hc_events_total', { kind: 'decided' })).toBe(1)
    expect(value(text, 'hc_events_total', { kind: 'done' })).toBe(0)
    const buckets = parseExposition(text).get('hc_tick_duration_seconds')?.samples ?? []
    expect(buckets.find(({ labels }) => labels.le === '0.25')?.value).toBe(0)
    expect(buckets.find(({ labels }) => labels.le === '0.5')?.value).toBe(1)
  })

  test('tell nothing of a cluster that nobody sees, and nothing of what is gone', async () => {
    const metrics = fresh()
    await metrics.text(live(UNPLACED), true)
    const without = parseExposition(await metrics.text(null, false))
    expect(FAMILIES.flatMap(({ name }) => without.get(name)?.samples ?? [])).toEqual([])
    expect(without.get('hc_loop_healthy')?.samples[0]?.value).toBe(0)
    const later = await metrics.text(live({ ...ALL_WELL, hosts: [host('nuc1')] }), true)
    expect(parseExposition(later).get('hc_host_up')?.samples).toHaveLength(1)
  })

  test('escape names, and bound their rows', async () => {
    const odd = 'a"b\\c\nd'
    const text = await fresh().text(live({ ...ALL_WELL, hosts: [host(odd)] }), true)
    expect(value(text, 'hc_host_up', { host: odd })).toBe(1)
    const allocations = Array.from({ length: 6000 }, (_, index) => allocation(`web.${index}`, 'nuc1'))
    const many = parseExposition(await fresh().text(live({ ...ALL_WELL, allocations }), true))
    expect(many.get('hc_allocation_memory_bytes')?.samples).toHaveLength(5000)
    expect(many.get('hc_metrics_rows_left_out')?.samples[0]?.value).toBe(3000)
  })

  test('are those that docs/metrics.md lists, each with its help and labels', () => {
    const docs = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8')
    const listed = [...docs.matchAll(/^\| `(\w+)`/gm)].map((match) => match[1])
    expect(listed.sort()).toEqual([...FAMILIES.map(({ name }) => name), ...Object.keys(OWN)].sort())
    for (const { name, labels, help } of FAMILIES)
      expect(docs).toContain(`| \`${name}\` | ${labels.join(', ')} | ${help} |`)
    for (const help of Object.values(OWN)) expect(docs).toContain(`| ${help} |`)
  })

  test.runIf(spawnSync('promtool', ['--version']).status === 0)("pass Prometheus' own check", async () => {
    const input = await fresh().text(live(UNPLACED), true)
    const { status, stderr, stdout } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' })
    expect([status, stdout, stderr]).toEqual([0, '', ''])
  })
})
