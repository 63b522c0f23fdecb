import type { ExplainedSlotView, ExplainView } from '../../src/model/explain-view.js'

const SCORE = { total: 1_500_000, parts: { fit: 500_000, apart: 1_000_000, stay: 0, home: 0, affinity: 0, spread: 0 } }

/** A slot that runs where it is best. */
export const PLACED: ExplainedSlotView = {
  slot: 'web.0',
  job: 'web',
  host: 'nuc1',
  state: 'running',
  since: '2026-11-22T09:00:00.000Z',
  note: null,
  why: 'chosen over nuc2: more is left free here',
  actions: [],
  waiting: null,
  backOff: null,
  hosts: [
    { host: 'nuc1', here: true, fits: true, refusals: [], score: SCORE, text: 'it stands here' },
    {
      host: 'nuc2',
      here: false,
      fits: true,
      refusals: [],
      score: { ...SCORE, total: 1_200_000 },
      text: 'more is left free on nuc1',
    },
    {
      host: 'nuc3',
      here: false,
      fits: false,
      refusals: [
        { filter: 'cordoned', reason: 'the host is cordoned' },
        { filter: 'capacity', reason: 'needs 2 GiB memory, 1 GiB free' },
      ],
      score: null,
      text: 'the host is cordoned',
    },
  ],
  events: [],
}

/** One that has no place. */
export const HOMELESS: ExplainedSlotView = {
  ...PLACED,
  slot: 'web.1',
  host: null,
  state: 'pending',
  since: null,
  why: null,
  proof: 'impossible',
  remedy: 'it would fit on nuc3 once it is uncordoned',
  hosts: PLACED.hosts.slice(2),
}

/** What the made-up cluster answers. */
export const EXPLAINED: ExplainView = { slots: [PLACED] }
