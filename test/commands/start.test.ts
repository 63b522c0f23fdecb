// bin/run.js as a shell starts it: what Node would take for its own among the words reaches hc.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('words that are options of Node are not taken by it, also through the link that npm makes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hc-start-'))
  try {
    for (const name of ['bin', 'dist/src']) mkdirSync(join(folder, name), { recursive: true })
    copyFileSync('bin/run.js', join(folder, 'bin/run.js'))
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}')
    writeFileSync(
      join(folder, 'dist/src/hc-start.js'),
      'export const start = () => console.log(JSON.stringify([process.argv.slice(2), process.env.TAKEN_IN ?? null]))',
    )
    writeFileSync(join(folder, 'there.env'), 'TAKEN_IN=1\n')
    symlinkSync('bin/run.js', join(folder, 'hc'))
    for (const file of ['missing.env', 'there.env']) {
      const words = ['import', 'compose', "it's here.yml", '--env-file', file]
      const said = execFileSync(join(folder, 'hc'), words, { cwd: folder, encoding: 'utf8' })
      expect(JSON.parse(said)).toEqual([words, null])
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
