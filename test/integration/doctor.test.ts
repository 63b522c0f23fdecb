// What is wrong with real hosts is found, each with its mend; and nothing is changed by looking.
import { chmodSync, copyFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DoctorView } from '../../src/model/doctor.js'
import { lab, labState, on, wipe } from './support/lab.js'
import { closeProjects, Project } from './support/project.js'

const BREAK = `systemctl stop docker.socket docker
mkdir -p /var/lib/hc/alloc/gone.0; chmod 755 /var/lib/hc
sed -i '1i AllowTcpForwarding no\\nMaxSessions 6' /etc/ssh/sshd_config; systemctl reload ssh`
const MEND = `sed -i '1,2{/^AllowTcpForwarding no$/d;/^MaxSessions 6$/d}' /etc/ssh/sshd_config; systemctl reload ssh
rm -rf /var/lib/hc/alloc/gone.0; chmod 700 /var/lib/hc; systemctl start docker.socket docker`

describe('doctor', () => {
  let project: Project
  beforeAll(async () => {
    await wipe()
    project = new Project()
    copyFileSync(`${labState()}/id`, project.path('id'))
    chmodSync(project.path('id'), 0o644)
    project.editInventory((text) =>
      text
        .replace(/ansible_ssh_private_key_file: .*/, `ansible_ssh_private_key_file: ${project.path('id')}`)
        .replace('    nuc2:\n', '    nuc2:\n      hc_fence: {command: ["false"]}\n'),
    )
    project.job('db', 'command: [sleep, infinity]\nexclusive: true\n')
    expect((await project.apply()).code).toBe(0)
    chmodSync(project.path('.hc'), 0o755)
    await on('nuc1', BREAK)
    await lab('fill', 'nuc3')
  })
  afterAll(async () => {
    await lab('fill', 'nuc3', '--clear')
    await on('nuc1', MEND)
    await closeProjects()
  })

  test('all of it is found', async () => {
    const { code, json } = await project.json<DoctorView>('doctor')
    const found = json.findings
      .filter(({ level }) => level !== 'ok')
      .map(({ id, host }) => `${id} ${host ?? 'control'}`)
    expect(found).toEqual(
      expect.arrayContaining([
        'key-file control',
        'store-mode control',
        'loop-absent control',
        'engines nuc1',
        'forwarding nuc1',
        'sessions nuc1',
        'state-folder nuc1',
        'leftovers nuc1',
        'no-fence nuc1',
        'fence nuc2',
        'disk nuc3',
      ]),
    )
    expect([code, json.outOfReach]).toEqual([1, []])
    expect(json.findings.every(({ level, mend }) => level === 'ok' || mend !== null)).toBe(true)
  })

  test('a host that is cut off is told as such, with another exit code', async () => {
    await lab('cut', 'nuc2')
    const { code, stdout } = await project.hc('doctor', 'nuc2')
    await lab('heal', 'nuc2')
    expect(code).toBe(3)
    expect(stdout).toMatch(/not examined: nuc2\n$/)
  })
})
