# shellcheck shell=bash
# monthly.sh - the monthly reconciliation: every cycle that is asked for, one after the other.
# Sourced by pipeline.sh.
#
# A cycle's run: take its lock; ask the server about the files and leave out those that are known;
# bring each through the pipe into its staging tables; apply all of them in one transaction; say
# what was done. What fails before the transaction's end leaves the tables as they were.

run_id='' run_folder='' run_reason=
dry_run='' keep='' force='' always='' progress=

read_monthly_options() {
    cycles=() datasets=$FEC_DATASETS
    while [ $# -gt 0 ]; do
        case $1 in
        --cycle=*) cycles+=("${1#*=}") ;;
        --datasets=*) datasets=${1#*=} ;;
        --cycle | --datasets)
            [ $# -gt 1 ] || fail "$EX_USAGE" "$1 needs an argument"
            if [ "$1" = --datasets ]; then datasets=$2; else cycles+=("$2"); fi
            shift
            ;;
        --dry-run) dry_run=yes ;;
        --keep) keep=yes ;;
        --force) force=yes ;;
        --always) always=yes ;;
        --progress) progress=yes ;;
        -h | --help) usage; exit 0 ;;
        *) fail "$EX_USAGE" "monthly: '$1' is not known; see pipeline.sh --help" ;;
        esac
        shift
    done
    local IFS=$', \n' one
    [ ${#cycles[@]} -gt 0 ] || cycles=("$FEC_CYCLES")
    # shellcheck disable=SC2206 # split at commas
    cycles=(${cycles[*]})
    read -r -a datasets <<<"$datasets"
    # What is named twice is done once.
    mapfile -t cycles < <(printf '%s\n' "${cycles[@]+"${cycles[@]}"}" |
        awk '$0 != "" && !seen[$0]++')
    mapfile -t datasets < <(printf '%s\n' "${datasets[@]+"${datasets[@]}"}" |
        awk '$0 != "" && !seen[$0]++')
    [ ${#cycles[@]} -gt 0 ] && [ ${#datasets[@]} -gt 0 ] ||
        fail "$EX_USAGE" "no cycle or no dataset is named"
    for one in "${cycles[@]}"; do
        case $one in
        [12][0-9][0-9][02468]) ;;
        *) fail "$EX_USAGE" "'$one' is no cycle: a cycle is named by the even year that ends it" ;;
        esac
    done
    for one in "${datasets[@]}"; do
        case ",$all_datasets," in
        *",$one,"*) ;;
        *) fail "$EX_USAGE" "there is no dataset '$one'; there are $all_datasets" ;;
        esac
    done
    [ -t 2 ] && progress=yes
    return 0
}

check_programs() {
    local program
    for program in fec-fetch fec-unzip fec-parse fec-dedupe pg-load; do
        [ -x "$bin/$program" ] ||
            fail "$EX_UNAVAILABLE" "$bin/$program is missing; 'make' builds it"
    done
}

# How much the disk of FEC_HOME must have free for what this run will do: the private database
# grows, in a first load by some 6 times what the archive has (it is packed about 4:1 and holds
# indiv's rows twice, and rows have an index), later by the differences and the dead rows behind
# them; --keep stores the archive.
check_space() {
    local dataset length need=67108864 available folder known message
    for dataset in "${to_read[@]+"${to_read[@]}"}"; do
        length=$(number length "$run_folder/$dataset/info")
        if [ -n "$private_database" ]; then
            describe_dataset "$dataset"
            known=$(ask "SELECT fec.has_rows('$dataset_table', $1)") ||
                return "$EX_UNAVAILABLE"
            if [ "$known" = t ]; then need=$((need + length)); else need=$((need + 6 * length)); fi
        fi
        [ -z "$keep" ] || need=$((need + length))
    done
    folder=$FEC_HOME
    [ -z "$private_database" ] || folder=$(cd "$FEC_HOME/postgres" && pwd -P)
    available=$(df -Pk "$folder" 2>/dev/null | awk 'NR == 2 { print $4 * 1024 }')
    [ -n "$available" ] || return 0
    if awk -v a="$available" -v n="$need" 'BEGIN { exit !(a < n) }'; then
        message="$folder has $(megabytes "$available") free"
        message="$message, this run may need $(megabytes "$need"); --force goes on"
        if [ -z "$force" ]; then
            run_reason=$message
            return "$EX_IOERR"
        fi
        say "$message"
    fi
}

# The files to read, in to_read; those that are as they were are recorded as skipped.
choose_files() {
    local cycle=$1 dataset folder
    to_read=()
    for dataset in "${datasets[@]}"; do
        folder=$run_folder/$dataset
        mkdir -p "$folder" || return "$EX_IOERR"
        ask_about_file "$dataset" "$cycle" "$folder" || return $?
        if [ -z "$always" ] && file_is_known "$dataset" "$cycle" "$folder"; then
            say "$dataset $cycle: not changed at the FEC since $(
                value last_modified "$folder/info")"
            tell "INSERT INTO fec.run_dataset (run_id, dataset, status, $file_columns)
                VALUES ($run_id, '$dataset', 'skipped', $(file_values "$folder/info"))" ||
                return $?
        else
            to_read+=("$dataset")
        fi
    done
}

# The psql commands that apply or count what is staged, in one transaction.
apply_commands() {
    local cycle=$1 script=$2 dataset table staging first_load known passed file_time
    local indiv_time='' indiv_differs=
    printf '%s\n' 'BEGIN;' "\\set cycle $cycle" "\\set run_id $run_id" \
        "\\set force $([ -n "$force" ] && echo true || echo false)"
    # Only this session holds the cycle's lock; within the transaction it is held once more, so that
    # the changes and the lock stand or fall together.
    echo "SELECT fec.refuse_if(NOT pg_try_advisory_xact_lock($LOCK_CLASS, $cycle)," \
        "'the lock of the cycle is lost') \\g /dev/null"
    while IFS=$'\t' read -r dataset table staging first_load known passed file_time; do
        printf '%s\n' "\\set dataset $dataset" "\\set table $table" "\\set staging $staging" \
            "\\set first_load $first_load" "\\set known $known" "\\set passed $passed" \
            "\\set file_time '$file_time'" "\\i $(psql_path "$share/sql/$script")"
        if [ "$dataset" = indiv ]; then
            indiv_time=$file_time
            indiv_differs=':ds_inserted + :ds_changed + :ds_withdrawn > 0'
            printf '%s\n' "SELECT $indiv_differs OR NOT EXISTS (SELECT FROM fec.extraction_state
                WHERE cycle = :cycle) AS recount \\gset" "\\set indiv_time '$indiv_time'"
        fi
    done <"$run_folder/staged"
    if [ -n "$indiv_differs" ] && [ "$script" = apply-dataset.sql ]; then
        printf '%s\n' "\\set file_time :indiv_time" "\\i $(psql_path "$share/sql/states.sql")"
    else
        echo '\set states_updated 0'
    fi
    if [ "$script" = apply-dataset.sql ]; then
        echo "UPDATE fec.run SET status = 'complete', finished_at = clock_timestamp()," \
            "states_updated = :states_updated WHERE run_id = :run_id;"
        echo "SELECT fec.drop_staging(:run_id) \\g /dev/null"
    fi
    echo 'COMMIT;'
}

# Waits at most so long for somebody's lock on a table; a run that hangs all night helps nobody.
apply_staged() {
    local cycle=$1 script=apply-dataset.sql
    [ -z "$dry_run" ] || script=count-dataset.sql
    tell "$(apply_commands "$cycle" "$script")" || {
        # What the scripts refuse is the data's fault, all else the database's.
        run_reason=$(session_error)
        case $run_reason in *'--force goes on'*) return "$EX_DATAERR" ;; esac
        return "$EX_UNAVAILABLE"
    }
    [ -z "$dry_run" ] || tell "SELECT fec.drop_staging($run_id);
        UPDATE fec.run SET status = 'dry-run', finished_at = clock_timestamp()
        WHERE run_id = $run_id"
}

# Fresh statistics for the planner, after much has changed. The run is complete without them.
analyze_tables() {
    local dataset table staging first_load known passed file_time
    while IFS=$'\t' read -r dataset table staging first_load known passed file_time; do
        if [ "$first_load" = f ] && [ "$passed" -gt $((known / 20)) ]; then
            tell "SELECT format('ANALYZE %s', fec.partition_of('$table', $1)) \\gexec" || return 0
        fi
    done <"$run_folder/staged"
}

# All of a cycle's run between lock and summary. Returns 0, or a status with run_reason set.
run_cycle() {
    local cycle=$1 dataset status
    local host
    host=$(uname -n)
    open_session "fecpipe monthly $cycle, process $$ on $host" && lock_cycle "$cycle" || return $?
    run_id=$(ask "INSERT INTO fec.run (kind, cycle, options, host, process_id, version)
        VALUES ('monthly', $cycle, $(quote "$run_options"), $(quote "$host"), $$,
            '$FECPIPE_VERSION')
        RETURNING run_id") || return "$EX_UNAVAILABLE"
    tell "SELECT fec.clean_up_after_dead_runs($cycle, $run_id)" || return $?
    : >"$run_folder/staged" || return "$EX_IOERR"
    choose_files "$cycle" || return $?
    check_space "$cycle" || return $?
    for dataset in "${to_read[@]+"${to_read[@]}"}"; do
        describe_dataset "$dataset" || return "$EX_SOFTWARE"
        stage_dataset "$dataset" "$cycle"
        status=$?
        if [ "$status" != 0 ]; then
            record_dataset "$dataset" "$run_folder/$dataset" failed 0
            return "$status"
        fi
    done
    apply_staged "$cycle" || return $?
    [ -n "$dry_run" ] || analyze_tables "$cycle"
}

# Records why a run failed, over a connection of its own should the session be lost, and drops what
# it had staged; sets run_status. If the database can't be reached, the next run does it.
record_failure() {
    run_status=
    [ -n "$run_id" ] || return 0
    run_status=$(PGAPPNAME="fecpipe run $run_id" PGCONNECT_TIMEOUT=10 run_psql 2>/dev/null <<EOF
UPDATE fec.run
   SET status = 'failed', finished_at = clock_timestamp(), reason = $(quote "$run_reason")
 WHERE run_id = $run_id AND status = 'running';
SELECT status FROM fec.run WHERE run_id = $run_id;
SELECT fec.drop_staging($run_id) FROM fec.run
 WHERE run_id = $run_id AND status = 'failed' \\g /dev/null
EOF
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

interrupted() {
    run_reason="stopped by signal $1"
    trap - EXIT INT TERM HUP
    stop_pipe
    # A statement that runs is cancelled, rather than waited for.
    [ -z "${session_process:-}" ] || kill -INT "$session_process" 2>/dev/null
    close_session
    record_failure
    end_run
    if [ "$run_status" = complete ]; then
        complain "stopped by signal $1 when run $run_id of cycle $run_cycle_name was complete"
    else
        complain "monthly ${run_cycle_name:-} failed: $run_reason"
    fi
    exit $((128 + $2))
}

# Runs one cycle, prints its summary, returns its status.
reconcile_cycle() {
    local cycle=$1 status started
    started=$(now)
    run_id='' run_reason='' run_cycle_name=$cycle
    run_folder=$FEC_HOME/run/monthly-$cycle.$$
    mkdir -p "$run_folder" || fail "$EX_CANTCREAT" "cannot make $run_folder"
    say "Monthly reconciliation of cycle $cycle"
    run_cycle "$cycle"
    status=$?
    if [ "$status" != 0 ]; then
        : "${run_reason:=$(session_error)}"
        close_session
        record_failure
        complain "monthly $cycle failed: $run_reason"
    else
        say "$(monthly_summary "$cycle" "$(seconds_since "$started")")"
    fi
    end_run
    return "$status"
}

command_monthly() {
    local cycle status=0 worst=0 last_reason=
    run_options=$*
    read_monthly_options "$@"
    check_programs
    make_home
    remove_dead_folders
    remove_old_logs
    log_file=$FEC_HOME/logs/$(date -u +%Y%m%dT%H%M%SZ)-monthly-$$.log
    : >"$log_file" || fail "$EX_CANTCREAT" "cannot write the log $log_file"
    [ -z "$keep" ] || mkdir -p "$FEC_HOME/archive" ||
        fail "$EX_CANTCREAT" "cannot make $FEC_HOME/archive"
    trap 'interrupted INT 2' INT
    trap 'interrupted TERM 15' TERM
    trap 'interrupted HUP 1' HUP
    trap 'end_run' EXIT
    # Writing to a psql or a reader that has gone is an error to be seen, not the end. (A handler,
    # not '', which the filters would inherit.)
    trap : PIPE
    open_database
    open_schema
    for cycle in "${cycles[@]}"; do
        reconcile_cycle "$cycle"
        status=$?
        if [ "$status" != 0 ]; then
            worst=$status
            last_reason="monthly $cycle failed: $run_reason"
        fi
    done
    # The reason is the last line also when another cycle went well after it.
    if [ "$worst" != 0 ] && [ ${#cycles[@]} -gt 1 ]; then
        complain "$last_reason"
    fi
    exit "$worst"
}
