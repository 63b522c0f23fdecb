// Halving ranges of hosts: the nodes of a tree, and which hosts go to which half.

/** Most hosts of a leaf. */
export const LEAF = 8

/** Nodes in the making, by number. */
export interface NodeLists {
  readonly left: number[]
  readonly right: number[]
  readonly from: number[]
  readonly to: number[]
  readonly parent: number[]
}

/** Adds a node for a range of hosts, and all below it: halves, down to leaves. */
export function addNode(nodes: NodeLists, from: number, to: number, parent: number): number {
  const node = nodes.left.length
  nodes.left.push(-1)
  nodes.right.push(-1)
  nodes.from.push(from)
  nodes.to.push(to)
  nodes.parent.push(parent)
  if (to - from <= LEAF) return node
  const middle = (from + to) >> 1
  nodes.left[node] = addNode(nodes, from, middle, node)
  nodes.right[node] = addNode(nodes, middle, to, node)
  return node
}

/** Quickselect (Hoare: Algorithm 65, Find, 1961): hosts up to `at` have keys no larger than those behind it. */
export function select(order: Int32Array, keys: Float64Array, from: number, to: number, at: number): void {
  let [low, high] = [from, to]
  while (low < high) {
    const pivot = keys[order[at] ?? 0] ?? 0
    let [up, down] = [low, high]
    while (up <= down) {
      while ((keys[order[up] ?? 0] ?? 0) < pivot) up += 1
      while ((keys[order[down] ?? 0] ?? 0) > pivot) down -= 1
      if (up > down) break
      const host = order[up] ?? 0
      order[up] = order[down] ?? 0
      order[down] = host
      up += 1
      down -= 1
    }
    if (down < at) low = up
    if (at < up) high = down
  }
}
