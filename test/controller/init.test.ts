// A cluster is begun: hosts are named, tried, and written.
import { expect, test } from 'vitest'
import type { NewHost } from '../../src/model/init.js'
import { BOOT, initWorld } from './support/init-world.js'

const named = (hosts: readonly NewHost[]) => hosts.map(({ name, address }) => `${name}=${address}`)

async function added(world: ReturnType<typeof initWorld>, words: readonly string[], user: string | null = null) {
  return world.init.add([], world.init.read(words), user)
}

test('hosts that were given no name are called what they call themselves', async () => {
  const world = initWorld({
    '10.0.0.1': { hostname: 'nuc1.lan', bootId: BOOT('1') },
    '10.0.0.2': { hostname: 'nuc1', bootId: BOOT('2'), machineId: '2'.repeat(32) },
    '10.0.0.3': { hostname: 'localhost', bootId: BOOT('3'), machineId: '3'.repeat(32) },
  })
  const hosts = await added(world, ['10.0.0.[1:3]', 'mine=10.0.0.4', 'db.lan'], 'root')
  expect(named(hosts)).toEqual(['db=db.lan', 'host-1=10.0.0.1', 'host-2=10.0.0.2', 'host-3=10.0.0.3', 'mine=10.0.0.4'])
  const tried = await world.init.try(hosts.slice(1, 4), null)
  expect(named(tried)).toEqual(['host-3=10.0.0.3', 'nuc1=10.0.0.1', 'nuc1-2=10.0.0.2'])
  expect(tried.map(({ name, trial }) => trial?.name === name)).toEqual([true, true, true])
})

test('a host is said anew by its name, or by its address alone', async () => {
  const world = initWorld({})
  const first = await added(world, ['nuc1=10.0.0.1', '10.0.0.2'], 'root')
  const again = await world.init.add(first, world.init.read(['nuc1=admin@10.0.0.9', 'admin@10.0.0.2']), null)
  expect(again).toMatchObject([
    { name: 'host-2', address: '10.0.0.2', user: 'admin', named: false },
    { name: 'nuc1', address: '10.0.0.9', user: 'admin' },
  ])
  await expect(world.init.add(first, world.init.read(['nuc1']), null)).rejects.toThrow('a host nuc1 already')
  await expect(added(world, ['a=10.0.0.1', 'b=10.0.0.1'])).rejects.toThrow('b has the address 10.0.0.1, and so has a')
})

test('a name of ~/.ssh/config becomes an address where that leads to the same login', async () => {
  const world = initWorld({
    nuc1: { leadsTo: '10.0.0.1', user: 'admin' },
    far: { leadsTo: '10.0.0.7', key: 'SHA256:x' },
  })
  expect(await added(world, ['nuc1'])).toMatchObject([{ name: 'nuc1', address: '10.0.0.1', user: 'admin' }])
  expect(await world.init.knowsUser({ name: null, address: 'nuc1', user: null, port: null })).toBe(true)
  expect(await world.init.knowsUser({ name: null, address: '10.0.0.5', user: null, port: null })).toBe(false)
  const offered = [{ name: 'nas', target: 'root@10.0.0.5', from: '~/.ssh/config' }]
  const same = initWorld({}, offered).init
  expect(await same.knowsUser({ name: null, address: 'nas', user: null, port: null })).toBe(true)
})

test('this machine needs no login, and a loopback address is not handed to the others', async () => {
  const world = initWorld({})
  expect(await added(world, ['localhost', 'root@192.168.1.10:2222'].slice(0, 1), 'root')).toMatchObject([
    { name: 'localhost', address: '192.168.1.10', user: null, local: true },
  ])
  expect(await added(world, ['tower=root@192.168.1.10:2222'])).toMatchObject([
    { name: 'tower', address: '192.168.1.10', user: null, port: null, local: true },
  ])
  const tried = await world.init.try(await added(world, ['tower=localhost']), null)
  expect(tried[0]?.trial?.notes[0]).toContain('the machine that hc runs on')
})

test('only what was not found fit is tried again, and twins are found over all', async () => {
  const world = initWorld({ a: { bootId: BOOT('1') }, b: { bootId: BOOT('1') } })
  const one = await world.init.try(await added(world, ['a']), null)
  const both = await world.init.try(await world.init.add(one, world.init.read(['b']), null), null)
  expect(world.logins).toEqual(['a', 'b'])
  expect(both.map(({ trial }) => trial?.reason)).toEqual([null, 'it is the same machine as a'])
})

test('both files are written, or the refusal says what to do', async () => {
  const world = initWorld({ '10.0.0.1': { tools: ['busybox'] } })
  await world.init.check()
  const view = await world.init.write(await world.init.try(await added(world, ['a=10.0.0.1']), null))
  expect([...world.files.keys()]).toEqual(['/srv/c/inventory.yml', '/srv/c/jobs/hello.yml'])
  expect(world.files.get('/srv/c/jobs/hello.yml')).toContain('exec busybox httpd')
  expect(world.files.get('/srv/c/jobs/hello.yml')).toContain('$schema=/usr/share/hc/schema/job.schema.json')
  expect(view).toMatchObject({ written: true, folder: '/srv/c', hosts: [{ name: 'a', address: '10.0.0.1' }] })
  await expect(world.init.check()).rejects.toMatchObject({
    message: expect.stringContaining('/srv/c/inventory.yml is there already'),
    hint: expect.stringContaining('hc inventory add'),
    exitCode: 2,
  })
})
