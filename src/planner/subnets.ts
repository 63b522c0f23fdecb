// Which hosts can take the address that moves with a job: those that reach its subnet without a router.
import type { HostFacts } from '../model/host.js'
import type { AppliedJob } from '../model/job.js'
import { byName } from '../model/names.js'
import type { Candidate } from '../model/plan.js'

/** So many subnets of a host are named. */
const NAMED = 4

/** Addresses of these jobs, as they are written, sorted; mostly none. */
export function movingAddresses(jobs: readonly AppliedJob[]): readonly string[] {
  const all = jobs.flatMap(({ job }) => (job.address === null ? [] : [job.address]))
  return all.length === 0 ? all : [...new Set(all)].sort(byName)
}

/** Those of the addresses that no interface of the host has a subnet for. Of a host that does not tell, none. */
export function lackingSubnets(
  known: HostFacts | null,
  addresses: readonly string[],
): Pick<Candidate, 'lackingSubnets'> {
  const subnets = known?.subnets
  if (addresses.length === 0 || subnets === undefined) return {}
  const lacking = addresses.filter((address) => !hasPlace(address, subnets))
  if (lacking.length === 0) return {}
  const more = subnets.length > NAMED ? ` and ${subnets.length - NAMED} more` : ''
  const text = `${subnets.slice(0, NAMED).join(', ')}${more}`
  return { lackingSubnets: Object.fromEntries(lacking.map((address) => [address, text])) }
}

/** As the unit itself finds the interface: see drivers/address.ts. One address alone goes to the way out, too. */
function hasPlace(address: string, subnets: readonly string[]): boolean {
  const [bare = '', length = ''] = address.split('/')
  const bits = bitsOf(bare)
  if (bits === null || length === String(bits.length)) return true
  return subnets.some((subnet) => {
    const [network = '', prefix = ''] = subnet.split('/')
    const own = bitsOf(network)
    return own?.length === bits.length && own.startsWith(bits.slice(0, Number(prefix)))
  })
}

/** Its 32 or 128 bits as text; null: it is no address. */
function bitsOf(address: string): string | null {
  const four = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address)
  if (four) return bitsIn(four.slice(1), 10, 8)
  if (!URL.canParse(`http://[${address}]/`)) return null
  // The shortest form, in which an address of IPv4 stands in hex as well.
  const [head = '', tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::')
  const groups = (part: string) => part.split(':').filter(Boolean)
  const [before, after] = [groups(head), groups(tail ?? '')]
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return bitsIn([...before, ...zeros, ...after], 16, 16)
}

function bitsIn(parts: readonly string[], base: number, width: number): string {
  return parts.map((part) => Number.parseInt(part, base).toString(2).padStart(width, '0')).join('')
}
