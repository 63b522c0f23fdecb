import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  fingerprint,
  judgeKey,
  knownHostLine,
  knownHostName,
  linesFor,
  parseKnownHosts,
  recordedTypes,
} from '../../src/ssh/known-hosts.js'
import { appendKnownHost, KnownHostsFiles } from '../../src/ssh/known-hosts-files.js'
import { newKey } from '../support/fake-sshd.js'

const folder = mkdtempSync(join(tmpdir(), 'hc-known-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const [A, B, E] = [newKey(), newKey(), newKey('ecdsa')].map((pair) =>
  pair.public.trim().split(' ').slice(0, 2).join(' '),
)
const bytes = (key: string | undefined) => Buffer.from(key?.split(' ')[1] ?? '', 'base64')

const FILE = `# comment
plain,10.0.0.1 ${A} a comment
[plain]:2222 ${B}
*.example.org,!bad.example.org,?.net ${A}
two ${A}
two ${E}
@revoked two ${B}
@cert-authority *.corp ${A}
@unknown-marker plain2 ${A}
damaged ssh-ed25519 AAAA
liar ssh-rsa ${A?.split(' ')[1]}
[fe80::1%eth0]:2200 ${A}
UPPER ${A}
`
const lines = parseKnownHosts('known_hosts', FILE)

describe('judgeKey', () => {
  const verdict = (name: string, key: string | undefined) => {
    const judged = judgeKey(lines, name, bytes(key))
    return 'line' in judged ? `${judged.verdict} ${judged.line.line}` : judged.verdict
  }

  it.each([
    ['plain', A, 'known'],
    ['10.0.0.1', A, 'known'],
    ['plain', B, 'changed 2'],
    ['plain', E, 'changed 2'],
    ['[plain]:2222', B, 'known'],
    ['[plain]:2222', A, 'changed 3'],
    ['[plain]:23', A, 'unknown'],
    ['x.example.org', A, 'known'],
    ['bad.example.org', A, 'unknown'],
    ['example.org', A, 'unknown'],
    ['a.net', A, 'known'],
    ['ab.net', A, 'unknown'],
    ['two', E, 'known'],
    ['two', B, 'revoked 7'],
    ['host.corp', A, 'unknown'],
    ['plain2', A, 'unknown'],
    ['damaged', A, 'unknown'],
    ['liar', A, 'unknown'],
    ['upper', A, 'known'],
    ['nobody', A, 'unknown'],
  ])('%s with %s is %s', (name, key, expected) => {
    expect(verdict(name, key)).toBe(expected)
  })

  it('names, types and fingerprints are those of OpenSSH', () => {
    expect(knownHostName('Nuc1', 22, null)).toBe('nuc1')
    expect(knownHostName('nuc1', 2222, null)).toBe('[nuc1]:2222')
    expect(knownHostName('10.0.0.1', 2222, 'Alias')).toBe('alias')
    expect(recordedTypes(lines, 'two')).toEqual(['ssh-ed25519', 'ecdsa-sha2-nistp256'])
    expect(fingerprint(bytes(A))).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/)
  })

  it('a pattern made to be slow is not', () => {
    const slow = parseKnownHosts('f', `${'*a'.repeat(50)}b ${A}`)
    const started = performance.now()
    expect(linesFor(slow, 'a'.repeat(200))).toEqual([])
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

describe('files', () => {
  it('are appended to, also by many at once and after a missing line end, and read again when changed', async () => {
    const file = join(folder, 'new', 'known_hosts')
    const files = new KnownHostsFiles()
    expect(await files.read([file])).toEqual([])
    await appendKnownHost(file, 'first', bytes(A), false)
    writeFileSync(file, readFileSync(file, 'utf8').trimEnd())
    await appendKnownHost(file, 'second', bytes(B), true)
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => appendKnownHost(file, `h${index}`, bytes(A), index % 2 === 0)),
    )
    const read = await files.read([file, join(folder, 'missing')])
    expect(read).toHaveLength(32)
    expect(judgeKey(read, 'first', bytes(A)).verdict).toBe('known')
    expect(judgeKey(read, 'second', bytes(B)).verdict).toBe('known')
    expect(judgeKey(read, 'h28', bytes(A)).verdict).toBe('known')
  })
})

const keygen = spawnSync('ssh-keygen', ['-?']).error === undefined

describe.skipIf(!keygen)('beside ssh-keygen', () => {
  const names = [
    'plain',
    '10.0.0.1',
    '[plain]:2222',
    'x.example.org',
    'bad.example.org',
    'a.net',
    'ab.net',
    'two',
    'nobody',
  ]

  function found(file: string, name: string): number[] {
    const answer = spawnSync('ssh-keygen', ['-F', name, '-f', file], { encoding: 'utf8' })
    return [...answer.stdout.matchAll(/found: line (\d+)/g)].map((match) => Number(match[1]))
  }

  it.each(names)('finds the same lines for %s', (name) => {
    const file = join(folder, 'plain')
    writeFileSync(file, FILE)
    const mine = linesFor(lines, name).map((line) => line.line)
    expect(mine).toEqual(found(file, name))
  })

  it('reads what ssh-keygen -H hashed, and ssh-keygen finds what was hashed here', () => {
    const file = join(folder, 'hashed')
    writeFileSync(file, `plain,10.0.0.1 ${A}\n[plain]:2222 ${B}\n${knownHostLine('mine', bytes(E), true)}\n`)
    expect(found(file, 'mine')).toEqual([3])
    execFileSync('ssh-keygen', ['-H', '-f', file], { stdio: 'ignore' })
    const hashed = parseKnownHosts(file, readFileSync(file, 'utf8'))
    for (const name of ['plain', '10.0.0.1']) expect(judgeKey(hashed, name, bytes(A)).verdict).toBe('known')
    expect(judgeKey(hashed, '[plain]:2222', bytes(B)).verdict).toBe('known')
    expect(judgeKey(hashed, 'mine', bytes(E)).verdict).toBe('known')
  })
})
