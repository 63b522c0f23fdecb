import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const program = fileURLToPath(new URL('../../bin/dev.js', import.meta.url))

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function hc(...argv: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: '1' }
    execFile(process.execPath, ['--import', 'tsx', program, ...argv], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })
}

test('the program: help in all its forms, and mistyped commands', async () => {
  const [root, help, topic, command, mistyped, json, flag, lost] = await Promise.all([
    hc(),
    hc('help', 'job', 'show'),
    hc('job'),
    hc('apply', '-h'),
    hc('job', 'shwo'),
    hc('statsu', '--json'),
    hc('apply', '--prnue'),
    hc('help', 'hsot', 'list'),
  ])
  expect(root.stdout).toContain('reconcile')
  expect(help.stdout).toContain('hc job show JOB')
  expect(topic.stdout).toContain('job restart')
  expect(command.stdout).toContain('--prune')
  expect([root.code, help.code, topic.code, command.code]).toEqual([0, 0, 0, 0])
  expect(mistyped).toEqual({
    code: 2,
    stdout: '',
    stderr: 'error: hc has no command "job shwo"\nhint: did you mean hc job show?\n',
  })
  expect(flag).toEqual({
    code: 2,
    stdout: '',
    stderr: 'error: unknown flag: --prnue\nhint: did you mean "--prune"? hc apply --help shows what it takes\n',
  })
  expect(lost).toEqual({
    code: 2,
    stdout: '',
    stderr: 'error: hc has no command "hsot list"\nhint: did you mean hc host list?\n',
  })
  expect(json.code).toBe(2)
  expect(JSON.parse(json.stdout)).toMatchObject({ apiVersion: 'hc/v1', error: { code: 'usage' } })
})
