import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { UserError } from '../../src/model/errors.js'
import { createSources } from '../../src/system/sources.js'

const folder = mkdtempSync(join(tmpdir(), 'hc-sources-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const sources = createSources(folder, { PATH: process.env.PATH, WORD: 'value' })

describe('sources', () => {
  it('files and environment', async () => {
    writeFileSync(join(folder, 'secret'), Buffer.from([0, 255, 10]))
    expect([...(await sources.readFile(join(folder, 'secret')))]).toEqual([0, 255, 10])
    await expect(sources.readFile(join(folder, 'none'))).rejects.toThrow(UserError)
    expect([sources.environment('WORD'), sources.environment('NONE')]).toEqual(['value', undefined])
  })

  it('lists no pipe: whoever read it would wait for ever', async () => {
    const below = join(folder, 'jobs')
    mkdirSync(below)
    writeFileSync(join(below, 'a.yml'), '')
    symlinkSync(join(below, 'a.yml'), join(below, 'b.yml'))
    execFileSync('mkfifo', [join(below, 'c.yml')])
    expect(await sources.list(below, 0)).toEqual(['a.yml', 'b.yml'])
  })

  it('the output of a command, byte for byte, run in the folder and without a shell', async () => {
    const output = await sources.commandOutput(['printf', '%s\\n\\377', '$(id); x'], 5000)
    expect([...output.slice(-2)]).toEqual([10, 255])
    expect(Buffer.from(output).toString('latin1')).toContain('$(id); x')
    expect(
      Buffer.from(await sources.commandOutput(['pwd'], 5000))
        .toString()
        .trim(),
    ).toBe(folder)
  })

  it('what goes wrong is the operator’s to mend, and quotes no secret', async () => {
    await expect(sources.commandOutput(['no-such-program-here'], 5000)).rejects.toThrow(/not installed/)
    await expect(sources.commandOutput(['sleep', '20'], 100)).rejects.toThrow(/100 ms/)
    await expect(sources.commandOutput([], 100)).rejects.toThrow(UserError)
    const failing = sources.commandOutput(['sh', '-c', 'echo s3cret; echo "\u001b[31mlocked" >&2; exit 3'], 5000)
    await expect(failing).rejects.toThrow(/^'sh' ended with code 3: locked$/)
  })
})
