// The pure parts of the benchmarks beside peers: whom they take for a copy, how they count, what they give to each tool.
import { describe, expect, test } from 'vitest'
import { doubleSeconds, hostOf, type Life, portOf } from '../../bench/failover/copies.js'
import { failoverRow, figures, phasesText } from '../../bench/failover/main.js'
import { outageSeconds } from '../../bench/failover/watch.js'
import { cardBytes, kept, rollup } from '../../bench/idle/account.js'
import { idleRow, namesOf } from '../../bench/idle/main.js'
import { commandOf, lastLine, servicesOf, unitOf } from '../../bench/peers/ground.js'
import { inventoryOf, jobOf } from '../../bench/peers/hc.js'
import { corosyncConf, resourcesXml } from '../../bench/peers/pacemaker.js'

const HOSTS = [1, 2, 3].map((at) => ({ name: `nuc${at}`, address: `10.0.0.${at}` }))
const [first] = servicesOf(12)

describe('copies', () => {
  const words = (...each: string[]) => each.map((word) => `${word}\0`).join('')
  test('a copy is a busybox httpd with a port, whoever started it', () => {
    expect(portOf(words('/usr/bin/busybox', 'httpd', '-f', '-p', '18003', '-h', '/etc'))).toBe(18_003)
    expect(portOf(words('busybox', 'httpd', '-f', '-p', '18011', '-h', '/www'))).toBe(18_011)
    expect(portOf(words('httpd', '-p', '80'))).toBe(80)
  })
  test('what only speaks of one is none', () => {
    expect(portOf(words('docker', 'run', 'busybox', 'httpd', '-p', '18003'))).toBeNull()
    expect(portOf(words('busybox', 'sleep', '-p', '18003'))).toBeNull()
    expect(portOf('')).toBeNull()
  })
  test('its host is that of its cgroup in this lab, in both versions of cgroups', () => {
    expect(hostOf('4:memory:/hc-x/nuc2/system.slice/a.service\n', 'hc-x')).toBe('nuc2')
    expect(hostOf('0::/hc-x/nuc3/payload/docker/12', 'hc-x')).toBe('nuc3')
    expect(hostOf('0::/hc-x2/nuc3/payload', 'hc-x')).toBeNull()
  })
  test('two copies of one service at once are counted within the time asked about, the worst service alone', () => {
    const life = (port: number, host: string, from: number, to: number): Life => ({ port, host, from, to })
    const lives = [life(1, 'a', 0, 10_000), life(1, 'b', 4000, 20_000), life(2, 'a', 0, 5000), life(2, 'b', 5000, 9000)]
    expect(doubleSeconds(lives, 0, 20_000)).toBe(6)
    expect(doubleSeconds(lives, 7000, 20_000)).toBe(3)
    expect(doubleSeconds(lives, 11_000, 20_000)).toBe(0)
    expect(doubleSeconds([...lives, life(1, 'c', 8000, 9000)], 0, 20_000)).toBe(6)
    expect(doubleSeconds([], 0, 1)).toBe(0)
  })
})

describe('failover', () => {
  const found = { elsewhere: 4, services: 4, twice: 0, twiceAfter: 0.25, settled: 2, at: 0 }
  test('an outage lasts from the last answer there to the last first answer elsewhere', () => {
    const elsewhere = new Map([
      [1, 3000],
      [2, 4500],
    ])
    expect(outageSeconds({ lastAnswer: 1000, elsewhere }, 2)).toBe(3.5)
    expect(outageSeconds({ lastAnswer: 1000, elsewhere }, 3)).toBeNull()
  })
  test('what did not come about is said, and is no figure', () => {
    expect(figures([4, null, 5])).toBe('4.5 (4.0 to 5.0), 1 never')
    expect(figures([4])).toBe('4.0')
    expect(figures([null])).toBe('1 never')
    expect(figures([])).toBe('-')
  })
  test('where the seconds of hc go is told by medians', () => {
    expect(phasesText([])).toBe('')
    expect(
      phasesText([
        { silent: 0.5, lost: 3 },
        { silent: 0.7, lost: 4 },
      ]),
    ).toContain('after 0.6 s that the host is silent and after 3.5 s')
  })
  test('a row tells of cuts and partitions, or why there is nothing', () => {
    const whole = failoverRow('hc', { cuts: [found], partitions: [{ ...found, twice: 20 }], phases: [], fault: null })
    expect(whole).toEqual(['hc', '1 + 1', '4.0', '0.3', '2.0', '4.0', '20.0', '0.3', '2.0'])
    const none = failoverRow('swarm', { cuts: [], partitions: [], phases: [], fault: 'no docker' })
    expect(none.slice(0, 4)).toEqual(['swarm', '0', 'not measured: no docker', '-'])
    expect(none).toHaveLength(whole.length)
  })
})

describe('idle', () => {
  const paid = { pss: 2.25, rss: 5, processes: 2, cpuPerHour: 20, bytesPerHour: 4.5e6, names: '' }
  test('kept is what was not there before and is no service', () => {
    const one = (pid: string, words: string) => [`${pid} 7`, { pid, words }] as const
    const before = new Map([one('1', '/sbin/init\0')])
    const now = new Map([...before, one('2', 'sshd: root@notty\0'), one('3', 'busybox\0httpd\0-p\x0018000\0')])
    expect(kept(now, before).map(({ pid }) => pid)).toEqual(['2'])
    expect(kept(new Map([['1 8', { pid: '1', words: 'sh\0' }]]), before)).toHaveLength(1)
  })
  test('memory is read from smaps_rollup, bytes from ip', () => {
    expect(rollup('00-ff r\nRss:  2048 kB\nPss:   512 kB\nPss_Dirty: 9 kB\n')).toEqual({ rss: 2, pss: 0.5 })
    expect(rollup('')).toBeNull()
    expect(cardBytes('[{"stats64":{"rx":{"bytes":100},"tx":{"bytes":23}}}]')).toBe(123)
  })
  test('processor time is over that of units alone; only hc has a control machine', () => {
    const units = { ...paid, cpuPerHour: 2 }
    const control = { ticks: 60, cpuMsPerTick: 10.4, now: 80, most: 90.6 }
    expect(idleRow('hc', { paid, control }, units).slice(1)).toEqual([
      '2.3',
      '5.0',
      '2.0',
      '18.0',
      '0.50',
      '4.5 MB',
      '10',
      '80 (91)',
    ])
    expect(idleRow('units', { paid: units, control: null }, units).slice(4, 6)).toEqual(['2.0', '0.06'])
    expect(idleRow('swarm', 'no docker', units)[1]).toBe('not measured: no docker')
  })
  test('programs are told by name, with how many there are on average', () => {
    expect(namesOf(['sshd: root@notty\0', '/usr/sbin/sshd\0-D\0', '/bin/sh\0-s\0'], 2)).toBe('sshd 1.0, sh 0.5')
  })
})

describe('what each tool is given', () => {
  test('the same words', () => {
    if (!first) throw new Error('no service')
    const words = commandOf(first, '/etc')
    expect(unitOf(first)).toContain(`ExecStart=/usr/bin/${words.join(' ')}\n`)
    expect(new Set(servicesOf(12).map(({ port }) => port)).size).toBe(12)
  })
  test('of an error what was said last', () => {
    expect(lastLine(new Error('sh -c a\nb\nended with code 1:\n nuc1 is off. \n'))).toBe('nuc1 is off.')
    expect(lastLine(new Error(''))).toBe('')
  })
  test('a job of hc', () => {
    if (!first) throw new Error('no service')
    expect(jobOf(first)).toContain('command: [busybox, httpd, -f, -p, "$' + '{HC_PORT_http}", -h, /etc]\n')
    expect(jobOf(first)).not.toContain('exclusive')
    expect(jobOf(first, true)).toContain('exclusive: true\n')
  })
  test('an inventory with hosts of one size and settings beside the lab’s', () => {
    const lab =
      'all:\n  vars:\n    hc_witness: [10.0.0.254]\n  hosts:\n    nuc3:\n      hc_capacity: {cpu: 4, memory: 6Gi}\n'
    const text = inventoryOf(lab, { hc_lost_after: '1s' })
    expect(text).toContain('    hc_witness: [10.0.0.254]\n    hc_lost_after: 1s\n  hosts:')
    expect(text).toContain('memory: 8Gi')
  })
  test('Corosync has all nodes, and a token of its own only where it is to be fast', () => {
    expect(corosyncConf(HOSTS, false).match(/ring0_addr/g)).toHaveLength(3)
    expect(corosyncConf(HOSTS, false)).not.toContain('token')
    expect(corosyncConf(HOSTS, true)).toContain('  token: 1000\n  token_coefficient: 0\n}')
    expect(
      resourcesXml(servicesOf(2)).match(/<primitive id="svc0\d" class="systemd" type="bench-svc0\d">/g),
    ).toHaveLength(2)
  })
})
