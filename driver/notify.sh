# shellcheck shell=bash
# notify.sh - who is told of the end of a run: a monitor, by a file of metrics, and the command
# FEC_ON_FAILURE if the run failed. Sourced by pipeline.sh.

declare -A run

# The number of seconds that the command FEC_ON_FAILURE may take.
failure_seconds=${FEC_ON_FAILURE_SECONDS:-60}

# What a command that is told of a failure reads.
failure_report() {
    printf 'fecpipe: %s on %s ended with %s at %s: %s\n\n' "${1:-a run}" "$(uname -n)" "$2" \
        "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$3"
    if [ -n "${run[log]}" ] && [ -f "${run[log]}" ]; then
        printf 'The end of %s:\n\n' "${run[log]}"
        tail -n 200 "${run[log]}"
    fi
}

# on_failure KIND STATUS REASON: runs FEC_ON_FAILURE, if it is set, with the report on its standard
# input and without our passwords and keys in its environment. What it prints goes into the log.
# Whether it fails or hangs does not change the run's exit status.
on_failure() {
    local process deadline status report
    [ -n "${FEC_ON_FAILURE:-}" ] || return 0
    # The whole report before the command begins, because what the command prints grows the log.
    report=$(failure_report "$@")
    # A process group of its own, so that it can be stopped with all that it has started.
    set -m
    (
        trap - PIPE INT TERM HUP EXIT
        # It need not read what it is told.
        set +o pipefail
        umask "$CALLER_UMASK"
        unset FEC_API_KEY PGPASSWORD DATABASE_URL PGSERVICEFILE PGSERVICE
        printf '%s\n' "$report" | sh -c "$FEC_ON_FAILURE"
    ) >>"${run[log]:-/dev/null}" 2>&1 &
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

# tell_of_end STATUS: after the last cycle of a run.
tell_of_end() {
    [ -z "${FEC_METRICS_FILE:-}" ] || write_metrics "$FEC_METRICS_FILE"
    [ "$1" = 0 ] || on_failure "${run[kind]}" "$1" "${run[complaint]}"
}
