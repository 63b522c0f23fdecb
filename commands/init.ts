import { Args, Flags } from '@oclif/core'
import type { InitView, NewHost } from '../src/model/init.js'
import type { HostKeyView, HostTrialView } from '../src/model/trial.js'
import { HcCommand, prose } from '../src/ui/command.js'
import type { InitDesk } from '../src/ui/init-dialogue.js'
import type { OpenOptions } from '../src/ui/opening.js'

export default class Init extends HcCommand {
  static override summary = 'Begin a cluster: ask for hosts, try them, write inventory.yml and a first job'
  static override description =
    prose(`Tries each host over SSH: is the login root or may it sudo, does systemd run, what does the host have. A host key that is
not known is shown and asked about, one after the other. Writes inventory.yml and jobs/hello.yml, both or none; nothing is ever overwritten.

Without a terminal hosts are named by --host, unknown keys are refused unless --accept-new-host-key is given, and nothing is written
where a host fails, unless --keep-failing or --no-try is.

Exit codes: 0 written; 1 a host can't be used, or it was declined; 2 usage wrong, or a file is there already; 3 a host is out of reach; 130
interrupted.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --host nuc1=192.168.1.11 --host nuc2=192.168.1.12 --user root',
    "<%= config.bin %> <%= command.id %> cluster --host 'nuc[1:3]=admin@192.168.1.[11:13]' --accept-new-host-key",
  ]
  static override args = {
    folder: Args.string({ description: 'Where; the working folder if none is given', ignoreStdin: true }),
  }
  static override flags = {
    host: Flags.string({
      char: 'H',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '[NAME=][USER@]ADDRESS[:PORT]',
      description: 'A host, or a range of them; can be given several times',
    }),
    user: Flags.string({
      char: 'u',
      helpValue: 'NAME',
      description: 'Who to log in as where --host does not say; else as ssh does',
    }),
    'accept-new-host-key': Flags.boolean({
      default: false,
      description: 'Record the keys of hosts that are not known yet, as ssh -o StrictHostKeyChecking=accept-new does',
    }),
    'no-try': Flags.boolean({ default: false, description: 'Write without a contact to any host' }),
    'keep-failing': Flags.boolean({
      default: false,
      description: 'Also write hosts that can not be used yet',
      exclusive: ['no-try'],
    }),
  }

  protected override leaves = 'nothing is written.'
  /** The last line of the terminal ends with a question. */
  private asking = false
  /** The key file whose passphrase was typed. */
  private typed: string | null = null

  protected override say(lines: readonly string[]): void {
    super.say(this.asking ? ['', ...lines] : lines)
    this.asking = false
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Init)
    const words = flags.host ?? []
    if (this.argv.some((word) => /^(-i|--inventory)/.test(word))) {
      throw this.misused('hc init takes a folder, not --inventory', 'hc init FOLDER')
    }
    if (args.folder?.trim() === '') {
      throw this.misused('the folder has no name', 'hc init FOLDER, or hc init alone for the working folder')
    }
    const blank = words.find((word) => /^\s*[^\s=,]+\s[^=,]*=/.test(word))
    if (blank !== undefined) {
      throw this.misused(
        `--host "${blank}" names several words for one address`,
        'one --host NAME=ADDRESS for each host',
      )
    }
    if (words.length === 0 && !this.interactive) {
      throw this.misused('hc init needs --host where nobody can be asked', 'hc init --host nuc1=root@192.168.1.11')
    }
    const { document } = await import('../src/ui/json.js')
    return this.withHc(
      flags,
      async () => {
        const { openInit } = await import('../src/hc.js')
        return { openHc: (options) => openInit({ ...this.noticing(options), folder: args.folder }) }
      },
      async (init, signal) => {
        await init.check()
        const hosts = this.interactive
          ? await this.byAsking(init, words, flags, signal)
          : await this.byFlags(init, words, flags)
        signal.throwIfAborted()
        if (hosts === null) return document(this.nothing(init.told([])))
        const failing = hosts.filter(({ trial }) => trial !== null && !trial.ok)
        if (failing.length > 0 && !this.interactive && !flags['keep-failing']) {
          return document(await this.refused(init.told(hosts), failing))
        }
        const view = await init.write(hosts)
        const { writtenLines } = await import('../src/ui/init.js')
        this.print(writtenLines(view, args.folder ?? null, this.onOut))
        if (this.typed !== null) {
          this.warnOf(`a loop can't type the passphrase of ${this.typed}: give hc a key without one, or an agent`)
        }
        if (flags.inventory !== undefined) {
          this.warnOf(`HC_INVENTORY names ${flags.inventory}: unset it, so that hc finds the new inventory`)
        }
        return document(view)
      },
    )
  }

  /** Notices whether somebody had to type a passphrase. */
  private noticing(options: OpenOptions): OpenOptions {
    const { askPassphrase } = options
    if (askPassphrase === undefined) return options
    const noticed = async (file: string) => {
      const answer = await askPassphrase(file)
      if (answer) this.typed = file
      return answer
    }
    return { ...options, askPassphrase: noticed }
  }

  /** null: the person has left. */
  private async byAsking(
    init: InitDesk,
    words: readonly string[],
    flags: InitFlags,
    signal: AbortSignal,
  ): Promise<readonly NewHost[] | null> {
    const { InitDialogue } = await import('../src/ui/init-dialogue.js')
    const talk = {
      canvas: this.onErr,
      say: (lines: readonly string[]) => this.say(lines),
      ask: async (question: string) => {
        this.asking = true
        const answer = await this.terminal.ask(question, signal)
        this.asking = false
        signal.throwIfAborted()
        return answer
      },
    }
    const given = { user: flags.user ?? null, tries: !flags['no-try'], keepFailing: flags['keep-failing'] }
    const accept = flags['accept-new-host-key'] ? this.accepting : null
    return new InitDialogue(init, talk, { ...given, acceptKey: accept }).hosts(words)
  }

  private async byFlags(init: InitDesk, words: readonly string[], flags: InitFlags): Promise<readonly NewHost[]> {
    const hosts = await init.add([], init.read(words), flags.user ?? null)
    if (flags['no-try']) return hosts
    const { trialLines, trialSummary } = await import('../src/ui/trial.js')
    const tried = await init.try(hosts, flags['accept-new-host-key'] ? this.accepting : null)
    const views = tried.map(({ trial }) => trial).filter((trial): trial is HostTrialView => trial !== null)
    if (!this.jsonEnabled()) this.say([...trialLines(views, this.onErr), '', trialSummary(views), ''])
    return tried
  }

  private readonly accepting = async (host: string, key: HostKeyView): Promise<boolean> => {
    this.say([`The key of ${host} (${key.where}) is taken as it is: ${key.type} ${key.fingerprint}`])
    return true
  }

  private nothing(view: InitView): InitView {
    this.endDeclined('Nothing was written.')
    return view
  }

  /** A host fails, and nobody can be asked. */
  private async refused(view: InitView, failing: readonly NewHost[]): Promise<InitView> {
    const { exitOfTrials } = await import('../src/ui/trial.js')
    const keys = failing.some(({ trial }) => (trial?.unknownKey ?? null) !== null)
    this.say(['Nothing was written.'])
    this.suggest(
      keys
        ? 'compare the keys, then say --accept-new-host-key'
        : 'mend it and say it again, or write them all the same: --keep-failing',
    )
    this.endWith(exitOfTrials(failing.map(({ trial }) => trial)))
    return view
  }
}

/** What the flags say. */
interface InitFlags {
  readonly user?: string | undefined
  readonly 'accept-new-host-key': boolean
  readonly 'no-try': boolean
  readonly 'keep-failing': boolean
}
