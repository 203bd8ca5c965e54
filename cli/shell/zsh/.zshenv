# zsh in lab shell: the reader's own files, each as zsh would read it, then the lab's programs.
ZDOTDIR=$LAB_SHELL_ZDOTDIR
[[ ! -r $ZDOTDIR/.zshenv ]] || . "$ZDOTDIR/.zshenv"
path=("$LAB_SHELL_HOME/programs" $path)
# zsh reads .zshrc from where ZDOTDIR says by then.
[[ ! -o interactive ]] || ZDOTDIR=$LAB_SHELL_HOME/zsh
