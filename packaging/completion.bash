# shellcheck shell=bash
# Completions of fecpipe's programs for bash. make/completion.sh puts the table in when they are
# installed, and explains it.

_fecpipe_table='
@TABLE@
'

# _fecpipe_look_up PROGRAM COMMAND BEFORE: what can follow the word BEFORE. Sets kind to that of its
# argument if it is an option, next to that of the operand after it, first to that of the first
# operand, and options to those that go there.
_fecpipe_look_up() {
    local of word names its_kind
    kind='' next='' first='' options=''
    while IFS='|' read -r of word names its_kind _; do
        if [ "$of" != "$1" ]; then
            :
        elif [ -z "$names$word" ]; then
            first=$its_kind
        elif [ -z "$names" ]; then
            [ "$word" != "$3" ] || next=$its_kind
        elif [ "$word" = '*' ] || [ "$word" = "$2" ]; then
            options="$options $names"
            case " $names " in *" $3 "*) kind=$its_kind ;; esac
        fi
    done <<<"$_fecpipe_table"
}

# _fecpipe_words KIND WORD: the words of a kind.
_fecpipe_words() {
    local one year before=${2%"${2##*,}"}
    case $1 in
    words*) echo "${1#words}" ;;
    list*)
        for one in ${1#list}; do
            case ,$2, in *,"$one",?*) ;; *) printf '%s ' "$before$one" ;; esac
        done
        ;;
    cycles)
        printf -v year '%(%Y)T' -1
        for ((year += year % 2; year >= 1980; year -= 2)); do printf '%s ' "$year"; done
        ;;
    esac
}

_fecpipe() {
    local word=$2 before=$3 at=$COMP_CWORD command='' kind next first options one
    COMPREPLY=()
    # bash takes the = of --option=value for a word of its own.
    if [ "$word" = = ]; then
        word=''
    elif [ "$before" = = ]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    [ "$at" -lt 2 ] || command=${COMP_WORDS[1]}
    _fecpipe_look_up "${1##*/}" "$command" "$before"
    if [ -z "$kind" ]; then
        kind="words $options"
        case $word in
        -*) ;;
        *)
            # The first operand, unless it is there already.
            for one in "${COMP_WORDS[@]:1:at - 1}"; do
                case " $first " in *" $one "*) first='' ;; esac
            done
            kind=${next:-${first:-files}}
            ;;
        esac
    fi
    # With an empty COMPREPLY, bash completes names of files by itself.
    [ "$kind" != files ] || return 0
    # (There is no compopt where somebody else calls this function.)
    compopt +o default +o bashdefault 2>/dev/null
    case $kind in list*) compopt -o nospace 2>/dev/null ;; esac
    mapfile -t COMPREPLY < <(compgen -W "$(_fecpipe_words "$kind" "$word")" -- "$word")
}

complete -o default -o bashdefault -F _fecpipe fec-fetch fec-unzip fec-parse fec-dedupe pg-load \
    pipeline.sh
