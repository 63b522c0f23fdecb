// The scripts in the shells themselves.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { completionScript, SHELLS, type Shell } from '../../../src/ui/completion/scripts.js'
import { haveShell, makeProgram } from './built.js'

const folder = mkdtempSync(join(tmpdir(), 'hc-shells-'))
const scripts: Readonly<Record<Shell, string>> = {
  bash: join(folder, 'b'),
  zsh: join(folder, 'z'),
  fish: join(folder, 'f'),
}

beforeAll(async () => {
  await makeProgram(folder)
  for (const shell of SHELLS) writeFileSync(scripts[shell], completionScript(shell))
  writeFileSync(join(folder, 'inventory.yml'), 'nucs: {hosts: {nuc1: , nuc2: }}\n')
  mkdirSync(join(folder, 'jobs'))
  writeFileSync(join(folder, 'jobs/my notes.yml'), '')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function shell(name: Shell, argv: readonly string[]): string {
  const env = { PATH: `${folder}:${process.env.PATH}`, HOME: folder, LC_ALL: 'C.UTF-8' }
  return execFileSync(name, argv, { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}

describe.runIf(haveShell('bash'))('bash', () => {
  const answer = (line: string, piece: string) =>
    shell('bash', [
      '--norc',
      '-c',
      `source "$1"; COMP_LINE=$2 COMP_POINT=\${#2}; _hc hc "$3" ""; printf '%s\\n' "\${COMPREPLY[@]}"`,
      'bash',
      scripts.bash,
      line,
      piece,
    ]).split('\n')

  test.each([
    ['hc host co', 'co', ['cordon', 'confirm-lost']],
    ['hc host drain nuc1 nu', 'nu', ['nuc2', 'nucs']],
    ['hc host list --limit=all:n', 'n', ['nuc1', 'nuc2', 'nucs']],
    ['hc status -o ', '', ['wide']],
    ['hc apply jobs/m', 'jobs/m', ['jobs/my notes.yml']],
    ['hc import compose x --out=jo', 'jo', ['jobs']],
  ])('%s', (line, piece, expected) => {
    expect(
      answer(line, piece)
        .filter((word) => word !== '')
        .sort(),
    ).toEqual([...expected].sort())
  })
})

describe.runIf(haveShell('zsh'))('zsh', () => {
  // What zsh gives to such a function, and what the function tells zsh.
  const answer = (...words: string[]) =>
    shell('zsh', [
      '-f',
      '-c',
      `compdef() { :; }; _files() { print -r -- files "$@"; }; compset() { print -r -- compset "$@"; }
       _describe() { print -rl -- "\${(@P)2}" "\${@[3,-1]}"; }
       source "$1"; shift; words=(hc "$@") CURRENT=$(( $# + 1 )) PREFIX=$argv[-1]; _hc`,
      'zsh',
      scripts.zsh,
      ...words,
    ])
      .trim()
      .split('\n')

  test('names, with what they are', () => {
    expect(answer('host', 'show', 'nuc')).toEqual(['nuc1:host', 'nuc2:host'])
    expect(answer('inventory', 'set', 'nuc1', 'hc_cap')).toEqual(['hc_capacity=:', '-S', '', '-q'])
  })
  test('files and folders are left to zsh, also behind a flag', () => {
    expect(answer('apply', 'jobs/')).toEqual(['files'])
    expect(answer('import', 'compose', '--out=jo')).toEqual(['compset -P --out=', 'files -/'])
  })
})

describe.runIf(haveShell('fish'))('fish', () => {
  const answer = (line: string) =>
    shell('fish', ['--no-config', '-c', 'source $argv[1]; complete -C $argv[2]', scripts.fish, line])
      .trim()
      .split('\n')
      .sort()

  test.each([
    ['hc host co', ['confirm-lost', 'cordon']],
    ['hc host drain nuc1 nu', ['nuc2', 'nucs']],
    ['hc apply jobs/m', ['jobs/my notes.yml']],
    ['hc import compose x --out=jo', ['--out=jobs/']],
  ])('%s', (line, expected) => {
    expect(answer(line).map((each) => each.split('\t')[0])).toEqual(expected)
  })
})

test.each(SHELLS.filter(haveShell))('%s takes the script without a word', (name) => {
  const before = { bash: '', zsh: 'compdef() { :; }; ', fish: '' }[name]
  expect(shell(name, ['-c', `${before}source ${scripts[name]}`])).toBe('')
})
