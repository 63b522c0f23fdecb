// hc_fence: the driver that cuts a host's power, and its arguments.
import type { FenceRule } from '../model/fence.js'
import type { Private } from '../model/incident.js'
import { argvShape } from './mounts.js'
import { absolute, privately } from './private.js'
import { type Shape, text } from './shape.js'
import { entryOf } from './value.js'

const HINT =
  'write {agent: fence_ipmilan, ip: 10.0.0.5, username: admin, password: {file: ./ipmi}} or {command: [./power, nuc2]}'
const PROGRAM = /^(?:\/\S+|fence_[a-z0-9_]+)$/
const OPTION = /^[a-z0-9_-]{1,40}$/
const agentName = text({ pattern: PROGRAM, wanted: 'the name of a program of fence-agents (fence_...), or a path' })
const argv = argvShape()
const option = privately(text({ loose: true }))

/** `hc_fence`; file paths as written. `action` is hc's own to say. */
export const fenceShape: Shape<FenceRule> = {
  schema: {
    type: 'object',
    properties: { agent: agentName.schema, command: argv.schema },
    additionalProperties: option.schema,
  },
  read(value, report, name) {
    if (value.kind !== 'map') {
      report.add(value.place, `${name} must be a mapping`, HINT)
      return undefined
    }
    const [agent, command] = [entryOf(value, 'agent'), entryOf(value, 'command')]
    if ((agent === null) === (command === null)) {
      report.add(value.place, `${name} needs either agent or command`, HINT)
      return undefined
    }
    const others = value.entries.filter((entry) => entry !== agent && entry !== command)
    if (command) {
      for (const { key, place } of others) report.add(place, `${name}.${key}: only agents have options`, HINT)
      const words = argv.read(command.value, report, `${name}.command`)
      return words && others.length === 0 ? { kind: 'command', argv: words } : undefined
    }
    const program = agent ? agentName.read(agent.value, report, `${name}.agent`) : undefined
    const options: Record<string, Private> = {}
    for (const { key, place, value: given } of others) {
      if (!OPTION.test(key) || key === 'action') report.add(place, `"${key}" is no option of a fence agent`, HINT)
      const read = option.read(given, report, `${name}.${key}`)
      if (read !== undefined) options[key] = read
    }
    return program === undefined ? undefined : { kind: 'agent', program, options }
  },
}

/** With file paths from the folder of the inventory. */
export function absoluteFence(rule: FenceRule, folder: string): FenceRule {
  if (rule.kind === 'command') return rule
  const options = Object.entries(rule.options).map(([key, value]) => [key, absolute(value, folder)] as const)
  return { ...rule, options: Object.fromEntries(options) }
}
