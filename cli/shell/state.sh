#!/bin/sh
# The prompt's word on the lab: `lab 3/3`, `lab 2/3 core-02 halted`. Milliseconds: it is called before each prompt.
. "$LAB_SHELL_HOME/lab-shell.sh"
if [ "$(lab_provider)" = vagrant ]; then
  printf '%s (vagrant)' "$LAB_SHELL_NAME"
  exit
fi
running=0 all=0 others=
for entry in $(lab_machines); do
  all=$((all + 1))
  case $(lab_state "${entry%%=*}") in
    running) running=$((running + 1)) ;;
    halted) others="${others:+$others, }${entry%%=*} halted" ;;
    *) others="${others:+$others, }${entry%%=*} absent" ;;
  esac
done
[ "$running" != 0 ] || others=down
printf '%s %s/%s%s' "$LAB_SHELL_NAME" "$running" "$all" "${others:+ $others}"
