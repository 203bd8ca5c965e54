#!/bin/sh
# An extract hook of mmdebstrap: downloads packages and the libraries they depend on with the apt of the new root
# (its suite, the host's sources, signatures checked) and installs nothing.
#   fetch-packages.sh ROOT DIRECTORY "PACKAGES" "PACKAGES THAT ARE THERE ALREADY"
set -eu
directory=$2 packages=$3 without=$4
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"

depends() {
  apt-cache depends --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances "$@"
}

# Tools that a package's maintainer scripts want (perl, adduser) stay out: no script runs. Only libraries are followed.
closure() {
  # shellcheck disable=SC2086
  libraries=$(depends $1 | sed -n 's/^.*Depends: \(lib[^<>]*\)$/\1/p' | sort -u)
  {
    printf '%s\n' $1
    # shellcheck disable=SC2086
    [ -z "$libraries" ] || depends --recurse $libraries | grep -E '^(lib|gcc-[0-9]+-base)'
  } | sort -u
}

closure "$packages" >"$directory/wanted"
: >"$directory/present"
[ -z "$without" ] || closure "$without" >"$directory/present"
cd "$directory"
grep -vxFf present wanted >missing || true
# shellcheck disable=SC2046
apt-get --quiet --yes download $(cat missing)
