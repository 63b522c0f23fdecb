import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { UserError } from '../../src/model/errors.js'
import type { Connection, Host } from '../../src/model/host.js'
import { createSshResolver } from '../../src/system/ssh-config.js'
import { parseJumps, settingsFrom } from '../../src/system/ssh-options.js'
import { fakeHost } from '../support/fake-sshd.js'

const home = mkdtempSync(join(tmpdir(), 'hc-home-'))
const config = join(home, '.ssh', 'config')
mkdirSync(join(home, '.ssh'))
writeFileSync(
  config,
  `Host nuc1
  HostName 10.0.0.1
  User admin
  Port 2200
  IdentityFile ${home}/.ssh/nuc_%r
  HostKeyAlias first
  StrictHostKeyChecking accept-new
  UserKnownHostsFile ${home}/kh1 ${home}/kh2
  ConnectTimeout 7
Host behind
  ProxyJump nuc1,hop@middle:2022
Host middle
  ProxyJump elsewhere
Host circle
  ProxyJump circle2
Host circle2
  ProxyJump circle
Host command
  ProxyCommand nc %h %p
Host *
  IdentitiesOnly yes
  IdentityAgent none
`,
)
afterAll(() => rmSync(home, { recursive: true, force: true }))

const local = { home, user: 'me', environment: { SSH_AUTH_SOCK: '/agent' } }

function host(address: string, more: Partial<Connection> = {}): Host {
  const plain = fakeHost('x')
  return { ...plain, connection: { ...plain.connection, address, ...more } }
}

const client = spawnSync('ssh', ['-V']).error === undefined
const ways = [
  { way: 'ssh -G', run: client, resolver: () => createSshResolver({ local, programArguments: ['-F', config] }) },
  { way: 'the ssh-config package', run: true, resolver: () => createSshResolver({ local, program: null }) },
  { way: 'a client that is not there', run: true, resolver: () => createSshResolver({ local, program: '/no/ssh' }) },
].filter((each) => each.run)

describe.each(ways)('by $way', ({ resolver }) => {
  it('reads a host of ~/.ssh/config', async () => {
    expect(await resolver()(host('nuc1'))).toEqual({
      address: '10.0.0.1',
      port: 2200,
      user: 'admin',
      hostKeyAlias: 'first',
      identityFiles: [join(home, '.ssh/nuc_admin')],
      identitiesOnly: true,
      agent: null,
      userKnownHostsFiles: [join(home, 'kh1'), join(home, 'kh2')],
      globalKnownHostsFiles: expect.arrayContaining(['/etc/ssh/ssh_known_hosts']),
      hashKnownHosts: false,
      strictHostKeys: 'accept-new',
      connectTimeoutMs: 7000,
      jump: null,
    })
  })

  it('the inventory wins over it, field by field', async () => {
    const options = { stricthostkeychecking: 'yes', userknownhostsfile: '/kh', identityagent: '$SSH_AUTH_SOCK' }
    const settings = await resolver()(host('nuc1', { port: 22, user: 'root', keyFile: '/keys/one', options }))
    expect(settings).toMatchObject({
      port: 22,
      user: 'root',
      strictHostKeys: 'yes',
      agent: '/agent',
      address: '10.0.0.1',
    })
    expect(settings.identityFiles[0]).toBe('/keys/one')
    expect(settings.userKnownHostsFiles).toEqual(['/kh'])
  })

  it('follows jumps in their order, each with its own settings', async () => {
    const { jump } = await resolver()(host('behind'))
    expect(jump).toMatchObject({ address: 'middle', user: 'hop', port: 2022 })
    expect(jump?.jump).toMatchObject({
      address: '10.0.0.1',
      user: 'admin',
      port: 2200,
      hostKeyAlias: 'first',
      jump: null,
    })
    const own = await resolver()(host('nuc1', { options: { proxyjump: 'none' } }))
    expect(own.jump).toBeNull()
  })

  it('says what is not spoken', async () => {
    await expect(resolver()(host('circle'))).rejects.toThrow(/circle/)
    await expect(resolver()(host('command'))).rejects.toThrow(UserError)
  })
})

describe.skipIf(!client)('by ssh -G alone', () => {
  it('reports what OpenSSH does not take, and asks again once it is mended', async () => {
    const resolve = createSshResolver({ local, programArguments: ['-F', config] })
    const bad = host('nuc1', { options: { nosuchoption: 'x' } })
    await expect(resolve(bad)).rejects.toThrow(/nosuchoption/)
  })

  it('an address that looks like an option is none', async () => {
    const resolve = createSshResolver({ local, programArguments: ['-F', config] })
    await expect(resolve(host('-oProxyCommand=touch /tmp/x'))).rejects.toThrow(UserError)
  })
})

describe('settingsFrom', () => {
  it('expands home, tokens and variables in paths, and makes them absolute', () => {
    const options = new Map([
      ['user', ['admin']],
      ['hostname', ['%h.lan']],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of ssh_config(5)
      ['identityfile', ['~/a_%r', '%d/b_%h', '/c_%p%%', 'relative', 'none', '${SSH_AUTH_SOCK}.key', '~/a_%r']],
      ['userknownhostsfile', ['"~/with blank" ~/other']],
    ])
    expect(settingsFrom(options, 'nuc1', local)).toMatchObject({
      address: 'nuc1.lan',
      identityFiles: [`${home}/a_admin`, `${home}/b_nuc1.lan`, '/c_22%', `${home}/relative`, '/agent.key'],
      userKnownHostsFiles: [`${home}/with blank`, `${home}/other`],
      strictHostKeys: 'ask',
      agent: '/agent',
    })
    expect(() => settingsFrom(new Map([['port', ['ssh']]]), 'nuc1', local)).toThrow(/'ssh' is no port/)
  })
})

describe('parseJumps', () => {
  it.each([
    ['none', []],
    [null, []],
    ['a', [{ name: 'a', user: null, port: null }]],
    [
      'u@a:22,b',
      [
        { name: 'a', user: 'u', port: 22 },
        { name: 'b', user: null, port: null },
      ],
    ],
    ['ssh://u@[fe80::1]:2200', [{ name: 'fe80::1', user: 'u', port: 2200 }]],
    ['u@x@a', [{ name: 'a', user: 'u@x', port: null }]],
  ])('%s', (text, jumps) => {
    expect(parseJumps(text)).toEqual(jumps)
  })

  it.each(['a:b', 'a:0', '[::1', ''.padEnd(3, ',')])('refuses %s', (text) => {
    expect(() => parseJumps(text)).toThrow(UserError)
  })
})
