import { describe, expect, it } from 'vitest'
import { faultsOf, lines } from './support.js'

describe('a faulty job file', () => {
  it('finds all faults at once, each with place, line and hint', () => {
    const faults = faultsOf('image: a/b\nresources:\n  memroy: 64Mi\n  cpu: -1\ncount: many\nreplicas: 2\n')
    expect(lines(faults)).toEqual([
      'jobs/web.yml:3:3: unknown field "memroy"',
      'jobs/web.yml:4:8: resources.cpu: an amount of cpu cannot be negative: -1',
      'jobs/web.yml:5:8: count must be a whole number from 0 to 1000, not "many"',
      'jobs/web.yml:6:1: unknown field "replicas"',
    ])
    expect(faults[0]).toMatchObject({ lineText: '  memroy: 64Mi', hint: 'did you mean "memory"?' })
    expect(faults[3]).toMatchObject({ hint: 'did you mean "count"?' })
    expect(faultsOf('image: a/b\nmemory: 3')[0]).toMatchObject({ hint: 'did you mean "resources.memory"?' })
  })

  it('what runs, written wrong, is one fault', () => {
    for (const written of ['imagee: a/b', 'run: [a]', 'comand: [a]'])
      expect(lines(faultsOf(written)).map((line) => line.replace(/"\w+"/, ''))).toEqual([
        'jobs/web.yml:1:1: unknown field ',
      ])
    expect(faultsOf('run: [a]')[0]).toMatchObject({ hint: 'did you mean "command"?' })
    expect(lines(faultsOf('memroy: 1Gi'))).toContain('jobs/web.yml:1:1: the job does not say what runs')
  })

  it.each([
    ['', 'jobs/web.yml: the file is empty'],
    ['- a', 'jobs/web.yml:1:1: a job file is a mapping of fields, not a list'],
    ['count: 1', 'jobs/web.yml:1:1: the job does not say what runs'],
    ['image: a/b\nunit: a.service', 'jobs/web.yml:2:1: a job has an image or a unit, not both'],
    ['unit: a.service\ncommand: [a]', 'jobs/web.yml:2:1: a job with unit has no command: the unit says what runs'],
    [
      'unit: a.timer',
      'jobs/web.yml:1:7: unit must be the name of a service unit, such as nginx.service, not "a.timer"',
    ],
    ['unit: hc-a.0.service', "jobs/web.yml:1:7: hc-a.0.service is a name of hc's own units"],
    ['unit: a.service\nenv: {A: b}', 'jobs/web.yml:2:1: env has no meaning for a unit that is already on the host'],
    [
      'unit: a.service\nports: {a: auto}',
      'jobs/web.yml:2:9: port a: nobody can tell a.service a port, so it must be a number',
    ],
    ['driver: docker\ncommand: [a]', 'jobs/web.yml:1:1: the docker driver needs an image'],
    ['driver: systemd\nimage: a/b\ncommand: [a]', 'jobs/web.yml:2:1: the systemd driver runs no images'],
    ['driver: podmann\nimage: a/b', 'jobs/web.yml:1:9: driver must be systemd, podman or docker, not "podmann"'],
    [
      'name: Web\nimage: a/b',
      'jobs/web.yml:1:7: name must be a job name: lower-case letters, digits and "-", at most 42, with a letter or digit at both ends, not "Web"',
    ],
    ['image: a/B', 'jobs/web.yml:1:8: the image name "B" must be in lower case'],
    ['image: "-v"', 'jobs/web.yml:1:8: image must be an image: [REGISTRY/]NAME[:TAG or @DIGEST], not "-v"'],
    ['command: a b', 'jobs/web.yml:1:10: command must be a list, not "a b"'],
    ['command: []', 'jobs/web.yml:1:10: command is empty'],
    ['command: [./run.sh]', 'jobs/web.yml:1:1: "./run.sh" is a relative path, and the program runs on the host'],
    ['image: a/b\nuser: "a\\nb"', 'jobs/web.yml:2:7: user holds a line break or control character'],
    ['command: [a]\nuser: a:b', 'jobs/web.yml:2:1: the systemd driver takes a user only'],
    ['image: a/b\nworkdir: srv', 'jobs/web.yml:2:10: workdir must be an absolute path, not "srv"'],
    ['image: a/b\nenv: {1A: b}', 'jobs/web.yml:2:7: "1A" in env must be a name of letters, digits, "_", "." and "-"'],
    ['image: a/b\nenv: {HC_SLOT: b}', 'jobs/web.yml:2:7: hc sets HC_SLOT itself'],
    ['image: a/b\nenv: {A: "\\0"}', 'jobs/web.yml:2:10: env.A holds a NUL character'],
    ['image: a/b\nenv: {A: b}\nsecrets: {A: {env: B}}', 'jobs/web.yml:3:11: A is in env and in secrets'],
    [
      'image: a/b\nsecrets: {A: {env: B, file: c}}',
      'jobs/web.yml:2:14: secrets.A needs exactly one of file, env and command',
    ],
    ['image: a/b\nenv_file: ["~/x"]', 'jobs/web.yml:2:12: "~/x" begins with "~", which is not looked up here'],
    ['image: a/b\nfiles: [{source: a}]', 'jobs/web.yml:2:9: files[0].target is missing'],
    [
      'image: a/b\nfiles: [{source: a, target: /x, mode: rw}]',
      'jobs/web.yml:2:39: files[0].mode must be permission bits in octal',
    ],
    [
      'image: a/b\nfiles: [{source: a, target: /x}, {source: b, target: /y/../x}]',
      'jobs/web.yml:2:34: files[1]: the target /x is already that of files[0]',
    ],
    [
      'image: a/b\nvolumes: [{source: ./a, target: /x}]',
      'jobs/web.yml:2:20: volumes[0].source must be an absolute path on the host, or a plain name, not "./a"',
    ],
    [
      'image: a/b\nvolumes: [{source: a, target: /x, shared: true}]',
      'jobs/web.yml:2:11: volumes[0] is shared and needs the path where the storage is mounted, not a name',
    ],
    [
      'image: a/b\nvolumes: [{source: a, target: /}]',
      'jobs/web.yml:2:31: volumes[0].target must not be the root folder',
    ],
    [
      'image: a/b\nvolumes: [{source: a, target: /x}]\non_host_loss: move',
      'jobs/web.yml:3:1: the job keeps its data on its host (a volume that is not shared), so it cannot move away from a lost one',
    ],
    [
      'image: a/b\nports: {a: 80, b: {host: 80, container: 1}}',
      "jobs/web.yml:2:16: port b: the host's port 80 is already that of a",
    ],
    [
      'image: a/b\nports: {a: 70000}',
      'jobs/web.yml:2:12: ports.a must be a whole number from 1 to 65535, not the number 70000',
    ],
    ['image: a/b\nports: {a: "8080:80"}', 'jobs/web.yml:2:12: ports.a: "8080:80" is the short form of others'],
    [
      'image: a/b\nports: {my-port: 80}',
      'jobs/web.yml:2:9: "my-port" in ports must be a name of letters, digits and "_"',
    ],
    [
      'command: [a]\nports: {a: {host: 80, container: 81}}',
      "jobs/web.yml:2:9: port a: a process without a container has one port, the host's",
    ],
    [
      'image: a/b\nresources: {memory: 64}',
      'jobs/web.yml:2:21: resources.memory must be at least 1Mi, or 0 for no reservation and no ceiling, not 64',
    ],
    ['image: a/b\nmemory_max: 64Mi', 'jobs/web.yml:2:1: memory_max is less than resources.memory'],
    [
      'image: a/b\naddress: 192.168.1.5/24',
      'jobs/web.yml:2:1: an address belongs to an exclusive job: two copies of it must never run',
    ],
    [
      'image: a/b\nexclusive: true\ncount: 2\naddress: 192.168.1.5/24',
      'jobs/web.yml:4:1: an address belongs to a job with one slot',
    ],
    [
      'image: a/b\nexclusive: true\naddress: 192.168.1.500/24',
      'jobs/web.yml:3:10: address must be an address with its prefix length, such as 192.168.1.50/24, not "192.168.1.500/24"',
    ],
    [
      'image: a/b\nexclusive: true\naddress: 127.0.0.5/8',
      'jobs/web.yml:3:1: 127.0.0.5 is no address of one machine in a network',
    ],
    ['image: a/b\nexclusive: true\naddress: "fd00:::5/64"', 'jobs/web.yml:3:1: fd00:::5 is no address'],
    [
      'image: a/b\nexclusive: true\nsystemd: {Service: {KillMode: none}}',
      'jobs/web.yml:3:21: KillMode=none could leave processes of an exclusive job behind',
    ],
    [
      'image: a/b\nexclusive: true\nupdate: {order: start-first}',
      'jobs/web.yml:3:10: start-first would run two copies of an exclusive job',
    ],
    [
      'image: a/b\nvolumes: [{source: /d, target: /d}]\nupdate: {order: start-first}',
      'jobs/web.yml:3:10: start-first: the job keeps its data on its host (a volume that is not shared), so no second copy can run beside the first',
    ],
    [
      'image: a/b\ntype: system\nupdate: {order: start-first}',
      'jobs/web.yml:3:10: start-first: a system job has no second copy beside the first',
    ],
    ['image: a/b\ntype: system\ncount: 3', 'jobs/web.yml:3:1: a system job has one slot on each matching host'],
    ['image: a/b\ntype: cron', 'jobs/web.yml:2:1: a cron job needs a schedule'],
    [
      'image: a/b\nschedule: "@daily"',
      'jobs/web.yml:2:1: schedule belongs to a job of type cron, and this one is service',
    ],
    [
      'image: a/b\ntype: cron\nschedule: "61 * * * *"',
      'jobs/web.yml:3:11: schedule: minute must be from 0 to 59, not 61',
    ],
    ['image: a/b\ntype: cron\nschedule: "@daily"\ntimezone: Paris', 'jobs/web.yml:4:11: "Paris" is no time zone'],
    [
      'image: a/b\nrerun: true',
      'jobs/web.yml:2:1: rerun belongs to a job of type batch or cron, and this one is service',
    ],
    [
      'image: a/b\nports: {web: 80}\nhealth: {http: /, port: wbe}',
      'jobs/web.yml:3:19: health.port names the port "wbe", which the job does not declare',
    ],
    ['image: a/b\nhealth: {http: /}', 'jobs/web.yml:2:10: health.http needs port: the job has no ports'],
    ['image: a/b\nhealth: {http: /, tcp: a}', 'jobs/web.yml:2:9: health needs exactly one of http, tcp and command'],
    ['image: a/b\nwith: [web]', 'jobs/web.yml:2:1: with names the job itself'],
    ['image: a/b\nwith: [a]\nconflicts: [a]', 'jobs/web.yml:2:1: a is in with and in conflicts'],
    ['image: a/b\nrestart: {window: 5}', 'jobs/web.yml:2:19: restart.window: "5" has no unit of time'],
    ['image: a/b\nrestart: never', 'jobs/web.yml:2:10: restart must be a mapping, not "never"'],
    ['image: a/b\nreschedule: {delay: 2h}', 'jobs/web.yml:2:13: reschedule: delay is longer than max_delay'],
    ['image: a/b\nstop: {signal: SIGFOO}', 'jobs/web.yml:2:16: stop.signal must be '],
    ['image: a/b\nsystemd: {Service: {ExecStart: x}}', 'jobs/web.yml:2:21: ExecStart is written by hc'],
    [
      'image: a/b\nsystemd: {Service: {Nice: "1\\nExecStart=x"}}',
      'jobs/web.yml:2:27: systemd.Service.Nice holds a line break or control character',
    ],
    [
      'image: a/b\nsystemd: {Socket: {A: b}}',
      'jobs/web.yml:2:11: "Socket" in systemd must be a section of the unit: Unit, Service, Install, Timer',
    ],
    ['command: [x]\ncontainer: {privileged: true}', 'jobs/web.yml:2:1: container belongs to a job with image'],
    [
      'image: a/b\ncontainer: {network: bridged}',
      'jobs/web.yml:2:22: container.network must be bridge or host, not "bridged"',
    ],
    [
      'image: a/b\ncontainer: {network: host}\nports: {web: {host: 8080, container: 80}}',
      "jobs/web.yml:3:9: port web: on the host's own network the program listens on the host's port itself",
    ],
    ['image: a/b\ncontainer: {devices: ttyUSB0}', 'jobs/web.yml:2:22: container.devices must be a device'],
    ['image: a/b\ncontainer: {cap_add: [net-admin]}', 'jobs/web.yml:2:23: container.cap_add[0] must be a capability'],
    ['image: a/b\ncontainer: {tmpfs: tmp}', 'jobs/web.yml:2:20: container.tmpfs must be an absolute path'],
    ['image: a/b\ncap_add: [NET_ADMIN]', 'jobs/web.yml:2:1: unknown field "cap_add"'],
    ['command: [x]\nenv: {a.b: c}', 'jobs/web.yml:2:7: systemd takes no variable a.b'],
    ['image: a/b\naffinity: [{weight: 2}]', 'jobs/web.yml:2:12: affinity[0] needs exactly one of constraint and if'],
    [
      'image: a/b\npriority: 101',
      'jobs/web.yml:2:11: priority must be a whole number from 0 to 100, not the number 101',
    ],
    ['image: a/b\nspread: two words', 'jobs/web.yml:2:9: "two words" is no label name'],
    ['image: a/b\nspread: {targets: {a: 1}}', 'jobs/web.yml:2:9: spread.by is missing'],
    ['image: a/b\nspread: {by: a b}', 'jobs/web.yml:2:14: "a b" is no label name'],
    [
      'image: a/b\nspread: {by: zone, targets: {a: 1.5}}',
      'jobs/web.yml:2:33: spread.targets.a must be a whole number from 0 to 1000, not the number 1.5',
    ],
    ['image: a/b\nspread: {by: zone, targets: {a: 0}}', 'jobs/web.yml:2:29: spread.targets gives no value a part'],
    [
      'image: a/b\nresources: {devices: {gpu: 1.5}}',
      'jobs/web.yml:2:28: resources.devices.gpu: 1.5 is neither a share of one device nor a whole number of them',
    ],
    [
      'image: a/b\nresources: {devices: {gpu: {count: 1, where: [labels.x == 1]}}}',
      'jobs/web.yml:2:47: resources.devices.gpu.where: "labels.x" is no attribute of a device',
    ],
    [
      'image: a/b\nresources: {devices: {gpu: {where: [memory]}}}',
      'jobs/web.yml:2:37: resources.devices.gpu.where: "devices.gpu.memory" has no operator',
    ],
    ['image: a/b\nresources: {devices: {usb:10c4: 1}}', 'jobs/web.yml:2:23: "usb:10c4" is no usb device'],
    [
      'image: a/b\nconstraints: [host matches (a)\\1]',
      'jobs/web.yml:2:15: constraints[0]: (a)\\1 repeats what a group has matched',
    ],
    ['image: a/b\nexclusive: yes', 'jobs/web.yml:2:12: exclusive must be true or false, not "yes"'],
    ['image: a/b\nimage: c/d', 'jobs/web.yml:2:1: "image" stands here a second time; the first is in line 1'],
  ])('%s', (text, line) => {
    const [first = ''] = lines(faultsOf(text))
    expect(first.slice(0, line.length)).toBe(line)
  })

  it('a name that the file cannot give is asked for', () => {
    expect(lines(faultsOf('image: a/b', 'jobs/My Web.yml'))).toEqual([
      'jobs/My Web.yml:1:1: the file\'s name "My Web" is no job name',
    ])
  })

  it('suggests the command as a list', () => {
    expect(faultsOf('command: httpd -f')[0]?.hint).toBe('write it as a list: [httpd, -f]')
    expect(faultsOf('command: echo "a b"')[0]?.hint).toBe(
      'write it as a list of words, or leave it to a shell: [sh, -c, "..."]',
    )
  })
})
