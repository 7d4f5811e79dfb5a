# Completion of the trm command in bash. It asks the command itself, so that it knows what that knows.
_trm()
{
    local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" help 2>/dev/null | sed -n 's/^  \([a-z]\+\) .*/\1/p') help" -- "$word")
    elif [ "$command" = help ]; then
        mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" help 2>/dev/null | sed -n 's/^  \([a-z]\+\) .*/\1/p')" -- "$word")
    elif [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" help "$command" 2>/dev/null | grep -o -- '--[a-z][a-z0-9-]*')" -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$word"; compgen -W "$("${COMP_WORDS[0]}" models 2>/dev/null | sed 's/ .*//')" -- "$word")
        compopt -o filenames 2>/dev/null
    fi
}
complete -F _trm trm
