import { describe, expect, it } from 'vitest'
import type { Job } from '../../src/model/job.js'
import { parseJob } from '../../src/spec/job.js'
import { jobOf } from './support.js'

/** What an empty job of an image is; every default of the job file. */
const DEFAULTS: Omit<Job, 'name' | 'driver' | 'image' | 'command' | 'unit'> = {
  type: 'service',
  count: 1,
  pull: 'missing',
  container: null,
  user: null,
  workdir: null,
  env: {},
  envFiles: [],
  secrets: {},
  files: [],
  resources: { cpu: 100, memory: 128 * 1024 ** 2, disk: 0, devices: {} },
  cpuMax: null,
  memoryMax: null,
  ports: {},
  volumes: [],
  constraints: [],
  affinity: [],
  spread: null,
  maxPerHost: null,
  distinct: null,
  conflictGroup: null,
  conflicts: [],
  with: [],
  priority: 50,
  exclusive: false,
  address: null,
  restart: { attempts: 10, windowMs: 300_000, delayMs: 200 },
  reschedule: { delayMs: 5000, maxDelayMs: 3_600_000, attempts: null },
  onHostLoss: 'move',
  failback: 'stay',
  health: null,
  update: { maxParallel: 1, order: 'stop-first', canary: 0, healthyDeadlineMs: 300_000, autoRevert: true },
  dependsOn: [],
  schedule: null,
  timezone: null,
  overlap: 'forbid',
  catchUp: 'none',
  rerun: false,
  stop: { signal: 'SIGTERM', timeoutMs: 5000 },
  systemd: {},
}

const EVERYTHING = `
name: web
type: service
count: 2
driver: docker
image: registry.lab:5000/home/web:1.2@sha256:abc
pull: always
command: [httpd, -f, -p, "\${HC_PORT_http}", 1.10, true]
user: "33:33"
workdir: /srv//www/
env: {GREETING: hello, VERSION: 1.10, ON: yes, EMPTY: "", MANY: "a\\nb"}
env_file: ./web.env
secrets: {DB: {file: ../secrets/db}, B: {env: B_NAME}, C: {command: [pass, show, c]}}
files: [{source: ./httpd.conf, target: /etc/httpd.conf, mode: "0600"}, {source: /abs, target: /x, mode: 644}]
resources: {cpu: 1.5, memory: 64Mi, disk: 1G, devices: {gpu: 0.5}}
cpu_max: 2
memory_max: 128Mi
ports: {http: {host: 8080, container: 80}, api: auto, raw: 9000, free: {container: 70}}
volumes: [{source: data, target: /data}, {source: /mnt/nfs/x, target: /shared, read_only: true, shared: true}]
constraints: ["os == debian", "labels.ssd == true"]
affinity: ["labels.rack == a", {constraint: arch in amd64, weight: -2}, {if: labels.x exists, weight: 0.5}]
spread: labels.rack
max_per_host: 1
distinct: rack
conflict_group: dbs
conflicts: [other]
with: friend
priority: 70
exclusive: true
restart: {attempts: never, window: 1m, delay: 0s}
reschedule: {delay: 1s, max_delay: 2m, attempts: 3}
on_host_loss: wait
failback: stay
health: {http: /healthz, port: http, interval: 1s, timeout: 500ms, failures: 2, start: 10s, status: 200, body: ok}
update: {max_parallel: 2, canary: 1, healthy_deadline: 1m, auto_revert: false}
depends_on: [db]
stop: {signal: int, timeout: 10s}
systemd: {Service: {ProtectSystem: strict, NoNewPrivileges: true, Nice: 5, ReadWritePaths: [/a, /b]}}
`

describe('parseJob', () => {
  it('fills in every default', () => {
    expect(jobOf('image: localhost/web:1')).toEqual({
      ...DEFAULTS,
      name: 'web',
      driver: 'podman',
      image: 'localhost/web:1',
      command: null,
      unit: null,
    })
    expect(jobOf('command: [sleep, 5]')).toEqual({
      ...DEFAULTS,
      name: 'web',
      driver: 'systemd',
      image: null,
      command: ['sleep', '5'],
      unit: null,
    })
    expect(jobOf('unit: nginx.service')).toMatchObject({ driver: 'systemd', unit: 'nginx.service', maxPerHost: 1 })
    expect(jobOf('name:\nenv:\nimage: localhost/web:1')).toMatchObject({ name: 'web', env: {} })
  })

  it('reads every field', () => {
    const job = jobOf(EVERYTHING)
    expect(job).toMatchObject({
      count: 2,
      driver: 'docker',
      image: 'registry.lab:5000/home/web:1.2@sha256:abc',
      pull: 'always',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what the job file says
      command: ['httpd', '-f', '-p', '${HC_PORT_http}', '1.10', 'true'],
      user: '33:33',
      workdir: '/srv/www',
      env: { GREETING: 'hello', VERSION: '1.10', ON: 'yes', EMPTY: '', MANY: 'a\nb' },
      envFiles: ['/srv/cluster/jobs/web.env'],
      secrets: {
        DB: { kind: 'file', path: '/srv/cluster/secrets/db' },
        B: { kind: 'env', name: 'B_NAME' },
        C: { kind: 'command', argv: ['pass', 'show', 'c'] },
      },
      files: [
        { source: '/srv/cluster/jobs/httpd.conf', target: '/etc/httpd.conf', mode: 0o600 },
        { source: '/abs', target: '/x', mode: 0o644 },
      ],
      resources: { cpu: 1500, memory: 64 * 1024 ** 2, disk: 1e9, devices: { gpu: 500 } },
      cpuMax: 2000,
      memoryMax: 128 * 1024 ** 2,
      ports: {
        http: { host: 8080, container: 80 },
        api: { host: null, container: null },
        raw: { host: 9000, container: null },
        free: { host: null, container: 70 },
      },
      volumes: [
        { source: 'data', target: '/data', readOnly: false, shared: false },
        { source: '/mnt/nfs/x', target: '/shared', readOnly: true, shared: true },
      ],
      spread: { label: 'rack', targets: null },
      maxPerHost: 1,
      distinct: 'rack',
      conflictGroup: 'dbs',
      conflicts: ['other'],
      with: ['friend'],
      priority: 70,
      exclusive: true,
      restart: { attempts: 0, windowMs: 60_000, delayMs: 0 },
      reschedule: { delayMs: 1000, maxDelayMs: 120_000, attempts: 3 },
      onHostLoss: 'wait',
      failback: 'stay',
      health: {
        check: { kind: 'http', port: 'http', path: '/healthz', status: 200, body: 'ok' },
        intervalMs: 1000,
        timeoutMs: 500,
        failures: 2,
        successes: 1,
        startMs: 10_000,
      },
      update: { maxParallel: 2, order: 'stop-first', canary: 1, healthyDeadlineMs: 60_000, autoRevert: false },
      dependsOn: ['db'],
      stop: { signal: 'SIGINT', timeoutMs: 10_000 },
      systemd: {
        Service: { ProtectSystem: ['strict'], NoNewPrivileges: ['true'], Nice: ['5'], ReadWritePaths: ['/a', '/b'] },
      },
    })
    expect(job.affinity.map((wish) => [wish.constraint.text, wish.weight])).toEqual([
      ['labels.rack == a', 1],
      ['arch in amd64', -2],
      ['labels.x exists', 0.5],
    ])
  })

  it.each([
    ['host', { label: 'host', targets: null }],
    ['zone', { label: 'zone', targets: null }],
    ['{by: host}', { label: 'host', targets: null }],
    ['{by: labels.zone, targets: {a: 2, b: 1, c: 0}}', { label: 'zone', targets: { a: 2, b: 1, c: 0 } }],
  ])('reads spread: %s', (text, spread) => expect(jobOf(`image: a/b\nspread: ${text}\n`).spread).toEqual(spread))

  it('turns what a device must be into constraints', () => {
    const text =
      'image: a/b\nconstraints: os == debian\n' +
      'resources: {devices: {gpu: {count: 0.5, where: ["model == rtx3060", memory >= 8Gi]}, usb:10c4:ea60: 1}}\n'
    const job = jobOf(text)
    expect(job.resources.devices).toEqual({ gpu: 500, 'usb:10c4:ea60': 1000 })
    expect(job.constraints.map((each) => each.text)).toEqual([
      'os == debian',
      'devices.gpu.model == rtx3060',
      'devices.gpu.memory >= 8Gi',
    ])
  })

  it('knows what follows from other fields', () => {
    expect(jobOf('image: a/b\nvolumes: [{source: d, target: /d}]')).toMatchObject({
      onHostLoss: 'wait',
      exclusive: false,
    })
    expect(jobOf('image: a/b\nvolumes: [{source: /d, target: /d, shared: true}]')).toMatchObject({
      onHostLoss: 'move',
      exclusive: true,
    })
    expect(jobOf('image: a/b\nexclusive: false\nvolumes: [{source: /d, target: /d, shared: true}]').exclusive).toBe(
      false,
    )
    expect(jobOf('image: a/b\nports: {web: 80}\nhealth: {http: /}').health?.check).toMatchObject({ port: 'web' })
    expect(jobOf('image: a/b\ncount: 0').count).toBe(0)
    expect(jobOf('type: cron\nschedule: "@daily"\ntimezone: UTC\ncommand: ["true"]')).toMatchObject({
      schedule: '@daily',
      timezone: 'UTC',
      count: 1,
    })
  })

  it('sees relative paths from the folder that it is given', () => {
    const read = parseJob('jobs/web.yml', 'image: a/b\nfiles: [{source: ./x/../y, target: /y}]', '/srv/cluster/jobs')
    expect('job' in read && read.job.files[0]?.source).toBe('/srv/cluster/jobs/y')
  })

  it('lets a unit that is already there be reserved nothing', () => {
    expect(jobOf('unit: postgresql.service\nresources: {memory: 0}').resources.memory).toBe(0)
  })

  it('has no remarks on fields that all have an effect', () => {
    const read = parseJob(
      'jobs/web.yml',
      'image: a/b\nports: {p: 80}\nhealth: {tcp: p}\nfailback: stay\naddress: 10.0.0.9/24\nexclusive: true\n',
    )
    expect('notes' in read && read.notes).toEqual([])
  })
})
