// Public data that is not part of the project: read from a folder that `--data` or HC_BENCH_DATA names.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** What to do where the data is missing. */
export const HOW_TO_GET = `needs data that is not part of the project: --data DIR or HC_BENCH_DATA=DIR with
  openb/openb_node_list_all_node.csv, openb/openb_pod_list_default.csv.gz  from hkust-adsl/kubernetes-scheduler-simulator (data/csv, gzipped)
  vbp/vectorpack-subset.jsonl.gz  one instance per line {set, name, cap, items, OPT}, from Vectorpack/experiments_vector_paper`

/** A pod of the trace. */
export interface Pod {
  readonly name: string
  /** Millicores. */
  readonly cpu: number
  /** MiB. */
  readonly memory: number
  /** GPUs; each of them in the share below. */
  readonly gpus: number
  /** Thousandths of one GPU; 1000 where it wants several. */
  readonly gpuShare: number
}

/** A host of the trace. */
export interface Machine {
  readonly name: string
  readonly cpu: number
  readonly memory: number
  readonly gpus: number
}

/** An instance of vector bin packing, with the fewest bins that are known to do. */
export interface Packing {
  readonly name: string
  readonly set: string
  readonly cap: readonly number[]
  readonly items: readonly (readonly number[])[]
  readonly best: number
}

function read(file: string): string | null {
  if (!existsSync(file)) return null
  const bytes = readFileSync(file)
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
}

function rows(text: string): readonly Readonly<Record<string, string>>[] {
  const [head = '', ...lines] = text.trim().split('\n')
  const names = head.split(',')
  return lines.map((line) => {
    const cells = line.split(',')
    return Object.fromEntries(names.map((name, at) => [name, cells[at] ?? '']))
  })
}

/** The pods of the trace in the order of its file; null: not there. */
export function pods(data: string | null): readonly Pod[] | null {
  const text = data === null ? null : read(join(data, 'openb/openb_pod_list_default.csv.gz'))
  if (text === null) return null
  return rows(text).map((row) => ({
    name: row.name ?? '',
    cpu: Number(row.cpu_milli),
    memory: Number(row.memory_mib),
    gpus: Number(row.num_gpu),
    gpuShare: Number(row.gpu_milli || 0),
  }))
}

/** The hosts of the trace; null: not there. */
export function machines(data: string | null): readonly Machine[] | null {
  const text = data === null ? null : read(join(data, 'openb/openb_node_list_all_node.csv'))
  if (text === null) return null
  return rows(text).map((row) => ({
    name: row.sn ?? '',
    cpu: Number(row.cpu_milli),
    memory: Number(row.memory_mib),
    gpus: Number(row.gpu),
  }))
}

/** The instances of vector bin packing; null: not there. */
export function packings(data: string | null): readonly Packing[] | null {
  const text = data === null ? null : read(join(data, 'vbp/vectorpack-subset.jsonl.gz'))
  if (text === null) return null
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const { name, set, cap, items, OPT } = JSON.parse(line)
      return { name, set, cap, items, best: OPT }
    })
}
