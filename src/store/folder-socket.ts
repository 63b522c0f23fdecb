// A Unix socket in the store's folder. The folder (0700) and the socket (0600) are the whole of its permissions: the owner of
// the store and root may connect.
import { chmodSync, closeSync, openSync, rmSync, statSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { messageOf } from '../model/errors.js'

/** The folder, opened: a socket's address has 107 bytes at most, and a path through an open descriptor is always short. */
export interface OpenFolder {
  /** Path of the socket by way of the descriptor. */
  readonly socket: string
  close(): void
}

/** Opens the folder for the socket of that name. Throws what the file system says. */
export function openFolder(folder: string, name: string): OpenFolder {
  const descriptor = openSync(folder, 'r')
  let open = true
  return {
    socket: `/proc/self/fd/${descriptor}/${name}`,
    close: () => {
      if (open) closeSync(descriptor)
      open = false
    },
  }
}

/** A socket that listens, and which file it is. */
interface Listening {
  readonly server: Server
  readonly folder: OpenFolder
  readonly ino: number
}

/** How a socket is served. */
export interface SocketOptions {
  /** The folder, absolute. */
  readonly folder: string
  /** The socket's name there. */
  readonly name: string
  readonly welcome: (socket: Socket) => void
  /** Told why it cannot be served; it is tried again at the next call. */
  readonly debug: (line: string) => void
}

/**
 * Listens at the socket, also where the folder was deleted and made anew meanwhile. To be served only by who holds the loop's
 * lock: what is found there is of a loop that died.
 */
export class FolderSocket {
  readonly #options: SocketOptions
  #listening: Listening | null = null
  #opening: Promise<void> | null = null
  #closed = false

  constructor(options: SocketOptions) {
    this.#options = options
  }

  get closed(): boolean {
    return this.#closed
  }

  /** May be served again after its end. */
  open(): void {
    this.#closed = false
  }

  /** Begins to listen, where it does not. Never throws. */
  serve(): void {
    if (this.#closed) return
    this.#opening ??= this.#listenAgain()
      .catch((error: unknown) => this.#options.debug(messageOf(error)))
      .finally(() => {
        this.#opening = null
      })
  }

  /** Is the socket in the folder the one that is served here? */
  async isThere(): Promise<boolean> {
    if (this.#listening === null) return false
    try {
      return (await stat(join(this.#options.folder, this.#options.name))).ino === this.#listening.ino
    } catch {
      return false
    }
  }

  /** Takes the socket away. Who is connected stays. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#opening
    this.#stop()
  }

  async #listenAgain(): Promise<void> {
    if (await this.isThere()) return
    this.#stop()
    await this.#listen()
  }

  async #listen(): Promise<void> {
    const { name, welcome, debug } = this.#options
    const folder = openFolder(this.#options.folder, name)
    const server = createServer(welcome)
    try {
      rmSync(folder.socket, { force: true })
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(folder.socket, resolve)
      })
      server.on('error', (error) => debug(error.message))
      chmodSync(folder.socket, 0o600)
      this.#listening = { server, folder, ino: statSync(folder.socket).ino }
    } catch (error) {
      server.close()
      folder.close()
      throw error
    }
  }

  /** The server's own end unlinks the socket, by way of the folder's descriptor. */
  #stop(): void {
    this.#listening?.server.close()
    this.#listening?.folder.close()
    this.#listening = null
  }
}
