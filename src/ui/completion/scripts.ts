// What `hc completion` prints: one script per shell. All of them ask `hc __complete` and know nothing of commands themselves.

/** Shells that hc completes in. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const
/** One of them. */
export type Shell = (typeof SHELLS)[number]

const BASH = `# Completion of hc in bash. In ~/.bashrc:  source <(hc completion bash)
_hc() {
  local line kind open before word about found
  COMPREPLY=()
  # bash breaks words at = and : too; hc gets the line as it is, and what bash takes for the word at the cursor.
  found=$("\${1/#\\~/$HOME}" __complete bash "\${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null </dev/null) || return 0
  while IFS= read -r line; do
    if [[ -z $kind ]]; then
      read -r kind open before <<<"$line"
      continue
    fi
    COMPREPLY+=("\${line%%$'\\t'*}")
  done <<<"$found"
  case $kind in
    files) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$2") ;;
    folders) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$2") ;;
  esac
  if [[ $open == open ]]; then compopt -o nospace 2>/dev/null; fi
  return 0
}
complete -F _hc hc
`

const ZSH = `#compdef hc
# Completion of hc in zsh. In ~/.zshrc, after compinit:  source <(hc completion zsh)
# or as a file named _hc in a folder of fpath.
_hc() {
  local line kind open before
  local -a found shown extra
  found=("\${(@f)$("\${(Q)words[1]/#\\~/$HOME}" __complete zsh "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null </dev/null)}")
  read -r kind open before <<<"\${found[1]}"
  case $kind in
    files | folders)
      if [[ -n $before ]]; then compset -P "\${(b)before}"; fi
      if [[ $kind == files ]]; then _files; else _files -/; fi
      return
      ;;
  esac
  for line in "\${(@)found[2,-1]}"; do
    [[ -n $line ]] || continue
    shown+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if [[ $open == open ]]; then extra=(-S '' -q); fi
  (( \${#shown} )) && _describe 'hc' shown "\${extra[@]}"
}
if [[ \${funcstack[1]} == _hc ]]; then _hc "$@"; else compdef _hc hc; fi
`

const FISH = `# Completion of hc in fish. In ~/.config/fish/config.fish:  hc completion fish | source
# or as ~/.config/fish/completions/hc.fish.
function __hc_complete
    set -l given (commandline -opc)
    set -l current (commandline -ct)
    set -l program (string replace -r '^~' $HOME -- $given[1])
    set -l found ($program __complete fish $given[2..-1] "$current" 2>/dev/null </dev/null)
    set -l first (string split -m 2 ' ' -- $found[1])
    switch "$first[1]"
        case files
            __hc_paths __fish_complete_path "$first[3]" "$current"
        case folders
            __hc_paths __fish_complete_directories "$first[3]" "$current"
        case words
            for line in $found[2..-1]
                echo $line
            end
    end
end
# fish completes paths; what stands in front of one (--out=) is put before each again.
function __hc_paths
    set -l path (string sub -s (math (string length -- "$argv[2]") + 1) -- "$argv[3]")
    for line in ($argv[1] "$path" '')
        echo $argv[2]$line
    end
end
complete -c hc -f -a '(__hc_complete)'
`

/** The script of a shell. */
export function completionScript(shell: Shell): string {
  return { bash: BASH, zsh: ZSH, fish: FISH }[shell]
}
