# Completion in lab shell: names of machines, units and scenarios (bash, and zsh by bashcompinit).
_lab_names() { sh "$LAB_SHELL_HOME/names.sh" "$1"; }

# _lab_offer WORDS: of these, what begins as the word at the cursor; names with blanks there are none.
_lab_offer() { COMPREPLY=($(compgen -W "$1" -- "${COMP_WORDS[COMP_CWORD]}")); }

_lab_ssh() { _lab_offer "$(_lab_names machines)"; }

_lab_vagrant() {
  if [ "$COMP_CWORD" = 1 ]; then _lab_offer 'up halt destroy ssh status reload'; else _lab_offer "$(_lab_names machines)"; fi
}

# Units that fleet knows, and unit files: `-o default` offers files where nothing here fits.
_lab_fleetctl() {
  case $COMP_CWORD:${COMP_WORDS[1]} in
    1:*) _lab_offer "$(_lab_names fleetctl)" ;;
    *:ssh) _lab_offer "$(_lab_names machines)
$(_lab_names units)" ;;
    *:start | *:load | *:stop | *:unload | *:destroy | *:status | *:journal | *:cat | *:restart) _lab_offer "$(_lab_names units)" ;;
  esac
}

_lab_lab() {
  case $COMP_CWORD:${COMP_WORDS[1]} in
    1:*) _lab_offer "$(_lab_names lab)" ;;
    2:scenario) _lab_offer "$(_lab_names scenarios)" ;;
    *:up | *:ssh | *:logs | *:halt | *:cut | *:destroy | *:env) _lab_offer "$(_lab_names machines)" ;;
    *:fleetctl)
      COMP_WORDS=("${COMP_WORDS[@]:1}")
      COMP_CWORD=$((COMP_CWORD - 1))
      _lab_fleetctl
      ;;
  esac
}

complete -o default -F _lab_ssh ssh
complete -F _lab_vagrant vagrant
complete -o default -F _lab_fleetctl fleetctl
complete -o default -F _lab_lab lab
