// Where --listen listens, and which names of this machine a request may ask for.
import { isIP } from 'node:net'
import { UserError } from '../../model/errors.js'

/** Where a server listens. */
export interface ListenAddress {
  /** An address, or a name of one. */
  readonly host: string
  readonly port: number
}

/** Reads `127.0.0.1:9464`, `[::1]:9464`, `localhost:9464` or a port alone, which is of loopback. Throws UserError. */
export function parseListen(text: string): ListenAddress {
  const match = /^(?:(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+)):)?(\d{1,5})$/.exec(text.trim())
  const [, six, name, digits] = match ?? []
  const port = Number(digits)
  const host = six ?? name ?? '127.0.0.1'
  const isHost = six === undefined ? isIP(host) === 4 || !/^[\d.]*$/.test(host) : isIP(six) === 6
  if (digits === undefined || port > 65_535 || !isHost) {
    throw new UserError(`--listen takes an address and a port, not "${text}"`, {
      code: 'usage',
      hint: '--listen 127.0.0.1:9464 serves this machine alone, --listen 0.0.0.0:9464 the whole network',
    })
  }
  return { host, port }
}

/** Can nobody but this machine connect? */
export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127\./.test(address) || /^::ffff:127\./i.test(address)
}

/**
 * May a request with this Host header be answered? A page of elsewhere can make its own name lead here (DNS rebinding), but no
 * address and no name of ours: those are let in. `names`: in lower case.
 */
export function isOurs(header: string | undefined, names: ReadonlySet<string>): boolean {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]/@\s]+))(?::\d{1,5})?$/.exec(header ?? '')
  const [, six, name] = match ?? []
  if (six !== undefined) return isIP(six) === 6
  if (name === undefined) return false
  return isIP(name) === 4 || names.has(name.toLowerCase().replace(/\.$/, ''))
}

/** `127.0.0.1:9464`, `[::1]:9464`. */
export function addressText({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
