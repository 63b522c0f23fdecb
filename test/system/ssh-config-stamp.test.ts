// Whether ~/.ssh/config was edited since somebody went by it.
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sshConfigStamp } from '../../src/system/ssh-config.js'

test('another text for a file that is there now, has grown, or was written again; the same for the same', () => {
  const home = mkdtempSync(join(tmpdir(), 'hc-home-'))
  const file = join(home, '.ssh', 'config')
  const seen = [sshConfigStamp(home)]
  mkdirSync(join(home, '.ssh'))
  writeFileSync(file, 'Host a\n')
  seen.push(sshConfigStamp(home))
  expect(sshConfigStamp(home)).toBe(seen[1])
  writeFileSync(file, 'Host a\n  Port 23\n')
  seen.push(sshConfigStamp(home))
  utimesSync(file, 1, 1)
  seen.push(sshConfigStamp(home))
  expect(new Set(seen).size).toBe(4)
  rmSync(home, { recursive: true })
})
