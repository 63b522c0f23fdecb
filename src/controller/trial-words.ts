// Hints for hosts that are not in an inventory yet: what to do is said in the words of the command that names them.
import type { HostTrialView } from '../model/trial.js'

/** The command that names hosts. */
export type NamedBy = 'init' | 'add'

/** What a connection advises for a host of an inventory, and what that is for one that is being named. */
const WORDS: Readonly<Record<NamedBy, readonly (readonly [string, string])[]>> = {
  init: [
    ['set ansible_host to an address', 'name it with its address: NAME=ADDRESS'],
    ['ansible_user, ansible_ssh_private_key_file', 'NAME=USER@ADDRESS, IdentityFile in ~/.ssh/config'],
  ],
  add: [
    ['set ansible_host to an address', 'give its address: --address ADDRESS'],
    ['ansible_user, ansible_ssh_private_key_file', '--user USER, --set ansible_ssh_private_key_file=FILE'],
  ],
}

/** The same hosts, with hints that can be followed. */
export function inWordsOf(command: NamedBy, views: readonly HostTrialView[]): readonly HostTrialView[] {
  return views.map((view) => {
    const hint = WORDS[command].reduce((text, [from, to]) => text?.replace(from, to) ?? null, view.hint)
    return { ...view, hint }
  })
}
