// The first job that `hc init` writes: a page, served by what the hosts have.
import type { NewHost } from '../model/init.js'

/** Ports that the page may have, the first one that is free everywhere. No sample of jobs/ has one of them. */
const PORTS = [8090, 8091, 8190, 18090] as const

/** How the page is served: by a program that every host has, by an engine that every host has, or by what is found there. */
export type Server = 'busybox' | 'python3' | 'perl' | 'podman' | 'docker' | 'found'

/** What the first job is made of. */
export interface StarterJob {
  readonly server: Server
  readonly port: number
  readonly count: number
}

/** Chooses by what the hosts that were tried have; `found` where some were not, or have nothing in common. */
export function starterJob(hosts: readonly NewHost[]): StarterJob {
  const brought = hosts.map(({ trial }) => trial?.brings ?? null).filter((brings) => brings !== null)
  const all = brought.length > 0 && brought.length === hosts.length
  const tool = (['busybox', 'python3', 'perl'] as const).find((each) =>
    brought.every(({ tools }) => tools.includes(each)),
  )
  const engine = (['podman', 'docker'] as const).find((each) =>
    brought.every(({ drivers }) => drivers[each] !== undefined),
  )
  const some = brought.some(({ tools }) => tools.length > 0)
  const server = !all ? 'found' : (tool ?? (some ? 'found' : (engine ?? 'found')))
  const port = PORTS.find((each) => brought.every(({ listening }) => !listening.includes(each))) ?? PORTS[0]
  return { server, port, count: Math.min(2, Math.max(1, hosts.length)) }
}

const PERL = [
  "exec perl -MIO::Socket::INET -e '",
  '  $SIG{PIPE} = "IGNORE";',
  '  my $s = IO::Socket::INET->new(LocalPort => $ENV{HC_PORT_http}, Listen => 50, ReuseAddr => 1) or die $@;',
  '  while (my $c = $s->accept) {',
  '    while (my $line = <$c>) { last if $line =~ /^\\r?$/ }',
  '    print $c "HTTP/1.0 200 OK\\r\\nContent-Type: text/plain\\r\\n\\r\\nhello from $ENV{HC_HOST}, by $ENV{HC_SLOT}\\n"',
  "  }'",
]
const BUSYBOX = 'exec busybox httpd -f -p "$HC_PORT_http" -h /tmp'
const PYTHON = 'exec python3 -m http.server "$HC_PORT_http" --directory /tmp'

function serving(server: Exclude<Server, 'podman' | 'docker'>): readonly string[] {
  switch (server) {
    case 'busybox':
      return [BUSYBOX]
    case 'python3':
      return [PYTHON]
    case 'perl':
      return PERL
    case 'found':
      return [
        'case $(busybox --list 2>/dev/null) in (*httpd*)',
        `  ${BUSYBOX} ;;`,
        'esac',
        'if command -v python3 >/dev/null; then',
        `  ${PYTHON}`,
        'fi',
        ...PERL,
      ]
  }
}

/** The text of jobs/hello.yml. `schema`: path of its JSON schema, for editors; null: none. */
export function helloText({ server, port, count }: StarterJob, schema: string | null): string {
  const container = server === 'podman' || server === 'docker'
  const copies = count === 1 ? 'one copy' : `${count} copies, on ${count} hosts`
  return `${[
    ...(schema === null ? [] : [`# yaml-language-server: $schema=${schema}`, '#']),
    `# A first job: a page on port ${port}, in ${copies}.`,
    '# Change what you like, then: hc plan, hc apply.',
    'name: hello',
    ...(container ? imageLines(server) : commandLines(server)),
    `count: ${count}                 # try 1, or 3`,
    'spread: host             # a wish: not twice on one host while there is another',
    `ports: {http: ${container ? `{host: ${port}, container: 80}` : port}}`,
    'resources: {cpu: 100m, memory: 64Mi}',
    ...(container
      ? []
      : ['# A user and a /tmp of its own, gone when it stops:', 'systemd: {Service: {DynamicUser: yes}}']),
    'on_host_loss: move       # what a lost host ran starts elsewhere; or: wait',
  ].join('\n')}\n`
}

function imageLines(server: 'podman' | 'docker'): readonly string[] {
  return [`driver: ${server}`, 'image: docker.io/library/nginx:stable-alpine']
}

function commandLines(server: Exclude<Server, 'podman' | 'docker'>): readonly string[] {
  const page = server === 'perl' ? [] : ['echo "hello from $HC_HOST, by $HC_SLOT" >/tmp/index.html']
  const script = [...page, ...serving(server)]
  return ['command:', '  - sh', '  - -c', '  - |', ...script.map((line) => `    ${line}`)]
}
