// What stays on the control machine itself: what its loop saw last, which losses would be survived. Lost without harm.
import { join } from 'node:path'
import { makePrivateFolder, readIfThere, replaceFile } from '../files.js'

/** Reads such a file; null where there is none, or it can't be read. */
export async function readLocal<T>(folder: string, name: string): Promise<T | null> {
  try {
    const bytes = await readIfThere(join(folder, name))
    return bytes === null ? null : (JSON.parse(bytes.toString('utf8')) as T)
  } catch {
    return null
  }
}

/** Writes one. Never rejects. */
export async function writeLocal(folder: string, name: string, value: unknown): Promise<void> {
  try {
    await makePrivateFolder(folder)
    await replaceFile(join(folder, name), JSON.stringify(value), { durable: false })
  } catch {
    // a full disk must not keep hc from acting
  }
}
