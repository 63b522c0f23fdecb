// hc import compose on a real folder.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import ImportCompose from '../../commands/import/compose.js'
import { parseJobs } from '../../src/spec/jobs.js'
import { run } from './run.js'

let folder = ''
let [file, out] = ['', '']
const TEXT = `services:
  web:
    image: "nginx:\${TAG:-1}"
    pid: host
    configs: [site]
  db: {image: postgres}
configs:
  site: {content: "listen 80"}
`

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hc-import-'))
  mkdirSync(join(folder, 'shop'))
  file = join(folder, 'shop', 'compose.yml')
  out = join(folder, 'jobs')
  writeFileSync(file, TEXT)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const written = () => readdirSync(out).sort()

describe('hc import compose', () => {
  test('writes valid job files, lists what has no counterpart, and says what is next', async () => {
    writeFileSync(join(folder, 'shop', '.env'), 'TAG=2 # comment\n')
    const { stdout, stderr, exitCode } = await run(ImportCompose, [file, '--out', out])
    expect(exitCode).toBe(0)
    expect(written()).toEqual(['shop-db.yml', 'shop-web', 'shop-web.yml'])
    const files = ['shop-db.yml', 'shop-web.yml'].map((name) => ({
      file: join(out, name),
      text: readFileSync(join(out, name), 'utf8'),
    }))
    const read = parseJobs(files)
    expect('jobs' in read && read.jobs.map(({ job }) => job.image)).toEqual([
      'docker.io/library/postgres',
      'docker.io/library/nginx:2',
    ])
    expect(readFileSync(join(out, 'shop-web', 'site'), 'utf8')).toBe('listen 80')
    expect(stdout).toContain('Written: 2 jobs of the project shop.\n')
    expect(stdout).toContain(`at web ${file}:4:5\n`)
    expect(stdout).not.toContain('\x1b')
    expect(stderr).toContain('Next: read the job files')
  })

  test('the environment wins over .env, and --json is one object', async () => {
    writeFileSync(join(folder, 'other.env'), 'TAG=2\n')
    const more = ['--out', out, '--project', 'mine', '--env-file', join(folder, 'other.env'), '--json']
    const { json, exitCode } = await run(ImportCompose, [file, ...more], { env: { TAG: '3' } })
    expect(exitCode).toBe(0)
    expect(json).toMatchObject({
      apiVersion: 'hc/v1',
      project: 'mine',
      folder: out,
      written: true,
      jobs: [{ name: 'mine-web', service: 'web' }, { name: 'mine-db' }],
    })
    const { remarks } = json as { remarks: readonly object[] }
    expect(remarks).toContainEqual(
      expect.objectContaining({
        kind: 'left-out',
        service: 'web',
        key: 'pid',
        at: { file, line: 4, column: 5 },
      }),
    )
    expect(json).not.toHaveProperty('texts')
    expect(readFileSync(join(out, 'mine-web.yml'), 'utf8')).toContain('nginx:3')
  })

  test('overwrites nothing without --force, and what is the same is no conflict', async () => {
    await run(ImportCompose, [file, '--out', out])
    expect((await run(ImportCompose, [file, '--out', out])).exitCode).toBe(0)
    const path = join(out, 'shop-db.yml')
    writeFileSync(path, 'mine')
    rmSync(join(out, 'shop-web.yml'))
    const refused = await run(ImportCompose, [file, '--out', out])
    expect(refused.exitCode).toBe(2)
    expect(refused.stderr).toContain('shop-db.yml is there already, and nothing was written')
    expect(refused.stderr).toContain('--force')
    expect([readFileSync(path, 'utf8'), existsSync(join(out, 'shop-web.yml'))]).toEqual(['mine', false])
    expect((await run(ImportCompose, [file, '--out', out, '--force'])).exitCode).toBe(0)
    expect(readFileSync(path, 'utf8')).toContain('name: shop-db')
    expect(written()).toEqual(['shop-db.yml', 'shop-web', 'shop-web.yml'])
  })

  test('--dry-run writes nothing', async () => {
    const { stdout, exitCode } = await run(ImportCompose, [file, '--out', out, '--dry-run'])
    expect([exitCode, existsSync(out)]).toEqual([0, false])
    expect(stdout).toContain('Would be written: 2 jobs')
  })

  test.each([
    [['gone.yml'], 'gone.yml does not exist'],
    [['.'], '. is no file'],
    [[], 'Missing'],
  ])('%j is refused', async (argv, message) => {
    const { stderr, exitCode } = await run(ImportCompose, argv)
    expect(exitCode).toBe(2)
    expect(stderr.toLowerCase()).toContain(message.toLowerCase())
  })

  test('a fault has its place and its line, and nothing is written', async () => {
    writeFileSync(file, 'services:\n  web:\n    image: x\n    image: y\n')
    const { stderr, exitCode } = await run(ImportCompose, [file, '--out', out])
    expect([exitCode, existsSync(out)]).toEqual([2, false])
    expect(stderr).toContain(`${file}:4:5: "image" stands here a second time`)
  })

  test('what the file holds can not steer the terminal', async () => {
    writeFileSync(file, 'services: {web: {image: x, "a\\e[31mb": 1}}\n')
    const { stdout } = await run(ImportCompose, [file, '--out', out])
    expect(stdout).not.toContain('\x1b')
    expect(readFileSync(join(out, 'shop-web.yml'), 'utf8')).not.toContain('\x1b')
  })
})
