// Two loops on one etcd: one leads, and when it is killed or stopped the other does, under a higher term.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../../src/ports.js'
import { openEtcdStore } from '../../src/store/etcd/store.js'
import { type Etcd, HAVE_ETCD, startEtcd } from '../store/etcd/server.js'
import { increment, WALL } from '../store/world.js'

const DEV = join(import.meta.dirname, '..', '..', 'bin', 'dev.js')
const TSX = import.meta.resolve('tsx')

describe.runIf(HAVE_ETCD)('two loops on one etcd', () => {
  let etcd: Etcd
  let folder: string
  let watcher: Store
  const loops: { child: ChildProcess; said: string }[] = []

  beforeEach(async () => {
    etcd = await startEtcd(1)
    folder = await mkdtemp(join(tmpdir(), 'hc-leader-'))
    const endpoints = [{ name: 'localhost', address: '127.0.0.1', port: etcd.ports[0] ?? 0 }]
    const rest = { tls: null, login: null, debug: () => undefined, wall: () => WALL, takeoverMs: 10_000 }
    watcher = openEtcdStore({ endpoints, prefix: '/hc/', folder: join(folder, 'w'), command: 'hc test', ...rest })
    await increment(watcher)
  })
  afterEach(async () => {
    for (const { child } of loops.splice(0)) child.kill('SIGKILL')
    await etcd.end()
    await rm(folder, { recursive: true, force: true })
  })

  /** A loop as `hc reconcile --cron` runs it, with this machine as its only host. */
  async function start(name: string): Promise<{ child: ChildProcess; said: string }> {
    const own = join(folder, name)
    await mkdir(own)
    const store = `etcd://127.0.0.1:${etcd.ports[0]}`
    const inventory = `all: {vars: {hc_store: "${store}"}, hosts: {here: {ansible_connection: local}}}\n`
    await writeFile(join(own, 'inventory.yml'), inventory)
    const env = { ...process.env, HC_INVENTORY: join(own, 'inventory.yml'), NO_COLOR: '1' }
    const loop = {
      child: spawn(process.execPath, ['--import', TSX, DEV, 'reconcile', '--cron'], { env, cwd: own }),
      said: '',
    }
    loop.child.stderr?.on('data', (chunk: Buffer) => {
      loop.said += chunk.toString()
    })
    loops.push(loop)
    return loop
  }
  const leads = (loop: { child: ChildProcess }, timeout: number) =>
    expect
      .poll(async () => (await watcher.control?.show())?.leader?.pid, { timeout, interval: 50 })
      .toBe(loop.child.pid)
  const term = async () => (await watcher.read())?.term.number ?? 0

  test('the killed leader is followed within hc_takeover, and a stopped one finds that it leads no more', {
    timeout: 90_000,
  }, async () => {
    const first = await start('one')
    await leads(first, 20_000)
    const second = await start('two')
    await expect.poll(() => second.said, { timeout: 20_000 }).toContain('stands by')
    const before = await term()

    first.child.kill('SIGSTOP')
    const stopped = performance.now()
    await leads(second, 10_000)
    expect(performance.now() - stopped).toBeLessThan(10_000)
    await expect.poll(term, { timeout: 5000 }).toBeGreaterThan(before)
    first.child.kill('SIGCONT')
    await expect.poll(() => first.said, { timeout: 10_000 }).toContain('leads no more')
    await expect.poll(() => first.said, { timeout: 10_000 }).toContain('this one stands by')
    await leads(second, 1000)

    second.child.kill('SIGKILL')
    const killed = performance.now()
    await leads(first, 10_000)
    expect(performance.now() - killed).toBeLessThan(10_000)
    const takeOvers = async () =>
      (await watcher.events({ limit: 20 })).flatMap((event) => (event.kind === 'take-over' ? [event.term] : []))
    await expect.poll(takeOvers, { timeout: 5000 }).toHaveLength(3)
    const terms = await takeOvers()
    expect(new Set(terms).size).toBe(3)
    expect([...terms].sort((a, b) => a - b)).toEqual(terms)
  })

  test('one that is told to end while it stands by is not shown as if it still did', { timeout: 60_000 }, async () => {
    const first = await start('one')
    await leads(first, 20_000)
    const second = await start('two')
    const standbys = async () => (await watcher.control?.show())?.standbys.map(({ pid }) => pid)
    await expect.poll(standbys, { timeout: 20_000, interval: 50 }).toEqual([second.child.pid])
    const over = new Promise((done) => second.child.once('exit', done))
    second.child.kill('SIGTERM')
    await over
    // At once: not only when its lease has ended.
    expect(await standbys()).toEqual([])
    await leads(first, 1000)
  })
})
