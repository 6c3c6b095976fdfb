# shellcheck shell=bash
# notify.sh - who is told of the end of a run: a monitor, by a file of metrics, and the command
# FEC_ON_SUCCESS or FEC_ON_FAILURE. Sourced by pipeline.sh.

declare -A run

# The number of seconds that such a command may take.
command_seconds=${FEC_ON_FAILURE_SECONDS:-60}

# What a command that is told of a failure reads.
failure_report() {
    printf 'fecpipe: %s on %s ended with %s at %s: %s\n\n' "${1:-a run}" "$(uname -n)" "$2" \
        "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$3"
    if [ -n "${run[log]}" ] && [ -f "${run[log]}" ]; then
        printf 'The end of %s:\n\n' "${run[log]}"
        tail -n 200 "${run[log]}"
    fi
}

# What a command that is told of a success reads.
success_report() {
    printf 'fecpipe: %s on %s is complete at %s\n%s\n' "${run[kind]}" "$(uname -n)" \
        "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "${run[summary]:-}"
    tell_of_watched
}

# on_failure KIND STATUS REASON: runs FEC_ON_FAILURE, if it is set.
on_failure() {
    [ -z "${FEC_ON_FAILURE:-}" ] || tell_command FEC_ON_FAILURE "$(failure_report "$@")"
}

# Runs FEC_ON_SUCCESS, if it is set. A dry run has changed nothing that somebody would act on.
on_success() {
    [ -z "${FEC_ON_SUCCESS:-}" ] || [ -n "${option[dry_run]:-}" ] ||
        tell_command FEC_ON_SUCCESS "$(success_report)"
}

# tell_command SETTING REPORT: runs the command that is the value of SETTING, with the report on its
# standard input and without our passwords and keys in its environment. What it prints goes into the
# log. Whether it fails or hangs does not change the run's exit status.
tell_command() {
    local setting=$1 report=$2 process deadline status
    # A process group of its own, so that it can be stopped with all that it has started.
    set -m
    (
        trap - PIPE INT TERM HUP EXIT
        # What it leaves running must not hold our locks, that of the schedule say.
        close_other_files
        # It need not read what it is told.
        set +o pipefail
        umask "$CALLER_UMASK"
        unset FEC_API_KEY PGPASSWORD DATABASE_URL PGSERVICEFILE PGSERVICE
        printf '%s\n' "$report" | sh -c "${!setting}"
    ) >>"${run[log]:-/dev/null}" 2>&1 &
    process=$!
    set +m
    deadline=$((SECONDS + command_seconds))
    while kill -0 "$process" 2>/dev/null; do
        if [ "$SECONDS" -ge "$deadline" ]; then
            kill -TERM -- "-$process" 2>/dev/null
            sleep 1
            kill -KILL -- "-$process" 2>/dev/null
            wait "$process" 2>/dev/null
            complain_in_passing "$setting took more than $command_seconds s and was stopped"
            return 0
        fi
        sleep 0.1
    done
    wait "$process"
    status=$?
    [ "$status" = 0 ] ||
        complain_in_passing "$setting, the command to run at the end, ended with $status"
    return 0
}

# tell_of_end STATUS: after the last cycle of a run.
tell_of_end() {
    [ -z "${FEC_METRICS_FILE:-}" ] || write_metrics "$FEC_METRICS_FILE"
    if [ "$1" = 0 ]; then
        on_success
    else
        on_failure "${run[kind]}" "$1" "${run[complaint]}"
    fi
}
