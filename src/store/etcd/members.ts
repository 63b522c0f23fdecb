// The members of an etcd themselves: who they are, how they are, one more, one less.
import type { MemberState } from '../../model/control-group.js'
import type { Millis } from '../../model/names.js'
import { type ClientOptions, EtcdClient } from './client.js'

/** Longest wait for one member's own words, ms. */
const ASK_MS: Millis = 1500

interface Listed {
  readonly ID: string
  readonly name?: string
  readonly peerURLs?: readonly string[]
  readonly clientURLs?: readonly string[]
}

interface Status {
  readonly header?: { readonly member_id?: string }
  readonly leader?: string
  readonly version?: string
  readonly dbSize?: string
  readonly raftIndex?: string
}

/** An etcd's members. */
export interface EtcdMembers {
  /** All of them, each asked how it is. Throws UserError where etcd has no quorum. */
  list(): Promise<readonly MemberState[]>
  /** One more, that has not come yet. `peer`: its URL. Throws UserError. */
  add(peer: string): Promise<void>
  /** Takes one out. Throws UserError. */
  remove(id: string): Promise<void>
}

/** Opens it; connects to nothing yet. */
export function openMembers(options: ClientOptions): EtcdMembers {
  const client = new EtcdClient(options)
  const alone = options.endpoints.map((endpoint) => new EtcdClient({ ...options, endpoints: [endpoint] }))
  const listed = async () => {
    type Answer = { readonly members?: readonly Listed[] }
    return (await client.call<Answer>('/v3/cluster/member/list', {})).body.members ?? []
  }
  const statuses = async () => {
    const asked = alone.map((one) => one.call<Status>('/v3/maintenance/status', {}, ASK_MS, true))
    const answers = await Promise.allSettled(asked)
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.body] : []))
  }
  return {
    list: async () => {
      const [members, said] = await Promise.all([listed(), statuses()])
      const first = Math.max(0, ...said.map(({ raftIndex }) => Number(raftIndex ?? 0)))
      return members.map((member) => stateOf(member, said, first)).sort((a, b) => (a.name < b.name ? -1 : 1))
    },
    add: async (peer) => {
      const known = (await listed()).some(({ peerURLs }) => peerURLs?.includes(peer))
      if (!known) await client.call('/v3/cluster/member/add', { peerURLs: [peer] })
    },
    remove: async (id) => {
      await client.call('/v3/cluster/member/remove', { ID: id })
    },
  }
}

function stateOf({ ID, name = '', peerURLs = [] }: Listed, said: readonly Status[], first: number): MemberState {
  const own = said.find(({ header }) => header?.member_id === ID)
  const [, address = ''] = /^https?:\/\/(.*):\d+$/.exec(peerURLs[0] ?? '') ?? []
  return {
    id: ID,
    name,
    address: address.replace(/^\[|\]$/g, ''),
    answers: own !== undefined,
    leads: own?.leader !== undefined && own.leader === ID,
    version: own?.version ?? null,
    sizeBytes: own ? Number(own.dbSize ?? 0) : null,
    behind: own ? Math.max(0, first - Number(own.raftIndex ?? 0)) : null,
  }
}
