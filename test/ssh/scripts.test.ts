import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { clock, command, folder, gone, kindOf, known, look, nuc1, server, transport } from './world.js'

describe('scripts', () => {
  it('run one after the other in a shell that stays, with their own exit codes', async () => {
    const sshd = await server()
    const made = transport(known(sshd))
    const first = await look(made, "cat <<'X'\nhello $HOME\nX\necho err >&2; exit 3")
    expect(first).toMatchObject({ ok: true, exitCode: 3, output: 'hello $HOME\nerr\n' })
    if (first.ok) expect(first.receivedAt).toBeGreaterThanOrEqual(first.sentAt)
    const shells = await Promise.all([look(made, 'echo $$'), look(made, 'echo $$'), look(made, 'echo $LC_ALL; cat')])
    expect(shells.map((each) => (each.ok ? each.output : each.failure.message))[2]).toBe('C\n')
    expect(shells[0]).toMatchObject({ output: shells[1]?.ok ? shells[1].output : '' })
    expect(sshd.seen).toMatchObject({ connections: 1, execs: 1 })
  })

  it('share one connection, also twenty at once on a host that is not yet connected', async () => {
    const sshd = await server()
    const made = transport(known(sshd))
    const scripts = Array.from({ length: 20 }, (_, index) => look(made, `echo ${index}`))
    const commands = Array.from({ length: 20 }, (_, index) => command(made, `echo ${index}; sleep 0.05`))
    const outputs = (await Promise.all(scripts)).map((each) => (each.ok ? each.output : each.failure.message))
    expect(outputs).toEqual(Array.from({ length: 20 }, (_, index) => `${index}\n`))
    const said = (await Promise.all(commands)).map((each) => each.stdout)
    expect(said).toEqual(Array.from({ length: 20 }, (_, index) => `${index}\n`))
    expect(sshd.seen.connections).toBe(1)
  })

  it('do not delay those of another lane', async () => {
    const made = transport(known(await server()))
    const slow = made.run(nuc1, { script: 'sleep 0.7; echo slow', lane: 'act', timeoutMs: 5000 })
    const started = performance.now()
    expect(kindOf(await look(made, 'echo quick'))).toBe('ok')
    expect(performance.now() - started).toBeLessThan(600)
    expect(kindOf(await slow)).toBe('ok')
  })

  it('that take too long are ended before the next one runs', async () => {
    const sshd = await server()
    const made = transport(known(sshd))
    const pidFile = join(folder(), 'pid')
    const hung = await look(made, `sh -c 'echo $$ > ${pidFile}; exec sleep 60'`, 400)
    expect(hung).toMatchObject({ ok: false, failure: { kind: 'timeout' } })
    expect(await look(made, 'echo next')).toMatchObject({ ok: true, output: 'next\n' })
    expect(await gone(Number(readFileSync(pidFile, 'utf8')))).toBe(true)
    expect(sshd.seen.connections).toBe(1)
  })

  it('that wait in vain for their turn were not sent', async () => {
    const made = transport(known(await server()))
    const first = look(made, 'sleep 1; echo first')
    const second = look(made, `touch ${join(folder(), 'ran')}`, 200)
    expect(await second).toMatchObject({ ok: false, failure: { kind: 'timeout', message: /not sent/ } })
    expect(await first).toMatchObject({ ok: true, output: 'first\n' })
    expect(await look(made, `ls ${folder()}/ran 2>/dev/null`)).toMatchObject({
      ok: true,
      exitCode: expect.any(Number),
      output: '',
    })
  })

  it('whose shell or connection ends are lost, never failed', async () => {
    const sshd = await server()
    const made = transport(known(sshd))
    expect(kindOf(await look(made, 'kill -9 $$'))).toBe('reply-lost')
    expect(kindOf(await look(made, 'echo )'))).toBe('reply-lost')
    const running = look(made, 'sleep 5')
    await clock.sleep(200)
    sshd.cut()
    expect(kindOf(await running)).toBe('reply-lost')
    expect(await look(made, 'echo again')).toMatchObject({ ok: true, output: 'again\n' })
    expect(sshd.seen.connections).toBe(2)
  })

  it('that print without end are stopped', async () => {
    const made = transport(known(await server()))
    const flood = await look(made, 'yes 0123456789012345678901234567890123456789', 20_000)
    expect(flood).toMatchObject({ ok: false, failure: { kind: 'broken' } })
    expect(kindOf(await look(made, 'echo on'))).toBe('ok')
  })
})

describe('commands', () => {
  it('stream both outputs apart and end with their own code', async () => {
    const made = transport(known(await server()))
    expect(await command(made, "echo out; echo err >&2; printf 'no newline'; exit 7")).toEqual({
      result: { ok: true, exitCode: 7 },
      stdout: 'out\nno newline',
      stderr: 'err\n',
    })
    expect(await command(made, 'cat')).toMatchObject({ result: { ok: true, exitCode: 0 }, stdout: '' })
    expect(await command(made, 'kill -9 $$')).toMatchObject({ result: { ok: true, exitCode: 137 } })
  })

  it('that are aborted take their processes with them', async () => {
    const made = transport(known(await server()))
    const stop = new AbortController()
    let pids: number[] = []
    const ended = made.command(nuc1, {
      script: 'trap "" TERM HUP; sleep 61 & echo $$ $!; while :; do sleep 0.2; done',
      timeoutMs: null,
      signal: stop.signal,
      onStdout: (chunk) => {
        pids = chunk.trim().split(' ').map(Number)
        stop.abort()
      },
      onStderr: () => {},
    })
    expect(kindOf(await ended)).toBe('aborted')
    expect(pids).toHaveLength(2)
    expect(await Promise.all(pids.map(gone))).toEqual([true, true])
    const aborted = await command(made, 'echo never', { signal: AbortSignal.abort() })
    expect(aborted).toMatchObject({ result: { ok: false, failure: { kind: 'aborted' } }, stdout: '' })
  })

  it('have a bound, and are lost with their connection', async () => {
    const sshd = await server()
    const made = transport(known(sshd))
    expect(kindOf((await command(made, 'sleep 60', { timeoutMs: 300 })).result)).toBe('timeout')
    const running = command(made, 'sleep 60')
    await clock.sleep(200)
    sshd.cut()
    expect(kindOf((await running).result)).toBe('reply-lost')
  })

  it('end although a child keeps their outputs open', async () => {
    const made = transport(known(await server()))
    const started = performance.now()
    const { result } = await command(made, 'sleep 4 & exit 0')
    expect(result).toEqual({ ok: true, exitCode: 0 })
    expect(performance.now() - started).toBeLessThan(3500)
  })

  it('are told when sshd opens no session', async () => {
    const made = transport(known(await server({ maxSessions: 0 })))
    expect(kindOf((await command(made, 'echo x')).result)).toBe('broken')
  })
})
