// The feed over a real socket: who is served, what is let go, and that a dead or foreign loop is told from a live one.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LiveView } from '../../src/model/views.js'
import type { Feed, FeedEnd } from '../../src/ports.js'
import { openFeed } from '../../src/store/feed.js'
import { held } from '../support/held.js'
import { ALL_WELL } from '../ui/samples.js'

let root = ''
const feeds: Feed[] = []
const others: (Server | Socket)[] = []

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hc-feed-'))
})
afterEach(async () => {
  for (const feed of feeds.splice(0)) await feed.close()
  for (const other of others.splice(0)) 'destroy' in other ? other.destroy() : other.close()
  rmSync(root, { recursive: true, force: true })
})

function folder(name = '.hc'): string {
  const path = join(root, name)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  return path
}

function open(path: string, options: { maxViewers?: number; debug?: (line: string) => void } = {}): Feed {
  const feed = openFeed(path, { debug: () => {}, ...options })
  feeds.push(feed)
  return feed
}

function view(n: number, more: Partial<LiveView> = {}): LiveView {
  return { ...ALL_WELL, seenAt: new Date(n * 1000).toISOString(), source: 'loop', ...more }
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 500) throw new Error('it did not come about within 5 s')
    await sleep(10)
  }
}

interface Watching {
  readonly seen: string[]
  readonly signs: (string | null)[]
  ended: FeedEnd | null
  readonly done: Promise<void>
  stop(): void
}

function watch(path: string): Watching {
  const controller = new AbortController()
  const watching = { seen: [] as string[], signs: [] as (string | null)[], ended: null as FeedEnd | null }
  const viewer = {
    onView: (one: LiveView) => void watching.seen.push(one.seenAt),
    onAlive: (trouble: string | null) => void watching.signs.push(trouble),
  }
  const feed = openFeed(path, { debug: () => {} })
  const done = feed.subscribe(viewer, controller.signal).then((end) => {
    watching.ended = end
  })
  return Object.assign(watching, { done, stop: () => controller.abort() })
}

const seenAt = (n: number) => view(n).seenAt
const socketOf = (path: string) => join(path, 'loop.sock')

async function served(path: string, options: { maxViewers?: number } = {}): Promise<Feed> {
  const feed = open(path, options)
  feed.publish(() => view(1))
  await until(() => existsSync(socketOf(path)))
  return feed
}

test('viewers see the last tick at once and each tick from then on, in a socket of mode 0600', async () => {
  const path = folder()
  const feed = await served(path)
  await until(() => (statSync(socketOf(path)).mode & 0o777) === 0o600)
  const [one, other] = [watch(path), watch(path)]
  await until(() => one.seen.length === 1 && other.seen.length === 1)
  feed.publish(() => view(2))
  await until(() => one.seen.length === 2 && other.seen.length === 2)
  expect(one.seen).toEqual([seenAt(1), seenAt(2)])
  one.stop()
  await one.done
  await feed.close()
  await other.done
  expect(other.ended).toMatchObject({ kind: 'ended' })
  expect(existsSync(socketOf(path))).toBe(false)
})

test('nothing is made where nobody watches, and one snapshot serves all', async () => {
  const path = folder()
  const feed = await served(path)
  let made = 0
  const make = (n: number) => () => {
    made += 1
    return view(n)
  }
  feed.publish(make(2))
  feed.publish(make(3))
  expect(made).toBe(0)
  const all = Array.from({ length: 5 }, () => watch(path))
  await until(() => all.every(({ seen }) => seen.length === 1))
  made = 0
  feed.publish(make(4))
  await until(() => all.every(({ seen }) => seen.length === 2))
  expect(made).toBe(1)
})

test('a path longer than a socket address', async () => {
  const path = folder(join('x'.repeat(120), '.hc'))
  await served(path)
  const one = watch(path)
  await until(() => one.seen.length === 1)
  expect(one.seen).toEqual([seenAt(1)])
})

test('there is no feed without a folder, without a socket, and behind the socket of a dead loop', async () => {
  for (const path of [join(root, 'nowhere'), folder()]) {
    const one = watch(path)
    await one.done
    expect(one.ended).toMatchObject({ kind: 'none' })
  }
  const path = folder()
  const dead = createServer()
  await new Promise<void>((resolve) => dead.listen(socketOf(path), resolve))
  renameSync(socketOf(path), `${socketOf(path)}.kept`)
  await new Promise((resolve) => dead.close(resolve))
  renameSync(`${socketOf(path)}.kept`, socketOf(path))
  const one = watch(path)
  await one.done
  expect(one.ended).toMatchObject({ kind: 'none' })
  const feed = open(path)
  feed.publish(() => view(7))
  let after = watch(path)
  await until(() => {
    if (after.ended) after = watch(path)
    return after.seen.length > 0
  })
  expect(after.seen).toEqual([seenAt(7)])
})

test('the feed comes back where the folder was deleted and made anew; who watched goes on', async () => {
  const path = folder()
  const feed = await served(path)
  const before = watch(path)
  await until(() => before.seen.length === 1)
  rmSync(path, { recursive: true })
  feed.publish(() => view(2))
  await until(() => before.seen.length === 2)
  folder()
  feed.publish(() => view(3))
  await until(() => existsSync(socketOf(path)))
  const after = watch(path)
  await until(() => after.seen.length === 1)
  expect([before.seen.at(-1), after.seen]).toEqual([seenAt(3), [seenAt(3)]])
  expect(before.ended).toBeNull()
})

test('signs of life come between ticks, with what went wrong', async () => {
  const path = folder()
  const feed = await served(path)
  const one = watch(path)
  await until(() => one.signs.length >= 1)
  feed.fail('the disk is full')
  await until(() => one.signs.includes('the disk is full'))
  feed.publish(() => view(2))
  const so = one.signs.length
  await until(() => one.signs.length > so)
  expect(one.signs.at(-1)).toBeNull()
})

test('serves again where its loop leads again, and not before', async () => {
  const path = folder()
  const feed = await served(path)
  await feed.close()
  feed.publish(() => view(2))
  await sleep(100)
  expect(existsSync(socketOf(path))).toBe(false)
  feed.open()
  feed.publish(() => view(3))
  await until(() => existsSync(socketOf(path)))
  const one = watch(path)
  await until(() => one.seen.length === 1)
  expect(one.seen).toEqual([seenAt(3)])
  one.stop()
})

test('a failed tick begins no serving: the lock may be another loop’s', async () => {
  const path = folder()
  open(path).fail('a loop ticks on this store already')
  await sleep(100)
  expect(existsSync(socketOf(path))).toBe(false)
})

test('a viewer that does not read is passed over, and holds up neither the loop nor the others', async () => {
  const path = folder()
  const feed = await served(path)
  const stuck = connect(socketOf(path))
  others.push(stuck)
  await new Promise((resolve) => stuck.once('connect', resolve))
  stuck.pause()
  const good = watch(path)
  await until(() => good.seen.length === 1)
  const long = 'x'.repeat(1_000_000)
  const before = held()
  for (let n = 2; n < 60; n += 1) {
    feed.publish(() => view(n, { hints: [long] }))
    await until(() => good.seen.length === n)
  }
  // 58 MB were published: one or two may wait for the stuck one.
  expect(held() - before).toBeLessThan(20_000_000)
})

test('no more viewers than allowed, and the place of one that left is free', async () => {
  const path = folder()
  await served(path, { maxViewers: 2 })
  const [one, two] = [watch(path), watch(path)]
  await until(() => one.seen.length === 1 && two.seen.length === 1)
  const third = watch(path)
  await third.done
  expect(third.ended).toMatchObject({ kind: 'refused', text: expect.stringContaining('2 viewers') })
  one.stop()
  let fourth = watch(path)
  await until(() => {
    if (fourth.ended) fourth = watch(path)
    return fourth.seen.length === 1
  })
})

test.each([
  ['another format', '{"hello":"hc-feed","format":999}\n{"view":{}}\n'],
  ['another program', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['a snapshot before the greeting', '{"view":{"hosts":[]}}\n'],
])('%s is told, not misread', async (_name, text) => {
  const path = folder()
  const server = createServer((socket) => socket.end(text))
  others.push(server)
  await new Promise<void>((resolve) => server.listen(socketOf(path), resolve))
  const one = watch(path)
  await one.done
  expect(one.seen).toEqual([])
  expect(one.ended).toMatchObject({ kind: 'foreign', text: expect.stringContaining('another version') })
})

test('a folder in which nothing can be made costs the loop nothing but a line of debug', async () => {
  const said: string[] = []
  writeFileSync(join(root, 'file'), '')
  const feed = open(join(root, 'file'), { debug: (line) => said.push(line) })
  feed.publish(() => view(1))
  await until(() => said.length > 0)
  feed.publish(() => view(2))
  await sleep(50)
  expect(said).toHaveLength(1)
  expect(said[0]).toContain('the feed cannot be served')
  chmodSync(join(root, 'file'), 0o600)
})

test('a snapshot that cannot be made harms nobody', async () => {
  const path = folder()
  const feed = await served(path)
  const one = watch(path)
  await until(() => one.seen.length === 1)
  feed.publish(() => {
    throw new Error('bug')
  })
  feed.publish(() => view(3))
  await until(() => one.seen.length === 2)
})
