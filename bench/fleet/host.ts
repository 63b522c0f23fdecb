// One simulated host as hc's scripts see it: it reads what they ask for in their text and answers as a real one would, in
// the same bytes, without running anything. What is started is remembered, what is stopped is forgotten.

import { WHOLE_EVERY_S } from '../../src/remote/probe-repeat.js'

/** Where a host is, and what it is made of. */
export interface HostShape {
  readonly name: string
  readonly address: string
  /** From 0; makes its ids its own. */
  readonly number: number
}

/** What a host has been asked, counted. */
export interface HostCounts {
  probes: number
  writes: number
  /** Slots that were started, once for each start. */
  readonly started: string[]
  readonly stopped: string[]
}

interface SimUnit {
  /** Its `X-Hc-` lines. */
  readonly headers: readonly string[]
  readonly sinceMicros: number
}

const UNIT_PATH = '/etc/systemd/system'

/** A host with systemd, whose units run from the moment that they are started. */
export class SimulatedHost {
  readonly counts: HostCounts = { probes: 0, writes: 0, started: [], stopped: [] }
  private readonly units = new Map<string, SimUnit>()
  private term: string | null = null
  private orders: string | null = null
  private identity: readonly string[] = []
  private unitText: string | null = null
  private wholeUntil = 0

  /** `unreachable`: names that its looks do not reach; `uptimeMs`: of the machine at this moment. */
  constructor(
    readonly shape: HostShape,
    private readonly unreachable: ReadonlySet<string>,
    private readonly uptimeMs: () => number,
  ) {}

  /** What a script prints. */
  answer(script: string): string {
    if (script.includes('hc-probe 1')) {
      return this.probe(script.includes('put containers asked'), script.includes('put same "$token"'))
    }
    if (script.includes('hc-write 1')) return this.write(script)
    if (script.includes('hc-look ')) return this.look(script)
    if (script.includes('hc-identity ')) return this.identity.map((line) => `hc-identity ${line}\n`).join('')
    return ''
  }

  private probe(full: boolean, mayRepeat: boolean): string {
    this.counts.probes += 1
    const { number, address } = this.shape
    const uptime = this.uptimeMs()
    const id = number.toString(16).padStart(8, '0')
    const busy = Math.floor(uptime / 100)
    // One control machine asks, so one token does.
    const same = mayRepeat && this.unitText !== null && uptime < this.wholeUntil
    if (!same) this.wholeUntil = uptime + 1000 * WHOLE_EVERY_S
    const lines = [
      'hc-probe 1',
      'uid 0',
      `boot ${id}-b6b0-4235-bf06-e085fde3fa53`,
      `uptime ${(uptime / 1000).toFixed(2)} ${(uptime / 500).toFixed(2)}`,
      `mono ${Math.floor(uptime * 1e6)}`,
      'load 0.12 0.10 0.08 1/214 1234',
      'mem MemTotal: 8192000',
      'mem MemFree: 6000000',
      'mem MemAvailable: 7000000',
      'mem Buffers: 16000',
      'word y',
      ...(this.term === null ? [] : [`term ${this.term}`, `term ${this.term}`]),
      ...(this.orders === null ? [] : [`orders ${this.orders}`]),
    ]
    if (same) return `${[...lines, `same ${number}.${this.counts.writes}`, 'hc-probe-end', ''].join('\n')}`
    lines.push(
      `machine ${id}b6b0c4b5e921dd46fac11577`,
      `stat cpu ${busy} 0 ${busy} ${Math.floor(uptime / 5)} 0 0 0 0 0 0`,
      'kernel 6.1.0-18-amd64',
      'cpus 0-3',
      'os VERSION_ID="12"',
      'os ID=debian',
      'cgroup 2',
      ...(full ? [`connection ${address} 127.0.0.1`] : []),
      'arch x86_64',
      `mac 02:00:${id.match(/../g)?.join(':') ?? '00'}`,
      'system running',
      'driver systemd systemd 252 (252.39-1~deb12u2)',
    )
    const rest = [
      'hc-section runs',
      'hc-section gauges',
      'hc-section disk',
      'Filesystem 1024-blocks Used Available Capacity Mounted on',
      '/dev/sda1 100000000 20000000 80000000 20% /',
      'hc-section listening',
      'tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:*',
      ...(full ? ['containers asked'] : []),
      'hc-section token',
      `${number}.${this.counts.writes}`,
      'hc-probe-end',
      '',
    ]
    this.unitText ??= this.unitLines()
    return `${lines.join('\n')}\n${this.unitText}${rest.join('\n')}`
  }

  private unitLines(): string {
    if (this.units.size === 0) return ''
    const all = [...this.units]
    const headers = all.flatMap(([slot, { headers }]) =>
      headers.map((line) => `${UNIT_PATH}/hc-${slot}.service:${line}`),
    )
    const shown = all.map(([slot, { sinceMicros }], at) =>
      [
        `MainPID=${1000 + at}`,
        'Result=success',
        'NRestarts=0',
        'ExecMainStartTimestampMonotonic=0',
        'ExecMainExitTimestampMonotonic=0',
        'ExecMainStatus=0',
        'MemoryCurrent=11493376',
        'CPUUsageNSec=81000000',
        `Id=hc-${slot}.service`,
        'LoadState=loaded',
        'ActiveState=active',
        'SubState=running',
        `ActiveEnterTimestampMonotonic=${sinceMicros}`,
        `InactiveExitTimestampMonotonic=${sinceMicros}`,
        'InactiveEnterTimestampMonotonic=0',
        'LastTriggerUSecMonotonic=0',
      ].join('\n'),
    )
    return ['hc-section lines', ...headers, 'hc-section units', shown.join('\n\n'), 'hc-section units-end 0', ''].join(
      '\n',
    )
  }

  private write(script: string): string {
    this.counts.writes += 1
    const [, number = '', owner = '', cluster = ''] = /^term=(\d+) owner='(.*)' cluster='(.*)'$/m.exec(script) ?? []
    const [, key = '', order = '0'] = /^key='(.*)' patience=\d+ order=(\d+)$/m.exec(script) ?? []
    this.term = `${number} ${owner} ${cluster}`
    if (order !== '0') this.orders = `${number} ${order}`
    if (key !== '') this.identity = [`cluster ${cluster}`, `key ${key}`, `term ${number} ${owner}`]
    const headers = headersBySlot(script)
    const since = Math.floor(this.uptimeMs() * 1000)
    const lines = ['hc-write 1']
    for (const [, n = '', kind = '', slot = ''] of script.matchAll(/^tell (\d+) is '(\w+) (\S+)'$/gm)) {
      lines.push(`hc-step ${n} is ${kind} ${slot}`)
      if (kind === 'stop') {
        if (this.units.delete(slot)) this.counts.stopped.push(slot)
        lines.push(`hc-step ${n} ok stopped`)
        continue
      }
      this.units.set(slot, { headers: headers.get(slot) ?? [], sinceMicros: since })
      if (kind !== 'adopt') this.counts.started.push(slot)
      lines.push(`hc-step ${n} ok ${kind === 'adopt' ? 'adopted' : 'started'}`)
    }
    this.unitText = null
    return [...lines, 'hc-write-end', ''].join('\n')
  }

  private look(script: string): string {
    const lines = [...script.matchAll(/^look '(\S+)' '\S+' \d+ /gm)].map(([, name = '']) =>
      this.unreachable.has(name) ? `hc-look no ping ${name}` : `hc-look yes ping ${name}`,
    )
    return `${lines.join('\n')}\n`
  }
}

/** The `X-Hc-` lines of the units in a script, by their slot; a shell word keeps them as they are. */
function headersBySlot(script: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  for (const [block] of script.matchAll(/(?:^X-Hc-[A-Za-z]+=.*\n)+/gm)) {
    const lines = block.trimEnd().split('\n')
    const slot = lines.find((line) => line.startsWith('X-Hc-Slot='))?.slice('X-Hc-Slot='.length)
    if (slot !== undefined) found.set(slot, lines)
  }
  return found
}

/** A function that the shell is to keep, as SentScripts defines it; and a framed script that only calls one. */
const DEFINED = /^(hc_kept_\d+)\(\) \{\n:\n([\s\S]*?)\n\}\nprintf '\\n%s %d\\n' hc-begin-/m
const CALLED = /^hc_said=\$\(\nexec .*\n(hc_kept_\d+)\n\)/m

/** Takes the text that a kept-open shell is sent, in pieces; gives the answer to each framed script once it is whole. */
export class FramedShell {
  private text = ''
  private readonly kept = new Map<string, string>()

  constructor(private readonly host: SimulatedHost) {}

  push(piece: string): string {
    this.text += piece
    let answers = ''
    for (;;) {
      const end = /^printf '(?:%s\\n)?\\n%s %d\\n' (?:"\$hc_said" )?hc-end-([0-9a-f]{32}) \$\?$/m.exec(this.text)
      const begin = /^printf '\\n%s %d\\n' hc-begin-([0-9a-f]{32}) \$\$$/m.exec(this.text)
      if (end === null || begin === null) return answers
      const defined = DEFINED.exec(this.text.slice(0, end.index))
      if (defined) this.kept.set(defined[1] ?? '', defined[2] ?? '')
      const script = this.text.slice(begin.index, end.index)
      this.text = this.text.slice(end.index + end[0].length + 1)
      const called = CALLED.exec(script)
      const answer = this.host.answer(called ? (this.kept.get(called[1] ?? '') ?? '') : script)
      answers += `\nhc-begin-${begin[1]} 4242\n${answer}\nhc-end-${end[1]} 0\n`
    }
  }
}
