// What the doctor finds besides (doctor.test.ts): each finding that hosts of the lab can be made to show, in one sitting.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { DoctorView } from '../../src/model/doctor.js'
import { addressOf, lab, labState, on, onAll, wipe } from './support/lab.js'
import { closeProjects, Project } from './support/project.js'
import { eventually } from './support/wait.js'

const FAKES = '/usr/local/bin/date /usr/local/bin/iptables'
/** nuc1: a failed unit, a policy, a router, a watchdog, a battery, a clock that is ahead, a zone of its own, a kernel without limits. */
const BREAK_1 = `systemd-run -q --unit=test-broken false; iptables -P FORWARD DROP; ip route add FAR/32 via ROUTER
mknod /dev/watchdog c 1 3
mount -t tmpfs tmpfs /sys/class/power_supply; mkdir /sys/class/power_supply/BAT0
echo Battery >/sys/class/power_supply/BAT0/type
printf '#!/bin/sh\\nexec /bin/date -d @$(($(/bin/date +%%s) + 3600)) "$@"\\n' >/usr/local/bin/date; chmod 755 /usr/local/bin/date
cp --remove-destination /usr/share/zoneinfo/Europe/Paris /etc/localtime; rm -f /run/hc/facts
f=/sys/fs/cgroup/cgroup.controllers; [ -e $f ] || f=/proc/cgroups
: >/run/test-controllers; mount --bind /run/test-controllers $f`
const MEND_1 = `umount /sys/fs/cgroup/cgroup.controllers /proc/cgroups; umount /sys/class/power_supply
systemctl reset-failed test-broken; iptables -P FORWARD ACCEPT; ip route del FAR/32; rm -f /dev/watchdog ${FAKES}
ln -sf /usr/share/zoneinfo/Etc/UTC /etc/localtime`
/** nuc2: nothing to look for others with (root's shell is sh meanwhile), a unit and a container of nobody. */
const HIDE = (programs: string, away: boolean) =>
  `for p in ${programs}; do for d in /usr/bin /bin; do [ ! -e $d/$p${away ? '' : '.away'} ] || mv $d/$p${away ? '' : '.away'} $d/$p${away ? '.away' : ''}; done; done`
const LOOKERS = 'ping nc bash'
const BREAK_2 = `podman create -q --name hc-gone.1 --label hc.slot=gone.1 localhost/hc-web:1
printf '[Service]\\nExecStart=/bin/sleep infinity\\nX-Hc-Slot=stray.0\\n' >/etc/systemd/system/hc-stray.0.service
usermod -s /bin/sh root; ${HIDE(LOOKERS, true)}`
const MEND_2 = `${HIDE(LOOKERS, false)}; usermod -s /bin/bash root
rm -f /etc/systemd/system/hc-stray.0.service; podman rm hc-gone.1`
const ENGINES = 'podman docker'
/** nuc3: ends the shell that asks it. */
const DEADLY = `#!/bin/sh
p=$$
while read -r x <"/proc/$p/stat"; do
  x=\${x##*) }; x=\${x#* }; q=\${x%% *}
  case $(cat /proc/$q/comm) in (sshd*) kill -9 $p ;; esac
  [ "$q" -gt 1 ] || exit 0
  p=$q
done
`

/** \`id host\` of each finding that is not well. */
const named = ({ findings }: DoctorView) =>
  findings.filter(({ level }) => level !== 'ok').map(({ id, host }) => `${id} ${host ?? 'control'}`)

const local = (script: string) => script.replace(/FAR/g, addressOf('nuc2')).replace(/ROUTER/g, addressOf('nuc3'))

describe('doctor', () => {
  beforeEach(wipe)
  afterAll(async () => {
    await lab('heal', 'all')
    await Promise.all([
      on('nuc1', `${local(MEND_1)}; :`),
      on('nuc2', `${MEND_2}; userdel -r plain; :`),
      on(
        'nuc3',
        `${HIDE(ENGINES, false)}; rm -f ${FAKES} /etc/ssh/sshd_config.d/hc-test.conf; systemctl reload ssh; :`,
      ),
    ])
    await closeProjects()
    await wipe()
  })

  test('every way in which a host can refuse or be silent has its own finding', async () => {
    const project = new Project()
    const { plain, strict } = { plain: project.path('id'), strict: '-o StrictHostKeyChecking=yes' }
    writeFileSync(plain, readFileSync(`${labState()}/id`), { mode: 0o600 })
    await on('nuc2', 'useradd -m -d /srv/plain plain; cp -r /root/.ssh /srv/plain; chown -R plain /srv/plain/.ssh')
    await on('nuc3', 'echo MaxSessions 0 >/etc/ssh/sshd_config.d/hc-test.conf; systemctl reload ssh')
    const none = '-o UserKnownHostsFile=/nonexistent/known_hosts -o GlobalKnownHostsFile=/nonexistent/all'
    project.write(
      'inventory.yml',
      `all:
  vars:
    ansible_user: root
    ansible_ssh_private_key_file: ${plain}
    ansible_ssh_common_args: "-o UserKnownHostsFile=${labState()}/known_hosts ${strict}"
    hc_witness: [${addressOf('nuc1').replace(/11$/, '99')}]
    hc_hosts: plain
  hosts:
    stranger: {ansible_host: ${addressOf('nuc1')}, ansible_ssh_common_args: "${none} ${strict}"}
    nologin: {ansible_host: ${addressOf('nuc1')}, ansible_user: nobody}
    nokey: {ansible_host: ${addressOf('nuc1')}, ansible_ssh_private_key_file: ${project.path('none')}}
    plain: {ansible_host: ${addressOf('nuc2')}, ansible_user: plain}
    full: {ansible_host: ${addressOf('nuc3')}}
    gone: {ansible_host: ${addressOf('nuc1').replace(/11$/, '98')}}
`,
    )
    const run = await project.start(['doctor', '--json'], { env: { SSH_AUTH_SOCK: '/nonexistent/agent' } }).ended
    await on('nuc3', 'rm /etc/ssh/sshd_config.d/hc-test.conf; systemctl reload ssh')
    const view: DoctorView = JSON.parse(run.stdout)
    expect(named(view).sort()).toEqual([
      'agent control',
      'host-broken full',
      'host-key stranger',
      'key-file control',
      'known-hosts control',
      'login nokey',
      'login nologin',
      'not-root plain',
      'out-of-reach gone',
      'store control',
      'witness control',
    ])
    expect([run.code, view.outOfReach.length]).toEqual([3, 6])
  })

  test('what is wrong on a host that answers', async () => {
    const project = new Project()
    project.editInventory((text) =>
      text.replace('    nuc1:\n', '    nuc1:\n      hc_fence: {command: [echo, "off"]}\n'),
    )
    project.settings('hc_reserve: {memory: 1Mi}')
    project.job('db', 'command: [sleep, infinity]\nexclusive: true\n')
    project.job('night', 'type: cron\ncommand: ["true"]\nschedule: "0 3 * * *"\n')
    expect((await project.apply()).code).toBe(0)
    project.settings("hc_hosts: 'all:!twin'")
    project.editInventory((text) =>
      text.replace('  hosts:\n', `  hosts:\n    twin: {ansible_host: ${addressOf('nuc1')}}\n`),
    )
    await Promise.all([
      on('nuc1', local(BREAK_1)),
      on('nuc2', BREAK_2),
      on('nuc3', `${HIDE(ENGINES, true)}; rm -f /run/hc/facts`),
    ])
    const { json } = await project.json<DoctorView>('doctor', 'nuc1', 'nuc2', 'nuc3')
    await Promise.all([on('nuc1', `${local(MEND_1)}; :`), on('nuc2', `${MEND_2}; :`), on('nuc3', HIDE(ENGINES, false))])
    expect(named(json)).toEqual(
      expect.arrayContaining([
        'systemd nuc1',
        'forward-drop nuc1',
        'router nuc1',
        'watchdog nuc1',
        'battery nuc1',
        'clock nuc1',
        'timezone nuc1',
        'cgroups nuc1',
        'capacity nuc1',
        'memory nuc1',
        'fence nuc1',
        'looks nuc2',
        'leftovers nuc2',
        'unclaimed nuc2',
        'voter nuc2',
        'engines nuc3',
      ]),
    )
  })

  test('what a loop and its leases show', async () => {
    const project = new Project()
    project.job('db', 'command: [sleep, infinity]\nexclusive: true\n')
    await Promise.all(['nuc1', 'nuc2'].map((peer) => lab('cut', 'nuc3', '--from', peer)))
    expect((await project.apply()).code).toBe(0)
    const loop = await project.loop()
    const asked = async () => named((await project.json<DoctorView>('doctor')).json)
    await eventually('db.0 is armed', async () => (await project.events()).some(({ kind }) => kind === 'armed'))
    await eventually('the loop has looked', async () => {
      const found = await asked()
      return ['alone nuc3', 'no-take-over nuc3', 'loop-unit control'].every((each) => found.includes(each))
    })
    const home = (await project.status()).allocations[0]?.host ?? ''
    await Promise.all([
      on('nuc3', `cat >/usr/local/bin/iptables <<'X'\n${DEADLY}X\nchmod 755 /usr/local/bin/iptables`),
      onAll('systemctl stop hc-lease.timer || :'),
    ])
    loop.signal('SIGSTOP')
    const snapshot = JSON.parse(readFileSync(project.path('.hc/loop.json'), 'utf8'))
    const lastTick = new Date(Date.now() - 60_000).toISOString()
    writeFileSync(project.path('.hc/loop.json'), JSON.stringify({ ...snapshot, lastTick }))
    const found = await asked()
    expect(found).toEqual(expect.arrayContaining(['loop-late control', `lease-timer ${home}`, 'unexamined nuc3']))
    await loop.kill('SIGKILL')
    for (const name of ['state.json', 'state.json.prev']) project.write(`.hc/${name}`, '{"format": {"maj')
    expect(await asked()).toEqual(['store-broken control'])
  })

  test('one host alone, and a store on a disk that is nearly full', async () => {
    await lab('heal', 'all')
    const project = new Project()
    project.editInventory((text) => text.replace(/ {4}nuc2:.*$/s, ''))
    project.job('db', 'command: [sleep, infinity]\nexclusive: true\n')
    mkdirSync(project.path('.hc'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=700', 'tmpfs', project.path('.hc')])
    try {
      expect((await project.apply()).code).toBe(0)
      project.write('.hc/full', 'x'.repeat(1_930_000))
      const { json } = await project.json<DoctorView>('doctor')
      expect(named(json)).toEqual(
        expect.arrayContaining(['two-voters control', 'control-disk control', 'loop-absent control']),
      )
    } finally {
      execFileSync('umount', [project.path('.hc')])
    }
  })
})
