// What is asked of a host that is tried: a full probe, its name, and what could serve a page there.
import { printableLine } from './printable.js'
import { probeScript } from './probe.js'

const NAME = 'hc-hostname '
const TOOL = 'hc-tool '
/** Programs that a first job can be made of; of busybox only one that has httpd. */
const TOOLS = ['busybox', 'python3', 'perl'] as const

/** The script. What it adds comes after the probe's own end, which parseProbe() goes by. */
export function trialScript(): string {
  return `${probeScript({ full: true })}
if read -r x </proc/sys/kernel/hostname; then printf '${NAME}%s\\n' "$x"; fi 2>/dev/null
case $(busybox --list 2>/dev/null) in (*httpd*) printf '${TOOL}busybox\\n' ;; esac
for x in python3 perl; do
  if command -v $x >/dev/null 2>&1; then printf '${TOOL}%s\\n' $x; fi
done
:
`
}

/** What the host calls itself, without a domain; null where it did not say. */
export function parseHostname(output: string): string | null {
  const line = output.split('\n').findLast((each) => each.startsWith(NAME))
  const [name = ''] = printableLine(line?.slice(NAME.length) ?? '', 64).split('.')
  return name === '' || name === '(none)' ? null : name
}

/** Which of the programs it has. */
export function parseTools(output: string): readonly string[] {
  const lines = output.split('\n').map((line) => line.trimEnd())
  return TOOLS.filter((tool) => lines.includes(`${TOOL}${tool}`))
}
