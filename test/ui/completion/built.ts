// The table of commands as the build makes it, from the classes; and the program that a shell asks, without a build.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { CommandRow, CommandTable } from '../../../src/ui/completion/table.js'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** All commands of hc. */
export async function commandTable(): Promise<CommandTable> {
  const folder = join(ROOT, 'commands')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const commands: Record<string, CommandRow> = {}
  for (const file of files) {
    const { default: command } = await import(join(folder, file))
    const { summary, strict, hidden, args = {}, flags = {}, baseFlags = {} } = command
    commands[file.replace(/\.ts$/, '').replaceAll('/', ':')] = {
      ...{ summary, strict, hidden, args },
      flags: { ...baseFlags, ...flags },
    }
  }
  return { commands, topics: pjson().oclif.topics }
}

function pjson() {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
}

/** What the build writes beside the program. */
export async function tableFiles() {
  const { commands } = await commandTable()
  return { manifest: JSON.stringify({ commands }), pjson: JSON.stringify(pjson()) }
}

/** Makes `folder`/hc, which answers `hc __complete` as the built program does. */
export async function makeProgram(folder: string): Promise<string> {
  const { manifest, pjson } = await tableFiles()
  mkdirSync(join(folder, 'dist/src'), { recursive: true })
  writeFileSync(join(folder, 'dist/oclif.manifest.json'), manifest)
  writeFileSync(join(folder, 'dist/package.json'), pjson)
  await build({
    entryPoints: [join(ROOT, 'src/hc-complete.ts')],
    outfile: join(folder, 'dist/src/hc-complete.js'),
    ...{ bundle: true, format: 'esm', platform: 'node', target: 'node20', logLevel: 'silent' },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" },
  })
  writeFileSync(join(folder, 'hc.mjs'), readFileSync(join(ROOT, 'bin/run.js'), 'utf8').replaceAll('../dist', './dist'))
  const program = join(folder, 'hc')
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${join(folder, 'hc.mjs')}' "$@"\n`, { mode: 0o755 })
  return program
}

/** Is the shell here? With CI=true a shell that is not fails the tests: bin/test installs it. */
export function haveShell(name: string): boolean {
  try {
    execFileSync(name, ['-c', 'true'], { stdio: 'ignore' })
    return true
  } catch (error) {
    if (process.env.CI === 'true') throw new Error(`${name} is missing`, { cause: error })
    return false
  }
}
