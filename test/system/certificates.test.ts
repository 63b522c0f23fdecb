import { createPrivateKey, X509Certificate } from 'node:crypto'
import { createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { endOfCertificate, issue, makeAuthority } from '../../src/system/certificates.js'
import { integer, objectId, time } from '../../src/system/der.js'

const AT = '2026-11-26T09:00:00Z'
const authority = makeAuthority('hc c1', AT)
const member = issue(
  authority,
  { subject: 'nuc1', names: ['nuc1', '192.168.1.11', 'fd00::1', '127.0.0.1', 'localhost'] },
  AT,
)
const client = issue(authority, { subject: 'hc on nuc1', names: [] }, AT)

describe('an authority of its own', () => {
  const root = new X509Certificate(authority.cert)
  const cert = new X509Certificate(member.cert)

  test('signs itself, and its certificates; nothing else passes for one', () => {
    expect([root.ca, root.checkIssued(root), root.verify(root.publicKey)]).toEqual([true, true, true])
    expect([cert.ca, cert.checkIssued(root), cert.verify(root.publicKey)]).toEqual([false, true, true])
    expect(cert.checkPrivateKey(createPrivateKey(member.key))).toBe(true)
    const other = new X509Certificate(makeAuthority('hc c1', AT).cert)
    expect(cert.verify(other.publicKey)).toBe(false)
  })

  test('a certificate stands for its names and addresses', () => {
    expect(cert.checkHost('nuc1')).toBe('nuc1')
    expect(cert.checkHost('nuc2')).toBeUndefined()
    expect(cert.checkIP('192.168.1.11')).toBe('192.168.1.11')
    expect(cert.checkIP('fd00::1')).toBe('fd00::1')
    expect(cert.checkIP('192.168.1.12')).toBeUndefined()
  })

  test('it holds for ten years, from a day before', () => {
    expect(new Date(cert.validFrom).toISOString()).toBe('2026-11-25T09:00:00.000Z')
    expect(endOfCertificate(member.cert)).toBe('2036-11-23T09:00:00.000Z')
    expect(endOfCertificate(authority.cert)).toBe('2046-11-21T09:00:00.000Z')
    expect(endOfCertificate('nothing')).toBeNull()
  })

  test('two certificates have two numbers', () => {
    expect(new X509Certificate(client.cert).serialNumber).not.toBe(cert.serialNumber)
  })

  test('a key that is not the one of the authority signs nothing', () => {
    const mixed = { cert: authority.cert, key: makeAuthority('x', AT).key }
    expect(() => issue(mixed, { subject: 'nuc1', names: [] }, AT)).toThrow('does not belong')
  })
})

test('both sides of a connection know each other; without a certificate nobody is let in', async () => {
  const options = { ca: authority.cert, requestCert: true, rejectUnauthorized: true, ...member }
  const server = createServer(options, (_, response) => response.end('well'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const ask = (more: object) =>
    new Promise<string>((resolve) => {
      const sent = request({ host: '127.0.0.1', port, servername: 'nuc1', ca: authority.cert, ...more }, (response) => {
        let text = ''
        response.on('data', (chunk) => {
          text += String(chunk)
        })
        response.on('end', () => resolve(text))
      })
      sent.on('error', () => resolve('refused'))
      sent.end()
    })
  expect(await ask(client)).toBe('well')
  expect(await ask({ ...client, servername: 'nuc2' })).toBe('refused')
  expect(await ask({})).toBe('refused')
  server.close()
})

describe('DER', () => {
  test.each([
    ['1.2.840.10045.4.3.2', '06082a8648ce3d040302'],
    ['2.5.29.17', '0603551d11'],
  ])('the object %s', (text, hex) => {
    expect(objectId(text).toString('hex')).toBe(hex)
  })
  test.each([
    [[0x00, 0x00, 0x01], '020101'],
    [[0x80], '02020080'],
    [[0x00], '020100'],
  ])('the number %j', (bytes, hex) => {
    expect(integer(Buffer.from(bytes)).toString('hex')).toBe(hex)
  })
  test('from 2050 on years have four digits', () => {
    expect(time(new Date('2049-12-31T23:59:59Z')).toString('latin1').slice(2)).toBe('491231235959Z')
    expect(time(new Date('2050-01-01T00:00:00Z')).toString('latin1').slice(2)).toBe('20500101000000Z')
  })
})
