// The repository's files, and TypeScript ones taken apart.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** Folder of the checkout. */
export const ROOT = join(import.meta.dirname, '..', '..', '..')

const NOT_OURS = ['node_modules', 'dist', 'coverage', '.git', '.hc']

/** A file as text, path relative to the checkout. */
export interface TextFile {
  readonly path: string
  readonly text: string
}

/** A TypeScript file. */
export interface Source extends TextFile {
  readonly tree: ts.SourceFile
}

/** `file:line what is wrong; what to do`. */
export type Fault = string

/** Takes a TypeScript text apart. */
export function parseSource(path: string, text: string): Source {
  const kind = path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true, kind) }
}

/** Tracked files and new ones that are not ignored; without git all that is not generated. Text only, sorted. */
export function repositoryFiles(): readonly TextFile[] {
  return paths()
    .filter((path) => existsSync(join(ROOT, path)))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
    .filter(({ text }) => !text.includes('\0'))
}

function paths(): readonly string[] {
  try {
    const args = ['-C', ROOT, 'ls-files', '-z', '--cached', '--others', '--exclude-standard']
    const listed = execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return [...new Set(listed.split('\0').filter((path) => path !== ''))].sort()
  } catch {
    return walk('')
  }
}

function walk(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => !NOT_OURS.includes(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? walk(path) : entry.isFile() ? [path] : []
    })
    .sort()
}

/** A fault at a node. */
export function faultAt(source: Source, node: ts.Node, message: string): Fault {
  return `${source.path}:${lineOf(source, node.getStart(source.tree))} ${message}`
}

/** Line of a position, from 1. */
export function lineOf(source: Source, position: number): number {
  return source.tree.getLineAndCharacterOfPosition(position).line + 1
}

/** Every node below, parents first. */
export function* nodes(tree: ts.Node): Generator<ts.Node> {
  yield tree
  const children: ts.Node[] = []
  ts.forEachChild(tree, (child) => {
    children.push(child)
  })
  for (const child of children) yield* nodes(child)
}
