// What the control machine's own files, environment and programs give.
import { execFile } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, UserError } from '../model/errors.js'
import type { Sources } from '../ports.js'
import { printableLine } from '../remote/printable.js'

/** Most bytes that the command of a secret may print. */
const OUTPUT_LIMIT = 1024 * 1024

/** The Sources of this machine. `folder`: where commands of the operator run. */
export function createSources(folder: string, environment: NodeJS.ProcessEnv = process.env): Sources {
  return {
    async readFile(path) {
      try {
        return await readFile(path)
      } catch (error) {
        const gone = error instanceof Error && 'code' in error && error.code === 'ENOENT'
        if (gone) throw new UserError(`${path} does not exist`, { code: 'not-found', missing: path })
        throw new UserError(`${path} can't be read: ${messageOf(error)}`)
      }
    },
    list: (below, depth) => list(below, '', depth),
    async stamp(path) {
      const found = await stat(path, { bigint: true }).catch(() => null)
      if (found === null) return null
      return { kind: found.isDirectory() ? 'folder' : 'file', value: `${found.ino} ${found.size} ${found.mtimeNs}` }
    },
    environment: (name) => environment[name],
    commandOutput: (argv, timeoutMs) => commandOutput(argv, timeoutMs, folder, environment),
  }
}

async function list(root: string, below: string, depth: number): Promise<readonly string[]> {
  const entries = await readdir(join(root, below), { withFileTypes: true }).catch(() => [])
  const found: string[] = []
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    const folder = entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(join(root, path))))
    // A pipe, a socket or a device would be waited for, perhaps for ever.
    const special = entry.isFIFO() || entry.isSocket() || entry.isCharacterDevice() || entry.isBlockDevice()
    if (special) continue
    if (!folder) found.push(path)
    else if (depth > 0) found.push(...(await list(root, path, depth - 1)))
  }
  return found.sort()
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  return found?.isDirectory() ?? false
}

/** stdin is the terminal's, so that `pass` can ask; stdout may be a secret, so no message quotes it. */
function commandOutput(
  argv: readonly string[],
  timeoutMs: number,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<Uint8Array> {
  const [program, ...words] = argv
  if (program === undefined) return Promise.reject(new UserError('a command without words gives no secret'))
  return new Promise((resolve, reject) => {
    const options = { cwd, env, timeout: timeoutMs, maxBuffer: OUTPUT_LIMIT, encoding: 'buffer' as const }
    execFile(program, words, options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout)
      const said = printableLine(stderr.toString())
      const why = error.killed
        ? `did not end within ${timeoutMs} ms`
        : error.code === 'ENOENT'
          ? 'is not installed here'
          : error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER'
            ? `printed more than ${OUTPUT_LIMIT} bytes`
            : `ended with ${typeof error.code === 'number' ? `code ${error.code}` : (error.signal ?? error.code)}`
      reject(
        new UserError(`'${program}' ${why}${said === '' ? '' : `: ${said}`}`, {
          hint: `try it by hand: ${argv.join(' ')}`,
        }),
      )
    })
  })
}
