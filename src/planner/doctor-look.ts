// `hc doctor`: can a host tell whether others live, and does it look at its own lease?
import type { FindingView, HostExam } from '../model/doctor.js'
import type { HostFacts } from '../model/host.js'
import { formatMillis } from '../model/resources.js'
import type { Say } from './doctor.js'

/** A look is due every two seconds; one that stops something takes as long as the stop, ms. */
const LATEST_MS = 20_000

/** Its means to look for others, whose answers count there, and whether it looks at its lease. */
export function lookFindings(facts: HostFacts, exam: HostExam, say: Say): readonly FindingView[] {
  const { looks, routed } = exam
  const { lease } = facts
  const [best] = looks
  const means = best === 'bash' ? "bash's /dev/tcp" : best
  const found: FindingView[] = [
    best === undefined
      ? say('looks', {
          text: 'no ping, bash or nc: it can not tell whether other hosts live, and has no voice',
          mend: 'apt install iputils-ping on the host',
        })
      : say('looks', { text: `looks for others by ${means}`, level: 'ok' }),
  ]
  if (routed.length > 0) {
    const text = `${routed.join(', ')} ${routed.length === 1 ? 'is' : 'are'} behind a router: proven by host key, not by hardware address`
    found.push(say('router', { text, mend: 'nothing, unless addresses there may be given to other machines' }))
  }
  for (const voter of lease?.unproven ?? []) {
    const text = `the answer of ${voter} does not count here: it is on another network and its host key was not seen`
    found.push(
      say('voter', { text, mend: `let ${voter}'s sshd be reached from here on its port, and the loop arms anew` }),
    )
  }
  return [...found, ...leaseFindings(facts, exam, say)]
}

function leaseFindings({ lease, uptimeMs }: HostFacts, exam: HostExam, say: Say): readonly FindingView[] {
  if (!lease || lease.armed.length === 0) return []
  const { leaseTimer, leaseService } = exam
  const armed = `armed for ${lease.armed.map(({ slot }) => slot).join(', ')}, but`
  if (leaseTimer !== null && leaseTimer !== 'active') {
    const text = `${armed} hc-lease.timer is ${leaseTimer}`
    return [say('lease-timer', { text, mend: 'systemctl enable --now hc-lease.timer on the host' })]
  }
  const mend = 'journalctl -u hc-lease.service on the host'
  if (leaseService === 'failed')
    return [say('lease-timer', { text: `${armed} its last look at the lease failed`, mend })]
  const idleMs = lease.looked === undefined ? 0 : uptimeMs - (lease.looked ?? 0)
  if (idleMs <= LATEST_MS) return []
  return [say('lease-timer', { text: `${armed} its last look at the lease was ${formatMillis(idleMs)} ago`, mend })]
}
