# zsh in lab shell: the reader's own zshrc, then the lab's programs, prompt and completion.
ZDOTDIR=$LAB_SHELL_ZDOTDIR
[[ ! -r $ZDOTDIR/.zshrc ]] || . "$ZDOTDIR/.zshrc"
path=("$LAB_SHELL_HOME/programs" $path)
for lab_program in "$LAB_SHELL_HOME"/programs/*(:t); do
  unalias $lab_program 2>/dev/null
  unfunction $lab_program 2>/dev/null
done
unset lab_program
setopt prompt_subst
PROMPT='[$(sh "$LAB_SHELL_HOME/state.sh")] %~%# '
# The completion is bash's, which zsh can read.
autoload -Uz compinit bashcompinit && compinit -D && bashcompinit && . "$LAB_SHELL_HOME/completion.bash"
