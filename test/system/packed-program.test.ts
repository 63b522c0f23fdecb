// What is sent to a host as the program: a built folder with Node, or the single executable.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { packProgram } from '../../src/system/packed-program.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hc-packed-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a program that is its own Node is sent as that one file', async () => {
  const program = join(folder, 'hc')
  const bytes = Buffer.alloc(100_000, 'hc ')
  writeFileSync(program, bytes)
  const { digest, form, parts } = await packProgram(program, program)
  expect([digest, form]).toEqual([createHash('sha256').update(bytes).digest('hex'), 'single'])
  const [only, ...more] = await parts()
  expect([only?.kind, more]).toEqual(['hc', []])
  expect(gunzipSync(Buffer.concat(only?.pieces.map((piece) => piece.bytes) ?? []))).toEqual(bytes)
})

test('one that is gone is told of, and so is a program that was not built', async () => {
  const gone = join(folder, 'gone')
  await expect(packProgram(gone, gone)).rejects.toThrow('cannot be read to be sent')
  const source = join(folder, 'run.js')
  writeFileSync(source, '')
  await expect(packProgram(source, '/usr/bin/node')).rejects.toThrow('only a built one can be sent')
})
