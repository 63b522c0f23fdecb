import { describe, expect, test } from 'vitest'
import { hostToAdd, setInJobs } from '../../src/spec/changes.js'
import { parseJob } from '../../src/spec/job.js'

function job(text: string) {
  const read = parseJob('web.yml', text)
  if ('faults' in read) throw new Error(read.faults[0]?.message)
  return read.job
}

const WEB = job('{name: web, count: 2, image: a, resources: {cpu: 1, memory: 1Gi, devices: {gpu: 1}}}')
const AGENT = job('{name: agent, type: system, image: a}')

function set(text: string) {
  const read = setInJobs([WEB, AGENT], text)
  return 'faults' in read ? read.faults[0]?.message : read[0]
}

describe('--set', () => {
  test('changes one thing and leaves the rest', () => {
    expect(set('web.count=3')).toEqual({ ...WEB, count: 3 })
    expect(set('web.resources.memory=2Gi')).toEqual({ ...WEB, resources: { ...WEB.resources, memory: 2 * 1024 ** 3 } })
    expect(set('web.resources.devices.usb=1')).toMatchObject({
      resources: { cpu: 1000, devices: { gpu: 1000, usb: 1000 } },
    })
    expect(set('web.max_per_host=1')).toEqual({ ...WEB, maxPerHost: 1 })
    expect(set('web.conflicts=[agent]')).toEqual({ ...WEB, conflicts: ['agent'] })
    expect(set('web.constraints=labels.ssd == true')).toMatchObject({ constraints: [{ text: 'labels.ssd == true' }] })
  })

  test.each([
    ['web', 'it does not say what to set'],
    ['web.count', 'it does not say what to set'],
    ['wbe.count=1', 'there is no job "wbe"'],
    ['web.cuont=1', 'unknown field "cuont"'],
    ['web.image=b', 'image has no effect on where a job runs'],
    ['web.count=-1', 'count must be a whole number from 0 to 1000, not the number -1'],
    ['web.count=', 'count is given no value'],
    ['web.resources.memroy=1Gi', 'unknown field "memroy"'],
    ['agent.count=2', 'a system job has one slot on each matching host'],
    ['web.conflicts=[', 'this is not YAML'],
  ])('%s', (text, fault) => {
    expect(set(text)).toContain(fault)
  })
})

describe('--add', () => {
  test('a host with what it has', () => {
    expect(hostToAdd('nuc4:cpu=4,memory=8Gi,disk=1e3,device.gpu=2,label.zone=a')).toHaveProperty('faults')
    expect(hostToAdd('nuc4:cpu=4,memory=8Gi,device.gpu=2,label.zone=a')).toMatchObject({
      name: 'nuc4',
      capacity: { cpu: 4000, memory: 8 * 1024 ** 3, disk: 0, devices: { gpu: 2000 } },
      labels: { zone: 'a' },
    })
  })

  test.each([
    ['-x:cpu=1', '"-x" is no host name'],
    ['x:cpu', '"cpu" is no KEY=VALUE'],
    ['x:cpus=1', 'a host has no "cpus"'],
    ['x:cpu=1,cpu=2', 'cpu stands twice'],
    ['x:memory=8GB?', 'is no size'],
  ])('%s', (text, fault) => {
    const read = hostToAdd(text)
    expect('faults' in read && read.faults[0]?.message).toContain(fault)
  })
})
