// The server: who is answered, with what, and what it costs to be asked.
import { connect, createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { Event } from '../../src/model/event.js'
import { createClock } from '../../src/system/clock.js'
import { loopUnitText } from '../../src/system/install.js'
import { isOurs, parseListen } from '../../src/system/listen/address.js'
import { loopHealth } from '../../src/system/listen/health.js'
import { type Listener, type ListenerOptions, openListener } from '../../src/system/listen/listener.js'
import { parseExposition } from '../support/exposition.js'
import { ALL_WELL, before } from '../ui/samples.js'

const open: Listener[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

const notes: string[] = []
const record: Event[] = []

async function listening(more: Partial<ListenerOptions> = {}): Promise<{ listener: Listener; port: number }> {
  notes.length = 0
  record.length = 0
  const listener = await openListener({
    address: '127.0.0.1:0',
    clock: createClock(),
    tickMs: 1000,
    shared: false,
    version: '0.1.0',
    eventKinds: ['done'],
    policy: "default-src 'none'",
    page: ({ view, health, events }) => `<p>${view?.hosts.length} ${health.text} ${events.length}`,
    events: async (limit, after) => record.filter(({ id }) => id > after).slice(-limit),
    onNote: (text) => notes.push(text),
    ...more,
  })
  open.push(listener)
  return { listener, port: listener.address?.port ?? 0 }
}

/** One request over a socket of its own, as it is written; the answer in parts. */
function ask(port: number, lines: string): Promise<{ status: number; head: string; body: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${lines}\r\nConnection: close\r\n\r\n`))
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString()
    })
    socket.on('error', reject)
    socket.on('close', () => {
      const [head = '', ...body] = text.split('\r\n\r\n')
      resolve({ status: Number(head.split(' ')[1]), head, body: body.join('\r\n\r\n') })
    })
  })
}

const get = (port: number, path: string, host = '127.0.0.1') => ask(port, `GET ${path} HTTP/1.1\r\nHost: ${host}`)
const view = () => ({ ...ALL_WELL, seenAt: before(0), source: 'loop' as const })
const quiet = { tookMs: 100, actions: [], results: [], blind: false }

describe('what is served', () => {
  test('health goes with the ticks', async () => {
    const { listener, port } = await listening()
    expect(notes).toEqual([`The status page is at http://127.0.0.1:${port}/`])
    expect((await get(port, '/healthz')).status).toBe(503)
    listener.publish(view)
    expect(await get(port, '/healthz')).toMatchObject({ status: 200, body: expect.stringContaining('the loop ticks') })
    listener.ticked({ ...quiet, blind: true })
    expect(await get(port, '/healthz')).toMatchObject({ status: 503, body: expect.stringContaining('is blind') })
    listener.ticked(quiet)
    listener.fail('the disk is full')
    expect((await get(port, '/healthz')).body).toBe("the loop's last tick failed: the disk is full\n")
    listener.publish(view)
    expect((await get(port, '/healthz')).status).toBe(200)
    listener.rest()
    expect((await get(port, '/healthz')).status).toBe(503)
  })

  test('metrics count the events that others record too', async () => {
    const { listener, port } = await listening()
    const done = { time: before(0), kind: 'done' as const, host: null, slot: null, reason: null, text: '', term: 1 }
    record.push({ ...done, id: 1 }, { ...done, id: 2 })
    listener.publish(view)
    const answer = await get(port, '/metrics')
    expect(answer.head).toContain('Content-Type: text/plain; version=0.0.4; charset=utf-8')
    const metrics = parseExposition(answer.body)
    expect(metrics.get('hc_events_total')?.samples).toMatchObject([{ labels: { kind: 'done' }, value: 2 }])
    expect(metrics.get('hc_loop_healthy')?.samples[0]?.value).toBe(1)
  })

  test('a snapshot is made only where somebody asks, and once per tick', async () => {
    const { listener, port } = await listening()
    let made = 0
    const make = () => {
      made += 1
      return view()
    }
    for (let tick = 0; tick < 5; tick += 1) listener.publish(make)
    await get(port, '/healthz')
    expect(made).toBe(0)
    await Promise.all([get(port, '/'), get(port, '/'), get(port, '/metrics')])
    expect(made).toBe(1)
  })

  test('the page comes with its policy and is kept by nobody', async () => {
    const { listener, port } = await listening()
    listener.publish(view)
    const page = await get(port, '/?from=elsewhere')
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining('<p>3 the loop ticks') })
    for (const line of ["Content-Security-Policy: default-src 'none'", 'Cache-Control: no-store', 'nosniff'])
      expect(page.head).toContain(line)
  })

  test('one that stands by is well, and tells nothing of the cluster', async () => {
    const { listener, port } = await listening({ shared: true })
    listener.publish(view)
    listener.rest()
    expect(await get(port, '/healthz')).toMatchObject({ status: 200, body: expect.stringContaining('stands by') })
    expect((await get(port, '/')).body).toContain('undefined')
  })
})

describe('who is answered', () => {
  test('only what reads, only what is there', async () => {
    const { listener, port } = await listening()
    listener.publish(view)
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      expect((await ask(port, `${method} / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0`)).status).toBe(405)
    expect((await get(port, '/etc/passwd')).status).toBe(404)
    const head = await ask(port, 'HEAD / HTTP/1.1\r\nHost: localhost')
    expect([head.status, head.body]).toEqual([200, ''])
  })

  test('not a name of elsewhere that was made to lead here', async () => {
    const { listener, port } = await listening()
    listener.publish(view)
    for (const host of ['evil.example', 'evil.example:9464', '127.0.0.1.evil.example', 'localhost.evil.example', ''])
      expect([host, (await get(port, '/', host)).status]).toEqual([host, 421])
    for (const host of ['localhost:9464', 'LOCALHOST', '127.0.0.1', '[::1]:9464', '192.168.1.5'])
      expect([host, (await get(port, '/', host)).status]).toEqual([host, 200])
    expect(isOurs('desk.lan:9464', new Set(['desk.lan']))).toBe(true)
    expect(isOurs(undefined, new Set())).toBe(false)
  })

  test('at most so many at a time', async () => {
    const { port } = await listening()
    const sockets = Array.from({ length: 40 }, () => connect(port, '127.0.0.1'))
    let closed = 0
    const dropped = new Promise<void>((resolve) => {
      for (const socket of sockets) {
        socket.on('error', () => {})
        socket.on('close', () => {
          closed += 1
          if (closed === 8) resolve()
        })
      }
    })
    await dropped
    for (const socket of sockets) socket.destroy()
  })
})

describe('where', () => {
  test.each([
    ['127.0.0.1:9464', { host: '127.0.0.1', port: 9464 }],
    ['9464', { host: '127.0.0.1', port: 9464 }],
    ['[::1]:80', { host: '::1', port: 80 }],
    ['desk.lan:80', { host: 'desk.lan', port: 80 }],
  ])('%s', (text, address) => expect(parseListen(text)).toEqual(address))

  test.each([':9464', '127.0.0.1', '127.0.0.1:70000', '1.2.3:80', '[::1', '::1:80', 'http://127.0.0.1:80', ''])(
    'not %j',
    (text) => expect(() => parseListen(text)).toThrow('takes an address and a port'),
  )

  test('a port that is taken is said, and the loop is not in its way', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const taken = other.address()
    const port = typeof taken === 'object' ? taken?.port : null
    const { listener } = await listening({ address: `127.0.0.1:${port}` })
    expect(listener.address).toBeNull()
    expect(notes[0]).toContain('EADDRINUSE')
    expect(notes[0]).toContain('the loop ticks all the same')
    other.close()
  })

  test('more than this machine is warned of', async () => {
    await listening({ address: '0.0.0.0:0' })
    expect(notes[0]).toContain('is not this machine alone')
  })

  test('the unit of the loop keeps the address', () => {
    const unit = (listen: string | null) =>
      loopUnitText({ program: '/p', inventory: '/i', listen }, '/node', 'default.target')
    expect(unit('127.0.0.1:9464')).toContain('--inventory "/i" --listen "127.0.0.1:9464"\n')
    expect(unit(null)).toContain('--inventory "/i"\n')
  })
})

test('a loop that hangs is told from one whose beat is slow', () => {
  const signs = { since: 0, lastAt: 100_000, trouble: null, blind: false, shared: false, tickMs: 1000 }
  expect(loopHealth(signs, 110_000).ok).toBe(true)
  expect(loopHealth(signs, 120_000)).toEqual({
    ok: false,
    text: 'the loop hangs: its last tick ended 20s ago, and one is due every 1s',
  })
  expect(loopHealth({ ...signs, tickMs: 60_000 }, 220_000).ok).toBe(true)
  expect(loopHealth({ ...signs, lastAt: null }, 60_000).text).toContain('it hangs')
})
