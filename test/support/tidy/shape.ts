// How large things are, and what they carry.
import ts from 'typescript'
import { type Fault, faultAt, lineOf, nodes, type Source } from './source.js'

/** Something with a length in lines: `src/a.ts`, or `src/a.ts#name`. */
export interface Sized {
  readonly name: string
  readonly line: number
  readonly lines: number
}

/** Length of the file. */
export function fileSize({ path, text }: Source): Sized {
  return { name: path, line: 1, lines: text.replace(/\n$/, '').split('\n').length }
}

/** Lengths of all functions, first to last line. */
export function functionSizes(source: Source): readonly Sized[] {
  const found: Sized[] = []
  for (const node of nodes(source.tree)) {
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) continue
    const line = lineOf(source, node.getStart(source.tree))
    const lines = lineOf(source, node.getEnd()) - line + 1
    found.push({ name: `${source.path}#${nameOf(node)}`, line, lines })
  }
  return found
}

function nameOf(node: ts.SignatureDeclaration): string {
  if (node.name !== undefined) return node.name.getText()
  const { parent } = node
  const named = ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent)
  return named ? parent.name.getText() : 'anonymous'
}

/**
 * What is longer than `limit`. `ratchet` holds exceptions with the size that they have: it must be lowered with them,
 * and emptied in the end.
 */
export function sizeFaults(
  sizes: readonly Sized[],
  limit: number,
  ratchet: Readonly<Record<string, number>>,
): readonly Fault[] {
  const faults: Fault[] = []
  for (const { name, line, lines } of sizes) {
    const [path = '', part = ''] = name.split('#')
    const allowed = ratchet[name]
    const what = `${path}:${line} ${part === '' ? 'the file' : part} has ${lines} lines`
    if (lines > (allowed ?? limit)) faults.push(`${what}, the limit is ${allowed ?? limit}; divide it by concept`)
    else if (allowed !== undefined && lines < allowed) faults.push(`${what}, its exception says ${allowed}; lower that`)
  }
  const names = new Set(sizes.map(({ name }) => name))
  for (const name of Object.keys(ratchet)) {
    if (!names.has(name)) faults.push(`test/tidy.test.ts:1 the exception of ${name} is for nothing; remove it`)
  }
  return faults
}

/** Exported functions, types, classes and interfaces without a doc comment. */
export function docFaults(source: Source): readonly Fault[] {
  const faults: Fault[] = []
  const documented = new Set<string>()
  for (const node of source.tree.statements) {
    const name = exportedName(node)
    if (name === null || documented.has(name)) continue
    documented.add(name) // an overload's first signature speaks for all
    const comments = ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? []
    const last = comments.at(-1)
    if (last !== undefined && source.text.startsWith('/**', last.pos)) continue
    faults.push(faultAt(source, node, `${name} is exported without a doc comment; say in /** */ what it is`))
  }
  return faults
}

function exportedName(node: ts.Statement): string | null {
  const exported =
    ts.canHaveModifiers(node) && ts.getModifiers(node)?.some((each) => each.kind === ts.SyntaxKind.ExportKeyword)
  if (exported !== true) return null
  if (ts.isVariableStatement(node)) {
    const [declaration] = node.declarationList.declarations
    const value = declaration?.initializer
    const isFunction = value !== undefined && (ts.isArrowFunction(value) || ts.isFunctionExpression(value))
    return isFunction ? (declaration?.name.getText() ?? null) : null
  }
  const declares =
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isEnumDeclaration(node)
  return declares ? (node.name?.text ?? 'the default export') : null
}

/** A file of commands/ must be a command. */
export function commandShapeFaults(source: Source): readonly Fault[] {
  const isCommand = source.tree.statements.some((node) => {
    const kinds = ts.isClassDeclaration(node) ? (ts.getModifiers(node)?.map(({ kind }) => kind) ?? []) : []
    return kinds.includes(ts.SyntaxKind.ExportKeyword) && kinds.includes(ts.SyntaxKind.DefaultKeyword)
  })
  if (isCommand) return []
  return [
    `${source.path}:1 has no \`export default class\`: oclif takes every file here for a command; move helpers to src/ui`,
  ]
}
