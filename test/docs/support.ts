// Markdown taken apart: code blocks, code within sentences, links, headings.
import type { TextFile } from '../support/tidy/source.js'

/** A piece of a page with its line, from 1. */
export interface Piece {
  readonly path: string
  readonly line: number
  readonly text: string
}

/** A fenced block; `language` is what stands behind the fence. */
export interface Block extends Piece {
  readonly language: string
}

/** Blocks between fences, and the lines that are indented by four as one block each. */
export function blocksOf({ path, text }: TextFile): readonly Block[] {
  const found: Block[] = []
  let open: { language: string; line: number; lines: string[]; indent: string } | null = null
  text.split('\n').forEach((line, index) => {
    const fence = /^(\s*)```(.*)$/.exec(line)
    if (fence !== null && open === null) {
      open = { language: (fence[2] ?? '').trim(), line: index + 2, lines: [], indent: fence[1] ?? '' }
    } else if (fence !== null && open !== null) {
      found.push({ path, language: open.language, line: open.line, text: open.lines.join('\n') })
      open = null
    } else if (open !== null) open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line)
    else if (/^ {4}[^\s-]/.test(line)) found.push({ path, language: 'indented', line: index + 1, text: line.slice(4) })
  })
  return found
}

/** The page without its fenced blocks; lines keep their numbers. */
function prose(text: string): string {
  return text.replace(/^\s*```[^\n]*\n[\s\S]*?^\s*```$/gm, (block) => block.replace(/[^\n]/g, ''))
}

/** `code` in sentences and tables. A piece may go over the end of a line. */
export function codeOf({ path, text }: TextFile): readonly Piece[] {
  const plain = prose(text)
  return [...plain.matchAll(/`([^`]+)`/g)].map((match) => ({
    path,
    line: plain.slice(0, match.index).split('\n').length,
    text: (match[1] ?? '').replace(/\s*\n\s*/g, ' ').replaceAll('\\|', '|'),
  }))
}

/** Targets of links and pictures. */
export function linksOf({ path, text }: TextFile): readonly Piece[] {
  const plain = prose(text).replace(/`[^`\n]+`/g, (code) => code.replace(/[[\]()]/g, ' '))
  return [...plain.matchAll(/\]\(([^)\s]+)\)|<img [^>]*src="([^"]+)"/g)].map((match) => ({
    path,
    line: plain.slice(0, match.index).split('\n').length,
    text: match[1] ?? match[2] ?? '',
  }))
}

/** Anchors of the headings, as GitHub makes them. */
export function anchorsOf(text: string): readonly string[] {
  return [...prose(text).matchAll(/^#+ (.*)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/ /g, '-'),
  )
}
