// All faults of the campaign.
import { CONTROL_FAULTS } from './faults-control.js'
import { NETWORK_FAULTS } from './faults-network.js'
import { POWER_FAULTS } from './faults-power.js'

export const FAULTS = [...POWER_FAULTS, ...NETWORK_FAULTS, ...CONTROL_FAULTS]
