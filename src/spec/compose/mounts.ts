// volumes, configs and secrets -> volumes and files.
import type { Place } from '../source.js'
import { entryOf, isNull, type Value } from '../value.js'
import { absolutePath, slug, sourceOf, type Work } from './draft.js'
import { addMemoryFolder } from './options.js'
import { Fields } from './teller.js'

const TARGET = /^\/[^:,]*[^:,/][^:,]*$/
const LOOKS_LIKE_FILE = /\.[A-Za-z0-9]{1,6}$/
/** Files of every machine: brought from the control machine, they tie a job to no host. */
const OF_EVERY_HOST = new Set(['/etc/localtime', '/etc/timezone'])
const KEEPS = 'volumes: [{source: NAME, target: PATH}] keeps it'

interface Mount {
  readonly type: string
  readonly source: string
  readonly target: string
  readonly readOnly: boolean
  readonly place: Place
}

/** Reads `volumes` of a service. */
export function volumesOf(work: Work): void {
  const { from, teller, draft } = work
  for (const item of from.list('volumes')) {
    const mount = item.kind === 'map' ? longMount(item, work) : shortMount(item, work)
    if (mount === null) continue
    if (!TARGET.test(mount.target)) {
      teller.leftOut('volumes', mount.place, `"${mount.target}" is no absolute path that hc takes`)
    } else if ([...draft.volumes, ...draft.files].some(({ target }) => target === mount.target)) {
      teller.leftOut('volumes', mount.place, `${mount.target} is mounted twice`)
    } else if (mount.type === 'tmpfs') {
      addMemoryFolder(draft, mount.target)
    } else if (mount.source === '') {
      teller.leftOut(
        'volumes',
        mount.place,
        `what lies at ${mount.target} is lost with the container, as an anonymous volume is in the end`,
        KEEPS,
      )
    } else if (mount.type === 'bind') bindMount(mount, work)
    else if (mount.type === 'volume') namedVolume(mount, work)
    else teller.leftOut('volumes', mount.place, `hc has no mounts of type ${mount.type}`)
  }
}

function shortMount(item: Value, { teller }: Work): Mount | null {
  const text = item.kind === 'scalar' ? item.text : ''
  const parts = text.split(':')
  if (text === '' || parts.length > 3) {
    teller.leftOut('volumes', item.place, `"${text}" is no volume`, KEEPS)
    return null
  }
  const [source, target] = parts.length === 1 ? ['', parts[0] ?? ''] : [parts[0] ?? '', parts[1] ?? '']
  const modes = (parts[2] ?? '').split(',')
  for (const mode of modes) {
    if (mode === 'z' || mode === 'Z')
      teller.differs(
        'volumes',
        item.place,
        'hc gives folders no SELinux label',
        'label the folder on its host: chcon -Rt container_file_t PATH',
      )
    else if (
      !['', 'ro', 'rw', 'cached', 'delegated', 'consistent', 'rslave', 'rprivate', 'rshared', 'nocopy'].includes(
        mode,
      ) ||
      mode.startsWith('rs')
    )
      teller.leftOut('volumes', item.place, `the mode ${mode} is not known to hc`)
  }
  const type = /^[.~/]/.test(source) ? 'bind' : 'volume'
  return { type, source, target: target.replace(/(?<=.)\/+$/, ''), readOnly: modes.includes('ro'), place: item.place }
}

function longMount(item: Value, { teller }: Work): Mount {
  const fields = new Fields(item, 'volumes', teller)
  const mount = {
    type: fields.text('type')?.text ?? 'volume',
    source: fields.text('source')?.text ?? '',
    target: (fields.text('target')?.text ?? '').replace(/(?<=.)\/+$/, ''),
    readOnly: fields.text('read_only')?.text === 'true',
    place: item.place,
  }
  fields.take('consistency')
  const bind = fields.below('bind')
  bind.take('create_host_path')
  bind.rest({ selinux: ['hc gives folders no SELinux label', 'label the folder on its host'] })
  const volume = fields.below('volume')
  volume.take('nocopy')
  volume.rest({
    subpath: ['hc mounts a volume as a whole', 'name the folder itself: source: /var/lib/hc/volumes/NAME/PATH'],
  })
  if (mount.type === 'tmpfs') fields.take('tmpfs')
  fields.rest()
  return mount
}

function add({ draft }: Work, source: string, { target, readOnly }: Mount, shared = false): void {
  draft.volumes.push({
    source,
    target,
    ...(readOnly && { read_only: true as const }),
    ...(shared && { shared: true as const }),
  })
}

function bindMount(mount: Mount, work: Work): void {
  const { draft, shared, teller } = work
  const { source, place } = mount
  const path = absolutePath(shared, source, place)
  const kind = shared.door.kind(path)
  if (/[:,]/.test(path) || path === '/') {
    teller.leftOut('volumes', place, `${path} can't be a volume of hc`, 'name a folder below /, without ":" and ","')
  } else if (source.startsWith('/') && !(OF_EVERY_HOST.has(path) && kind === 'file')) {
    if (/docker\.sock$/.test(path)) {
      draft.fields.driver = 'docker'
      teller.differs(
        'volumes',
        place,
        "the job speaks to its own host's docker, and sees nothing of the other hosts",
        'type: system runs it on each',
      )
    }
    const own = shared.folders.get(place.source.file) ?? '/'
    if (own !== '/' && path.startsWith(`${own}/`))
      teller.differs(
        'volumes',
        place,
        `${path} lies beside the Compose file on this machine, and its host has a ${path} of its own`,
        `write it as ./${path.slice(own.length + 1)}, and import again: it is brought to the host, or becomes a volume`,
      )
    add(work, path, mount)
  } else if (kind === 'file' || (kind === null && LOOKS_LIKE_FILE.test(path))) {
    const program = shared.door.executable(path)
    draft.files.push({ source: sourceOf(shared, path), target: mount.target, ...(program && { mode: '0755' }) })
    if (kind === null) teller.differs('volumes', place, `${source} is not there yet`, 'make it before hc apply')
    if (!mount.readOnly)
      teller.differs(
        'volumes',
        place,
        `${source} is brought to the host, and the program can't write it`,
        'make it a volume where it must',
      )
  } else folderVolume(mount, path, work)
}

/** A folder beside the Compose file: it is on no host, so a volume takes its place. */
function folderVolume(mount: Mount, path: string, work: Work): void {
  const { shared, teller } = work
  const before = shared.folderVolumes.get(path)
  const wanted = `${shared.project}_${slug(mount.source) || 'files'}`.slice(0, 60)
  let name = before ?? wanted
  for (let n = 2; before === undefined && [...shared.folderVolumes.values()].includes(name); n += 1)
    name = `${wanted}-${n}`
  shared.folderVolumes.set(path, name)
  add(work, name, mount)
  const what = `was the folder ${mount.source} beside the file, and is /var/lib/hc/volumes/${name} on its host`
  teller.differs(
    'volumes',
    mount.place,
    what,
    shared.door.kind(path) === 'folder' ? `copy what is in ${path} there` : null,
  )
}

function namedVolume(mount: Mount, work: Work): void {
  const { shared, teller } = work
  const declared = entryOf(entryOf(shared.top, 'volumes')?.value ?? null, mount.source)
  const fields = new Fields(declared?.value ?? null, `volumes.${mount.source}`, teller)
  const external = fields.take('external')
  const own = fields.text('name')
  const isExternal = external !== null && !(external.value.kind === 'scalar' && external.value.text === 'false')
  const name = own?.text ?? (isExternal ? mount.source : `${shared.project}_${mount.source}`)
  const driver = fields.text('driver')
  const options = fields.below('driver_opts')
  const [type, device, with_] = [options.text('type'), options.text('device'), options.text('o')]
  options.rest()
  fields.rest({ labels: ['folders of hosts have no labels', null] })
  if (driver !== null && driver.text !== 'local')
    teller.leftOut(
      `volumes.${mount.source}.driver`,
      driver.place,
      `hc has no volume driver ${driver.text}`,
      'mount it on the hosts, and write {source: /mnt/NAME, target: PATH, shared: true}',
    )
  if (device !== null && /(?:^|,)r?bind(?:,|$)/.test(with_?.text ?? '')) {
    add(work, absolutePath(shared, device.text, device.place), mount)
  } else if (device !== null && type !== null && type.text !== 'tmpfs') {
    const folder = `/mnt/${name.replace(/[^A-Za-z0-9_.-]/g, '-')}`
    add(work, folder, mount, true)
    teller.differs(
      `volumes.${mount.source}`,
      device.place,
      `hc mounts nothing itself: it expects ${device.text} (${type.text}${with_ ? `, ${with_.text}` : ''}) at ${folder}`,
      `mount it there on every host, by /etc/fstab`,
    )
  } else {
    if (device !== null || type !== null || with_ !== null)
      teller.leftOut(`volumes.${mount.source}.driver_opts`, mount.place, 'hc makes a plain folder of it')
    if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/.test(name))
      teller.leftOut(`volumes.${mount.source}`, mount.place, `"${name}" is no name of a volume of hc`)
    else add(work, name, mount)
  }
}

/** Reads `configs` and `secrets` of a service. */
export function filesOf(work: Work): void {
  for (const kind of ['configs', 'secrets'] as const) {
    for (const item of work.from.list(kind)) {
      const long = item.kind === 'map'
      const fields = new Fields(long ? item : null, kind, work.teller)
      const source = long ? (fields.text('source')?.text ?? '') : item.kind === 'scalar' ? item.text : ''
      const folder = kind === 'secrets' ? '/run/secrets/' : '/'
      const given = fields.text('target')?.text ?? source
      const target = given.startsWith('/') ? given : `${folder}${given}`
      const mode = fields.text('mode')?.text.replace(/^0o?/, '0')
      fields.rest({
        uid: ['a file of hc belongs to root', 'let mode say who may read it'],
        gid: ['a file of hc belongs to root', null],
      })
      broughtFile({ kind, source, target, mode: mode ?? '0444', place: item.place }, work)
    }
  }
}

interface Brought {
  readonly kind: 'configs' | 'secrets'
  readonly source: string
  readonly target: string
  readonly mode: string
  readonly place: Place
}

function broughtFile({ kind, source, target, mode, place }: Brought, work: Work): void {
  const { shared, teller, draft } = work
  const key = `${kind}.${source}`
  const declared = entryOf(entryOf(shared.top, kind)?.value ?? null, source)
  const fields = new Fields(declared?.value ?? null, key, teller)
  const [file, content, variable] = [fields.text('file'), fields.take('content'), fields.text('environment')]
  const external = fields.take('external')
  fields.take('name')
  fields.rest()
  const octal = /^[0-7]{3,4}$/.test(mode) ? mode : '0444'
  const put = (path: string) => draft.files.push({ source: path, target, mode: octal })
  const name = source.replace(/[^A-Za-z0-9_.-]/g, '-')
  if (!TARGET.test(target) || draft.files.some((each) => each.target === target)) {
    teller.leftOut(key, place, `${target} is no path for a file, or is taken`)
  } else if (file !== null) {
    const path = absolutePath(shared, file.text, file.place)
    put(sourceOf(shared, path))
    if (shared.door.kind(path) !== 'file')
      teller.differs(key, file.place, `${file.text} is not there yet`, 'make it before hc apply')
  } else if (kind === 'configs' && content !== null && content.value.kind === 'scalar') {
    ownFile(name, content.value.text)
  } else if (kind === 'configs' && variable !== null && shared.variables.has(variable.text)) {
    ownFile(name, shared.variables.get(variable.text) ?? '')
  } else if (variable !== null) {
    teller.leftOut(
      key,
      variable.place,
      `the program finds no file ${target}: hc brings values of the environment as variables`,
      `write the value into a file, and files: [{source: ./secrets/${name}, target: ${target}}]`,
    )
  } else {
    const why =
      external !== null && !isNull(external.value) ? 'is kept outside of the file' : 'is declared nowhere in the file'
    teller.leftOut(
      key,
      place,
      `${source} ${why}`,
      `write it into a file, and files: [{source: ./${name}, target: ${target}}]`,
    )
  }

  function ownFile(file: string, text: string): void {
    const path = `${draft.job}/${file}`
    draft.own.push({ path, text })
    put(`./${path}`)
  }
}
