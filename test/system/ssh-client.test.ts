import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Query, SshClient } from '../../src/system/ssh-client.js'

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hc test's-"))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A client that tells the name that it was asked for, and whose child it was. */
async function client(more = ''): Promise<SshClient> {
  const program = join(folder, 'ssh')
  const text = `#!/bin/sh
for name; do :; done
echo "$name $PPID" >>'${join(folder, 'asked').replaceAll("'", "'\\''")}'
${more}
echo "hostname $name"
echo "port 22"
`
  await writeFile(program, text)
  await chmod(program, 0o755)
  return new SshClient(program, ['-F', 'x'])
}

function query(name: string): Query {
  return { name, user: null, port: null, keyFile: null, options: {} }
}

async function asked(): Promise<readonly string[]> {
  return (await readFile(join(folder, 'asked'), 'utf8')).trim().split('\n')
}

test('names that are asked for at once share few shells, and each has its own answer', async () => {
  const ssh = await client()
  const names = Array.from({ length: 60 }, (_, index) => `host ${index}'s`)
  const answers = await Promise.all(names.map((name) => ssh.ask(query(name))))
  expect(answers.map((answer) => answer?.get('hostname'))).toEqual(names.map((name) => [name]))
  const shells = new Set((await asked()).map((line) => line.split(' ').at(-1)))
  expect(await asked()).toHaveLength(60)
  expect(shells.size).toBeLessThanOrEqual(8)
})

test('each is told as soon as it is known, not when the last of its shell is', async () => {
  const ssh = await client('case $name in (late) while [ ! -e "$(dirname "$0")/go" ]; do sleep 0.01; done ;; esac')
  const [first, late] = [ssh.ask(query('early')), ssh.ask(query('late'))]
  const early = await first
  expect(early?.get('hostname')).toEqual(['early'])
  await writeFile(join(folder, 'go'), '')
  expect((await late)?.get('hostname')).toEqual(['late'])
})

test('what is refused is told with its reason, and the others are answered', async () => {
  const ssh = await client('case $name in (bad) echo "line 3: Bad option" >&2; exit 255 ;; esac')
  const answers = await Promise.allSettled(['a', 'bad', 'b'].map((name) => ssh.ask(query(name))))
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(answers[1]).toMatchObject({ reason: { message: 'bad: ssh does not take these settings: line 3: Bad option' } })
})

test('one that takes its time holds up no others for long', { timeout: 20_000 }, async () => {
  const ssh = await client('case $name in (slow) sleep 3 ;; esac')
  const startedAt = performance.now()
  const slow = ssh.ask(query('slow'))
  const others = await Promise.all(['a', 'b'].map((name) => ssh.ask(query(name))))
  expect(others.map((answer) => answer?.get('hostname'))).toEqual([['a'], ['b']])
  expect(performance.now() - startedAt).toBeLessThan(2500)
  expect((await slow)?.get('hostname')).toEqual(['slow'])
})

test('where there is no client, or a name that no program can be told, that is said', async () => {
  const none = new SshClient(join(folder, 'no-ssh'), [])
  expect(await Promise.all([none.ask(query('a')), none.ask(query('b'))])).toEqual([null, null])
  const ssh = await client()
  const answers = await Promise.allSettled(['a', 'b\0c'].map((name) => ssh.ask(query(name))))
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
})
