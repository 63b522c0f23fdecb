// The records as text: what is accepted, and how an older format is brought up to date.
import { messageOf, UserError } from '../model/errors.js'
import type { Records } from '../model/records.js'
import { jobsOfToday } from './old-jobs.js'

/** A version of the records: `major` changes what old programs would misread, `minor` adds. */
export type Format = Records['format']

/** What this program writes. */
export const FORMAT: Format = { major: 1, minor: 0 }

/** Records as JSON of any format. */
export type RawRecords = Readonly<Record<string, unknown>>

/** A step from one minor version to the next. */
export type Migration = (records: RawRecords) => RawRecords

/** From the minor version (of FORMAT.major) to the one after it. A new minor adds a line here. */
export const MIGRATIONS: Readonly<Record<number, Migration>> = {}

const SHAPE: Readonly<Record<Exclude<keyof Records, 'format'>, (value: unknown) => boolean>> = {
  cluster: isText,
  key: isText,
  term: (value) => isObject(value) && typeof value.number === 'number' && isText(value.owner),
  jobs: isObject,
  removed: isObject,
  placements: isObject,
  hosts: isObject,
  backOffs: isObject,
  versions: (value) => value === undefined || isObject(value),
  unwell: (value) => value === undefined || isObject(value),
  inventory: (value) => value === null || isObject(value),
  leaseRules: isNumberOrNone,
  moved: (value) => value === undefined || isObject(value),
  restored: (value) => value === undefined || isObject(value),
  order: isNumberOrNone,
  older: (value) => value === undefined || isObject(value),
  doubt: isNumberOrNone,
  told: (value) => value === undefined || Array.isArray(value),
  heirOf: isNumberOrNone,
  handedOn: isNumberOrNone,
}

function isNumberOrNone(value: unknown): boolean {
  return value === undefined || typeof value === 'number'
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function isObject(value: unknown): value is RawRecords {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The records as they are written: one line, since every byte wears an SD card. */
export function formatRecords(records: Records): string {
  return `${JSON.stringify(records)}\n`
}

/**
 * Reads records, older minor versions included. A newer minor of the same major is taken as it is, with all that it
 * holds besides. Throws UserError (`store`, exit code 2) that names the file and the way out.
 */
export function parseRecords(
  text: string,
  file: string,
  format: Format = FORMAT,
  migrations: Readonly<Record<number, Migration>> = MIGRATIONS,
): Records {
  const raw = parseJson(text, file)
  if (!isObject(raw)) throw unreadable(file, 'it is no JSON object')
  const written = formatOf(raw, file)
  const name = `${written.major}.${written.minor}`
  if (written.major > format.major) {
    throw refuse(`${file} was written by a newer hc (format ${name}; this hc reads ${format.major}.x).`, {
      hint: 'Use that newer hc, or upgrade this one. Nothing was changed.',
    })
  }
  let records: RawRecords = raw
  for (let minor = written.minor; written.major < format.major || minor < format.minor; minor += 1) {
    const migrate = written.major === format.major ? migrations[minor] : undefined
    if (migrate === undefined) {
      throw refuse(
        `${file} was written by an hc that is too old (format ${name}; this hc reads from ${oldest(format, migrations)}).`,
        {
          hint: 'Run any command of a release between the two first; it brings the file up to date. Nothing was changed.',
        },
      )
    }
    records = { ...migrate(records), format: { major: format.major, minor: minor + 1 } }
  }
  return checked(records, file)
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw unreadable(file, messageOf(error))
  }
}

function formatOf(raw: RawRecords, file: string): Format {
  const { format } = raw
  if (!isObject(format)) throw unreadable(file, 'it has no format')
  const { major, minor } = format
  if (typeof major !== 'number' || typeof minor !== 'number') throw unreadable(file, 'its format is no pair of numbers')
  return { major, minor }
}

function checked(records: RawRecords, file: string): Records {
  for (const [field, accepts] of Object.entries(SHAPE)) {
    if (!accepts(records[field])) throw unreadable(file, `its field "${field}" is missing or of the wrong kind`)
  }
  const { jobs } = records
  return { ...records, jobs: jobsOfToday(jobs) } as unknown as Records // the fields were just checked; what is in them, only hc writes
}

function oldest(format: Format, migrations: Readonly<Record<number, Migration>>): string {
  let minor = format.minor
  while (migrations[minor - 1] !== undefined) minor -= 1
  return `${format.major}.${minor}`
}

/** hc writes the file whole or not at all, so that this is a broken disk or an edit by hand. */
function unreadable(file: string, why: string): UserError {
  return refuse(`${file} can't be read: ${why}. Nothing was changed.`, {
    hint:
      `The copy from before the last change: \`cp ${file}.prev ${file}\`. ` +
      `If that is broken too, move ${file} away and run \`hc apply\`: what runs on the hosts is taken over without a restart.`,
  })
}

function refuse(message: string, options: { readonly hint: string }): UserError {
  return new UserError(message, { code: 'store', exitCode: 2, hint: options.hint })
}
