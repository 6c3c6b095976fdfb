# shellcheck shell=bash
# status.sh - what was run and what is there: the summary of a run, and the command status. Sourced
# by pipeline.sh.

# monthly_summary CYCLE SECONDS: the closing words of a run that went well.
monthly_summary() {
    local title='MONTHLY RECONCILIATION COMPLETE' rows states
    if [ -n "$dry_run" ]; then
        title='MONTHLY RECONCILIATION DRY RUN: this would change, nothing was changed'
    fi
    printf '\n%s\ncycle %s, run %s\n\n' "$title" "$1" "$run_id"
    rows=$(ask "\\set run_id $run_id
\\i $(psql_path "$share/sql/summary.sql")") || {
        complain "the counts cannot be shown: $(session_error)"
        return 0
    }
    awk -F '\t' '
        BEGIN { counts = "  %-28s %13s %13s %13s %13s %13s\n" }
        NR == 1 { printf counts, "", "new", "changed", "withdrawn", "unchanged", "rejected" }
        $2 == "skipped" {
            printf "  %-28s the FEC has not changed the file since the last run\n", $1
            next
        }
        { printf counts, $1, $3, $4, $5, $6, $7 }' <<<"$rows"
    states=$(ask "SELECT to_char(coalesce(states_updated, 0), 'FM999,999,990')
        FROM fec.run WHERE run_id = $run_id")
    printf '\n  states updated               %13s\n' "$states"
    printf '  time                         %13s\n' "$2 s"
    [ -n "$dry_run" ] || return 0
    # The rule of check-dataset.sql, of which a dry run only warns.
    ask "SELECT format(E'\n%s: more than 5 %% of the rows would be withdrawn; '
                       'without --force the run would stop', dataset)
        FROM fec.run_dataset
        WHERE run_id = $run_id AND withdrawn > 0.05 * (unchanged + changed + withdrawn)"
}

command_status() {
    local script=status.sql runs=10
    while [ $# -gt 0 ]; do
        case $1 in
        --json) script=status-json.sql ;;
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
    if [ "$script" = status.sql ]; then
        psql -X -q -v ON_ERROR_STOP=1 -v runs="$runs" -P pager=off -f "$share/sql/$script"
    else
        run_psql -v runs="$runs" -f "$share/sql/$script"
    fi
}
