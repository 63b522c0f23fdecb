// Cuts a host's power: programs of fence-agents, and programs of the operator. Every call has a bound.
import { spawn } from 'node:child_process'
import { UserError } from '../model/errors.js'
import type { FenceVerb, OpenFence } from '../model/fence.js'
import type { Millis } from '../model/names.js'
import type { Fencer } from '../ports.js'
import { printableLine } from '../remote/printable.js'

/** Bound of one call, ms: agents talk to slow controllers. */
const CALL_MS: Millis = 20_000
/** So much of what a program says is kept. */
const MOST_SAID = 4000

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

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

function failed(rule: OpenFence, verb: FenceVerb, { code, out, err }: Ended): UserError {
  const program = rule.kind === 'agent' ? rule.program : (rule.argv[0] ?? '')
  const said = printableLine(err || out).slice(0, 300)
  const how = code === null ? `did not end within ${CALL_MS / 1000} s` : `ended with ${code}`
  return new UserError(`'${program}' ${verb} ${how}${said === '' ? '' : `: ${said}`}`)
}

/** Options, passwords among them, go to stdin: `key=value` lines, as the FenceAgentAPI has it. */
function call(rule: OpenFence, verb: FenceVerb, cwd: string): Promise<Ended> {
  const argv = rule.kind === 'agent' ? [rule.program] : [...rule.argv, verb]
  const input =
    rule.kind === 'agent'
      ? `${[['action', verb], ...Object.entries(rule.options)].map(([key, value]) => `${key}=${value}`).join('\n')}\n`
      : ''
  const [program = '', ...words] = argv
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd, stdio: ['pipe', 'pipe', 'pipe'] })
    const said = { out: '', err: '' }
    const end = (code: number | null) => {
      clearTimeout(timer)
      resolve({ code, ...said })
    }
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      child.stdout.destroy()
      child.stderr.destroy()
      end(null)
    }, CALL_MS)
    child.stdout.on('data', (bytes: Buffer) => {
      if (said.out.length < MOST_SAID) said.out += bytes.toString()
    })
    child.stderr.on('data', (bytes: Buffer) => {
      if (said.err.length < MOST_SAID) said.err += bytes.toString()
    })
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    child.on('error', (error) => {
      clearTimeout(timer)
      reject(
        new UserError(`'${program}' could not be run: ${error.message}`, { hint: 'agents: apt install fence-agents' }),
      )
    })
    child.on('close', (code, signal) => end(code ?? (signal ? 128 : null)))
  })
}
