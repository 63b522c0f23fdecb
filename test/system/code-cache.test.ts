// The built program's compiled code: kept by the command that made it, used by the next, and never trusted where others could have written it.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { ROOT } from '../support/tidy/source.js'

const folder = mkdtempSync(join(tmpdir(), 'hc-code-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const program = join(folder, 'program.cjs')
const cache = `${program}.cache`
const home = join(folder, 'home')
buildSync({
  entryPoints: [join(ROOT, 'src/system/code-cache.ts')],
  outfile: join(folder, 'cached.mjs'),
  bundle: true,
  platform: 'node',
  format: 'esm',
})
writeFileSync(
  join(folder, 'run.mjs'),
  `import { runCached } from './cached.mjs'
const [file, build, word] = process.argv.slice(2)
runCached({ file, build, word, environment: { HOME: ${JSON.stringify(home)} } })`,
)

const TEXT = `const path = require('node:path')
function told() { return path.basename(__filename) + ' ' + path.basename(__dirname).slice(0, 7) + ' ' + typeof module.exports }
console.log(told())
if (process.argv[4] === 'fails') process.exitCode = 1`

beforeEach(() => {
  writeFileSync(program, TEXT)
  rmSync(cache, { force: true })
  rmSync(home, { recursive: true, force: true })
})

function run(word: string, build = 'b1', options: readonly string[] = []) {
  const done = spawnSync(process.execPath, [...options, join(folder, 'run.mjs'), program, build, word], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  })
  return { code: done.status, said: done.stdout.trim() || done.stderr }
}

const words = () => JSON.parse(readFileSync(cache, 'latin1').slice(0, 4096)).words
const SAID = 'program.cjs hc-code object'

test('runs with nothing kept; the first command that ends well keeps what it made, each further one adds its own', () => {
  expect(run('fails')).toEqual({ code: 1, said: SAID })
  expect(existsSync(cache)).toBe(false)
  expect(run('apply')).toEqual({ code: 0, said: SAID })
  expect(words()).toEqual(['apply'])
  expect(statSync(cache).size).toBeGreaterThan(4096)
  const { mtimeMs } = statSync(cache)
  expect(run('apply').said).toBe(SAID)
  expect(statSync(cache).mtimeMs).toBe(mtimeMs)
  expect(run('status').said).toBe(SAID)
  expect(words()).toEqual(['apply', 'status'])
  expect(readdirSync(folder).filter((name) => name.startsWith('program'))).toEqual(['program.cjs', 'program.cjs.cache'])
})

test('another build, a broken file and one that others may write are not used, and are made anew', () => {
  run('apply')
  writeFileSync(program, TEXT.replace("' '", "'+'"))
  expect(run('apply', 'b2').said).toBe(SAID.replace(' ', '+'))
  expect(JSON.parse(readFileSync(cache, 'latin1').slice(0, 4096)).build).toBe('b2')
  writeFileSync(cache, 'no code at all')
  expect(run('status', 'b2').said).toBe(SAID.replace(' ', '+'))
  expect(words()).toEqual(['status'])
  chmodSync(cache, 0o666)
  run('plan', 'b2')
  expect(words()).toEqual(['plan'])
  expect(statSync(cache).mode & 0o777).toBe(0o644)
})

test('code that this Node can not use is made anew', () => {
  run('apply')
  const bytes = readFileSync(cache)
  bytes.fill(7, 4096, 4200)
  writeFileSync(cache, bytes)
  expect(run('apply').said).toBe(SAID)
  expect(readFileSync(cache).subarray(4096, 4200)).not.toEqual(bytes.subarray(4096, 4200))
})

test('options of Node change what it makes: nothing is kept', () => {
  expect(run('apply', 'b1', ['--no-opt']).said).toBe(SAID)
  expect(existsSync(cache)).toBe(false)
})

test('where it can not be written beside the program, it goes to the cache folder of the user', () => {
  // Root may write anywhere, but not in place of a folder.
  const done = spawnSync('mkdir', ['-p', join(cache, 'x')])
  expect(done.status).toBe(0)
  expect(run('apply').said).toBe(SAID)
  const [kept = ''] = readdirSync(join(home, '.cache/hc'))
  expect(kept).toMatch(/^[0-9a-f]{16}\.cache$/)
  expect(statSync(join(home, '.cache/hc')).mode & 0o777).toBe(0o700)
  expect(run('apply').said).toBe(SAID)
})
