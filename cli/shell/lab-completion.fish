# Completion of the lab's own commands in fish, in lab shell and by `lab completion`. __lab_names KIND [LAB] prints what a word may be.
function __lab_meant
    set -l words (commandline -opc)
    for at in (seq (count $words))
        switch $words[$at]
            case --name
                echo $words[(math $at + 1)]
            case '--name=*'
                string replace -- --name= '' $words[$at]
        end
    end
end
function __lab_machines
    __lab_names machines (__lab_meant)
end
complete -c lab -l name -x -a '(__lab_names labs)'
complete -c lab -l provider -x -a 'nspawn vagrant'
complete -c lab -n __fish_use_subcommand -f -a '(__lab_names lab)'
complete -c lab -n '__fish_seen_subcommand_from scenario runs' -f -a '(__lab_names scenarios)'
complete -c lab -n '__fish_seen_subcommand_from report compare' -f -a '(__lab_names runs)'
complete -c lab -n '__fish_seen_subcommand_from snapshot' -f -a 'save list restore delete (__lab_names snapshots (__lab_meant))'
complete -c lab -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'
complete -c lab -n '__fish_seen_subcommand_from logs' -f -a '(__lab_names units (__lab_meant))'
complete -c lab -n '__fish_seen_subcommand_from ssh logs halt up cut destroy env' -f -a '(__lab_machines)'
