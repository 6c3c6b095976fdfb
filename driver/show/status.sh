# shellcheck shell=bash
# status.sh - what was run and what is there: the summary of a run, and the command status. Sourced
# by pipeline.sh.

# monthly_summary CYCLE SECONDS: the closing words of a run that went well.
monthly_summary() {
    local title='MONTHLY RECONCILIATION COMPLETE'
    if [ -n "$dry_run" ]; then
        title='MONTHLY RECONCILIATION DRY RUN: this would change, nothing was changed'
    fi
    printf '\n%s\ncycle %s, run %s\n\n' "$title" "$1" "$run_id"
    summary_table "$2"
    [ -n "$dry_run" ] || return 0
    # The rule of sql/apply/check.sql, of which a dry run only warns.
    ask "SELECT format(E'\n%s: more than 5 %% of the rows would be withdrawn; '
                       'without --force the run would stop', dataset)
        FROM fec.run_dataset
        WHERE run_id = $run_id AND withdrawn > 0.05 * (unchanged + changed + withdrawn)"
}

# What the database does not know: sets the array surroundings to psql's options -v for the next
# scheduled runs and the quota of the API's calls; empty values for what can't be told.
look_around() {
    local kind next quota name
    surroundings=()
    for kind in daily monthly; do
        next=
        # No schedule is installed, or this machine has none.
        ! declare -F schedule_next >/dev/null || next=$(schedule_next "$kind" 2>/dev/null) || next=
        case ${next%%$'\t'*} in '' | *[!0-9]*) next= ;; esac
        surroundings+=(-v "next_$kind=${next%%$'\t'*}" -v "next_${kind}_text=${next#*$'\t'}")
    done
    quota=$("$bin/fec-fetch" quota 2>/dev/null) || quota=
    for name in limit used left wait_seconds; do
        next=$(sed -n "s/^$name=\([0-9][0-9.]*\)$/\1/p" <<<"$quota" | head -n 1)
        surroundings+=(-v "quota_${name%_seconds}=$next")
    done
}

command_status() {
    local script=sql/status/status.sql runs=10
    while [ $# -gt 0 ]; do
        case $1 in
        --json) script=sql/status/json.sql ;;
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
    surroundings+=(-v "runs=$runs")
    if [ "$script" = sql/status/status.sql ]; then
        psql -X -q -v ON_ERROR_STOP=1 "${surroundings[@]}" -P pager=off -f "$share/$script"
    else
        run_psql "${surroundings[@]}" -f "$share/$script"
    fi
}
