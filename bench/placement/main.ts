// `npm run bench -- placement`: how fast and how well slots are placed.
import type { Benchmark } from '../benchmark.js'

/** Name -> part. */
const PARTS: Readonly<Record<string, () => Promise<Benchmark>>> = {
  speed: async () => (await import('./speed.js')).speed,
  openb: async () => (await import('./packing.js')).openb,
  gpus: async () => (await import('./gpus.js')).gpus,
  small: async () => (await import('./small.js')).small,
  vbp: async () => (await import('./packing.js')).vbp,
}

/** All parts, or the one that `--only` names. */
export const placement: Benchmark = async (options) => {
  for (const [name, load] of Object.entries(PARTS)) {
    if (options.only !== null && options.only !== name) continue
    options.print(`## ${name}\n`)
    await (await load())(options)
    options.print('')
  }
}
