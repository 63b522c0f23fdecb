import { Args, Flags } from '@oclif/core'
import type { AcceptKey, EditReview } from '../../src/model/inventory-edit.js'
import type { HostKeyView, HostTrialView } from '../../src/model/trial.js'
import { prose } from '../../src/ui/command.js'
import { editFlags, InventoryEditCommand } from '../../src/ui/inventory-edit.js'

export default class InventoryAdd extends InventoryEditCommand {
  static override summary = 'Add a host: try it, show what it would bring, write it into the inventory'
  static override description =
    prose(`The host is tried first over SSH: is the login root or may it sudo, does systemd run, what does it have. A host key that is not
known is shown and asked about; without a terminal it is refused unless --accept-new-host-key is given. A host that can't be used is
added only after a question, with --yes, or with --no-try.

The file is edited in place: comments, order and quotes stay. Several names and ranges (nuc[4:6]) can be given at once.

Exit codes: 0 written; 1 the host can't be used, or it was declined; 2 usage or files wrong; 3 the host is out of reach.`)
  static override usage = '<%= command.id %> NAME... [--address A] [--user U] [--group G]... [--set KEY=VALUE]...'
  static override examples = [
    '<%= config.bin %> <%= command.id %> nuc4 --address 192.168.1.14 --group nucs',
    "<%= config.bin %> <%= command.id %> nuc4 --address 192.168.1.14 --user admin --set hc_labels='{rack: b}' --dry-run",
    "<%= config.bin %> <%= command.id %> 'nuc[4:6]' --group nucs --no-try",
  ]
  static override strict = false
  static override args = {
    name: Args.string({ description: 'Its name, or a range of names', required: true, ignoreStdin: true }),
  }
  static override flags = {
    address: Flags.string({
      char: 'a',
      helpValue: 'ADDRESS',
      description: 'Name or address to connect to (ansible_host); else its name',
    }),
    user: Flags.string({
      char: 'u',
      helpValue: 'USER',
      description: 'Who to log in as (ansible_user); else as ssh does',
    }),
    port: Flags.integer({
      char: 'p',
      helpValue: 'PORT',
      min: 1,
      max: 65_535,
      description: 'Port of sshd (ansible_port); else 22, or as ssh has it',
    }),
    group: Flags.string({
      char: 'g',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'GROUP',
      description: 'A group to add it to; under all else. Can be given several times',
    }),
    set: Flags.string({
      char: 's',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'KEY=VALUE',
      description: 'A variable of the host; can be given several times',
    }),
    'accept-new-host-key': Flags.boolean({
      default: false,
      description: 'Record the key of a host that is not known yet, as ssh -o StrictHostKeyChecking=accept-new does',
    }),
    'no-try': Flags.boolean({ default: false, description: 'Write without a contact to the host' }),
    ...editFlags,
    yes: Flags.boolean({ char: 'y', default: false, description: 'Also add a host that can not be used yet' }),
  }

  private trials: readonly HostTrialView[] = []

  async run(): Promise<unknown> {
    const { flags, raw } = await this.parse(InventoryAdd)
    const names = this.words(raw)
    const [first = ''] = names
    if (flags.address !== undefined && (names.length > 1 || first.includes('['))) {
      throw this.misused('--address is of one host', 'add hosts with addresses one by one')
    }
    const set = (key: string, value: string | number | undefined) => (value === undefined ? [] : [`${key}=${value}`])
    const assignments = [
      ...set('ansible_host', flags.address),
      ...set('ansible_port', flags.port),
      ...set('ansible_user', flags.user),
      ...(flags.set ?? []),
    ]
    const { document } = await import('../../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc, signal) => {
        const edit = { kind: 'add' as const, names, groups: flags.group ?? [], assignments }
        const accept = this.acceptKey(flags['accept-new-host-key'], signal)
        const view = await this.edit(hc, edit, flags['dry-run'], async (review) => {
          return flags['no-try'] || this.tried(review, names, accept, flags.yes)
        })
        if (view.changed && !view.dryRun) this.suggest('hc host list')
        return document({ ...view, trials: this.trials })
      },
    )
  }

  /** Shows what the hosts would bring; false: they are not to be added. */
  private async tried(review: EditReview, names: readonly string[], accept: AcceptKey, yes: boolean): Promise<boolean> {
    const { exitOfTrials, trialLines, trialSummary } = await import('../../src/ui/trial.js')
    const { list } = await import('../../src/ui/words.js')
    this.say([`Trying ${list(names)} ...`])
    this.trials = await review.tryHosts(accept)
    if (!this.jsonEnabled()) this.say([...trialLines(this.trials, this.onErr), '', trialSummary(this.trials)])
    const failing = this.trials.filter(({ ok }) => !ok)
    if (failing.length === 0 || yes) return true
    const which = list(failing.map(({ name }) => name))
    if (this.interactive && (await this.confirm(`Add ${which} all the same?`))) return true
    this.refusal = failing.some(({ unknownKey }) => unknownKey !== null)
      ? 'compare the key with the one on the host, then say --accept-new-host-key'
      : 'mend it and say it again, or add it without a try: --no-try'
    this.endWith(exitOfTrials(failing))
    return false
  }

  private acceptKey(always: boolean, signal: AbortSignal): AcceptKey {
    if (always) {
      return async (host: string, key: HostKeyView) => {
        this.say([`The key of ${host} (${key.where}) is taken as it is: ${key.type} ${key.fingerprint}`])
        return true
      }
    }
    if (!this.interactive) return null
    return async (host: string, key: HostKeyView) => {
      const { keyLines } = await import('../../src/ui/trial.js')
      this.say(keyLines(host, key, this.onErr))
      const answer =
        (await this.terminal.ask('Record it in known_hosts? [y/N, or the fingerprint] ', signal))?.trim() ?? ''
      return /^y(es)?$/i.test(answer) || answer === key.fingerprint
    }
  }
}
