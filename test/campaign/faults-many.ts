// All faults of the second campaign.
import { ETCD_FAULTS } from './faults-etcd.js'
import { LEADER_FAULTS } from './faults-leader.js'

export const MANY_FAULTS = [...LEADER_FAULTS, ...ETCD_FAULTS]
