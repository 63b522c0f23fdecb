import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { leftoversScript, parseLeftovers, parsePurge, purgeScript } from '../../src/remote/purge.js'
import { type FakeHost, fakeHost, guard, SHELLS, uptimeMs } from './support.js'

let host: FakeHost
beforeEach(() => {
  host = fakeHost()
  const put = (path: string, text: string) => {
    mkdirSync(join(host.folder, path, '..'), { recursive: true })
    writeFileSync(join(host.folder, path), text)
  }
  put('units/hc-web.0.service', '[Unit]\nX-Hc-Cluster=c1\n')
  put('units/hc-web.0.service.d/x.conf', '')
  put('units/hc-cron.0.timer', '[Timer]\n')
  put('units/hc-reconcile.service', 'the loop\n')
  put('units/nginx.service', '')
  put('units/multi-user.target.wants/hc-web.0.service', '')
  put('var/hc/alloc/web.0/env', '')
  put('var/hc/.hidden', '')
  put('var/hc/volumes/data/x', 'data')
  put('run/word', '')
})
afterEach(() => host.remove())

const there = (path: string) => existsSync(join(host.folder, path))

describe.each(SHELLS.map((shell) => [shell]))('in %s', (shell) => {
  test('what is there is found', () => {
    expect(parseLeftovers(host.run(shell, leftoversScript()))).toMatchObject({
      bootId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      units: [
        { name: 'hc-web.0.service', cluster: 'c1' },
        { name: 'hc-cron.0.timer', cluster: '' },
      ],
      volumes: [{ name: 'data', kib: expect.any(Number) }],
    })
  })

  test('all of it goes but volumes, the loop and what is not of hc; a second time too', () => {
    for (let round = 0; round < 2; round += 1) {
      expect(parsePurge(host.run(shell, purgeScript(guard(), { volumes: false })))).toBeNull()
      for (const path of ['units/hc-web.0.service', 'units/hc-web.0.service.d', 'units/hc-cron.0.timer', 'run'])
        expect(there(path), path).toBe(false)
      expect(there('units/multi-user.target.wants/hc-web.0.service')).toBe(false)
      expect([there('var/hc/alloc'), there('var/hc/.hidden'), there('var/hc/term')]).toEqual([false, false, false])
      expect([there('units/hc-reconcile.service'), there('units/nginx.service')]).toEqual([true, true])
      expect(there('var/hc/volumes/data/x')).toBe(true)
    }
    expect(host.calls()).toContain('stop -- hc-web.0.service hc-cron.0.timer')
  })

  test('a control machine keeps all of it', () => {
    writeFileSync(join(host.folder, 'units/hc-etcd.service'), '[Unit]\n')
    expect(parsePurge(host.run(shell, purgeScript(guard(), { volumes: true })))).toContain('hc control remove')
    expect([there('units/hc-web.0.service'), there('var/hc/alloc')]).toEqual([true, true])
  })

  test('volumes go where they are to', () => {
    expect(parsePurge(host.run(shell, purgeScript(guard(), { volumes: true })))).toBeNull()
    expect(there('var/hc')).toBe(false)
  })

  test('what will not stop is killed', () => {
    host.setState('hc-web.0.service', 'stubborn')
    expect(parsePurge(host.run(shell, purgeScript(guard(), { volumes: false })))).toBeNull()
    expect(host.calls()).toContain('kill --signal=SIGKILL -- hc-web.0.service hc-cron.0.timer')
  })

  test('a purge that comes too late or under an old term takes nothing', () => {
    const late = purgeScript(guard({ deadlineMs: uptimeMs() - 1000 }), { volumes: true })
    expect(parsePurge(host.run(shell, late))).toContain('the host refused it: the host')
    writeFileSync(join(host.folder, 'var/hc/term'), '9 other c2\n')
    expect(parsePurge(host.run(shell, purgeScript(guard(), { volumes: true })))).toContain(
      'term 9 of other is in force',
    )
    expect([there('units/hc-web.0.service'), there('var/hc/volumes/data/x')]).toEqual([true, true])
  })
})

test('answers that are cut are told from those that are not', () => {
  expect(parseLeftovers('hc-leftovers 1\nboot x\n')).toBeNull()
  expect(parsePurge('hc-write 1\npurged\n')).toContain('its answer was cut')
  expect(parsePurge('hc-write 1\nleft a still runs\nleft b\npurged\nhc-write-end\n')).toBe('a still runs; b')
})
