// The files that hc init writes: read again by what reads them, and fit for a person to go on from.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { NewHost } from '../../src/model/init.js'
import type { HostBrings } from '../../src/model/trial.js'
import { inventoryText } from '../../src/spec/starter.js'
import { helloText, type Server, starterJob } from '../../src/spec/starter-job.js'
import { inventoryOf, jobOf } from './support.js'

const BRINGS: HostBrings = {
  hostname: 'nuc1',
  os: 'debian 12',
  arch: 'x86_64',
  kernel: '6.1',
  capacity: { cpu: 4000, memory: 8 * 2 ** 30, disk: 2 ** 34, devices: {} },
  drivers: { systemd: '252', podman: '4.3.1' },
  tools: ['busybox', 'perl'],
  listening: [22],
  units: 0,
  machineId: 'm',
  bootId: 'b',
}

function host(name: string, more: Partial<NewHost> = {}, brings: Partial<HostBrings> | null = {}): NewHost {
  const trial = {
    name,
    target: `root@${name}:22`,
    ok: brings !== null,
    reason: brings === null ? 'no answer' : null,
    failure: null,
    hint: null,
    unknownKey: null,
    recordedKey: null,
    root: 'login' as const,
    notes: [],
    brings: brings === null ? null : { ...BRINGS, ...brings },
    tookMs: 1,
  }
  return { name, named: true, address: name, user: null, port: null, keyFile: null, local: false, trial, ...more }
}

test('an inventory with comments', () => {
  const hosts = [
    host('nuc1', { address: '192.168.1.11', user: 'root' }),
    host('nuc2', { address: '192.168.1.12', user: 'root', port: 2222, keyFile: '/root/.ssh/id_nuc' }),
    host('nuc3', { address: '192.168.1.13', user: 'root' }, null),
    host('tower', { local: true }),
  ]
  expect(inventoryText(hosts, '/usr/share/hc/schema/inventory.schema.json')).toMatchInlineSnapshot(`
    "# yaml-language-server: $schema=/usr/share/hc/schema/inventory.schema.json
    #
    # The hosts of this cluster: an Ansible inventory, which Ansible itself can use.
    # hc inventory add brings more of them; hc host list shows how they are.
    all:
      vars:
        # Who hc logs in as: root, or a user with sudo without a password. By key;
        # keys, agents and jump hosts are those of ~/.ssh/config.
        ansible_user: root

        # Defaults, to be changed where that is wanted.
        # What stays free on each host for the host itself:
        # hc_reserve: {memory: 256Mi}
        # How long a host may be silent before it may be lost:
        # hc_lost_after: 3s
        # Even use of all hosts; or pack (fewest hosts), spread (fewest jobs on each):
        # hc_strategy: balanced
        # What answers pings while your network works; your router is asked without it:
        # hc_witness: [192.168.1.1]

      hosts:
        nuc1:
          # debian 12, x86_64, 4 cores, 8 GiB, podman 4.3
          ansible_host: 192.168.1.11
          # hc_labels: {rack: a, ssd: true}   # for constraints and spread of jobs
        nuc2:
          # debian 12, x86_64, 4 cores, 8 GiB, podman 4.3
          ansible_host: 192.168.1.12
          ansible_port: 2222
          ansible_ssh_private_key_file: /root/.ssh/id_nuc
        nuc3:
          # When it was tried: no answer
          ansible_host: 192.168.1.13
        tower:
          # The machine that hc runs on. While it is off, nobody replaces what is lost.
          # debian 12, x86_64, 4 cores, 8 GiB, podman 4.3
          ansible_connection: local
    "
  `)
})

test('what is written is read as it was meant', () => {
  const hosts = [
    host('nuc1', { address: '192.168.1.11', user: 'root' }),
    host('nuc2', { address: 'fd00::2', user: 'admin', port: 2222, keyFile: '~/.ssh/odd name: #1' }),
    host('no', { address: 'no', trial: null }),
    host('1e3', { address: '10.0.0.3', user: 'yes' }),
    host('tower', { local: true }),
  ]
  const { inventory } = inventoryOf(inventoryText(hosts, null))
  const byName = new Map(inventory.hosts.map((each) => [each.name, each.connection]))
  expect([...byName.keys()].sort()).toEqual(['1e3', 'no', 'nuc1', 'nuc2', 'tower'])
  expect(byName.get('nuc1')).toMatchObject({ kind: 'ssh', address: '192.168.1.11', user: 'root', port: null })
  expect(byName.get('nuc2')).toMatchObject({
    address: 'fd00::2',
    user: 'admin',
    port: 2222,
    keyFile: '~/.ssh/odd name: #1',
  })
  expect(byName.get('no')).toMatchObject({ address: 'no', user: null })
  expect(byName.get('1e3')).toMatchObject({ address: '10.0.0.3', user: 'yes' })
  expect(byName.get('tower')).toMatchObject({ kind: 'local' })
  expect(inventory.notes).toEqual([])
})

test('nothing of what a host says of itself leaves its comment', () => {
  const evil = host('nuc1', {}, { os: 'x\n    evil: {}\r\u2028y', arch: '\u001b[31m' })
  const { inventory } = inventoryOf(inventoryText([evil], null))
  expect(inventory.hosts.map(({ name }) => name)).toEqual(['nuc1'])
  expect(inventoryText([evil], null)).not.toContain('\u001b')
})

test.each<[string, Server, readonly NewHost[]]>([
  ['a program that all have', 'busybox', [host('a'), host('b', {}, { tools: ['busybox', 'python3'] })]],
  ['another one', 'perl', [host('a'), host('b', {}, { tools: ['perl'] })]],
  [
    'each has one, but not the same',
    'found',
    [host('a', {}, { tools: ['busybox'] }), host('b', {}, { tools: ['perl'] })],
  ],
  ['none has one, all have podman', 'podman', [host('a', {}, { tools: [] })]],
  ['docker', 'docker', [host('a', {}, { tools: [], drivers: { systemd: '252', docker: '20.10' } })]],
  ['one did not answer', 'found', [host('a'), host('b', {}, null)]],
  ['none was tried', 'found', [host('a', { trial: null })]],
])('the first job is made of what the hosts have: %s', (_, server, hosts) => {
  expect(starterJob(hosts)).toMatchObject({ server, count: Math.min(2, hosts.length) })
})

test('its port is free on all hosts', () => {
  expect(starterJob([host('a'), host('b', {}, { listening: [22, 8090] })]).port).toBe(8091)
  const samples = readdirSync('jobs')
    .filter((name) => name.endsWith('.yml'))
    .map((name) => readFileSync(`jobs/${name}`, 'utf8'))
  expect(samples.filter((text) => text.includes(String(starterJob([host('a')]).port)))).toEqual([])
})

test.each(['busybox', 'python3', 'perl', 'podman', 'docker', 'found'] as const)('the job of %s is valid', (server) => {
  const job = jobOf(helloText({ server, port: 8088, count: 2 }, null), 'jobs/hello.yml')
  const container = server === 'podman' || server === 'docker'
  expect(job).toMatchObject({ name: 'hello', count: 2, driver: container ? server : 'systemd' })
  expect(JSON.stringify(job.ports)).toContain('8088')
})

test('the first job, as a person sees it', () => {
  expect(helloText({ server: 'busybox', port: 8080, count: 2 }, 'schema/job.schema.json')).toMatchInlineSnapshot(`
    "# yaml-language-server: $schema=schema/job.schema.json
    #
    # A first job: a page on port 8080, in 2 copies, on 2 hosts.
    # Change what you like, then: hc plan, hc apply.
    name: hello
    command:
      - sh
      - -c
      - |
        echo "hello from $HC_HOST, by $HC_SLOT" >/tmp/index.html
        exec busybox httpd -f -p "$HC_PORT_http" -h /tmp
    count: 2                 # try 1, or 3
    spread: host             # a wish: not twice on one host while there is another
    ports: {http: 8080}
    resources: {cpu: 100m, memory: 64Mi}
    # A user and a /tmp of its own, gone when it stops:
    systemd: {Service: {DynamicUser: yes}}
    on_host_loss: move       # what a lost host ran starts elsewhere; or: wait
    "
  `)
})
