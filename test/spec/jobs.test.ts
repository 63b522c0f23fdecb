import { describe, expect, it } from 'vitest'
import { parseJobs } from '../../src/spec/jobs.js'
import { lines } from './support.js'

describe('parseJobs', () => {
  it('gives the jobs by name, with their files', () => {
    const read = parseJobs([
      { file: 'jobs/b.yml', text: 'image: x/y' },
      { file: 'jobs/a.yml', text: 'name: web-10\nimage: x/y' },
      { file: 'jobs/web-9.yml', text: 'image: x/y' },
    ])
    expect('jobs' in read && read.jobs.map(({ file, job }) => [file, job.name])).toEqual([
      ['jobs/b.yml', 'b'],
      ['jobs/web-9.yml', 'web-9'],
      ['jobs/a.yml', 'web-10'],
    ])
  })

  it('refuses a name that stands twice, and names both places', () => {
    const read = parseJobs([
      { file: 'jobs/b.yml', text: '# x\nname: a\nimage: x/y' },
      { file: 'jobs/a.yml', text: 'image: x/y' },
    ])
    expect('faults' in read && lines(read.faults)).toEqual(['jobs/b.yml:2:1: there is already a job "a" at jobs/a.yml'])
  })

  it('refuses an address that moves with two jobs, however it is written', () => {
    const job = (address: string): string => `image: x/y\nexclusive: true\naddress: "${address}"`
    const faults = (one: string, other: string): string[] => {
      const read = parseJobs([
        { file: 'jobs/a.yml', text: job(one) },
        { file: 'jobs/b.yml', text: job(other) },
      ])
      return 'faults' in read ? lines(read.faults) : []
    }
    expect(faults('fd00::50/64', 'fd00:0::0:50/120')).toEqual([
      'jobs/b.yml:3:1: the address fd00:0::0:50/120 moves with the job "a" already, at jobs/a.yml:3:1',
    ])
    expect(faults('10.0.0.50/24', '10.0.0.51/24')).toEqual([])
  })

  it('gives the faults of all files', () => {
    const read = parseJobs([
      { file: 'jobs/a.yml', text: 'imag: x/y' },
      { file: 'jobs/b.yml', text: 'image: x/y' },
      { file: 'jobs/c.yml', text: '[' },
    ])
    expect('faults' in read && new Set(read.faults.map((fault) => fault.at?.file))).toEqual(
      new Set(['jobs/a.yml', 'jobs/c.yml']),
    )
  })

  it('notes names of jobs that nobody has', () => {
    const files = [
      { file: 'jobs/a.yml', text: 'image: x/y\nwith: [databse, b]' },
      { file: 'jobs/b.yml', text: 'image: x/y\nwith: [old]' },
    ]
    const read = parseJobs(files, ['old', 'database'])
    expect('notes' in read && read.notes).toEqual([
      'jobs/a.yml:2:1: with names the job "databse", which is not among these files: did you mean "database"?',
    ])
  })

  it('is the same in whatever order the files come', () => {
    const files = [
      { file: 'jobs/a.yml', text: 'image: x/y' },
      { file: 'jobs/b.yml', text: 'name: a\nimage: x/y' },
    ]
    expect(parseJobs(files)).toEqual(parseJobs([...files].reverse()))
  })
})
