// Nomad's job as its public API has it: the structs Job, TaskGroup, Task and what hangs on them, of api/jobs.go, api/tasks.go,
// api/resources.go, api/services.go and api/constraint.go of hashicorp/nomad (1.8), as far as hc writes them. Of each field its name in JSON, its name in
// HCL (null: it is set by the reader of HCL), and its type.

/** A value in a job. Spans of time are nanoseconds (Go's time.Duration), amounts of memory MB. */
export type NomadValue = string | number | boolean | readonly string[] | NomadBlock | readonly NomadBlock[]
/** A struct, or a map. */
export interface NomadBlock {
  readonly [field: string]: NomadValue
}

/** A field's type; `[name]`: a list of that struct, `{name}`: a map to that struct by its label. */
export type FieldType =
  | 'string'
  | 'int'
  | 'bool'
  | 'duration'
  | 'strings'
  | 'map'
  | 'config'
  | { readonly one: StructName }
  | { readonly many: StructName }
  | { readonly named: StructName }

/** A struct that hc writes. */
export type StructName =
  | 'Job'
  | 'PeriodicConfig'
  | 'Constraint'
  | 'Affinity'
  | 'Spread'
  | 'SpreadTarget'
  | 'TaskGroup'
  | 'NetworkResource'
  | 'Port'
  | 'VolumeRequest'
  | 'EphemeralDisk'
  | 'RestartPolicy'
  | 'ReschedulePolicy'
  | 'UpdateStrategy'
  | 'Service'
  | 'ServiceCheck'
  | 'CheckRestart'
  | 'Task'
  | 'Template'
  | 'VolumeMount'
  | 'Resources'
  | 'RequestedDevice'

/** A struct. */
export interface Struct {
  /** The field that is the block's label in HCL. */
  readonly label?: string
  readonly fields: Readonly<Record<string, readonly [hcl: string | null, type: FieldType]>>
}

const CONSTRAINT = {
  LTarget: ['attribute', 'string'],
  Operand: ['operator', 'string'],
  RTarget: ['value', 'string'],
} as const

/** All structs that hc writes. */
export const STRUCTS: Readonly<Record<StructName, Struct>> = {
  Job: {
    label: 'ID',
    fields: {
      ID: [null, 'string'],
      Name: ['name', 'string'],
      Type: ['type', 'string'],
      Priority: ['priority', 'int'],
      Datacenters: ['datacenters', 'strings'],
      Constraints: ['constraint', { many: 'Constraint' }],
      Affinities: ['affinity', { many: 'Affinity' }],
      Spreads: ['spread', { many: 'Spread' }],
      Periodic: ['periodic', { one: 'PeriodicConfig' }],
      TaskGroups: ['group', { many: 'TaskGroup' }],
    },
  },
  PeriodicConfig: {
    fields: {
      Enabled: ['enabled', 'bool'],
      Spec: ['cron', 'string'],
      SpecType: [null, 'string'],
      ProhibitOverlap: ['prohibit_overlap', 'bool'],
      TimeZone: ['time_zone', 'string'],
    },
  },
  Constraint: { fields: CONSTRAINT },
  Affinity: { fields: { ...CONSTRAINT, Weight: ['weight', 'int'] } },
  Spread: {
    fields: {
      Attribute: ['attribute', 'string'],
      Weight: ['weight', 'int'],
      SpreadTarget: ['target', { many: 'SpreadTarget' }],
    },
  },
  SpreadTarget: { label: 'Value', fields: { Value: [null, 'string'], Percent: ['percent', 'int'] } },
  TaskGroup: {
    label: 'Name',
    fields: {
      Name: [null, 'string'],
      Count: ['count', 'int'],
      PreventRescheduleOnLost: ['prevent_reschedule_on_lost', 'bool'],
      Networks: ['network', { many: 'NetworkResource' }],
      Volumes: ['volume', { named: 'VolumeRequest' }],
      EphemeralDisk: ['ephemeral_disk', { one: 'EphemeralDisk' }],
      RestartPolicy: ['restart', { one: 'RestartPolicy' }],
      ReschedulePolicy: ['reschedule', { one: 'ReschedulePolicy' }],
      Update: ['update', { one: 'UpdateStrategy' }],
      Services: ['service', { many: 'Service' }],
      Tasks: ['task', { many: 'Task' }],
    },
  },
  NetworkResource: {
    fields: { ReservedPorts: ['port', { many: 'Port' }], DynamicPorts: ['port', { many: 'Port' }] },
  },
  Port: { label: 'Label', fields: { Label: [null, 'string'], Value: ['static', 'int'], To: ['to', 'int'] } },
  VolumeRequest: {
    label: 'Name',
    fields: {
      Name: [null, 'string'],
      Type: ['type', 'string'],
      Source: ['source', 'string'],
      ReadOnly: ['read_only', 'bool'],
    },
  },
  EphemeralDisk: { fields: { SizeMB: ['size', 'int'] } },
  RestartPolicy: {
    fields: {
      Attempts: ['attempts', 'int'],
      Interval: ['interval', 'duration'],
      Delay: ['delay', 'duration'],
      Mode: ['mode', 'string'],
    },
  },
  ReschedulePolicy: {
    fields: {
      Attempts: ['attempts', 'int'],
      Interval: ['interval', 'duration'],
      Delay: ['delay', 'duration'],
      DelayFunction: ['delay_function', 'string'],
      MaxDelay: ['max_delay', 'duration'],
      Unlimited: ['unlimited', 'bool'],
    },
  },
  UpdateStrategy: {
    fields: {
      MaxParallel: ['max_parallel', 'int'],
      MinHealthyTime: ['min_healthy_time', 'duration'],
      HealthyDeadline: ['healthy_deadline', 'duration'],
      ProgressDeadline: ['progress_deadline', 'duration'],
      Canary: ['canary', 'int'],
      AutoRevert: ['auto_revert', 'bool'],
      AutoPromote: ['auto_promote', 'bool'],
    },
  },
  Service: {
    fields: {
      Name: ['name', 'string'],
      PortLabel: ['port', 'string'],
      Provider: ['provider', 'string'],
      Checks: ['check', { many: 'ServiceCheck' }],
    },
  },
  ServiceCheck: {
    fields: {
      Type: ['type', 'string'],
      Path: ['path', 'string'],
      Interval: ['interval', 'duration'],
      Timeout: ['timeout', 'duration'],
      CheckRestart: ['check_restart', { one: 'CheckRestart' }],
    },
  },
  CheckRestart: { fields: { Limit: ['limit', 'int'], Grace: ['grace', 'duration'] } },
  Task: {
    label: 'Name',
    fields: {
      Name: [null, 'string'],
      Driver: ['driver', 'string'],
      User: ['user', 'string'],
      Config: ['config', 'config'],
      Env: ['env', 'map'],
      Templates: ['template', { many: 'Template' }],
      VolumeMounts: ['volume_mount', { many: 'VolumeMount' }],
      Resources: ['resources', { one: 'Resources' }],
      KillSignal: ['kill_signal', 'string'],
      KillTimeout: ['kill_timeout', 'duration'],
    },
  },
  Template: {
    fields: {
      DestPath: ['destination', 'string'],
      EmbeddedTmpl: ['data', 'string'],
      Perms: ['perms', 'string'],
      LeftDelim: ['left_delimiter', 'string'],
      RightDelim: ['right_delimiter', 'string'],
      Envvars: ['env', 'bool'],
    },
  },
  VolumeMount: {
    fields: {
      Volume: ['volume', 'string'],
      Destination: ['destination', 'string'],
      ReadOnly: ['read_only', 'bool'],
    },
  },
  Resources: {
    fields: {
      CPU: ['cpu', 'int'],
      MemoryMB: ['memory', 'int'],
      MemoryMaxMB: ['memory_max', 'int'],
      Devices: ['device', { many: 'RequestedDevice' }],
    },
  },
  RequestedDevice: { label: 'Name', fields: { Name: [null, 'string'], Count: ['count', 'int'] } },
}
