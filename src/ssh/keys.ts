// What a login can be proven with: keys of the agent, then key files, each parsed once.
import { readFile } from 'node:fs/promises'
import ssh2, { type AgentAuthMethod, type ParsedKey, type PublicKeyAuthMethod } from 'ssh2'
import type { SshSettings } from '../ports.js'

/** Ways to prove one login, in the order they are tried. */
export interface Proofs {
  readonly methods: readonly (AgentAuthMethod | PublicKeyAuthMethod)[]
  /** For messages: what is offered. */
  readonly names: readonly string[]
  /** Key files that need a passphrase, and that no agent holds. */
  readonly locked: readonly string[]
  /** Key files that can't be used, with the reason. */
  readonly faults: readonly string[]
  /** Key files that were named, and do not exist. */
  readonly absent: readonly string[]
}

/** ssh looks for these without being told: most of them never exist. */
const UNNAMED = /\/\.ssh\/id_(?:rsa|dsa|ecdsa|ecdsa_sk|ed25519|ed25519_sk|xmss)$/

/** Asks a person for the passphrase of a key file; null: nobody there, or not willing. */
export type AskPassphrase = (file: string) => Promise<string | null>

type LoadedKey =
  | { readonly kind: 'key'; readonly key: ParsedKey }
  | { readonly kind: 'locked'; readonly bytes: Buffer }
  | { readonly kind: 'missing' }
  | { readonly kind: 'fault'; readonly reason: string }

/**
 * The keys of this process. Parsing a key with a passphrase takes half a second of pure computation that blocks
 * everything, so each file is parsed once and each passphrase asked once.
 */
export class Keys {
  private readonly files = new Map<string, Promise<LoadedKey>>()
  private readonly publics = new Map<string, Promise<Buffer | null>>()
  private readonly asked = new Map<string, Promise<boolean>>()
  private prompt: Promise<unknown> = Promise.resolve()

  constructor(private readonly ask: AskPassphrase | null) {}

  /** All that can be offered without asking anybody. */
  async proofs(settings: SshSettings): Promise<Proofs> {
    const [agentKeys, loaded, publics] = await Promise.all([
      settings.agent === null ? [] : agentIdentities(settings.agent),
      Promise.all(settings.identityFiles.map((file) => this.load(file))),
      Promise.all(settings.identityFiles.map((file) => this.publicOf(file))),
    ])
    const named = publics.filter((bytes) => bytes !== null)
    const isNamed = (key: ParsedKey) => named.some((bytes) => bytes.equals(key.getPublicSSH()))
    const fromAgent = [
      ...agentKeys.filter(isNamed),
      ...(settings.identitiesOnly ? [] : agentKeys.filter((key) => !isNamed(key))),
    ]
    const methods: (AgentAuthMethod | PublicKeyAuthMethod)[] = []
    if (settings.agent !== null && fromAgent.length > 0) {
      methods.push({ type: 'agent', username: settings.user, agent: new SomeOfAgent(settings.agent, fromAgent) })
    }
    const names = fromAgent.map((key) => `${key.comment || key.type} of the agent`)
    const [locked, faults, absent]: [string[], string[], string[]] = [[], [], []]
    for (const [index, file] of settings.identityFiles.entries()) {
      const found = loaded[index]
      const own = publics[index]
      if (found === undefined) continue
      if (found.kind === 'missing') {
        // Its public half alone names a key of the agent.
        if (!own && !UNNAMED.test(file)) absent.push(file)
        continue
      }
      if (own && fromAgent.some((key) => key.getPublicSSH().equals(own))) continue
      if (found.kind === 'locked') locked.push(file)
      else if (found.kind === 'fault') faults.push(`${file}: ${found.reason}`)
      else {
        methods.push({ type: 'publickey', username: settings.user, key: found.key })
        names.push(file)
      }
    }
    return { methods, names, locked, faults, absent }
  }

  /** Asks for the passphrase of a locked key file, once in this process. True when the key can now be used. */
  unlock(file: string): Promise<boolean> {
    const before = this.asked.get(file)
    if (before) return before
    const asking = this.prompt.then(() => this.askFor(file))
    this.prompt = asking.catch(() => {})
    this.asked.set(file, asking)
    return asking
  }

  private async askFor(file: string): Promise<boolean> {
    const found = await this.load(file)
    if (found.kind !== 'locked' || this.ask === null) return found.kind === 'key'
    const passphrase = await this.ask(file)
    if (passphrase === null) return false
    const key = parse(found.bytes, passphrase)
    if (key instanceof Error) return false
    this.files.set(file, Promise.resolve({ kind: 'key', key }))
    this.publics.delete(file)
    return true
  }

  private load(file: string): Promise<LoadedKey> {
    const kept = this.files.get(file)
    if (kept) return kept
    const loading = loadKey(file)
    this.files.set(file, loading)
    // A file that is put right while a loop runs is seen at the next login.
    void loading.then(({ kind }) => {
      if (kind !== 'missing' && kind !== 'fault') return
      this.files.delete(file)
      this.publics.delete(file)
    })
    return loading
  }

  /** The public half, from the key or from FILE.pub: tells whether the agent holds a key that needs a passphrase. */
  private publicOf(file: string): Promise<Buffer | null> {
    const kept = this.publics.get(file)
    if (kept) return kept
    const reading = this.load(file).then(async (found) => {
      if (found.kind === 'key') return found.key.getPublicSSH()
      const beside = await loadKey(`${file}.pub`)
      return beside.kind === 'key' ? beside.key.getPublicSSH() : null
    })
    this.publics.set(file, reading)
    return reading
  }
}

async function loadKey(file: string): Promise<LoadedKey> {
  let bytes: Buffer
  try {
    bytes = await readFile(file)
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    return missing ? { kind: 'missing' } : { kind: 'fault', reason: String(error) }
  }
  const key = parse(bytes)
  if (!(key instanceof Error)) return { kind: 'key', key }
  if (/encrypted|passphrase/i.test(key.message)) return { kind: 'locked', bytes }
  return { kind: 'fault', reason: key.message }
}

/** ssh2's parser answers with a list for files that hold several keys; the first counts. */
function parse(bytes: Buffer, passphrase?: string): ParsedKey | Error {
  try {
    const parsed: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(bytes, passphrase)
    const key = Array.isArray(parsed) ? parsed[0] : parsed
    return key ?? new Error('no key in it')
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** Keys that the agent holds; none when it does not answer within two seconds. */
function agentIdentities(socket: string): Promise<ParsedKey[]> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve([]), 2000)
    timer.unref()
    ssh2.createAgent(socket).getIdentities((_error, keys) => {
      clearTimeout(timer)
      const parsed: ParsedKey[] = []
      for (const entry of keys ?? []) {
        const key = parseIdentity(entry)
        if (key !== null) parsed.push(key)
      }
      resolve(parsed)
    })
  })
}

function parseIdentity(entry: unknown): ParsedKey | null {
  if (typeof entry !== 'object' || entry === null) return null
  if ('getPublicSSH' in entry && 'sign' in entry) return entry as ParsedKey
  return null
}

/** An agent that shows only some of its keys, in an order of our own: sshd counts every key that is tried. */
class SomeOfAgent extends ssh2.BaseAgent {
  private readonly whole: ssh2.BaseAgent

  constructor(
    socket: string,
    private readonly keys: readonly ParsedKey[],
  ) {
    super()
    this.whole = ssh2.createAgent(socket)
  }

  override getIdentities(callback: ssh2.IdentityCallback): void {
    callback(null, [...this.keys])
  }

  override sign(...args: unknown[]): void {
    Reflect.apply(this.whole.sign, this.whole, args)
  }
}
