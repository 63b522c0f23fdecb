// `hc host fence-test`: does the fence driver of a host work?
import { UserError } from '../model/errors.js'
import type { HostName, Millis } from '../model/names.js'
import type { FenceTestView } from '../model/views.js'
import { openFence, powerOff } from './fencing.js'
import { findHost } from './host-detail.js'
import type { World } from './world.js'

/** How long a host whose power was cut may still answer pings, ms. */
const SILENT_MS: Millis = 5000

/** Asks the driver; with `cycle` the power is cut, and given again once that is confirmed. Throws UserError. */
export async function fenceTest(world: World, name: HostName, cycle: boolean): Promise<FenceTestView> {
  const { clock, fencer, pinger, sources } = world
  const host = await findHost(world, name)
  if (!host.fence || !fencer) {
    throw new UserError(`${name} has no fence driver`, {
      code: 'usage',
      hint: `hc inventory set ${name} hc_fence='{agent: fence_ipmilan, ip: ADDRESS, username: NAME, password: {file: ./ipmi}}'`,
    })
  }
  const rule = await openFence(host.fence, sources)
  const driver = rule.kind === 'agent' ? rule.program : (rule.argv[0] ?? '')
  const startedAt = clock.now()
  const wasOff = await fencer.isOff(rule)
  const asked = {
    host: name,
    driver,
    power: wasOff ? 'off' : 'on',
    statusMs: Math.round(clock.now() - startedAt),
  } as const
  if (!cycle) return { ...asked, cycled: null }
  if (wasOff) throw new UserError(`${name} is off: switch it on first`, { code: 'usage' })
  const cutAt = clock.now()
  await powerOff(fencer, rule, clock)
  const offMs = Math.round(clock.now() - cutAt)
  const { address, port } = host.connection
  const deadline = clock.now() + SILENT_MS
  let silent = false
  while (!silent && clock.now() < deadline) {
    silent = !(await pinger.reaches(address, port ?? 22, 500))
    if (!silent) await clock.sleep(200)
  }
  await fencer.act(rule, 'on')
  return { ...asked, cycled: { offMs, silent } }
}
