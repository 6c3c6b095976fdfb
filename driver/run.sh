# shellcheck shell=bash
# run.sh - what every kind of run has in common: its options, its log and folder, the cycles one
# after the other, and its end, good or bad. Sourced by pipeline.sh.
#
# A kind of run, monthly or daily, brings three functions: KIND_title says what begins, KIND_cycle
# does the work for the cycle in run[cycle], and KIND_summary SECONDS prints what was done.

declare -A run option setting_kind

# Options that all kinds have; true if the first argument is one. Sets option[words] to the number
# of words that it takes.
# shellcheck disable=SC2034 # the kinds of runs and notify.sh read them
common_option() {
    option[words]=1
    case $1 in
    --cycle=*) run[cycles]="${run[cycles]} ${1#*=}" ;;
    --metrics=*) FEC_METRICS_FILE=${1#*=} ;;
    --jobs=*) FEC_JOBS=${1#*=} ;;
    --cycle | --metrics | --jobs)
        [ $# -gt 1 ] || fail "$EX_USAGE" "$1 needs an argument"
        case $1 in
        --cycle) run[cycles]="${run[cycles]} $2" ;;
        --metrics) FEC_METRICS_FILE=$2 ;;
        --jobs) FEC_JOBS=$2 ;;
        esac
        option[words]=2
        ;;
    --wait) option[wait]=yes ;;
    --progress) option[progress]=yes ;;
    -h | --help) usage; exit 0 ;;
    *) return 1 ;;
    esac
}

# Makes run[cycles] what the options or the settings say, each cycle once; ends if one is not a
# cycle, or if FEC_JOBS is not how many may run at a time.
settle_cycles() {
    check_value "${setting_kind[FEC_JOBS]}" "$FEC_JOBS" --jobs "$EX_USAGE"
    run[cycles]=$(list_cycles ${run[cycles]:+"${run[cycles]}"}) || exit $?
}

check_programs() {
    local program
    for program in fec-fetch fec-unzip fec-parse fec-dedupe pg-load; do
        [ -x "$FECPIPE_BIN/$program" ] ||
            fail "$EX_UNAVAILABLE" "$FECPIPE_BIN/$program is missing; 'make' builds it"
    done
}

remove_old_logs() {
    local logs old
    # Their names are their times, so the pattern gives the oldest first.
    logs=("$FEC_HOME/logs"/*.log)
    [ ${#logs[@]} -gt "$FEC_LOG_KEEP" ] && [ -f "${logs[0]}" ] || return 0
    for old in "${logs[@]:0:${#logs[@]} - FEC_LOG_KEEP}"; do
        rm -f "$old" "${old%.log}".*.rejects
    done
}

# Rejected lines are kept for a person to look at: FEC_HOME/logs/RUN.CYCLE.DATASET.rejects
keep_rejects() {
    local file dataset kept
    for file in "${run[folder]}"/*/rejects; do
        [ -s "$file" ] || continue
        dataset=$(basename "$(dirname "$file")")
        kept=${run[log]%.log}.${run[cycle]}.$dataset.rejects
        mv "$file" "$kept" 2>/dev/null || continue
        log "$dataset: the rejected lines are in $kept"
        run[rejects]="${run[rejects]:-}${run[rejects]:+, }$kept"
    done
}

# Complains that the cycle's run has failed. Before the reason, which is the last line, it says what
# was changed and where more is to be read.
tell_of_failure() {
    [ -z "${run[folder]}" ] || keep_rejects
    case ${run[kind]} in
    monthly) complain "note: the tables are as they were before" ;;
    daily) complain "note: what was applied stays; the next run resumes after it" ;;
    esac
    [ -z "${run[rejects]:-}" ] || complain "note: rejected lines: ${run[rejects]}"
    complain "note: log: ${run[log]}"
    complain "${run[kind]} ${run[cycle]} failed: ${run[reason]}"
}

# A run leaves nothing but its log and the rejected lines.
end_run() {
    stop_pipe
    close_session
    [ -z "${run[folder]}" ] || keep_rejects
    remove_folder
}

interrupted() {
    run[reason]="stopped by signal $1"
    trap - INT TERM HUP
    stop_jobs
    run[reason]="stopped by signal $1"
    : "${run[cycle]:=${run[cycles]// /,}}"
    stop_pipe
    cancel_step
    close_session
    record_failure
    if [ "${run[status]}" = complete ]; then
        complain "stopped by signal $1 when run ${run[id]} of cycle ${run[cycle]} was complete"
    else
        tell_of_failure
    fi
    exit $((128 + $2))
}

# The end of the driver, whatever has led to it.
leave() {
    local status=$?
    trap - EXIT
    trap '' INT TERM HUP
    end_run
    tell_of_end "$status"
    exit "$status"
}

# Sets run[log] to a new file. (In another container with the same FEC_HOME there may be a process
# of the same number.)
make_log() {
    local name try
    TZ=UTC0 printf -v name '%(%Y%m%dT%H%M%SZ)T' -1
    name=$FEC_HOME/logs/$name-${run[kind]}-$$
    for try in '' .2 .3 .4 .5; do
        make_new_file "$name$try.log" || continue
        run[log]=$name$try.log
        return
    done
    fail "$EX_CANTCREAT" "cannot write the log $name.log"
}

# Everything before the first cycle: the home, the log, the handlers, the database.
start_runs() {
    run[kind]=$1
    run[host]=$(uname -n)
    check_programs
    read_watch_list
    make_home
    remove_old_logs
    make_log
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

# print_summary SECONDS [CALLS]: what the run has done.
print_summary() {
    query run/summary.sql "run_id=${run[id]}" "seconds=$1" "calls=${2:-}" || {
        complain "the counts cannot be shown: ${run[reason]}"
        return 0
    }
    say "${run[rows]}"
    run[summary]=${run[summary]:-}${run[rows]}$'\n'
}

# Runs one cycle, prints its summary, returns its status.
run_one_cycle() {
    local status started seconds
    put_now started
    run[id]='' run[reason]='' run[rejects]='' run[cycle]=$1
    make_folder "${run[kind]}-${run[cycle]}"
    say "$("${run[kind]}_title")"
    begin_run && "${run[kind]}_cycle"
    status=$?
    if [ "$status" != 0 ]; then
        close_session
        record_failure
        tell_of_failure
    else
        put_seconds seconds "$started"
        watch_run
        "${run[kind]}_summary" "$seconds"
        # After all is said, for it takes its time.
        step run/drop-staging.sql "run_id=${run[id]}" || log "${run[reason]}"
    fi
    end_run
    return "$status"
}

# Prints a line for each cycle.
print_summary_of_all() {
    local text
    text=$(step_alone run/summary-of-all.sql "kind=${run[kind]}" "host=${run[host]}" \
        "processes=${run[processes]}") || return 0
    say "$text"
    run[summary]=${run[summary]:-}$text$'\n'
}

# All cycles, one after the other or some at a time; ends the driver with the status of the last one
# that failed.
run_cycles() {
    local cycle cycles status
    read -r -a cycles <<<"${run[cycles]}"
    run[worst]=0 run[worst_reason]='' run[processes]=
    if [ "$FEC_JOBS" -gt 1 ] && [ ${#cycles[@]} -gt 1 ]; then
        run_jobs "${cycles[@]}"
    else
        for cycle in "${cycles[@]}"; do
            run_one_cycle "$cycle"
            status=$?
            run[processes]="${run[processes]} $cycle:$$"
            [ "$status" = 0 ] || run[worst]=$status \
                run[worst_reason]="${run[kind]} $cycle failed: ${run[reason]}"
        done
    fi
    if [ ${#cycles[@]} -gt 1 ]; then
        print_summary_of_all
        # The reason is the last line also when another cycle went well after it.
        [ "${run[worst]}" = 0 ] || complain "${run[worst_reason]}"
    fi
    exit "${run[worst]}"
}
