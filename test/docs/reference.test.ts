// docs/jobs.md and docs/variables.md are those of the schemas, and their examples are read without fault.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Json } from '../../src/model/host.js'
import { clusterFields, clusterShape, hostFields, hostShape } from '../../src/spec/cluster-variables.js'
import { jobFields, jobShape } from '../../src/spec/job-fields.js'
import type { Shape } from '../../src/spec/shape.js'
import { type Place, Report, Source } from '../../src/spec/source.js'
import { fromJson } from '../../src/spec/value.js'

interface Section {
  readonly title: string
  readonly fields: Readonly<Record<string, { readonly examples: readonly Json[] }>>
}

const ROOT = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const beside: Readonly<Record<'job' | 'cluster' | 'host', readonly Section[]>> = parse(read('scripts/reference.yml'))
const PLACE: Place = { source: new Source('scripts/reference.yml', ''), offset: null }

/** What is said against `field: example` by what reads the files. */
function objections(shape: Shape<unknown>, field: string, example: Json): readonly string[] {
  const report = new Report()
  shape.read(fromJson({ [field]: example }, PLACE), report, '')
  return report.faults.map(({ message }) => `${field}: ${message}`)
}

describe('the reference', () => {
  it('is up to date (node scripts/reference.mjs)', () => {
    expect(execFileSync(process.execPath, ['scripts/reference.mjs', '--check'], { cwd: ROOT, encoding: 'utf8' })).toBe(
      '',
    )
  })

  it.each([
    ['job', jobShape, jobFields],
    ['cluster', clusterShape, clusterFields],
    ['host', hostShape, hostFields],
  ] as const)('has examples for every field of %s that the program takes', (name, shape, fields) => {
    const given = beside[name].flatMap((section) => Object.entries(section.fields))
    expect(given.map(([field]) => field).sort()).toEqual(Object.keys(fields).sort())
    expect(
      given.flatMap(([field, { examples }]) => examples.flatMap((each) => objections(shape, field, each))),
    ).toEqual([])
  })

  it('would not pass an example that is wrong', () => {
    expect(objections(jobShape, 'count', 'many')).not.toEqual([])
    expect(objections(hostShape, 'hc_capacity', { cpu: '1 GB' })).not.toEqual([])
  })

  it("names each of Ansible's variables that are read", () => {
    const page = read('docs/variables.md')
    const used = read('src/spec/connection.ts').match(/'ansible_[a-z_]+'/g) ?? []
    // Older names of the same, which Ansible takes too.
    const older = ['ansible_ssh_host', 'ansible_ssh_port', 'ansible_ssh_user']
    const missing = used.map((word) => word.slice(1, -1)).filter((word) => !page.includes(`\`${word}\``))
    expect(missing.filter((word) => !older.includes(word))).toEqual([])
  })
})
