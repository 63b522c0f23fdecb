// Paths as text, POSIX. The room touches no file system, so nothing is looked up here.

/** Removes `.`, `..` and doubled slashes; an absolute path stays absolute and never leaves the root. */
export function normalizePath(path: string): string {
  const absolute = path.startsWith('/')
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (!absolute) parts.push(part)
  }
  return absolute ? `/${parts.join('/')}` : parts.join('/') || '.'
}

/** `path` as seen from `folder`; an absolute path stays what it is. */
export function resolvePath(folder: string, path: string): string {
  return normalizePath(path.startsWith('/') ? path : `${folder}/${path}`)
}

/** The folder that a file lies in: `jobs/web.yml` -> `jobs`, `web.yml` -> `.`. */
export function folderOf(file: string): string {
  const slash = file.lastIndexOf('/')
  return slash < 0 ? '.' : slash === 0 ? '/' : file.slice(0, slash)
}

/** The file's name without folder and extension: `jobs/web.yml` -> `web`. */
export function stemOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1).replace(/\.(?:ya?ml|json)$/, '')
}
