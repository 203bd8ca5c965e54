# Completion of the lab's own commands (bash, and zsh by bashcompinit), in lab shell and by `lab completion`.
# _lab_names KIND [LAB] prints what a word may be, a line each.

# _lab_offer WORDS: of these, what begins as the word at the cursor; names with blanks there are none.
_lab_offer() { COMPREPLY=($(compgen -W "$1" -- "${COMP_WORDS[COMP_CWORD]}")); }

# Units that fleet knows, and unit files: `-o default` offers files where nothing here fits.
_lab_fleetctl() {
  case $COMP_CWORD:${COMP_WORDS[1]} in
    1:*) _lab_offer "$(_lab_names fleetctl)" ;;
    *:ssh) _lab_offer "$(_lab_names machines "$lab_named")
$(_lab_names units "$lab_named")" ;;
    *:start | *:load | *:stop | *:unload | *:destroy | *:status | *:journal | *:cat | *:restart) _lab_offer "$(_lab_names units "$lab_named")" ;;
  esac
}

# Takes what may stand anywhere on the line out of it: --name LAB (bash takes `--name=LAB` for three words), --provider NAME.
_lab_lab() {
  local lab_named= word at=0 left=() cursor=$COMP_CWORD taken=
  for word in "${COMP_WORDS[@]}"; do
    if [ "$at" != "$COMP_CWORD" ] && [ "$word" = '=' ] && [ -n "$taken" ]; then
      cursor=$((cursor - 1))
    elif [ -n "$taken" ]; then
      if [ "$at" = "$COMP_CWORD" ]; then
        [ "$word" != '=' ] || { COMP_WORDS[COMP_CWORD]=; }
        if [ "$taken" = --name ]; then _lab_offer "$(_lab_names labs)"; else _lab_offer 'nspawn vagrant'; fi
        return
      fi
      [ "$taken" != --name ] || lab_named=$word
      taken=
      [ "$at" -gt "$COMP_CWORD" ] || cursor=$((cursor - 1))
    elif [ "$at" != "$COMP_CWORD" ] && { [ "$word" = --name ] || [ "$word" = --provider ]; }; then
      taken=$word
      [ "$at" -gt "$COMP_CWORD" ] || cursor=$((cursor - 1))
    else
      left+=("$word")
    fi
    at=$((at + 1))
  done
  COMP_WORDS=("${left[@]}")
  COMP_CWORD=$cursor
  case $COMP_CWORD:${COMP_WORDS[1]} in
    1:*) _lab_offer "$(_lab_names lab)" ;;
    2:scenario) _lab_offer "$(_lab_names scenarios)" ;;
    2:runs) _lab_offer "$(_lab_names scenarios)" ;;
    2:snapshot) _lab_offer 'save list restore delete' ;;
    3:snapshot) [ "${COMP_WORDS[2]}" = save ] || _lab_offer "$(_lab_names snapshots "$lab_named")" ;;
    2:completion) _lab_offer 'bash zsh fish' ;;
    *:report | *:compare) _lab_offer "$(_lab_names runs)" ;;
    *:logs) _lab_offer "$(_lab_names machines "$lab_named")
$(_lab_names units "$lab_named")" ;;
    *:up | *:ssh | *:halt | *:cut | *:destroy | *:env | *:vagrant) _lab_offer "$(_lab_names machines "$lab_named")" ;;
    *:fleetctl)
      COMP_WORDS=("${COMP_WORDS[@]:1}")
      COMP_CWORD=$((COMP_CWORD - 1))
      _lab_fleetctl
      ;;
  esac
}

complete -o default -F _lab_lab lab
