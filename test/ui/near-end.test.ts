// The near side of a program, on streams of the test.
import { EventEmitter, once } from 'node:events'
import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { collecting } from '../../src/ui/collecting.js'
import { nearEnd, type Streams } from '../../src/ui/near-end.js'

function streams(tty: boolean) {
  const raw: boolean[] = []
  const stdin = Object.assign(new PassThrough(), { isTTY: tty, setRawMode: (on: boolean) => raw.push(on) })
  const stdout = Object.assign(new PassThrough(), { isTTY: tty, rows: 30, columns: 100 })
  const stderr = new PassThrough()
  const all = { stdin, stdout, stderr, env: { TERM: 'screen' } } as unknown as Streams
  return { all, stdin, stdout, stderr, raw }
}

/** A far side that keeps what comes. */
class Far extends EventEmitter {
  text = ''
  ended = false
  readonly sizes: object[] = []
  gate: Promise<void> = Promise.resolve()

  async write(bytes: Uint8Array): Promise<void> {
    await this.gate
    this.text += Buffer.from(bytes).toString()
    this.emit('written')
  }
  end(): void {
    this.ended = true
    this.emit('ended')
  }
  resize(size: object): void {
    this.sizes.push(size)
  }
}

describe('the near end', () => {
  test('pipes: stdin to its end, the outputs as they are, no word to the terminal', async () => {
    const { all, stdin, stdout, stderr, raw } = streams(false)
    const near = nearEnd(all, false, { now: false })
    expect(near.pty).toBeNull()
    const far = new Far()
    near.begin(far)
    stdin.end('hello')
    await once(far, 'ended')
    expect(far.text).toBe('hello')
    await near.stdout(Buffer.from([0, 255]))
    await near.stderr(Buffer.from('oops'))
    near.stop(true)
    expect([...stdout.read()]).toEqual([0, 255])
    expect(stderr.read().toString()).toBe('oops')
    expect(raw).toEqual([])
  })

  test('stdin waits for a far side that is slow', async () => {
    const { all, stdin } = streams(false)
    const far = new Far()
    let open: () => void = () => {}
    far.gate = new Promise((resolve) => {
      open = resolve
    })
    nearEnd(all, false, { now: false }).begin(far)
    stdin.write('one')
    await new Promise((done) => setImmediate(done))
    expect(stdin.isPaused()).toBe(true)
    open()
    await once(far, 'written')
    stdin.write('two')
    await once(far, 'written')
    expect(far.text).toBe('onetwo')
  })

  test('a terminal is raw while the program has it, tells its size, and is as it was after any end', () => {
    const { all, stdout, raw } = streams(true)
    const near = nearEnd(all, true, { now: false })
    expect(near.pty).toEqual({ rows: 30, columns: 100, term: 'screen' })
    expect(raw).toEqual([])
    const far = new Far()
    near.begin(far)
    Object.assign(stdout, { rows: 40 })
    stdout.emit('resize')
    expect(far.sizes).toEqual([{ rows: 40, columns: 100 }])
    near.stop(true)
    near.stop(true)
    expect(raw).toEqual([true, false])
    expect(stdout.read().toString()).toBe('\x1b[?25h\x1b[0m\r\n')
    stdout.emit('resize')
    expect(far.sizes).toHaveLength(1)
  })

  test('lent to a program of this machine, nothing is read', () => {
    const { all, stdin, raw } = streams(true)
    const lent = { now: false }
    const near = nearEnd(all, true, lent)
    near.lend()
    expect(lent.now).toBe(true)
    near.stop()
    expect([lent.now, raw, stdin.listenerCount('data')]).toEqual([false, [], 0])
  })

  test('outputs that are kept have a bound', async () => {
    const { near, outputs } = collecting(nearEnd(streams(false).all, false, { now: false }))
    for (let n = 0; n < 3; n += 1) await near.stdout(Buffer.alloc(600_000, 'x'))
    await near.stderr(Buffer.from('é'))
    expect([outputs().stdout.length, outputs().stderr]).toEqual([1_000_000, 'é'])
  })
})
