// JSON Schemas of the kinds of files that hc reads, for editors. Made from the same definitions that read them.

import { clusterFields, clusterShape, hostFields, hostShape } from './cluster-variables.js'
import { jobShape } from './job-fields.js'
import { scenarioShape } from './scenario.js'
import type { JsonSchema } from './shape.js'
import { isJsonObject } from './value.js'

const DRAFT = 'https://json-schema.org/draft/2020-12/schema'

function properties(schema: JsonSchema): JsonSchema {
  return isJsonObject(schema.properties) ? schema.properties : {}
}

/** Of a job file. */
export function jobSchema(): JsonSchema {
  return { $schema: DRAFT, title: 'A job of hc', ...jobShape.schema }
}

/** Of the input of `hc simulate --input`. */
export function scenarioSchema(): JsonSchema {
  return { $schema: DRAFT, title: 'A scenario of hc simulate', ...scenarioShape.schema }
}

/** Of inventory.yml: Ansible's groups, with hc's variables. */
export function inventorySchema(): JsonSchema {
  const cluster = properties(clusterShape.schema)
  const host = properties(hostShape.schema)
  const known = Object.keys({ ...clusterFields, ...hostFields })
  return {
    $schema: DRAFT,
    title: 'An inventory of hc and Ansible',
    type: 'object',
    properties: { all: { $ref: '#/$defs/all' } },
    additionalProperties: { $ref: '#/$defs/group' },
    $defs: {
      clusterVariables: {
        type: ['object', 'null'],
        properties: { ...cluster, ...host },
        // Whatever else begins with hc_ is a mistake.
        propertyNames: { anyOf: [{ not: { pattern: '^hc_' } }, { enum: known }] },
      },
      variables: {
        type: ['object', 'null'],
        properties: host,
        propertyNames: { anyOf: [{ not: { pattern: '^hc_' } }, { enum: Object.keys(hostFields) }] },
      },
      hosts: { type: ['object', 'null', 'string'], additionalProperties: { $ref: '#/$defs/variables' } },
      children: { type: ['object', 'null'], additionalProperties: { $ref: '#/$defs/group' } },
      all: {
        type: ['object', 'null'],
        additionalProperties: false,
        properties: {
          hosts: { $ref: '#/$defs/hosts' },
          children: { $ref: '#/$defs/children' },
          vars: { $ref: '#/$defs/clusterVariables' },
        },
      },
      group: {
        type: ['object', 'null'],
        additionalProperties: false,
        properties: {
          hosts: { $ref: '#/$defs/hosts' },
          children: { $ref: '#/$defs/children' },
          vars: { $ref: '#/$defs/variables' },
        },
      },
    },
  }
}
