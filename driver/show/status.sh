# shellcheck shell=bash
# status.sh - what was run and what is there: the command status. Sourced by pipeline.sh.

declare -A run

# What the database does not know: sets the array surroundings to the variables of a step for the
# next scheduled runs and the quota of the API's calls; empty values for what can't be told.
look_around() {
    local kind next quota name
    surroundings=()
    for kind in daily monthly; do
        next=
        # No schedule is installed, or this machine has none.
        ! declare -F schedule_next >/dev/null || next=$(schedule_next "$kind" 2>/dev/null) || next=
        case ${next%%$'\t'*} in '' | *[!0-9]*) next= ;; esac
        surroundings+=("next_$kind=${next%%$'\t'*}" "next_${kind}_text=${next#*$'\t'}")
    done
    quota=$("$FECPIPE_BIN/fec-fetch" quota 2>/dev/null) || quota=
    for name in limit used left wait_seconds; do
        next=$(sed -n "s/^$name=\([0-9][0-9.]*\)$/\1/p" <<<"$quota" | head -n 1)
        surroundings+=("quota_${name%_seconds}=$next")
    done
}

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
    look_around
    step_alone "$script" "${surroundings[@]}" "runs=$runs" || fail $? "no status: ${run[reason]}"
}
