// What of a Compose service hc has no word for, why, and what to do instead.
import type { Absence } from './teller.js'

const RUN_IT = 'run the engine yourself: command: [podman, run, --rm, OPTION, IMAGE], without image'
const RIGHTS: Absence = ['hc gives a container no other rights than the engine does by itself', RUN_IT]
const KERNEL: Absence = ['hc does not set this of a container', RUN_IT]
const NAMES: Absence = [
  'hc sets no names within a container',
  'name the address itself (hc endpoints), or bring an /etc/hosts: files:',
]
const NAMESPACE: Absence = ['a container of hc has namespaces of its own', RUN_IT]
const CPU: Absence = ['hc shares the processor by weight and ceiling only', 'resources: {cpu: 500m}, cpu_max: 2']
const MEMORY: Absence = ['hc sets one ceiling of memory only', 'resources: {memory: 512Mi}, memory_max: 1Gi']
const DISK: Absence = ['hc weighs no disk', null]
const HOOKS: Absence = ['hc runs nothing around a start or stop', 'a job of type batch, which depends_on orders']
const TERMINAL: Absence = ['what hc runs has no terminal', 'hc exec JOB -- sh opens one']

/** Keys of a service. */
export const ABSENT: Readonly<Record<string, Absence>> = {
  annotations: ['jobs of hc have no annotations', null],
  attach: ['hc logs shows what is asked for', null],
  blkio_config: DISK,
  cgroup: NAMESPACE,
  cgroup_parent: ['a slot has the cgroup of its unit', null],
  container_name: ['a container is called as its unit, hc-JOB.SLOT', 'hc exec and hc logs take the name of the job'],
  cpu_count: CPU,
  cpu_percent: CPU,
  cpu_period: CPU,
  cpu_quota: CPU,
  cpu_rt_period: CPU,
  cpu_rt_runtime: CPU,
  cpuset: CPU,
  credential_spec: KERNEL,
  develop: ['hc runs what is built; it watches no sources', null],
  device_cgroup_rules: RIGHTS,
  dns: NAMES,
  dns_opt: NAMES,
  dns_search: NAMES,
  domainname: NAMES,
  expose: ['jobs have no network of their own: other jobs reach only what is published', 'ports: {NAME: NUMBER}'],
  external_links: NAMES,
  extra_hosts: NAMES,
  hostname: ['the container is called by its id; HC_SLOT and HC_HOST are in its environment', null],
  ipc: NAMESPACE,
  isolation: NAMESPACE,
  label_file: ['jobs of hc have no labels', null],
  labels: [
    'jobs of hc have no labels, and programs that read them from the engine do not see all hosts',
    'hc endpoints --caddy (or --json) tells a proxy where all answers',
  ],
  links: ['jobs have no network of their own', 'publish the port, and name the address of its host (hc endpoints)'],
  logging: ['what it prints goes to the journal of its host', 'hc logs shows it; journald.conf bounds it'],
  mac_address: KERNEL,
  mem_swappiness: MEMORY,
  memswap_limit: MEMORY,
  models: ['hc serves no models', null],
  networks: [
    'jobs have no network of their own: each is reached by the address of its host and a published port',
    'ports: {NAME: NUMBER}, and hc endpoints for the address',
  ],
  oom_kill_disable: MEMORY,
  oom_score_adj: ['hc does not weigh who is killed first', null],
  pid: NAMESPACE,
  pids_limit: ['hc bounds no number of processes', null],
  post_start: HOOKS,
  pre_stop: HOOKS,
  provider: ['hc has no providers of services', null],
  runtime: KERNEL,
  security_opt: RIGHTS,
  stdin_open: TERMINAL,
  storage_opt: KERNEL,
  sysctls: KERNEL,
  tty: TERMINAL,
  ulimits: KERNEL,
  use_api_socket: RIGHTS,
  userns_mode: NAMESPACE,
  uts: NAMESPACE,
  volume_driver: [
    'hc has no volume drivers',
    'mount it on the hosts: volumes: [{source: /mnt/NAME, target: PATH, shared: true}]',
  ],
  volumes_from: ['hc takes over no volumes of others', 'name the same volumes, and with: [JOB]'],
}

/** Keys at the top of a Compose file. */
export const ABSENT_TOP: Readonly<Record<string, Absence>> = {
  networks: ['hc has no networks', null],
  models: ['hc serves no models', null],
}
