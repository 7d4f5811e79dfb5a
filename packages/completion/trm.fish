# Completion of the trm command in fish. It asks the command itself, so that it knows what that knows.
function __trm_commands
    trm help 2>/dev/null | sed -n 's/^  \([a-z]*\)  *\(.*\)/\1\t\2/p'
end
function __trm_options
    trm help (commandline -opc)[2] 2>/dev/null | grep -o -e '--[a-z][a-z0-9-]*'
end
function __trm_models
    trm models 2>/dev/null | sed 's/ .*//'
end
complete -c trm -n __fish_use_subcommand -f -a '(__trm_commands)'
complete -c trm -n 'not __fish_use_subcommand' -a '(__trm_options)'
complete -c trm -n 'not __fish_use_subcommand' -a '(__trm_models)'
