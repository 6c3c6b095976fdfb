# shellcheck shell=bash
# run.sh - what every kind of run has in common: its log, its folder, its row in fec.run, the cycles
# one after the other, and its end, good or bad. Sourced by pipeline.sh.
#
# A kind of run, monthly or daily, brings three functions: KIND_title CYCLE says what begins,
# KIND_cycle CYCLE does the work, and KIND_summary CYCLE SECONDS prints what was done.

run_kind='' run_id='' run_folder='' run_reason='' run_cycle_name='' run_host=''
wait_for_lock='' progress='' last_complaint=

# Options that all kinds have; true if the first argument is one. What it takes is in option_words.
common_option() {
    option_words=1
    case $1 in
    --cycle=*) cycles+=("${1#*=}") ;;
    --metrics=*) FEC_METRICS_FILE=${1#*=} ;;
    --cycle | --metrics)
        [ $# -gt 1 ] || fail "$EX_USAGE" "$1 needs an argument"
        if [ "$1" = --cycle ]; then cycles+=("$2"); else FEC_METRICS_FILE=$2; fi
        option_words=2
        ;;
    --wait) wait_for_lock=yes ;;
    --progress) progress=yes ;;
    -h | --help) usage; exit 0 ;;
    *) return 1 ;;
    esac
}

# Makes cycles what the options or the settings say, each once; ends if one is not a cycle.
settle_cycles() {
    local list
    list=$(list_cycles "${cycles[@]+"${cycles[@]}"}") || exit $?
    mapfile -t cycles <<<"$list"
}

check_programs() {
    local program
    for program in fec-fetch fec-unzip fec-parse fec-dedupe pg-load; do
        [ -x "$bin/$program" ] ||
            fail "$EX_UNAVAILABLE" "$bin/$program is missing; 'make' builds it"
    done
}

# Folders of runs whose driver was killed.
remove_dead_folders() {
    local folder process
    for folder in "$FEC_HOME"/run/*.*; do
        process=${folder##*.}
        [ -d "$folder" ] && ! kill -0 "$process" 2>/dev/null && rm -rf "$folder"
    done
}

remove_old_logs() {
    local logs
    logs=$(find "$FEC_HOME/logs" -type f -name '*.log' 2>/dev/null | sort -r |
        tail -n "+$((FEC_LOG_KEEP + 1))")
    [ -n "$logs" ] || return 0
    printf '%s\n' "$logs" | while IFS= read -r log; do
        rm -f "$log" "${log%.log}".*.rejects
    done
}

# Takes the cycle's lock and makes the run's row. Returns 0, or a status with run_reason set.
begin_run() {
    local cycle=$1
    open_session "fecpipe $run_kind $cycle, process $$ on $run_host" && lock_cycle "$cycle" ||
        return $?
    run_id=$(ask "INSERT INTO fec.run (kind, cycle, options, host, process_id, version)
        VALUES ('$run_kind', $cycle, $(quote "$run_options"), $(quote "$run_host"), $$,
            '$FECPIPE_VERSION')
        RETURNING run_id") || return "$EX_UNAVAILABLE"
    tell "SELECT fec.clean_up_after_dead_runs($cycle, $run_id)"
}

# Records why a run failed, over a connection of its own should the session be lost, and drops what
# it had staged; sets run_status. If the database can't be reached, the next run does it.
record_failure() {
    run_status=
    [ -n "$run_id" ] || return 0
    run_status=$(PGAPPNAME="fecpipe run $run_id" PGCONNECT_TIMEOUT=10 run_psql 2>/dev/null <<SQL
UPDATE fec.run
   SET status = 'failed', finished_at = clock_timestamp(), reason = $(quote "$run_reason")
 WHERE run_id = $run_id AND status = 'running';
SELECT status FROM fec.run WHERE run_id = $run_id;
SELECT fec.drop_staging($run_id) FROM fec.run
 WHERE run_id = $run_id AND status = 'failed' \\g /dev/null
SQL
    )
}

# Rejected lines are kept for a person to look at: FEC_HOME/logs/RUN.CYCLE.DATASET.rejects
keep_rejects() {
    local file dataset kept
    for file in "$run_folder"/*/rejects; do
        [ -s "$file" ] || continue
        dataset=$(basename "$(dirname "$file")")
        kept=${log_file%.log}.$run_cycle_name.$dataset.rejects
        cp "$file" "$kept" 2>/dev/null && log "$dataset: the rejected lines are in $kept"
    done
}

# What a run leaves behind: nothing but its log and the rejected lines.
end_run() {
    stop_pipe
    close_session
    if [ -n "$run_folder" ] && [ -d "$run_folder" ]; then
        keep_rejects
        rm -rf "$run_folder"
    fi
    run_folder=
}

interrupted() {
    run_reason="stopped by signal $1"
    trap - INT TERM HUP
    stop_pipe
    # A statement that runs is cancelled, rather than waited for.
    [ -z "${session_process:-}" ] || kill -INT "$session_process" 2>/dev/null
    close_session
    record_failure
    if [ "$run_status" = complete ]; then
        complain "stopped by signal $1 when run $run_id of cycle $run_cycle_name was complete"
    else
        complain "$run_kind ${run_cycle_name:-} failed: $run_reason"
    fi
    exit $((128 + $2))
}

# The end of the driver, whatever has led to it.
leave() {
    local status=$?
    trap - EXIT
    trap '' INT TERM HUP
    end_run
    [ -z "${FEC_METRICS_FILE:-}" ] || write_metrics "$FEC_METRICS_FILE"
    [ "$status" = 0 ] || on_failure "$run_kind" "$status" "$last_complaint"
    exit "$status"
}

# Everything before the first cycle: the home, the log, the handlers, the database.
start_runs() {
    run_kind=$1 run_host=$(uname -n)
    check_programs
    make_home
    remove_dead_folders
    remove_old_logs
    log_file=$FEC_HOME/logs/$(date -u +%Y%m%dT%H%M%SZ)-$run_kind-$$.log
    : >"$log_file" || fail "$EX_CANTCREAT" "cannot write the log $log_file"
    trap 'interrupted INT 2' INT
    trap 'interrupted TERM 15' TERM
    trap 'interrupted HUP 1' HUP
    trap leave EXIT
    # Writing to a psql or a reader that has gone is an error to be seen, not the end. (A handler,
    # not '', which the filters would inherit.)
    trap : PIPE
    open_database
    open_schema
}

# summary_table SECONDS: the counts of the run, a line a dataset, and its states and time.
summary_table() {
    local rows
    rows=$(ask "\\set run_id $run_id
\\i $(psql_path "$share/sql/status/summary.sql")") || {
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
    ask "SELECT format(E'\\n  %-28s %13s', 'states updated',
            to_char(coalesce(states_updated, 0), 'FM999,999,990'))
        FROM fec.run WHERE run_id = $run_id"
    printf '  %-28s %13s\n' time "$1 s"
}

# Runs one cycle, prints its summary, returns its status.
run_one_cycle() {
    local cycle=$1 status started
    started=$(now)
    run_id='' run_reason='' run_cycle_name=$cycle
    run_folder=$FEC_HOME/run/$run_kind-$cycle.$$
    mkdir -p "$run_folder" || fail "$EX_CANTCREAT" "cannot make $run_folder"
    say "$("${run_kind}_title" "$cycle")"
    begin_run "$cycle" && "${run_kind}_cycle" "$cycle"
    status=$?
    if [ "$status" != 0 ]; then
        : "${run_reason:=$(session_error)}"
        close_session
        record_failure
        complain "$run_kind $cycle failed: $run_reason"
    else
        say "$("${run_kind}_summary" "$cycle" "$(seconds_since "$started")")"
    fi
    end_run
    return "$status"
}

# All cycles, one after the other; ends the driver with the status of the last one that failed.
run_cycles() {
    local cycle status worst=0 last_reason=
    for cycle in "${cycles[@]}"; do
        run_one_cycle "$cycle"
        status=$?
        if [ "$status" != 0 ]; then
            worst=$status
            last_reason="$run_kind $cycle failed: $run_reason"
        fi
    done
    # The reason is the last line also when another cycle went well after it.
    if [ "$worst" != 0 ] && [ ${#cycles[@]} -gt 1 ]; then
        complain "$last_reason"
    fi
    exit "$worst"
}
