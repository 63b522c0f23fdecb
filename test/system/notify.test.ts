import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Notice } from '../../src/model/incident.js'
import { createNotifier } from '../../src/system/notify.js'

const notice: Notice = {
  kind: 'begin',
  title: 'nuc2 is lost – now',
  text: 'nuc2 is lost: no answer for 3.1 s',
  time: '2025-03-01T12:00:00.000Z',
  incidents: [],
}

const got: { url: string; headers: Record<string, unknown>; body: string }[] = []
const server = createServer((request, response) => {
  let body = ''
  request.on('data', (bytes: Buffer) => {
    body += bytes.toString()
  })
  request.on('end', () => {
    got.push({ url: request.url ?? '', headers: request.headers, body })
    response.statusCode = request.url === '/no' ? 403 : 200
    response.end(request.url === '/no' ? 'forbidden\u001b[31m' : '')
  })
})
let base = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

const notifier = createNotifier('/')

test('ntfy gets text, a webhook JSON', async () => {
  await notifier.send({ kind: 'ntfy', url: `${base}/topic`, token: 'tk' }, notice)
  await notifier.send({ kind: 'webhook', url: `${base}/hook`, headers: { 'X-Key': 'k' } }, notice)
  expect(got[0]).toMatchObject({
    url: '/topic',
    headers: { title: 'nuc2 is lost ? now', priority: 'high', authorization: 'Bearer tk' },
    body: notice.text,
  })
  expect(got[1]).toMatchObject({ url: '/hook', headers: { 'x-key': 'k' } })
  expect(JSON.parse(got[1]?.body ?? '')).toMatchObject({ apiVersion: 'hc/v1', kind: 'begin', text: notice.text })
})

test('faults name the server and never the path, which may be a secret', async () => {
  const host = new URL(base).host
  await expect(notifier.send({ kind: 'webhook', url: `${base}/no`, headers: {} }, notice)).rejects.toThrow(
    new RegExp(`^${host} answered 403: forbidden`),
  )
  await expect(notifier.send({ kind: 'ntfy', url: 'http://127.0.0.1:1/secret', token: null }, notice)).rejects.toThrow(
    /^127\.0\.0\.1:1 was not reached: (?!.*secret)/,
  )
})

test('a program gets it on stdin; its code, its words and a bound tell of its end', async () => {
  const check = 'read -r line; case $line in (*\'"kind":"begin"\'*) exit 0 ;; esac; exit 9'
  await notifier.send({ kind: 'command', argv: ['sh', '-c', check] }, notice)
  await expect(notifier.run(['sh', '-c', 'echo no luck >&2; exit 3'], 'x', 5000)).rejects.toThrow(
    "'sh' ended with code 3: no luck",
  )
  await expect(notifier.run(['sh', '-c', 'sleep 5 & sleep 5'], 'x', 100)).rejects.toThrow('did not end within 0.1 s')
  await expect(notifier.run(['hc-no-such-program'], 'x', 100)).rejects.toThrow('could not be run')
  // One that does not read what it gets.
  await notifier.run(['true'], 'x'.repeat(1_000_000), 5000)
})
