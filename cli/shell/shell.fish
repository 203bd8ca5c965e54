# fish in lab shell: read behind the reader's own config.fish.
set -gx PATH "$LAB_SHELL_HOME/programs" $PATH
# What the reader's file says of another cluster or Docker engine is not meant here.
for name in (set --names --export | string match --regex '^(?:FLEETCTL|FLEET|ETCDCTL|ETCD|DOCKER|COMPOSE)_.*')
    contains -- $name FLEETCTL_REGISTRY FLEETCTL_BLOCK_ATTEMPTS FLEETCTL_REQUEST_TIMEOUT FLEETCTL_SSH_TIMEOUT; or set --erase $name
end
set -gx FLEETCTL_ENDPOINT $LAB_SHELL_FLEET
set -gx FLEETCTL_SSH_KEY $LAB_SHELL_STATE/keys/id_ed25519
set -gx ETCDCTL_ENDPOINT $LAB_SHELL_ETCD
for program in "$LAB_SHELL_HOME"/programs/*
    functions --erase (basename $program)
end
function fish_prompt
    echo -n "["(sh "$LAB_SHELL_HOME/state.sh")"] "(prompt_pwd)"> "
end
function __lab_names
    sh "$LAB_SHELL_HOME/names.sh" $argv
end
complete -c ssh -a '(__lab_names machines)'
complete -c vagrant -n __fish_use_subcommand -f -a 'up halt destroy ssh status reload snapshot'
complete -c vagrant -n 'not __fish_use_subcommand' -f -a '(__lab_names machines)'
complete -c fleetctl -n __fish_use_subcommand -f -a '(__lab_names fleetctl)'
complete -c fleetctl -n 'not __fish_use_subcommand' -a '(__lab_names units)'
source "$LAB_SHELL_HOME/lab-completion.fish"
