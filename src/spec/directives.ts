// `systemd:`: directives that go into the unit file as they are.
import { list, type Objection, record, type Shape, text } from './shape.js'

const SECTIONS = ['Unit', 'Service', 'Install', 'Timer']
/** Directives that hc writes from a field of its own: a second line of them would undo or break the unit. */
const OWN: Readonly<Record<string, string>> = {
  ExecStart: 'command',
  Restart: 'restart',
  RestartSec: 'restart.delay',
  StartLimitBurst: 'restart.attempts',
  StartLimitIntervalSec: 'restart.window',
  User: 'user',
  WorkingDirectory: 'workdir',
  Environment: 'env',
  EnvironmentFile: 'env_file',
  MemoryMax: 'memory_max',
  CPUQuota: 'cpu_max',
  CPUWeight: 'resources.cpu',
  KillSignal: 'stop.signal',
  TimeoutStopSec: 'stop.timeout',
  OnCalendar: 'schedule',
}

function directiveFault(name: string): Objection {
  const own = OWN[name]
  if (own !== undefined) return { message: `${name} is written by hc`, hint: `use the field ${own}` }
  return name.startsWith('X-Hc-') ? { message: `${name} is written by hc` } : null
}

const values = list(text({ loose: true, empty: true, wanted: 'text, a number, true or false, or a list of them' }), {
  single: true,
})
const directives = record(values, {
  pattern: /^(?:X-)?[A-Z][A-Za-z0-9-]{0,62}$/,
  wanted: 'the name of a directive, as in systemd.directives(7)',
  check: directiveFault,
})

/** Section -> directive -> values. Truth values and numbers are taken as they are written. */
export const directivesShape: Shape<Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>> = record(
  directives,
  {
    pattern: new RegExp(`^(?:${SECTIONS.join('|')})$`),
    wanted: `a section of the unit: ${SECTIONS.join(', ')}`,
  },
)
