# zsh in lab shell: the reader's own zshrc, then the lab's programs, prompt and completion.
ZDOTDIR=$LAB_SHELL_ZDOTDIR
lab_kept=$(export -p | grep -E '^[^=]* (FLEETCTL|ETCDCTL)_[A-Z_]*=')
[[ ! -r $ZDOTDIR/.zshrc ]] || . "$ZDOTDIR/.zshrc"
# What the reader's file says of another cluster or Docker engine is not meant here.
for lab_name in $(env | sed -nE 's/^((FLEETCTL|FLEET|ETCDCTL|ETCD|DOCKER|COMPOSE)_[A-Za-z0-9_]*)=.*/\1/p'); do unset $lab_name; done
eval "$lab_kept"
unset lab_kept lab_name
path=("$LAB_SHELL_HOME/programs" $path)
for lab_program in "$LAB_SHELL_HOME"/programs/*(:t); do
  unalias $lab_program 2>/dev/null
  unfunction $lab_program 2>/dev/null
done
unset lab_program
setopt prompt_subst
PROMPT='[$(sh "$LAB_SHELL_HOME/state.sh")] %~%# '
# A prompt that the reader's file makes anew each time keeps its look, behind the lab's state.
lab_before_prompt() { [[ $PROMPT == *'/state.sh"'* ]] || PROMPT='[$(sh "$LAB_SHELL_HOME/state.sh")] '$PROMPT; }
precmd_functions+=(lab_before_prompt)
# The completion is bash's, which zsh can read.
autoload -Uz compinit bashcompinit && compinit -D && bashcompinit && . "$LAB_SHELL_HOME/completion.bash"
