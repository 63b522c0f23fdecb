// What is just being started again is no problem yet, and one that never stays up is.
import { expect, test } from 'vitest'
import { settled } from '../../src/controller/control/show.js'
import type { ControlListView, ControlMachineView } from '../../src/model/control-group.js'

type Shown = Pick<ControlMachineView, 'role' | 'loop'>
const one = (role: Shown['role'], loop: Shown['loop']): Shown => ({ role, loop })
const LEADS = one('leads', 'active')
const STANDS_BY = one('stands-by', 'active')

/** Looks one after the other; the last one stays. What came of it: number of looks, and which of them is judged. */
async function judged(...looks: readonly (readonly Shown[])[]): Promise<readonly [asked: number, which: number]> {
  let asked = 0
  const look = async () => {
    const which = Math.min(asked, looks.length - 1)
    asked += 1
    const machines = (looks[which] ?? []).map((shown, index) => ({ name: `nuc${index + 1}`, ...shown }))
    return { view: { machines, trouble: null } as unknown as ControlListView, which }
  }
  const { which } = await settled(look, { sleep: async () => undefined })
  return [asked, which]
}

test('where all stands still there is one look', async () => {
  expect(await judged([LEADS, STANDS_BY])).toEqual([1, 0])
  // Nobody will lead.
  expect(await judged([one('none', 'inactive'), one('none', null)])).toEqual([1, 0])
  expect(await judged([LEADS, one('none', 'failed')])).toEqual([1, 0])
})

test('a loop that is in its restart is looked at until it stands by', async () => {
  const restarts = [LEADS, one('none', 'activating')]
  expect(await judged(restarts, restarts, [LEADS, one('none', 'active')], [LEADS, STANDS_BY])).toEqual([4, 3])
})

test('between two leaders it is waited for the next one', async () => {
  expect(await judged([one('none', 'inactive'), STANDS_BY], [one('none', 'inactive'), LEADS])).toEqual([2, 1])
})

test('a loop that ends again and again is told of, although it is active in between', async () => {
  const [down, up] = [
    [LEADS, one('none', 'activating')],
    [LEADS, one('none', 'active')],
  ]
  expect(await judged(down, up, down, up, up, up)).toEqual([6, 2])
})
