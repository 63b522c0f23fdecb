// The witness on each host (witness.pl): put there, read, and made into who ran when.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type LabHost, onAll } from '../integration/support/lab.js'

const SCRIPT = readFileSync(fileURLToPath(new URL('witness.pl', import.meta.url)), 'utf8')
const FOLDER = '/var/lib/test-witness'
const UNIT = `[Unit]
DefaultDependencies=no
After=local-fs.target
[Service]
ExecStart=/usr/bin/perl ${FOLDER}/witness.pl ${FOLDER}/log
Restart=always
RestartSec=1
OOMScoreAdjust=-900
`
/** Two samples of one copy that are further apart are two lives of it, s: a busy machine pauses the witness too. */
const BREATH = 1.5

/** A copy of a slot that ran on a host. Seconds of uptime, which all hosts of the lab share. */
export interface Life {
  readonly host: LabHost
  readonly slot: string
  readonly pid: number
  readonly from: number
  /** Last sample that shows it. */
  readonly to: number
  /** First sample that shows it listening; null: it never did. */
  readonly answersFrom: number | null
}

/** The host took something that a leader sent: a term, a write, or a renewal. Seconds of uptime. */
export interface Act {
  readonly host: LabHost
  readonly term: number
  /** It was not so yet at the sample before, and is at this one: it was done between the two. */
  readonly after: number
  readonly by: number
}

/** What the witnesses of all hosts saw. */
export interface Witnessed {
  /** In the order in which they began. */
  readonly lives: readonly Life[]
  readonly acts: readonly Act[]
}

/** Starts the witness on every host, with an empty log. */
export async function placeWitness(): Promise<void> {
  const encode = (text: string) => Buffer.from(text).toString('base64')
  await onAll(`systemctl stop test-witness 2>/dev/null
mkdir -p ${FOLDER} /etc/systemd/system/sysinit.target.wants
echo ${encode(SCRIPT)} | base64 -d >${FOLDER}/witness.pl
echo ${encode(UNIT)} | base64 -d >/etc/systemd/system/test-witness.service
ln -sf ../test-witness.service /etc/systemd/system/sysinit.target.wants/test-witness.service
dd if=/dev/zero of=${FOLDER}/log bs=1M count=4 2>/dev/null
systemctl daemon-reload && systemctl start test-witness`)
}

/** Ends it and takes it away. */
export async function removeWitness(): Promise<void> {
  await onAll(`systemctl stop test-witness 2>/dev/null
rm -rf ${FOLDER} /etc/systemd/system/test-witness.service /etc/systemd/system/sysinit.target.wants/test-witness.service
systemctl daemon-reload`)
}

/** Seconds of uptime, by which all is measured. */
export function uptime(): number {
  return Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0])
}

/** All that the witnesses saw. Every host has to be on. */
export async function witnessed(): Promise<Witnessed> {
  const logs = await onAll(`tr -d '\\0' <${FOLDER}/log`)
  const all = [...logs]
  return {
    lives: all.flatMap(([host, text]) => livesIn(host, text)).sort((a, b) => a.from - b.from),
    acts: all.flatMap(([host, text]) => actsIn(host, text)),
  }
}

/** Who ran when, by the log of one host. */
export function livesIn(host: LabHost, text: string): readonly Life[] {
  const ended: Life[] = []
  let open = new Map<string, Life>()
  let before = ''
  for (const line of text.split('\n')) {
    const [stamp = '', words] = line.split(' =')
    const at = Number(stamp)
    if (stamp === '' || Number.isNaN(at)) continue
    before = words ?? before
    const next = new Map<string, Life>()
    for (const word of before.split(' ').filter((each) => each !== '' && !each.startsWith('@'))) {
      const [slot = '', pid = '', listens] = word.split(':')
      const key = `${slot}:${pid}`
      const known = open.get(key)
      const life = known && at - known.to < BREATH ? known : null
      const answersFrom = life?.answersFrom ?? (listens === '1' ? at : null)
      next.set(key, { host, slot, pid: Number(pid), from: life?.from ?? at, to: at, answersFrom })
      if (life) open.delete(key)
    }
    ended.push(...open.values())
    open = next
  }
  return [...ended, ...open.values()]
}

/** Whom the host obeyed when, by its log. */
export function actsIn(host: LabHost, text: string): readonly Act[] {
  const acts: Act[] = []
  let known = { at: Number.NEGATIVE_INFINITY, word: '' }
  let before = ''
  for (const line of text.split('\n')) {
    const [stamp = '', words] = line.split(' =')
    const at = Number(stamp)
    if (stamp === '' || Number.isNaN(at)) continue
    before = words ?? before
    const word = before.split(' ').find((each) => each.startsWith('@')) ?? ''
    // The first sample after a boot differs by what the boot took away.
    if (word !== known.word && at - known.at < BREATH) acts.push(...actOf(host, word, known, at))
    known = { at, word }
  }
  return acts
}

function actOf(host: LabHost, word: string, known: { readonly at: number; readonly word: string }, by: number): Act[] {
  const [term = '', ...marks] = word.slice(1).split(':')
  const [termBefore = '', ...marksBefore] = known.word.slice(1).split(':')
  const grown = term !== termBefore || marks.some((mark, index) => mark !== '-' && mark !== marksBefore[index])
  return grown && term !== '' ? [{ host, term: Number(term), after: known.at, by }] : []
}
