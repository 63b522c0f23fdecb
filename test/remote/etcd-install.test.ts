// etcd from the distribution's package, by whichever of the package managers the host has. No package manager of this machine is in reach.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { etcdInstallScript, parseEtcdInstall } from '../../src/remote/etcd.js'
import { runIn, SHELLS } from './support.js'

/**
 * The recipe without the folders that it adds to PATH: with them it would install etcd on this very machine. Throws where it
 * might still find any.
 */
function contained(): string {
  const script = etcdInstallScript().replace(/^PATH=\S+ LC_ALL=C\nexport PATH LC_ALL\n/, '')
  if (/PATH|\/s?bin\b/.test(script)) throw new Error('the recipe could reach programs of this machine')
  return script
}

/** All that the recipe calls besides. */
const TOOLS = ['timeout', 'tail', 'tr', 'cut', 'chmod', 'cat', 'cp', 'sh', 'sed', 'rm']
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hc-etcd-install-'))
  for (const tool of TOOLS) {
    const path = execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim()
    symlinkSync(path, join(folder, tool))
  }
  program('systemctl', '')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A program of the host that writes down how it was called. */
function program(name: string, text: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" >>"$FAKE/calls"\n${text}\n`, { mode: 0o755 })
}

const brings = 'printf "#!/bin/sh\\n" >"$FAKE/etcd"; chmod 755 "$FAKE/etcd"'
const calls = () =>
  existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n') : []

describe.each(SHELLS.map((shell) => [shell]))('in %s', (shell) => {
  const [name = '', ...more] = shell
  const install = () => {
    const path = execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim()
    return parseEtcdInstall(runIn([path, ...more], contained(), { PATH: folder, FAKE: folder }))
  }
  const MASKED = 'systemctl mask --runtime etcd.service'
  const FREED = ['systemctl unmask --runtime etcd.service', 'systemctl disable etcd.service']

  test.each([
    ['dnf', 'dnf -q -y install etcd'],
    ['pacman', 'pacman -S --noconfirm --needed etcd'],
  ])('by %s; its own unit does not start, and is not enabled', (manager, call) => {
    program(manager, brings)
    expect(install()).toBeNull()
    expect(calls()).toEqual([MASKED, call, ...FREED])
    expect(install()).toBeNull()
    expect(calls()).toHaveLength(4)
  })

  test('by apt-get, whose lists are read anew where they do not know it', () => {
    program('apt-get', `case $* in (*update) : >"$FAKE/read" ;; (*) [ -e "$FAKE/read" ] && { ${brings}; } ;; esac`)
    expect(install()).toBeNull()
    const get = 'apt-get -o DPkg::Lock::Timeout=60 -qq -y --no-install-recommends install etcd-server'
    expect(calls()).toEqual([MASKED, get, 'apt-get -qq update', get, ...FREED])
  })

  test('what the package manager says is told, and its unit is free again', () => {
    program('dnf', 'echo "Error: Unable to find a match: etcd" >&2; exit 1')
    expect(install()).toBe('Error: Unable to find a match: etcd')
    expect(calls().slice(-2)).toEqual(FREED)
  })

  test('without any of them nothing is called but systemctl', () => {
    expect(install()).toBe('there is neither apt-get, dnf nor pacman')
  })
})
