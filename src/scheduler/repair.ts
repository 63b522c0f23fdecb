import type { Strategy } from '../model/host.js'
import type { Board } from './board.js'
import type { Wanting } from './order.js'
export class Budget {
  left: number
  constructor(steps: number) {
    this.left = steps
  }
}
export function repair(_: {
  board: Board
  settled: readonly Wanting[]
  wanting: readonly Wanting[]
  budget: Budget
  strategy: Strategy
}): void {}
