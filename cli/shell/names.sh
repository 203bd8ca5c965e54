#!/bin/sh
# What a word of the command line may be, a line each, for the completion of each shell:
# names.sh machines|units|scenarios|runs|snapshots|labs|fleetctl|lab [LAB], of another lab than the shell's own where one is named
case ${2-} in
  '' | */*) ;;
  *) LAB_SHELL_NAME=$2 LAB_SHELL_STATE=${LAB_SHELL_STATE%/*}/$2 ;;
esac
. "$LAB_SHELL_HOME/lab-shell.sh"
case $1 in
  machines) for entry in $(lab_machines); do echo "${entry%%=*}"; done ;;
  # Nobody waits long for a key: no answer is no names.
  units) [ -z "$(lab_running)" ] || timeout 3 "$LAB_SHELL_HOME/programs/fleetctl" list-unit-files --no-legend --fields unit 2>/dev/null ;;
  runs) for report in "$LAB_SHELL_ROOT"/runs/*/*/report.json; do
    run=${report%/report.json}
    [ ! -e "$report" ] || echo "${run#"$LAB_SHELL_ROOT/runs/"}"
  done ;;
  snapshots) for record in "$LAB_SHELL_STATE"/snapshots/*/snapshot.json; do
    snapshot=${record%/snapshot.json}
    [ ! -e "$record" ] || echo "${snapshot##*/}"
  done ;;
  labs) for spec in "${LAB_SHELL_STATE%/*}"/*/supervisor-spec.json; do
    lab=${spec%/supervisor-spec.json}
    [ ! -e "$spec" ] || echo "${lab##*/}"
  done ;;
  scenarios) printf '%s\n' $LAB_SHELL_SCENARIOS ;;
  fleetctl) printf '%s\n' cat destroy fd-forward help journal list-machines list-unit-files list-units load rebalance restart ssh start status stop submit unload verify version why ;;
  lab) printf '%s\n' up status list ssh cp logs watch halt cut destroy snapshot fleetctl scenario shell env completion guide runs report compare dashboard vagrant image doctor docs explain test help ;;
esac
