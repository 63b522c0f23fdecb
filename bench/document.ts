// docs/performance.md: a benchmark writes its own part of it, between two marks, and nothing else.
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

const DOCUMENT = fileURLToPath(new URL('../docs/performance.md', import.meta.url))

/** A document with the part of this name in place of the one that is there; a new part comes last. */
export function withPart(document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- written by npm run bench -- ${name} -->`, `<!-- end of ${name} -->`]
  const part = `${begin}\n${text.trim()}\n${end}`
  const from = document.indexOf(begin)
  const to = document.indexOf(end, from)
  if (from < 0 || to < 0) return `${document.trimEnd()}\n\n${part}\n`
  return document.slice(0, from) + part + document.slice(to + end.length)
}

/** Load averages over 1, 5 and 15 minutes. */
export type Load = readonly number[]

/** The load now. */
export function loadNow(): Load {
  return loadavg()
}

/** The machine, in one line. `before`: the load when the benchmark began. */
export function surroundings(before: Load): string {
  const model = cpus()[0]?.model.trim() ?? 'processor not known'
  const [load = 0] = loadavg()
  const cores = availableParallelism()
  // What stands there afterwards is the benchmark's own load too.
  const smoke =
    (before[0] ?? 0) > cores / 2
      ? ` Other work shared the ${cores} cores as it began: times on the clock are those of a smoke run, processor seconds are to be compared.`
      : ''
  return (
    `Machine: ${model}, ${cores} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, node ${process.version}. ` +
    `Load average of one minute before and after: ${(before[0] ?? 0).toFixed(1)} and ${load.toFixed(1)}.${smoke}`
  )
}

/** Puts a part into docs/performance.md. */
export function writePart(name: string, text: string): void {
  writeFileSync(DOCUMENT, withPart(readFileSync(DOCUMENT, 'utf8'), name, text))
}
