// How the built program starts: one file, with what V8 made of it last time in a file beside it. Compiling is half of what a short
// command would cost otherwise.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Script } from 'node:vm'

/** What is run. */
export interface CachedProgram {
  /** The file: CommonJS, in ASCII. */
  readonly file: string
  /** Changes with the file's text: V8 itself looks at its length only. */
  readonly build: string
  /** What is asked of it: what one command made the next can use. */
  readonly word: string
  /** Environment that HOME and XDG_CACHE_HOME are read from. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/** Bytes before V8's own: a line of JSON, and spaces. */
const HEAD = 4096
/** Who ran longer does not want to wait for its code to be kept as it ends, ms. */
const SHORT_MS = 60_000

interface Kept {
  readonly build: string
  readonly words: readonly string[]
  readonly code: Buffer
}

/**
 * Runs it, and keeps its code when a command ends well for the first time: beside the program, or in the user's cache folder where that
 * can't be written. What can't be read, is of another build or of another Node, or is writable for others is not used; nothing here ever fails a command.
 */
export function runCached(program: CachedProgram): void {
  const text = readFileSync(program.file, 'latin1')
  const places = [`${program.file}.cache`, userPlace(program)].filter((place) => place !== null)
  const kept = places.map((place) => keptAt(place, program.build)).find((found) => found !== null) ?? null
  const source = `(function (exports, require, module, __filename, __dirname) {${text}\n})`
  const script = new Script(source, { filename: program.file, ...(kept && { cachedData: kept.code }) })
  const words = kept === null || script.cachedDataRejected ? [] : kept.words
  // Options of Node's own change what V8 makes.
  const isPlain = process.execArgv.length === 0 && !process.env.NODE_OPTIONS
  if (isPlain && !words.includes(program.word)) keepAtExit(script, places, { ...program, words })
  const { file } = program
  const module = { exports: {} }
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file))
}

function keepAtExit(
  script: Script,
  places: readonly string[],
  { build, words, word }: CachedProgram & Pick<Kept, 'words'>,
): void {
  process.on('exit', (code) => {
    if (code !== 0 || performance.now() > SHORT_MS) return
    const head = JSON.stringify({ build, words: [...words, word] })
    if (head.length >= HEAD) return
    const bytes = Buffer.concat([Buffer.from(`${head.padEnd(HEAD - 1)}\n`), script.createCachedData()])
    places.some((place) => keep(place, bytes))
  })
}

/** False where it can't be kept there. */
function keep(place: string, bytes: Buffer): boolean {
  const next = `${place}.${process.pid}`
  try {
    mkdirSync(dirname(place), { recursive: true, mode: 0o700 })
    writeFileSync(next, bytes, { mode: 0o644, flag: 'wx' })
    renameSync(next, place)
    return true
  } catch {
    rmSync(next, { force: true })
    return false
  }
}

function keptAt(place: string, build: string): Kept | null {
  try {
    const { uid, mode } = statSync(place)
    // It is run: only what the owner of this process, or root, has written.
    const own = process.getuid?.() ?? 0
    if ((uid !== own && uid !== 0) || (mode & 0o022) !== 0) return null
    const bytes = readFileSync(place)
    const head: unknown = JSON.parse(bytes.toString('latin1', 0, HEAD))
    return isHead(head) && head.build === build ? { ...head, code: bytes.subarray(HEAD) } : null
  } catch {
    return null
  }
}

function isHead(value: unknown): value is Omit<Kept, 'code'> {
  if (typeof value !== 'object' || value === null || !('build' in value) || !('words' in value)) return false
  return Array.isArray(value.words) && value.words.every((word) => typeof word === 'string')
}

/** The user's cache folder; null: there is none. */
function userPlace({ file, environment = process.env }: CachedProgram): string | null {
  const home = environment.XDG_CACHE_HOME || (environment.HOME && join(environment.HOME, '.cache'))
  if (!home) return null
  const name = createHash('sha256').update(file).digest('hex').slice(0, 16)
  return join(home, 'hc', `${name}.cache`)
}
