# shellcheck shell=bash
# monthly.sh - the monthly reconciliation: every cycle that is asked for, one after the other.
# Sourced by pipeline.sh.
#
# A cycle's run: take its lock; ask the server about the files and leave out those that are known;
# bring each through the pipe into its staging tables; apply all of them in one transaction; say
# what was done. What fails before the transaction's end leaves the tables as they were.

dry_run='' keep='' force='' always=

read_monthly_options() {
    local one
    cycles=() datasets=$FEC_DATASETS
    while [ $# -gt 0 ]; do
        if common_option "$@"; then
            shift "$option_words"
            continue
        fi
        case $1 in
        --datasets=*) datasets=${1#*=} ;;
        --datasets)
            [ $# -gt 1 ] || fail "$EX_USAGE" "$1 needs an argument"
            datasets=$2
            shift
            ;;
        --dry-run) dry_run=yes ;;
        --keep) keep=yes ;;
        --force) force=yes ;;
        --always) always=yes ;;
        *) fail "$EX_USAGE" "monthly: '$1' is not known; see pipeline.sh --help" ;;
        esac
        shift
    done
    settle_cycles
    mapfile -t datasets < <(split_list "$datasets")
    [ ${#datasets[@]} -gt 0 ] || fail "$EX_USAGE" "no dataset is named"
    for one in "${datasets[@]}"; do
        case ",$all_datasets," in
        *",$one,"*) ;;
        *) fail "$EX_USAGE" "there is no dataset '$one'; there are $all_datasets" ;;
        esac
    done
    [ -t 2 ] && progress=yes
    return 0
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
        "\\set force $([ -n "$force" ] && echo true || echo false)" '\set from_api false'
    # Only this session holds the cycle's lock; within the transaction it is held once more, so that
    # the changes and the lock stand or fall together.
    echo "SELECT fec.refuse_if(NOT pg_try_advisory_xact_lock($LOCK_CLASS, $cycle)," \
        "'the lock of the cycle is lost') \\g /dev/null"
    while IFS=$'\t' read -r dataset table staging first_load known passed file_time; do
        printf '%s\n' "\\set dataset $dataset" "\\set table $table" "\\set staging $staging" \
            "\\set first_load $first_load" "\\set known $known" "\\set passed $passed" \
            "\\set file_time '$file_time'" "\\i $(psql_path "$share/$script")"
        if [ "$dataset" = indiv ]; then
            indiv_time=$file_time
            indiv_differs=':ds_inserted + :ds_changed + :ds_withdrawn > 0'
            printf '%s\n' "SELECT $indiv_differs OR NOT EXISTS (SELECT FROM fec.extraction_state
                WHERE cycle = :cycle) OR EXISTS (SELECT FROM fec.extraction_state
                WHERE cycle = :cycle AND source = 'api') AS recount \\gset" \
                "\\set indiv_time '$indiv_time'"
        fi
    done <"$run_folder/staged"
    if [ -n "$indiv_differs" ] && [ "$script" = sql/apply/dataset.sql ]; then
        printf '%s\n' "\\set file_time :indiv_time" "\\i $(psql_path "$share/sql/states/cycle.sql")"
    else
        echo '\set states_updated 0'
    fi
    if [ "$script" = sql/apply/dataset.sql ]; then
        echo "UPDATE fec.run SET status = 'complete', finished_at = clock_timestamp()," \
            "states_updated = :states_updated WHERE run_id = :run_id;"
        echo "SELECT fec.drop_staging(:run_id) \\g /dev/null"
    fi
    echo 'COMMIT;'
}

# Waits at most so long for somebody's lock on a table; a run that hangs all night helps nobody.
apply_staged() {
    local cycle=$1 script=sql/apply/dataset.sql
    [ -z "$dry_run" ] || script=sql/apply/count.sql
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

monthly_title() {
    echo "Monthly reconciliation of cycle $1"
}

# All of a cycle's run between lock and summary. Returns 0, or a status with run_reason set.
monthly_cycle() {
    local cycle=$1 dataset status
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

command_monthly() {
    run_options=$*
    read_monthly_options "$@"
    start_runs monthly
    [ -z "$keep" ] || mkdir -p "$FEC_HOME/archive" ||
        fail "$EX_CANTCREAT" "cannot make $FEC_HOME/archive"
    run_cycles
}
