# shellcheck shell=bash
# status.sh - what was run and what is there: the command status. Sourced by pipeline.sh.

declare -A run

# The same for people and for programs.
command_status() {
    local script=status/status.sql runs=10
    while [ $# -gt 0 ]; do
        case $1 in
        --json) script=status/json.sql ;;
        --runs)
            [ $# -gt 1 ] || fail "$EX_USAGE" "--runs needs an argument"
            runs=$2
            shift
            ;;
        --runs=*) runs=${1#*=} ;;
        -h | --help) usage; exit 0 ;;
        *) fail "$EX_USAGE" "status: '$1' is not known; see pipeline.sh --help" ;;
        esac
        shift
    done
    case $runs in '' | *[!0-9]*) fail "$EX_USAGE" "--runs takes a number" ;; esac
    open_database
    open_schema
    show_step "$script" "runs=$runs" || fail $? "no status: ${run[reason]}"
}
