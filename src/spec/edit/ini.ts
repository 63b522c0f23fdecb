// Ansible's INI inventories are read and not edited; this tells them by their text.

/** The text is an INI inventory: a section, or a line that is no key of a mapping, comes first. */
export function isIniText(file: string, text: string): boolean {
  if (/\.(?:ya?ml|json)$/i.test(file)) return /^\s*\[[^\]\n]+\]\s*$/.test(firstLine(text))
  const first = firstLine(text)
  return /\.(?:ini|cfg)$/i.test(file) || (first !== '' && !/^(?:---|%|\{|[^\s=]+\s*:(?:\s|$))/.test(first))
}

function firstLine(text: string): string {
  return (
    text
      .replace(/^\ufeff/, '')
      .split(/\r?\n/)
      .find((line) => !/^\s*(?:[#;].*)?$/.test(line)) ?? ''
  )
}
