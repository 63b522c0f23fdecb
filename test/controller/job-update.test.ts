// hc job update: which jobs it is about.
import { expect, test } from 'vitest'
import { jobsToUpdate } from '../../src/controller/job-update.js'
import type { AppliedJob } from '../../src/model/job.js'
import { applied, job } from '../planner/support/make.js'
import { records } from './support/records.js'

const podman = (name: string, image: string, more: Partial<AppliedJob> = {}) => ({
  ...applied(job(name, { driver: 'podman', image, command: null })),
  ...more,
})
const jobs = {
  web: podman('web', 'nginx:1'),
  api: podman('api', 'localhost/api:1'),
  fixed: podman('fixed', `nginx@sha256:${'a'.repeat(64)}`),
  halted: podman('halted', 'nginx:1', { stopped: true }),
  plain: applied(job('plain')),
}
const known = records({ jobs })

test('all that have a tag and run, by name; or those that are named', () => {
  expect(jobsToUpdate(known, []).map((each) => each.job.name)).toEqual(['api', 'web'])
  expect(jobsToUpdate(known, ['web'])).toEqual([{ job: jobs.web.job, folder: jobs.web.folder }])
  expect(jobsToUpdate(null, [])).toEqual([])
})

test.each([
  ['plain', 'plain has no image'],
  ['fixed', 'names its image by digest'],
  ['halted', 'halted is stopped: hc job start halted starts it'],
  ['wbe', 'no job wbe'],
])('%s is refused with a sentence', (name, why) => {
  expect(() => jobsToUpdate(known, [name])).toThrow(why)
})
