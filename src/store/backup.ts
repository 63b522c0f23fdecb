// A backup of a store: one JSON file that says what it is, of which version, and the checksum of what it holds.
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UserError } from '../model/errors.js'
import type { StoreContents } from '../model/records.js'
import type { BackupFacts } from '../model/store-copies.js'
import { storeError } from './errors.js'
import { makePrivateFolder, readIfThere, replaceFile } from './files.js'
import { parseRecords } from './format.js'

/** What a backup says it is. */
const KIND = 'store-backup'
/** Of the file; the records in it have a format of their own. */
const VERSION = 1
/** Lists beside the records: what they must be. */
const LISTS = ['events', 'incidents', 'survival'] as const

/** The backup as text. Contents of files are in base64. */
export function formatBackup(contents: StoreContents, madeAt: string): string {
  const { records, events, blobs, incidents, survival } = contents
  const names = Object.keys(blobs).sort()
  const files = Object.fromEntries(names.map((name) => [name, Buffer.from(blobs[name] ?? []).toString('base64')]))
  const content = { records, events, blobs: files, incidents, survival }
  const head = { apiVersion: 'hc/v1', kind: KIND, version: VERSION, madeAt, sha256: sha256(JSON.stringify(content)) }
  return `${JSON.stringify({ ...head, content })}\n`
}

/** Reads a backup and checks it whole. Throws UserError that says what is wrong with it. */
export function parseBackup(text: string, file: string): { readonly contents: StoreContents } & BackupFacts {
  const { madeAt, sha256: said, content } = headOf(text, file)
  if (said !== sha256(JSON.stringify(content))) throw damaged(file, 'its checksum is not that of what it holds')
  if (!isObject(content) || !isObject(content.blobs)) throw damaged(file, 'it holds no store')
  for (const list of LISTS) if (!Array.isArray(content[list])) throw damaged(file, `its "${list}" are no list`)
  const records = parseRecords(JSON.stringify(content.records), file)
  const blobs: Record<string, Uint8Array> = {}
  for (const [name, value] of Object.entries(content.blobs)) {
    const bytes = Buffer.from(String(value), 'base64')
    if (sha256(bytes) !== name) throw damaged(file, `the copy of a job's file (${name.slice(0, 12)}) is not whole`)
    blobs[name] = bytes
  }
  const { events, incidents, survival } = content as unknown as StoreContents // hc wrote them: the checksum was compared
  const bytes = Buffer.byteLength(text)
  return { contents: { records, events, blobs, incidents, survival }, madeAt, sha256: said, bytes }
}

/** Writes a backup (0600), whole or not at all. Throws UserError, also where the file is something else than a backup. */
export async function writeBackup(file: string, contents: StoreContents, madeAt: string): Promise<BackupFacts> {
  await refuseOther(file)
  const text = formatBackup(contents, madeAt)
  try {
    await replaceFile(file, text, { durable: true })
  } catch (error) {
    throw fileError(error, 'Writing', file)
  }
  // What can't be read back is no backup.
  const { sha256: sum, bytes } = parseBackup(await textOf(file), file)
  return { madeAt, sha256: sum, bytes }
}

/** Saves what is about to be replaced in the store's folder on this machine; the path. Throws UserError. */
export async function keepReplaced(folder: string, contents: StoreContents, madeAt: string): Promise<string> {
  const file = join(folder, `replaced-${madeAt.replace(/[^0-9TZ]/g, '')}.json`)
  try {
    await makePrivateFolder(folder)
  } catch (error) {
    throw storeError(error, 'Making', folder, 'nothing was changed')
  }
  await writeBackup(file, contents, madeAt)
  return file
}

/** Reads a backup from a file. Throws UserError. */
export async function readBackup(file: string): Promise<{ readonly contents: StoreContents } & BackupFacts> {
  return parseBackup(await textOf(file), file)
}

/** Only a backup is replaced by a backup: a slip of the hand must not cost an inventory. */
async function refuseOther(file: string): Promise<void> {
  const there = await stat(file).catch(() => null)
  if (there === null || (there.isFile() && there.size === 0)) return
  const what = there.isFile() ? 'is there already and is no backup of a store' : 'is a folder or a device'
  try {
    if (there.isFile()) return void headOf(await textOf(file), file)
  } catch {
    // said below
  }
  throw new UserError(`${file} ${what}; nothing was written`, { hint: 'name a file that is not there yet' })
}

async function textOf(file: string): Promise<string> {
  try {
    const bytes = await readIfThere(file)
    if (bytes !== null) return bytes.toString('utf8')
  } catch (error) {
    throw fileError(error, 'Reading', file)
  }
  throw new UserError(`${file} does not exist`, {
    code: 'not-found',
    missing: file,
    hint: 'hc store backup FILE makes one',
  })
}

function fileError(error: unknown, doing: string, file: string): UserError {
  const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
  if (missing)
    return new UserError(`${doing} ${file} failed: there is no such folder`, {
      missing: dirname(file),
      hint: 'make it first',
    })
  return storeError(error, doing, file, 'nothing was changed')
}

function headOf(text: string, file: string): { madeAt: string; sha256: string; content: unknown } {
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch {
    if (text.trim() === '') throw damaged(file, 'it is empty')
    throw text.includes(`"kind":"${KIND}"`) ? damaged(file, 'it is cut off or was changed') : foreign(file)
  }
  if (!isObject(raw) || raw.kind !== KIND) throw foreign(file)
  const { version, madeAt, sha256: sum, content } = raw
  if (typeof version !== 'number' || typeof madeAt !== 'string' || typeof sum !== 'string')
    throw damaged(file, 'its head is not whole')
  if (version > VERSION) {
    throw refuse(`${file} was written by a newer hc (version ${version} of the backup; this hc reads ${VERSION})`, {
      hint: 'use that newer hc, or upgrade this one; nothing was changed',
    })
  }
  return { madeAt, sha256: sum, content }
}

function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function damaged(file: string, why: string): UserError {
  return refuse(`${file} is damaged: ${why}; nothing was changed`, { hint: 'take another backup' })
}

function foreign(file: string): UserError {
  return refuse(`${file} is no backup of a store; nothing was changed`, { hint: 'hc store backup FILE makes one' })
}

function refuse(message: string, options: { readonly hint: string }): UserError {
  return new UserError(message, { code: 'store', exitCode: 2, hint: options.hint })
}
