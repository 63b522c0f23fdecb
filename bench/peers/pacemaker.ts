// Pacemaker on Corosync, as Debian has them; resources are units of systemd.
import type { Lab } from '../lab.js'
import type { Cluster } from './cluster.js'
import { hostsHave, on, onAll, packageVersion, type Service, unitsScript, until } from './ground.js'

/** corosync.conf(5). `fast`: a token of one second, without more of it for each node. */
export function corosyncConf(
  hosts: readonly { readonly name: string; readonly address: string }[],
  fast: boolean,
): string {
  const nodes = hosts.map(
    ({ name, address }, at) => `  node {\n    ring0_addr: ${address}\n    name: ${name}\n    nodeid: ${at + 1}\n  }`,
  )
  const quick = fast ? '  token: 1000\n  token_coefficient: 0\n' : ''
  return `totem {
  version: 2
  cluster_name: bench
  transport: knet
  crypto_cipher: none
  crypto_hash: none
${quick}}
nodelist {
${nodes.join('\n')}
}
quorum {
  provider: corosync_votequorum
}
logging {
  to_syslog: yes
}
`
}

/** The resources of the CIB. */
export function resourcesXml(services: readonly Service[]): string {
  const each = services.map(
    ({ name }) =>
      `<primitive id="${name}" class="systemd" type="bench-${name}"><operations>` +
      `<op id="${name}-monitor" name="monitor" interval="10s"/></operations></primitive>`,
  )
  return `<resources>${each.join('')}</resources>`
}

/** Defaults, or with a token of one second. */
export class PacemakerCluster implements Cluster {
  readonly kind = 'pacemaker'
  readonly about: string
  readonly parts: boolean
  readonly #fast: boolean
  #lab: Lab | null = null
  #version = 'of Debian'

  constructor(fast: boolean) {
    this.#fast = fast
    this.parts = !fast
    this.about = fast
      ? 'Pacemaker at its fastest: `token: 1000`, `token_coefficient: 0` of corosync.conf.'
      : 'Pacemaker: resources of class systemd with a monitor every 10 s, knet without encryption, quorum of three, `stonith-enabled=false`: nothing is fenced, which its manual advises against. `load-threshold` is out of the way: a host of the lab sees the load of the whole machine, and Pacemaker then starts one resource after the other.'
  }

  get name(): string {
    return `Pacemaker ${this.#version}, ${this.#fast ? 'token 1 s' : 'defaults'}, no fencing`
  }

  async up(lab: Lab): Promise<void> {
    this.#lab = lab
    if (!(await hostsHave(lab, 'crm_mon'))) {
      throw new Error(
        'the hosts have no Pacemaker: the lab was up before; `bin/lab down` first, so that the benchmark brings its own',
      )
    }
    const [pacemaker, corosync] = [await packageVersion(lab, 'pacemaker'), await packageVersion(lab, 'corosync')]
    this.#version = `${pacemaker.replace(/-.*/, '')} and Corosync ${corosync.replace(/-.*/, '')}`
    const conf = corosyncConf(lab.hosts, this.#fast)
    await onAll(
      lab,
      `cat >/etc/corosync/corosync.conf <<'CONF'\n${conf}CONF\nsystemctl enable -q corosync pacemaker; systemctl start corosync pacemaker`,
    )
    const first = lab.hosts[0]?.name ?? ''
    const online = async () => (await this.#say('crm_node -p; true')).trim().split(/\s+/).length === lab.hosts.length
    await until(online, 60_000, 'The nodes of Pacemaker do not find each other within a minute.', 500)
    const set =
      'crm_attribute --type crm_config --name stonith-enabled --update false && ' +
      'crm_attribute --type crm_config --name load-threshold --update 100000%'
    await until(
      async () =>
        on(lab, first, set).then(
          () => true,
          () => false,
        ),
      60_000,
      'The CIB of Pacemaker can not be written.',
      500,
    )
    await until(async () => (await this.leaders()).length > 0, 60_000, 'Pacemaker elects no DC within a minute.', 500)
  }

  #say(script: string): Promise<string> {
    return this.#lab ? on(this.#lab, this.#lab.hosts[0]?.name ?? '', script) : Promise.resolve('')
  }

  async deploy(services: readonly Service[]): Promise<void> {
    if (!this.#lab) return
    await onAll(this.#lab, unitsScript(services))
    const replace = (xml: string) =>
      `cibadmin --replace --scope resources --xml-text '${xml}' && timeout 70 crm_resource --wait --timeout=60`
    await this.#say(`${replace('<resources/>')} && ${replace(resourcesXml(services))}`)
  }

  async leaders(): Promise<readonly string[]> {
    const found = /Current DC: (\S+)/.exec(await this.#say('timeout 10 crm_mon -1 2>&1; true'))
    return found?.[1] === undefined ? [] : [found[1]]
  }

  async down(): Promise<void> {
    if (!this.#lab) return
    await this.#say(
      `cibadmin --replace --scope resources --xml-text '<resources/>'; timeout 40 crm_resource --wait --timeout=30; true`,
    )
    await onAll(this.#lab, 'systemctl stop pacemaker corosync; true')
  }
}
