// What an earlier etcd of hc's own left on hosts that are to hold the store together, while the store in force is elsewhere: an
// interrupted `hc control add`, or a store that was moved away. It is gone on with as a whole, or not at all: a member that is new
// beside one that has a log of its own is a second etcd by the same name.
import type { EtcdLook, Member, MemberState } from '../model/control-group.js'
import { byName, type HostName } from '../model/names.js'

/** One host of those that are to hold the store. */
export interface FoundMember {
  readonly member: Member
  readonly etcd: Pick<EtcdLook, 'cluster' | 'token' | 'initial' | 'data'>
  /** What the member there says of all members; null: it does not answer. */
  readonly says: readonly MemberState[] | null
}

/** Who is wanted. */
export interface WantedMembers {
  /** Id of the cluster. */
  readonly cluster: string
  /** The members, as the configuration of each names them. */
  readonly initial: string
}

/** Is what is there on all of them the very etcd that is wanted? The token of its beginning; null: it is not. */
export function sameBeginning(found: readonly FoundMember[], { cluster, initial }: WantedMembers): string | null {
  const [first] = found
  const token = first?.etcd.token ?? null
  if (token === null || found.some(({ etcd }) => etcd.cluster !== cluster || etcd.token !== token)) return null
  const said = found.flatMap(({ says }) => (says === null ? [] : [says]))
  const members = found.map(({ member }) => member)
  // Where none answers there is only the word of what they were begun with; whoever goes on asks once they answer.
  const isAlike =
    said.length === 0
      ? found.every(({ etcd }) => etcd.initial === initial)
      : said.every((list) => areMembers(list, members)) && found.every(({ etcd }) => etcd.data)
  return isAlike ? token : null
}

/** Are these the members, and no other? By their addresses: one that has not come yet has no name. */
export function areMembers(list: readonly MemberState[], members: readonly Member[]): boolean {
  const addresses = (of: readonly { readonly address: string }[]) => of.map(({ address }) => address).sort()
  const [there, wanted] = [addresses(list), addresses(members)]
  return there.length === wanted.length && there.every((address, index) => address === wanted[index])
}

/** Members of what is there that are none of those that are wanted, sorted: they run on, and nothing uses them. */
export function leftBehind(found: readonly FoundMember[]): readonly HostName[] {
  const wanted = new Set(found.flatMap(({ member }) => [member.name, member.address]))
  const others = found.flatMap(({ says }) => says ?? []).filter(({ name }) => name !== '')
  return [
    ...new Set(others.filter(({ name, address }) => !wanted.has(name) && !wanted.has(address)).map(({ name }) => name)),
  ].sort(byName)
}
