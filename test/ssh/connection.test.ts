import net from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fakeHost, fakeSettings } from '../support/fake-sshd.js'
import { clock, folder, kindOf, known, look, nuc1, open, server, transport } from './world.js'

describe('what goes wrong with a connection', () => {
  it('refused, and silent before the handshake', async () => {
    const sshd = await server()
    const settings = known(sshd)
    await sshd.close()
    expect(kindOf(await look(transport(settings), 'echo'))).toBe('refused')
    const silent = net.createServer((socket) => void socket.on('error', () => {}))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    open.push({ close: () => silent.close() })
    const address = silent.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const made = transport(fakeSettings({ port }, { connectTimeoutMs: 500, identityFiles: [join(folder(), 'id')] }))
    expect(await look(made, 'echo', 300)).toMatchObject({ ok: false, failure: { kind: 'timeout' } })
    const full = await look(made, 'echo', 2000)
    expect(full).toMatchObject({ ok: false, failure: { kind: 'timeout', message: /no login within 500 ms/ } })
  })

  it('a name that does not resolve', async () => {
    const made = transport(fakeSettings({ port: 22 }, { address: 'nowhere.invalid' }))
    expect(kindOf(await look(made, 'echo', 8000))).toBe('unreachable')
  })

  it('dropped before login: tried again at once', async () => {
    const sshd = await server({ drop: 2 })
    expect(kindOf(await look(transport(known(sshd)), 'echo'))).toBe('ok')
    expect(sshd.seen.connections).toBe(3)
    const worse = await server({ drop: 10 })
    expect(await look(transport(known(worse)), 'echo')).toMatchObject({ ok: false, failure: { kind: 'refused' } })
    expect(worse.seen.connections).toBe(3)
  })

  it('a host that freezes: the next request makes a new connection', async () => {
    const sshd = await server()
    const made = transport(known(sshd))
    expect(kindOf(await look(made, 'echo'))).toBe('ok')
    sshd.freeze()
    expect(kindOf(await look(made, 'echo', 300))).toBe('timeout')
    expect(await look(made, 'echo back', 2000)).toMatchObject({ ok: true, output: 'back\n' })
    expect(sshd.seen.connections).toBe(2)
  })

  it('keepalive finds a peer that is frozen while a script runs', async () => {
    const sshd = await server()
    const made = transport(known(sshd))
    expect(kindOf(await look(made, 'echo'))).toBe('ok')
    const running = look(made, 'sleep 30', 20_000)
    await clock.sleep(100)
    sshd.freeze()
    const started = performance.now()
    expect(kindOf(await running)).toBe('reply-lost')
    expect(performance.now() - started).toBeLessThan(8000)
  })

  it('closing: what runs is lost, what comes after is refused', async () => {
    const made = transport(known(await server()))
    const running = look(made, 'sleep 5')
    await clock.sleep(300)
    await made.close()
    expect(['reply-lost', 'aborted']).toContain(kindOf(await running))
    expect(kindOf(await look(made, 'echo'))).toBe('aborted')
  })

  it('settings that changed are used from the next request on', async () => {
    const [one, two] = [await server(), await server()]
    const settings = { one: known(one), two: known(two) }
    const made = transport((host) => (host.connection.port === 2 ? settings.two : settings.one))
    expect(kindOf(await look(made, 'echo'))).toBe('ok')
    const moved = { ...nuc1, connection: { ...nuc1.connection, port: 2 } }
    expect(kindOf(await look(made, 'echo', 5000, moved))).toBe('ok')
    expect([one.seen.connections, two.seen.connections]).toEqual([1, 1])
  })
})

describe('jump hosts', () => {
  it('carry connections, are shared, and are verified under their own name', async () => {
    const [bastion, one, two] = [await server(), await server(), await server()]
    const jump = known(bastion)
    const settings = [known(one, { jump }), known(two, { jump })]
    const made = transport((host) => settings[host.name === 'nuc1' ? 0 : 1] ?? jump)
    const results = await Promise.all([look(made, 'echo a'), look(made, 'echo b', 5000, fakeHost('nuc2'))])
    expect(results.map((each) => (each.ok ? each.output : each.failure.message))).toEqual(['a\n', 'b\n'])
    expect([bastion, one, two].map((each) => each.seen.connections)).toEqual([1, 1, 1])
    bastion.cut()
    await clock.sleep(100)
    expect(await look(made, 'echo again')).toMatchObject({ ok: true, output: 'again\n' })
    const stranger = { ...known(await server()), userKnownHostsFiles: [] }
    const failed = await look(transport(known(await server(), { jump: stranger })), 'echo')
    expect(failed).toMatchObject({
      ok: false,
      failure: { kind: 'host-key', message: expect.stringContaining('jump host') },
    })
    expect(bastion.seen.agentForwards + one.seen.agentForwards).toBe(0)
  })

  it('a target that the jump host does not reach', async () => {
    const made = transport({ ...fakeSettings({ port: 1 }), jump: known(await server()) })
    expect(['refused', 'unreachable']).toContain(kindOf(await look(made, 'echo')))
  })

  it('forward gives a stream to an address as the host sees it', async () => {
    const echo = net.createServer((socket) => void socket.end('banner'))
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve))
    open.push({ close: () => echo.close() })
    const address = echo.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const made = transport(known(await server()))
    const stream = await made.forward(nuc1, '127.0.0.1', port)
    if ('kind' in stream) throw new Error(stream.message)
    const chunks: string[] = []
    for await (const chunk of stream) chunks.push(String(chunk))
    expect(chunks.join('')).toBe('banner')
    expect(await made.forward(nuc1, '127.0.0.1', 1)).toMatchObject({
      kind: expect.stringMatching(/refused|unreachable/),
    })
  })
})
