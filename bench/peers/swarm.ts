// Docker Swarm: all three hosts are managers.
import type { Lab } from '../lab.js'
import type { Cluster } from './cluster.js'
import { commandOf, on, onAll, packageVersion, type Service, until } from './ground.js'

const IMAGE = 'localhost/hc-web:1'

/** Defaults, or the fastest that the manual names. */
export class SwarmCluster implements Cluster {
  readonly kind = 'swarm'
  readonly about: string
  readonly parts: boolean
  readonly #fast: boolean
  #lab: Lab | null = null
  #version = 'of Debian'

  constructor(fast: boolean) {
    this.#fast = fast
    this.parts = !fast
    this.about = fast
      ? 'Swarm at its fastest: `docker swarm update --dispatcher-heartbeat 1s` and `--restart-delay 0s` of each service.'
      : "Swarm: three managers; containers on the hosts' network (`--network host`), as the kernel of the lab has no IPVS for its routing mesh; a limit of 64 MB."
  }

  get name(): string {
    return `Docker Swarm ${this.#version}, ${this.#fast ? 'heartbeat 1 s, no delay of restarts' : 'defaults'}`
  }

  async up(lab: Lab): Promise<void> {
    this.#lab = lab
    this.#version = (await packageVersion(lab, 'docker.io')).replace(/\+.*/, '')
    // As after a boot; the networks of an earlier swarm would come back with docker's own record of them.
    await onAll(
      lab,
      'rm -rf /var/lib/docker/network; systemctl enable -q --now containerd docker; docker info >/dev/null',
    )
    const [first, ...others] = lab.hosts
    if (!first) return
    await on(lab, first.name, `docker swarm init --advertise-addr ${first.address}`)
    const token = (await on(lab, first.name, 'docker swarm join-token -q manager')).trim()
    for (const { name, address } of others) {
      await on(lab, name, `docker swarm join --advertise-addr ${address} --token ${token} ${first.address}:2377`)
    }
    if (this.#fast) await on(lab, first.name, 'docker swarm update --dispatcher-heartbeat 1s')
    const ready = async () => /^3\n$/.test(await on(lab, first.name, 'docker node ls | grep -c " Ready "; true'))
    await until(ready, 60_000, 'The nodes of the swarm are not ready within a minute.')
  }

  async deploy(services: readonly Service[]): Promise<void> {
    const lab = this.#lab
    if (!lab) return
    const { name } = await this.#manager(lab)
    await on(lab, name, 'old=$(docker service ls -q); [ -z "$old" ] || docker service rm $old')
    const gone = async () => {
      const left = await onAll(lab, 'docker ps -q')
      return left.every((text) => text.trim() === '')
    }
    await until(gone, 60_000, 'Containers of the swarm do not end within a minute.', 500)
    const delay = this.#fast ? '--restart-delay 0s ' : ''
    const create = services.map((service) => {
      const words = commandOf(service, '/www').join(' ')
      return `docker service create -q -d --name ${service.name} --network host --limit-memory 64M --no-resolve-image ${delay}${IMAGE} ${words}`
    })
    await on(lab, name, `set -e\n${create.join('\n')}`)
  }

  /** The first host that is a manager at this moment. */
  async #manager(lab: Lab): Promise<{ readonly name: string }> {
    for (const host of lab.hosts) {
      if (
        await on(lab, host.name, 'docker node ls -q >/dev/null 2>&1').then(
          () => true,
          () => false,
        )
      )
        return host
    }
    throw new Error('No host manages the swarm.')
  }

  async leaders(): Promise<readonly string[]> {
    if (!this.#lab) return []
    const { name } = await this.#manager(this.#lab)
    const text = await on(this.#lab, name, "docker node ls --format '{{.Hostname}} {{.ManagerStatus}}'")
    return text.split('\n').flatMap((line) => {
      const [host = '', status] = line.split(' ')
      return status === 'Leader' ? [host] : []
    })
  }

  async down(): Promise<void> {
    if (this.#lab) await onAll(this.#lab, 'docker swarm leave --force >/dev/null 2>&1; true')
  }
}
