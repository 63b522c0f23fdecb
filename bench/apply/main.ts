// `npm run bench -- apply`: thirty services on three real hosts, by hc and by what a user would take instead.
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Benchmark, table } from '../benchmark.js'
import { type Load, loadNow, surroundings } from '../document.js'
import { type Lab, openLab } from '../lab.js'
import { bytes, mean, run, runOk, spread } from '../measure.js'
import { CLEAN, type Service, services, sshTo } from './services.js'
import { ansibleTool, floorTool, hcTool, pyinfraTool, type Tool } from './tools.js'

const ROUNDS = 5
const ANSWER_MS = 60_000
/** What is measured of each tool, one after the other. */
const PHASES = ['from nothing', 'nothing changed', 'one changed'] as const

/** One phase of one tool, run once. */
export interface Measured {
  /** On the clock, until the last service answers. */
  readonly seconds: number
  readonly cpu: number
  readonly hostCpu: number
  readonly bytes: number
  readonly packets: number
}

type Found = Map<string, Measured[]>

function answers(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: address, port })
    const end = (is: boolean) => {
      socket.destroy()
      resolve(is)
    }
    socket.setTimeout(1000, () => end(false))
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}

/** Until each port answers on some host. */
async function allAnswer(lab: Lab, wanted: readonly Service[]): Promise<void> {
  const end = performance.now() + ANSWER_MS
  let open = wanted
  while (open.length > 0) {
    const found = await Promise.all(
      open.map(async ({ port }) => {
        for (const { address } of lab.hosts) if (await answers(address, port)) return true
        return false
      }),
    )
    open = open.filter((_, at) => !found[at])
    if (open.length > 0 && performance.now() > end) throw new Error(`${open.length} services do not answer`)
  }
}

async function clean(lab: Lab): Promise<void> {
  await Promise.all(lab.hosts.map((_, host) => runOk([...sshTo(lab, host), CLEAN])))
}

async function once(lab: Lab, tool: Tool, changed: boolean): Promise<Measured> {
  const wanted = services(changed)
  const [cpu, traffic, at] = [lab.cpu(), lab.traffic(), performance.now()]
  const done = await tool.apply(wanted)
  // The one that looks whether they answer is not to be counted.
  const after = lab.traffic()
  await allAnswer(lab, wanted)
  const seconds = (performance.now() - at) / 1000
  return {
    seconds,
    cpu: done.cpu,
    hostCpu: lab.cpu() - cpu,
    bytes: after.bytes - traffic.bytes,
    packets: after.packets - traffic.packets,
  }
}

/** Rows of the table: a tool and a phase each. */
export function applyRows(found: ReadonlyMap<string, readonly Measured[]>): readonly (readonly string[])[] {
  return [...found].map(([name, all]) => [
    name,
    String(all.length),
    spread(
      all.map(({ seconds }) => seconds),
      2,
    ),
    mean(all.map(({ cpu }) => cpu)).toFixed(2),
    mean(all.map(({ hostCpu }) => hostCpu)).toFixed(2),
    bytes(mean(all.map(({ bytes }) => bytes))),
    mean(all.map(({ packets }) => packets)).toFixed(0),
  ])
}

const HEAD = [
  'what',
  'runs',
  's on the clock: median (least to most)',
  'client cpu s',
  'cpu s of the hosts',
  'bytes',
  'packets',
]

const TEXT = `Thirty services (busybox httpd, 64 MB), ten on each of three hosts of the lab, as systemd units. "From nothing": no unit, no store; until the last
port answers. "One changed": another environment of one unit, which is restarted. The tools take turns within a round; before each turn the hosts are
emptied. Client cpu is that of the command with all that it starts; the floor's connections are open before, everybody else's are not but
where Ansible keeps them. Cpu of the hosts includes the services. Bytes and packets are both ways, as the wire has them; each packet that waits for
an answer is a part of a round trip, which nobody tells apart from outside. hc ends a second after the last start at the earliest: what it starts has to
run that long before it counts as running; the others do not look. Its times to an answer are shorter than its times on the clock by about that.`

async function measureTool(lab: Lab, tool: Tool, found: Found, print: (line: string) => void) {
  await clean(lab)
  await tool.prepare()
  for (const phase of PHASES) {
    const measured = await once(lab, tool, phase === 'one changed')
    const name = `${tool.name}: ${phase}`
    found.set(name, [...(found.get(name) ?? []), measured])
    print(`${name}: ${measured.seconds.toFixed(2)} s, cpu ${measured.cpu.toFixed(2)} s`)
  }
}

/** `--only hc,floor`: these tools; --quick: two rounds. */
export const apply: Benchmark = async ({ quick, only, peers, print, write }) => {
  const before = loadNow()
  const folder = mkdtempSync(join(tmpdir(), 'hc-bench-apply-'))
  const lab = await openLab()
  const notes: string[] = []
  const found: Found = new Map()
  const wanted = (name: string) => only === null || only.split(',').includes(name)
  const tools: Tool[] = []
  try {
    if (wanted('floor')) tools.push(floorTool(lab, folder))
    if (wanted('hc')) tools.push(hcTool(lab, folder))
    const slow: Tool[] = []
    const pyinfra = wanted('pyinfra') ? await pyinfraTool(lab, folder) : null
    if (typeof pyinfra === 'string') notes.push(pyinfra)
    else if (pyinfra) slow.push(pyinfra)
    const python = await Promise.all(lab.hosts.map((_, host) => run([...sshTo(lab, host), 'command -v python3'])))
    const lacking = lab.hosts.filter((_, host) => python[host]?.code !== 0).map(({ name }) => name)
    for (const best of [true, false]) {
      if (!wanted(best ? 'ansible' : 'ansible-defaults')) continue
      const tool = ansibleTool(lab, folder, best)
      if (tool === null) notes.push('Ansible was not run: bin/test fetches it, or HC_ANSIBLE names its folder.')
      else if (lacking.length > 0)
        notes.push(`Ansible was not run: it needs Python on the hosts, and ${lacking.join(', ')} have none.`)
      else slow.push(tool)
    }
    const rounds = quick ? 2 : ROUNDS
    for (let round = 0; round < rounds; round += 1) {
      for (const tool of round >= rounds - peers ? [...tools, ...slow] : tools) {
        await measureTool(lab, tool, found, print)
        // What was measured is not lost where the next one fails.
        write('apply', partOf(found, notes, before))
      }
    }
  } finally {
    for (const tool of tools) await tool.close()
    await clean(lab).catch(() => {})
    await lab.close()
    rmSync(folder, { recursive: true, force: true })
  }
  print(`\n${partOf(found, notes, before)}`)
}

function partOf(found: Found, notes: readonly string[], before: Load): string {
  const head = `## Apply\n\n\`npm run build && npm run bench -- apply\` (root, for the lab; \`--peers 1\`: the peers in the last round only).`
  return `${head} ${surroundings(before)}\n\n${table([HEAD, ...applyRows(found)])}\n\n${[TEXT, ...new Set(notes)].join('\n\n')}`
}
