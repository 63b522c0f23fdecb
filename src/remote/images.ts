// Images of a host: is it there, by which digest; fetched where it is missing.
import type { DriverName } from '../model/job.js'
import type { Millis } from '../model/names.js'
import { PROLOGUE } from './layout.js'
import { printableLine } from './printable.js'
import { number, quote } from './quote.js'
import { MESSAGE_LIMIT } from './text.js'

/** One image of one engine. */
export interface ImageWish {
  readonly driver: Exclude<DriverName, 'systemd'>
  /** As written in the job, or resolved: `localhost/web:1`, `name@sha256:...`. */
  readonly ref: string
  /** `never`: only looks; `missing`: fetches what is not there; `always`: fetches first. */
  readonly pull: 'missing' | 'always' | 'never'
}

/** What a host says of one image. */
export interface ImageFacts {
  readonly driver: ImageWish['driver']
  readonly ref: string
  readonly present: boolean
  /** `sha256:...` of its configuration: the same bytes have the same id on every host. */
  readonly id: string | null
  /** `name@sha256:...` of a registry; null for an image without one. */
  readonly repoDigest: string | null
  /** What a job is pinned to: the digest of a registry, else the id; null when it is not there. */
  readonly resolved: string | null
  /** Why it is not there, one line. */
  readonly error: string | null
}

const IMAGE = 'hc-image '

const FUNCTIONS = `
line() { tr '\\000-\\037\\177' ' ' | tail -c 600; }
inspect() { timeout 20 "$1" image inspect --format '{{.Id}}{{range .RepoDigests}} {{.}}{{end}}' -- "$2" 2>/dev/null; }
image() {
  if ! command -v "$2" >/dev/null 2>&1; then printf '${IMAGE}%s missing %s\\n' "$1" "$2 is not on the host"; return; fi
  why=
  x=$(inspect "$2" "$3")
  if [ "$4" = always ] || { [ -z "$x" ] && [ "$4" = missing ]; }; then
    if ! why=$(timeout "$bound" "$2" pull -q -- "$3" 2>&1 </dev/null); then
      [ -n "$why" ] || why="no answer within $bound seconds"
    else why=; fi
    x=$(inspect "$2" "$3")
  fi
  if [ -n "$x" ]; then printf '${IMAGE}%s present %s\\n' "$1" "$x"; return; fi
  printf '${IMAGE}%s missing %s\\n' "$1" "$(printf '%s' "$why" | line)"
}
`

/** The script; the pulls of one engine go one after the other, those of the two engines side by side. */
export function imagesScript(wishes: readonly ImageWish[], pullTimeoutMs: Millis): string {
  const of = (driver: ImageWish['driver']): string =>
    wishes
      .map((wish, index) => ({ ...wish, index }))
      .filter((wish) => wish.driver === driver)
      .map(({ index, ref, pull }) => `image ${number(index)} ${driver} ${quote(ref)} ${pull}`)
      .join('\n')
  const engines = (['podman', 'docker'] as const).map(of).filter((part) => part !== '')
  return `${PROLOGUE}bound=${number(Math.ceil(pullTimeoutMs / 1000))}
${FUNCTIONS}
${engines.map((part) => `{\n${part}\n} &`).join('\n')}
wait
`
}

/** Bound for the transport. */
export function imagesTimeoutMs(wishes: readonly ImageWish[], pullTimeoutMs: Millis): Millis {
  return 10_000 + wishes.reduce((sum, { pull }) => sum + 40_000 + (pull === 'never' ? 0 : pullTimeoutMs), 0)
}

/** `registry:5000/a/web:1@sha256:..` -> `registry:5000/a/web`. */
export function imageName(ref: string): string {
  const name = ref.replace(/@.*$/, '')
  const slash = name.lastIndexOf('/')
  const colon = name.indexOf(':', slash + 1)
  return colon < 0 ? name : name.slice(0, colon)
}

/** Names of Docker's own registry are shortened by docker and written out by podman. */
function fullName(ref: string): string {
  const name = imageName(ref)
  const [first = '', ...rest] = name.split('/')
  if (rest.length === 0) return `docker.io/library/${name}`
  return first.includes('.') || first.includes(':') || first === 'localhost' ? name : `docker.io/${name}`
}

const DIGEST = /^\S+@sha256:[0-9a-f]{64}$/

function factsOf(wish: ImageWish, said: string | undefined): ImageFacts {
  const { driver, ref } = wish
  const [, state, rest = ''] = /^(present|missing) ?(.*)$/.exec(said ?? '') ?? []
  const [id = '', ...digests] = rest.split(' ')
  const hex = id.replace(/^sha256:/, '')
  if (state !== 'present' || !/^[0-9a-f]{64}$/.test(hex)) {
    const error = printableLine(state === 'missing' ? rest : '', MESSAGE_LIMIT)
    const fallback = wish.pull === 'never' ? 'it is not on the host, and pull is never' : 'the host said nothing of it'
    return { driver, ref, present: false, id: null, repoDigest: null, resolved: null, error: error || fallback }
  }
  // What a host made itself has a digest of its own there, which no registry knows.
  const local = fullName(ref).startsWith('localhost/')
  const own = local ? undefined : digests.find((digest) => DIGEST.test(digest) && fullName(digest) === fullName(ref))
  const repoDigest = own ?? null
  return {
    driver,
    ref,
    present: true,
    id: `sha256:${hex}`,
    repoDigest,
    resolved: repoDigest ?? `sha256:${hex}`,
    error: null,
  }
}

/** Facts of each wish, in the same order. Never throws, whatever the host printed. */
export function parseImages(output: string, wishes: readonly ImageWish[]): ImageFacts[] {
  const said = new Map<string, string>()
  for (const line of output.split('\n')) {
    const match = /^hc-image (\d{1,6}) (.*)$/.exec(line)
    if (match?.[1] !== undefined) said.set(match[1], match[2] ?? '')
  }
  return wishes.map((wish, index) => factsOf(wish, said.get(String(index))))
}
