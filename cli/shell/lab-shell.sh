# What the programs of `lab shell` and its prompt share (POSIX sh). Nothing here starts Node: whether a machine runs is read from the
# host's cgroups. `lab shell` sets the variables LAB_SHELL_* (shell-environment.ts).

# An error as the CLI prints it, with its exit codes: fail CODE CAUSE NEXT
fail() {
  printf 'error %s [%s]\nnext  %s\n' "$2" "$1" "$3" >&2
  case $1 in usage.*) exit 64 ;; missing.*) exit 68 ;; host.*) exit 69 ;; state.*) exit 74 ;; *) exit 70 ;; esac
}

# PATH without the programs of the shell: what they call is the host's own.
lab_leave() {
  left=:$PATH:
  while :; do
    case $left in
      *":$LAB_SHELL_HOME/programs:"*) left=${left%%":$LAB_SHELL_HOME/programs:"*}:${left#*":$LAB_SHELL_HOME/programs:"} ;;
      *) break ;;
    esac
  done
  left=${left#:}
  PATH=${left%:}
}

# What runs the machines: nspawn or vagrant; nothing for a lab that was never up.
lab_provider() {
  provider=
  [ ! -r "$LAB_SHELL_STATE/provider" ] || read -r provider <"$LAB_SHELL_STATE/provider" || :
  printf '%s' "$provider"
}

# NAME=ADDRESS of each machine, a line each: those that the supervisor knows, else those of the configuration.
lab_machines() {
  spec=$LAB_SHELL_STATE/supervisor-spec.json
  known=
  if [ -r "$spec" ]; then
    known=$(sed -n 's/^ *"name": "\([^"]*\)",*$/\1/p; s/^ *"address": "\([^"]*\)",*$/=\1/p' "$spec" | sed -n '/^=/!{N;s/\n//p;}')
  fi
  if [ -n "$known" ]; then printf '%s\n' "$known"; else printf '%s\n' $LAB_SHELL_MACHINES; fi
}

# lab_pid MACHINE: its PID 1 as the host counts; fails when it does not run. Its cgroup goes with the machine, and is empty after a
# kill -9 of the supervisor.
lab_pid() {
  for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
    procs=$hierarchy/coreos-lab/$LAB_SHELL_NAME/$1/machine/payload/init.scope/cgroup.procs
    pid=
    [ ! -r "$procs" ] || read -r pid <"$procs" 2>/dev/null || :
    [ -z "$pid" ] || { printf '%s' "$pid"; return 0; }
  done
  return 1
}

# lab_state MACHINE: running, halted (it has a disk) or absent; unknown for a virtual machine, which only its hypervisor knows.
lab_state() {
  if [ "$(lab_provider)" = vagrant ]; then echo unknown
  elif lab_pid "$1" >/dev/null; then echo running
  elif [ -e "$LAB_SHELL_STATE/machines/$1/provisioned.json" ]; then echo halted
  else echo absent; fi
}

# lab_address MACHINE; fails for a name that is no machine's.
lab_address() {
  for entry in $(lab_machines); do
    [ "${entry%%=*}" != "$1" ] || { printf '%s' "${entry#*=}"; return 0; }
  done
  return 1
}

# The names of machines that can be asked: those that run, of virtual machines all.
lab_running() {
  for entry in $(lab_machines); do
    case $(lab_state "${entry%%=*}") in running | unknown) echo "${entry%%=*}" ;; esac
  done
}

# lab_endpoints PORT [SCHEME]: addresses of machines that can be asked, with commas. A halted one would cost its time-out at each call.
lab_endpoints() {
  urls=
  for entry in $(lab_machines); do
    case $(lab_state "${entry%%=*}") in running | unknown) urls=${urls:+$urls,}${2-http}://${entry#*=}:$1 ;; esac
  done
  printf '%s' "$urls"
}

# lab_down: ends the program
lab_down() {
  fail state.lab-down "no machine of lab $LAB_SHELL_NAME runs" 'vagrant up   (or: lab up)'
}

# The root directory of the image that the machines are made from, on the host; programs in it run here, too.
lab_os_root() {
  [ ! -r "$LAB_SHELL_STATE/supervisor-spec.json" ] ||
    sed -n 's/^ *"osRoot": "\(.*\)",*$/\1/p' "$LAB_SHELL_STATE/supervisor-spec.json" | head -n 1
}
