// Cuts a host's power: programs of fence-agents, and programs of the operator. Every call has a bound.
import { UserError } from '../model/errors.js'
import type { FenceVerb, OpenFence } from '../model/fence.js'
import type { Millis } from '../model/names.js'
import type { Fencer } from '../ports.js'
import { printableLine } from '../remote/printable.js'
import { type ProgramEnd, runProgram } from './program.js'

/** Bound of one call, ms: agents talk to slow controllers. */
const CALL_MS: Millis = 20_000

/** The Fencer of this machine. `folder`: where programs of the operator run. */
export function createFencer(folder: string): Fencer {
  return {
    async act(rule, verb) {
      const ended = await call(rule, verb, folder)
      if (ended.code !== 0) throw failed(rule, verb, ended)
    },
    async isOff(rule) {
      const ended = await call(rule, 'status', folder)
      if (rule.kind === 'agent') {
        // FenceAgentAPI: status ends with 0 where the power is on, 2 where it is off, 1 where that can't be told.
        if (ended.code === 0 || ended.code === 2) return ended.code === 2
        throw failed(rule, 'status', ended)
      }
      const word = ended.out.trim().toLowerCase()
      if (ended.code === 0 && (word === 'on' || word === 'off')) return word === 'off'
      throw failed(rule, 'status', { ...ended, err: ended.err || `it has to print on or off, not "${word}"` })
    },
  }
}

function failed(
  rule: OpenFence,
  verb: FenceVerb,
  { code, out, err }: Pick<ProgramEnd, 'code' | 'out' | 'err'>,
): UserError {
  const program = rule.kind === 'agent' ? rule.program : (rule.argv[0] ?? '')
  const said = printableLine(err || out).slice(0, 300)
  const how = code === null ? `did not end within ${CALL_MS / 1000} s` : `ended with ${code}`
  return new UserError(`'${program}' ${verb} ${how}${said === '' ? '' : `: ${said}`}`)
}

/** Options, passwords among them, go to stdin: `key=value` lines, as the FenceAgentAPI has it. */
async function call(rule: OpenFence, verb: FenceVerb, cwd: string): Promise<ProgramEnd> {
  const argv = rule.kind === 'agent' ? [rule.program] : [...rule.argv, verb]
  const input =
    rule.kind === 'agent'
      ? `${[['action', verb], ...Object.entries(rule.options)].map(([key, value]) => `${key}=${value}`).join('\n')}\n`
      : ''
  return runProgram(argv, { input, cwd, timeoutMs: CALL_MS }).catch((error: Error) => {
    throw new UserError(`'${argv[0] ?? ''}' could not be run: ${error.message}`, {
      hint: 'agents: apt install fence-agents',
    })
  })
}
