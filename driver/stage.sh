# shellcheck shell=bash
# stage.sh - one dataset of a run: from the FEC's server into its staging tables, through the pipe
# of filters. Nothing here changes a live table. Sourced by pipeline.sh.

all_datasets=cm,cn,ccl,indiv,pas2,oth,oppexp,weball,webl,webk,independent_expenditure

# Sets dataset_table, dataset_key, dataset_member ('-' for a plain file) and dataset_header (1 if
# the FEC publishes a header dictionary) from fec-parse's table of types.
describe_dataset() {
    local line
    line=$("$bin/fec-parse" --types </dev/null | awk -F '\t' -v name="$1" '$1 == name') || return 1
    [ -n "$line" ] || return 1
    IFS=$'\t' read -r _ _ dataset_table dataset_key dataset_member dataset_header _ <<<"$line"
}

# Asks the server about the file: $folder/info has url, etag, last_modified, length. Returns
# fec-fetch's status, with the reason in run_reason.
ask_about_file() {
    local dataset=$1 cycle=$2 folder=$3 status
    "$bin/fec-fetch" --retries "$FEC_RETRIES" --info bulk "$dataset" "$cycle" >"$folder/info" \
        2>"$folder/info.err"
    status=$?
    [ "$status" = 0 ] || run_reason="$dataset: $(tail -n 1 "$folder/info.err")"
    return "$status"
}

# True if the last good run of this cycle read the same file, and its rows are still there: who
# empties a table wants it filled again.
file_is_known() {
    local dataset=$1 cycle=$2 folder=$3 known etag modified length
    etag=$(value etag "$folder/info")
    modified=$(value last_modified "$folder/info")
    length=$(value length "$folder/info")
    [ -n "$etag$modified" ] || return 1
    describe_dataset "$dataset" || return 1
    known=$(ask "SELECT coalesce(d.etag, '') = $(quote "$etag")
            AND d.last_modified IS NOT DISTINCT FROM $(quote_or_null "$modified")::timestamptz
            AND d.length IS NOT DISTINCT FROM $(quote_or_null "$length")::bigint
            AND (fec.has_rows('$dataset_table', $cycle)
                 OR d.inserted + d.changed + d.unchanged = 0)
        FROM fec.run r JOIN fec.run_dataset d USING (run_id)
        WHERE r.kind = 'monthly' AND r.cycle = $cycle AND r.status = 'complete'
          AND d.dataset = $(quote "$dataset") AND d.status = 'applied'
        ORDER BY run_id DESC LIMIT 1") || return 1
    [ "$known" = t ]
}

# Fetches the FEC's header dictionary. One that is not there is only noted: the number of fields is
# checked in any case.
fetch_header() {
    local dataset=$1 folder=$2 status
    header_option=()
    [ "$dataset_header" = 1 ] || return 0
    "$bin/fec-fetch" --retries "$FEC_RETRIES" header "$dataset" >"$folder/header.csv" \
        2>"$folder/header.err"
    status=$?
    case $status in
    0) header_option=(--header "$folder/header.csv") ;;
    "$EX_NOINPUT") log "$dataset: no header dictionary: $(first_message "$folder/header.err")" ;;
    *)
        run_reason="$dataset: header dictionary: $(tail -n 1 "$folder/header.err")"
        return "$status"
        ;;
    esac
}

# Writes the keys and hashes that the database has to a named pipe, from which fec-dedupe reads
# them. In binary form where the key is a number: that is faster, and its trailer tells that it is
# whole.
export_known() {
    local fifo=$1 cycle=$2 format=
    case $dataset_key in sub_id | linkage_id) format='WITH (FORMAT binary)' ;; esac
    PGAPPNAME="fecpipe run $run_id" run_psql -c "COPY (SELECT $dataset_key, row_hash
        FROM fec.$dataset_table WHERE cycle = $cycle) TO STDOUT $format" >"$fifo" 2>"$3known.err"
}

# What shows fec-fetch's progress.
watcher=
stop_watcher() {
    local process=$watcher
    watcher=
    [ -n "$process" ] || return 0
    kill "$process" 2>/dev/null
    wait "$process" 2>/dev/null
}

# Ends what is still running of a pipe.
stop_pipe() {
    local group=${pipe_group:-}
    pipe_group=
    stop_watcher
    [ -n "$group" ] || return 0
    kill -TERM -- "-$group" 2>/dev/null
    wait "$group" 2>/dev/null
}

# Sets pipe_fetch, pipe_unzip and pipe_parse: the left half of the pipe for a bulk file. (The API's
# is set by daily.sh.)
bulk_pipe() {
    local dataset=$1 cycle=$2 folder=$3
    pipe_fetch=("$bin/fec-fetch" --retries "$FEC_RETRIES" --stats "$folder/fetch.stats")
    pipe_unzip=("$bin/fec-unzip" --stats "$folder/unzip.stats" "$dataset_member")
    pipe_parse=("$bin/fec-parse" --cycle "$cycle" --stats "$folder/parse.stats"
        --rejects "$folder/rejects" --max-rejects "$FEC_MAX_REJECTS"
        "${header_option[@]+"${header_option[@]}"}" "$dataset")
    [ "$dataset_member" != - ] || pipe_unzip=(cat)
    [ -z "$progress" ] || pipe_fetch+=(--progress)
    [ -z "$keep" ] || pipe_fetch+=(--save "$FEC_HOME/archive/$(archive_name "$dataset" "$cycle")")
    pipe_fetch+=(bulk "$dataset" "$cycle")
}

# The pipe itself, of what pipe_fetch, pipe_unzip and pipe_parse hold. Writes the exit statuses to
# $folder/statuses, one a line, over what is there: on a disk that the run has filled a file can't
# grow. `compare` is 'known' if fec-dedupe is to compare the records with the rows of the table.
# Runs in a process group of its own, so that it can be stopped whole.
run_pipe() {
    local cycle=$2 folder=$3 staging=$4 compare=$5 expect=$6
    local dedupe=("$bin/fec-dedupe" --key "$dataset_key" --stats "$folder/dedupe.stats"
        --conflicts "$folder/conflicts")
    local load=("$bin/pg-load" --replace --stats "$folder/load.stats" "fec_staging.$staging")
    local known_process='' statuses
    if [ "$compare" = known ]; then
        rm -f "$folder/known"
        mkfifo "$folder/known" || return 1
        export_known "$folder/known" "$cycle" "$folder/" &
        known_process=$!
        dedupe+=(--known "$folder/known" --missing "$folder/missing" --expect "$expect")
    fi
    export PGAPPNAME="fecpipe run $run_id"
    "${pipe_fetch[@]}" 2>"$folder/fetch.err" |
        "${pipe_unzip[@]}" 2>"$folder/unzip.err" |
        "${pipe_parse[@]}" 2>"$folder/parse.err" |
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

archive_name() {
    case $1 in
    independent_expenditure) echo "$2-independent_expenditure_$2.csv" ;;
    *) echo "$2-$1${2#??}.zip" ;;
    esac
}

# True if FEC_HOME's disk has no room even for a message.
disk_is_full() {
    [ "$(df -Pk "$FEC_HOME" | awk 'NR == 2 { print $4 }')" -lt 64 ]
}

# Looks at every exit status of the pipe. The program to blame is the first from the left that
# failed by itself: those before it were ended by a closed pipe (141), those behind it saw their
# input end. fec-fetch may end so without blame if fec-unzip was content. Sets run_reason.
judge_pipe() {
    local dataset=$1 folder=$2 names=(fetch unzip parse dedupe load known) statuses i name status
    local labels=(fec-fetch fec-unzip fec-parse fec-dedupe pg-load 'psql (COPY of the known rows)')
    read -r -d '' -a statuses <"$folder/statuses"
    if [ "${statuses[5]:--}" = - ]; then
        run_reason="$dataset: the pipe was stopped"
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
            run_reason="$dataset: ${labels[$i]} was killed by signal $((status - 128))"
            return "$EX_SOFTWARE"
        fi
        run_reason="$dataset: $(tail -n 1 "$folder/$name.err")"
        if [ ! -s "$folder/$name.err" ]; then
            run_reason="$dataset: ${labels[$i]} ended with $status"
            ! disk_is_full || run_reason="$run_reason: No space left on device for FEC_HOME"
        fi
        # psql's own statuses, 1 to 3, are none of sysexits.h.
        [ "$i" != 5 ] || status=$EX_UNAVAILABLE
        return "$status"
    done
    for status in "${statuses[@]}"; do
        if [ "$status" != 0 ]; then
            run_reason="$dataset: a program of the pipe was ended by a closed pipe"
            return "$EX_SOFTWARE"
        fi
    done
}

# Into the log: what the programs had to say.
log_messages() {
    local folder=$1 name line
    for name in fetch unzip parse dedupe load known; do
        [ -s "$folder/$name.err" ] || continue
        while IFS= read -r line; do log "$line"; done <"$folder/$name.err"
    done
}

# Runs the pipe once and judges it.
try_pipe() {
    local folder=$3
    rm -f "$folder"/*.stats "$folder"/{fetch,unzip,parse,dedupe,load,known}.err
    printf '  -\n  -\n  -\n  -\n  -\n  -\n' >"$folder/statuses" || return "$EX_IOERR"
    if [ -n "$progress" ]; then
        : >"$folder/fetch.err"
        tail -n +1 -f "$folder/fetch.err" >&2 2>/dev/null &
        watcher=$!
    fi
    set -m
    run_pipe "$@" </dev/null &
    pipe_group=$!
    set +m
    wait "$pipe_group"
    pipe_group=
    stop_watcher
    log_messages "$folder"
    judge_pipe "$1" "$folder"
}

# The keys that fec-dedupe wrote to a file, into the staging table of their own.
load_keys() {
    local file=$1 table=$2 folder=$3
    if ! PGAPPNAME="fecpipe run $run_id" "$bin/pg-load" --replace "fec_staging.$table" <"$file" \
        2>"$folder/load.err"; then
        run_reason=$(tail -n 1 "$folder/load.err")
        return "$EX_UNAVAILABLE"
    fi
}

# What is known of a file, as columns of fec.run_dataset and as their values from a file of
# KEY=VALUE: fec-fetch's --info or --stats.
file_columns='url, etag, last_modified, length'
file_values() {
    printf '%s, %s, %s::timestamptz, %s::bigint' "$(quote_or_null "$(value url "$1")")" \
        "$(quote_or_null "$(value etag "$1")")" "$(quote_or_null "$(value last_modified "$1")")" \
        "$(quote_or_null "$(value length "$1")")"
}

# record_dataset DATASET FOLDER STATUS SECONDS: writes what was counted into fec.run_dataset.
record_dataset() {
    local dataset=$1 folder=$2 status=$3 seconds=$4
    local fetched=$folder/fetch.stats parsed=$folder/parse.stats deduped=$folder/dedupe.stats
    tell "INSERT INTO fec.run_dataset (run_id, dataset, status, $file_columns, bytes, rows_read,
            rejected, undated, repeated, conflicting, unchanged, seconds)
        VALUES ($run_id, '$dataset', '$status', $(file_values "$fetched"),
            $(number bytes "$fetched"), $(number lines "$parsed"), $(number rejected "$parsed"),
            $(number undated "$parsed"), $(number repeated "$deduped"),
            $(number conflicting "$deduped"), $(number unchanged "$deduped"), $seconds)"
}

# stage_dataset DATASET CYCLE: everything up to the staging tables. On success $run_folder/staged
# gets a line: dataset, table, staging, first_load, known, passed, file time.
stage_dataset() {
    local dataset=$1 cycle=$2 folder=$run_folder/$1 first_load staging compare=known expect
    local started status try
    started=$(now)
    fetch_header "$dataset" "$folder" || return $?
    first_load=$(ask "SELECT fec.partition_of('$dataset_table', $cycle) IS NULL") ||
        return "$EX_UNAVAILABLE"
    staging=$(ask "SELECT fec.make_staging('$dataset_table', $cycle, $run_id, '$first_load')") ||
        return "$EX_UNAVAILABLE"
    expect=$(ask "SELECT coalesce((SELECT reltuples::bigint FROM pg_class
            WHERE oid = fec.partition_of('$dataset_table', $cycle) AND reltuples > 0), 0)") ||
        return "$EX_UNAVAILABLE"
    [ "$first_load" = f ] || compare=
    bulk_pipe "$dataset" "$cycle" "$folder"
    # A file that the FEC replaces while it is read (75) is read again from its start.
    for try in 1 2 3; do
        try_pipe "$dataset" "$cycle" "$folder" "$staging" "$compare" "$expect"
        status=$?
        [ "$status" = "$EX_TEMPFAIL" ] && [ "$try" -lt 3 ] || break
        say "$run_reason; reading it again"
        rm -f "$folder/missing" "$folder/conflicts"
    done
    [ "$status" = 0 ] || return "$status"

    local deduped=$folder/dedupe.stats passed loaded
    passed=$(number passed "$deduped")
    loaded=$(number records "$folder/load.stats")
    if [ "$passed" != "$loaded" ]; then
        run_reason="$dataset: fec-dedupe passed on $passed records, pg-load took $loaded"
        return "$EX_SOFTWARE"
    fi
    if [ "$(number records "$deduped")" = 0 ] && [ -z "$force" ]; then
        run_reason="$dataset $cycle: the file came without its rows; --force goes on"
        return "$EX_DATAERR"
    fi
    if [ "$(number conflicting "$deduped")" != 0 ]; then
        load_keys "$folder/conflicts" "${staging}_conflicts" "$folder" || return $?
    fi
    if [ "$(number missing "$deduped")" != 0 ]; then
        load_keys "$folder/missing" "${staging}_missing" "$folder" || return $?
    fi
    record_dataset "$dataset" "$folder" staged "$(seconds_since "$started")" || return $?
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$dataset" "$dataset_table" "$staging" "$first_load" \
        "$(number known "$deduped")" "$passed" "$(value last_modified "$folder/fetch.stats")" \
        >>"$run_folder/staged"
    say "$(printf '%-24s %s lines, %s read in %s s' "$dataset $cycle:" \
        "$(with_commas "$(number lines "$folder/parse.stats")")" \
        "$(megabytes "$(number bytes "$folder/fetch.stats")")" "$(seconds_since "$started")")"
}
