// Can the cockpit be opened here?
import type { Terminal } from '../terminal.js'

/** Why it cannot be opened, and what to do instead; null: it can. */
export function whyNotHere(terminal: Terminal): { readonly message: string; readonly hint: string } | null {
  const { TERM } = terminal.env
  const instead = 'hc status --watch shows the same as text, hc status --json for programs'
  if (!terminal.inputIsTTY || !terminal.out.isTTY)
    return { message: 'hc ui needs a terminal for its keys and its screen', hint: instead }
  if (TERM === 'dumb' || TERM === undefined || TERM === '')
    return { message: `hc ui cannot draw on this terminal (TERM=${TERM ?? ''})`, hint: instead }
  return null
}
