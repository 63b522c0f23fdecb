// The help: keys, sorting, signs.
import type { Canvas } from '../view.js'
import { section, sentence } from '../view.js'
import { pad } from '../width.js'
import { barSigns } from './bars.js'
import { KEY_HELP } from './keys.js'
import { COLUMNS } from './rows.js'
import { PANES } from './state.js'

const KEYS_WIDTH = 18

/** All of it. */
export function helpLines(canvas: Canvas): readonly string[] {
  const { style } = canvas
  const keys = KEY_HELP.flatMap(({ where, keys: all }) =>
    section(
      where,
      all.flatMap(({ keys: key, does }) =>
        sentence(does, { ...canvas, columns: (canvas.columns ?? 80) - KEYS_WIDTH - 2 }).map(
          (line, at) => `  ${at === 0 ? style.paint('bold', pad(key, KEYS_WIDTH)) : ' '.repeat(KEYS_WIDTH)}${line}`,
        ),
      ),
      style,
    ),
  )
  return [
    ...keys.slice(1),
    ...section('Sort by a column: its letter with shift, the same again turns round', sortLines(canvas), style),
    ...section(
      'Bars of hosts: what is in use and what jobs have reserved of what they may use',
      barLines(canvas),
      style,
    ),
    ...section('Words', wordLines(canvas), style),
  ]
}

function sortLines(canvas: Canvas): readonly string[] {
  return PANES.flatMap((pane) => {
    const columns: readonly { readonly letter: string; readonly title: string }[] = COLUMNS[pane]
    const letters = columns
      .filter(({ letter }) => letter !== '')
      .map(({ letter, title }) => `${letter} ${title.split(' ')[0]?.toLowerCase()}`)
    return sentence(`${pad(pane, 13)}${letters.join(', ')}`, canvas, '  ')
  })
}

function barLines(canvas: Canvas): readonly string[] {
  const { both, reserved, used, free } = barSigns(canvas.style.unicode)
  return [
    `  ${both} used and reserved   ${reserved} only reserved   ${used} only used   ${free} free`,
    ...sentence('With room for them: used/reserved/total, with little room the share that is used.', canvas, '  '),
    ...sentence(
      'What is used is of the whole host, with what is not of hc; cpu after a single look is the load.',
      canvas,
      '  ',
    ),
  ]
}

function wordLines(canvas: Canvas): readonly string[] {
  return [
    'ready: it answers. suspect: it does not, but that is no proof. lost: proven gone, and replaced elsewhere.',
    'unmanageable: it lives, but hc cannot act there. cut-off: others reach it, hc does not. unknown: never seen.',
    'An allocation is unknown while its host does not answer: it may well run.',
    'Dim and "Out of date": no look has succeeded lately; what is shown is the last that was seen.',
  ].flatMap((text) => sentence(text, canvas, '  '))
}
