// The loop as a systemd unit of the control machine.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { UserError } from '../model/errors.js'
import { AGAIN } from '../remote/standby.js'
import { addressText, parseListen } from './listen/address.js'
import { isSingle } from './packed-program.js'

/** Name of the unit; no slot's unit can be called so, since those have a dot before their number. */
export const LOOP_UNIT = 'hc-reconcile.service'
/** How long systemctl may take, ms: more than the TimeoutStopSec below. */
const SYSTEMCTL_MS = 45_000
/** After a loop was ended for a moment: a store is moved within this, s. */
const AGAIN_S = 120

/** What the unit runs. */
export interface LoopProgram {
  /** bin/run.js, absolute. */
  readonly program: string
  /** inventory.yml, absolute. */
  readonly inventory: string
  /** Where the loop serves how it stands (`--listen`); null: nowhere. */
  readonly listen: string | null
}

interface Place {
  readonly folder: string
  /** Arguments that every systemctl call begins with. */
  readonly scope: readonly string[]
  readonly target: string
}

function place(): Place {
  return process.getuid?.() === 0
    ? { folder: '/etc/systemd/system', scope: [], target: 'multi-user.target' }
    : { folder: join(homedir(), '.config/systemd/user'), scope: ['--user'], target: 'default.target' }
}

/** The unit file. Paths are quoted as systemd.syntax(7) has it. */
export function loopUnitText({ program, inventory, listen }: LoopProgram, node: string, target: string): string {
  const quoted = (path: string) => `"${path.replace(/[\\"]/g, '\\$&').replace(/%/g, '%%').replace(/\$/g, '$$$$')}"`
  // Of the single executable the program is its own node.
  const words = isSingle(program, node) ? [program] : [node, program]
  return `# Written by hc reconcile --install; hc reconcile --uninstall takes it away.
[Unit]
Description=hc: looks after the services of the cluster
After=network-online.target
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=${words.map(quoted).join(' ')} reconcile --cron --quiet --inventory ${quoted(inventory)}${listen === null ? '' : ` --listen ${quoted(listen)}`}
WorkingDirectory=${dirname(inventory).replace(/%/g, '%%')}
Restart=always
RestartSec=2
# Steps under way are ended in order before the loop stops.
TimeoutStopSec=30

[Install]
WantedBy=${target}
`
}

/** Sets the loop up and starts it; the sentences say what was done. Throws UserError. */
export async function installLoopUnit(loop: LoopProgram): Promise<readonly string[]> {
  const served = loop.listen === null ? null : addressText(parseListen(loop.listen))
  if (!existsSync('/run/systemd/system')) {
    throw new UserError('this machine does not run systemd, so there is nothing to install the loop into', {
      exitCode: 1,
      hint: 'let another supervisor keep `hc reconcile --cron` running, or call `hc reconcile` from cron',
    })
  }
  const { folder, scope, target } = place()
  const path = join(folder, LOOP_UNIT)
  await mkdir(folder, { recursive: true })
  await writeFile(`${path}.new`, loopUnitText(loop, process.execPath, target), { mode: 0o644 })
  await rename(`${path}.new`, path)
  await systemctl([...scope, 'daemon-reload'])
  await systemctl([...scope, 'enable', LOOP_UNIT])
  await systemctl([...scope, 'restart', LOOP_UNIT])
  const said = [`wrote ${path}`, `the loop ticks, and starts with this machine (${LOOP_UNIT})`]
  if (served !== null) said.push(`it serves a status page and metrics at http://${served}/`)
  if (scope.length > 0) said.push('it ends when you log out, unless lingering is on: loginctl enable-linger')
  return said
}

/** Stops the loop and takes its unit away. Running services are left as they are. */
export async function uninstallLoopUnit(): Promise<readonly string[]> {
  const { folder, scope } = place()
  const path = join(folder, LOOP_UNIT)
  if (!existsSync(path)) return [`no loop is installed (${path} does not exist)`]
  await systemctl([...scope, 'disable', '--now', LOOP_UNIT])
  await rm(path, { force: true })
  await systemctl([...scope, 'daemon-reload'])
  return [
    `stopped the loop and removed ${path}`,
    'everything that runs goes on running; a lost host is no longer noticed',
  ]
}

/** The loop's unit of this machine, as far as this login can have one. */
export async function loopUnitState(): Promise<'none' | 'active' | 'inactive'> {
  const { folder, scope } = place()
  if (!existsSync(join(folder, LOOP_UNIT)) || !existsSync('/run/systemd/system')) return 'none'
  return systemctl([...scope, 'is-active', '--quiet', LOOP_UNIT]).then(
    () => 'active',
    () => 'inactive',
  )
}

/** Ends the loop for a moment; its unit stays. Should whoever ended it be killed, it starts by itself after AGAIN_S. */
export async function stopLoopUnit(): Promise<void> {
  const { scope } = place()
  await forgetAgain()
  // Where no timer can be had, it is ended all the same.
  const start = ['systemctl', ...scope, 'start', LOOP_UNIT]
  await run('systemd-run', [
    ...scope,
    '--quiet',
    '--collect',
    `--unit=${AGAIN}`,
    `--on-active=${AGAIN_S}`,
    ...start,
  ]).catch(() => {})
  await systemctl([...scope, 'stop', LOOP_UNIT])
}

/** Starts it again. */
export async function startLoopUnit(): Promise<void> {
  await systemctl([...place().scope, 'restart', LOOP_UNIT])
  await forgetAgain()
}

/** There may be no timer. */
function forgetAgain(): Promise<void> {
  return systemctl([...place().scope, 'stop', `${AGAIN}.timer`]).catch(() => {})
}

function systemctl(words: readonly string[]): Promise<void> {
  return run('systemctl', words)
}

function run(program: string, words: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(program, [...words], { timeout: SYSTEMCTL_MS }, (error, _stdout, stderr) => {
      if (!error) return resolve()
      const said = stderr.trim().split('\n')[0] ?? ''
      reject(new UserError(`${program} ${words.join(' ')} failed: ${said || error.message}`, { exitCode: 1 }))
    })
  })
}
