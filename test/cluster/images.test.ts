// What a tag stands for, and who can't have it.
import { describe, expect, test } from 'vitest'
import { type ImagesInput, resolveImages } from '../../src/cluster/images.js'
import type { Job } from '../../src/model/job.js'
import { applied, facts, host, job } from '../planner/support/make.js'
import { HandClock, ScriptedTransport, type Sent } from './support/doors.js'

const hex = (digit: string) => digit.repeat(64)
const id = (digit: string) => `sha256:${hex(digit)}`
const REGISTRY = 'docker.io/library/nginx'
const digest = (digit: string) => `${REGISTRY}@sha256:${hex(digit)}`

interface Wish {
  readonly index: string
  readonly driver: string
  readonly ref: string
  readonly pull: string
}

function wishesOf({ script }: Sent): readonly Wish[] {
  return [...script.matchAll(/^image (\d+) (podman|docker) '?([^' ]+)'? (\w+)$/gm)].map(
    ([, index = '', driver = '', ref = '', pull = '']) => ({ index, driver, ref, pull }),
  )
}

/** host -> reference -> what `image inspect` prints; a reference that begins with + comes by pulling. */
type Stock = Readonly<Record<string, Readonly<Record<string, string>>>>

const web = (more: Partial<Job> = {}): Job => job('web', { driver: 'podman', image: 'nginx:1', command: null, ...more })

async function resolve(stock: Stock, jobs: readonly Job[], more: Partial<ImagesInput> = {}) {
  const clock = new HandClock()
  const asked: string[] = []
  const transport = new ScriptedTransport(clock, (sent) => {
    const own = stock[sent.host]
    if (own === undefined) return { failure: 'timeout' }
    const lines = wishesOf(sent).map(({ index, ref, pull }) => {
      asked.push(`${sent.host} ${ref} ${pull}`)
      const found = own[ref] ?? (pull === 'never' ? undefined : own[`+${ref}`])
      return `hc-image ${index} ${found === undefined ? `missing ${pull === 'never' ? '' : 'no such image'}` : `present ${found}`}`
    })
    return { text: lines.join('\n') }
  })
  const hosts = ['n1', 'n2', 'n3'].map((name) => ({ host: host(name), facts: facts() }))
  const phases: string[] = []
  const result = await clock.until(
    resolveImages(
      { jobs, before: {}, hosts, pull: true, ...more },
      { transport, onProgress: (progress) => phases.push(progress.kind === 'phase' ? progress.text : '') },
    ),
  )
  return { ...result, asked, sent: transport.sent, phases, web: result.byJob.get('web') }
}

const all = (found: string): Stock => {
  const own = { 'nginx:1': found, [digest('a')]: found, [id('a')]: found }
  return { n1: own, n2: own, n3: own }
}

describe('a tag becomes', () => {
  test('the digest of its registry', async () => {
    const { web: found, images, warnings } = await resolve(all(`${id('a')} ${digest('a')}`), [web()])
    expect(found).toEqual({ ref: digest('a'), lackingOn: {} })
    expect([images, warnings]).toEqual([[], []])
  })
  test('the id where no registry has it', async () => {
    const { web: found } = await resolve(all(id('a')), [web()])
    expect(found?.ref).toBe(id('a'))
  })
  test('what most hosts have', async () => {
    const stock: Stock = {
      n1: { 'nginx:1': `${id('b')} ${digest('b')}` },
      n2: { 'nginx:1': `${id('a')} ${digest('a')}`, [digest('a')]: id('a') },
      n3: { 'nginx:1': `${id('a')} ${digest('a')}`, [digest('a')]: id('a') },
    }
    const { web: found } = await resolve(stock, [web()])
    expect(found?.ref).toBe(digest('a'))
    expect(Object.keys(found?.lackingOn ?? {})).toEqual(['n1'])
  })
  test('of equals, what the first host by name has', async () => {
    const stock: Stock = {
      n1: { 'nginx:1': `${id('b')} ${digest('b')}` },
      n2: { 'nginx:1': `${id('a')} ${digest('a')}` },
      n3: {},
    }
    expect((await resolve(stock, [web()])).web?.ref).toBe(digest('b'))
  })
  test('the same again where a host still has that under this name', async () => {
    const stock: Stock = {
      n1: { 'nginx:1': `${id('a')} ${digest('a')}`, [digest('a')]: id('a') },
      n2: { 'nginx:1': `${id('b')} ${digest('b')}` },
      n3: { 'nginx:1': `${id('b')} ${digest('b')}` },
    }
    const before = { web: applied(web(), { imageRef: digest('a') }) }
    expect((await resolve(stock, [web()], { before })).web?.ref).toBe(digest('a'))
    expect((await resolve(stock, [web({ pull: 'always' })], { before })).web?.ref).toBe(digest('b'))
    const fresh = await resolve(stock, [web()], { before, fresh: true })
    expect(fresh.web?.ref).toBe(digest('b'))
    expect(fresh.asked).toContain('n1 nginx:1 always')
    const never = await resolve(stock, [web({ pull: 'never' })], { before, fresh: true })
    expect([never.web?.ref, never.asked.some((line) => line.endsWith(' always'))]).toEqual([digest('b'), false])
    const renamed = { web: applied(web({ image: 'nginx:0' }), { imageRef: digest('a') }) }
    expect((await resolve(stock, [web()], { before: renamed })).web?.ref).toBe(digest('b'))
    const moved = { web: applied(web({ driver: 'docker' }), { imageRef: digest('a') }) }
    expect((await resolve(stock, [web()], { before: moved })).web?.ref).toBe(digest('b'))
  })
  test('what is there now where nobody has the old one any more', async () => {
    const before = { web: applied(web(), { imageRef: digest('c') }) }
    expect((await resolve(all(`${id('a')} ${digest('a')}`), [web()], { before })).web?.ref).toBe(digest('a'))
  })
  test('the same again where no host can tell: that is no change of the job', async () => {
    const before = { web: applied(web(), { imageRef: digest('a') }) }
    for (const stock of [{}, { n1: {}, n2: {}, n3: {} }]) {
      expect((await resolve(stock, [web()], { before })).web?.ref).toBe(digest('a'))
    }
    expect((await resolve({}, [web()], { before, hosts: [] })).web).toEqual({ ref: digest('a'), lackingOn: {} })
    expect((await resolve({}, [web({ image: 'nginx:2' })], { before })).web?.ref).toBeNull()
  })
  test('nothing where nobody has it, with a warning', async () => {
    const { web: found, warnings, images } = await resolve({ n1: {}, n2: {}, n3: {} }, [web()])
    expect(found?.ref).toBeNull()
    expect(found?.lackingOn).toEqual({ n1: 'no such image', n2: 'no such image', n3: 'no such image' })
    expect(warnings).toEqual(['web: no host has the image nginx:1, nor could one pull it'])
    expect(images.map(({ state }) => state)).toEqual([
      'missing: no such image',
      'missing: no such image',
      'missing: no such image',
    ])
  })
})

describe('who can’t have it', () => {
  const one: Stock = { n1: { 'nginx:1': `${id('a')} ${digest('a')}`, [digest('a')]: id('a') }, n2: {}, n3: {} }

  test('is pulled by digest, so that all run the same', async () => {
    const stock = { ...one, n2: { [`+${digest('a')}`]: id('a') } }
    const { web: found, asked } = await resolve(stock, [web()])
    expect(found?.lackingOn).toEqual({ n3: 'no such image' })
    expect(asked).toContain(`n2 ${digest('a')} missing`)
  })
  test('a plan only looks, and says what would be pulled', async () => {
    const { web: found, asked, images, phases } = await resolve(one, [web()], { pull: false })
    expect(asked.filter((line) => !line.endsWith(' never'))).toEqual([])
    expect(found).toEqual({ ref: digest('a'), lackingOn: {} })
    expect(images).toEqual([
      { image: 'nginx:1', host: 'n2', state: 'will be pulled' },
      { image: 'nginx:1', host: 'n3', state: 'will be pulled' },
    ])
    expect(phases).toEqual([])
  })
  test('what is never to be pulled is missing in a plan already', async () => {
    const { web: found, asked } = await resolve(one, [web({ pull: 'never' })], { pull: false })
    expect(Object.keys(found?.lackingOn ?? {})).toEqual(['n2', 'n3'])
    const acted = await resolve(one, [web({ pull: 'never' })])
    expect([...asked, ...acted.asked].filter((line) => !line.endsWith(' never'))).toEqual([])
  })
  test('what was built on a host is never asked of a registry', async () => {
    const local = web({ image: 'localhost/web:1' })
    const { web: found, asked } = await resolve(
      { n1: { 'localhost/web:1': id('a'), [id('a')]: id('a') }, n2: {}, n3: {} },
      [local],
    )
    expect(found?.ref).toBe(id('a'))
    expect(found?.lackingOn.n2).toBe('no registry has it: build it there, or load it')
    expect(asked.filter((line) => !line.endsWith(' never'))).toEqual([])
  })
  test('a host that does not answer lacks it for now', async () => {
    const { web: found } = await resolve({ n1: one.n1 ?? {}, n2: one.n1 ?? {} }, [web()])
    expect(found?.lackingOn).toEqual({ n3: 'it did not answer' })
  })
  test('a host without the engine is not asked, and lacks nothing: its driver speaks for itself', async () => {
    const hosts = [
      { host: host('n1'), facts: facts() },
      { host: host('n2'), facts: facts({ drivers: { systemd: '252' } }) },
    ]
    const { web: found, sent } = await resolve(one, [web()], { hosts })
    expect(found?.lackingOn).toEqual({})
    expect(new Set(sent.map((each) => each.host))).toEqual(new Set(['n1']))
  })
})

test('jobs without an image cost no round trip', async () => {
  const { sent, byJob } = await resolve({}, [job('a'), job('b')])
  expect([sent, byJob.size]).toEqual([[], 0])
})

test('jobs with the same image ask once', async () => {
  const both = [web(), { ...web(), name: 'other' }]
  const { asked, byJob, images } = await resolve({ n1: {}, n2: {}, n3: {} }, both)
  expect(asked).toEqual(['n1 nginx:1 missing', 'n2 nginx:1 missing', 'n3 nginx:1 missing'])
  expect([...byJob.keys()]).toEqual(['web', 'other'])
  expect(images).toHaveLength(3)
})

test('nothing is sent a second time where there is nothing to be pinned', async () => {
  const { sent } = await resolve({ n1: {}, n2: {}, n3: {} }, [web()])
  expect(sent).toHaveLength(3)
})
