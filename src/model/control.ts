// Control machines that share a store.

/** One that leads, or stands by. */
export interface ControlMachine {
  /** Its host name. */
  readonly name: string
  readonly pid: number
  /** RFC 3339 UTC. */
  readonly since: string
}

/** Who leads, and who would take over; `trouble`: why the store can't be written at the moment, null where it can. */
export interface ControlView {
  readonly leader: ControlMachine | null
  readonly standbys: readonly ControlMachine[]
  readonly trouble: string | null
}
