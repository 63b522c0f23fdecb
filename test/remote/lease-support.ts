// A made-up host for the lease's script: its clock, neighbours, processes and systemd are files in a folder.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { LeaseRules, Voter } from '../../src/model/lease.js'
import { rulesText } from '../../src/remote/lease-files.js'
import { errnoOf } from '../../src/store/errors.js'
import { runIn } from './support.js'

/** Its boot id. */
export const BOOT = '11111111-2222-3333-4444-555555555555'

/** Above every pid that this machine can have: the script kills what it finds. */
const FIRST_PID = 900_000_001

const PROGRAMS: Readonly<Record<string, string>> = {
  // Answers where a file says so; it waits as ping does where there is none.
  ping: `for a in "$@"; do :; done
if [ -e "$FAKE/answers/$a" ]; then echo "6 packets transmitted, 6 received"; exit 0; fi
sleep 0.1; echo "6 packets transmitted, 0 received"; exit 1`,
  ip: `for a in "$@"; do :; done
case "$*" in
  (addr\\ del*) echo "ip $*" >>"$FAKE/calls"; [ -e "$FAKE/sticky" ] || rm -f "$FAKE/has-address"; exit 0 ;;
  (*addr\\ show*) cat "$FAKE/has-address" 2>/dev/null; exit 0 ;;
esac
if [ -e "$FAKE/macs/$a" ]; then echo "$a dev eth0 lladdr $(cat "$FAKE/macs/$a") REACHABLE"; fi`,
  // A unit is as its file says: active, stubborn (obeys kill only), undead (obeys nothing).
  systemctl: `echo "systemctl $*" >>"$FAKE/calls"
mode=$1; units=; seen=
for a in "$@"; do case $a in (--) seen=y ;; (*) [ -z "$seen" ] || units="$units $a" ;; esac; done
end() { echo inactive >"$FAKE/states/$1"; for f in $(grep -lsF "/$1" "$FAKE"/proc/[0-9]*/cgroup); do rm -rf "\${f%/cgroup}"; done; }
for u in $units; do
  x=inactive; [ ! -e "$FAKE/states/$u" ] || read -r x <"$FAKE/states/$u"
  case $mode,$x in
    (show,inactive) echo inactive ;;
    (show,*) echo active ;;
    (stop,active | kill,active | kill,stubborn) end "$u" ;;
  esac
done`,
  podman: `echo "podman $*" >>"$FAKE/calls"
case $1 in (kill) for f in $(grep -lsF "$(cat "$FAKE/cid" 2>/dev/null || echo none)" "$FAKE"/proc/[0-9]*/cgroup); do rm -rf "\${f%/cgroup}"; done ;; esac`,
  reboot: 'echo "reboot $*" >>"$FAKE/calls"',
}

/** A made-up host. */
export class LeaseHost {
  readonly folder = mkdtempSync(join(tmpdir(), 'hc-lease-'))
  #pid = FIRST_PID

  constructor() {
    for (const name of ['bin', 'answers', 'macs', 'states', 'run', 'proc/sys/kernel/random'])
      mkdirSync(join(this.folder, name), { recursive: true })
    for (const [name, text] of Object.entries(PROGRAMS)) this.program(name, text)
    this.put('proc/sys/kernel/random/boot_id', `${BOOT}\n`)
    this.uptime(1000)
  }

  /** A program that stands before the real one. */
  program(name: string, text: string): void {
    this.put(`bin/${name}`, `#!/bin/sh\n${text}\n`)
    chmodSync(join(this.folder, 'bin', name), 0o755)
  }

  /** Seconds since its boot. */
  uptime(seconds: number): void {
    this.put('proc/uptime', `${seconds.toFixed(2)} 1.00\n`)
  }

  /** From now on it is as old as this machine, and ages. */
  ageing(): void {
    rmSync(join(this.folder, 'proc/uptime'))
    this.link('/proc/uptime', 'proc/uptime')
  }

  put(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true })
    writeFileSync(join(this.folder, path), text)
  }

  link(target: string, path: string): void {
    rmSync(join(this.folder, path), { force: true })
    runIn(['sh'], `ln -s ${target} ${join(this.folder, path)}`)
  }

  remove(path = '.'): void {
    for (let tries = 0; ; tries += 1) {
      try {
        rmSync(join(this.folder, path), { recursive: true, force: true })
        return
      } catch (error) {
        // What the script left running may still write there.
        if (tries >= 40 || errnoOf(error) !== 'ENOTEMPTY') throw error
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
      }
    }
  }

  has(path: string): boolean {
    return existsSync(join(this.folder, path))
  }

  read(path: string): string {
    return this.has(path) ? readFileSync(join(this.folder, path), 'utf8') : ''
  }

  /** A unit in a state, with a process in its cgroup where it runs. */
  unit(name: string, state: string): void {
    this.put(`states/${name}`, `${state}\n`)
    this.process(`1:name=systemd:/system.slice/${name}\n`)
  }

  process(cgroup: string, files: Readonly<Record<string, string>> = {}, state = 'S'): void {
    const pid = this.#pid++
    this.put(`proc/${pid}/cgroup`, cgroup)
    this.put(`proc/${pid}/stat`, `${pid} (some (odd) name) ${state} 1 1\n`)
    for (const [name, text] of Object.entries(files)) this.put(`proc/${pid}/${name}`, text)
  }

  answers(address: string, mac: string): void {
    this.put(`answers/${address}`, '')
    this.put(`macs/${address}`, `${mac}\n`)
  }

  /** db.0 is armed, has its word, and runs. `line`: what the host knows of it. */
  arm(over: Partial<LeaseRules> = {}, line = '5 systemd hc-db.0.service'): void {
    this.put('run/armed/rules', `${rulesText(rules(over))}\n`)
    this.put('run/armed/proven', '')
    this.put('run/armed/slots/db.0', `${line}\n`)
    this.put('run/words/db.0', `${BOOT} 5\n`)
    for (const unit of line.split(' ').slice(2)) this.unit(unit, 'active')
  }

  /** db.0 has its word, and nobody has stopped anything. */
  get goesOn(): boolean {
    return this.has('run/words/db.0') && !this.calls.some((call) => call.includes(' stop '))
  }

  /** The stop of db.0 is proven. */
  get hasStopped(): boolean {
    return !this.has('run/words/db.0') && this.has('run/stopped/db.0') && !this.has('run/stopping/db.0')
  }

  get calls(): string[] {
    return this.read('calls').trim().split('\n').filter(Boolean)
  }

  run(shell: readonly string[], script: string): string {
    const at = (text: string): string =>
      text
        .replaceAll('/etc/systemd/system', join(this.folder, 'units'))
        .replaceAll('/var/lib/hc', join(this.folder, 'var'))
        .replaceAll('/run/hc', join(this.folder, 'run'))
        .replaceAll('/run/containerd', join(this.folder, 'containerd'))
        .replaceAll('/proc/', `${this.folder}/proc/`)
        .replaceAll('/sys/fs/cgroup', join(this.folder, 'cgroup'))
    const path = `${join(this.folder, 'bin')}:${process.env.PATH ?? ''}`
    return runIn(shell, at(script), { PATH: path, FAKE: this.folder }).replaceAll(this.folder, '')
  }
}

/** A voter on the same network, 10.0.0.N. */
export function voter(n: number, over: Partial<Voter> = {}): Voter {
  return {
    name: `nuc${n}`,
    address: `10.0.0.${n}`,
    port: 22,
    macs: [`02:00:00:00:00:0${n}`],
    hostKeys: [`ssh-ed25519 AAAA${n}`],
    ...over,
  }
}

/** Rules with short times. */
export function rules(over: Partial<LeaseRules> = {}): LeaseRules {
  return {
    id: 7,
    voters: [voter(2), voter(3), voter(9, { name: '@control', port: null })],
    leaseMs: 8000,
    lookEveryMs: 2000,
    lookMs: 300,
    stopBoundMs: 2400,
    selfFence: true,
    ...over,
  }
}
