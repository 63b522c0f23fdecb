// All faults of the campaign.
import { CONTROL_FAULTS } from './faults-control.js'
import { HANDS_FAULTS } from './faults-hands.js'
import { LIMIT_FAULTS } from './faults-limits.js'
import { NETWORK_FAULTS } from './faults-network.js'
import { POWER_FAULTS } from './faults-power.js'
import { TWICE_FAULTS } from './faults-twice.js'

export const FAULTS = [
  ...POWER_FAULTS,
  ...NETWORK_FAULTS,
  ...CONTROL_FAULTS,
  ...HANDS_FAULTS,
  ...LIMIT_FAULTS,
  ...TWICE_FAULTS,
]
