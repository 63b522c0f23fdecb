// Children that run our own sources at the speed of plain node: tests that kill many of them can't wait for a loader.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import ts from 'typescript'

const ROOT = join(import.meta.dirname, '..', '..')

/** Sources as JavaScript, in a folder of their own. */
export interface PlainSources {
  /** Starts node on one of them: `test/store/child.ts`. Its stdout is a pipe. */
  start(source: string, args: readonly string[], prefix?: readonly string[]): ChildProcess
  remove(): Promise<void>
}

/** Transpiles the named files and the .ts files of the named folders (not deeper). */
export async function plainSources(paths: readonly string[]): Promise<PlainSources> {
  const folder = await mkdtemp(join(tmpdir(), 'hc-plain-'))
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  for (const path of paths) {
    const names = path.endsWith('.ts') ? [path] : (await readdir(join(ROOT, path))).map((name) => join(path, name))
    for (const name of names.filter((each) => each.endsWith('.ts'))) await transpile(name, folder)
  }
  return {
    start(source, args, prefix = []) {
      const argv = [...prefix, process.execPath, join(folder, scriptOf(source)), ...args]
      const [program = process.execPath, ...rest] = argv
      return spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'] })
    },
    remove: () => rm(folder, { recursive: true }),
  }
}

async function transpile(name: string, folder: string): Promise<void> {
  const text = await readFile(join(ROOT, name), 'utf8')
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  })
  const path = join(folder, scriptOf(name))
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, outputText)
}

function scriptOf(source: string): string {
  return source.replace(/\.ts$/, '.js')
}

/** The next line that the child prints. Rejects when it ends before, or after `timeoutMs`. */
export function nextLine(child: ChildProcess, timeoutMs = 10_000): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const finish = (act: () => void) => {
      clearTimeout(timer)
      child.stdout?.off('data', onData)
      child.off('exit', onExit)
      act()
    }
    const onData = (chunk: Buffer) => {
      text += chunk.toString()
      const end = text.indexOf('\n')
      if (end >= 0) finish(() => resolve(text.slice(0, end)))
    }
    const onExit = () => finish(() => reject(new Error(`the child ended without a line; it said: ${text}`)))
    const timer = setTimeout(() => finish(() => reject(new Error('the child says nothing'))), timeoutMs)
    child.stdout?.on('data', onData)
    child.on('exit', onExit)
  })
}

/** Resolves when the process has ended; at once where it has. */
export function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.on('exit', () => resolve())
  })
}
