// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what hc and Nomad put in
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parseJob } from '../../../src/spec/job.js'
import { exportNomad } from '../../../src/spec/nomad/export.js'
import { duration, jobHcl, quote } from '../../../src/spec/nomad/hcl.js'
import { type NomadValue, STRUCTS, type StructName } from '../../../src/spec/nomad/structs.js'

const FILES: Readonly<Record<string, string>> = { '/srv/a.conf': 'a\n{{ b }}\n${c}\n', '/srv/plain': 'p\n' }

function exported(text: string) {
  const read = parseJob('/srv/j.yml', `name: j\n${text}`, '/srv')
  if ('faults' in read) throw new Error(read.faults.map(({ message }) => message).join('; '))
  const { job, remarks } = exportNomad(read.job, (path) => {
    const content = FILES[path]
    return content === undefined ? null : new TextEncoder().encode(content)
  })
  if (job !== null) check(job, 'Job')
  return {
    job,
    told: remarks.map(({ kind, key, text: said }) => `${kind} ${key} ${said}`),
    hcl: job === null ? '' : jobHcl(job),
  }
}

/** As strict as Nomad is with JSON: no field that the struct does not have, none of another type. */
function check(value: unknown, name: StructName): void {
  for (const [field, each] of Object.entries<NomadValue>(Object(value))) {
    const [, type] = STRUCTS[name].fields[field] ?? []
    if (type === undefined) throw new Error(`${name} has no field ${field}`)
    const at = `${name}.${field}`
    if (type === 'string') expect(typeof each, at).toBe('string')
    else if (type === 'bool') expect(typeof each, at).toBe('boolean')
    else if (type === 'int' || type === 'duration') expect(Number.isSafeInteger(each), at).toBe(true)
    else if (type === 'strings')
      expect(Object.values(each).every((one) => typeof one === 'string') && Array.isArray(each), at).toBe(true)
    else if (type === 'map')
      expect(
        Object.values(each).every((one) => typeof one === 'string'),
        at,
      ).toBe(true)
    else if (type === 'config') expect(typeof each, at).toBe('object')
    else if ('one' in type) check(each, type.one)
    else if ('many' in type) {
      expect(Array.isArray(each), at).toBe(true)
      for (const one of Object.values(each)) check(one, type.many)
    } else for (const one of Object.values(each)) check(one, type.named)
  }
}

/** The first of a list of blocks. */
function first(list: NomadValue | undefined): Record<string, NomadValue> {
  const [block] = Array.isArray(list) ? list : []
  return block ?? {}
}

const group = (text: string) => first(exported(text).job?.TaskGroups)
const task = (text: string) => first(group(text).Tasks)
const CONTAINER = 'driver: docker\nimage: nginx:1\n'

describe('a job becomes one of Nomad', () => {
  test('the sample jobs, all of them', () => {
    const folder = fileURLToPath(new URL('../../../jobs', import.meta.url))
    const files = readdirSync(folder).filter((name) => name.endsWith('.yml'))
    expect(files.length).toBeGreaterThan(4)
    for (const name of files) {
      const text = readFileSync(`${folder}/${name}`, 'utf8').replace(/^name:.*$/m, '')
      expect(exported(text).hcl).toMatch(/^job "j" \{\n[\s\S]*\n\}\n$/)
    }
  })

  test('a container: image, command, ports, files, volumes by path and by name', () => {
    const text = `${CONTAINER}command: [run, --port, "\${HC_PORT_http}"]\nworkdir: /srv\nuser: www\npull: always
ports: {http: {host: 80, container: 8080}, other: auto}
files: [{source: /srv/a.conf, target: /etc/a.conf, mode: "0600"}]
volumes: [{source: /mnt/x, target: /x, read_only: true, shared: true}, {source: data, target: /data}]\n`
    expect(task(text)).toMatchObject({
      Driver: 'docker',
      User: 'www',
      Config: {
        image: 'nginx:1',
        command: 'run',
        args: ['--port', '${NOMAD_PORT_http}'],
        ports: ['http', 'other'],
        volumes: ['/mnt/x:/x:ro', 'local/0-a.conf:/etc/a.conf:ro'],
        force_pull: true,
        work_dir: '/srv',
      },
      Templates: [
        { DestPath: 'local/0-a.conf', EmbeddedTmpl: FILES['/srv/a.conf'], Perms: '0600', LeftDelim: '[[hc[[' },
      ],
      VolumeMounts: [{ Volume: 'data', Destination: '/data' }],
    })
    expect(group(text)).toMatchObject({
      Networks: [{ ReservedPorts: [{ Label: 'http', Value: 80, To: 8080 }], DynamicPorts: [{ Label: 'other' }] }],
      Volumes: { data: { Name: 'data', Type: 'host', Source: 'data' } },
    })
  })

  test('what a container has besides', () => {
    const text = `container: {network: host, entrypoint: [/init, -x], cap_add: [NET_ADMIN], read_only: true, shm_size: 64Mi, devices: [/dev/ttyUSB0], tmpfs: [/run]}`
    const { told } = exported(`${CONTAINER}ports: {http: 80}\n${text}`)
    expect(task(`${CONTAINER}ports: {http: 80}\n${text}`).Config).toEqual({
      image: 'nginx:1',
      network_mode: 'host',
      entrypoint: ['/init', '-x'],
      cap_add: ['NET_ADMIN'],
      shm_size: 67108864,
      readonly_rootfs: true,
    })
    expect(told.filter((line) => line.startsWith('left-out'))).toEqual([
      expect.stringMatching(/^left-out container.devices \/dev\/ttyUSB0/),
      expect.stringMatching(/^left-out container.tmpfs \/run/),
    ])
  })

  test('a program of the host, in its folder, with the variables of hc', () => {
    const made = task('command: [a, "b $HOME"]\nworkdir: /srv\nenv: {X: "${HC_SLOT}", Y: "${OTHER}"}')
    expect(made).toMatchObject({
      Driver: 'raw_exec',
      Config: { command: '/bin/sh', args: ['-c', 'cd "$0" && exec "$@"', '/srv', 'a', 'b $HOME'] },
      Env: { X: 'j.${NOMAD_ALLOC_INDEX}', Y: '${OTHER}', HC_JOB: 'j', HC_HOST: '${node.unique.name}' },
    })
  })

  test('secrets: never their values', () => {
    const { hcl, told } = exported('command: [a]\nsecrets: {KEY: {env: SECRET_OF_MINE}, OTHER: {file: /srv/plain}}')
    expect(hcl).toContain('KEY={{ .KEY | toJSON }}')
    expect(hcl).not.toMatch(/SECRET_OF_MINE|\/srv\/plain/)
    expect(told).toContainEqual(
      expect.stringMatching(/^differs secrets KEY, OTHER: read from the variable nomad\/jobs\/j/),
    )
  })

  test('hosts', () => {
    const { job, told } = exported(
      `command: [a]\nconstraints: ["arch == x86_64", "labels.ssd exists", "os in debian, ubuntu", "version.kernel >= 6.1", "driver.docker == true", "devices.gpu >= 1", "host matches ^n"]
affinity: [{constraint: "labels.fast == yes", weight: -1}]\nmax_per_host: 2\ndistinct: rack\nspread: {by: rack, targets: {a: 2, b: 1}}`,
    )
    expect(job?.Constraints).toEqual([
      { LTarget: '${attr.cpu.arch}', Operand: '=', RTarget: 'amd64' },
      { LTarget: '${meta.ssd}', Operand: 'is_set' },
      { LTarget: '${attr.os.name}', Operand: 'set_contains_any', RTarget: 'debian,ubuntu' },
      { LTarget: '${attr.kernel.version}', Operand: 'version', RTarget: '>= 6.1' },
      { LTarget: '${attr.driver.docker}', Operand: 'is_set' },
      { LTarget: '${node.unique.name}', Operand: 'regexp', RTarget: '^n' },
      { LTarget: '${node.unique.id}', Operand: 'distinct_property', RTarget: '2' },
      { LTarget: '${meta.rack}', Operand: 'distinct_property', RTarget: '1' },
    ])
    expect(job?.Affinities).toEqual([{ LTarget: '${meta.fast}', Operand: '=', RTarget: 'yes', Weight: -50 }])
    expect(job?.Spreads).toEqual([
      {
        Attribute: '${meta.rack}',
        Weight: 50,
        SpreadTarget: [
          { Value: 'a', Percent: 66 },
          { Value: 'b', Percent: 33 },
        ],
      },
    ])
    expect(told).toContainEqual(expect.stringMatching(/^left-out constraints devices.gpu >= 1/))
    expect(told).toContainEqual(
      expect.stringMatching(/^differs constraints labels of hosts are meta of clients: fast, rack, ssd/),
    )
  })

  test('amounts', () => {
    const made = task(
      `${CONTAINER}resources: {cpu: 1.5, memory: 100Mi, devices: {gpu: 2, tpu: 0.5}}\nmemory_max: 1Gi\ncpu_max: 2`,
    )
    expect(made.Resources).toEqual({
      CPU: 1500,
      MemoryMB: 100,
      MemoryMaxMB: 1024,
      Devices: [{ Name: 'gpu', Count: 2 }],
    })
    expect(made.Config).toMatchObject({ cpu_hard_limit: true })
    expect(task('command: [a]\nresources: {cpu: 0, memory: 0}').Resources).toEqual({ CPU: 1, MemoryMB: 10 })
  })

  test('a check becomes a service of Nomad', () => {
    const made = group(
      `${CONTAINER}ports: {http: 80}\nhealth: {http: /ok, interval: 500ms, timeout: 2s, failures: 3, start: 30s}`,
    )
    expect(made.Services).toEqual([
      {
        Name: 'j',
        PortLabel: 'http',
        Provider: 'nomad',
        Checks: [{ Type: 'http', Path: '/ok', Interval: 1e9, Timeout: 2e9, CheckRestart: { Limit: 3, Grace: 30e9 } }],
      },
    ])
  })
})

describe('times are such as Nomad takes', () => {
  const S = 1e9
  test.each([
    [
      'restart: {attempts: 100, window: 10s, delay: 1s}',
      'RestartPolicy',
      { Attempts: 100, Interval: 100 * S, Delay: S, Mode: 'fail' },
    ],
    [
      'restart: {attempts: never, window: 1s}',
      'RestartPolicy',
      { Attempts: 0, Interval: 5 * S, Delay: 0.2 * S, Mode: 'fail' },
    ],
    ['reschedule: {attempts: never}', 'ReschedulePolicy', { Attempts: 0, Unlimited: false }],
    [
      'reschedule: {attempts: 3, delay: 1s, max_delay: 2s}',
      'ReschedulePolicy',
      { Attempts: 3, Interval: 15 * S, Delay: 5 * S, MaxDelay: 5 * S, DelayFunction: 'exponential', Unlimited: false },
    ],
    [
      'update: {healthy_deadline: 8s}',
      'Update',
      expect.objectContaining({ MinHealthyTime: 4 * S, HealthyDeadline: 8 * S }),
    ],
    ['update: {healthy_deadline: 20m}', 'Update', expect.objectContaining({ ProgressDeadline: 2400 * S })],
    ['update: {canary: 1}', 'Update', expect.objectContaining({ Canary: 1, AutoPromote: true })],
    ['on_host_loss: wait', 'PreventRescheduleOnLost', true],
  ])('%s', (text, field, expected) => {
    expect(group(`command: [a]\n${text}`)[field]).toEqual(expected)
  })

  test('a cron job; seconds come first, and a year last', () => {
    const made = exported('type: cron\ncommand: [a]\nschedule: "30 0 3 * * *"\ntimezone: Europe/Paris')
    expect(made.job).toMatchObject({
      Type: 'batch',
      Periodic: { Spec: '30 0 3 * * * *', ProhibitOverlap: true, TimeZone: 'Europe/Paris' },
    })
    expect(made.hcl).toContain('cron             = "30 0 3 * * * *"')
  })

  test('what a system job can not have is not there', () => {
    const made = group('type: system\ncommand: [a]')
    expect(made).not.toHaveProperty('ReschedulePolicy')
    expect(made).not.toHaveProperty('Update')
    expect(made).not.toHaveProperty('Count')
  })
})

test('what has no counterpart is told, each field', () => {
  const { told } =
    exported(`command: [a]\nexclusive: true\naddress: 10.0.0.9/24\ncount: 1\ndepends_on: [x]\nwith: [y]\nconflicts: [z]
conflict_group: g\nfailback: home\nenv_file: /srv/e\nhealth: {command: [true]}\nsystemd: {Service: {Nice: 5}}
files: [{source: /srv/none, target: /etc/none}]\nvolumes: [{source: /mnt/v, target: /v, shared: true}]\ncpu_max: 1`)
  const keys = told.filter((line) => line.startsWith('left-out')).map((line) => line.split(' ')[1])
  expect(keys.sort()).toEqual(
    [
      ...[
        'address',
        'conflict_group',
        'conflicts',
        'cpu_max',
        'depends_on',
        'env_file',
        'exclusive',
        'failback',
        'files',
      ],
      ...['health.command', 'systemd.Service.Nice', 'volumes', 'with'],
    ].sort(),
  )
  expect(exported('command: [a]\nupdate: {order: start-first}').told).toContainEqual(
    expect.stringMatching(/^left-out update.order/),
  )
  const unit = exported('unit: nginx.service')
  expect(unit.job).toBeNull()
  expect(unit.told).toEqual([expect.stringMatching(/^left-out unit nginx.service/)])
})

test('HCL: what it would read as its own is doubled, what Nomad puts in is not', () => {
  expect(quote('a ${b} ${NOMAD_PORT_x} ${attr.os.name} %{if} "\\\n\u0007')).toBe(
    '"a $${b} ${NOMAD_PORT_x} ${attr.os.name} %%{if} \\"\\\\\\n\\u0007"',
  )
  expect([0, 1.5e9, 5_400e9, 1e6].map(duration)).toEqual(['0s', '1s500ms', '1h30m', '1ms'])
  const { hcl } = exported(`${CONTAINER}files: [{source: /srv/a.conf, target: /a}]\nenv: {A: "x\\ny\\n"}`)
  expect(hcl).toContain('data            = <<EOT\na\n{{ b }}\n$${c}\nEOT\n')
})
