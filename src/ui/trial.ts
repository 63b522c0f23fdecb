// Hosts that were tried: what they have, and why some can't be used.
import { formatBytes } from '../model/resources.js'
import type { HostKeyView, HostTrialView } from '../model/trial.js'
import { EXIT } from './exit-codes.js'
import { sanitizeLine } from './sanitize.js'
import { type Column, table } from './table.js'
import { type Canvas, sentence } from './view.js'
import { capital, count, list } from './words.js'

/** A table of those that can take jobs, what is to be known of them, and by reason those that can't. */
export function trialLines(views: readonly HostTrialView[], canvas: Canvas): string[] {
  const good = views.filter(({ ok }) => ok)
  const bad = views.filter(({ ok }) => !ok)
  const notes = good.flatMap(({ name, notes: said }) => said.flatMap((note) => sentence(`${name}: ${note}`, canvas)))
  const blocks = [goodTable(good, canvas), notes, failingLines(bad, canvas)].filter((block) => block.length > 0)
  return blocks.flatMap((block, index) => (index === 0 ? block : ['', ...block]))
}

function goodTable(views: readonly HostTrialView[], canvas: Canvas): string[] {
  const driver = (name: 'podman' | 'docker') => (view: HostTrialView) => shortVersion(view.brings?.drivers[name])
  const columns: Column<HostTrialView>[] = [
    { title: 'HOST', value: ({ name }) => name },
    { title: 'LOGIN', value: ({ target }) => target.replace(/:22$/, ''), shrink: true },
    { title: 'SUDO', value: ({ root }) => (root === 'sudo' ? 'yes' : '') },
    { title: 'CPU', value: ({ brings }) => (brings === null ? '' : String(brings.capacity.cpu / 1000)) },
    { title: 'MEMORY', value: ({ brings }) => (brings === null ? '' : shortBytes(brings.capacity.memory)) },
    { title: 'DISK', value: ({ brings }) => (brings === null ? '' : shortBytes(brings.capacity.disk)) },
    { title: 'OS', value: ({ brings }) => brings?.os ?? '', shrink: true },
    { title: 'PODMAN', value: driver('podman') },
    { title: 'DOCKER', value: driver('docker') },
  ]
  return table(columns, views, canvas.style, canvas.columns)
}

/** `4.3.1+ds1` -> `4.3`. */
function shortVersion(version: string | undefined): string {
  return /^\d+(?:\.\d+)?/.exec(version ?? '')?.[0] ?? version ?? ''
}

/** Without a fraction from 10 on: a table has little room. */
function shortBytes(bytes: number): string {
  return formatBytes(bytes).replace(/^(\d{2,})\.\d /, '$1 ')
}

/** Why hosts can't be used, those with the same reason together. */
export function failingLines(views: readonly HostTrialView[], canvas: Canvas): string[] {
  const groups = new Map<string, HostTrialView[]>()
  for (const view of views) {
    const key = impersonal(view, `${view.reason}\n${view.hint}`)
    groups.set(key, [...(groups.get(key) ?? []), view])
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const text = (said: string | null) => (said === null || group.length === 1 ? said : impersonal(first, said))
    const hint = text(first.hint)
    // Each with its own address: a reason is read, and only a hint is filled in.
    const own = first.reason !== null && impersonal(first, first.reason) !== first.reason
    const reasons = own ? group : [{ name: list(group.map(({ name }) => name)), reason: first.reason }]
    return [
      ...reasons.flatMap(({ name, reason }) =>
        sentence(`${name}: ${reason ?? 'it can take no jobs'}`, canvas, '', 'bad'),
      ),
      ...(hint === null ? [] : sentence(`hint: ${hint}`, canvas, '  ', 'dim')),
    ]
  })
}

/** The sentence with ADDRESS in place of the host's own. */
function impersonal({ target, name }: HostTrialView, text: string): string {
  const address = target
    .replace(/^.*@/, '')
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
  return text.replaceAll(address, 'ADDRESS').replaceAll(name, 'NAME')
}

/** What a person is shown before a key is recorded. */
export function keyLines(host: string, key: HostKeyView, canvas: Canvas): string[] {
  const file = `/etc/ssh/ssh_host_${key.type.replace(/^ssh-/, '').replace(/^ecdsa-.*$/, 'ecdsa')}_key.pub`
  return [
    '',
    ...sentence(`${host} is not known yet. ${capital(key.where)} shows this key:`, canvas),
    ...sentence(`${key.type} ${key.fingerprint}`, canvas, '  ', 'bold'),
    'It is the right one where this, on the host itself, says the same:',
    `  ssh-keygen -lf ${sanitizeLine(file)}`,
  ]
}

/** The exit code where hosts that were to be taken fail: out of reach all of them, or something to mend. */
export function exitOfTrials(views: readonly (HostTrialView | null)[]): number {
  const away: readonly unknown[] = ['unreachable', 'refused', 'timeout', 'reply-lost']
  return views.every((view) => away.includes(view?.failure)) ? EXIT.outOfReach : EXIT.failed
}

/** `3 hosts can take jobs`, `2 of 3 hosts can take jobs`. */
export function trialSummary(views: readonly HostTrialView[]): string {
  const good = views.filter(({ ok }) => ok).length
  return good === views.length
    ? `${count(good, 'host')} can take jobs.`
    : `${good} of ${count(views.length, 'host')} can take jobs.`
}
