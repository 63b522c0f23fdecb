// hc_notify: who is told when something breaks, and how.
import type { NotifyTarget } from '../model/incident.js'
import { object, optional, withDefault } from './fields.js'
import { argvShape } from './mounts.js'
import { absolute, privately } from './private.js'
import { list, record, type Shape, text } from './shape.js'
import { entryOf } from './value.js'

const HINT = 'write {ntfy: URL}, {webhook: URL} or {command: [program, word]}'

const url = text({ pattern: /^https?:\/\/[^\s/]+\S*$/, wanted: 'an address that begins with http:// or https://' })
const privateUrl = privately(url)
const HEADER = { pattern: /^[A-Za-z0-9-]{1,60}$/, wanted: 'the name of a header' }

const fields = object({
  ntfy: optional(privateUrl, 'Topic of an ntfy server.'),
  token: optional(privately(text({})), 'Access token of the ntfy server.'),
  webhook: optional(privateUrl, 'Gets each notice as JSON, by POST.'),
  headers: withDefault(record(privately(text({})), HEADER), 'Headers of the webhook.', {}),
  command: optional(argvShape(), 'A program of the control machine; gets each notice as JSON on stdin.'),
})

const target: Shape<NotifyTarget> = {
  schema: fields.schema,
  read(value, report, name) {
    const read = fields.read(value, report, name)
    if (read === undefined) return undefined
    const { ntfy, token, webhook, headers, command } = read
    const written = ['ntfy', 'webhook', 'command'].filter((key) => entryOf(value, key) !== null)
    if (written.length !== 1) {
      report.add(value.place, `${name} needs exactly one of ntfy, webhook and command`, HINT)
      return undefined
    }
    if (token !== null && ntfy === null) report.add(value.place, `${name}: token belongs to ntfy`, HINT)
    if (Object.keys(headers).length > 0 && webhook === null) {
      report.add(value.place, `${name}: headers belong to webhook`, HINT)
    }
    if (ntfy !== null) return { kind: 'ntfy', url: ntfy, token }
    if (webhook !== null) return { kind: 'webhook', url: webhook, headers }
    return command === null ? undefined : { kind: 'command', argv: command }
  },
}

/** `hc_notify`: one target, or a list; file paths as written. */
export const notifyShape: Shape<readonly NotifyTarget[]> = list(target, { single: true })

/** With file paths from the folder of the inventory. */
export function absoluteTargets(targets: readonly NotifyTarget[], folder: string): readonly NotifyTarget[] {
  return targets.map((each) => {
    if (each.kind === 'command') return each
    if (each.kind === 'ntfy') {
      return { ...each, url: absolute(each.url, folder), token: each.token && absolute(each.token, folder) }
    }
    const headers = Object.entries(each.headers).map(([name, value]) => [name, absolute(value, folder)] as const)
    return { ...each, url: absolute(each.url, folder), headers: Object.fromEntries(headers) }
  })
}
