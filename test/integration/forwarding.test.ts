// Where sshd forbids forwarding, health is asked from the control machine directly, and doctor says so.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DoctorView } from '../../src/model/doctor.js'
import { webJob } from './support/jobs.js'
import { on, wipe } from './support/lab.js'
import { closeProjects, Project } from './support/project.js'
import { eventually } from './support/wait.js'

const DROP_IN = '/etc/ssh/sshd_config.d/hc-test.conf'
const HTTP = 'health: {http: /hostname, interval: 1s, timeout: 1s, failures: 2, start: 1s}'
const HERE = `constraints: ['host == nuc1']`
let project: Project

beforeAll(async () => {
  await wipe()
  await on('nuc1', `echo AllowTcpForwarding no >${DROP_IN}; systemctl reload ssh`)
  project = new Project()
})
afterAll(async () => {
  await on('nuc1', `rm -f ${DROP_IN}; systemctl reload ssh`)
  await closeProjects()
  await wipe()
})

test('http, tcp and command are asked all the same; what fails is seen; doctor names the host', async () => {
  project.job('web', webJob(8195, HTTP, HERE))
  project.job('raw', webJob(8196, 'health: {tcp: http, interval: 1s, start: 1s}', HERE))
  project.job('own', `command: [sleep, infinity]\nhealth: {command: ["true"], interval: 1s}\n${HERE}\n`)
  const { code, stderr } = await project.apply()
  expect([code, stderr]).toEqual([0, expect.any(String)])
  await project.loop()
  const healths = async () => (await project.status()).allocations.map(({ slot, healthy }) => `${slot} ${healthy}`)
  await eventually('all are well', async () => {
    expect(await healths()).toEqual(['own.0 true', 'raw.0 true', 'web.0 true'])
    return true
  })
  await on('nuc1', 'kill -STOP $(systemctl show -p MainPID --value hc-web.0.service)')
  await eventually('web.0 was seen to fail', async () => {
    const said = (await project.events()).filter(({ kind, slot }) => kind === 'health' && slot === 'web.0')
    expect(said.map(({ text }) => text)).toContainEqual(expect.stringContaining('unhealthy: http port 8195'))
    return true
  })
  const { json } = await project.json<DoctorView>('doctor')
  const found = json.findings.filter(({ id, level }) => id === 'forwarding' && level !== 'ok')
  expect(found.map(({ host }) => host)).toEqual(['nuc1'])
  expect(found[0]?.mend).toContain('AllowTcpForwarding yes')
})
