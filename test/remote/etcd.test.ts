import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import {
  type EtcdPlan,
  etcdConfig,
  etcdInstallScript,
  etcdLookScript,
  etcdRemoveScript,
  etcdSetUpScript,
  etcdUnitText,
  parseEtcdDone,
  parseEtcdInstall,
  parseEtcdLook,
} from '../../src/remote/etcd.js'
import { type FakeHost, fakeHost, guard, SHELLS } from './support.js'

const members = [
  { name: 'nuc2', address: '192.168.1.12' },
  { name: 'nuc1', address: '192.168.1.11' },
  { name: 'nuc3', address: 'fd00::13' },
]
const [, own = { name: '', address: '' }] = members
const plan: EtcdPlan = {
  own,
  members,
  state: 'new',
  cluster: 'c1',
  token: 'c1.1',
  program: '/usr/bin/etcd',
  machine: 'x86_64',
}
const tls = { ca: 'CA\n', cert: "it's a certificate\n", key: 'SECRET\n' }

let host: FakeHost
beforeEach(() => {
  host = fakeHost()
})
afterEach(() => host.remove())

describe('the configuration', () => {
  const read = (text: string) => parse(text) as Record<string, unknown>

  test('says who the members are, in any order of theirs', () => {
    expect(etcdConfig(plan)).toBe(etcdConfig({ ...plan, members: [...members].reverse() }))
    expect(read(etcdConfig(plan))).toMatchObject({
      name: 'nuc1',
      'data-dir': '/var/lib/hc/etcd/data',
      'listen-client-urls': 'https://192.168.1.11:2379,https://127.0.0.1:2379',
      'listen-peer-urls': 'https://192.168.1.11:2380',
      'initial-cluster': 'nuc1=https://192.168.1.11:2380,nuc2=https://192.168.1.12:2380,nuc3=https://[fd00::13]:2380',
      'initial-cluster-state': 'new',
      'initial-cluster-token': 'c1.1',
      'auto-compaction-retention': '1h',
    })
  })

  test('has the gateway on that hc speaks to', () => {
    expect(read(etcdConfig(plan))).toMatchObject({ 'enable-grpc-gateway': true, 'strict-reconfig-check': true })
  })

  test('lets nobody in without a certificate', () => {
    const text = etcdConfig(plan)
    for (const side of ['client', 'peer']) {
      expect(read(text)[`${side}-transport-security`]).toMatchObject({
        'client-cert-auth': true,
        'trusted-ca-file': '/var/lib/hc/etcd/ca.pem',
      })
    }
    expect(text).not.toContain('http:')
  })
})

describe('the unit', () => {
  test('starts what was found, under no power of root', () => {
    const text = etcdUnitText(plan)
    expect(text).toContain('ExecStart=/usr/bin/etcd --config-file=/var/lib/hc/etcd/etcd.yml\n')
    expect(text).toContain('\nCapabilityBoundingSet=\n')
    expect(text).toContain('X-Hc-Cluster=c1')
    expect(text).not.toContain('UNSUPPORTED')
    expect(etcdUnitText({ ...plan, machine: 'aarch64' })).toContain('ETCD_UNSUPPORTED_ARCH=arm64')
  })
  test('nothing that a host says becomes a line of it', () => {
    expect(() => etcdUnitText({ ...plan, program: '/usr/bin/etcd\nExecStartPre=/bin/x' })).toThrow('bug')
    expect(() => etcdUnitText({ ...plan, cluster: 'c1\nUser=x' })).toThrow('bug')
  })
})

describe.each(SHELLS.map((shell) => [shell]))('in %s', (shell) => {
  const done = (script: string) => parseEtcdDone(host.run(shell, script))
  const look = () => parseEtcdLook(host.run(shell, etcdLookScript()))
  const program = (name: string, text: string) =>
    writeFileSync(join(host.folder, 'bin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })

  test('a host without a member says so', () => {
    program('etcd', 'echo "etcd Version: 3.4.23"; echo "Git SHA: x"')
    program('ss', 'echo "LISTEN 0 4096 127.0.0.1:2379 0.0.0.0:* "; echo "LISTEN 0 4096 [::]:22 [::]:* "')
    expect(look()).toMatchObject({
      bootId: guard().bootId,
      version: '3.4.23',
      unit: null,
      cluster: null,
      data: false,
      taken: [2379],
      certificate: null,
    })
  })

  test('a member is written and started; a second time nothing is restarted; other certificates restart nothing', () => {
    expect(done(etcdSetUpScript(guard(), plan, tls, null))).toBeNull()
    expect(host.read('/var/lib/hc/etcd/member.key')).toBe('SECRET\n')
    expect(host.read('/var/lib/hc/etcd/member.pem')).toBe("it's a certificate\n")
    expect(host.read('/etc/systemd/system/hc-etcd.service')?.replaceAll(host.folder, '')).toContain('ExecStart=')
    expect(host.calls().at(-1)).toBe('restart --no-block hc-etcd.service')
    expect(done(etcdSetUpScript(guard(), plan, { ...tls, cert: 'new\n' }, null))).toBeNull()
    expect(host.calls().at(-1)).toBe('start --no-block hc-etcd.service')
    expect(host.read('/var/lib/hc/etcd/member.pem')).toBe('new\n')
    expect(done(etcdSetUpScript(guard(), plan, { ...tls, ca: 'other\n' }, null))).toBeNull()
    expect(host.calls().at(-1)).toBe('restart --no-block hc-etcd.service')
    expect(done(etcdSetUpScript(guard(), { ...plan, state: 'existing' }, { ...tls, ca: 'other\n' }, null))).toBeNull()
    expect(host.calls().at(-1)).toBe('restart --no-block hc-etcd.service')
    expect(look()).toMatchObject({
      unit: expect.any(String),
      cluster: 'c1',
      token: 'c1.1',
      certificate: "it's a certificate\n",
    })
  })

  test('data of another member is put aside, by a name of its own each time; the newest three are kept', () => {
    const data = join(host.folder, 'var/hc/etcd/data/member')
    const aside = (stamp: string) => {
      mkdirSync(join(data, 'wal'), { recursive: true })
      writeFileSync(join(data, 'wal/0.wal'), stamp)
      writeFileSync(join(data, 'wal/1.tmp'), 'room that is made beforehand')
      expect(look()?.data).toBe(true)
      expect(done(etcdSetUpScript(guard(), plan, tls, `removed-${stamp}`))).toBeNull()
      expect(host.calls().at(-1)).toBe('restart --no-block hc-etcd.service')
      expect(look()?.data).toBe(false)
      expect(look()?.token).toBe('c1.1')
    }
    const kept = (stamp: string) => host.read(`/var/lib/hc/etcd/removed-${stamp}/member/wal/0.wal`)
    for (const stamp of ['1', '2', '3', '4']) aside(stamp)
    expect(['1', '2', '3', '4'].map(kept)).toEqual([null, '2', '3', '4'])
    expect(host.read('/var/lib/hc/etcd/removed-4/member/wal/1.tmp')).toBeNull()
    // Where there is no data, nothing is put aside, and nothing goes.
    expect(done(etcdSetUpScript(guard(), plan, tls, 'removed-5'))).toBeNull()
    expect(['2', '3', '4'].map(kept)).toEqual(['2', '3', '4'])
    expect(() => etcdSetUpScript(guard(), plan, tls, 'removed-$(x)')).toThrow('bug')
  })

  test('a lower term is refused, and nothing is written', () => {
    done(etcdRemoveScript(guard({ term: { number: 9, owner: 'owner-b' } })))
    expect(done(etcdSetUpScript(guard(), plan, tls, null))).toContain('term 9 of owner-b is in force')
    expect(host.read('/var/lib/hc/etcd/etcd.yml')).toBeNull()
  })

  test('all of it is taken away, twice too', () => {
    done(etcdSetUpScript(guard(), plan, tls, null))
    program('systemctl', 'echo "$*" >>"$FAKE/calls"; echo inactive')
    for (let round = 0; round < 2; round += 1) {
      expect(done(etcdRemoveScript(guard()))).toBeNull()
      expect(host.read('/var/lib/hc/etcd/member.key')).toBeNull()
      expect(host.read('/etc/systemd/system/hc-etcd.service')).toBeNull()
    }
    expect(host.calls()).toContain('disable --now hc-etcd.service')
  })

  test("what is there is not installed again; what can't be is told with the reason", () => {
    program('etcd', 'exit 0')
    expect(parseEtcdInstall(host.run(shell, etcdInstallScript()))).toBeNull()
    expect(host.calls()).toEqual([])
  })
})

describe('answers that are cut or make no sense', () => {
  test.each(['', 'hc-etcd 1\nboot x\n', 'garbage'])('%j', (output) => {
    expect(parseEtcdLook(output)).toBeNull()
    expect(parseEtcdInstall(output)).toContain('cut')
    expect(parseEtcdDone(output)).toContain('cut')
  })
  test('what a host says is bounded and plain', () => {
    const said = `hc-etcd 1\nprogram /x;rm\nversion \u001b[31m3.4.1\ncluster a b\nfree -\nfirewall pf\nhc-etcd-end\n`
    expect(parseEtcdLook(said)).toMatchObject({
      program: null,
      version: null,
      cluster: null,
      freeBytes: null,
      firewall: null,
    })
    expect(parseEtcdInstall('hc-etcd 1\nfailed E: \u001b[31mno package\nhc-etcd-end\n')).toBe('E: no package')
  })
})
