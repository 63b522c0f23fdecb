// Where the program in one file begins, with everything at hand instead of in files.

import { root } from 'hc:place'
import { commands, manifest, pjson } from 'hc:program'
import { Config, flush, handle, Plugin, run } from '@oclif/core'
import { completeLines } from '../build/src/hc-complete.js'
import { HcHelp } from '../build/src/ui/help/help.js'
import { commandNotFound } from '../build/src/ui/hooks/command-not-found.js'

/** There is one hook, and no file to load it from. */
Config.prototype.runHook = async function (event, options) {
  const end = { exit: (code) => process.exit(code) }
  if (event === 'command_not_found') await commandNotFound.call(end, { ...options, config: this })
  return { successes: [], failures: [] }
}

/** Nor what makes help: scripts/binary.mjs has oclif look here first. */
Config.prototype.hcHelp = HcHelp

/** oclif's plugin, as it would be read from a folder. */
async function plugin() {
  const made = new Plugin({ isRoot: true, pjson: JSON.parse(pjson), root, type: 'core' })
  made._manifest = async () => JSON.parse(manifest)
  made.findCommand = async (id) => {
    const { default: command } = await commands[id]()
    command.id = id
    command.plugin = made
    return command
  }
  await made.load()
  made.commandIDs = Object.keys(commands)
  return made
}

async function start(argv) {
  const made = await plugin()
  const config = new Config({ root, plugins: new Map([[made.name, made]]) })
  await config.load()
  await run(argv, config)
  await flush()
}

async function complete(argv) {
  const lines = await completeLines(argv, { manifest, pjson, folder: process.cwd(), environment: process.env })
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`)
}

const [word, ...words] = process.argv.slice(2)
if (word === '__complete') void complete(words)
else start(process.argv.slice(2)).catch(handle)
