// Before all integration tests: the program is built, a lab is up. After them: what was brought up is taken down.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { HOSTS, ROOT, runLab } from './verbs.js'

/** The lab of these tests where none is named by HC_LAB_NAME. */
const OWN_LAB = 'hc-integration'
/** Subnets that it may take, the first free one. */
const SUBNETS = ['10.69', '10.68', '10.67', '10.66', '10.65', '10.64', '10.63', '10.62']

let takeDown: (() => Promise<string>) | null = null

/**
 * A lab that HC_LAB_NAME names and that is up is used and left as it was; any other is made anew and taken down.
 * HC_LAB_KEEP=1 uses and leaves one that an earlier run left.
 */
export async function setup(project: TestProject): Promise<void> {
  buildWhereStale()
  const keep = process.env.HC_LAB_KEEP === '1'
  const named = process.env.HC_LAB_NAME
  const name = named ?? OWN_LAB
  const state = process.env.HC_LAB_STATE ?? join(process.env.HC_LAB_DIR ?? '/var/cache/hc-lab', 'labs', name)
  const wasUp = existsSync(join(state, 'up'))
  const reuse = wasUp && (keep || named !== undefined)
  if (wasUp && !reuse) await runLab(name, subnetOf(state), ['down'])
  const subnet = reuse ? subnetOf(state) : (process.env.HC_LAB_SUBNET ?? freeSubnet())
  if (!reuse && !keep) takeDown = () => runLab(name, subnet, ['down'])
  try {
    await runLab(name, subnet, ['up', String(HOSTS.length)])
  } catch (error) {
    await teardown()
    throw error
  }
  project.provide('lab', { name, subnet, state })
}

/** Called at the end, also after failures. */
export async function teardown(): Promise<void> {
  const down = takeDown
  takeDown = null
  await down?.()
}

function subnetOf(state: string): string {
  return readFileSync(join(state, 'subnet'), 'utf8').trim()
}

function freeSubnet(): string {
  const used = ['addr', 'route']
    .map((what) => execFileSync('ip', ['-4', what, 'show'], { encoding: 'utf8' }))
    .join('\n')
  const free = SUBNETS.find((subnet) => !used.includes(`${subnet}.`))
  if (free === undefined) throw new Error(`none of the subnets ${SUBNETS.join(', ')} is free: set HC_LAB_SUBNET`)
  return free
}

/** `npm run build`, where a source is newer than what was built last. */
function buildWhereStale(): void {
  const built = join(ROOT, 'dist/oclif.manifest.json')
  const builtAt = existsSync(built) ? statSync(built).mtimeMs : 0
  const newest = Math.max(...['src', 'commands'].map((folder) => newestIn(join(ROOT, folder))))
  if (newest > builtAt) execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: 'inherit' })
}

function newestIn(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  return Math.max(0, ...files.map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs))
}
