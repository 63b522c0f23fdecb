// An address that moves with its job, on real hosts: on one of them at a time, also after a power cut, and only where its subnet is.
import { execFile } from 'node:child_process'
import { afterAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { webJob } from './support/jobs.js'
import { HOSTS, type LabHost, lab, labHost, on, onAll, wipe } from './support/lab.js'
import { closeProjects, Project } from './support/project.js'
import { only } from './support/seen.js'
import { eventually, sleep, stopwatch, tell } from './support/wait.js'

const PORT = 8190
/** A network that one host alone has. */
const OTHER = { address: '10.222.7.50', prefix: 24, own: '10.222.7.1/24' }

/** The name of the host that answers at the address; null: nobody within a second. */
function answersAt(address: string): Promise<string | null> {
  return new Promise((done) => {
    execFile('curl', ['-sf', '-m', '1', `http://${address}:${PORT}/hostname`], (error, stdout) =>
      done(error ? null : stdout.trim()),
    )
  })
}

/** Hosts that have it on an interface: asked past the network. */
async function holders(address: string, hosts: readonly LabHost[] = HOSTS): Promise<readonly LabHost[]> {
  const seen = await onAll(`ip -o addr show to ${address}`, hosts)
  return hosts.filter((host) => (seen.get(host) ?? '').includes(`${address}/`))
}

describe('an address that moves with its job', () => {
  beforeEach(async () => {
    await closeProjects()
    await wipe()
  })
  afterAll(async () => {
    await closeProjects()
    await wipe()
  })

  test('answers elsewhere after a power cut, and is on one host only when the first is back', async () => {
    const address = `${inject('lab').subnet}.0.200`
    const project = new Project()
    project.job('vip', webJob(PORT, 'exclusive: true', `address: ${address}/24`, 'stop: {timeout: 2s}'))
    expect((await project.apply()).code).toBe(0)
    await project.loop()
    const home = await eventually('the address answers', () => answersAt(address))
    expect((await only('vip.0')).host).toBe(home)
    expect(await holders(address)).toEqual([home])
    await eventually('its host is armed', async () => (await on(labHost(home), 'ls /run/hc/words')).includes('vip.0'))
    await project.proven()

    await lab('kill', home)
    const since = stopwatch()
    const next = await eventually(
      'the address answers elsewhere',
      async () => {
        const name = await answersAt(address)
        return name !== home && name
      },
      { seconds: 40, everyMs: 200 },
    )
    tell('the address of an exclusive slot answered elsewhere after', since())
    await lab('boot', home)
    await project.converged(40)
    // Its own units have come to the end of their wait by then, had they been left.
    await sleep(3000)
    expect(await answersAt(address)).toBe(next)
    expect(await holders(address)).toEqual([next])
    expect((await only('vip.0')).host).toBe(next)
  })

  test('is brought only to a host that has an interface in its subnet, and what keeps it from others is said', async () => {
    const project = new Project()
    const { address, prefix, own } = OTHER
    project.job('vip', webJob(PORT, 'exclusive: true', `address: ${address}/${prefix}`))
    expect(JSON.stringify((await project.apply('--yes')).json)).toContain(
      `no interface of the host has a subnet with the address ${address}/${prefix}`,
    )
    expect(await holders(address)).toEqual([])
    const card = (await on('nuc2', `ip -o addr show to ${inject('lab').subnet}.0.0/16`)).split(/\s+/)[1]
    await on('nuc2', `ip addr add ${own} dev ${card}`)
    try {
      // Hosts tell of their networks at first contact and once a minute.
      for (const host of HOSTS) await on(host, 'rm -f /run/hc/facts')
      expect((await project.apply()).code).toBe(0)
      expect((await only('vip.0')).host).toBe('nuc2')
      expect(await holders(address)).toEqual(['nuc2'])
      const { stdout } = await project.hc('explain', 'vip.0')
      expect(stdout).toContain(`a subnet with the address ${address}/${prefix}`)
    } finally {
      await on('nuc2', `ip addr del ${own} dev ${card}`)
    }
  })
})
