// The tools that bring the same services about, each as a command that is run to its end.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab } from '../lab.js'
import { Loop } from '../loop.js'
import { type Run, run, runOk } from '../measure.js'
import { ansible, CACHE, hc, hcEnv, hcVersion } from '../program.js'
import {
  DEPLOY,
  floorScript,
  jobText,
  PLAYBOOK,
  type Service,
  sshTo,
  template,
  templateValues,
  unitText,
} from './services.js'

/** One way to do it. */
export interface Tool {
  readonly name: string
  /** Makes ready what is not measured; before each first run. */
  prepare(): Promise<void>
  /** Brings it about. Throws where the command fails. */
  apply(services: readonly Service[]): Promise<Run>
  /** Ends what would meddle with another tool's turn. */
  rest(): Promise<void>
  /** Ends what it keeps open. */
  close(): Promise<void>
}

const PYINFRA = 'pyinfra==3.10.0'
const nothing = async () => {}

/** A loop of hc has looked at all hosts by then, ms. */
const LOOP_BOUND_MS = 30_000

/** hc, from a store that is made anew for each first run; `ticking`: with its loop at work, as `hc reconcile --install` leaves it. */
export function hcTool(lab: Lab, folder: string, ticking: boolean): Tool {
  let store = 0
  let loop: Loop | null = null
  const own = () => join(folder, `hc${ticking ? '-loop' : ''}${store}`)
  const rest = async () => {
    await loop?.end()
    loop = null
  }
  return {
    name: `hc ${hcVersion()}${ticking ? ', its loop ticking' : ''}`,
    prepare: async () => {
      store += 1
      mkdirSync(join(own(), 'jobs'), { recursive: true })
      await runOk(['cp', lab.inventory, own()])
      if (!ticking) return
      loop = new Loop(join(own(), 'inventory.yml'))
      await loop.until(({ hosts }) => hosts.every(({ verdict }) => verdict === 'ready'), LOOP_BOUND_MS)
    },
    apply: async (services) => {
      for (const service of services) writeFileSync(join(own(), 'jobs', `${service.name}.yml`), jobText(service))
      const before = loop?.cpu ?? 0
      const env = hcEnv(join(own(), 'inventory.yml'))
      const done = await runOk(hc('apply', '-y', '--json', join(own(), 'jobs')), { env })
      return { ...done, cpu: done.cpu + (loop?.cpu ?? 0) - before }
    },
    rest,
    close: rest,
  }
}

/** The floor. */
export function floorTool(lab: Lab, folder: string): Tool {
  const shared = ['-o', `ControlPath=${folder}/c-%h`]
  return {
    name: 'floor: one ssh script per host, connections kept open',
    prepare: async () => {
      for (const host of lab.hosts.keys()) {
        const open = await run(sshTo(lab, host, [...shared, '-O', 'check']))
        if (open.code !== 0) await runOk([...sshTo(lab, host, [...shared, '-M', '-f', '-N'])])
      }
    },
    apply: (services) => {
      const each = lab.hosts.map((_, host) => {
        const file = join(folder, `floor${host}`)
        writeFileSync(file, floorScript(services.filter((service) => service.host === host)))
        return `${sshTo(lab, host, shared).join(' ')} sh -s <${file} &`
      })
      return runOk(['sh', '-c', `${each.join('\n')}\nwait`])
    },
    rest: nothing,
    close: async () => {
      for (const host of lab.hosts.keys()) await run(sshTo(lab, host, [...shared, '-O', 'exit']))
    },
  }
}

/** Ansible with its defaults, or with pipelining, kept connections, forks for all hosts and no facts; null: it is not there. */
export function ansibleTool(lab: Lab, folder: string, best: boolean): Tool | null {
  const program = ansible('ansible-playbook')
  if (program === null) return null
  const own = join(folder, best ? 'ansible-best' : 'ansible')
  mkdirSync(own, { recursive: true })
  writeFileSync(join(own, 'play.yml'), PLAYBOOK)
  writeFileSync(join(own, 'unit.j2'), template())
  const settings = ['[defaults]', 'stdout_callback = minimal']
  const tuned = [
    'forks = 10',
    '[ssh_connection]',
    'pipelining = True',
    'ssh_args = -o ControlMaster=auto -o ControlPersist=600s',
  ]
  writeFileSync(join(own, 'ansible.cfg'), [...settings, ...(best ? tuned : []), ''].join('\n'))
  return {
    name: best ? 'Ansible: pipelining, ControlPersist, 10 forks, no facts' : 'Ansible: defaults',
    prepare: nothing,
    apply: (services) => {
      const byHost = lab.hosts.map(({ name }, host) => ({
        name,
        services: services.filter((service) => service.host === host).map((service) => templateValues(service)),
      }))
      mkdirSync(join(own, 'host_vars'), { recursive: true })
      for (const { name, services } of byHost) {
        writeFileSync(join(own, 'host_vars', `${name}.json`), JSON.stringify({ services, facts: !best }))
      }
      return runOk([program, '-i', lab.inventory, 'play.yml'], {
        cwd: own,
        env: { ...process.env, ANSIBLE_CONFIG: join(own, 'ansible.cfg') },
      })
    },
    rest: nothing,
    close: nothing,
  }
}

/** pyinfra in a virtual environment of the cache; a sentence where it cannot be had. */
export async function pyinfraTool(lab: Lab, folder: string): Promise<Tool | string> {
  const venv = join(CACHE, 'pyinfra')
  const program = join(venv, 'bin/pyinfra')
  if (!existsSync(program)) {
    const made = await run(['python3', '-m', 'venv', venv])
    const fetched = made.code === 0 ? await run([join(venv, 'bin/pip'), 'install', '--quiet', PYINFRA]) : made
    if (fetched.code !== 0) return `${PYINFRA} could not be had: ${fetched.stderr.trim().split('\n').at(-1) ?? ''}`
  }
  const own = join(folder, 'pyinfra')
  mkdirSync(own, { recursive: true })
  writeFileSync(join(own, 'deploy.py'), DEPLOY)
  const hosts = lab.hosts.map(({ name, address }) => {
    const data = {
      ssh_hostname: address,
      ssh_user: 'root',
      ssh_key: join(lab.state, 'id'),
      ssh_known_hosts_file: join(lab.state, 'known_hosts'),
    }
    return `    ("${name}", ${JSON.stringify(data)}),`
  })
  writeFileSync(join(own, 'inventory.py'), `hosts = [\n${hosts.join('\n')}\n]\n`)
  return {
    name: PYINFRA.replace('==', ' '),
    prepare: nothing,
    apply: (services) => {
      const entries = lab.hosts.map(({ name }, host) => [
        name,
        services
          .filter((service) => service.host === host)
          .map((service) => ({ name: service.name, unit: unitText(service) })),
      ])
      writeFileSync(join(own, 'services.json'), JSON.stringify(Object.fromEntries(entries)))
      return runOk([program, '-y', 'inventory.py', 'deploy.py'], { cwd: own })
    },
    rest: nothing,
    close: nothing,
  }
}
