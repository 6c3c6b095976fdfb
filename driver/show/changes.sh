# shellcheck shell=bash
# changes.sh - the command changes: the rows that were added, changed and withdrawn. Sourced by
# pipeline.sh.

declare -A run

command_changes() {
    local name value cycle=''
    local -A wanted=([cycle]='' [dataset]=indiv [since]='' [format]=tsv)
    while [ $# -gt 0 ]; do
        case $1 in
        -h | --help) usage; exit 0 ;;
        --cycle=* | --dataset=* | --since=* | --format=*)
            name=${1%%=*} value=${1#*=}
            ;;
        --cycle | --dataset | --since | --format)
            [ $# -gt 1 ] || fail "$EX_USAGE" "$1 needs an argument"
            name=$1 value=$2
            shift
            ;;
        *) fail "$EX_USAGE" "changes: '$1' is not known; see pipeline.sh --help" ;;
        esac
        wanted[${name#--}]=$value
        shift
    done
    case ${wanted[format]} in
    tsv | csv | jsonl) ;;
    *) fail "$EX_USAGE" "--format takes tsv, csv or jsonl, not '${wanted[format]}'" ;;
    esac
    if [ -n "${wanted[cycle]}" ]; then
        cycle=$(one_cycle "${wanted[cycle]}") || exit $?
    else
        cycle=$(current_cycle)
    fi
    open_database
    open_schema
    PGAPPNAME='fecpipe changes' step_alone changes/changes.sql "cycle=$cycle" \
        "dataset=${wanted[dataset]}" "since=${wanted[since]}" "format=${wanted[format]}" ||
        fail $? "no changes: ${run[reason]}"
}
