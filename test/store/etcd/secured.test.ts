// etcd with TLS and with a login, as hc_store names them: what works, and what is said where it does not.
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { endpointsOf } from '../../../src/controller/store-choice.js'
import type { Store } from '../../../src/ports.js'
import { parseStoreAddress } from '../../../src/spec/store-address.js'
import { EtcdClient } from '../../../src/store/etcd/client.js'
import { openEtcd } from '../../../src/store/etcd/open.js'
import { fill } from '../../support/full-store.js'
import { increment, underLock, WALL } from '../world.js'
import { HAVE_OPENSSL, makeCa, makeCertificate } from './certificates.js'
import { type Etcd, HAVE_ETCD, startEtcd, startSecured, tell } from './server.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hc-secured-'))
  await writeFile(join(folder, 'password'), 's3cret\n')
  await writeFile(join(folder, 'wrong'), 'guessed\n')
})
afterAll(() => rm(folder, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())

/** The store that hc_store names. */
function open(text: string): Store {
  const read = parseStoreAddress(text)
  if (!read.ok || read.address.kind !== 'etcd') throw new Error(`${text} is no address`)
  const { address } = read
  const options = { folder: join(folder, '.hc'), from: folder, debug: () => undefined, wall: () => WALL }
  return openEtcd(address, { ...options, command: 'test', takeoverMs: 4000, endpoints: endpointsOf(address, null) })
}
const failing = (text: string) =>
  open(text)
    .lock(0)
    .then(
      () => 'it works',
      (error: Error & { hint?: string }) => `${error.message} | ${error.hint}`,
    )

/** Users of etcd: root, hc with a role for its keys alone, guest without any; from now on a login is needed. */
async function allow(auth: (path: string, body: unknown) => Promise<unknown>): Promise<void> {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const users = { root: 'r', hc: 's3cret', guest: 'g' }
  for (const [name, password] of Object.entries(users)) await auth('user/add', { name, password })
  for (const name of ['root', 'hc']) {
    await auth('role/add', { name })
    await auth('user/grant', { user: name, role: name })
  }
  const perm = { permType: 'READWRITE', key: base64('/hc/'), range_end: base64('/hc0') }
  await auth('role/grant', { name: 'hc', perm })
  await auth('enable', {})
}

/** All that a loop and a command need of etcd: locks, records, events, files, the watch. */
async function works(store: Store, again: Store): Promise<void> {
  const loop = await store.lockLoop()
  expect(await again.loopHeld()).toBe(true)
  const heard = vi.fn()
  const watch = again.watch(heard)
  await new Promise((resolve) => setTimeout(resolve, 300))
  const contents = await fill(store)
  await vi.waitFor(() => expect(heard).toHaveBeenCalled(), 5000)
  watch.stop()
  await new Promise((resolve) => setTimeout(resolve, 1500)) // renewals of the lease
  expect(await loop?.stillValid()).toBe(true)
  await loop?.release()
  const there = await underLock(again, () => again.dump())
  expect(there?.records).toEqual(contents.records)
  expect(there?.events).toEqual(contents.events)
  await increment(again)
  expect((await store.read())?.term.number).toBe(contents.records.term.number + 1)
}

describe.runIf(HAVE_ETCD && HAVE_OPENSSL)('etcd with TLS', () => {
  const etcds: Etcd[] = []
  beforeAll(() => {
    for (const ca of ['ca', 'stranger']) makeCa(folder, ca)
    makeCertificate(folder, 'server')
    makeCertificate(folder, 'client', { for: 'DNS:hc', use: 'clientAuth' })
    makeCertificate(folder, 'nameless', { for: 'DNS:hc', use: 'clientAuth', subject: '/O=hc' })
    makeCertificate(folder, 'strange', { ca: 'stranger', for: 'DNS:hc', use: 'clientAuth' })
    makeCertificate(folder, 'serveronly', { use: 'serverAuth' })
    makeCertificate(folder, 'elsewhere', { for: 'DNS:nuc9' })
    makeCertificate(folder, 'expired', { days: -1 })
  })
  afterEach(async () => {
    for (const etcd of etcds.splice(0)) await etcd.end()
  })
  const pem = (name: string) => join(folder, `${name}.pem`)
  const start = async (name: string, clients: boolean): Promise<string> => {
    const more = clients ? ['--client-cert-auth', '--trusted-ca-file', pem('ca')] : []
    const etcd = await startSecured(pem(name), join(folder, `${name}.key`), more)
    etcds.push(etcd)
    return `localhost:${etcd.ports[0]}`
  }

  test('and certificates of clients: all that a store does works', { timeout: 30_000 }, async () => {
    const at = await start('server', true)
    const address = `etcd://${at}?ca=ca.pem&cert=client.pem&key=client.key`
    await works(open(address), open(address))
  })

  test('and a login besides, with a certificate that has no common name', {
    timeout: 30_000,
  }, async () => {
    const at = await start('server', true)
    const tls = { ca: readFileSync(pem('ca'), 'utf8'), cert: null, key: null }
    const [cert, key] = [readFileSync(pem('client'), 'utf8'), readFileSync(join(folder, 'client.key'), 'utf8')]
    const endpoints = [{ name: 'localhost', address: '127.0.0.1', port: Number(at.split(':')[1]) }]
    const client = new EtcdClient({ endpoints, tls: { ...tls, cert, key }, login: null, debug: () => undefined })
    await allow((path, body) => client.call(`/v3/auth/${path}`, body))
    const files = 'ca=ca.pem&cert=nameless.pem&key=nameless.key'
    const address = `etcd://hc@${at}?${files}&password_file=password`
    await works(open(address), open(address))
    const named = `etcd://hc@${at}?ca=ca.pem&cert=client.pem&key=client.key&password_file=password`
    expect(await failing(named)).toContain('takes no certificate with a common name')
    expect(await failing(`etcd://${at}?${files}`)).toContain('permission denied')
  })

  test('says what is wrong with certificates, at once and not after a search for a quorum', {
    timeout: 30_000,
  }, async () => {
    const at = await start('server', true)
    const began = performance.now()
    expect(await failing(`etcd://${at}?ca=ca.pem`)).toMatch(
      /^etcd can't be reached: localhost:\d+ asks for a certif.*cert=FILE/,
    )
    expect(await failing(`etcd://${at}?ca=ca.pem&cert=strange.pem&key=strange.key`)).toContain(
      'does not accept the cert',
    )
    expect(await failing(`etcd://${at}?ca=stranger.pem`)).toContain('is not signed by the CA in hc_store')
    expect(await failing(`etcd://${at}?tls=yes`)).toMatch(/nobody trusts the certificate of localhost.*\?ca=FILE/)
    expect(await failing(`etcd://${at}?ca=ca.pem&cert=client.pem&key=server.key`)).toContain('are not of one pair')
    expect(await failing(`etcd://${at}?ca=ca.pem&cert=server.csr&key=client.key`)).toContain("can't be read")
    expect(() => open(`etcd://${at}?ca=nowhere.pem`)).toThrow("the CA of etcd can't be read")
    expect(performance.now() - began).toBeLessThan(5000)
    expect(await failing(`etcd://${at}`)).toContain('perhaps it wants TLS')
  })

  test('says which names the certificate of the server is for, and that it has expired', {
    timeout: 30_000,
  }, async () => {
    const elsewhere = await start('elsewhere', false)
    expect(await failing(`etcd://${elsewhere}?ca=ca.pem`)).toContain('is for DNS:nuc9')
    const expired = await start('expired', false)
    expect(await failing(`etcd://${expired}?ca=ca.pem`)).toContain('has expired')
  })

  test('says that the server needs a certificate for clients too, for its own gateway', {
    timeout: 30_000,
  }, async () => {
    const at = await start('serveronly', true)
    const said = await failing(`etcd://${at}?ca=ca.pem&cert=client.pem&key=client.key`)
    expect(said).toContain('extendedKeyUsage: serverAuth, clientAuth')
  })
})

describe.runIf(HAVE_ETCD)('etcd with a login', () => {
  let etcd: Etcd
  let at: string
  beforeAll(async () => {
    etcd = await startEtcd(1)
    at = `127.0.0.1:${etcd.ports[0]}`
    await allow((path, body) => tell(etcd.ports[0] ?? 0, `/v3/auth/${path}`, body))
  })
  afterAll(() => etcd.end())

  test('works for a user who may read and write the keys of hc, and nothing else', { timeout: 30_000 }, async () => {
    const address = `etcd://hc@${at}?password_file=password`
    await works(open(address), open(address))
    vi.stubEnv('HC_ETCD_PASSWORD', 's3cret')
    await increment(open(`etcd://hc@${at}/second`))
  })

  test('goes on after etcd was started anew and has forgotten its tokens', { timeout: 30_000 }, async () => {
    const store = open(`etcd://hc@${at}/again?password_file=password`)
    await increment(store)
    etcd.kill(0)
    await new Promise((resolve) => setTimeout(resolve, 300))
    await etcd.start(0)
    await expect.poll(() => increment(store).then(() => 'written', String), { timeout: 15_000 }).toBe('written')
    expect((await store.read())?.term.number).toBe(3)
  })

  test('says what is missing or wrong', { timeout: 30_000 }, async () => {
    expect(await failing(`etcd://${at}`)).toContain('etcd wants a login')
    expect(await failing(`etcd://hc@${at}?password_file=wrong`)).toContain('check the user in hc_store')
    vi.stubEnv('HC_ETCD_PASSWORD', 'g')
    expect(await failing(`etcd://guest@${at}`)).toContain("give the user's role read and write on the keys of hc")
    vi.stubEnv('HC_ETCD_PASSWORD', '')
    expect(() => open(`etcd://hc@${at}`)).toThrow('there is no password for hc on etcd')
  })
})
