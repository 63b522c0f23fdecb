// What the yaml package takes and PyYAML, through which Ansible reads, does not.
import { type Document, isCollection, isNode, isScalar, visit } from 'yaml'
import type { Report, Source } from './source.js'

const ANCHOR = /^[\p{L}\p{N}_-]+$/u

/** Reports what Ansible would refuse in a text that is good YAML by the later rules. */
export function reportStrict(document: Document.Parsed, source: Source, report: Report): void {
  visit(document, (_, node, path) => {
    if (!isNode(node)) return
    const place = { source, offset: node.range?.[0] ?? 0 }
    const anchor = 'anchor' in node ? node.anchor : undefined
    if (anchor !== undefined && !ANCHOR.test(anchor)) {
      report.add(
        place,
        `"&${anchor}" is no anchor`,
        'name it by letters, digits, "_" and "-", or put the value in quotes',
      )
    }
    const plain = isScalar(node) && node.type === 'PLAIN' && typeof node.value === 'string'
    const inFlow = path.some((each) => isCollection(each) && each.flow === true)
    if (plain && inFlow && /^[:?]/.test(String(node.value))) {
      report.add(
        place,
        `"${node.value}" cannot begin with "${String(node.value)[0]}" within brackets`,
        'put it in quotes',
      )
    }
  })
}
