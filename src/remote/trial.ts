// What is asked of a host that is tried: a full probe, and its name.
import { printableLine } from './printable.js'
import { probeScript } from './probe.js'

const NAME = 'hc-hostname '

/** The script. After the probe's own end, which parseProbe() goes by. */
export function trialScript(): string {
  return `${probeScript({ full: true })}
if read -r x </proc/sys/kernel/hostname; then printf '${NAME}%s\\n' "$x"; fi 2>/dev/null
`
}

/** What the host calls itself, without a domain; null where it did not say. */
export function parseHostname(output: string): string | null {
  const line = output.split('\n').findLast((each) => each.startsWith(NAME))
  const [name = ''] = printableLine(line?.slice(NAME.length) ?? '', 64).split('.')
  return name === '' || name === '(none)' ? null : name
}
