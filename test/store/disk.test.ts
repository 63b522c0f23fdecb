// What the folder looks like, and what bad luck does to it.
import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../../src/ports.js'
import { RecordsFile } from '../../src/store/records-file.js'
import { openStore, type StoreOptions } from '../../src/store/store.js'
import { increment, newEvent, underLock, WALL } from './world.js'

let base: string
let folder: string

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'hc-disk-'))
  folder = join(base, '.hc')
})
afterEach(() => rm(base, { recursive: true, force: true }))

function open(options: Partial<StoreOptions> = {}): Store {
  return openStore(folder, { wall: () => WALL, owner: 'laptop', command: 'hc test', ...options })
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  )
}

describe('the folder', () => {
  test('is for its owner alone, also where it was not', async () => {
    await mkdir(folder)
    await chmod(folder, 0o755)
    const store = open()
    await increment(store)
    await increment(store)
    const [blob = ''] = await store.putBlobs([Buffer.from('secret')])
    await store.appendEvents([newEvent('a')], 1)
    await store.writeLoop({ pid: 1, startedAt: WALL, lastTick: WALL, lastTickMs: 1, hosts: {} })
    const loop = await store.lockLoop()
    await loop?.release()
    expect((await readdir(folder)).sort()).toEqual([
      'blobs',
      'events.jsonl',
      'lock',
      'loop.json',
      'loop.lock',
      'state.json',
      'state.json.prev',
    ])
    for (const path of ['', 'blobs']) expect((await stat(join(folder, path))).mode & 0o777).toBe(0o700)
    for (const path of [
      'state.json',
      'events.jsonl',
      'lock',
      'loop.lock',
      'loop.json',
      'state.json.prev',
      `blobs/${blob}`,
    ]) {
      expect((await stat(join(folder, path))).mode & 0o777, path).toBe(0o600)
    }
  })

  test('keeps the records from before the last change', async () => {
    const store = open()
    await increment(store)
    const before = await readFile(join(folder, 'state.json'), 'utf8')
    await increment(store)
    expect(await readFile(join(folder, 'state.json.prev'), 'utf8')).toBe(before)
  })

  test('is not written where nothing changed, and not read where nobody wrote', async () => {
    const store = open()
    await increment(store)
    const records = await store.read()
    const { ino, mtimeMs } = await stat(join(folder, 'state.json'))
    if (records !== null) await underLock(store, () => store.write(records))
    expect(await stat(join(folder, 'state.json'))).toMatchObject({ ino, mtimeMs })
    expect(await store.read()).toBe(records)
    await increment(open())
    expect(await store.read()).not.toEqual(records)
  })

  test('loses what dead writers left', async () => {
    const store = open()
    await mkdir(folder)
    const dead = [
      '.state.json.99999999.0123abcd.tmp',
      '.state.json.prev.1.0123abcd.tmp',
      '.loop.json.99999999.0123abcd.tmp',
    ]
    const alive = `.loop.json.${process.pid}.0123abcd.tmp`
    for (const name of [...dead, alive, '.mine.tmp']) await writeFile(join(folder, name), 'torn')
    await (await store.lock(0)).release()
    expect((await readdir(folder)).sort()).toEqual([alive, '.mine.tmp', 'lock'].sort())
  })
})

describe('records that can not be read', () => {
  const cases: readonly (readonly [text: string, says: RegExp])[] = [
    ['{"format": {"maj', /state\.json can't be read: .*JSON.* Nothing was changed/],
    ['', /can't be read/],
    ['[]', /it is no JSON object/],
    ['{"format":{"major":1,"minor":0},"cluster":"a"}', /its field "key" is missing/],
    ['{"format":{"major":2,"minor":0}}', /was written by a newer hc \(format 2\.0/],
    ['{"format":{"major":0,"minor":9}}', /too old \(format 0\.9; this hc reads from 1\.0/],
  ]
  test.each(cases)('%s', async (text, says) => {
    const store = open()
    await increment(store)
    await writeFile(join(folder, 'state.json'), text)
    const error = await failure(store.read())
    expect(error).toMatchObject({ name: 'UserError', code: 'store', message: expect.stringMatching(says) })
    expect(error).toMatchObject({ hint: expect.stringMatching(/\w/) })
    expect(await readFile(join(folder, 'state.json'), 'utf8')).toBe(text)
    await writeFile(join(folder, 'state.json'), await readFile(join(folder, 'state.json.prev')))
    expect((await store.read())?.term.number).toBe(1)
  })
})

test('without the flock program it is said what to install', async () => {
  const error = await failure(open({ flock: 'no-such-flock' }).lock(0))
  expect(error).toMatchObject({ name: 'UserError', code: 'store', hint: expect.stringContaining('util-linux') })
  const broken = await failure(open({ flock: 'false' }).lock(0))
  expect(broken).toMatchObject({ code: 'store', hint: expect.stringContaining('util-linux') })
})

test('a folder that is a file is said so', async () => {
  await writeFile(folder, '')
  expect(await failure(open().lock(0))).toMatchObject({ code: 'store', message: expect.stringContaining(folder) })
  expect(await failure(open().read())).toMatchObject({ code: 'store', message: expect.stringContaining('no folder') })
})

test('a damaged blob counts as none, and is written again', async () => {
  const store = open()
  const [name = ''] = await store.putBlobs([Buffer.from('whole')])
  await writeFile(join(folder, 'blobs', name), 'torn')
  expect(await store.getBlob(name)).toBeNull()
  await store.putBlobs([Buffer.from('whole')])
  expect(Buffer.from((await store.getBlob(name)) ?? []).toString()).toBe('whole')
})

test('a reader that reads while another writes never sees half a file', async () => {
  const writer = open()
  await increment(writer)
  const reader = new RecordsFile(join(folder, 'state.json'))
  let done = false
  const writing = (async () => {
    for (let round = 0; round < 40; round += 1) await increment(writer)
    done = true
  })()
  let last = 0
  while (!done) {
    const number = (await reader.read())?.term.number ?? 0
    expect(number).toBeGreaterThanOrEqual(last)
    last = number
  }
  await writing
  expect((await reader.read())?.term.number).toBe(42)
})

describe.runIf(process.getuid?.() === 0 && canMount())('a full disk', () => {
  let mounted: string
  beforeEach(async () => {
    mounted = join(base, 'small')
    await mkdir(mounted)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', mounted])
    folder = join(mounted, '.hc')
  })
  afterEach(() => {
    execFileSync('umount', [mounted])
  })

  test('leaves the old records whole, says so, and leaves nothing behind', async () => {
    const store = open()
    await increment(store)
    await store.appendEvents([newEvent('before')], 1)
    const before = await store.read()
    await writeFile(join(mounted, 'ballast'), Buffer.alloc(1024 * 1024)).catch(() => undefined)
    const names = (await readdir(folder)).sort()

    const lock = await store.lock(0)
    if (before === null) throw new Error('no records')
    const error = await failure(store.write({ ...before, removed: { big: 'x'.repeat(100_000) } }))
    expect(error).toMatchObject({
      code: 'store',
      exitCode: 1,
      message: expect.stringMatching(/the disk is full; the records are as/),
    })
    expect(await store.read()).toEqual(before)
    expect(await open().read()).toEqual(before)

    const event = await failure(store.appendEvents([newEvent('y'.repeat(50_000))], 1))
    expect(event).toMatchObject({ name: 'UserError', message: expect.stringContaining('the disk is full') })
    expect((await open().events({ limit: 10 })).map(({ text }) => text)).toEqual(['before'])
    expect(await failure(store.putBlobs([Buffer.alloc(9000)]))).toMatchObject({ code: 'store' })
    expect(
      await failure(store.writeLoop({ pid: 1, startedAt: WALL, lastTick: WALL, lastTickMs: 1, hosts: {} })),
    ).toMatchObject({ code: 'store' })
    await lock.release()
    expect((await readdir(folder)).filter((name) => name !== 'blobs').sort()).toEqual(names)

    await rm(join(mounted, 'ballast'))
    await increment(store)
    expect((await store.appendEvents([newEvent('after')], 1))[0]?.id).toBe(2)
    expect((await open().read())?.term.number).toBe(3)
  })
})

function canMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
