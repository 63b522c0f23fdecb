import { expect, test } from 'vitest'
import { loopUnitText } from '../../src/system/install.js'

const startOf = (text: string) => /^ExecStart=.*$/m.exec(text)?.[0]

test('the unit of the loop starts node with the program, and the single executable by itself', () => {
  const inventory = '/srv/my "home"/inventory.yml'
  expect(
    startOf(
      loopUnitText({ program: '/opt/hc/bin/run.js', inventory, listen: null }, '/usr/bin/node', 'default.target'),
    ),
  ).toBe(
    'ExecStart="/usr/bin/node" "/opt/hc/bin/run.js" reconcile --cron --quiet --inventory "/srv/my \\"home\\"/inventory.yml"',
  )
  expect(
    startOf(loopUnitText({ program: '/opt/hc', inventory: '/i.yml', listen: null }, '/opt/hc', 'default.target')),
  ).toBe('ExecStart="/opt/hc" reconcile --cron --quiet --inventory "/i.yml"')
})
