// A host that was installed anew: another machine id, another host key, an empty disk.
import './mocked.js'

import { expect, it } from 'vitest'
import { confirmLost } from '../../src/controller/confirm-lost.js'
import { forgetHosts } from '../../src/controller/forget.js'
import { playScenario } from './simulate.js'

// confirm-lost said "it is unmanageable", forget "it may still run there": each sent the operator to the other.
it('of which an exclusive slot had its place there is taken as new by confirm-lost and forget, while a loop ticks', async () => {
  const { violations, story } = await playScenario(3, async (stage) => {
    stage.operator.wanted.set('mail', { count: 1, edition: 1, memory: 64, notOn: null })
    stage.operator.apply(false)
    await stage.run(12_000)
    const [home = ''] = stage.placesOf('mail.0')
    const host = stage.hosts.get(home)
    host?.reinstall()
    host?.powerOn(100)
    await stage.run(10_000)
    expect(stage.placesOf('mail.0')).toEqual([])
    if (host) host.keyChanged = false
    await stage.run(5000)
    expect(stage.placesOf('mail.0')).toEqual([])
    stage.operator.command('confirm-lost', (world, controller) => confirmLost(world, controller, [home]))
    await stage.run(5000)
    stage.operator.command('forget', (world, controller) => forgetHosts(world, controller, [home]))
    await stage.run(10_000)
    expect(stage.placesOf('mail.0')).toHaveLength(1)
    const told = stage.disk.content.events.map(({ kind }) => kind)
    expect(told).toEqual(expect.arrayContaining(['confirmed-lost', 'forgotten']))
  })
  expect(violations, story.slice(-60).join('\n')).toEqual([])
})
