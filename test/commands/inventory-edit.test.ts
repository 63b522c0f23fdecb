import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import InventoryAdd from '../../commands/inventory/add.js'
import InventoryEdit from '../../commands/inventory/edit.js'
import InventoryGroupAdd from '../../commands/inventory/group/add.js'
import InventoryRemove from '../../commands/inventory/remove.js'
import InventorySet from '../../commands/inventory/set.js'
import type { OpenFile } from '../../src/model/inventory-edit.js'
import { editorWords } from '../../src/ui/editor.js'
import { asked, EDITED, fakeEdit, TRIED } from './fake-edits.js'
import { run } from './run.js'

vi.mock('../../src/hc.js', () => import('./fake-hc.js'))

beforeEach(() => {
  asked.length = 0
})

describe('what was typed becomes one edit', () => {
  test('add', async () => {
    const words = [
      'nuc4',
      '-a',
      '10.0.0.4',
      '-p',
      '2222',
      '-u',
      'admin',
      '-g',
      'web',
      '-g',
      'db',
      '-s',
      'x=1',
      '--set',
      'y=-1',
    ]
    await run(InventoryAdd, words)
    const assignments = ['ansible_host=10.0.0.4', 'ansible_port=2222', 'ansible_user=admin', 'x=1', 'y=-1']
    expect(asked).toEqual([{ kind: 'add', names: ['nuc4'], groups: ['web', 'db'], assignments }])
    const { stderr, exitCode } = await run(InventoryAdd, ['nuc4', 'nuc5', '-a', '10.0.0.4'])
    expect([stderr, exitCode]).toEqual([
      'error: --address is of one host\nhint: add hosts with addresses one by one\n',
      2,
    ])
  })
  test('set, with a word that occurs twice', async () => {
    await run(InventorySet, ['web', 'a=1', 'b=x y', 'a=1', '--dry-run'])
    expect(asked).toEqual([{ kind: 'set', target: 'web', assignments: ['a=1', 'b=x y', 'a=1'] }])
  })
  test('group add', async () => {
    await run(InventoryGroupAdd, ['edge', 'nuc1', '--parent', 'web', 'nuc2'])
    expect(asked).toEqual([{ kind: 'group-add', name: 'edge', hosts: ['nuc1', 'nuc2'], parent: 'web' }])
  })
})

describe('what is shown', () => {
  test('the diff is the result, and the rest is said beside it', async () => {
    const { stdout, stderr } = await run(InventorySet, ['nuc1', 'a=1'], {
      hc: fakeEdit({ ...EDITED, notes: ['see there'] }),
    })
    expect(stdout).toBe(EDITED.diff)
    expect(stderr).toBe('warning: see there\nWritten: /etc/hc/inventory.yml.\n')
  })
  test('in colour on a terminal', async () => {
    const { stdout } = await run(InventorySet, ['nuc1', 'a=1'], { tty: true })
    expect(stdout).toContain('\x1b[32m+    nuc4:\x1b[39m')
  })
  test('a dry run, and nothing to do', async () => {
    expect((await run(InventorySet, ['nuc1', 'a=1', '--dry-run'])).stderr).toBe('Nothing was written.\n')
    const same = fakeEdit({ ...EDITED, changed: false, diff: '', changes: [] })
    const { stdout, stderr, exitCode } = await run(InventorySet, ['nuc1', 'a=1'], { hc: same })
    expect([stdout, stderr, exitCode]).toEqual(['', 'Nothing to change: it is so already.\n', 0])
  })
  test('variable files that have another name now', async () => {
    const hc = fakeEdit({ ...EDITED, moved: [{ from: '/x/host_vars/a.yml', to: '/x/host_vars/b.yml' }] })
    const { stderr } = await run(InventorySet, ['nuc1', 'a=1'], { hc })
    expect(stderr).toBe('Written: /etc/hc/inventory.yml.\n/x/host_vars/a.yml is /x/host_vars/b.yml now.\n')
  })
  test('control characters of the file do not reach the terminal', async () => {
    const { stdout } = await run(InventorySet, ['nuc1', 'a=1'], {
      hc: fakeEdit({ ...EDITED, diff: '+ a: \x1b[2Jx\n' }),
    })
    expect(stdout).toBe('+ a: x\n')
  })
})

describe('remove asks', () => {
  const placed = fakeEdit(EDITED, { placed: [{ slot: 'web.0', host: 'nuc4' }] })
  test('with the diff and what is placed there', async () => {
    const yes = await run(InventoryRemove, ['nuc4'], { tty: true, answers: ['y'], hc: placed, env: { NO_COLOR: '1' } })
    expect(yes.questions).toEqual(['Remove nuc4 from the inventory? [y/N] '])
    expect(yes.stderr).toContain(
      'web.0 is placed on nuc4, and would be out of reach there: drain it first: hc host drain nuc4',
    )
    expect([yes.stdout, yes.exitCode]).toEqual(['', 0])
    const no = await run(InventoryRemove, ['nuc4'], { tty: true, answers: [''] })
    expect([no.stderr.includes('Nothing was written.'), no.exitCode]).toEqual([true, 1])
  })
  test('and without a terminal needs --yes', async () => {
    expect((await run(InventoryRemove, ['nuc4'])).exitCode).toBe(2)
    expect((await run(InventoryRemove, ['nuc4', '--yes'])).exitCode).toBe(0)
    expect((await run(InventoryRemove, ['nuc4', '--dry-run'])).exitCode).toBe(0)
  })
})

describe('remove --purge', () => {
  const left = { host: 'nuc4', error: null, units: ['hc-web.0.service'], foreign: [], containers: [], volumes: [] }
  const scene = (found: object, ok = true) => {
    const said: boolean[] = []
    const hc = fakeEdit(EDITED, {
      leftovers: async () => [{ ...left, ...found }],
      purge: async (volumes) => {
        said.push(volumes)
        return [{ host: 'nuc4', ok, error: ok ? null : 'hc-web.0.service still runs' }]
      },
    })
    return { said, hc }
  }
  const volumes = [{ name: 'data', bytes: 8192 }]

  test('shows what is there, asks, and asks about volumes on their own', async () => {
    const { said, hc } = scene({ volumes })
    const yes = await run(InventoryRemove, ['nuc4', '--purge'], {
      tty: true,
      answers: ['y', 'y'],
      hc,
      env: { NO_COLOR: '1' },
    })
    expect(yes.stderr).toContain('On nuc4:\n  units: hc-web.0.service\n  volume data, 8 KiB\n')
    expect(yes.questions).toEqual([
      'Remove nuc4 from the inventory, and all of this from it? [y/N] ',
      'Delete the volumes too, with all that is in them? [y/N] ',
    ])
    expect(said).toEqual([true, true])
  })
  test('keeps volumes where nobody can be asked', async () => {
    const { said, hc } = scene({ volumes })
    const { stderr, exitCode } = await run(InventoryRemove, ['nuc4', '--purge', '--yes'], { hc })
    expect([said, exitCode]).toEqual([[false, false], 0])
    expect(stderr).toContain('warning: the volumes stay on the host')
  })
  test('takes nothing where something is placed, runs for others, or can not be asked', async () => {
    const { hc: foreign } = scene({ foreign: ['hc-x.0.service'] })
    const { hc: away } = scene({ error: 'no answer' })
    const placed = fakeEdit(EDITED, { placed: [{ slot: 'web.0', host: 'nuc4' }] })
    for (const [hc, text, code] of [
      [foreign, 'nuc4: another cluster runs on it: hc-x.0.service', 2],
      [away, 'nuc4: no answer', 3],
      [placed, 'web.0 is placed on nuc4: nothing is taken away there', 2],
    ] as const) {
      const { stderr, exitCode } = await run(InventoryRemove, ['nuc4', '--purge', '--yes'], { hc })
      expect(stderr).toContain(text)
      expect(exitCode).toBe(code)
    }
  })
  test('keeps the host in the inventory where something is left', async () => {
    const { hc } = scene({}, false)
    const { stderr, exitCode, stdout } = await run(InventoryRemove, ['nuc4', '--purge', '--yes'], { hc })
    expect(stderr).toContain('nuc4: hc-web.0.service still runs\nNothing was written.\nNext: say it again')
    expect([stdout, exitCode]).toEqual(['', 1])
  })
})

describe('add tries', () => {
  const away = { ...TRIED, ok: false, reason: 'no answer', failure: 'timeout' as const, brings: null }
  const key = { type: 'ssh-ed25519', fingerprint: 'SHA256:abc', where: '10.0.0.4 port 22' }
  const failing = fakeEdit(EDITED, { tryHosts: async () => [away] })
  test('and shows what the host would bring', async () => {
    const { stderr } = await run(InventoryAdd, ['nuc4'])
    expect(stderr).toMatch(/nuc4 +root@10.0.0.4 +4 +8 GiB +100 GiB +debian 12 +4.3/)
    const document = await run(InventoryAdd, ['nuc4', '--json'])
    expect(document.json).toMatchObject({ changed: true, trials: [{ name: 'nuc4', ok: true }] })
  })
  test('and adds no host that fails, but after a question, --yes or --no-try', async () => {
    const refused = await run(InventoryAdd, ['nuc4'], { hc: failing })
    expect([refused.stdout, refused.exitCode]).toEqual(['', 3])
    expect(refused.stderr).toContain('Nothing was written.\nNext: mend it and say it again, or add it without a try')
    expect((await run(InventoryAdd, ['nuc4', '--yes'], { hc: failing })).exitCode).toBe(0)
    expect((await run(InventoryAdd, ['nuc4', '--no-try'], { hc: failing })).stderr).not.toContain('Trying')
    const asked = await run(InventoryAdd, ['nuc4'], { hc: failing, tty: true, answers: ['yes'] })
    expect([asked.questions, asked.exitCode]).toEqual([['Add nuc4 all the same? [y/N] '], 0])
  })
  test('and asks about a key with its fingerprint', async () => {
    const verdicts: (boolean | undefined)[] = []
    const hc = fakeEdit(EDITED, {
      tryHosts: async (accept) => {
        verdicts.push(await accept?.('nuc4', key))
        return [TRIED]
      },
    })
    const shown = await run(InventoryAdd, ['nuc4'], { hc, tty: true, answers: ['SHA256:abc'] })
    expect(shown.stderr).toContain('ssh-ed25519 SHA256:abc')
    await run(InventoryAdd, ['nuc4'], { hc, tty: true, answers: [''] })
    await run(InventoryAdd, ['nuc4'], { hc })
    const taken = await run(InventoryAdd, ['nuc4', '--accept-new-host-key'], { hc })
    expect(taken.stderr).toContain('is taken as it is: ssh-ed25519 SHA256:abc')
    expect(verdicts).toEqual([true, false, undefined, true])
  })
})

describe('edit', () => {
  test('VISUAL comes before EDITOR before vi, with words of its own', () => {
    expect(editorWords({ VISUAL: 'code  --wait', EDITOR: 'nano' })).toEqual(['code', '--wait'])
    expect(editorWords({ VISUAL: ' ', EDITOR: 'nano' })).toEqual(['nano'])
    expect(editorWords({})).toEqual(['vi'])
  })

  const fault = { message: 'bad', at: null, lineText: null, hint: null }
  async function scene(script: string) {
    const folder = await mkdtemp(join(tmpdir(), 'hc-test-'))
    const draft = join(folder, 'inventory.yml')
    await writeFile(draft, 'good\n')
    const editor = join(folder, 'editor')
    await writeFile(editor, `#!/bin/sh\n${script}\n`)
    await chmod(editor, 0o755)
    const done: string[] = []
    const file: OpenFile = {
      file: '/etc/hc/inventory.yml',
      draft,
      look: async () => {
        const text = await readFile(draft, 'utf8')
        return {
          text,
          changed: text !== 'good\n',
          diff: `+${text}`,
          faults: text.includes('bad') ? [fault] : [],
          notes: [],
          emptied: text === '',
          gone: [],
          placed: text.includes('moved') ? [{ slot: 'web.0', host: 'a' }] : [],
        }
      },
      take: async ({ text }) => void done.push(`taken ${text.trim()}`),
      drop: async () => void done.push('dropped'),
    }
    return { done, options: { hc: { openInventoryFile: async () => file }, env: { EDITOR: editor } } }
  }

  test('takes what is right', async () => {
    const { done, options } = await scene('echo better > "$1"')
    const { stdout, exitCode } = await run(InventoryEdit, [], options)
    expect([stdout, exitCode, done]).toEqual(['+better\n', 0, ['taken better']])
  })
  test('takes nothing where nothing was changed', async () => {
    const { done, options } = await scene('true')
    const { stderr, exitCode } = await run(InventoryEdit, [], options)
    expect([stderr, exitCode, done]).toEqual(['Nothing was changed.\n', 0, ['dropped']])
  })
  test('shows faults and keeps the draft', async () => {
    const { done, options } = await scene('echo bad > "$1"')
    const { stderr, exitCode } = await run(InventoryEdit, [], options)
    expect(stderr).toMatch(/The draft is kept: .*\nerror: the draft has a fault, and was not taken\nbad\n/)
    expect([exitCode, done]).toEqual([2, []])
  })
  test.each([
    [
      ': > "$1"',
      'the draft was not taken: the draft has no hosts any more\nhint: hc inventory remove takes single hosts out; if it',
    ],
    ['echo moved > "$1"', 'web.0 is placed on a, which the draft does not have any more, and would be'],
  ])('believes no draft that loses what is needed: %s', async (script, said) => {
    const refused = await scene(script)
    const { stderr, exitCode } = await run(InventoryEdit, [], refused.options)
    expect(stderr).toMatch(/^The draft is kept: /)
    expect(stderr).toContain(said)
    expect([exitCode, refused.done]).toEqual([2, []])
    expect((await run(InventoryEdit, ['--yes'], refused.options)).exitCode).toBe(0)
    const declined = await run(InventoryEdit, [], { ...refused.options, tty: true, answers: ['n', 'n'] })
    expect([declined.questions.length, declined.exitCode, refused.done.length]).toEqual([2, 1, 1])
    expect((await run(InventoryEdit, [], { ...refused.options, tty: true, answers: ['y'] })).exitCode).toBe(0)
  })
  test('edits again as long as the answer is yes', async () => {
    const { done, options } = await scene('grep -q bad "$1" && echo better > "$1" || echo bad > "$1"')
    const { exitCode } = await run(InventoryEdit, [], { ...options, tty: true, answers: ['y'] })
    expect([exitCode, done]).toEqual([0, ['taken better']])
    const left = await scene('echo bad > "$1"')
    const { stderr, exitCode: code } = await run(InventoryEdit, [], { ...left.options, tty: true, answers: ['n'] })
    expect([stderr.includes('The draft is kept: '), code, left.done]).toEqual([true, 1, []])
  })
  test('says what is wrong with the editor, and needs one without a terminal', async () => {
    const { done, options } = await scene('exit 3')
    const { stderr, exitCode } = await run(InventoryEdit, [], options)
    expect(stderr).toContain('did not do its work: it ended with code 3')
    expect([exitCode, done]).toEqual([2, ['dropped']])
    expect((await run(InventoryEdit, [])).exitCode).toBe(2)
  })
})
