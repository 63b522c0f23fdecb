// Keys: what ink says of them, as one word each, and what each does, for the help.

/** `j`, `G`, `ctrl-d`, `up`, `enter`: one word. */
export type Key = string

/** What ink's useInput tells beside the text. */
export interface InkKey {
  readonly upArrow: boolean
  readonly downArrow: boolean
  readonly leftArrow: boolean
  readonly rightArrow: boolean
  readonly pageDown: boolean
  readonly pageUp: boolean
  readonly home: boolean
  readonly end: boolean
  readonly return: boolean
  readonly escape: boolean
  readonly tab: boolean
  readonly shift: boolean
  readonly backspace: boolean
  readonly delete: boolean
  readonly ctrl: boolean
  readonly meta: boolean
}

const NAMED: readonly (readonly [keyof InkKey, Key])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageDown', 'page-down'],
  ['pageUp', 'page-up'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  // Terminals send DEL for the backspace key.
  ['backspace', 'backspace'],
  ['delete', 'backspace'],
]

/** The keys of one event: several where they were typed faster than they were read, or pasted. */
export function keysOf(input: string, key: InkKey): readonly Key[] {
  if (key.tab) return [key.shift ? 'shift-tab' : 'tab']
  for (const [flag, name] of NAMED) if (key[flag]) return [name]
  if (key.ctrl) return input === '' ? [] : [`ctrl-${input}`]
  if (key.meta) return []
  return [...input].flatMap(keyOfCharacter)
}

function keyOfCharacter(character: string): readonly Key[] {
  if (character === '\r' || character === '\n') return ['enter']
  if (character === '\t') return ['tab']
  if (character === '\x7f' || character === '\b') return ['backspace']
  if (character === '\x1b') return ['esc']
  const code = character.codePointAt(0) ?? 0
  if (code > 0 && code <= 26) return [`ctrl-${String.fromCharCode(96 + code)}`]
  return code >= 32 ? [character] : []
}

/** A character that can be typed into a line. */
export function isCharacter(key: Key): boolean {
  return [...key].length === 1
}

/** One line of the help. */
export interface KeyHelp {
  readonly keys: string
  readonly does: string
}

/** All keys by where they are good for something: the help, and docs/ui.md. */
export const KEY_HELP: readonly { readonly where: string; readonly keys: readonly KeyHelp[] }[] = [
  {
    where: 'Everywhere',
    keys: [
      { keys: '?', does: 'this help' },
      { keys: 'q, Esc', does: 'back; q in the lists leaves hc ui' },
      { keys: 'Ctrl-C', does: 'leave hc ui' },
      { keys: 'j k, arrows', does: 'down and up' },
      { keys: 'g G, Home End', does: 'first and last' },
      { keys: 'Ctrl-D Ctrl-U', does: 'half a screen down and up; Page keys: a whole one' },
      { keys: '!', does: 'what is wrong, and the command that helps' },
      { keys: 'p', does: 'the plan: what hc apply of jobs/ would do' },
      { keys: 'Ctrl-L', does: 'draw the screen anew' },
    ],
  },
  {
    where: 'In the lists',
    keys: [
      { keys: '1 2 3 4', does: 'hosts, jobs, allocations, events' },
      { keys: 'Tab, Shift-Tab', does: 'the next and the previous list; also right and left' },
      { keys: 'z', does: 'the list on the whole screen, and back' },
      { keys: '/', does: 'filter: rows that hold all these words; !word: rows without it. Esc takes it away' },
      { keys: 'o O', does: 'sort by the next column; the other way round' },
      { keys: 'Enter, d', does: 'detail' },
      { keys: 'l', does: 'logs of an allocation, a job, or all on a host' },
      { keys: 'x', does: 'explain: why an allocation is where it is, and why not elsewhere' },
      { keys: 'r', does: 'restart an allocation or a job' },
      { keys: 'S', does: 'stop a job, or start it again' },
      { keys: 'c', does: 'cordon a host, or uncordon it' },
      { keys: 'D', does: 'drain a host: move its allocations away' },
    ],
  },
  {
    where: 'In logs and other texts',
    keys: [
      { keys: '/, n N', does: 'search; the next place, the one before' },
      { keys: 'f', does: 'logs: follow again, or pause; scrolling up pauses too' },
      { keys: 'w', does: 'logs: wrap long lines; without, left and right scroll' },
      { keys: 't', does: 'logs: with date or without' },
    ],
  },
  {
    where: 'In questions',
    keys: [
      { keys: 'Enter', does: 'what is chosen: Cancel, unless you choose the other' },
      { keys: 'left right Tab', does: 'choose' },
      { keys: 'y', does: 'yes' },
      { keys: 'n, Esc', does: 'cancel' },
    ],
  },
]
