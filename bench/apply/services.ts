// The thirty services, and what each tool is given to bring them about.
import type { Lab } from '../lab.js'

/** One service; which host it is on matters only to tools that place nothing. */
export interface Service {
  readonly name: string
  readonly port: number
  /** Index of its host. */
  readonly host: number
  /** Another number, another unit. */
  readonly revision: number
}

const COUNT = 30
const FIRST_PORT = 18_000

/** All of them; `changed`: the first has another revision. */
export function services(changed: boolean): readonly Service[] {
  return Array.from({ length: COUNT }, (_, at) => ({
    name: `svc${String(at).padStart(2, '0')}`,
    port: FIRST_PORT + at,
    host: at % 3,
    revision: changed && at === 0 ? 2 : 1,
  }))
}

/** What a service shows to who asks: of another revision another folder, so that it is seen from outside which one answers. */
function shown({ revision }: Pick<Service, 'revision'>): string {
  return revision === 1 ? '/etc' : '/usr/lib'
}

/** A file of the first folder that is not in the second. */
export const TELLING = '/passwd'

/** The unit that tools without drivers write. */
export function unitText(service: Service): string {
  const { name, port, revision } = service
  return `[Unit]
Description=bench ${name}
[Service]
Environment=REVISION=${revision}
ExecStart=/usr/bin/busybox httpd -f -p ${port} -h ${shown(service)}
Restart=always
MemoryMax=64M
[Install]
WantedBy=multi-user.target
`
}

/** Values of a service for the template. */
export function templateValues(service: Service): Readonly<Record<string, string | number>> {
  const { name, port, revision } = service
  return { name, port, revision, folder: shown(service) }
}

/** A job file of hc. */
export function jobText({ name, port, revision }: Service): string {
  return [
    `name: ${name}`,
    `command: [/usr/bin/busybox, httpd, -f, -p, "\${HC_PORT_http}", -h, ${shown({ revision })}]`,
    `env: {REVISION: "${revision}"}`,
    `ports: {http: ${port}}`,
    'resources: {cpu: 50m, memory: 64Mi}',
    '',
  ].join('\n')
}

/** The floor: what one ssh script per host has to do for its services, and nothing more. */
export function floorScript(own: readonly Service[]): string {
  const lines = own.map((service) => {
    const unit = `bench-${service.name}.service`
    return `cat >/run/bench.new <<'UNIT'
${unitText(service)}UNIT
cmp -s /run/bench.new /etc/systemd/system/${unit} || { mv /run/bench.new /etc/systemd/system/${unit}; changed="$changed ${unit}"; }`
  })
  return `changed=
${lines.join('\n')}
[ -z "$changed" ] || { systemctl daemon-reload; systemctl enable -q $changed; systemctl restart $changed; }
`
}

/** An Ansible playbook: template and systemd, in loops. */
export const PLAYBOOK = `- hosts: all
  gather_facts: "{{ facts | default(true) | bool }}"
  tasks:
    - name: units
      ansible.builtin.template:
        src: unit.j2
        dest: /etc/systemd/system/bench-{{ item.name }}.service
      loop: "{{ services }}"
      register: units
    - name: those that changed
      ansible.builtin.systemd:
        name: bench-{{ item.item.name }}.service
        state: restarted
        daemon_reload: true
      loop: "{{ units.results }}"
      when: item is changed
    - name: all run
      ansible.builtin.systemd:
        name: bench-{{ item.name }}.service
        state: started
        enabled: true
      loop: "{{ services }}"
`

/** Its template. */
export function template(): string {
  const [name, port, revision, folder] = ['name', 'port', 'revision', 'folder'].map((key) => `{{ item.${key} }}`)
  return unitText({ name: 'NAME', port: 0, host: 0, revision: 0 })
    .replace(`-h ${shown({ revision: 0 })}`, `-h ${folder}`)
    .replace('NAME', name ?? '')
    .replace('-p 0', `-p ${port}`)
    .replace('REVISION=0', `REVISION=${revision}`)
}

/** A deploy of pyinfra: put each unit, then reload once and start. */
export const DEPLOY = `import io, json
from pyinfra import host
from pyinfra.operations import files, systemd

changed = []
for service in json.load(open("services.json"))[host.name]:
    unit = "bench-%s.service" % service["name"]
    put = files.put(src=io.StringIO(service["unit"]), dest="/etc/systemd/system/" + unit)
    changed.append((unit, put))
systemd.daemon_reload(_if=lambda: any(put.did_change() for _, put in changed))
for unit, put in changed:
    systemd.service(service=unit, running=True, enabled=True)
    systemd.service(service=unit, restarted=True, _if=put.did_change)
`

/** Run on each host before a tool's turn: nothing of any of them is left. */
export const CLEAN = `cd /etc/systemd/system
units=$(ls | grep -E '^(hc-svc|bench-svc)' ; true)
[ -z "$units" ] || systemctl disable -q --now $units 2>/dev/null
rm -rf $units multi-user.target.wants/hc-svc* /var/lib/hc /run/hc
systemctl daemon-reload
systemctl reset-failed
`

/** Words of one ssh to a host. */
export function sshTo(lab: Lab, host: number, more: readonly string[] = []): readonly string[] {
  return ['ssh', ...lab.sshOptions, ...more, `root@${lab.hosts[host]?.address}`]
}
