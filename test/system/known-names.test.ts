import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { namesOfKnownHosts, offeredHosts, readSshConfig } from '../../src/system/known-names.js'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'hc-home-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(home, path)), { recursive: true })
  writeFileSync(join(home, path), text)
}

test('hosts with a name of their own; the first value counts; Match ends a block', () => {
  const { hosts, includes } = readSshConfig(`
Include conf.d/* "with blank"
# Host commented
Host nuc1 nuc2 *.lan !bad ba?d
  HostName = 192.168.1.11
  HostName 10.0.0.1
  user root
Match host nuc3
  User nobody
HOST	tower
  Port 2222
`)
  expect(includes).toEqual(['conf.d/*', 'with blank'])
  expect(hosts).toEqual([
    { name: 'nuc1', hostname: '192.168.1.11', user: 'root', port: null },
    { name: 'nuc2', hostname: '192.168.1.11', user: 'root', port: null },
    { name: 'tower', hostname: null, user: null, port: '2222' },
  ])
})

test('config with what it includes, and known_hosts of the home; no forges, nothing twice', async () => {
  write(
    '.ssh/config',
    'Include conf.d/*.conf\nInclude ~/elsewhere\nInclude config\nHost nuc1\n  HostName 192.168.1.11\n  User root\n',
  )
  write('.ssh/conf.d/b.conf', 'Host tower\n  HostName %h.lan\n  Port 2222\nHost github.com\n')
  write('.ssh/conf.d/a.conf', 'Host nuc1\n  HostName 10.9.9.9\nHost forge\n  HostName gitlab.com\n')
  write('.ssh/conf.d/.hidden.conf', 'Host hidden\n')
  write('elsewhere', 'Host attic\n')
  write(
    '.ssh/known_hosts',
    '192.168.1.11 ssh-ed25519 AAAA\n192.168.1.12,nuc2 ssh-ed25519 AAAA\n|1|a|b ssh-ed25519 AAAA\n8.8.8.8 ssh-rsa A\n',
  )
  expect(await offeredHosts(home)).toEqual([
    { name: 'nuc1', target: 'root@192.168.1.11', from: '~/.ssh/config' },
    { name: 'tower', target: 'tower.lan:2222', from: '~/.ssh/config' },
    { name: 'attic', target: 'attic', from: '~/.ssh/config' },
    { name: '192.168.1.12', target: '192.168.1.12', from: '~/.ssh/known_hosts' },
  ])
})

test('where there is nothing, nothing is offered', async () => {
  expect(await offeredHosts(home)).toEqual([])
  expect(
    namesOfKnownHosts(
      '# x\n@revoked nuc1 ssh-rsa A\n[nuc1]:22 ssh-rsa A\nexample.org ssh-rsa A\nnas.local ssh-rsa A\n',
    ),
  ).toEqual(['nas.local'])
})
