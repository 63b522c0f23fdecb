// `hc init`: what is offered, what was written, and how to go on.
import type { InitView, OfferedHost } from '../model/init.js'
import { table } from './table.js'
import { type Canvas, sentence } from './view.js'
import { pad, width } from './width.js'
import { count } from './words.js'

/** Hosts that can be chosen by their number. */
const OFFERED = 30

/** What hc init is about, said before the first question. */
export function greetingLines(folder: string, canvas: Canvas): string[] {
  return [
    ...sentence(
      `A cluster in ${folder}: hc asks for its hosts, tries each over SSH, and writes inventory.yml and jobs/hello.yml. Until then nothing is written; Ctrl-C leaves.`,
      canvas,
    ),
  ]
}

/** The hosts that are offered, numbered. */
export function offeredLines(offered: readonly OfferedHost[], canvas: Canvas): string[] {
  if (offered.length === 0) return []
  const rows = offered.slice(0, OFFERED).map((host, index) => ({ ...host, number: index + 1 }))
  const more = offered.length - rows.length
  return [
    '',
    'Known to this machine:',
    ...table(
      [
        { title: '#', value: ({ number }) => String(number) },
        { title: 'NAME', value: ({ name }) => name },
        { title: 'LEADS TO', value: ({ name, target }) => (target === name ? '' : target), shrink: true },
        { title: 'FROM', value: ({ from }) => from },
      ],
      rows,
      canvas.style,
      canvas.columns,
    ),
    ...(more > 0 ? [`and ${count(more, 'more', 'more')}, which can be named too`] : []),
  ]
}

/** How hosts are named. */
export function formsLines(offered: readonly OfferedHost[], canvas: Canvas): string[] {
  const numbers = offered.length === 0 ? '' : 'Numbers of the list (1 3, 1-3), or: '
  return [
    '',
    ...sentence(
      `${numbers}NAME=ADDRESS, USER@ADDRESS, ADDRESS:PORT, ranges as nuc[1:3]; several with blanks between them.`,
      canvas,
      '',
      'dim',
    ),
  ]
}

/** A line of answers: numbers stand for what was offered. */
export function pickOffered(line: string, offered: readonly OfferedHost[]): string {
  return line.replace(
    /(?<=^|[\s,])(\d{1,3})(?:-(\d{1,3}))?(?=$|[\s,])/g,
    (whole, from: string, to: string | undefined) => {
      const names = offered.slice(Number(from) - 1, Number(to ?? from)).map(({ name }) => name)
      return Number(from) < 1 || names.length !== Number(to ?? from) - Number(from) + 1 ? whole : names.join(' ')
    },
  )
}

const MEANINGS: Readonly<Record<string, string>> = {
  'hc plan': 'what would be done, and why',
  'hc apply': 'do it',
  'hc endpoints': 'where the page answers then',
  'hc reconcile --install': 'keep looking: replace what a lost host ran',
  'hc ui': 'watch it',
}

/** What was written, and the next commands. `cd`: the folder to go to first, or null. */
export function writtenLines(view: InitView, cd: string | null, canvas: Canvas): string[] {
  const next = [...(cd === null ? [] : [`cd ${cd}`]), ...view.next]
  const room = Math.max(...next.map(width)) + 3
  return [
    ...view.files.flatMap((file) => sentence(`Wrote ${file}`, canvas)),
    '',
    'Next:',
    ...next.map((command) => {
      const meaning = MEANINGS[command]
      return meaning === undefined ? `  ${command}` : `  ${pad(command, room)}${canvas.style.paint('dim', meaning)}`
    }),
  ]
}
