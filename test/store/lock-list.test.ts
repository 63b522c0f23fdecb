// Who holds a lock, by the kernel's list of them.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FileLock, holdsExclusively, isLocked, takeLock } from '../../src/store/lock.js'

const OPTIONS = { wall: () => '2026-01-01T00:00:00Z', command: 'hc test', program: 'flock' }

describe('a line of /proc/locks', () => {
  const DEV = 0xfd01n
  test.each([
    ['1: FLOCK  ADVISORY  WRITE 4711 fd:01:1234 0 EOF', true],
    ['1: FLOCK  ADVISORY  READ 4711 fd:01:1234 0 EOF', false],
    ['1: -> FLOCK  ADVISORY  WRITE 4711 fd:01:1234 0 EOF', false],
    ['1: POSIX  ADVISORY  WRITE 4711 fd:01:1234 0 EOF', false],
    ['1: FLOCK  ADVISORY  WRITE 4711 fd:01:12345 0 EOF', false],
    ['1: FLOCK  ADVISORY  WRITE 4711 fd:02:1234 0 EOF', false],
    ['', false],
  ])('%s: %s', (line, held) => {
    expect(holdsExclusively(`7: OFDLCK ADVISORY  READ -1 00:05:2 0 EOF\n${line}\n`, DEV, 1234n)).toBe(held)
  })
  test('device numbers beyond a byte', () => {
    // makedev(0x103, 0x12345) of glibc
    const dev = 0x0012310345n
    expect(holdsExclusively('1: FLOCK  ADVISORY  WRITE 1 103:12345:9 0 EOF', dev, 9n)).toBe(true)
  })
})

describe('a lock', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hc-lock-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test('of this process is seen with and without the list, and its end', async () => {
    const path = join(folder, 'lock')
    expect(await isLocked(path, 'flock')).toBe(false)
    const taken = await takeLock(path, OPTIONS, 1000)
    if (!taken.ok) throw new Error('it was free')
    expect(taken.lock).toBeInstanceOf(FileLock)
    expect(await isLocked(path, 'flock')).toBe(true)
    const { dev, ino } = statSync(path, { bigint: true })
    // Where the list shows it no program is asked; where it does not (btrfs, another pid namespace), the program decides.
    if (holdsExclusively(readFileSync('/proc/locks', 'latin1'), dev, ino)) {
      expect(await isLocked(path, '/nonexistent/flock')).toBe(true)
    }
    taken.lock.release()
    expect(await isLocked(path, 'flock')).toBe(false)
    await expect(isLocked(path, '/nonexistent/flock')).rejects.toThrow('flock')
  })

  test('of a process that was killed is gone', async () => {
    const path = join(folder, 'lock')
    execFileSync('touch', [path])
    const holder = spawn('flock', ['-x', path, 'sleep', '30'], { stdio: 'ignore', detached: true })
    for (let tries = 0; !(await isLocked(path, 'flock')); tries += 1) {
      if (tries > 200) throw new Error('it was never taken')
      await sleep(10)
    }
    process.kill(-(holder.pid ?? 0), 'SIGKILL')
    for (let tries = 0; await isLocked(path, 'flock'); tries += 1) {
      if (tries > 200) throw new Error('it is still held')
      await sleep(10)
    }
  })
})
