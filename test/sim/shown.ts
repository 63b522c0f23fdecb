// What a simulated host shows of its units, as systemctl and ss print it.
import type { HostFacts } from '../../src/model/host.js'
import type { Millis } from '../../src/model/names.js'
import { directive, type SimUnit } from './systemd.js'
import type { SimTimer } from './timers.js'

/** Lines of `systemctl show` for one unit. */
export function shownOf(name: string, hasFile: boolean, unit: SimUnit | undefined): string[] {
  // 0 is never; nothing starts in the very microsecond in which a kernel begins.
  const micros = (at: Millis | null | undefined) => String(at == null ? 0 : Math.max(1, Math.floor(at * 1000)))
  return [
    `Id=${name}`,
    `LoadState=${hasFile ? 'loaded' : 'not-found'}`,
    `ActiveState=${unit?.active ?? 'inactive'}`,
    `SubState=${unit?.sub ?? 'dead'}`,
    `Result=${unit?.result ?? 'success'}`,
    `ExecMainStatus=${unit?.exitStatus ?? 0}`,
    `NRestarts=${unit?.restarts ?? 0}`,
    `MainPID=${unit?.pid ?? 0}`,
    `ActiveEnterTimestampMonotonic=${micros(unit?.activeSince)}`,
    `InactiveExitTimestampMonotonic=${micros(unit?.leftAt)}`,
    `InactiveEnterTimestampMonotonic=${micros(unit?.inactiveSince)}`,
    `ExecMainStartTimestampMonotonic=${micros(unit?.startedAt)}`,
    `ExecMainExitTimestampMonotonic=${micros(unit?.exitedAt)}`,
    '',
  ]
}

/** The same for a timer. */
export function shownTimer(name: string, timer: SimTimer | undefined): string[] {
  return [
    `Id=${name}`,
    'LoadState=loaded',
    `ActiveState=${timer ? 'active' : 'inactive'}`,
    `SubState=${timer?.sub ?? 'dead'}`,
    `ActiveEnterTimestampMonotonic=${Math.floor((timer?.since ?? 0) * 1000)}`,
    '',
  ]
}

/** Ports that listen by the texts of what runs. */
export function listeningIn(texts: Iterable<string>): HostFacts['listening'] {
  return [...texts].flatMap((text) =>
    (directive(text, 'X-Hc-Ports') ?? '')
      .split(' ')
      .filter((part) => part.includes('='))
      .map((part) => ({ protocol: 'tcp' as const, address: '0.0.0.0', port: Number(part.split('=')[1]) })),
  )
}
