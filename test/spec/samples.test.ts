// The samples in the repository are right, get along with each other, and the schemas are those of the code.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseJobs } from '../../src/spec/jobs.js'
import { inventorySchema, jobSchema, scenarioSchema } from '../../src/spec/schema.js'
import { inventoryOf, lines } from './support.js'

const ROOT = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const files = readdirSync(join(ROOT, 'jobs'))
  .filter((name) => /\.ya?ml$/.test(name))
  .map((name) => ({ file: `jobs/${name}`, text: read(`jobs/${name}`), folder: join(ROOT, 'jobs') }))
const parsed = parseJobs(files)
const jobs = 'jobs' in parsed ? parsed.jobs.map(({ job }) => job) : []

describe('the samples', () => {
  it('are without fault, and use nothing that has no effect', () => {
    expect('faults' in parsed ? lines(parsed.faults) : parsed.notes).toEqual([])
    expect(inventoryOf(read('inventory.yml')).inventory.notes).toEqual([])
    expect(inventoryOf(read('inventory.yml')).inventory.hosts.map((host) => host.name)).toEqual([
      'nuc1',
      'nuc2',
      'nuc3',
    ])
  })

  it('show every kind of job', () => {
    expect(jobs.length).toBeGreaterThanOrEqual(6)
    expect(new Set(jobs.map((job) => job.driver))).toEqual(new Set(['systemd', 'podman', 'docker']))
    for (const type of ['service', 'system', 'cron'])
      expect(
        jobs.some((job) => job.type === type),
        type,
      ).toBe(true)
    expect(jobs.some((job) => job.exclusive)).toBe(true)
    expect(jobs.some((job) => job.volumes.some((volume) => !volume.shared))).toBe(true)
  })

  it('have a port of their own each, and files that exist', () => {
    const ports = jobs.flatMap((job) => Object.values(job.ports).map((port) => port.host))
    expect(new Set(ports).size).toBe(ports.length)
    for (const { source } of jobs.flatMap((job) => job.files)) expect(readFileSync(source).length).toBeGreaterThan(0)
  })

  it('point editors to the schema, and have a comment', () => {
    for (const { file, text } of files) {
      expect(text.split('\n')[0], file).toBe('# yaml-language-server: $schema=../schema/job.schema.json')
      expect(text.split('\n').filter((line) => line.startsWith('# ')).length, file).toBeGreaterThan(1)
    }
  })
})

describe('the schemas', () => {
  it.each([
    ['job', jobSchema()],
    ['inventory', inventorySchema()],
    ['scenario', scenarioSchema()],
  ])('of %s is up to date (npm run build && node scripts/schema.mjs)', (name, schema) => {
    expect(JSON.parse(read(`schema/${name}.schema.json`))).toEqual(schema)
  })
})
