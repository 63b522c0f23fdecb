// A drill that went well.
import type { Hc } from '../../src/hc.js'
import type { DrillPlan } from '../../src/model/drill.js'

export const DRILL_PLAN: DrillPlan = {
  host: 'nuc2',
  moves: ['db.0', 'web.0'],
  exclusive: ['db.0'],
  waits: ['data.0'],
  boundMs: 31_000,
  despite: [],
}

export const FAKE_DRILL: Pick<Hc, 'drillLose'> = {
  drillLose: async (host, { confirm, onNote }) => {
    const undone = { ...DRILL_PLAN, host, slots: [], lostMs: null, silentMs: 0, convergedMs: null, interrupted: false }
    if (!(await confirm({ ...DRILL_PLAN, host }))) return { view: { ...undone, declined: true }, verdict: '' }
    onNote(`${host} falls silent, for 31 s at the most`)
    const slots = [
      { slot: 'db.0', host: 'nuc1', afterMs: 18_200 },
      { slot: 'web.0', host: 'nuc3', afterMs: 3900 },
    ]
    const view = { ...undone, slots, lostMs: 3100, silentMs: 18_900, convergedMs: 2100 }
    return { view, verdict: `${host} may die: 2 of 2 slots answered elsewhere within 18.2 s` }
  },
}
