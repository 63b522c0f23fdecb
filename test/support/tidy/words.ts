// What must not be said, and where.
import ts from 'typescript'
import { type Fault, faultAt, nodes, type Source, type TextFile } from './source.js'

/** Globals that a pure room does without -> what to do. */
const IMPURE: Readonly<Record<string, string>> = {
  process: 'take it as an argument',
  console: 'return it as data',
  performance: 'take the time as an argument',
  setTimeout: 'return when to act, as data',
  setInterval: 'return when to act, as data',
  setImmediate: 'return when to act, as data',
  fetch: 'return what to ask, as data',
  crypto: 'take the bytes as an argument',
}

/** Clocks, randomness, the process and the machine's locale in a pure file. */
export function purityFaults(source: Source): readonly Fault[] {
  const faults: Fault[] = []
  const own = declaredNames(source)
  for (const node of nodes(source.tree)) {
    const date = dateFault(node)
    if (date !== null) faults.push(faultAt(source, node, `${date}; a pure room takes the time as an argument`))
    if (ts.isPropertyAccessExpression(node)) {
      const text = node.getText(source.tree)
      if (text === 'Math.random')
        faults.push(faultAt(source, node, 'Math.random in a pure room; take a seed as an argument'))
      if (/^(localeCompare|toLocale\w+)$/.test(node.name.text)) {
        faults.push(faultAt(source, node, `${node.name.text} depends on the machine; use byName, or format it here`))
      }
    }
    if (!ts.isIdentifier(node) || !isReference(node) || own.has(node.text)) continue
    const instead = Object.hasOwn(IMPURE, node.text) ? IMPURE[node.text] : undefined
    if (instead !== undefined) faults.push(faultAt(source, node, `${node.text} in a pure room; ${instead}`))
  }
  return faults
}

function dateFault(node: ts.Node): string | null {
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && (node.arguments?.length ?? 0) === 0) {
    return 'new Date() without an argument'
  }
  if (ts.isCallExpression(node) && ['Date', 'Date.now'].includes(node.expression.getText())) {
    return `${node.expression.getText()}()`
  }
  return null
}

/** An identifier that stands for a value, and is no name of a property, a type's member or a label. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node
  if (ts.isTypeReferenceNode(parent) || ts.isQualifiedName(parent)) return false
  return (
    ts.isExpression(parent) || ts.isStatement(parent) || ts.isVariableDeclaration(parent) || ts.isTemplateSpan(parent)
  )
}

function declaredNames(source: Source): ReadonlySet<string> {
  const names = new Set<string>()
  for (const node of nodes(source.tree)) {
    const declares =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isBindingElement(node) ||
      ts.isImportSpecifier(node)
    if (declares && node.name !== undefined && ts.isIdentifier(node.name)) names.add(node.name.text)
  }
  return names
}

/** The type that checks nothing. */
export function anyFaults(source: Source): readonly Fault[] {
  return [...nodes(source.tree)]
    .filter((node) => node.kind === ts.SyntaxKind.AnyKeyword)
    .map((node) => faultAt(source, node, 'the type `any` checks nothing; use `unknown` and a guard'))
}

/** Tests that are left out, or leave out all others. */
export function heldBackFaults(source: Source): readonly Fault[] {
  return [...nodes(source.tree)].flatMap((node) => {
    if (!ts.isPropertyAccessExpression(node) || !['only', 'skip', 'todo'].includes(node.name.text)) return []
    const root = /^(describe|test|it|suite|bench)\b/.exec(node.expression.getText(source.tree))
    if (root === null) return []
    return [
      faultAt(source, node, `${node.getText(source.tree)}: run it, mend it, or remove it (a missing tool: runIf)`),
    ]
  })
}

/** Lines that match, with what to do. */
export function wordFaults(file: TextFile, pattern: RegExp, message: string): readonly Fault[] {
  return file.text.split('\n').flatMap((line, index) => {
    const match = pattern.exec(line)
    return match === null ? [] : [`${file.path}:${index + 1} "${match[0].trim()}": ${message}`]
  })
}
