// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose
import { describe, expect, test } from 'vitest'
import { ABSENT } from '../../../src/spec/compose/absent.js'
import { compose, imported, refused } from './support.js'

const one = (service: string) => `services:\n  web:\n    image: nginx\n${service.replace(/^(?=.)/gm, '    ')}\n`
const told = (service: string, world = {}) =>
  imported(one(service), world).told.filter((line) => !/deploy\.resources \d|- volumes /.test(line))

describe('nothing is dropped silently', () => {
  test.each(Object.keys(ABSENT))('%s is told, with its place', (key) => {
    expect(told(`${key}: [something]`)).toEqual([expect.stringMatching(new RegExp(`^left-out web ${key} 4:5: `))])
  })

  test('what nobody knows is told too, at each level', () => {
    const lines = told(
      'frobnicate: 1\ndeploy: {what: 1, resources: {why: 1}, restart_policy: {how: 1}}\nhealthcheck: {test: x, who: 1}',
    )
    for (const key of [
      'frobnicate',
      'deploy.what',
      'deploy.resources.why',
      'deploy.restart_policy.how',
      'healthcheck.who',
    ])
      expect(lines.join('\n') + imported(one('deploy: {resources: {why: 1}}')).told.join('\n')).toContain(` ${key} `)
  })

  test('members that are none of theirs are told, or taken for what is meant', () => {
    expect(told('command: [a, {b: c}]')).toEqual([expect.stringContaining('command 4:5: can not be split into words')])
    expect(told('environment: [[A]]')).toEqual([expect.stringContaining('is no single value')])
    expect(imported(one('environment: [A: 1]')).job('app-web').env).toEqual({ A: '1' })
  })

  test('what says no is nothing', () => expect(told('privileged: false\ntty: false\ninit: true')).toEqual([]))

  test('that the data of the old volume is not brought along', () => {
    const { told: lines } = imported(`${one('volumes: ["data:/data"]')}volumes: {data: }\n`)
    expect(lines.filter((each) => each.includes('what the volume of Compose holds stays where it is'))).toHaveLength(1)
  })

  test('the same input gives the same bytes, and remarks stand in the job file', () => {
    const text = one('pid: host\nports: ["127.0.0.1:1:1"]')
    expect(compose(text)).toEqual(compose(text))
    expect(imported(text).text('app-web.yml')).toContain('# - pid (compose.yml:4:5): a container of hc has')
  })
})

describe('what services are to each other', () => {
  const about = (text: string, disk = {}) =>
    imported(text, { disk }).told.filter((line) =>
      /names the service|waits for|beside the Compose|no NAME=value/.test(line),
    )

  test('they are told by every name that Compose gives them, in env files too', () => {
    const text = `services:
  db: {image: postgres, networks: {default: {aliases: [store]}}}
  queue: {image: redis}
  web:
    image: nginx
    links: ["queue:broker"]
    environment: {DB_HOST: store, BROKER_URL: "amqp://broker"}
    env_file: [{path: web.env}]
`
    expect(about(text, { '/srv/app/web.env': '# c\nexport PG_HOST="db" # which\nNOTE=db\n' })).toEqual([
      expect.stringContaining('environment.DB_HOST 7:28: names the service store,'),
      expect.stringContaining('environment.BROKER_URL 7:47: names the service broker,'),
      expect.stringContaining('env_file.PG_HOST 8:23: in web.env names the service db,'),
    ])
  })

  test('one that is waited for and reached by nobody is told, unless it ends or the name is told already', () => {
    const text = `services:
  db: {image: postgres}
  cache: {image: redis, ports: ["6379:6379"]}
  dns: {image: dnsmasq, network_mode: host}
  setup: {image: busybox}
  queue: {image: redis}
  web:
    image: nginx
    environment: {DB_HOST: db}
    depends_on: {db: {}, cache: {}, dns: {}, queue: {}, setup: {condition: service_completed_successfully}}
`
    expect(about(text)).toEqual([
      expect.stringContaining('environment.DB_HOST'),
      expect.stringContaining('depends_on 10:46: waits for queue, which publishes no port'),
    ])
  })

  test('a path of this machine beside the file, and an env file that would be refused', () => {
    const text = one('volumes: ["/srv/app/a.conf:/a.conf", "/srv/b:/b"]\nenv_file: odd.env')
    expect(about(text, { '/srv/app/odd.env': 'A=1\nes.port=2\n' })).toEqual([
      expect.stringContaining('/srv/app/a.conf lies beside the Compose file on this machine'),
      expect.stringContaining('line 2 of odd.env is no NAME=value'),
    ])
  })
})

describe('include', () => {
  const DISK = {
    '/srv/app/db/compose.yml': 'services:\n  db: {image: "postgres:$VERSION", env_file: db.env}\nvolumes: {data: {}}\n',
    '/srv/app/db/.env': 'VERSION=16\n',
    '/srv/app/db/db.env': 'A=1\n',
    '/srv/app/loop.yml': 'include: [loop.yml]\n',
  }
  const MAIN = 'include: [db/compose.yml]\nservices: {web: {image: x, depends_on: [db]}}'

  test('its services become jobs too, seen from their own folder and with their own variables', () => {
    const made = imported(MAIN, { disk: DISK })
    expect(made.job('app-db')).toMatchObject({
      image: 'docker.io/library/postgres:16',
      envFiles: ['/srv/app/db/db.env'],
    })
    expect(made.job('app-web').dependsOn).toEqual(['app-db'])
    expect(made.told.join('\n')).not.toContain('include')
    const long = 'include: [{path: db/compose.yml, project_directory: ., env_file: v.env}]\nservices: {web: {image: x}}'
    const other = imported(long, { disk: { ...DISK, '/srv/app/v.env': 'VERSION=17\n' } }).job('app-db')
    expect(other).toMatchObject({ image: 'docker.io/library/postgres:17', envFiles: ['/srv/app/db.env'] })
  })

  test.each([
    ['include: [gone.yml]\nservices: {a: {image: x}}', 'compose.yml:1:11: the file gone.yml does not exist'],
    ['include: [loop.yml]\nservices: {a: {image: x}}', 'the file includes itself in the end'],
    ['include: [{}]\nservices: {a: {image: x}}', 'compose.yml:1:11: include must name files'],
    ['include: [db/compose.yml]\nservices: {db: {image: x}}', 'services db of an included file stands in the one'],
  ])('%j is refused', (text, words) => {
    expect(refused(text, { disk: DISK }).join('\n')).toContain(words)
  })
})

describe('what is refused', () => {
  test.each([
    ['services: {}', 'there are no services in it'],
    ['- a', 'this is no Compose file'],
    ['services: {a: x}', 'the service a is no mapping'],
    ['services: {a: {image: "${X:?say which}"}}', 'the variable X must be set: say which'],
    ['services: {a: {extends: b}}', 'there is no service b to extend'],
    ['services: {a: {extends: b}, b: {extends: a}}', 'extends itself in the end'],
    ['services: {a: {extends: {file: gone.yml, service: b}}}', 'the file gone.yml does not exist'],
    ['services: {a: {image: "not an image!"}}', "the service a can't be a job"],
    ['services: [', 'this is not YAML'],
  ])('%s', (text, message) => expect(refused(text).join('\n')).toContain(message))

  test('with the place', () =>
    expect(refused('services:\n  a:\n    image: ${X:?}\n')[0]).toMatch(/^compose\.yml:3:12: /))
})
