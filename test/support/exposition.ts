// A strict reader of Prometheus' text format, version 0.0.4, as its documentation has it: what it refuses, a scraper would.

/** One sample. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** One metric with all that is said of it. */
export interface Metric {
  readonly help: string
  readonly type: string
  readonly samples: readonly Sample[]
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"'
const SAMPLE = new RegExp(
  `^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?|[+-]Inf|NaN)$`,
)
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  counter: [''],
  gauge: [''],
}

/** All metrics by name. Throws where the text breaks the format, or a convention that promtool holds. */
export function parseExposition(text: string): ReadonlyMap<string, Metric> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const metrics = new Map<string, { help: string; type: string; samples: Sample[] }>()
  const seen = new Set<string>()
  let current = ''
  let help = ''
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, kind = '', name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? []
    if (kind === 'HELP') [current, help] = [name, rest]
    else if (kind === 'TYPE') {
      if (name !== current) throw new Error(`${name} has no help`)
      if (metrics.has(name)) throw new Error(`${name} is there twice`)
      if (!(rest in SUFFIXES)) throw new Error(`${name} is a ${rest}`)
      if ((rest === 'counter') !== name.endsWith('_total')) throw new Error(`${name}: only counters end with _total`)
      metrics.set(name, { help, type: rest, samples: [] })
    } else {
      const sample = sampleOf(line)
      const metric = metrics.get(current)
      const suffixes = SUFFIXES[metric?.type ?? ''] ?? []
      if (!metric || !suffixes.some((suffix) => sample.name === current + suffix))
        throw new Error(`${line} stands under ${current}`)
      const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()])
      if (seen.has(key)) throw new Error(`${line} is there twice`)
      seen.add(key)
      metric.samples.push(sample)
    }
  }
  return metrics
}

function sampleOf(line: string): Sample {
  const match = SAMPLE.exec(line)
  if (!match) throw new Error(`no sample: ${line}`)
  const [, name = '', labels = '', value = ''] = match
  const pairs = [...labels.matchAll(new RegExp(LABEL, 'g'))].map(([pair]): [string, string] => {
    const at = pair.indexOf('=')
    const text = pair.slice(at + 2, -1)
    return [pair.slice(0, at), text.replace(/\\(.)/g, (_, sign: string) => (sign === 'n' ? '\n' : sign))]
  })
  if (new Set(pairs.map(([label]) => label)).size !== pairs.length) throw new Error(`a label twice: ${line}`)
  return { name, labels: Object.fromEntries(pairs), value: Number(value.replace('Inf', 'Infinity')) }
}
