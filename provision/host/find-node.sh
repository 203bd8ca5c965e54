# Sourced by the launcher. find_node sets `node` and puts its directory in front of PATH where it is the lab's own;
# need_npm makes sure of npm. The system's Node is never touched.

# Pinned to what npm has for x64 and arm64 alike: the OS image holds this Node and is cached by its version.
own_version=24.21.0
needed_node='20.19+ or 22.12+'
system_node=$(command -v node) || system_node=

to_remember=
# Asking a Node costs as much as all else here, so what was asked of this very file is remembered with the build.
fits() {
  seen=$(stat -Lc '%n %i %s %y' -- "$1" 2>/dev/null) || seen=
  known=
  { [ ! -r "$root/dist/.node" ] || IFS= read -r known <"$root/dist/.node"; } 2>/dev/null || :
  if [ -n "$seen" ] && [ "$seen" = "$known" ]; then return 0; fi
  asked_fits "$1" || return 1
  to_remember=$seen
}

# When all else is done: who is refused leaves nothing behind.
remember_node() {
  if [ -z "$to_remember" ] || [ ! -w "$root/dist" ]; then return; fi
  { printf '%s\n' "$to_remember" >"$root/dist/.node.$$" && mv -f "$root/dist/.node.$$" "$root/dist/.node"; } 2>/dev/null || :
}

# What Vite takes. Says in `unfit` why not.
asked_fits() {
  unfit="$1 does not run"
  version=$("$1" --version 2>/dev/null) || return 1
  version=${version#v}
  major=${version%%.*}
  minor=${version#*.}
  minor=${minor%%.*}
  case $major$minor in '' | *[!0-9]*) return 1 ;; esac
  unfit="Node $version is too old ($needed_node is needed)"
  case $major in
    20) [ "$minor" -ge 19 ] || return 1 ;;
    22) [ "$minor" -ge 12 ] || return 1 ;;
    *) [ "$major" -gt 22 ] || return 1 ;;
  esac
  # The machines get a copy of the binary.
  unfit="Node $version needs Debian's libnode.so, which the machines do not have"
  case $(ldd "$1" 2>/dev/null) in *libnode.so*) return 1 ;; esac
}

find_node() {
  node=$system_node
  if [ -n "$node" ] && fits "$node"; then return; fi
  if [ -z "$node" ]; then
    unfit='PATH has no Node (under sudo it may be another PATH than yours)'
    [ -z "${SUDO_UID:-}" ] || unfit="sudo's PATH has no Node"
  fi
  lack=$unfit
  place_own_node
  fits "$node" || take_node
  PATH=$own/bin${PATH:+:$PATH}
  export PATH
}

# As the CLI finds the cache, see provision/config/load-config.ts.
place_own_node() {
  case ${XDG_CACHE_HOME:-} in
    /*) nodes=$XDG_CACHE_HOME ;;
    *) nodes=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}/.cache ;;
  esac
  nodes=$nodes/coreos-lab/node
  arch=$(uname -m 2>/dev/null) || arch=unknown
  case $arch in
    x86_64) arch=x64 ;;
    aarch64) arch=arm64 ;;
  esac
  own=$nodes/$own_version-$arch
  node=$own/bin/node
}

# Of npm's `node` only the package with the binary: `node` itself fetches it by an install script, which npm may not run.
take_node() {
  package=node-linux-$arch
  refuse_install "$lack" "npm install $package@$own_version, into $own"
  plan_npm "$lack"
  case $arch in x64 | arm64) ;; *) fail host.node "$lack, and the lab takes none for this CPU ($arch)" "install Node ($needed_node)" ;; esac
  require_root "$lack, and only root may install one"
  nodes=$(readlink -m -- "$nodes")
  own=$nodes/$own_version-$arch
  node=$own/bin/node
  output=$(mkdir -p "$nodes" 2>&1 && (: >>"$nodes/.lock") 2>&1) ||
    fail host.cache "$lack, and $nodes cannot be written" 'set XDG_CACHE_HOME to a directory that can' "$output"
  (take_node_alone) 9>"$nodes/.lock" || exit $?
}

# What is there under the final name is whole: it comes by a rename. Debris of a call that was killed goes.
take_node_alone() {
  flock 9
  ! fits "$node" || return 0
  need_npm
  echo "lab: $lack: taking Node $own_version from npm into $own (once)" >&2
  new=$nodes/.new
  rm -rf "$new" "$own"
  mkdir "$new"
  echo '{}' >"$new/package.json"
  output=$(cd "$new" && npm install --no-save --no-package-lock --ignore-scripts --no-fund --no-audit --loglevel=error \
    "$package@$own_version" 2>&1) ||
    fail host.node "$lack, and npm could not fetch $package@$own_version" "install Node ($needed_node), or see to npm's network: npm ping" \
      "$(printf '%s\n' "$output" | tail -n 15)"
  fits "$new/node_modules/$package/bin/node" || fail host.node "of npm's $package@$own_version: $unfit" "install Node ($needed_node)"
  rm -rf "$new/node_modules/$package/include" "$new/node_modules/$package/share"
  mv -T "$new/node_modules/$package" "$own"
  rm -rf "$new"
}

npm_runs() { npm --version >/dev/null 2>&1; }

# Debian's npm, where there is none that runs.
need_npm() {
  ! npm_runs || return 0
  refuse_install 'npm is missing' ''
  plan_npm 'npm is missing'
  require_root 'npm is missing, and only root may install it'
  echo 'lab: npm is missing: installing Debian packages: nodejs npm' >&2
  output=$(
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q -o DPkg::Lock::Timeout=120 update </dev/null 2>&1
    apt-get -q -o DPkg::Lock::Timeout=120 install -y --no-install-recommends nodejs npm </dev/null 2>&1 && npm --version 2>&1
  ) || fail host.npm 'apt-get could not install npm' "Run: $apt_step" "$(printf '%s\n' "$output" | tail -n 15)"
}

apt_step='apt-get update && apt-get install -y --no-install-recommends nodejs npm'

# Refuses where Debian's npm would bring its `nodejs` in the place of a Node that is not Debian's.
plan_npm() {
  ! npm_runs || return 0
  get="install npm; it comes with Node ($needed_node)"
  command -v apt-get >/dev/null || fail host.npm "$1, and neither npm nor apt-get is there to get it" "$get"
  case $(dpkg-query -W -f '${db:Status-Status} ${Version}' nodejs 2>/dev/null) in
    'installed '*dfsg*) return ;;
    installed*) ;;
    *) case $system_node in /usr/bin/node | /bin/node) ;; *) return ;; esac ;;
  esac
  fail host.npm "$1, and Debian's npm would replace the Node that this host has" "$get"
}

# refuse_install CAUSE STEP
refuse_install() {
  [ "$LAB_NO_INSTALL" != 0 ] || return 0
  steps=$2
  npm_runs || steps="$apt_step${2:+
$2}"
  fail host.node "$1, and nothing may be installed (--no-install or LAB_NO_INSTALL)" "allow the lab these steps, or put Node ($needed_node) with npm first in PATH" "$steps"
}

require_root() {
  [ "$(id -u)" = 0 ] || fail permission.root "$1" "Run: sudo $self"
}
