#!/bin/bash
# etcdctl on a machine where starting Node takes seconds (an emulated guest): a process that stays runs the command, see
# platform/etcdctl/resident.ts. Without that process, and for what needs the terminal, it is started as everywhere else.
LC_ALL=C
own() { exec /usr/bin/node "${LAB_ETCDCTL_OWN:-/opt/lab/bin/etcdctl.cjs}" "$@"; }
{ exec 3<>"/dev/tcp/127.0.0.1/${LAB_ETCDCTL_PORT:-2390}"; } 2>/dev/null || own "$@"
environment=()
for name in "${!ETCDCTL_@}"; do environment+=("$name=${!name}"); done
printf '%s\0' "${#environment[@]}" "${environment[@]}" "$#" "$@" >&3
while IFS= read -r -t 60 line <&3; do
  case $line in
    o*) printf '%s\n' "${line:1}" ;;
    e*) printf '%s\n' "${line:1}" >&2 ;;
    x*) exit "${line:1}" ;;
    n) exec 3>&-; own "$@" ;;
  esac
done
echo 'Error:  the resident etcdctl ended in the middle; next: journalctl -u etcdctl' >&2
exit 4
