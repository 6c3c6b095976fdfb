# shellcheck shell=bash
# jobs.sh - several cycles at a time, FEC_JOBS of them. Sourced by pipeline.sh.
#
# Each cycle's run is a pipeline.sh of its own, with a session, a folder and a log of its own, so
# that a failed one fails no other. What it prints is shown when it ends. The hooks and the metrics
# are left to this process, which knows of all cycles.

declare -A run

# The options that the runs get, and the process of each cycle that is going on.
job_options=()
declare -A job_process=()

# keep_job_options ARGUMENT ...: sets job_options to a run's arguments without those that are not
# for one cycle's run.
keep_job_options() {
    job_options=()
    while [ $# -gt 0 ]; do
        case $1 in
        --cycle | --jobs | --metrics) shift ;;
        --cycle=* | --jobs=* | --metrics=* | --progress) ;;
        *) job_options+=("$1") ;;
        esac
        [ $# = 0 ] || shift
    done
}

# start_job CYCLE
start_job() {
    local folder=${run[folder]}/$1 lock=${run[folder_lock]}
    mkdir "$folder" || fail "$EX_IOERR" "cannot make $folder"
    # In a process group of its own, or it would not see the signals that a terminal sends.
    set -m
    {
        exec {lock}>&-
        # Where the database is it finds out by itself, as we have.
        [ -z "${run[private]}" ] || unset PGHOST PGPORT PGUSER PGDATABASE
        FEC_JOBS=1 FEC_ON_SUCCESS='' FEC_ON_FAILURE='' FEC_METRICS_FILE='' \
            exec "$BASH" "$FECPIPE_SELF" "${run[kind]}" \
            "${job_options[@]+"${job_options[@]}"}" --cycle "$1"
    } >"$folder/out" 2>"$folder/err" </dev/null &
    job_process[$1]=$!
    set +m
}

# finish_job CYCLE: waits for the end of the cycle's run and shows what it has said. Returns its
# status, with its last complaint in run[reason].
finish_job() {
    local folder=${run[folder]}/$1 status text
    wait "${job_process[$1]}"
    status=$?
    unset "job_process[$1]"
    put_text text "$folder/out"
    [ -z "$text" ] || say "$text"
    cat "$folder/err" >&2
    log_file "$folder/err"
    run[reason]=$(tail -n 1 "$folder/err")
    run[reason]=${run[reason]#pipeline.sh: }
    return "$status"
}

# Waits until at least one run has ended, and shows all that have. Sets run[worst] and run[reason]
# if one has failed.
finish_some_jobs() {
    local cycle status some=
    while [ -z "$some" ]; do
        for cycle in "${!job_process[@]}"; do
            ! kill -0 "${job_process[$cycle]}" 2>/dev/null || continue
            some=yes
            finish_job "$cycle"
            status=$?
            [ "$status" = 0 ] || run[worst]=$status run[worst_reason]=${run[reason]}
        done
        [ -n "$some" ] || sleep 0.2
    done
}

# Ends the runs that are going on, each in good order.
stop_jobs() {
    local cycle
    for cycle in "${!job_process[@]}"; do kill -TERM "${job_process[$cycle]}" 2>/dev/null; done
    for cycle in "${!job_process[@]}"; do finish_job "$cycle"; done
}

# run_jobs CYCLE ...: the runs of all these cycles, FEC_JOBS at a time.
run_jobs() {
    local cycle processes=
    make_folder "${run[kind]}-jobs"
    say "$# cycles, $FEC_JOBS at a time"
    for cycle in "$@"; do
        [ ${#job_process[@]} -lt "$FEC_JOBS" ] || finish_some_jobs
        start_job "$cycle"
        processes="$processes $cycle:${job_process[$cycle]}"
    done
    while [ ${#job_process[@]} -gt 0 ]; do finish_some_jobs; done
    run[processes]=$processes
}
