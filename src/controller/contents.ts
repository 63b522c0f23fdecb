// What an allocation is given: files as they were applied, secrets and env files as they are now.
import type { Contents } from '../cluster/execute.js'
import { UserError } from '../model/errors.js'
import type { AppliedJob, SecretSource } from '../model/job.js'
import type { Sources, Store } from '../ports.js'

/** Bound of a command that gives a secret, ms: a password manager that waits for a person must not hold up a tick. */
const SECRET_COMMAND_MS = 10_000

/**
 * The bytes that a start needs. Files come from the store's blobs: what runs is what was applied. Secrets and env files
 * are read from their source and never stored. Throws UserError when a source can't be read.
 */
export async function readContents(applied: AppliedJob, store: Store, sources: Sources): Promise<Contents> {
  const { job, fileHashes } = applied
  const files: Record<string, Uint8Array> = {}
  for (const { source } of job.files) {
    const hash = fileHashes[source]
    const bytes = hash === undefined ? null : await store.getBlob(hash)
    files[source] = bytes ?? (await sources.readFile(source))
  }
  const envFiles: Uint8Array[] = []
  for (const path of job.envFiles) envFiles.push(await sources.readFile(path))
  const secrets: Record<string, Uint8Array> = {}
  for (const [name, source] of Object.entries(job.secrets)) secrets[name] = await readSecret(name, source, sources)
  return { files, envFiles, secrets }
}

/** One secret's value, without the line end that editors and password managers add. Throws UserError. */
export async function readSecret(name: string, source: SecretSource, sources: Sources): Promise<Uint8Array> {
  if (source.kind === 'env') {
    const value = sources.environment(source.name)
    if (value === undefined) {
      throw new UserError(`secret ${name}: the environment variable ${source.name} is not set`, {
        hint: `export ${source.name}, or give the secret as a file or a command`,
      })
    }
    return new TextEncoder().encode(value)
  }
  const bytes =
    source.kind === 'file'
      ? await sources.readFile(source.path)
      : await sources.commandOutput(source.argv, SECRET_COMMAND_MS)
  return bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes
}
