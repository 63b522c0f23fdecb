// What all desks share: the wiring, a controller, the inventory and the job files read.
import { UserError } from '../../model/errors.js'
import type { Records } from '../../model/records.js'
import type { TextFiles } from '../../ports.js'
import type { InventoryData } from '../../spec/inventory.js'
import { resolvePath } from '../../spec/paths.js'
import { limitFiles, matchPattern } from '../../spec/patterns.js'
import type { ControlDoors } from '../control/doors.js'
import { Controller } from '../controller.js'
import type { DoctorDoors } from '../doctor.js'
import type { InventoryReader } from '../inventory.js'
import { type ReadJobFiles, readJobFiles } from '../job-files.js'
import type { Listen } from '../outlook.js'
import type { CopyDoors } from '../store-copies.js'
import type { TrialDoors } from '../trial.js'
import type { World } from '../world.js'

/** What the desks are made of. */
export interface Wiring {
  readonly world: World
  readonly reader: InventoryReader
  readonly signal: AbortSignal | null
  /** The folder that relative paths are seen from, absolute. */
  readonly workingFolder: string
  readonly files: TextFiles
  /** The loop as a unit of this machine. */
  readonly loopUnit: {
    install(inventory: string, listen: string | null): Promise<readonly string[]>
    uninstall(): Promise<readonly string[]>
  }
  /** Serves how a loop stands over HTTP. */
  readonly listen: Listen
  /** Connections of their own for hosts that are tried; to be closed by who opened them. */
  openTrial(): TrialDoors
  readonly doctor: DoctorDoors
  /** Backups, and other stores. */
  readonly copies: CopyDoors
  /** Machines that hold the store together. */
  readonly control: ControlDoors
  /** Where sentences from below go; a loop puts its own way of telling here. */
  readonly notes: { say: (text: string) => void }
}

/** A controller that borrows the loop's verdicts: for commands that show, and those that say what is wanted. */
export function controllerOf({ world }: Wiring): Controller {
  return new Controller(world, { looks: false })
}

/** The job files of a command; `records` are those of the store unless said otherwise. Throws UserError. */
export async function readJobs(
  { world, workingFolder, reader }: Wiring,
  paths: readonly string[],
  records: Promise<Records | null> = world.store.read(),
): Promise<ReadJobFiles> {
  const known = Object.keys((await records)?.jobs ?? {})
  // Faults of the inventory are told elsewhere.
  const settings = await reader.read().then(
    ({ inventory }) => inventory.settings.lease,
    () => undefined,
  )
  const limits = settings ? { stopBoundMs: settings.stopBoundMs } : {}
  return readJobFiles(world.sources, paths, { workingFolder, inventoryFile: reader.file, known, limits })
}

/** The hosts that an Ansible pattern names. Throws UserError where it names none. */
export async function hostsMatching(wiring: Wiring, pattern: string): Promise<readonly string[]> {
  return namesMatching(wiring, (await wiring.reader.read()).data, pattern)
}

/** The same of an inventory that was read. `@FILE` in the pattern stands for the lines of a file. */
export async function namesMatching(
  { world, workingFolder }: Wiring,
  { tree }: InventoryData,
  pattern: string,
): Promise<readonly string[]> {
  // For Ansible it stands for all hosts: of a variable that was not set in a script, for one's whole house.
  if (pattern.trim() === '') {
    throw new UserError('the pattern is empty', { code: 'usage', hint: 'all stands for every host' })
  }
  const files = new Map<string, string>()
  for (const file of limitFiles(pattern)) {
    const bytes = await world.sources.readFile(resolvePath(workingFolder, file))
    files.set(file, new TextDecoder().decode(bytes))
  }
  const found = matchPattern(tree, pattern, files)
  if ('message' in found) throw new UserError(found.message, { code: 'usage', hint: found.hint })
  return found
}

/** Ctrl-C, or the caller's own end. */
export function endOf({ signal }: Wiring, own: AbortSignal | undefined): AbortSignal | null {
  return own && signal ? AbortSignal.any([own, signal]) : (own ?? signal)
}
