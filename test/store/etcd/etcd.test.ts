// The store in etcd passes the same suite as the one on disk, against a real etcd.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import { openEtcdStore } from '../../../src/store/etcd/store.js'
import { storeConformance } from '../conformance.js'
import { WALL } from '../world.js'
import { type Etcd, HAVE_ETCD, startEtcd, tell } from './server.js'

describe.runIf(HAVE_ETCD)('on a real etcd', () => {
  let etcd: Etcd
  let folder: string
  let count = 0
  beforeAll(async () => {
    etcd = await startEtcd(1)
    folder = await mkdtemp(join(tmpdir(), 'hc-etcd-local-'))
  })
  afterAll(async () => {
    await etcd.end()
    await rm(folder, { recursive: true })
  })

  storeConformance('the store in etcd', async () => {
    count += 1
    const prefix = `/hc/test-${count}/`
    const port = etcd.ports[0] ?? 0
    const base64 = (text: string) => Buffer.from(text).toString('base64')
    const endpoints = [{ name: 'localhost', address: '127.0.0.1', port }]
    const local = join(folder, String(count))
    const rest = { tls: null, login: null, debug: () => undefined, wall: () => WALL, takeoverMs: 10_000, folder: local }
    return {
      open: (owner, command) => openEtcdStore({ endpoints, prefix, owner, command, ...rest }),
      lose: async () => {
        const range_end = base64(`${prefix.slice(0, -1)}0`)
        await tell(port, '/v3/kv/deleterange', { key: base64(prefix), range_end })
      },
      end: async () => undefined,
    }
  })
})
