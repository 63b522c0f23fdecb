// This very program, packed to be sent to a host that has none: what it is made of, the package that it finds by its path, and Node;
// or the single executable, which has all of that inside.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, realpath } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { PackedPart, PackedProgram } from '../model/control-group.js'
import { messageOf, UserError } from '../model/errors.js'

/** Bytes of a piece: what is sent again, at most, where a connection breaks. */
const PIECE = 8 * 1024 * 1024
/** What is packed of the program's folder, where it is there. */
const OWN = ['bin/run.js', 'package.json', 'dist', 'schema']
/** Its compiled part is found by its path (scripts/one-file.mjs); all else of packages is in the one file. */
const PACKAGE = 'ssh2'
/** `uname -m`, as Node calls it. */
const MACHINES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' }

/** Packs it. `program`: bin/run.js, absolute, or the single executable; `node`: what runs now. Throws UserError. */
export async function packProgram(program: string, node = process.execPath): Promise<PackedProgram> {
  return isSingle(program, node) ? packSingle(node) : packBuilt(program, node)
}

/** Is the program its own node? */
export function isSingle(program: string, node: string): boolean {
  return program === node
}

async function packSingle(program: string): Promise<PackedProgram> {
  const bytes = await readFile(program).catch((error: unknown) => {
    throw new UserError(`this program cannot be read to be sent to hosts: ${messageOf(error)}`, {
      exitCode: 1,
      hint: 'was it replaced meanwhile? run the same command again',
    })
  })
  const digest = createHash('sha256').update(bytes).digest('hex')
  return { digest, form: 'single', parts: async () => [await partOf('hc', bytes)], machine: ownMachine() }
}

async function packBuilt(program: string, execPath: string): Promise<PackedProgram> {
  const root = dirname(dirname(await realpath(program)))
  if (!existsSync(join(root, 'dist', 'oclif.manifest.json'))) {
    throw new UserError('this hc runs from its source, and only a built one can be sent to hosts', {
      exitCode: 1,
      hint: 'npm run build, then node bin/run.js',
    })
  }
  const [archive, node] = await Promise.all([packFolder(root), readFile(execPath)])
  const digest = createHash('sha256').update(archive).update(node).digest('hex')
  const parts = () => Promise.all([partOf('tar', archive), partOf('node', node)])
  return { digest, form: 'folder', parts, machine: ownMachine() }
}

function ownMachine(): string {
  return MACHINES[arch()] ?? arch()
}

async function partOf(kind: PackedPart['kind'], bytes: Buffer): Promise<PackedPart> {
  const packed = await promisify(gzip)(bytes, { level: 1 })
  const pieces = []
  for (let at = 0; at < packed.length; at += PIECE) {
    const piece = packed.subarray(at, at + PIECE)
    pieces.push({ digest: createHash('sha256').update(piece).digest('hex'), bytes: piece })
  }
  return { kind, pieces }
}

/** An archive that has the same bytes whenever the files have. */
async function packFolder(root: string): Promise<Buffer> {
  const words = ['-c', '--format=ustar', '--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner']
  const own = OWN.filter((name) => existsSync(join(root, name)))
  const from = ['-C', root, ...own, '-C', await folderOf(root, PACKAGE), `node_modules/${PACKAGE}`]
  return run('tar', [...words, '--exclude=obj.target', '--exclude=*.cache', '-f', '-', ...from])
}

/** The folder that holds node_modules with the package. */
async function folderOf(root: string, name: string): Promise<string> {
  try {
    const found = createRequire(join(root, 'dist', 'x.js')).resolve(`${name}/package.json`)
    return dirname(dirname(dirname(await realpath(found))))
  } catch (error) {
    throw new UserError(`the package ${name} is not where hc finds it: ${messageOf(error)}`, { exitCode: 1 })
  }
}

function run(command: string, words: readonly string[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks: Buffer[] = []
    let said = ''
    child.stdout.on('data', (bytes: Buffer) => chunks.push(bytes))
    child.stderr.on('data', (bytes: Buffer) => {
      said = `${said}${bytes}`.slice(-500)
    })
    const fail = (why: string) =>
      reject(new UserError(`the program cannot be packed: ${why}`, { exitCode: 1, hint: 'GNU tar is needed here' }))
    child.on('error', (error) => fail(error.message))
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(chunks))
      else fail(said.trim().split('\n')[0] ?? `tar ended with ${code}`)
    })
  })
}
