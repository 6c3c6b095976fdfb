# shellcheck shell=bash
# pipe.sh - the pipe of filters: starts it, waits for it, and judges its exit statuses. Sourced by
# pipeline.sh.
#
#     fec-fetch | fec-unzip | fec-parse | fec-dedupe | pg-load
#
# The caller gives the words of the first three programs, the rest follows from the dataset. What
# the programs say and count is in files of the dataset's folder: NAME.err and NAME.stats.

declare -A run option types

# The process that shows fec-fetch's progress, and the process group of the pipe, while they run.
watcher='' pipe_group=

# start_watcher FILE: what a program writes into the file is shown, if progress is.
start_watcher() {
    local lock=${run[folder_lock]:-}
    [ -n "${option[progress]:-}" ] || return 0
    : >"$1"
    # It may outlive a driver that is killed, so it does not hold the lock of the run's folder.
    {
        [ -z "$lock" ] || exec {lock}>&-
        exec tail -n +1 -f "$1"
    } >&2 2>/dev/null &
    watcher=$!
}

stop_watcher() {
    local process=$watcher
    watcher=
    [ -n "$process" ] || return 0
    kill "$process" 2>/dev/null
    wait "$process" 2>/dev/null
}

# Ends what is still running of a pipe.
stop_pipe() {
    local group=$pipe_group
    pipe_group=
    stop_watcher
    stop_heartbeat
    [ -n "$group" ] || return 0
    kill -TERM -- "-$group" 2>/dev/null
    wait "$group" 2>/dev/null
}

# Writes the keys and hashes that the database has to a named pipe, from which fec-dedupe reads
# them.
export_known() {
    local dataset=$1 folder=$2 status
    step_alone run/export-known.sql "run_id=${run[id]}" "dataset=$dataset" >"$folder/known" &&
        return 0
    status=$?
    printf '%s\n' "${run[reason]}" >"$folder/known.err"
    return "$status"
}

# run_pipe DATASET FOLDER STAGING EXPECT FETCH ... '|' UNZIP ... '|' PARSE ...: the pipe itself.
# EXPECT is about how many rows fec-dedupe is to compare the records with, or - if the table has
# none to compare with. Writes the exit statuses to FOLDER/statuses, one a line, over what is there:
# on a disk that the run has filled a file can't grow. Runs in a process group of its own, so that
# it can be stopped whole.
run_pipe() {
    local dataset=$1 folder=$2 staging=$3 expect=$4 word which=0 known_process='' statuses
    local fetch=() unzip=() parse=()
    local dedupe=("$FECPIPE_BIN/fec-dedupe" --key "${types[$dataset:key]}"
        --stats "$folder/dedupe.stats" --conflicts "$folder/conflicts")
    local load=("$FECPIPE_BIN/pg-load" --replace --stats "$folder/load.stats"
        "fec_staging.$staging")
    for word in "${@:5}"; do
        case $which:$word in
        [0-2]:'|') which=$((which + 1)) ;;
        0:*) fetch+=("$word") ;;
        1:*) unzip+=("$word") ;;
        2:*) parse+=("$word") ;;
        esac
    done
    export PGAPPNAME="fecpipe run ${run[id]}"
    if [ "$expect" != - ]; then
        rm -f "$folder/known"
        mkfifo "$folder/known" || return 1
        export_known "$dataset" "$folder" &
        known_process=$!
        dedupe+=(--known "$folder/known" --missing "$folder/missing" --expect "$expect")
    fi
    "${fetch[@]}" 2>"$folder/fetch.err" |
        "${unzip[@]}" 2>"$folder/unzip.err" |
        "${parse[@]}" 2>"$folder/parse.err" |
        "${dedupe[@]}" 2>"$folder/dedupe.err" |
        "${load[@]}" 2>"$folder/load.err"
    statuses=("${PIPESTATUS[@]}" 0)
    if [ -n "$known_process" ]; then
        # If fec-dedupe never opened the named pipe, psql still waits for it.
        [ "${statuses[3]}" = 0 ] || kill "$known_process" 2>/dev/null
        wait "$known_process"
        statuses[5]=$?
    fi
    printf '%3s\n' "${statuses[@]}" 1<>"$folder/statuses"
}

# True if FEC_HOME's disk has no room even for a message.
disk_is_full() {
    [ "$(df -Pk "$FEC_HOME" | awk 'NR == 2 { print $4 }')" -lt 64 ]
}

# Looks at every exit status of the pipe. The program to blame is the first from the left that
# failed by itself: those before it were ended by a closed pipe (141), those after it saw their
# input end. fec-fetch may end so without blame if fec-unzip succeeded. Sets run[reason].
judge_pipe() {
    local dataset=$1 folder=$2 names=(fetch unzip parse dedupe load known) statuses i name status
    local labels=(fec-fetch fec-unzip fec-parse fec-dedupe pg-load 'psql (COPY of the known rows)')
    read -r -d '' -a statuses <"$folder/statuses"
    if [ "${statuses[5]:--}" = - ]; then
        run[reason]="$dataset: the pipe was stopped"
        return "$EX_SOFTWARE"
    fi
    [ "${statuses[0]}" != 141 ] || [ "${statuses[1]}" != 0 ] || statuses[0]=0
    # Without the known rows fec-dedupe can only complain of an end too soon.
    for i in 5 0 1 2 3 4; do
        status=${statuses[$i]}
        [ "$status" != 0 ] && [ "$status" != 141 ] || continue
        name=${names[$i]}
        [ "$i" != 5 ] || [ "$status" != 143 ] || continue
        if [ "$status" -gt 128 ]; then
            run[reason]="$dataset: ${labels[$i]} was killed by signal $((status - 128))"
            return "$EX_SOFTWARE"
        fi
        run[reason]="$dataset: $(tail -n 1 "$folder/$name.err")"
        if [ ! -s "$folder/$name.err" ]; then
            run[reason]="$dataset: ${labels[$i]} ended with $status"
            ! disk_is_full || run[reason]="${run[reason]}: No space left on device for FEC_HOME"
        fi
        return "$status"
    done
    for status in "${statuses[@]}"; do
        if [ "$status" != 0 ]; then
            run[reason]="$dataset: a program of the pipe was ended by a closed pipe"
            return "$EX_SOFTWARE"
        fi
    done
}

# Into the log: what the programs had to say.
log_messages() {
    local name
    for name in fetch unzip parse dedupe load known; do log_file "$1/$name.err"; done
}

# Runs the pipe once, reads what the filters have counted, and judges it. Takes what run_pipe takes.
try_pipe() {
    local folder=$2
    remove_files "$folder"/*.stats "$folder"/{fetch,unzip,parse,dedupe,load,known}.err
    printf '  -\n  -\n  -\n  -\n  -\n  -\n' >"$folder/statuses" || {
        run[reason]="cannot write to $folder"
        return "$EX_IOERR"
    }
    start_watcher "$folder/fetch.err"
    start_heartbeat
    set -m
    run_pipe "$@" </dev/null &
    pipe_group=$!
    set +m
    wait "$pipe_group"
    pipe_group=
    stop_heartbeat
    stop_watcher
    log_messages "$folder"
    read_counts "$folder" {fetch,unzip,parse,dedupe,load}.stats
    judge_pipe "$1" "$folder"
}

# load_keys FILE TABLE FOLDER: keys that a filter has written to a file, into a staging table of
# their own.
load_keys() {
    local file=$1 table=$2 folder=$3 status
    PGAPPNAME="fecpipe run ${run[id]}" "$FECPIPE_BIN/pg-load" --replace "fec_staging.$table" \
        <"$file" 2>"$folder/load.err"
    status=$?
    [ "$status" = 0 ] || run[reason]=$(tail -n 1 "$folder/load.err")
    return "$status"
}
