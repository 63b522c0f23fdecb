import { describe, expect, it } from 'vitest'
import type { Candidate } from '../../src/model/plan.js'
import { unmet } from '../../src/scheduler/constraints.js'
import { compareVersion } from '../../src/scheduler/versions.js'
import { candidate, constraint } from './support/make.js'

const host = candidate('nuc1', { labels: { ssd: 'true', ram: '16', rack: 'a', size: '1.5', empty: '' } })
const rich = candidate('nuc3', {
  labels: {
    disk: '1Ti',
    bytes: '1073741824',
    serial: '12345678901234567890',
    fw: '1.10',
    note: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!',
  },
  capacity: { cpu: 1, memory: 1, disk: 1, devices: { gpu: 2000, 'usb:10c4:ea60': 1000, 'a.b': 1000, gone: 0 } },
  deviceAttributes: { gpu: { model: 'rtx3060', memory: '12Gi', driver: '535.10' }, 'a.b': { c: 'd' } },
})
const unseen = candidate('nuc2', { os: null, osVersion: null, arch: null, kernel: null, drivers: null })

const TABLE: readonly (readonly [Candidate, string, string | null])[] = [
  [host, 'os == debian', null],
  [host, 'os != debian', 'os is debian'],
  [host, 'os in ubuntu debian', null],
  [host, 'os in ubuntu fedora', 'os is debian'],
  [host, 'arch matches ^(amd64|arm64)$', null],
  [host, 'arch matches ^arm', 'arch is amd64'],
  [host, 'arch matches (', '( is not a regular expression'],
  [host, 'host == nuc1', null],
  [host, 'host != nuc1', 'host is nuc1'],
  [host, 'driver.podman exists', null],
  [host, 'driver.podman == true', null],
  [host, 'driver.docker exists', 'it has no docker'],
  [host, 'driver.lxc exists', 'there is no driver lxc'],
  [host, 'version.podman >= 4.3', null],
  [host, 'version.podman >= 4.10', 'version.podman is 4.3.1'],
  [host, 'version.podman == 4', null],
  [host, 'version.podman > 4', 'version.podman is 4.3.1'],
  [host, 'version.podman <= 4.3', null],
  [host, 'version.systemd > 247', null],
  [host, 'version.kernel >= 5.10', null],
  [host, 'version.kernel < 6', 'version.kernel is 6.1.0-18-amd64'],
  [host, 'version.os >= 12', null],
  [host, 'version.docker >= 20', 'it has no docker'],
  [host, 'version.bash >= 5', 'version.bash is not an attribute of hosts'],
  [host, 'labels.ssd == true', null],
  [host, 'labels.ram >= 9', null],
  [host, 'labels.size < 1.25', 'labels.size is 1.5'],
  [host, 'labels.rack < 3', "labels.rack is a, which can't be compared with 3"],
  [host, 'labels.rack exists', null],
  [host, 'labels.gpu exists', 'it has no label gpu'],
  [host, 'labels.gpu != nvidia', null],
  [host, 'labels.empty == x', 'labels.empty is empty'],
  [host, 'labels.toString exists', 'it has no label toString'],
  [host, 'colour == red', 'colour is not an attribute of hosts'],
  [rich, 'labels.disk >= 100Gi', null],
  [rich, 'labels.disk < 2Ti', null],
  [rich, 'labels.disk > 1024Gi', 'labels.disk is 1Ti'],
  [rich, 'labels.disk == 1024Gi', null],
  [rich, 'labels.disk != 1024Gi', 'labels.disk is 1Ti'],
  [rich, 'labels.disk >= 5', null],
  [rich, 'labels.bytes <= 1Gi', null],
  [rich, 'labels.bytes > 1G', null],
  [rich, 'labels.serial == 12345678901234567891', 'labels.serial is 12345678901234567890'],
  [rich, 'labels.fw > 1.9', 'labels.fw is 1.10'],
  [rich, 'labels.note matches ^(a+)+$', 'labels.note is aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'],
  [rich, 'host matches (?=n)', '(?=n) looks ahead or behind, or names a group'],
  [rich, 'devices.gpu exists', null],
  [rich, 'devices.gpu >= 2', null],
  [rich, 'devices.gpu > 2', 'devices.gpu is 2'],
  [rich, 'devices.gpu.memory >= 8Gi', null],
  [rich, 'devices.gpu.memory >= 16Gi', 'devices.gpu.memory is 12Gi'],
  [rich, 'devices.gpu.model == rtx3060', null],
  [rich, 'devices.gpu.model in rtx4070 rtx3060', null],
  [rich, 'devices.gpu.model matches ^rtx[34]0', null],
  [rich, 'devices.gpu.cores >= 1', 'nothing is said of the cores of its gpu'],
  [rich, 'devices.gpu.cores != 1', null],
  [rich, 'devices.a.b exists', null],
  [rich, 'devices.a.b.c == d', null],
  [rich, 'devices.usb:10c4:ea60 exists', null],
  [rich, 'devices.usb:10c4:ea61 exists', 'it has no usb:10c4:ea61'],
  [rich, 'devices.gone exists', 'it has no gone'],
  [rich, 'devices.toString exists', 'it has no toString'],
  [rich, 'devices.gpu.toString exists', 'nothing is said of the toString of its gpu'],
  [unseen, 'devices.gpu exists', 'it is not known whether it has gpu'],
  [unseen, 'os == debian', 'its os is not known'],
  [unseen, 'os != debian', 'its os is not known'],
  [unseen, 'version.podman >= 4', 'its podman version is not known'],
  [unseen, 'version.os >= 12', 'its os version is not known'],
  [unseen, 'driver.podman exists', null],
]

describe('constraints', () => {
  it.each(TABLE)('%o meets %s: %s', (of, text, expected) => {
    expect(unmet(of, constraint(text))).toBe(expected)
  })
})

describe('versions', () => {
  it.each([
    ['4.10.0', '4.9', 1],
    ['4.9', '4.10', -1],
    ['v20.19.1', '20.19', 0],
    ['252.22-1~deb12u1', '252', 0],
    ['252', '252.1', -1],
    ['5.0.0-rc1', '5.0.0', 0],
    ['5.0.0-rc1', '5.0.0-rc2', -1],
    ['5.0-rc1', '5.0.0', -1],
  ])('%s against %s', (actual, wanted, sign) => {
    expect(Math.sign(compareVersion(actual, wanted))).toBe(sign)
  })
})
