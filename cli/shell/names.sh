#!/bin/sh
# What a word of the command line may be, a line each, for the completion of each shell: names.sh machines|units|scenarios|fleetctl|lab
. "$LAB_SHELL_HOME/lab-shell.sh"
case $1 in
  machines) for entry in $(lab_machines); do echo "${entry%%=*}"; done ;;
  # Nobody waits long for a key: no answer is no names.
  units) [ -z "$(lab_running)" ] || timeout 3 "$LAB_SHELL_HOME/programs/fleetctl" list-unit-files --no-legend --fields unit 2>/dev/null ;;
  scenarios) printf '%s\n' $LAB_SHELL_SCENARIOS ;;
  fleetctl) printf '%s\n' cat destroy fd-forward help journal list-machines list-unit-files list-units load rebalance restart ssh start status stop submit unload verify version why ;;
  lab) printf '%s\n' up status list ssh cp logs halt cut destroy fleetctl scenario shell env guide runs report compare vagrant image doctor explain test help ;;
esac
