// The address that moves with a job: what it may be, and when two are the same.
import { UserError } from '../model/errors.js'
import type { Job } from '../model/job.js'

/** What is wrong with `192.168.1.50/24` as an address that hosts can add; null: nothing. */
export function addressFault(address: string): string | null {
  const [bare = ''] = address.split('/')
  if (normal(address) === null) return `${bare} is no address`
  if (/^(?:0|127|22[4-9]|2[3-5]\d)\./.test(bare) || /^(?:ff|fe[89ab])/i.test(bare) || ['::', '::1'].includes(bare))
    return `${bare} is no address of one machine in a network`
  return null
}

/** One text for one address: the shortest form of IPv6, without the prefix length; null where it is none. */
function normal(address: string): string | null {
  const [bare = ''] = address.split('/')
  if (!bare.includes(':')) return bare
  return URL.canParse(`http://[${bare}]/`) ? new URL(`http://[${bare}]/`).hostname : null
}

/** Do both jobs move with the same address? */
export function isSameAddress(one: Pick<Job, 'address'>, other: Pick<Job, 'address'>): boolean {
  return one.address !== null && other.address !== null && normal(one.address) === normal(other.address)
}

/** Refuses two jobs with one address, whichever was applied first. `jobs`: all that would be there. */
export function refuseSharedAddress(jobs: readonly Job[]): void {
  jobs.forEach((job, index) => {
    const other = jobs.slice(0, index).find((each) => isSameAddress(each, job))
    if (!other) return
    throw new UserError(`the address ${job.address} would move with the job "${job.name}" and with "${other.name}"`, {
      hint: 'give one of the two jobs another address, or remove one',
    })
  })
}
