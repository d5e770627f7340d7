import type { shells } from './words.ts';

/** Writes a script. `node` and `main` are absolute paths: of the right Node, which the shell may not have, and of cli/main.js. */
type Script = (node: string, main: string) => string;

/**
 * The completion script of each shell. It defines the function `ota`, unless the shell knows a command of this name. At each TAB it asks
 * `ota completion words INDEX -- WORD...`, which answers a candidate a line, and `:files` if names of files fit too.
 */
export const scripts: Readonly<Record<(typeof shells)[number], Script>> = {
  bash: (node, main) => `# ota in bash: eval "$(ota completion bash)" in ~/.bashrc
__ota() { ${posix(node)} ${posix(main)} "$@"; }
type ota >/dev/null 2>&1 || ota() { __ota "$@"; }
__ota_complete() {
  local line current=\${COMP_WORDS[COMP_CWORD]} IFS=$'\\n'
  COMPREPLY=()
  while read -r line; do
    if [ "$line" = :files ]; then
      compopt -o filenames 2>/dev/null
      COMPREPLY+=($(compgen -f -- "$current"))
    else
      COMPREPLY+=("$line")
    fi
  done < <(__ota completion words "$((COMP_CWORD - 1))" -- "\${COMP_WORDS[@]:1}" 2>/dev/null)
}
complete -F __ota_complete ota`,
  zsh: (node, main) => `# ota in zsh: eval "$(ota completion zsh)" in ~/.zshrc
__ota() { ${posix(node)} ${posix(main)} "$@" }
whence ota >/dev/null || ota() { __ota "$@" }
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
__ota_complete() {
  local line
  local -a found
  for line in "\${(@f)$(__ota completion words $((CURRENT - 2)) -- "\${(@)words[2,-1]}" 2>/dev/null)}"; do
    case $line in
      (:files) _files ;;
      (?*) found+=("$line") ;;
    esac
  done
  compadd -- "\${found[@]}"
}
compdef __ota_complete ota`,
  fish: (node, main) => `# ota in fish: ota completion fish | source in ~/.config/fish/config.fish
function __ota
  ${posix(node)} ${posix(main)} $argv
end
type -q ota; or function ota
  __ota $argv
end
function __ota_complete
  set -l typed (commandline -opc)
  set -l current (commandline -ct)
  for line in (__ota completion words (math (count $typed) - 1) -- $typed[2..-1] "$current" 2>/dev/null)
    if test "$line" = :files
      __fish_complete_path "$current"
    else
      echo $line
    end
  end
end
complete -c ota -f -a '(__ota_complete)'`,
  powershell: (node, main) => `# ota in PowerShell: ota completion powershell | Out-String | Invoke-Expression in $PROFILE
function global:__ota { & ${quoted(node)} ${quoted(main)} @args }
if (-not (Get-Command ota -ErrorAction SilentlyContinue)) { function global:ota { __ota @args } }
Register-ArgumentCompleter -Native -CommandName ota -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $typed = @($commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { "$_" } | Select-Object -Skip 1)
  $index = if ($wordToComplete) { $typed.Count - 1 } else { $typed.Count }
  __ota completion words $index -- @typed 2>$null | Where-Object { $_ -ne ':files' } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}`,
};

/** A text as one word of a POSIX shell, and of fish. */
function posix(text: string): string {
  return /^[\w./+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A text as one word of PowerShell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
