# shellcheck shell=bash
# monthly.sh - the monthly reconciliation of a cycle with the FEC's bulk files. Sourced by
# pipeline.sh.
#
# A cycle's run: ask the server about the files and leave out those that are known; bring each of
# the others through the pipe into its staging tables; apply all of them in one transaction; say
# what was done. What fails before the transaction's end leaves the tables as they were.

declare -A run option types

# The files that were asked for and those that are to be read, in the order of fec-parse --types.
datasets=() to_read=()

read_monthly_options() {
    local one list=$FEC_DATASETS
    run[cycles]=
    while [ $# -gt 0 ]; do
        if common_option "$@"; then
            shift "${option[words]}"
            continue
        fi
        case $1 in
        --datasets=*) list=${1#*=} ;;
        --datasets)
            [ $# -gt 1 ] || fail "$EX_USAGE" "$1 needs an argument"
            list=$2
            shift
            ;;
        --dry-run) option[dry_run]=yes ;;
        --keep) option[keep]=yes ;;
        --force) option[force]=yes ;;
        --always) option[always]=yes ;;
        *) fail "$EX_USAGE" "monthly: '$1' is not known; see pipeline.sh --help" ;;
        esac
        shift
    done
    settle_cycles
    choose_datasets "$list"
    [ -t 2 ] && option[progress]=yes
    return 0
}

# choose_datasets LIST: sets datasets. The word all stands for all of them.
choose_datasets() {
    local one chosen words
    split_list "$1"
    chosen=" ${words[*]+"${words[*]}"} "
    [ ${#words[@]} -gt 0 ] || fail "$EX_USAGE" "no dataset is named"
    read_types || fail "$EX_UNAVAILABLE" "$FECPIPE_BIN/fec-parse does not run; 'make' builds it"
    [ "$chosen" != ' all ' ] || chosen=" ${types[bulk]} "
    datasets=()
    for one in ${types[bulk]}; do
        case $chosen in *" $one "*) ;; *) continue ;; esac
        datasets+=("$one")
        chosen="${chosen%%" $one "*} ${chosen#*" $one "}"
    done
    read -r one _ <<<"$chosen"
    [ -z "$one" ] ||
        fail "$EX_USAGE" "there is no dataset '$one'; there are $(all_datasets), or all"
}

# check_space DATASET:t|f ...: how much the disk of FEC_HOME must have free for these files; t if
# the table has rows of the cycle. The private database grows, in a first load by about 6 times the
# archive (it is packed about 4:1 and holds indiv's rows twice, and rows have an index), later by
# the differences and the dead rows that they leave; --keep stores the archive.
check_space() {
    local one length need=67108864 available folder message
    for one in "$@"; do
        read_counts "${run[folder]}/${one%:*}" info
        length=${counted[info:length]:-0}
        case ${run[private]:+private}:${one#*:} in
        private:t) need=$((need + length)) ;;
        private:f) need=$((need + 6 * length)) ;;
        esac
        [ -z "${option[keep]:-}" ] || need=$((need + length))
    done
    folder=$FEC_HOME
    [ -z "${run[private]}" ] || folder=$(cd "$FEC_HOME/postgres" && pwd -P)
    available=$(df -Pk "$folder" 2>/dev/null | awk 'NR == 2 { print $4 * 1024 }')
    [ -n "$available" ] || return 0
    if awk -v a="$available" -v n="$need" 'BEGIN { exit !(a < n) }'; then
        message="$folder has $(megabytes "$available") free"
        message="$message, this run may need $(megabytes "$need"); --force goes on"
        if [ -z "${option[force]:-}" ]; then
            run[reason]=$message
            return "$EX_IOERR"
        fi
        say "$message"
    fi
}

# need_not_be_there DATASET MISSING: true if the FEC has no such file and need not have one. MISSING
# is true if the server has been asked.
need_not_be_there() {
    query run/absent.sql "run_id=${run[id]}" "dataset=$1" "missing=$2" && [ -n "${run[rows]}" ] ||
        return 1
    say "$1 ${run[cycle]}: passed over: ${run[rows]}"
}

# tell_of_surplus DATASET ROWS: that the table has more rows, or fewer, than the runs have left.
tell_of_surplus() {
    local what=more
    [ "$2" -ge 0 ] || what=fewer
    complain_in_passing "$1 ${run[cycle]}: the table has $(with_commas "${2#-}") rows $what than $(
        )the runs have left in it; the file sets it right"
}

# tell_of_damage DATASET ROWS: that rows are set right which verify has found changed by hand.
tell_of_damage() {
    complain_in_passing "$1 ${run[cycle]}: $(with_commas "$2") rows were changed by hand, as $(
        )verify has found; the file sets them right"
}

# Sets to_read. Files that are as they were are recorded as skipped.
choose_files() {
    local dataset folder status has_rows surplus damaged rows_of=()
    to_read=()
    for dataset in "${datasets[@]}"; do
        folder=${run[folder]}/$dataset
        mkdir "$folder" || return "$EX_IOERR"
        ! need_not_be_there "$dataset" false || continue
        ask_about_file "$dataset" "$folder"
        status=$?
        if [ "$status" = "$EX_NOINPUT" ]; then
            status=${run[reason]}
            ! need_not_be_there "$dataset" true || continue
            run[reason]=$status
            return "$EX_NOINPUT"
        fi
        [ "$status" = 0 ] || return "$status"
        query run/file.sql "run_id=${run[id]}" "dataset=$dataset" \
            "info=${counted[info]}" "always=${option[always]:-no}" || return $?
        case ${run[rows]} in
        skip*)
            say "$dataset ${run[cycle]}: not changed at the FEC since $(
            )${counted[info:last_modified]:-}"
            ;;
        *)
            IFS=$'\t' read -r status has_rows surplus damaged <<<"${run[rows]}"
            to_read+=("$dataset")
            rows_of+=("$dataset:$has_rows")
            [ "$surplus" = 0 ] || tell_of_surplus "$dataset" "$surplus"
            [ "$damaged" = 0 ] || tell_of_damage "$dataset" "$damaged"
            ;;
        esac
    done
    check_space "${rows_of[@]+"${rows_of[@]}"}"
}

# Applies what is staged, or counts what that would change, in one transaction.
apply_staged() {
    local dataset each=apply/dataset.sql last=apply/close.sql
    if [ -n "${option[dry_run]:-}" ]; then
        each=apply/count.sql last=apply/dry-run.sql
    fi
    step apply/open.sql "run_id=${run[id]}" || return $?
    for dataset in "${to_read[@]+"${to_read[@]}"}"; do
        step "$each" "run_id=${run[id]}" "dataset=$dataset" || return $?
    done
    step "$last" "run_id=${run[id]}"
}

monthly_title() {
    echo "Monthly reconciliation of cycle ${run[cycle]}"
}

# All of a cycle's run between lock and summary. Returns 0, or a status with run[reason] set.
monthly_cycle() {
    local dataset
    choose_files || return $?
    for dataset in "${to_read[@]+"${to_read[@]}"}"; do
        stage_dataset "$dataset" || return $?
    done
    apply_staged || return $?
    [ -z "${option[dry_run]:-}" ] || return 0
    # The run is complete without fresh statistics, and without indexes.
    step_alone run/analyze.sql "run_id=${run[id]}" || log "${run[reason]}"
    make_first_indexes
}

monthly_summary() {
    print_summary "$1"
}

command_monthly() {
    run[options]=$*
    keep_job_options "$@"
    read_monthly_options "$@"
    start_runs monthly
    [ -z "${option[keep]:-}" ] || mkdir -p "$FEC_HOME/archive" ||
        fail "$EX_CANTCREAT" "cannot make $FEC_HOME/archive"
    run_cycles
}
