// Who imports whom.
import { dirname, join, normalize } from 'node:path'
import ts from 'typescript'
import { type Fault, faultAt, nodes, type Source } from './source.js'

/** What a room may import. */
export interface Room {
  /** Other rooms. */
  readonly rooms: readonly string[]
  /** npm packages. */
  readonly packages: readonly string[]
  /** Node's own modules: all, or just these names of these modules. */
  readonly node: 'all' | Readonly<Record<string, readonly string[]>>
}

/** One import or re-export. */
export interface Import {
  readonly node: ts.Node
  /** As written: `../model/host.js`, `node:fs`, `ssh2`. */
  readonly from: string
  /** Names that are taken; empty for a namespace or a dynamic import. */
  readonly names: readonly string[]
  readonly typeOnly: boolean
  /** `await import()`: when a function runs, when the file is loaded, or no. */
  readonly dynamic: 'later' | 'at-load' | 'no'
}

/** `src/spec/yaml.ts` -> `spec`, `src/hc.ts` -> `hc`, `commands/job/list.ts` -> `commands`; null outside of both. */
export function roomOf(path: string): string | null {
  const [top, room] = path.split('/')
  if (top === 'commands') return top
  return top === 'src' && room !== undefined ? room.replace(/\.tsx?$/, '') : null
}

/** All imports of a file. */
export function importsOf(source: Source): readonly Import[] {
  const found: Import[] = []
  for (const node of nodes(source.tree)) {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const clause = node.importClause
      const bindings = clause?.namedBindings
      const named = bindings !== undefined && ts.isNamedImports(bindings) ? [...bindings.elements] : []
      const names = named.map((element) => (element.propertyName ?? element.name).text)
      if (clause?.name !== undefined) names.push('default')
      const typeOnly = clause?.isTypeOnly === true
      found.push({ node, from: node.moduleSpecifier.text, names, typeOnly, dynamic: 'no' })
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
      found.push({ node, from: node.moduleSpecifier.text, names: [], typeOnly: node.isTypeOnly, dynamic: 'no' })
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments
      const from = argument !== undefined && ts.isStringLiteral(argument) ? argument.text : '(computed)'
      found.push({ node, from, names: [], typeOnly: false, dynamic: isInFunction(node) ? 'later' : 'at-load' })
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      const from = ts.isStringLiteral(node.argument.literal) ? node.argument.literal.text : '(computed)'
      found.push({ node, from, names: [], typeOnly: true, dynamic: 'no' })
    }
  }
  return found
}

function isInFunction(node: ts.Node): boolean {
  for (let at: ts.Node | undefined = node; at !== undefined; at = at.parent) if (ts.isFunctionLike(at)) return true
  return false
}

/** The file that a relative import means, by its TypeScript path without extension; null for a package. */
export function targetOf(source: Source, from: string): string | null {
  if (!from.startsWith('.')) return null
  return normalize(join(dirname(source.path), from)).replace(/\.(js|jsx)$/, '')
}

function packageOf(from: string): string {
  return from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/')
}

/** Imports of a file of src/ that the table does not allow. */
export function importFaults(source: Source, table: Readonly<Record<string, Room>>): readonly Fault[] {
  const name = roomOf(source.path)
  if (name === null || name === 'commands') return []
  const room = table[name]
  if (room === undefined) {
    return [`${source.path}:1 is in no room of the table in test/tidy.test.ts; move it to the room that it belongs to`]
  }
  return importsOf(source).flatMap((each) => {
    const why = refusal(source, name, room, each)
    return why === null ? [] : [faultAt(source, each.node, why)]
  })
}

function refusal(source: Source, name: string, room: Room, { from, names }: Import): string | null {
  const target = targetOf(source, from)
  if (target !== null) {
    const other = roomOf(target)
    if (other === name || (other !== null && room.rooms.includes(other))) return null
    const allowed = room.rooms.length === 0 ? 'no other room' : room.rooms.join(', ')
    return `imports ${target}: ${name} may import ${allowed}; move what both need up to model, or pass it in`
  }
  if (from.startsWith('node:')) {
    if (room.node === 'all') return null
    const granted = room.node[from]
    if (granted !== undefined && names.length > 0 && names.every((each) => granted.includes(each))) return null
    return `imports ${from}: ${name} is pure; take what it gives as an argument, or through a port`
  }
  if (room.packages.includes(packageOf(from))) return null
  const allowed = room.packages.length === 0 ? 'no package' : room.packages.join(', ')
  return `imports ${from}: ${name} may import ${allowed}; use the room that owns it`
}

/** The composition roots: of what works with a cluster, and of what needs none. */
const ROOTS: readonly string[] = ['src/hc', 'src/hc-offline', 'src/hc-import', 'src/hc-export']

/** Imports of a file of commands/ beside oclif, src/ui, types, and a composition root when it runs. */
export function commandImportFaults(source: Source): readonly Fault[] {
  if (roomOf(source.path) !== 'commands') return []
  return importsOf(source).flatMap((each) => {
    const target = targetOf(source, each.from)
    const other = target === null ? null : roomOf(target)
    if (target === null && packageOf(each.from) === '@oclif/core') return []
    if (other === 'ui') return []
    if (each.typeOnly && (other === 'model' || other === 'hc')) return []
    const root = target !== null && ROOTS.includes(target)
    if (root && each.dynamic === 'later') return []
    if (root)
      return [faultAt(source, each.node, `imports ${target} at the start; use \`await import()\` where it runs`)]
    const rule =
      'a command imports @oclif/core, src/ui, types of src/model, and src/hc by `await import()` when it runs'
    return [faultAt(source, each.node, `imports ${target ?? each.from}: ${rule}`)]
  })
}

/** Parts of Node that are loaded by `import()`: the program is one script of V8, in which that finds nobody to ask. */
export function lateNodeFaults(source: Source): readonly Fault[] {
  return importsOf(source)
    .filter(({ dynamic, from }) => dynamic !== 'no' && from.startsWith('node:'))
    .map(({ node, from }) => faultAt(source, node, `loads ${from} by import(), which fails in dist/src/hc.cjs`))
}

/** Packages that are loaded before any command runs, with the way that leads to them. */
export function startupFaults(sources: readonly Source[], slow: readonly string[]): readonly Fault[] {
  const byPath = new Map(sources.map((source) => [source.path.replace(/\.tsx?$/, ''), source]))
  const faults: Fault[] = []
  const visited = new Set<string>()
  const visit = (path: string, way: readonly string[]) => {
    const source = byPath.get(path)
    if (source === undefined || visited.has(path)) return
    visited.add(path)
    for (const each of importsOf(source)) {
      if (each.typeOnly || each.dynamic === 'later') continue
      const target = targetOf(source, each.from)
      if (target !== null) visit(target, [...way, target])
      else if (slow.includes(packageOf(each.from))) {
        const message = `loads ${each.from} at every start of hc (${way.join(' -> ')}); use \`await import()\` on the way`
        faults.push(faultAt(source, each.node, message))
      }
    }
  }
  for (const source of sources)
    if (roomOf(source.path) === 'commands') visit(source.path.replace(/\.tsx?$/, ''), [source.path])
  return faults
}
