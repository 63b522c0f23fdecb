// What makes this machine a control machine of a shared store: the authority of its etcd, a certificate and a key of its own.
// All of it lies in .hc/control beside the inventory, 0600.
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { CertificateWish, Pair } from '../model/control-group.js'
import type { Host } from '../model/host.js'
import type { HostName } from '../model/names.js'
import type { SshSettings } from '../ports.js'
import { issue, makeAuthority } from './certificates.js'

/** The authority, and certificates of it. */
export interface Authority {
  readonly pair: Pair
  issue(wish: CertificateWish, at: string): Pair
}

/** Files of this machine as a control machine. `folder`: .hc/control, absolute. */
export class ControlFiles {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** The authority; made where there is none yet. */
  async authority(cluster: string, at: string): Promise<Authority> {
    const kept = await this.#pair('ca')
    const pair = kept ?? makeAuthority(`hc ${cluster}`, at)
    if (!kept) await this.#keep('ca', pair)
    return { pair, issue: (wish, when) => issue(pair, wish, when) }
  }

  /** The authority that is there; null: there is none here. */
  async known(): Promise<Authority | null> {
    const pair = await this.#pair('ca')
    return pair && { pair, issue: (wish, when) => issue(pair, wish, when) }
  }

  /** Sees to it that this machine has a certificate for the store. */
  async ownCertificate(authority: Authority, at: string): Promise<void> {
    if (await this.#pair('client')) return
    await this.#keep('client', authority.issue({ subject: `hc on ${hostname()}`, names: [] }, at))
  }

  async #pair(name: string): Promise<Pair | null> {
    const [cert, key] = await Promise.all([`${name}.pem`, `${name}.key`].map((file) => this.#text(file)))
    return cert && key ? { cert, key } : null
  }

  async #text(name: string): Promise<string | null> {
    try {
      return await readFile(join(this.#folder, name), 'utf8')
    } catch {
      return null
    }
  }

  /** The key first: a certificate without its key counts as none. */
  async #keep(name: string, { cert, key }: Pair): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    for (const [file, text] of [[`${name}.key`, key] as const, [`${name}.pem`, cert] as const]) {
      const path = join(this.#folder, file)
      const handle = await open(`${path}.new`, 'w', 0o600)
      try {
        await handle.writeFile(text)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(`${path}.new`, path)
    }
  }
}

/** The host of the inventory that this machine is, where hc control add said so; null: it did not. `folder`: .hc/control. */
export function ownHost(folder: string): HostName | null {
  const path = join(folder, 'host')
  return existsSync(path) ? readFileSync(path, 'utf8').trim() || null : null
}

/**
 * Logins of a machine that `hc control add` has made a control machine: besides what the inventory and ~/.ssh/config say, with
 * its own key, and by the host keys that it was given.
 */
export function withOwnKey(
  resolve: (host: Host) => Promise<SshSettings>,
  folder: string,
): (host: Host) => Promise<SshSettings> {
  const [key, known] = [join(folder, 'id'), join(folder, 'known')]
  const extend = (settings: SshSettings, files: readonly string[]): SshSettings => ({
    ...settings,
    identityFiles: [key, ...settings.identityFiles],
    globalKnownHostsFiles: [...settings.globalKnownHostsFiles, ...files],
    jump: settings.jump && extend(settings.jump, files),
  })
  return async (host) => {
    const settings = await resolve(host)
    if (!existsSync(key)) return settings
    // A file for each host.
    const names = await readdir(known).catch((): string[] => [])
    return extend(
      settings,
      names.sort().map((name) => join(known, name)),
    )
  }
}
