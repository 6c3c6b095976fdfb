# shellcheck shell=bash
# index.sh - the indexes for usual questions: the command index, and what a run does after it has
# loaded a table first. Sourced by pipeline.sh.

declare -A run

# Says what index.sql has made; reads its lines.
say_indexes() {
    local table name bytes seconds
    while IFS=$'\t' read -r table name bytes seconds; do
        if [ "$table" = without ]; then
            complain_in_passing "$name"
        else
            say "index on $table by $name: $(megabytes "$bytes"), $seconds s"
        fi
    done
}

# What a run has loaded first gets its indexes. The run is complete without them.
make_first_indexes() {
    [ "$FEC_INDEXES" != none ] || return 0
    # Over a connection of its own, because an error ends the session, which is needed yet.
    step_alone index/index.sql "cycle=${run[cycle]}" "run_id=${run[id]}" "indexes=$FEC_INDEXES" \
        >"${run[folder]}/indexes" ||
        complain_in_passing "not all indexes are made: ${run[reason]}; 'pipeline.sh index' goes on"
    say_indexes <"${run[folder]}/indexes"
}

command_index() {
    local cycles='' one status
    while [ $# -gt 0 ]; do
        case $1 in
        -h | --help) usage; exit 0 ;;
        --cycle=*) cycles="$cycles ${1#*=}" ;;
        --indexes=*) FEC_INDEXES=${1#*=} ;;
        --cycle | --indexes)
            [ $# -gt 1 ] || fail "$EX_USAGE" "$1 needs an argument"
            if [ "$1" = --cycle ]; then cycles="$cycles $2"; else FEC_INDEXES=$2; fi
            shift
            ;;
        *) fail "$EX_USAGE" "index: '$1' is not known; see pipeline.sh --help" ;;
        esac
        shift
    done
    check_value indexes "$FEC_INDEXES" --indexes "$EX_USAGE"
    [ -z "$cycles" ] || cycles=$(list_cycles "$cycles") || exit $?
    open_database
    open_schema
    # Without a cycle: all that there are.
    while IFS= read -r one; do
        {
            PGAPPNAME='fecpipe index' step_alone index/index.sql "cycle=$one" run_id= \
                "indexes=$FEC_INDEXES" ||
                fail $? "not all indexes are made: ${run[reason]}; the same command goes on"
        } | say_indexes
        status=${PIPESTATUS[0]}
        [ "$status" = 0 ] || exit "$status"
    done <<<"${cycles// /$'\n'}"
}
