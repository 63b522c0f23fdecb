// Runs scripts in the shells that hosts have, with folders and programs of a made-up host.
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Guard } from '../../src/remote/guard.js'
import type { Recipe } from '../../src/remote/recipe.js'

const CANDIDATES: readonly (readonly string[])[] = [['dash'], ['bash'], ['busybox', 'ash']]

/** The shells of this machine, of those that hosts have. */
export const SHELLS = CANDIDATES.filter((argv) => {
  const [program = '', ...args] = argv
  return spawnSync(program, [...args, '-c', 'exit 0']).status === 0
})

/** Output of a script, as a host would send it back. */
export function runIn(shell: readonly string[], script: string, env: Record<string, string> = {}): string {
  const [program = '', ...args] = shell
  const input = `( ${script}\n) </dev/null 2>&1\n`
  return execFileSync(program, args, {
    input,
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', ...env },
    maxBuffer: 1e8,
  })
}

/** A systemctl whose units are files that hold their state; a start fails for units that name /nope, a stop
 * for those in state `stubborn`, and one in state `undead` only says that it stopped. */
const SYSTEMCTL = `#!/bin/sh
echo "$*" >>"$FAKE/calls"
mode=$1; shift
state() { if [ -f "$FAKE/states/$1" ]; then cat "$FAKE/states/$1"; else echo inactive; fi; }
units=; seen=
for a in "$@"; do case $a in (--) seen=y ;; (*) [ -z "$seen" ] || units="$units $a" ;; esac; done
case $mode in
  show)
    for u in $units; do
      case "$*" in (*LoadState*) echo LoadState=loaded; echo ActiveState=failed; echo Result=exit-code; echo ExecMainStatus=203 ;; (*) state "$u"; echo ;; esac
    done ;;
  start | restart)
    rc=0
    for u in $units; do
      if grep -q /nope "$UNITS/$u"; then
        echo "Job for $u failed because the control process exited with error code." >&2; echo failed >"$FAKE/states/$u"; rc=1
      elif [ "$u" = hc-lease.service ]; then
        read -r b </proc/sys/kernel/random/boot_id; read -r t x </proc/uptime
        grep -q /blind "$UNITS/$u" || echo "$b \${t%.*}\${t#*.}" >"$FAKE/run/looked"
        echo inactive >"$FAKE/states/$u"
      else echo active >"$FAKE/states/$u"; fi
    done
    exit $rc ;;
  stop)
    rc=0
    for u in $units; do
      case $(state $u) in
        stubborn) rc=1 ;;
        undead) ;;
        *) echo inactive >"$FAKE/states/$u" ;;
      esac
    done
    exit $rc ;;
  kill) for u in $units; do echo failed >"$FAKE/states/$u"; done ;;
esac
exit 0
`

/** A made-up host in a folder. */
export interface FakeHost {
  readonly folder: string
  /** Runs a script that speaks of a host's folders and programs. */
  run(shell: readonly string[], script: string): string
  read(path: string): string | null
  /** Lines that systemctl was called with. */
  calls(): string[]
  setState(unit: string, state: string): void
  remove(): void
}

export function fakeHost(): FakeHost {
  const folder = mkdtempSync(join(tmpdir(), 'hc-host-'))
  const bin = join(folder, 'bin')
  for (const name of ['bin', 'units', 'var', 'states']) mkdirSync(join(folder, name))
  const program = (name: string, text: string): void => {
    writeFileSync(join(bin, name), text)
    chmodSync(join(bin, name), 0o755)
  }
  program('systemctl', SYSTEMCTL)
  program('journalctl', '#!/bin/sh\necho "hc-x: Failed at step EXEC"\n')
  for (const engine of ['podman', 'docker']) program(engine, `#!/bin/sh\necho "${engine} $*" >>"$FAKE/calls"\n`)
  const place = (text: string): string =>
    text
      .replaceAll('/etc/systemd/system', join(folder, 'units'))
      .replaceAll('/var/lib/hc', join(folder, 'var', 'hc'))
      .replaceAll('/run/hc', join(folder, 'run'))
  return {
    folder,
    run: (shell, script) =>
      runIn(shell, place(script), {
        PATH: `${bin}:${process.env.PATH ?? ''}`,
        FAKE: folder,
        UNITS: join(folder, 'units'),
      }).replaceAll(folder, ''),
    read: (path) => {
      const file = place(path)
      return existsSync(file) ? readFileSync(file, 'utf8') : null
    },
    calls: () =>
      existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n') : [],
    setState: (unit, state) => writeFileSync(join(folder, 'states', unit), `${state}\n`),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Uptime of this machine, ms. */
export function uptimeMs(): number {
  return Math.floor(Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000)
}

/** A guard that this machine accepts. */
export function guard(over: Partial<Guard> = {}): Guard {
  return {
    term: { number: 3, owner: 'owner-a' },
    cluster: 'cluster-1',
    key: 'c0ffee',
    bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    deadlineMs: uptimeMs() + 60_000,
    lockMs: 2000,
    ...over,
  }
}

/** A recipe of one unit. */
export function recipe(slot: string, over: Partial<Recipe> = {}): Recipe {
  return {
    slot,
    driver: 'systemd',
    files: [],
    units: [
      {
        path: `hc-${slot}.service`,
        text: `[Unit]\nX-Hc-Slot=${slot}\nX-Hc-Driver=systemd\n[Service]\nExecStart=/bin/true\n`,
      },
    ],
    links: [{ unit: `hc-${slot}.service`, target: 'multi-user.target' }],
    folders: [],
    start: `hc-${slot}.service`,
    target: null,
    stopTimeoutMs: 1000,
    warnings: [],
    ...over,
  }
}
