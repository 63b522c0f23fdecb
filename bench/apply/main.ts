// `npm run bench -- apply`: thirty services on three real hosts, by hc and by what a user would take instead.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messageOf } from '../../src/model/errors.js'
import { type Benchmark, table } from '../benchmark.js'
import { type Load, loadNow, surroundings } from '../document.js'
import { type Lab, openLab } from '../lab.js'
import { bytes, mean, run, runOk, spread } from '../measure.js'
import { lastAnswer } from './answers.js'
import { CLEAN, services, sshTo } from './services.js'
import { ansibleTool, floorTool, hcTool, pyinfraTool, type Tool } from './tools.js'

const ROUNDS = 5
/** What is measured of each tool, one after the other. */
const PHASES = ['from nothing', 'nothing changed', 'one changed'] as const

/** One phase of one tool, run once. */
export interface Measured {
  /** On the clock, until the last service answers, seen from outside; null: all answered before. */
  readonly answered: number | null
  /** On the clock, until the command ends. */
  readonly ended: number
  readonly cpu: number
  readonly hostCpu: number
  readonly bytes: number
  readonly packets: number
}

type Found = Map<string, Measured[]>

async function clean(lab: Lab): Promise<void> {
  await Promise.all(lab.hosts.map((_, host) => runOk([...sshTo(lab, host), CLEAN])))
}

async function once(lab: Lab, tool: Tool, phase: (typeof PHASES)[number]): Promise<Measured> {
  const wanted = services(phase === 'one changed')
  const traffic = await lab.traffic()
  const [cpu, at, giveUp] = [lab.cpu(), performance.now(), new AbortController()]
  const watched = phase === 'nothing changed' ? null : lastAnswer(lab, wanted, giveUp.signal)
  // Waited for below; where the command fails first, that is what is told.
  watched?.catch(() => {})
  try {
    const done = await tool.apply(wanted)
    const ended = (performance.now() - at) / 1000
    const answered = watched && ((await watched) - at) / 1000
    const hostCpu = lab.cpu() - cpu
    const after = await lab.traffic()
    const [bytes, packets] = [after.bytes - traffic.bytes, after.packets - traffic.packets]
    return { answered, ended, cpu: done.cpu, hostCpu, bytes, packets }
  } finally {
    giveUp.abort()
  }
}

/** Rows of the table: a tool and a phase each. */
export function applyRows(found: ReadonlyMap<string, readonly Measured[]>): readonly (readonly string[])[] {
  return [...found].map(([name, all]) => [
    name,
    String(all.length),
    spread(
      all.flatMap(({ answered }) => answered ?? []),
      2,
    ),
    spread(
      all.map(({ ended }) => ended),
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
  's until all answer: median (least to most)',
  's until the command ends',
  'client cpu s',
  'cpu s of the hosts',
  'bytes',
  'packets',
]

const TEXT = `Thirty services (busybox httpd, 64 MB), ten on each of three hosts of the lab, as systemd units. "From nothing": no unit, no store. "One
changed": one shows another folder, and is restarted for it. Until all answer: each is asked over HTTP from this machine every 4 ms while the command runs,
until it answers in the revision that is wanted; where nothing changes, all answer all the while. The tools take turns within a round; before each turn
the hosts are emptied. Client cpu is that of the command with all that it starts; the floor's connections are open before, everybody else's are not but
where Ansible keeps them, and where hc's loop ticks: a command looks by the loop's connections, and its loop then acts. Its cpu counts as the client's. Cpu of the hosts includes the services. Bytes and packets are those of SSH, both ways, as a packet filter counts them; each packet that
waits for an answer is a part of a round trip, which nobody tells apart from outside. hc ends a second after the last start at the earliest:
what it starts has to run that long before it is reported as running; the others end without a look at it.`

async function measureTool(lab: Lab, tool: Tool, found: Found, print: (line: string) => void) {
  await clean(lab)
  try {
    await tool.prepare()
    for (const phase of PHASES) {
      const measured = await once(lab, tool, phase)
      const name = `${tool.name}: ${phase}`
      found.set(name, [...(found.get(name) ?? []), measured])
      const answered = measured.answered === null ? '' : `all answer after ${measured.answered.toFixed(2)} s, `
      print(`${name}: ${answered}ended after ${measured.ended.toFixed(2)} s, cpu ${measured.cpu.toFixed(2)} s`)
    }
  } finally {
    await tool.rest()
  }
}

/** `--only hc,loop,floor`: these tools; --rounds N: that many instead of five; --quick: two. */
export const apply: Benchmark = async ({ quick, only, peers, rounds: asked, print, write }) => {
  const before = loadNow()
  const folder = mkdtempSync(join(tmpdir(), 'hc-bench-apply-'))
  const lab = await openLab()
  const notes: string[] = []
  const found: Found = new Map()
  const wanted = (name: string) => only === null || only.split(',').includes(name)
  const tools: Tool[] = []
  try {
    if (wanted('floor')) tools.push(floorTool(lab, folder))
    if (wanted('hc')) tools.push(hcTool(lab, folder, false))
    if (wanted('loop')) tools.push(hcTool(lab, folder, true))
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
    const rounds = asked ?? (quick ? 2 : ROUNDS)
    for (let round = 0; round < rounds; round += 1) {
      for (const tool of round >= rounds - peers ? [...tools, ...slow] : tools) {
        try {
          await measureTool(lab, tool, found, print)
        } catch (error) {
          // One that fails once on a busy machine does not cost what the others have measured; it is told.
          const [why = 'failed'] = /ended with code \S+(?=:)/.exec(messageOf(error)) ?? []
          notes.push(`${tool.name}, round ${round + 1}: not counted, as it ${why}.`)
          print(messageOf(error))
          print(notes.at(-1) ?? '')
        }
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
  const head = `## Apply\n\n\`npm run build && npm run bench -- apply\` (root, for the lab; \`--peers 5\`: the peers in all rounds, not in the last only).`
  return `${head} ${surroundings(before)}\n\n${table([HEAD, ...applyRows(found)])}\n\n${[TEXT, ...new Set(notes)].join('\n\n')}`
}
