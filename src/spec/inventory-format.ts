// In which format an inventory is written: told as Ansible tells it, by the name first.

/** What an inventory is written in. */
export type InventoryFormat = 'yaml' | 'ini'

/** What hc does not read as an inventory although Ansible does: a sentence and what to do; null for anything else. */
export function foreignFormat(file: string, text: string): { readonly message: string; readonly hint: string } | null {
  const hint = `let Ansible write it out: ansible-inventory -i ${file} --list --yaml --output inventory.yml`
  if (text.startsWith('$ANSIBLE_VAULT;')) {
    const single = 'encrypt single values instead: ansible-vault encrypt_string'
    return { message: 'the whole inventory is encrypted, which only Ansible opens', hint: single }
  }
  if (text.startsWith('#!')) return { message: 'this is a program, and hc runs no inventory scripts', hint }
  return file.endsWith('.toml') ? { message: 'hc reads inventories in YAML and INI, not in TOML', hint } : null
}

// With such a line no mapping of YAML begins: `[web]`, `nuc1 ansible_host=10.0.0.1`.
const SECTION = /^\[[^\]]+\]\s*(?:[#;].*)?$/
const HOST = /^[^\s#{[&!?"'-]\S*\s+[A-Za-z_]\w*=(?!.*:(?:\s|$))/

/**
 * Ansible reads `.yml`, `.yaml` and `.json` as YAML and where that fails as INI, a name without extension likewise, and
 * anything else as INI. A broken file counts as YAML unless its first line can be INI only, so that its faults make sense.
 */
export function inventoryFormat(file: string, text: string): InventoryFormat {
  const name = file.slice(file.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !/^\s*[#;]/.test(line))
  const [first = ''] = lines
  if (dot > 0 && ['.yml', '.yaml'].includes(name.slice(dot)))
    return SECTION.test(first) || HOST.test(first) ? 'ini' : 'yaml'
  if (dot > 0) return name.endsWith('.json') ? 'yaml' : 'ini'
  if (/^(?:---|%YAML|\{)/.test(first)) return 'yaml'
  return !lines.some((line) => line.startsWith('[')) && /^["']?[^\s:]+["']?\s*:(?:\s|$)/.test(first) ? 'yaml' : 'ini'
}
