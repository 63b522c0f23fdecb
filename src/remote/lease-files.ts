// Files of a host that is armed: the rules as its script reads them, its timer, the condition of what may start by word only.
import { assert } from '../model/errors.js'
import type { LeaseRules, Voter } from '../model/lease.js'
import type { Millis } from '../model/names.js'
import { RUN_FOLDER, STATE_FOLDER } from './layout.js'
import { ARMED_FOLDER, WORDS_FOLDER } from './lease-script.js'
import { MAC } from './probe-self.js'

/** The durable copy of what ARMED_FOLDER holds: `rules`, `script`, `proven`, `slots/SLOT`. */
export const LEASE_FOLDER = `${STATE_FOLDER}/lease`

/** Units of the lease. None of them is named as a slot's is: no dot before the suffix. */
export const LEASE_UNITS = ['hc-lease.service', 'hc-lease.timer', 'hc-lease-sleep.service'] as const

const ADDRESS = /^[0-9A-Za-z][0-9A-Za-z.:_%-]*$/

const hundredths = (ms: Millis): number => Math.max(1, Math.floor(ms / 10))

function voterLine({ name, address, port, macs, tcp }: Voter): string {
  assert(/^\S+$/.test(name), `the voter "${name}" has no name of one word`)
  assert(ADDRESS.test(address), `the address "${address}" of ${name} is none`)
  assert(port === null || Number.isSafeInteger(port), `the port of ${name} is no number`)
  const cards = macs.filter((mac) => MAC.test(mac))
  return `voter ${name} ${address} ${port ?? '-'} ${cards.join(',') || '-'} ${tcp ? 'y' : '-'}`
}

/** `rules ID LEASE EVERY LOOK STOP FENCE`, times in hundredths of a second; then `voter NAME ADDRESS PORT MACS TCP`. */
export function rulesText(rules: LeaseRules): string {
  const times = [rules.leaseMs, rules.lookEveryMs, rules.lookMs, rules.stopBoundMs].map(hundredths)
  return [
    `rules ${rules.id} ${times.join(' ')} ${rules.selfFence ? 'y' : 'n'}`,
    ...rules.voters.map((voter) => voterLine(voter)),
  ].join('\n')
}

/**
 * One line of shell that fills the folder that the host goes by, where it is not whole: after a boot /run is empty. The
 * timer's script and a write, which gives the first word, may both do it at that moment, so nothing that is there is
 * replaced (link(2) fails then); rules and script come last. Fails where what lies on the disk is not whole itself.
 */
export const RESTORE =
  `{ [ -s ${ARMED_FOLDER}/script ] && [ -s ${ARMED_FOLDER}/rules ]; } || { cd ${LEASE_FOLDER} && set -- slots/* && [ -s script ] && [ -s rules ] && [ -s $1 ] && ` +
  `mkdir -p -m 700 ${RUN_FOLDER} ${ARMED_FOLDER} ${ARMED_FOLDER}/slots && ` +
  'for f in proven unproven slots/* script rules; do ' +
  `[ ! -e $f ] || [ -e ${ARMED_FOLDER}/$f ] || { cp $f ${ARMED_FOLDER}/.$$ && ln ${ARMED_FOLDER}/.$$ ${ARMED_FOLDER}/$f; } || [ -e ${ARMED_FOLDER}/$f ] || { rm -f ${ARMED_FOLDER}/.$$; exit 1; }; ` +
  `rm -f ${ARMED_FOLDER}/.$$; done; }`

// What a unit's file says is systemd's first: "$$" is its "$".
const RUN = `( ${RESTORE} ); . ${ARMED_FOLDER}/script`.replaceAll('$', '$$$$')

function service(description: string, unit: readonly string[], argument: string, timeoutMs: Millis): string {
  return [
    '# Written by hc.',
    '[Unit]',
    `Description=${description}`,
    // It is started every two seconds: systemd's own limit would end that.
    'StartLimitIntervalSec=0',
    ...unit,
    '',
    '[Service]',
    'Type=oneshot',
    `ExecStart=/bin/sh -c '${RUN}' hc-lease ${argument}`.trimEnd(),
    `TimeoutStartSec=${Math.ceil(timeoutMs / 1000)}`,
    'TimeoutStopSec=2',
    // systemd's own lines at every start would fill the journal.
    'LogLevelMax=notice',
    'OOMScoreAdjust=-900',
    // Before all other services and sessions, beside their slices.
    'Slice=-.slice',
    'CPUWeight=10000',
  ].join('\n')
}

/** Text of each unit of LEASE_UNITS. */
export function leaseUnits(rules: LeaseRules): Readonly<Record<(typeof LEASE_UNITS)[number], string>> {
  const longest = rules.lookMs + rules.stopBoundMs + 10_000
  return {
    'hc-lease.service': service('hc: stops what is armed when the lease has run out', [], '', longest),
    'hc-lease.timer': [
      '# Written by hc.',
      '[Unit]',
      'Description=hc: looks at the lease',
      '',
      '[Timer]',
      `OnActiveSec=${rules.lookEveryMs}ms`,
      `OnUnitActiveSec=${rules.lookEveryMs}ms`,
      // systemd's own accuracy is a minute.
      'AccuracySec=100ms',
      '',
      '[Install]',
      'WantedBy=timers.target',
    ].join('\n'),
    'hc-lease-sleep.service': [
      service(
        'hc: stops what is armed before the host sleeps',
        ['DefaultDependencies=no', 'Before=sleep.target'],
        'sleep',
        longest,
      ),
      '',
      '[Install]',
      'WantedBy=sleep.target',
    ].join('\n'),
  }
}

/** Links of those units, relative to the unit folder. */
export const LEASE_LINKS = ['timers.target.wants/hc-lease.timer', 'sleep.target.wants/hc-lease-sleep.service'] as const

/** Drop-ins of an armed slot in every unit that runs it: no slot's own drop-in begins with two dashes. */
export function dropInName(slot: string): string {
  return `hc--lease-${slot}.conf`
}

/**
 * Shell function that sets $text to a drop-in for slot $1 with placement $2 in unit $3: it starts only while the word of
 * this boot for this placement is there, however it is started. "$$" is systemd's "$"; "+" sees the host's own files.
 */
export const DROP_IN = `
drop_in() {
  text="# Written by hc: starts only while a control machine says so.
[Unit]
ConditionPathExists=${WORDS_FOLDER}/$1"
  case $3 in (*.service) text="$text

[Service]
ExecCondition=+/bin/sh -c '{ read -r b p rest <\\"\\$\\$1\\" && read -r n </proc/sys/kernel/random/boot_id && [ \\"\\$\\$b \\$\\$p\\" = \\"\\$\\$n \\$\\$2\\" ]; } 2>/dev/null' hc-word ${WORDS_FOLDER}/$1 $2" ;; esac
}
`
