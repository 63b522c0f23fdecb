// A strict reader of the HTML that hc makes: what it objects to, a browser would have to guess about.

const VOID: readonly string[] = ['meta', 'link', 'br', 'hr', 'img', 'input']
/** Elements that may stand in these only. */
const WITHIN: Readonly<Record<string, readonly string[]>> = {
  li: ['ul', 'ol'],
  tr: ['thead', 'tbody'],
  td: ['tr'],
  th: ['tr'],
  thead: ['table'],
  tbody: ['table'],
  title: ['head'],
  meta: ['head'],
  style: ['head'],
  main: ['body'],
  footer: ['body'],
  head: ['html'],
  body: ['html'],
}
/** Elements that hold sentences, and therefore no blocks. */
const NO_BLOCKS: readonly string[] = ['p', 'h1', 'h2', 'a', 'title']
const BLOCKS: readonly string[] = ['p', 'ul', 'table', 'section', 'main', 'header', 'footer', 'h1', 'h2', 'li', 'div']
const TAG = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"<>]*")?)*)\s*>/y
const ENTITY = /&(?!(?:amp|lt|gt|quot|#39);)/

/** What is wrong with a document: tags that do not match, stand where they must not, bare signs, the same attribute or id twice. */
export function markupFaults(document: string): readonly string[] {
  const faults: string[] = []
  const open: string[] = []
  const ids = new Set<string>()
  const start = '<!doctype html>\n'
  if (!document.startsWith(start)) faults.push('no doctype in front')
  let at = start.length
  while (at < document.length) {
    if (open.at(-1) === 'style') at = document.indexOf('</style>', at)
    const next = document.indexOf('<', at)
    const text = document.slice(at, next < 0 ? document.length : next)
    if (ENTITY.test(text) || text.includes('>')) faults.push(`a bare sign in ${JSON.stringify(text.slice(0, 40))}`)
    if (next < 0) break
    TAG.lastIndex = next
    const [whole, slash, name = '', attributes = ''] = TAG.exec(document) ?? []
    if (whole === undefined) return [...faults, `no tag: ${JSON.stringify(document.slice(next, next + 40))}`]
    at = next + whole.length
    if (slash === '/') {
      const last = open.pop()
      if (last !== name) return [...faults, `</${name}> closes <${last}>`]
      continue
    }
    faults.push(...placeFaults(name, open), ...attributeFaults(name, attributes, ids))
    if (!VOID.includes(name)) open.push(name)
  }
  return [...faults, ...open.map((name) => `<${name}> is not closed`)]
}

function placeFaults(name: string, open: readonly string[]): readonly string[] {
  const parent = open.at(-1) ?? ''
  const wanted = WITHIN[name]
  if (wanted !== undefined && !wanted.includes(parent)) return [`<${name}> in <${parent}>`]
  const sentence = open.find((each) => NO_BLOCKS.includes(each))
  return sentence !== undefined && BLOCKS.includes(name) ? [`<${name}> in <${sentence}>`] : []
}

function attributeFaults(name: string, attributes: string, ids: Set<string>): readonly string[] {
  const found = [...attributes.matchAll(/([a-z-]+)(?:="([^"]*)")?/g)].map(([, key = '', value = '']) => ({
    key,
    value,
  }))
  const faults = found.filter(({ value }) => ENTITY.test(value)).map(({ key }) => `a bare & in ${key} of <${name}>`)
  const twice = found.filter(({ key }, index) => found.findIndex((each) => each.key === key) !== index)
  const id = found.find(({ key }) => key === 'id')?.value
  if (id !== undefined && ids.has(id)) faults.push(`the id ${id} stands twice`)
  if (id !== undefined) ids.add(id)
  return [...faults, ...twice.map(({ key }) => `${key} stands twice in <${name}>`)]
}
