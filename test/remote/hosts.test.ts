// Smaller requests: looks, images, journals, identity.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { identityScript, parseIdentity } from '../../src/remote/identity.js'
import { type ImageWish, imageName, imagesScript, parseImages } from '../../src/remote/images.js'
import { followScript, logsScript, parseLogLine, parseNowLine, positionOf } from '../../src/remote/logs.js'
import { lookScript, parseLooks } from '../../src/remote/look.js'
import { runIn, SHELLS } from './support.js'

describe('looks', () => {
  test('who was reached, and by what', () => {
    expect(
      parseLooks(
        'noise\nhc-look yes ping nuc1\nhc-look no tcp nuc2\r\nhc-look no none nuc3\nhc-look maybe ping nuc4\n',
      ),
    ).toEqual({
      reached: ['nuc1'],
      methods: { nuc1: 'ping', nuc2: 'tcp', nuc3: 'none' },
      cards: {},
    })
    expect(parseLooks('hc-look yes ping a 02:00:00:00:00:0A\nhc-look yes tcp b nonsense\n')).toEqual({
      reached: ['a', 'b'],
      methods: { a: 'ping', b: 'tcp' },
      cards: { a: '02:00:00:00:00:0a' },
    })
  })

  test.each(SHELLS.map((shell) => ({ shell, name: shell.join(' ') })))(
    'end within their bound in $name',
    ({ shell }) => {
      const targets = [
        { name: "o'dd", address: '127.0.0.1', port: 1 },
        { name: 'none', address: '192.0.2.1; echo hc-look yes ping none', port: 9, tcp: true },
      ]
      const began = Date.now()
      const looks = parseLooks(runIn(shell, lookScript(targets, 300)))
      expect(Date.now() - began).toBeLessThan(6000)
      expect(Object.keys(looks.methods).sort()).toEqual(['none', "o'dd"])
      expect(looks.reached).not.toContain('none')
    },
  )
})

describe('the network card of a host that answers no ping', () => {
  const route: Record<string, string> = {
    here: 'echo "10.0.0.2 dev eth0 src 10.0.0.1 uid 0"',
    router: 'echo "10.0.0.2 via 10.9.0.1 dev eth0 src 10.9.0.2"',
    self: 'echo "local 10.0.0.2 dev lo src 10.0.0.2"',
    none: 'return 2',
  }
  const mac = '02:00:00:00:00:02'
  const fresh = `10.0.0.2 lladdr ${mac} REACHABLE`
  const stale = `10.0.0.2 lladdr ${mac} STALE`
  const asked = `10.0.0.2 lladdr ${mac} PROBE`

  interface Neighbour {
    readonly way?: string
    /** What stands in the table before it is asked, and after the ping. */
    readonly before?: string
    readonly after: string
    /** What may be done to the table. */
    readonly may?: 'all' | 'flush' | 'nothing'
    readonly probes?: number
    readonly answers?: boolean
  }

  /** ip, ping and timeout as functions; what is done to the table goes to $LOG. */
  const world = ({ way = 'here', before = '', after, may = 'all', probes = 1, answers = false }: Neighbour) => `
timeout() { shift; "$@"; }
pinged= gone=
ping() { pinged=y; return ${answers ? 0 : 1}; }
ip() {
  case "$*" in
    ('route get '*) ${route[way]} ;;
    ('neigh flush to 10.0.0.2 dev eth0') echo flush >>$LOG; ${may === 'nothing' ? 'return 2' : 'gone=y'} ;;
    ('neigh replace to 10.0.0.2 dev eth0 lladdr ${mac} nud probe') echo ask >>$LOG; ${may === 'all' ? 'return 0' : 'return 2'} ;;
    ('neigh show to 10.0.0.2 dev eth0')
      if [ -n "$pinged" ]; then echo '${after}'; elif [ -z "$gone" ]; then echo '${before}'; fi ;;
    ('-s neigh show to 10.0.0.2 dev eth0') echo '${after.replace(/ (\w+)$/, ` used 1/1/1 probes ${probes} $1`)}' ;;
    (*) return 1 ;;
  esac
}
`
  const look = (shell: readonly string[], neighbour: Neighbour) => {
    const log = join(mkdtempSync(join(tmpdir(), 'hc-look-')), 'log')
    const script = world(neighbour) + lookScript([{ name: 'b', address: '10.0.0.2', port: 22 }], 300)
    const looks = parseLooks(runIn(shell, script, { LOG: log }))
    const did = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []
    rmSync(dirname(log), { recursive: true })
    return { looks, did }
  }

  const CASES: readonly (readonly [string, Neighbour, string, readonly string[]])[] = [
    ['answers who asks for the first time', { after: fresh }, 'neighbour', []],
    ['answers when asked anew', { before: fresh, after: fresh }, 'neighbour', ['ask']],
    ['answers when asked anew, though it had not been for long', { before: stale, after: fresh }, 'neighbour', ['ask']],
    ['does not answer', { after: '10.0.0.2 FAILED' }, 'ping', []],
    ['has not answered yet', { before: fresh, after: asked }, 'ping', ['ask']],
    ['is asked by the kernel already', { before: asked, after: asked }, 'ping', []],
    ['has not answered twice: all are asked next', { before: asked, after: asked, probes: 2 }, 'ping', ['flush']],
    ['has only spoken itself', { after: stale }, 'ping', []],
    ['could not be forgotten', { before: fresh, after: fresh, may: 'nothing' }, 'ping', ['ask', 'flush']],
    ['can only be dropped', { before: fresh, after: fresh, may: 'flush' }, 'neighbour', ['ask', 'flush']],
    ['is behind a router', { way: 'router', after: fresh }, 'ping', []],
    ['is our own', { way: 'self', after: fresh }, 'own', []],
    ['has no way there', { way: 'none', after: fresh }, 'ping', []],
  ]

  test.each(
    SHELLS.flatMap((shell) =>
      CASES.map(([name, neighbour, method, did]) => ({
        shell,
        name: `${name}, in ${shell.join(' ')}`,
        neighbour,
        method,
        did,
      })),
    ),
  )('$name', ({ shell, neighbour, method, did }) => {
    const isThere = method === 'neighbour'
    expect(look(shell, neighbour)).toEqual({
      looks: { reached: isThere ? ['b'] : [], methods: { b: method }, cards: isThere ? { b: mac } : {} },
      did,
    })
  })

  test.each(
    SHELLS.flatMap((shell) => [
      { shell, way: 'here', cards: { b: mac }, name: `is told by who pings it, in ${shell.join(' ')}` },
      { shell, way: 'router', cards: {}, name: `is not that of a router, in ${shell.join(' ')}` },
    ]),
  )('$name', ({ shell, way, cards }) => {
    const { looks } = look(shell, { way, before: stale, after: asked, answers: true })
    expect(looks).toEqual({ reached: ['b'], methods: { b: 'ping' }, cards })
  })
})

describe('images', () => {
  const id = 'a'.repeat(64)
  const digest = `sha256:${'b'.repeat(64)}`
  const wish = (ref: string, driver: ImageWish['driver'] = 'podman'): ImageWish => ({ driver, ref, pull: 'missing' })

  test.each([
    [
      'registry.home:5000/a/web:1',
      `present ${id} registry.home:5000/a/web@${digest}`,
      `registry.home:5000/a/web@${digest}`,
    ],
    ['nginx:1', `present sha256:${id} nginx@${digest}`, `nginx@${digest}`],
    ['nginx:1', `present ${id} docker.io/library/nginx@${digest}`, `docker.io/library/nginx@${digest}`],
    ['a/web', `present ${id} other/web@${digest} docker.io/a/web@${digest}`, `docker.io/a/web@${digest}`],
    ['localhost/web:1', `present ${id} localhost/web@${digest}`, `sha256:${id}`],
    ['web:1', `present sha256:${id}`, `sha256:${id}`],
  ])('%s', (ref, line, resolved) => {
    expect(parseImages(`hc-image 0 ${line}\n`, [wish(ref)])).toMatchObject([
      { present: true, id: `sha256:${id}`, resolved, error: null },
    ])
  })

  test('what is missing says why', () => {
    const found = parseImages('hc-image 1 missing Error: manifest unknown\n', [wish('a:1'), wish('b:1')])
    expect(found.map(({ present, error }) => [present, error])).toEqual([
      [false, 'the host said nothing of it'],
      [false, 'Error: manifest unknown'],
    ])
  })

  test('never throws, and one answer for each wish', () => {
    fc.assert(
      fc.property(fc.string(), (output) => {
        expect(parseImages(output, [wish('a')])).toHaveLength(1)
      }),
    )
  })

  test.each([
    ['a', 'a'],
    ['a:1', 'a'],
    ['r:5000/a', 'r:5000/a'],
    [`r:5000/a:1@${digest}`, 'r:5000/a'],
  ])('the name of %s', (ref, name) => expect(imageName(ref)).toBe(name))

  test('an engine that is not there is said', () => {
    const script = imagesScript([wish('a:1')], 1000).replaceAll('podman', 'hc-no-such-engine')
    const output = runIn(['sh'], script).replaceAll('hc-no-such-engine', 'podman')
    expect(parseImages(output, [wish('a:1')])[0]?.error).toBe('podman is not on the host')
  })
})

describe('journals', () => {
  const wish = { units: ['hc-a.0.service', 'hc-b.0.service'], since: "-1h'; reboot", grep: 'x y' }

  test('the command holds every wish in words of its own: one for each unit, or for all of them at once', () => {
    const some = logsScript({ ...wish, lines: 5, until: 'today' })
    const bounds = "'--lines=5' '--since' '-1h'\\''; reboot' '--until' 'today'"
    expect(some).toContain(`${bounds} '--unit' 'hc-a.0.service' '--grep' 'x y' ||`)
    expect(some).toContain(`${bounds} '--unit' 'hc-b.0.service' '--grep' 'x y' ||`)
    const all = logsScript({ ...wish, lines: null })
    expect(all).toContain(
      "'--since' '-1h'\\''; reboot' '--unit' 'hc-a.0.service' '--unit' 'hc-b.0.service' '--grep' 'x y' ||",
    )
    expect(all.match(/journalctl/g)).toHaveLength(1)
  })

  test('followed: the clock, what was there, and then from the cursor, inclusive, with all units', () => {
    const cursor = 's=ab;i=1f;b=c'
    const backlogs = [{ units: ['hc-a.0.service'], lines: 5, since: null, grep: 'x y' }]
    const script = followScript({ units: wish.units, grep: 'x y', backlogs, from: { cursor } })
    const [now, first, live, follow] = script.split('\n').slice(-5)
    expect(now).toBe('echo "hc-now $hc_now"')
    expect(first).toContain("'--lines=5' '--unit' 'hc-a.0.service' '--grep' 'x y'")
    expect(live).toBe('echo hc-live')
    expect(follow).toMatch(/^exec 'journalctl' .* '--follow' '--no-tail' .* --cursor 's=ab;i=1f;b=c'$/)
    expect(followScript({ units: wish.units, grep: null, backlogs: [], from: null })).toContain('--since "@$hc_now"\n')
    expect(followScript({ ...wish, backlogs: [], from: { second: 12 } })).toContain('--since "@12"\n')
    expect([parseNowLine('hc-now 17'), parseNowLine('hc-now x')]).toEqual([17, null])
    expect(positionOf(cursor)).toEqual({ sequence: 'ab', number: 31n })
    expect([positionOf('i=1'), positionOf(null)]).toEqual([null, null])
  })

  test('indentation stays, control characters do not', () => {
    const entry = { __REALTIME_TIMESTAMP: '1', MESSAGE: '\tat  f()\u001b[2J\u0007 ' }
    expect(parseLogLine(JSON.stringify(entry))?.message).toBe('\tat  f()')
  })

  test('a line', () => {
    const entry = {
      __REALTIME_TIMESTAMP: '1795379328487916',
      __CURSOR: 's=1',
      MESSAGE: 'hello \u001b[31mred\u001b[0m',
      PRIORITY: '4',
      _PID: '7',
      _SYSTEMD_UNIT: 'hc-web.0.service',
    }
    expect(parseLogLine(JSON.stringify(entry))).toEqual({
      time: '2026-11-22T20:28:48.487Z',
      micros: 1795379328487916,
      unit: 'hc-web.0.service',
      slot: 'web.0',
      priority: 4,
      pid: 7,
      identifier: null,
      message: 'hello red',
      cursor: 's=1',
    })
  })

  test('messages that are bytes, of systemd, or none', () => {
    const base = { __REALTIME_TIMESTAMP: '1', _SYSTEMD_UNIT: 'init.scope', UNIT: 'hc-web.1.service' }
    expect(parseLogLine(JSON.stringify({ ...base, MESSAGE: [104, 105] }))).toMatchObject({
      message: 'hi',
      slot: 'web.1',
      priority: 6,
    })
    expect(parseLogLine(JSON.stringify({ ...base, MESSAGE: null }))).toMatchObject({ message: '' })
  })

  test('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (line) => void parseLogLine(line)))
    expect(parseLogLine('-- Journal begins --')).toBeNull()
    expect(parseLogLine('{"__REALTIME_TIMESTAMP": "1e99"}')).toBeNull()
  })
})

describe('identity', () => {
  test('as the guard left it', () => {
    expect(parseIdentity('hc-identity cluster c1\nhc-identity key ff00\nhc-identity term 7 me\n')).toEqual({
      cluster: 'c1',
      key: 'ff00',
      term: { number: 7, owner: 'me' },
    })
  })

  test('none', () => {
    expect(parseIdentity('')).toBeNull()
    expect(parseIdentity('hc-identity cluster c1\n')).toBeNull()
    expect(parseIdentity(runIn(['sh'], identityScript().replaceAll('/var/lib/hc', '/nonexistent')))).toBeNull()
  })
})
