// The operator's editor on a file.
import { spawn } from 'node:child_process'
import { type Fault, UserError } from '../model/errors.js'
import type { DraftLook } from '../model/inventory-edit.js'
import { list } from './words.js'

/** VISUAL, EDITOR, else vi: program and words, without a shell. */
export function editorWords(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const chosen = [env.VISUAL, env.EDITOR].find((each) => each !== undefined && each.trim() !== '') ?? 'vi'
  return chosen.trim().split(/\s+/)
}

/** Opens the file and waits until the editor ends. Its screen is the terminal, also where stdout goes elsewhere. */
export function runEditor(words: readonly string[], file: string, outIsTTY: boolean): Promise<void> {
  const [program = 'vi', ...rest] = words
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...rest, file], { stdio: ['inherit', outIsTTY ? 'inherit' : 2, 'inherit'] })
    child.once('error', (error) => reject(failed(program, 'code' in error ? String(error.code) : error.message)))
    child.once('exit', (code, signal) => {
      if (code === 0) resolve()
      else reject(failed(program, signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`))
    })
  })
}

function failed(program: string, why: string): UserError {
  const text = why === 'ENOENT' ? 'it is not installed' : why
  return new UserError(`the editor ${program} did not do its work: ${text}`, {
    code: 'usage',
    hint: 'name another one: EDITOR=nano hc inventory edit',
  })
}

/** Faults of a draft where nobody can be asked what to do with it. */
export function faultyDraft(faults: readonly Fault[]): UserError {
  const count = faults.length === 1 ? 'a fault' : `${faults.length} faults`
  return new UserError(`the draft has ${count}, and was not taken`, { faults })
}

/** Why a draft without faults is not taken unseen, as sentences; empty: nothing speaks against it. */
export function doubtsOf({ emptied, placed }: Pick<DraftLook, 'emptied' | 'placed'>): readonly string[] {
  const hosts = [...new Set(placed.map(({ host }) => host))]
  return [
    ...(emptied ? ['the draft has no hosts any more'] : []),
    ...hosts.map((host) => {
      const slots = placed.filter((each) => each.host === host).map(({ slot }) => slot)
      const are = `${list(slots)} ${slots.length === 1 ? 'is' : 'are'} placed on ${host}`
      return `${are}, which the draft does not have any more, and would be out of reach there`
    }),
  ]
}

/** What to do about them. */
export function wayOutOf({ placed }: Pick<DraftLook, 'placed'>): string {
  const [first] = placed
  if (first === undefined) return 'hc inventory remove takes single hosts out'
  const { host } = first
  return `drain it first: hc host drain ${host}; for another name then: hc inventory rename ${host} NEW`
}

/** A draft that is taken only where somebody says so, and nobody can be asked. */
export function doubtfulDraft(look: Pick<DraftLook, 'emptied' | 'placed'>): UserError {
  return new UserError(`the draft was not taken: ${doubtsOf(look).join('; ')}`, {
    code: 'usage',
    hint: `${wayOutOf(look)}; if it is meant: --yes`,
  })
}
