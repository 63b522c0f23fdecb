// The questions of `hc init`. Nothing is written here.
import { UserError } from '../model/errors.js'
import type { NamedHost, NewHost, OfferedHost } from '../model/init.js'
import type { HostKeyView, HostTrialView } from '../model/trial.js'
import { errorLines } from './faults.js'
import { formsLines, greetingLines, offeredLines, pickOffered } from './init.js'
import { keyLines, trialLines, trialSummary } from './trial.js'
import type { Canvas } from './view.js'
import { wrap } from './width.js'
import { list } from './words.js'

/** Questions after which the dialogue ends: an input that only ends lines would be asked for ever. */
const PATIENCE = 200

type AcceptKey = (host: string, key: HostKeyView) => Promise<boolean>

/** What the dialogue asks of hc. */
export interface InitDesk {
  readonly folder: string
  offered(): Promise<readonly OfferedHost[]>
  read(words: readonly string[]): readonly NamedHost[]
  knowsUser(host: NamedHost): Promise<boolean>
  add(to: readonly NewHost[], named: readonly NamedHost[], user: string | null): Promise<readonly NewHost[]>
  try(hosts: readonly NewHost[], acceptKey: AcceptKey | null): Promise<readonly NewHost[]>
}

/** The person. */
export interface Talk {
  readonly canvas: Canvas
  say(lines: readonly string[]): void
  /** null: nobody answers any more. */
  ask(question: string): Promise<string | null>
}

/** What was said by flags. */
export interface InitGiven {
  /** --user; null: to be asked for where it matters. */
  readonly user: string | null
  readonly tries: boolean
  /** Hosts that fail are written all the same. */
  readonly keepFailing: boolean
  /** Decides on keys in the person's place; null: the person does. */
  readonly acceptKey: AcceptKey | null
}

const CHOICES = [
  '  r  try again                  l  leave out',
  '  u  log in as another user     k  keep: write it all the same',
  '  q  quit                       or say it anew: NAME=USER@ADDRESS',
]

/** The person has left. */
class Left extends Error {}

/** The dialogue over one desk. */
export class InitDialogue {
  private asked = 0
  /** Asked once, for all hosts that say nothing of it. */
  private user: string | null

  constructor(
    private readonly desk: InitDesk,
    private readonly talk: Talk,
    private readonly given: InitGiven,
  ) {
    this.user = given.user
  }

  /** Asks for hosts until they are as the person wants them; those of `words` are there already. null: they left. */
  async hosts(words: readonly string[]): Promise<readonly NewHost[] | null> {
    try {
      if (words.length > 0) {
        const settled = await this.settle(await this.added([], this.desk.read(words)))
        return settled.length > 0 ? settled : null
      }
      this.talk.say(greetingLines(this.desk.folder, this.talk.canvas))
      const offered = await this.desk.offered()
      this.talk.say([...offeredLines(offered, this.talk.canvas), ...formsLines(offered, this.talk.canvas)])
      let hosts: readonly NewHost[] = []
      for (;;) {
        const none = hosts.length === 0
        const answer = await this.ask(none ? 'Hosts: ' : 'Write the files? [Y/n], or name more hosts: ')
        if (/^q(uit)?$/i.test(answer) || (!none && /^n(o)?$/i.test(answer))) return null
        if (!none && /^(y(es)?)?$/i.test(answer)) return hosts
        const more = answer === '' ? null : await this.understood(hosts, () => pickOffered(answer, offered))
        if (more !== null) hosts = await this.settle(more)
      }
    } catch (error) {
      if (error instanceof Left) return null
      throw error
    }
  }

  /** Decides on a key by asking. */
  readonly acceptKey: AcceptKey = async (host, key) => {
    this.talk.say(keyLines(host, key, this.talk.canvas))
    const answer = await this.talk.ask('Record it in known_hosts? [y/N, or the fingerprint] ')
    return /^y(es)?$/i.test(answer?.trim() ?? '') || answer?.trim() === key.fingerprint
  }

  /** The hosts with those of the line; null where it makes no sense, which is said. */
  private async understood(hosts: readonly NewHost[], line: () => string): Promise<readonly NewHost[] | null> {
    try {
      return await this.added(hosts, this.desk.read([line()]))
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      this.talk.say(errorLines(error, this.talk.canvas))
      return null
    }
  }

  private async added(hosts: readonly NewHost[], named: readonly NamedHost[]): Promise<readonly NewHost[]> {
    let all = hosts
    for (const one of named) {
      const known = this.given.user === null && (await this.desk.knowsUser(one))
      if (!known && one.user === null) this.user ??= await this.askUser()
      all = await this.desk.add(all, [one], known ? null : this.user)
    }
    return all
  }

  private async askUser(): Promise<string> {
    for (;;) {
      const answer = await this.ask('Log in as? root, or a user with sudo without a password [root]: ')
      if (answer === '') return 'root'
      if (/^[A-Za-z_][A-Za-z0-9_.-]*\$?$/.test(answer)) return answer
      this.talk.say([`"${answer}" is no user name.`])
    }
  }

  /** Tries the hosts, and asks what to do with those that fail, until none fails or they are to stay as they are. */
  private async settle(before: readonly NewHost[]): Promise<readonly NewHost[]> {
    let hosts = before
    while (this.given.tries && hosts.length > 0) {
      hosts = await this.tried(hosts)
      const failing = hosts.filter(({ trial }) => trial?.ok !== true)
      if (failing.length === 0 || this.given.keepFailing) break
      const next = await this.askAbout(hosts, failing)
      if (next === 'keep') break
      hosts = next
      if (hosts.every(({ trial }) => trial?.ok === true)) break
    }
    return hosts
  }

  private async tried(hosts: readonly NewHost[]): Promise<readonly NewHost[]> {
    const names = hosts.filter(({ trial }) => trial?.ok !== true).map(({ name }) => name)
    this.talk.say(['', `Trying ${list(names)} ...`])
    const tried = await this.desk.try(hosts, this.given.acceptKey ?? this.acceptKey)
    const views = tried.map(({ trial }) => trial).filter((trial): trial is HostTrialView => trial !== null)
    this.talk.say(['', ...trialLines(views, this.talk.canvas), '', trialSummary(views)])
    return tried
  }

  private async askAbout(hosts: readonly NewHost[], failing: readonly NewHost[]): Promise<readonly NewHost[] | 'keep'> {
    const names = list(failing.map(({ name }) => name))
    for (;;) {
      this.talk.say(['', ...wrap(`What of ${names}?`, this.talk.canvas.columns), ...CHOICES])
      const answer = await this.ask('[r] ')
      switch (answer.toLowerCase()) {
        case '':
        case 'r':
          return hosts
        case 'l':
          return hosts.filter((host) => !failing.includes(host))
        case 'k':
          return 'keep'
        case 'q':
          throw new Left()
        case 'u': {
          const user = await this.askUser()
          return hosts.map((host) => (failing.includes(host) && !host.local ? { ...host, user } : host))
        }
        default: {
          // A mistyped letter is no host.
          if (!/[=@.:[]/.test(answer)) continue
          const more = await this.understood(hosts, () => answer)
          if (more !== null) return more
        }
      }
    }
  }

  private async ask(question: string): Promise<string> {
    this.asked += 1
    const answer = this.asked > PATIENCE ? null : await this.talk.ask(question)
    if (answer === null) throw new Left()
    return answer.trim()
  }
}
