// `hc init`: what is offered, what was written, and how to go on.
import { UserError } from '../model/errors.js'
import type { InitView, OfferedHost } from '../model/init.js'
import { quote } from '../remote/quote.js'
import { sanitizeLine } from './sanitize.js'
import { table } from './table.js'
import { type Canvas, sentence } from './view.js'
import { pad, width, wrap } from './width.js'
import { count } from './words.js'

/** Hosts that can be chosen by their number. */
const OFFERED = 30

/** What hc init is about, said before the first question. */
export function greetingLines(folder: string, canvas: Canvas): string[] {
  return paragraph(
    `A cluster in ${sanitizeLine(folder)}: hc asks for its hosts, tries each over SSH, and writes inventory.yml and jobs/hello.yml. Until then nothing is written; Ctrl-C leaves.`,
    canvas,
  )
}

function paragraph(text: string, canvas: Canvas): string[] {
  return wrap(text, canvas.columns)
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
        { title: 'LEADS TO', value: ({ target }) => target, shrink: true },
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
    ...paragraph(
      `${numbers}NAME=ADDRESS, USER@ADDRESS, ADDRESS:PORT, ranges as nuc[1:3]; several with blanks between them.`,
      canvas,
    ).map((line) => canvas.style.paint('dim', line)),
  ]
}

/** A line of answers: numbers stand for what was offered. Throws UserError (usage) where one stands for nothing. */
export function pickOffered(line: string, offered: readonly OfferedHost[]): string {
  return line.replace(/(?<=^|[\s,])(\d{1,4})(?:-(\d{1,4}))?(?=$|[\s,])/g, (whole, from: string, to?: string) => {
    const [first, last] = [Number(from), Number(to ?? from)]
    const names = offered.slice(first - 1, last).map(({ name }) => name)
    if (first >= 1 && last >= first && names.length === last - first + 1) return names.join(' ')
    const hint = offered.length === 0 ? 'write an address or a name' : `the list has 1 to ${offered.length}`
    throw new UserError(`${whole} is no number of a list`, { code: 'usage', hint })
  })
}

const MEANINGS: Readonly<Record<string, string>> = {
  'hc plan': 'what would be done, and why',
  'hc apply': 'do it',
  'hc endpoints': 'where the page answers then',
  'hc reconcile --install': 'keep looking: replace what a lost host ran',
  'hc ui': 'watch it',
}

/** To be copied into a shell. */
function shellWord(folder: string): string {
  const path = folder.startsWith('-') ? `./${folder}` : folder
  return /^[\w./+@%,:=-]+$/.test(path) ? path : quote(path)
}

/** What was written, and the next commands. `cd`: the folder to go to first, or null. */
export function writtenLines(view: InitView, cd: string | null, canvas: Canvas): string[] {
  const next = [...(cd === null ? [] : [`cd ${shellWord(cd)}`]), ...view.next]
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
