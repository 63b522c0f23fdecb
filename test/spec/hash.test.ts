import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Job } from '../../src/model/job.js'
import { canonicalJson, type HashParts, keyedHash, specHash } from '../../src/spec/hash.js'
import { jobOf } from './support.js'

const parts = (job: Job, more: Partial<HashParts> = {}): HashParts => ({
  job,
  imageRef: 'sha256:1',
  fileHashes: {},
  secretHashes: {},
  ...more,
})
const hash = (text: string, more: Partial<HashParts> = {}) => specHash(parts(jobOf(text), more))

const BASE = 'image: a/b:1\nports: {http: 80}\nenv: {A: x, B: y}\n'

describe('the spec hash', () => {
  it('stays what it was in earlier versions', () => {
    expect(hash('image: a/b:1')).toBe('2f14ba7aca38d34dc708404ddeb8fcc5d2a28da54822cd5b7b9f02b467b2f41e')
  })

  it.each([
    'count: 5',
    'priority: 90',
    'constraints: ["os == debian"]',
    'affinity: ["os == debian"]',
    'spread: host',
    'spread: {by: zone, targets: {a: 2, b: 1}}',
    'max_per_host: 1',
    'distinct: rack',
    'conflict_group: x',
    'conflicts: [x]',
    'with: [x]',
    'exclusive: true',
    'on_host_loss: wait',
    'failback: home',
    'reschedule: {delay: 1s}',
    'update: {max_parallel: 3}',
    'depends_on: [x]',
    'pull: always',
    'health: {http: /}',
    'resources: {disk: 5G, devices: {gpu: 1}}',
    'driver: podman',
    'restart: {attempts: 10, window: 300s}',
    'memory_max: 128Mi',
    'stop: {timeout: 5000ms}',
    'type: service',
    'user:',
  ])('is left alone by %s', (line) => expect(hash(`${BASE}${line}\n`)).toBe(hash(BASE)))

  it.each([
    'command: [x]',
    'user: www',
    'workdir: /x',
    'resources: {memory: 256Mi}',
    'resources: {cpu: 1}',
    'cpu_max: 1',
    'memory_max: 1Gi',
    'restart: {attempts: 3}',
    'stop: {signal: INT}',
    'systemd: {Service: {Nice: 5}}',
    'driver: docker',
    'volumes: [{source: d, target: /d}]',
    'type: batch',
    'env_file: x',
    'secrets: {S: {env: S}}',
    'files: [{source: a, target: /a}]',
  ])('is changed by %s', (line) => expect(hash(`${BASE}${line}\n`)).not.toBe(hash(BASE)))

  it('counts the image by its digest, files and secrets by content', () => {
    expect(hash('image: a/b:1')).toBe(hash('image: a/b:2'))
    expect(hash('image: a/b:1', { imageRef: 'sha256:2' })).not.toBe(hash('image: a/b:1'))
    const at = (source: string, content: string) =>
      hash(`${BASE}files: [{source: ${source}, target: /t}]`, {
        fileHashes: { [`/srv/cluster/jobs/${source}`]: content },
      })
    expect(at('a', '1')).toBe(at('b', '1'))
    expect(at('a', '1')).not.toBe(at('a', '2'))
    const env = (source: string, content: string) =>
      hash(`${BASE}env_file: ${source}`, { fileHashes: { [`/srv/cluster/jobs/${source}`]: content } })
    expect(env('a', '1')).toBe(env('b', '1'))
    const secret = (from: string, content: string) =>
      hash(`${BASE}secrets: {S: {env: ${from}}}`, { secretHashes: { S: content } })
    expect(secret('A', '1')).toBe(secret('B', '1'))
    expect(secret('A', '1')).not.toBe(secret('A', '2'))
  })

  it('does not depend on the order of keys', () => {
    const entries = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[A-Z_]{1,8}$/), fc.string()), {
      selector: ([name]) => name,
      maxLength: 6,
    })
    const job = jobOf(BASE)
    fc.assert(
      fc.property(entries, (env) => {
        const one = { ...job, env: Object.fromEntries(env) }
        const other = Object.fromEntries(
          Object.entries({ ...job, env: Object.fromEntries([...env].reverse()) }).reverse(),
        )
        expect(specHash(parts({ ...job, ...other }))).toBe(specHash(parts(one)))
      }),
    )
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const copy: unknown = JSON.parse(canonicalJson(JSON.parse(JSON.stringify(json))))
        expect(copy).toEqual(JSON.parse(JSON.stringify(json)))
      }),
    )
  })

  it('keys the hash of secrets', () => {
    const bytes = new TextEncoder().encode('x')
    expect(keyedHash('00', bytes)).not.toBe(keyedHash('01', bytes))
    // RFC 4231, test case 2.
    expect(keyedHash('4a656665', new TextEncoder().encode('what do ya want for nothing?'))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    )
  })
})
