// Runs a command class as oclif does, on a fake terminal.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Config } from '@oclif/core'
import type { Hc } from '../../src/hc.js'
import { putTerminal } from '../../src/ui/terminal.js'
import { FakeTerminal, type FakeTerminalOptions } from '../ui/fake-terminal.js'
import { calls, fakeHc } from './fake-hc.js'

interface CommandClass {
  run(argv: string[], config: Config): Promise<unknown>
}

const root = fileURLToPath(new URL('../..', import.meta.url))
let config: Config | null = null

/** The package as it is, but oclif finds no commands of its own: it would load a build, outside the test. */
function withoutCommands() {
  const pjson = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))
  return { ...pjson, oclif: { ...pjson.oclif, commands: undefined } }
}

/** What the command left behind. `during` runs while it works, with its terminal. */
export async function run(
  command: CommandClass,
  argv: readonly string[],
  options: FakeTerminalOptions & { hc?: Partial<Hc>; on?: FakeTerminal } = {},
): Promise<FakeTerminal> {
  config ??= await Config.load({ root, pjson: withoutCommands(), ignoreManifest: true })
  const terminal = options.on ?? new FakeTerminal(options)
  calls.opened = []
  calls.closed = 0
  fakeHc(options.hc ?? {})
  putTerminal(terminal)
  try {
    await command.run([...argv], config)
  } finally {
    putTerminal(null)
  }
  return terminal
}
