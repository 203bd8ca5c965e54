# Completion in lab shell (bash, and zsh by bashcompinit): of `lab`, and of the programs that speak to it.
_lab_names() { sh "$LAB_SHELL_HOME/names.sh" "$1" "$2"; }
. "$LAB_SHELL_HOME/lab-completion.bash"

_lab_ssh() { _lab_offer "$(_lab_names machines)"; }

_lab_vagrant() {
  if [ "$COMP_CWORD" = 1 ]; then _lab_offer 'up halt destroy ssh status reload snapshot'; else _lab_offer "$(_lab_names machines)"; fi
}

complete -o default -F _lab_ssh ssh
complete -F _lab_vagrant vagrant
complete -o default -F _lab_fleetctl fleetctl
