import { describe, expect, test } from 'vitest'
import { imported } from './support.js'

const one = (service: string) => `services:\n  web:\n    image: nginx\n${service.replace(/^(?=.)/gm, '    ')}\n`
const job = (service: string) => imported(one(service)).job('app-web')
const told = (service: string) =>
  imported(one(service)).told.filter((line) => !/deploy\.resources \d|- volumes /.test(line))

describe('container', () => {
  test('an entrypoint, and what it is given', () => {
    expect(job('entrypoint: /init --all\ncommand: [run]')).toMatchObject({
      command: ['run'],
      container: { entrypoint: ['/init', '--all'] },
    })
    expect(told('entrypoint: /init')).toEqual([])
    expect(told('entrypoint: ""')).toEqual([expect.stringContaining('left-out web entrypoint 4:5: names no program')])
  })

  test('what it asks of the engine beside', () => {
    const service = [
      'cap_add: [net_admin, SYS_TIME]',
      'cap_drop: ALL',
      'devices: ["/dev/ttyUSB0:/dev/modem", {source: /dev/dri, permissions: rw}]',
      'group_add: [video, "44"]',
      'tmpfs: /run',
      'volumes: [{type: tmpfs, target: /tmp/x}]',
      'read_only: true',
      'privileged: false',
      'shm_size: 1gb',
      'network_mode: bridge',
    ].join('\n')
    expect(job(service).container).toEqual({
      network: 'bridge',
      entrypoint: null,
      devices: ['/dev/ttyUSB0:/dev/modem', '/dev/dri:/dev/dri:rw'],
      capAdd: ['NET_ADMIN', 'SYS_TIME'],
      capDrop: ['ALL'],
      groupAdd: ['video', '44'],
      tmpfs: ['/run', '/tmp/x'],
      readOnly: true,
      shmSize: 1024 ** 3,
      privileged: false,
    })
    expect(told(service)).toEqual([])
    expect(job('network_mode: host').container?.network).toBe('host')
    expect(told('network_mode: host')).toEqual([expect.stringContaining('differs web network_mode 4:5: hc does not')])
    expect(told('network_mode: service:vpn')).toEqual([expect.stringContaining('the network of vpn is not shared')])
    expect(told('network_mode: inner')).toEqual([expect.stringContaining("or the host's, not inner")])
  })
})
