# shellcheck shell=bash
# dataset.sh - one bulk file of a monthly run: what fec-parse knows of it, what the FEC's server
# says of it, and its way into the staging tables. Nothing here changes a live table. Sourced by
# pipeline.sh.

declare -A run option

# What fec-parse --types says. types[bulk] and types[api] are the names of the datasets and of the
# API's endpoints, in the order in which they are applied; types[NAME:key], types[NAME:member] (-
# for a plain file), types[NAME:header] (1 if the FEC publishes a header dictionary) and
# types[NAME:since] (the first cycle of which there is one) are what the driver needs of each;
# types[text] is all of it.
declare -A types=()

read_types() {
    local name kind key member header since known
    [ ${#types[@]} = 0 ] || return 0
    known=$("$FECPIPE_BIN/fec-parse" --types 2>/dev/null </dev/null) && [ -n "$known" ] || return
    types[text]=$known
    while IFS=$'\t' read -r name kind _ key member header since _; do
        types[$kind]="${types[$kind]:+${types[$kind]} }$name"
        types[$name:key]=$key
        types[$name:member]=$member
        types[$name:header]=$header
        types[$name:since]=$since
    done <<<"$known"
}

# The names of all bulk files with commas between, for people.
all_datasets() {
    read_types
    printf '%s\n' "${types[bulk]:-}" | tr ' ' ,
}

# Asks the server about the file: FOLDER/info has url, etag, last_modified, length. Returns
# fec-fetch's status, with the reason in run[reason].
ask_about_file() {
    local dataset=$1 folder=$2 status
    # A server that does not answer is asked again for minutes: that is said.
    start_watcher "$folder/info.err"
    "$FECPIPE_BIN/fec-fetch" --retries "$FEC_RETRIES" --info bulk "$dataset" "${run[cycle]}" \
        >"$folder/info" 2>>"$folder/info.err"
    status=$?
    stop_watcher
    read_counts "$folder" info
    log_file "$folder/info.err"
    [ "$status" = 0 ] || run[reason]="$dataset: $(tail -n 1 "$folder/info.err")"
    return "$status"
}

# Fetches the FEC's header dictionary to FOLDER/header.csv, if it publishes one. A missing one is
# only noted: the number of fields is checked in any case.
fetch_header() {
    local dataset=$1 folder=$2 status
    [ "${types[$dataset:header]}" = 1 ] || return 0
    "$FECPIPE_BIN/fec-fetch" --retries "$FEC_RETRIES" header "$dataset" >"$folder/header.csv" \
        2>"$folder/header.err"
    status=$?
    case $status in
    0) return 0 ;;
    "$EX_NOINPUT") log "$dataset: no header dictionary: $(first_message "$folder/header.err")" ;;
    *)
        run[reason]="$dataset: header dictionary: $(tail -n 1 "$folder/header.err")"
        return "$status"
        ;;
    esac
    rm -f "$folder/header.csv"
}

# The name under which --keep keeps a file.
archive_name() {
    if [ "${types[$1:member]}" = - ]; then
        echo "${run[cycle]}-$1_${run[cycle]}.csv"
    else
        echo "${run[cycle]}-$1${run[cycle]#??}.zip"
    fi
}

# read_file DATASET FOLDER STAGING EXPECT: one pass of the pipe over the file.
read_file() {
    local dataset=$1 folder=$2
    local fetch=("$FECPIPE_BIN/fec-fetch" --retries "$FEC_RETRIES" --stats "$folder/fetch.stats")
    local unzip=("$FECPIPE_BIN/fec-unzip" --stats "$folder/unzip.stats"
        "${types[$dataset:member]}")
    local parse=("$FECPIPE_BIN/fec-parse" --cycle "${run[cycle]}" --stats "$folder/parse.stats"
        --rejects "$folder/rejects" --reject-keys "$folder/kept"
        --max-rejects "$FEC_MAX_REJECTS" --min-rejects "$FEC_MIN_REJECTS")
    [ "${types[$dataset:member]}" != - ] || unzip=(cat)
    # An archive of 22 bytes has no members: the file of a cycle that has just begun.
    [ "${unzip[0]}" = cat ] || [ "${counted[info:length]:-}" != 22 ] || unzip=(sed d)
    [ ! -f "$folder/header.csv" ] || parse+=(--header "$folder/header.csv")
    [ -z "${option[progress]:-}" ] || fetch+=(--progress)
    [ -z "${option[keep]:-}" ] || fetch+=(--save "$FEC_HOME/archive/$(archive_name "$dataset")")
    try_pipe "$@" "${fetch[@]}" bulk "$dataset" "${run[cycle]}" '|' "${unzip[@]}" '|' \
        "${parse[@]}" "$dataset"
}

# record_dataset STEP DATASET SECONDS [NAME=VALUE]: records what the filters have counted.
record_dataset() {
    step "$1" "run_id=${run[id]}" "dataset=$2" "seconds=$3" "fetched=${counted[fetch]:-}" \
        "parsed=${counted[parse]:-}" "deduped=${counted[dedupe]:-}" \
        "loaded=${counted[load]:-}" "${@:4}"
}

# Loads the keys that fec-dedupe has named, and those that rejected lines still show: a line that
# cannot be read withdraws nothing.
load_named_keys() {
    local folder=$1 staging=$2 name
    [ "${counted[parse:rejected]:-0}" = 0 ] ||
        load_keys "$folder/kept" "${staging}_kept" "$folder" || return $?
    for name in conflicts missing; do
        [ "${counted[dedupe:${name/conflicts/conflicting}]:-0}" = 0 ] ||
            load_keys "$folder/$name" "${staging}_$name" "$folder" || return $?
    done
}

# stage_file DATASET FOLDER: everything from the server to the staging tables.
stage_file() {
    local dataset=$1 folder=$2 staging first_load expect started seconds status try lines bytes
    put_now started
    fetch_header "$dataset" "$folder" || return $?
    query run/stage.sql "run_id=${run[id]}" "dataset=$dataset" || return $?
    IFS=$'\t' read -r staging first_load expect <<<"${run[rows]}"
    [ "$first_load" = f ] || expect=-
    # A file that the FEC replaces while it is read (75) is read again from its start.
    for try in 1 2 3; do
        read_file "$dataset" "$folder" "$staging" "$expect"
        status=$?
        [ "$status" = "$EX_TEMPFAIL" ] && [ "$try" -lt 3 ] || break
        say "${run[reason]}; reading it again"
        rm -f "$folder/missing" "$folder/conflicts"
    done
    [ "$status" = 0 ] || return "$status"
    put_seconds seconds "$started"
    record_dataset run/staged.sql "$dataset" "$seconds" || return $?
    load_named_keys "$folder" "$staging" || return $?
    put_seconds seconds "$started"
    lines=$(with_commas "${counted[parse:lines]:-0}")
    bytes=$(megabytes "${counted[fetch:bytes]:-0}")
    say "$(printf '%-24s %s lines, %s read in %s s' "$dataset ${run[cycle]}:" "$lines" "$bytes" \
        "$seconds")"
}

# The same; a failure is recorded with what was counted.
stage_dataset() {
    local dataset=$1 status reason
    counted=()
    read_counts "${run[folder]}/$dataset" info
    stage_file "$dataset" "${run[folder]}/$dataset"
    status=$?
    [ "$status" != 0 ] || return 0
    reason=${run[reason]}
    record_dataset run/record.sql "$dataset" 0 status=failed
    run[reason]=$reason
    return "$status"
}
