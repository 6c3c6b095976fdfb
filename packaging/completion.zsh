#compdef fec-fetch fec-unzip fec-parse fec-dedupe pg-load pipeline.sh
# Completions of fecpipe's programs for zsh. make/completion.sh puts the table in when they are
# installed, and explains it.

local table='
@TABLE@
'

# What _arguments takes: what completes an argument of a kind.
_fecpipe_action() {
    local year
    case $1 in
    files) REPLY=_files ;;
    words*) REPLY="(${1#words })" ;;
    list*) REPLY="_values -s , value ${1#list }" ;;
    cycles)
        year=$(date +%Y)
        REPLY="($(for ((year += year % 2; year >= 1980; year -= 2)); do print -n "$year "; done))"
        ;;
    *) REPLY=' ' ;;
    esac
}

# _fecpipe_arguments PROGRAM COMMAND: completes the options and operands that go there.
_fecpipe_arguments() {
    local of word names kind help name REPLY
    local -a specs both
    while IFS='|' read -r of word names kind help; do
        [[ $of == $1 ]] || continue
        if [[ -z $names ]]; then
            # The driver's own commands are completed elsewhere.
            if [[ -z $word && -z $2 ]] || [[ -n $word && $word == $2 ]]; then
                _fecpipe_action "$kind"
                specs+=("1:${word:-operand}:$REPLY")
            elif [[ -z $2 && -n ${words[(r)$word]} && $words[CURRENT-1] == $word ]]; then
                _fecpipe_action "$kind"
                specs+=("*:$word:$REPLY")
            fi
            continue
        fi
        [[ $word == '*' || $word == $2 ]] || continue
        help=${${${help//\\/\\\\}//\[/\\[}//\]/\\]}
        both=(${=names})
        for name in $both; do
            # A driver's option may be repeated: --cycle.
            if [[ -z $kind ]]; then
                specs+=("($both)${name}[$help]")
            else
                _fecpipe_action "$kind"
                case $name in
                --*) specs+=("*$name=[$help]:${name#--}:$REPLY") ;;
                *) specs+=("*$name+[$help]:${both[-1]#--}:$REPLY") ;;
                esac
            fi
        done
    done <<<"$table"
    (( ${#specs} )) && _arguments -s -S : $specs
}

if [[ $service != pipeline.sh ]]; then
    _fecpipe_arguments $service ''
elif (( CURRENT > 2 )); then
    # The command takes the place of the program.
    shift words
    (( CURRENT-- ))
    _fecpipe_arguments pipeline.sh $words[1]
else
    _fecpipe_arguments pipeline.sh ''
fi
