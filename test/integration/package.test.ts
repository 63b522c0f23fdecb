// What npm pack gives is what a user gets: it installs beside nothing else and runs.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { idleJob } from './support/jobs.js'
import { wipe } from './support/lab.js'
import { closeProjects, Project } from './support/project.js'
import { only } from './support/seen.js'
import { ROOT } from './support/verbs.js'

const folder = mkdtempSync(join(tmpdir(), 'hc-package-'))

beforeAll(wipe)
afterAll(async () => {
  await closeProjects()
  rmSync(folder, { recursive: true, force: true })
})

test('the package installs into an empty prefix; hc --version, validate and apply run from there', async () => {
  const npm = (...words: string[]) =>
    execFileSync('npm', words, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  // The program is built already; building again would pull it away from under other runs.
  npm('pack', '--silent', '--ignore-scripts', '--pack-destination', folder)
  const [archive = ''] = readdirSync(folder).filter((name) => /^home-cluster-.*\.tgz$/.test(name))
  expect(archive).not.toBe('')
  const files = execFileSync('tar', ['-tzf', join(folder, archive)], { encoding: 'utf8' })
    .trim()
    .split('\n')
  for (const file of [
    'package.json',
    'LICENSE',
    'bin/run.js',
    'dist/oclif.manifest.json',
    'jobs/web.yml',
    'inventory.yml',
  ]) {
    expect(files).toContain(`package/${file}`)
  }
  expect(files.filter((file) => /^package\/(src|test|\.ci)\//.test(file))).toEqual([])

  const prefix = join(folder, 'prefix')
  npm(
    'install',
    '-g',
    '--silent',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--prefer-offline',
    '--prefix',
    prefix,
    join(folder, archive),
  )
  const program = [join(prefix, 'bin/hc')]
  const project = new Project()
  project.job('idle', idleJob())
  const version = await project.start(['--version'], { program }).ended
  expect(version.code).toBe(0)
  expect(version.stdout).toMatch(`hc/${JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version} `)
  expect((await project.start(['validate'], { program }).ended).code).toBe(0)
  expect((await project.start(['apply'], { program }).ended).code).toBe(0)
  await only('idle.0')
})
