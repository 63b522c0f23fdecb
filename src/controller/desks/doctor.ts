// What is wrong with the hosts and the control machine, and what mends it.
import type { DoctorView } from '../../model/doctor.js'
import { Controller } from '../controller.js'
import { examine } from '../doctor.js'
import { hostsMatching, type Wiring } from './desk.js'

/** The doctor. */
export interface DoctorDesk {
  /** `patterns`: of hosts, as Ansible has them; empty: all. Changes nothing. Throws UserError for names that are not known. */
  doctor(patterns: readonly string[]): Promise<DoctorView>
}

/** The desk over the real doors. */
export function doctorDesk(wiring: Wiring): DoctorDesk {
  return {
    doctor: async (patterns) => {
      const all = patterns.length === 0 ? ['all'] : patterns
      const found = await Promise.all(all.map((pattern) => hostsMatching(wiring, pattern)))
      const controller = new Controller(wiring.world, { looks: false, ownConnections: true })
      return examine(wiring.world, controller, wiring.doctor, [...new Set(found.flat())])
    },
  }
}
