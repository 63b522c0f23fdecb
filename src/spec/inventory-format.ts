// In which format an inventory is written: told as Ansible tells it, by the name first.

/** What an inventory is written in. */
export type InventoryFormat = 'yaml' | 'ini'

/** What hc does not read as an inventory although Ansible does: a sentence and what to do; null for anything else. */
export function foreignFormat(file: string, text: string): { readonly message: string; readonly hint: string } | null {
  const hint = `let Ansible write it out: ansible-inventory -i ${file} --list --yaml --output inventory.yml`
  if (text.startsWith('#!')) return { message: 'this is a program, and hc runs no inventory scripts', hint }
  return file.endsWith('.toml') ? { message: 'hc reads inventories in YAML and INI, not in TOML', hint } : null
}

/**
 * Ansible reads `.yml`, `.yaml` and `.json` as YAML, a name without extension as YAML where that works, and anything else
 * as INI. A broken file without extension counts as YAML when it looks like it, so that its faults make sense.
 */
export function inventoryFormat(file: string, text: string): InventoryFormat {
  const name = file.slice(file.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  if (dot > 0) return ['.yml', '.yaml', '.json'].includes(name.slice(dot)) ? 'yaml' : 'ini'
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !/^\s*[#;]/.test(line))
  const [first = ''] = lines
  if (/^(?:---|%YAML|\{)/.test(first)) return 'yaml'
  return !lines.some((line) => line.startsWith('[')) && /^["']?[^\s:]+["']?\s*:(?:\s|$)/.test(first) ? 'yaml' : 'ini'
}
