// What a filter is.
import type { Board } from './board.js'
import type { Item } from './problem.js'

/** One question about a slot and a host. */
export interface Filter {
  /** What it looks at; stands in docs and tests, never in sentences. */
  readonly name: string
  /** True where nothing that is placed or taken off can change the answer: asked once per shape and host. */
  readonly fixed: boolean
  refuses(board: Board, item: Item, hostIndex: number): boolean
  /** Why it refuses, with numbers. Asked only when it does. */
  says(board: Board, item: Item, hostIndex: number): string
}
