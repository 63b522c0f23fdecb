import { createServer as createHttp, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcp, type Server as TcpServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { HealthAsk } from '../../src/model/health.js'
import { createClock } from '../../src/system/clock.js'
import { createProber, dialHere } from '../../src/system/health.js'
import { host } from '../planner/support/make.js'

const servers: (Server | TcpServer)[] = []
async function listen(server: Server | TcpServer): Promise<number> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

let web = 0
let mute = 0
let rude = 0
beforeAll(async () => {
  web = await listen(
    createHttp((request, response) => {
      response.statusCode = request.url === '/up' ? 200 : 503
      response.end(request.url === '/big' ? 'x'.repeat(5_000_000) : `path ${request.url}`)
    }),
  )
  mute = await listen(createTcp((socket) => void socket.on('error', () => undefined)))
  rude = await listen(createTcp((socket) => void socket.end('no http at all\n')))
})
afterAll(() => {
  for (const server of servers) server.close()
})

const here = { ...host('a'), connection: { ...host('a').connection, kind: 'local', address: '127.0.0.1' } } as const
const prober = createProber({ clock: createClock(), dial: (_host, address, port) => dialHere(address, port, 1000) })
const ask = (port: number, path: string | null, timeoutMs = 2000) =>
  prober.ask(
    here,
    (path === null ? { kind: 'tcp', port, timeoutMs } : { kind: 'http', port, path, timeoutMs }) as HealthAsk,
  )

test('a connection, and an answer with status and body', async () => {
  expect(await ask(mute, null)).toEqual({ kind: 'answered', status: null, body: '' })
  expect(await ask(web, '/up')).toEqual({ kind: 'answered', status: 200, body: 'path /up' })
  expect(await ask(web, '/down')).toMatchObject({ status: 503 })
  const big = await ask(web, '/big')
  expect(big.kind === 'answered' && big.body.length).toBe(256 * 1024)
})

test('nothing there, no answer in time, and no http', async () => {
  expect(await ask(1, null)).toMatchObject({ kind: 'silent', text: expect.stringContaining('ECONNREFUSED') })
  expect(await ask(mute, '/', 200)).toEqual({ kind: 'silent', text: 'no answer within 200 ms' })
  expect(await ask(rude, '/')).toMatchObject({ kind: 'silent' })
})

test('a way that is not there says nothing; where forwarding is forbidden it is asked directly', async () => {
  const remote = { ...host('b'), connection: { ...host('b').connection, address: '127.0.0.1' } }
  const refusing = (message: string, kind: 'unreachable' | 'refused' = 'unreachable') =>
    createProber({ clock: createClock(), dial: async () => ({ kind, message, hint: null }) })
  const question: HealthAsk = { kind: 'http', port: web, path: '/up', timeoutMs: 2000 }
  expect(await refusing('the connection ended').ask(remote, question)).toMatchObject({ kind: 'unasked' })
  expect(await refusing('Connection refused', 'refused').ask(remote, question)).toMatchObject({ kind: 'silent' })
  const open = '(SSH) Channel open failure: administratively prohibited: open failed'
  expect(await refusing(open).ask(remote, question)).toMatchObject({ status: 200 })
  const never = createProber({ clock: createClock(), dial: () => new Promise(() => undefined) })
  expect(await never.ask(remote, { ...question, timeoutMs: 100 })).toMatchObject({ kind: 'unasked' })
})
