// Tells people and programs: ntfy, webhooks, commands of the control machine. Every try has a bound.
import { UserError } from '../model/errors.js'
import type { Notice, OpenTarget } from '../model/incident.js'
import type { Millis } from '../model/names.js'
import type { Notifier } from '../ports.js'
import { printableLine } from '../remote/printable.js'
import { runProgram } from './program.js'

/** Bound of one try, ms. */
const SEND_MS: Millis = 10_000
/** Of what a program or server said in its fault, so much is told. */
const MOST_SAID = 300

/** The Notifier of this machine. `folder`: where programs run. */
export function createNotifier(folder: string, fetcher: typeof fetch = fetch): Notifier {
  return {
    send(target, notice) {
      if (target.kind === 'command') return run(target.argv, noticeJson(notice), SEND_MS, folder)
      const request = target.kind === 'ntfy' ? ntfy(target, notice) : webhook(target, notice)
      return post(target.url, request, fetcher)
    },
    run: (argv, input, timeoutMs) => run(argv, input, timeoutMs, folder),
  }
}

/** What programs and webhooks get. */
function noticeJson(notice: Notice): string {
  return `${JSON.stringify({ apiVersion: 'hc/v1', ...notice })}\n`
}

type Post = { readonly headers: Readonly<Record<string, string>>; readonly body: string }

/** https://docs.ntfy.sh/publish: the text is the body, all else stands in headers; those are Latin-1. */
function ntfy({ token }: Extract<OpenTarget, { kind: 'ntfy' }>, { kind, title, text }: Notice): Post {
  const headers = {
    'Content-Type': 'text/plain; charset=utf-8',
    Title: title.replace(/[^\x20-\x7e]/g, '?'),
    Priority: kind === 'begin' ? 'high' : 'default',
    Tags: kind === 'begin' ? 'rotating_light' : 'white_check_mark',
  }
  return { headers: token === null ? headers : { ...headers, Authorization: `Bearer ${token}` }, body: text }
}

function webhook({ headers }: Extract<OpenTarget, { kind: 'webhook' }>, notice: Notice): Post {
  return { headers: { 'Content-Type': 'application/json', ...headers }, body: noticeJson(notice) }
}

/** The address may be a secret in itself: faults name its server only. */
async function post(url: string, { headers, body }: Post, fetcher: typeof fetch): Promise<void> {
  const where = serverOf(url)
  const signal = AbortSignal.timeout(SEND_MS)
  const answer = await fetcher(url, { method: 'POST', headers, body, signal }).catch((error: unknown) => {
    throw new UserError(`${where} was not reached: ${causeOf(error)}`)
  })
  const said = await answer.text().catch(() => '')
  if (answer.ok) return
  throw new UserError(`${where} answered ${answer.status}: ${printableLine(said).slice(0, MOST_SAID)}`)
}

function serverOf(url: string): string {
  try {
    return new URL(url).host
  } catch {
    throw new UserError('hc_notify: what was read is no address')
  }
}

/** fetch says "fetch failed", and why in its cause. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `no answer within ${SEND_MS / 1000} s`
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message
}

async function run(argv: readonly string[], input: string, timeoutMs: Millis, cwd: string): Promise<void> {
  const program = `'${argv[0] ?? ''}'`
  const { code, signal, err } = await runProgram(argv, { input, cwd, timeoutMs }).catch((error: Error) => {
    throw new UserError(`${program} could not be run: ${error.message}`)
  })
  if (code === 0) return
  const what =
    code === null
      ? `did not end within ${timeoutMs / 1000} s`
      : signal === null
        ? `ended with code ${code}`
        : `was ended by ${signal}`
  const told = printableLine(err).slice(0, MOST_SAID)
  throw new UserError(`${program} ${what}${told === '' ? '' : `: ${told}`}`)
}
