# shellcheck shell=bash
# metrics.sh - what is told to others after a run: metrics for a monitor, and the log of a run that
# failed for whoever wants to know of it. Sourced by pipeline.sh.

# How long the command FEC_ON_FAILURE may take.
failure_seconds=${FEC_ON_FAILURE_SECONDS:-60}

# The metrics from the database. Not 0, with the reason in metrics_reason, if it can't be asked.
metrics_from_database() {
    local messages=$1
    # Without open_database psql would ask whatever PostgreSQL it finds on this machine.
    [ -n "${caller_options+set}" ] || return 1
    look_around
    PGAPPNAME='fecpipe metrics' PGCONNECT_TIMEOUT=10 run_psql "${surroundings[@]}" \
        -v "version=$FECPIPE_VERSION" -f "$share/sql/status/metrics.sql" 2>"$messages" || {
        metrics_reason=$(psql_reason "$messages")
        return 1
    }
}

# The metrics when the database can't be asked: those of the file that is there, but for what is
# known better: that the database does not answer, and that the runs just made have failed.
metrics_without_database() {
    local file=$1 cycle
    printf '%s\n' "# HELP fecpipe_database_up Whether the database could be asked; if not, $(
    )values may be old." '# TYPE fecpipe_database_up gauge' 'fecpipe_database_up 0'
    printf '%s\n' '# HELP fecpipe_last_run_success Whether the last run went well.' \
        '# TYPE fecpipe_last_run_success gauge'
    for cycle in "${cycles[@]+"${cycles[@]}"}"; do
        printf 'fecpipe_last_run_success{kind="%s",cycle="%s"} 0\n' "${run_kind:-monthly}" "$cycle"
    done
    [ -f "$file" ] || return 0
    # The other runs' success stands below the same heading, then all the rest.
    awk -v kind="${run_kind:-monthly}" -v cycles=" ${cycles[*]-} " '
        /^fecpipe_last_run_success/ {
            cycle = $0
            sub(/.*cycle="/, "", cycle)
            sub(/".*/, "", cycle)
            if (!index($0, "kind=\"" kind "\"") || !index(cycles, " " cycle " ")) print
        }' "$file"
    grep -v -E '^(# (HELP|TYPE) )?fecpipe_(database_up|last_run_success)([ {]|$)' "$file"
    return 0
}

# write_metrics FILE: after a run, well or not. The file is replaced in one step, so nobody reads
# half of it, and all may read it. What goes wrong here is a complaint, no failure.
write_metrics() {
    local file=$1 new metrics_reason='no database was opened'
    [ ! -L "$file" ] || file=$(readlink -f "$file")
    new=$file.$$
    if { [ ! -e "$file" ] || [ -f "$file" ]; } && (: >"$new") 2>/dev/null; then
        # In a subshell, since nothing in it may end the driver.
        (metrics_from_database "$new.err" >"$new" ||
            {
                log "metrics: the database cannot be asked: $metrics_reason"
                metrics_without_database "$file" >"$new"
            }) 2>/dev/null && [ -s "$new" ] && chmod 644 "$new" && mv -f "$new" "$file" &&
            rm -f "$new.err" && return 0
        rm -f "$new" "$new.err"
    fi
    complain_in_passing "the metrics cannot be written to $1"
}

# A complaint that does not take the last line on standard error from the reason of a failure.
complain_in_passing() {
    local reason=$last_complaint
    complain "$1"
    if [ -n "$reason" ]; then complain "$reason"; fi
}

# What a command that is told of a failure reads.
failure_report() {
    printf 'fecpipe: %s on %s ended with %s at %s: %s\n\n' "${1:-a run}" "$(uname -n)" "$2" \
        "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$3"
    if [ -n "$log_file" ] && [ -f "$log_file" ]; then
        printf 'The end of %s:\n\n' "$log_file"
        tail -n 200 "$log_file"
    fi
}

# on_failure KIND STATUS REASON: runs FEC_ON_FAILURE, if it is set, with the report on its standard
# input and without our passwords and keys in its environment. What it prints goes into the log.
# Whether it fails or hangs, the run's exit status is not its business.
on_failure() {
    local process deadline status report
    [ -n "${FEC_ON_FAILURE:-}" ] || return 0
    # As a whole before the command begins, for what the command prints grows the log.
    report=$(failure_report "$@")
    # A process group of its own, so that it can be stopped with all that it has started.
    set -m
    (
        trap - PIPE INT TERM HUP EXIT
        # It need not read what it is told.
        set +o pipefail
        umask "$caller_umask"
        unset FEC_API_KEY PGPASSWORD DATABASE_URL
        printf '%s\n' "$report" | sh -c "$FEC_ON_FAILURE"
    ) >>"${log_file:-/dev/null}" 2>&1 &
    process=$!
    set +m
    deadline=$((SECONDS + failure_seconds))
    while kill -0 "$process" 2>/dev/null; do
        if [ "$SECONDS" -ge "$deadline" ]; then
            kill -TERM -- "-$process" 2>/dev/null
            sleep 1
            kill -KILL -- "-$process" 2>/dev/null
            wait "$process" 2>/dev/null
            complain_in_passing "FEC_ON_FAILURE took more than $failure_seconds s and was stopped"
            return 0
        fi
        sleep 0.1
    done
    wait "$process"
    status=$?
    [ "$status" = 0 ] ||
        complain_in_passing "FEC_ON_FAILURE, the command to run on a failure, ended with $status"
    return 0
}
