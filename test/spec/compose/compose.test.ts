// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose
import { describe, expect, test } from 'vitest'
import { jobNameOf } from '../../../src/spec/compose/names.js'
import { imported } from './support.js'

const one = (service: string) => `services:\n  web:\n    image: nginx\n${service.replace(/^(?=.)/gm, '    ')}\n`
const job = (service: string, world = {}) => imported(one(service), world).job('app-web')
const told = (service: string, world = {}) =>
  imported(one(service), world).told.filter((line) => !/deploy\.resources \d|- volumes /.test(line))

describe('a service becomes a job', () => {
  test('image in full, command, user, folder, stop', () => {
    expect(job('command: |\n  sh -c "echo \'a b\' #1" \\\n  more\nuser: 1000:1000\nworking_dir: /srv')).toMatchObject({
      image: 'docker.io/library/nginx',
      driver: 'podman',
      command: ['sh', '-c', "echo 'a b' #1", 'more'],
      user: '1000:1000',
      workdir: '/srv',
      stop: { signal: 'SIGTERM', timeoutMs: 10_000 },
    })
    expect(job('command: [a, "1", "$$HOME"]\nstop_signal: INT\nstop_grace_period: 1m30s')).toMatchObject({
      command: ['a', '1', '$HOME'],
      stop: { signal: 'SIGINT', timeoutMs: 90_000 },
    })
  })

  test('environment as a mapping and as a list; what hc can not have is told', () => {
    expect(job('environment: {A: 1, B: "yes", C: "", D: "$$x"}').env).toEqual({ A: '1', B: 'yes', C: '', D: '$x' })
    expect(job('environment: [A=1=2, SHELL_ONE]', { variables: { SHELL_ONE: 's' } }).env).toEqual({
      A: '1=2',
      SHELL_ONE: 's',
    })
    expect(job('environment: {discovery.type: x}').env).toEqual({ 'discovery.type': 'x' })
    expect(told('environment: {"a b": x, HC_JOB: y, NONE: }')).toEqual([
      expect.stringContaining('left-out web environment.a b 4:19:'),
      expect.stringContaining('left-out web environment.HC_JOB'),
      expect.stringContaining('left-out web environment.NONE'),
    ])
    expect(told('environment: {DB_PASSWORD: x, DB_PASSWORD_FILE: /run/x}')).toEqual([
      expect.stringContaining('DB_PASSWORD stands in the job file in plain text'),
    ])
  })

  test('env files, seen from the Compose file', () => {
    const world = { disk: { '/srv/app/a.env': 'A=1\n', '/srv/app/b.env': 'B=$A\n' } }
    expect(job('env_file: [a.env, {path: gone.env, required: false}]', world).envFiles).toEqual(['/srv/app/a.env'])
    expect(told('env_file: [b.env, c.env]', world)).toEqual([
      expect.stringContaining('b.env names variables'),
      expect.stringContaining('c.env is not there yet'),
    ])
  })

  test('ports: short, long, ranges, TCP and UDP of one number', () => {
    expect(
      job(
        'ports: ["80", "8080:80", "127.0.0.1:8443:443", "[::1]:9000:9000", "3000-3001:3000-3001", "53:53/udp", "53:53"]',
      ).ports,
    ).toEqual({
      http: { host: null, container: 80 },
      http_2: { host: 8080, container: 80 },
      https: { host: 8443, container: 443 },
      p9000: { host: 9000, container: null },
      p3000: { host: 3000, container: null },
      p3001: { host: 3001, container: null },
      p53: { host: 53, container: null },
    })
    expect(job('ports: [{name: ui, target: 80, published: "8081", protocol: tcp, mode: host}]').ports).toEqual({
      ui: { host: 8081, container: 80 },
    })
    expect(told('ports: ["127.0.0.1:80:80", "http", "1-3:1-2", "70000:1", "80:81"]')).toEqual([
      expect.stringContaining('was published on 127.0.0.1 only'),
      expect.stringContaining('"http" is no port'),
      expect.stringContaining('are not alike in number'),
      expect.stringContaining('is no range'),
      expect.stringContaining("the host's port 80 is taken"),
    ])
  })

  test('limits and reservations, new and old; without any there is no ceiling', () => {
    expect(job('')).toMatchObject({ resources: { cpu: 100, memory: 0 }, cpuMax: null, memoryMax: null })
    const deploy =
      'deploy: {resources: {limits: {cpus: "1.5", memory: 1g}, reservations: {cpus: "0.25", memory: 256M}}}'
    expect(job(deploy)).toMatchObject({
      resources: { cpu: 250, memory: 256 * 1024 ** 2 },
      cpuMax: 1500,
      memoryMax: 1024 ** 3,
    })
    expect(job('mem_limit: 64m\ncpus: 0.05')).toMatchObject({
      resources: { cpu: 50, memory: 64 * 1024 ** 2 },
      cpuMax: 50,
    })
    expect(job('mem_reservation: 64m')).toMatchObject({ resources: { memory: 64 * 1024 ** 2 }, memoryMax: 1024 ** 4 })
    expect(job('cpu_shares: 2048').resources.cpu).toBe(2000)
    const gpu = 'deploy: {resources: {reservations: {devices: [{driver: nvidia, count: 2, capabilities: [gpu]}]}}}'
    expect(job(gpu).resources.devices).toEqual({ gpu: 2000 })
    expect(told('deploy: {resources: {limits: {pids: 10, memory: much}}}')).toEqual([
      expect.stringContaining('deploy.resources.limits.pids'),
      expect.stringContaining('"much" is no amount'),
    ])
  })

  test('how many, where, and how they are changed', () => {
    const deploy = `deploy:
  replicas: 3
  update_config: {parallelism: 2, order: start-first, failure_action: pause, delay: 10s}
  placement: {constraints: [node.labels.zone == a, node.role == manager], preferences: [{spread: node.labels.rack}], max_replicas_per_node: 1}
  restart_policy: {condition: on-failure, max_attempts: 3, delay: 5s, window: 2m}`
    expect(job(deploy)).toMatchObject({
      count: 3,
      maxPerHost: 1,
      spread: { label: 'rack' },
      update: { maxParallel: 2, order: 'start-first', autoRevert: false },
      restart: { attempts: 3, delayMs: 5000, windowMs: 120_000 },
    })
    expect(job(deploy).constraints).toHaveLength(1)
    expect(told(deploy)).toEqual([
      expect.stringContaining('deploy.update_config.delay'),
      expect.stringContaining('"node.role == manager" asks for'),
      expect.stringContaining('differs web restart'),
    ])
    expect(job('deploy: {mode: global}').type).toBe('system')
    expect(job('restart: "no"')).toMatchObject({ restart: { attempts: 0 }, reschedule: { attempts: 0 } })
  })

  test('health checks', () => {
    expect(
      job(
        'healthcheck: {test: curl -f http://x || exit 1, interval: 1m30s, timeout: 10s, retries: 5, start_period: 40s}',
      ).health,
    ).toEqual({
      check: { kind: 'command', argv: ['sh', '-c', 'curl -f http://x || exit 1'] },
      intervalMs: 90_000,
      timeoutMs: 10_000,
      failures: 5,
      successes: 1,
      startMs: 40_000,
    })
    expect(job('healthcheck: {test: [CMD, pg_isready, -q]}').health).toMatchObject({
      intervalMs: 30_000,
      check: { argv: ['pg_isready', '-q'] },
    })
    expect(job('healthcheck: {disable: true}').health).toBeNull()
    expect(job('healthcheck: {test: [NONE]}').health).toBeNull()
    expect(told('healthcheck: {interval: 5s}')).toEqual([expect.stringContaining("does not know the image's own")])
  })

  test('volumes: names of the project, folders beside the file, files, the host, shared storage', () => {
    const text = `services:
  web:
    image: nginx
    volumes:
      - data:/data:ro
      - ./conf.d:/etc/conf.d
      - ./nginx.conf:/etc/nginx.conf:ro
      - /srv/media:/media
      - /etc/localtime:/etc/localtime:ro
      - {type: volume, source: nas, target: /nas}
      - {type: tmpfs, target: /tmp/x}
      - /anonymous
volumes:
  data: {}
  nas: {driver_opts: {type: nfs, o: addr=10.0.0.1, device: ":/export"}}
`
    const made = imported(text, { disk: { '/srv/app/nginx.conf': '', '/srv/app/conf.d/': '', '/etc/localtime': '' } })
    expect(made.job('app-web').volumes).toEqual([
      { source: 'app_data', target: '/data', readOnly: true, shared: false },
      { source: 'app_conf-d', target: '/etc/conf.d', readOnly: false, shared: false },
      { source: '/srv/media', target: '/media', readOnly: false, shared: false },
      { source: '/mnt/app_nas', target: '/nas', readOnly: false, shared: true },
    ])
    expect(made.job('app-web').files.map(({ source }) => source)).toEqual(['/srv/app/nginx.conf', '/etc/localtime'])
    expect(made.told.join('\n')).toContain('it expects :/export (nfs, addr=10.0.0.1) at /mnt/app_nas')
    expect(made.told.join('\n')).toContain('what lies at /anonymous is lost')
  })

  test('configs and secrets become files; contents are written beside the job', () => {
    const text = `services:
  web:
    image: nginx
    configs: [plain, {source: own, target: /etc/own.conf, mode: 0440}]
    secrets: [pw, {source: env_one, target: x}]
configs:
  plain: {file: ./plain.conf}
  own: {content: "a: \${A}\\n"}
secrets:
  pw: {file: ./pw.txt}
  env_one: {environment: TOKEN}
`
    const made = imported(text, { variables: { A: '1' }, disk: { '/srv/app/plain.conf': '', '/srv/app/pw.txt': '' } })
    expect(made.job('app-web').files).toEqual([
      { source: '/srv/app/plain.conf', target: '/plain', mode: 0o444 },
      { source: '/srv/cluster/jobs/app-web/own', target: '/etc/own.conf', mode: 0o440 },
      { source: '/srv/app/pw.txt', target: '/run/secrets/pw', mode: 0o444 },
    ])
    expect(made.text('app-web/own')).toBe('a: 1\n')
    expect(made.told.join('\n')).toContain('left-out web secrets.env_one')
  })
})

test('a file that may be run stays so; --driver is for all jobs', () => {
  const disk = { '/srv/app/init.sh': '#!/bin/sh\n' }
  expect(job('volumes: [./init.sh:/init.sh:ro]', { disk, driver: 'docker' as const })).toMatchObject({
    driver: 'docker',
    files: [{ source: '/srv/app/init.sh', target: '/init.sh', mode: 0o755 }],
  })
})

describe('services of one project', () => {
  test('wait for each other, share data on one host, and what ends is a batch job', () => {
    const text = `services:
  db: {image: postgres, volumes: ["data:/d"], healthcheck: {test: [CMD, pg_isready]}}
  init: {image: busybox, restart: "no"}
  backup: {image: busybox, volumes: ["data:/d"]}
  web:
    image: nginx
    environment: {DB_HOST: db, URL: "http://cache:6379/", NAME: db}
    depends_on:
      db: {condition: service_healthy}
      init: {condition: service_completed_successfully}
      cache: {condition: service_healthy, restart: true}
      gone: {condition: service_started, required: false}
  cache: {image: redis}
volumes: {data: }
`
    const made = imported(text)
    expect(made.job('app-web').dependsOn).toEqual(['app-db', 'app-init', 'app-cache'])
    expect(made.job('app-init').type).toBe('batch')
    expect(made.job('app-backup').with).toEqual(['app-db'])
    const about = made.told.filter((line) => line.includes(' web '))
    expect(about.join('\n')).toContain('environment.DB_HOST 7:28: names the service db')
    expect(about.join('\n')).toContain('environment.URL')
    expect(about.join('\n')).not.toContain('environment.NAME')
    expect(about.join('\n')).toContain('cache has no healthcheck here')
    expect(about.join('\n')).toContain('is not restarted with cache')
    expect(about.join('\n')).toContain('the service gone is not imported')
  })

  test('names are valid and each once', () => {
    expect(jobNameOf('cloud', 'db')).toBe('cloud-db')
    expect(jobNameOf('immich', 'immich-server')).toBe('immich-server')
    expect(jobNameOf('My_App', 'My App')).toBe('my-app')
    expect(jobNameOf('x'.repeat(40), 'y'.repeat(40))).toHaveLength(42)
    const made = imported('services: {a_b: {image: x}, a.b: {image: x}, A-B: {image: x}}')
    expect(made.jobs.map(({ name }) => name)).toEqual(['app-a-b', 'app-a-b-2', 'app-a-b-3'])
    expect(made.text('app-a-b-2.yml')).toContain('# The service a.b at compose.yml:1:29, made by hc import compose.')
    expect(imported('name: Other!\nservices: {db: {image: x}}').jobs[0]?.name).toBe('other-db')
    expect(imported('services: {db: {image: x}}', { project: 'mine' }).jobs[0]?.name).toBe('mine-db')
  })

  test('anchors, merge keys, x- fields, extends and several files', () => {
    const text = `x-base: &base
  restart: always
  environment: {A: base, B: base}
services:
  one:
    <<: *base
    image: one
    x-note: nothing
  two:
    extends: one
    image: two
    environment: [A=two]
  three:
    extends: {file: ../common/base.yml, service: base}
    environment: {OWN: 1}
`
    const disk = {
      '/srv/common/base.yml': 'services:\n  base: {image: "base:${TAG:-1}", env_file: base.env, ports: ["80:80"]}\n',
      '/srv/common/base.env': '',
      '/srv/app/over.yml': 'services:\n  one: {image: over, ports: ["81:80"], environment: {B: over}}\n',
    }
    const made = imported(text, { disk, more: ['over.yml'] })
    expect(made.job('app-one')).toMatchObject({ image: 'docker.io/library/over', env: { A: 'base', B: 'over' } })
    expect(made.job('app-two').env).toEqual({ A: 'two', B: 'base' })
    expect(made.job('app-three')).toMatchObject({
      image: 'docker.io/library/base:1',
      env: { OWN: '1' },
      envFiles: ['/srv/common/base.env'],
    })
    expect(made.told.join('\n')).not.toContain('x-note')
  })

  test('profiles are asked for', () => {
    const text = 'services:\n  web: {image: x}\n  dev: {image: y, profiles: [debug]}\n'
    expect(imported(text).told.join('\n')).toContain('left-out dev profiles 3:29: the service belongs to a profile')
    expect(imported(text, { profiles: ['debug'] }).jobs).toHaveLength(2)
  })
})
