import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { didYouMean, editDistance, nearest, nearestPath } from '../../src/model/nearest.js'
import { normalizePath } from '../../src/spec/paths.js'

describe('nearest', () => {
  it.each([
    ['memroy', 'memory', 1],
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
    ['abc', 'abc', 0],
  ])('%s to %s', (a, b, distance) => expect(editDistance(a, b)).toBe(distance))

  it('is the same in both directions, and 0 for the same word only', () => {
    const word = fc.string({ maxLength: 12 })
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a))
        expect(editDistance(a, b) === 0).toBe(a === b)
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length))
      }),
    )
  })

  it('suggests what is meant, and nothing where nothing is near', () => {
    expect(nearest('memroy', ['cpu', 'memory', 'disk'])).toBe('memory')
    expect(nearest('Env-File', ['env', 'env_file'])).toBe('env_file')
    expect(nearest('zzz', ['cpu', 'memory'])).toBeNull()
    expect(nearest('x'.repeat(1000), ['cpu'])).toBeNull()
    expect(didYouMean('prots', ['ports'])).toBe('did you mean "ports"?')
  })
})

describe('the path that was meant', () => {
  const folders: Record<string, readonly string[]> = {
    '.': ['.env', '.git', 'compose.yml', 'inventory.yml', 'jobs', 'web'],
    jobs: ['db.yml', 'web.env', 'web.yml'],
    '..': ['jobs'],
    '/': ['srv'],
    '/srv': ['jobs'],
    '/srv/jobs': ['web.yml'],
  }
  const entriesOf = (folder: string) => folders[normalizePath(folder)] ?? []

  it.each([
    ['jbos', 'jobs'],
    ['jbos/', 'jobs/'],
    ['./jbos/wbe.yml', './jobs/web.yml'],
    ['jobs/web', 'jobs/web.yml'],
    ['db.yml', 'jobs/db.yml'],
    ['db', 'jobs/db.yml'],
    ['/srv/jbos/web.yaml', '/srv/jobs/web.yml'],
    ['../jbos', '../jobs'],
    ['.evn', '.env'],
    ['gti', null],
    ['elsewhere/web.yml', null],
    ['/nowhere/jobs', null],
    ['', ''],
  ])('%j is %j', (path, meant) => {
    expect(nearestPath(path, entriesOf)).toBe(meant)
  })
})
