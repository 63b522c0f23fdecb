// Members as hc sets them up on hosts: a real etcd goes by the rendered configuration and certificates, and hc's store by it.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { Pair } from '../../../src/model/control-group.js'
import { CLIENT_PORT, ETCD_FOLDER, etcdConfig, PEER_PORT } from '../../../src/remote/etcd.js'
import { openEtcdStore } from '../../../src/store/etcd/store.js'
import { issue, makeAuthority } from '../../../src/system/certificates.js'
import { increment, WALL } from '../world.js'
import { freePorts, HAVE_ETCD } from './server.js'

const NAMES = ['nuc1', 'nuc2', 'nuc3']
const at = new Date().toISOString()
const authority = makeAuthority('hc c1', at)

describe.runIf(HAVE_ETCD)('three members as they are rendered', () => {
  let folder = ''
  let running: ChildProcess[] = []
  afterEach(async () => {
    for (const member of running) member.kill('SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, 100))
    await rm(folder, { recursive: true, force: true })
  })

  /** All on 127.0.0.1, each with ports of its own in place of etcd's. */
  async function start(): Promise<readonly number[]> {
    folder = await mkdtemp(join(tmpdir(), 'hc-members-'))
    const ports = await freePorts(NAMES.length * 2)
    const [client, peer] = [ports.slice(0, NAMES.length), ports.slice(NAMES.length)]
    const members = NAMES.map((name) => ({ name, address: '127.0.0.1' }))
    running = await Promise.all(
      members.map(async (own, index) => {
        const place = join(folder, own.name)
        await mkdir(place)
        const plan = {
          own,
          members,
          state: 'new',
          cluster: 'c1',
          token: 'c1',
          program: '/usr/bin/etcd',
          machine: 'x86_64',
        } as const
        const text = etcdConfig(plan)
          .replaceAll(ETCD_FOLDER, place)
          .replaceAll(`:${CLIENT_PORT}`, `:${client[index]}`)
          .replaceAll(new RegExp(`(nuc[1-3])=https://127.0.0.1:${PEER_PORT}`, 'g'), (_, name: string) => {
            return `${name}=https://127.0.0.1:${peer[NAMES.indexOf(name)]}`
          })
          .replaceAll(`:${PEER_PORT}`, `:${peer[index]}`)
        const pair = issue(authority, { subject: own.name, names: [own.name, '127.0.0.1'] }, at)
        const files = { 'ca.pem': authority.cert, 'member.pem': pair.cert, 'member.key': pair.key, 'etcd.yml': text }
        for (const [name, content] of Object.entries(files)) await writeFile(join(place, name), content)
        return spawn('etcd', ['--config-file', join(place, 'etcd.yml')], { stdio: 'ignore' })
      }),
    )
    return client
  }

  const open = (ports: readonly number[], pair: Pair | null, name: (index: number) => string = (i) => NAMES[i] ?? '') =>
    openEtcdStore({
      endpoints: ports.map((port, index) => ({ name: name(index), address: '127.0.0.1', port })),
      prefix: '/hc/',
      tls: { ca: authority.cert, cert: pair?.cert ?? null, key: pair?.key ?? null },
      login: null,
      debug: () => undefined,
      wall: () => WALL,
      takeoverMs: 4000,
      folder: join(folder, 'local'),
      command: 'hc apply',
    })

  test('hold the store, and go on with two of them; who has no certificate is not let in', {
    timeout: 60_000,
  }, async () => {
    const ports = await start()
    const client = issue(authority, { subject: 'hc on nuc1', names: [] }, at)
    await expect
      .poll(() => increment(open(ports, client)).then(() => 'written', String), { timeout: 20_000 })
      .toBe('written')
    running[0]?.kill('SIGKILL')
    await expect
      .poll(() => increment(open(ports, client)).then(() => 'written', String), { timeout: 20_000 })
      .toBe('written')
    const foreign = issue(makeAuthority('hc c1', at), { subject: 'hc on nuc1', names: [] }, at)
    const refused = [open(ports, null), open(ports, foreign), open(ports, client, () => 'nuc9')]
    await Promise.all(refused.map((store) => expect(store.lock(0)).rejects.toThrow(/etcd/)))
  })
})
