# shellcheck shell=bash
# daily.sh - the daily increment from the FEC's API. Sourced by pipeline.sh.
#
# A sweep is one pass over an endpoint of the API: the committees and the candidates that are new or
# changed, then the contributions. It is read in batches of some pages. A batch goes through the
# pipe into a staging table and is applied in one transaction, together with the cursor, the place
# behind its last page. So a run that is stopped, at whatever point, has lost at most one batch, and
# the next run goes on behind what is in the database.

endpoint='' endpoint_dataset='' sweep_id='' sweep_since='' run_calls=0
strategy=load-date full_refresh='' lookback_days='' committees=()

# A sweep that was begun before and is finished now says nothing of what came since; after so many
# hours another one follows.
SWEEP_IS_OLD=12

read_daily_options() {
    local one
    cycles=() lookback_days=$FEC_LOOKBACK_DAYS
    while [ $# -gt 0 ]; do
        if common_option "$@"; then
            shift "$option_words"
            continue
        fi
        case $1 in
        --lookback-days=* | --by=* | --committee=*)
            set -- "${1%%=*}" "${1#*=}" "${@:2}"
            continue
            ;;
        --lookback-days | --by | --committee)
            [ $# -gt 1 ] || fail "$EX_USAGE" "$1 needs an argument"
            case $1 in
            --lookback-days) lookback_days=$2 ;;
            --by) strategy=$2 ;;
            --committee) committees+=("$2") ;;
            esac
            shift
            ;;
        --full-refresh) full_refresh=yes ;;
        *) fail "$EX_USAGE" "daily: '$1' is not known; see pipeline.sh --help" ;;
        esac
        shift
    done
    settle_cycles
    case $lookback_days in
    '' | *[!0-9]* | ?????*)
        fail "$EX_USAGE" "--lookback-days takes a number of days, not '$lookback_days'"
        ;;
    esac
    lookback_days=$((10#$lookback_days))
    case $strategy in
    load-date | committee) ;;
    *) fail "$EX_USAGE" "--by takes load-date or committee, not '$strategy'" ;;
    esac
    mapfile -t committees < <(split_list "${committees[@]+"${committees[@]}"}" | sort)
    for one in "${committees[@]+"${committees[@]}"}"; do
        [[ $one =~ ^C[0-9]{8}$ ]] ||
            fail "$EX_USAGE" "'$one' is no committee: an id is C and eight digits"
    done
    [ ${#committees[@]} = 0 ] || strategy=committee
    [ "$FEC_API_BATCH" -gt 0 ] || fail "$EX_CONFIG" "FEC_API_BATCH must be at least 1"
    [ -t 2 ] && progress=yes
    return 0
}

# Sets what depends on the endpoint: the bulk file of the same rows, and so table and key.
choose_endpoint() {
    endpoint=$1
    case $endpoint in
    schedule_a) endpoint_dataset=indiv ;;
    committees) endpoint_dataset=cm ;;
    candidates) endpoint_dataset=cn ;;
    esac
    describe_dataset "$endpoint_dataset"
}

# What a sweep is over, in fec.sweep.scope. One that was not finished is taken up only by a run that
# asks for the same.
sweep_scope() {
    local scope=all
    [ -z "$full_refresh" ] || scope=full
    if [ "$endpoint" = schedule_a ] && [ ${#committees[@]} -gt 0 ]; then
        scope="$scope ${committees[*]}"
    fi
    echo "$scope"
}

# Finds the sweep that an earlier run has begun, and closes those that are overtaken: what they were
# reading a bulk file has brought, or a later sweep if they were to read only what was new. Prints
# "ID old" or "ID new", or nothing.
unfinished_sweep() {
    local cycle=$1 by=$2 scope=$3
    ask "UPDATE fec.sweep SET finished_at = now()
          WHERE cycle = $cycle AND dataset = '$endpoint' AND finished_at IS NULL
            AND started_at <= fec.covered_until($cycle, '$endpoint',
                                                strategy = 'load-date' AND scope = 'all');
        DELETE FROM fec.sweep_committee USING fec.sweep
         WHERE sweep.sweep_id = sweep_committee.sweep_id AND finished_at IS NOT NULL;
        SELECT concat_ws(' ', sweep_id,
                   CASE WHEN started_at < now() - interval '$SWEEP_IS_OLD hours' THEN 'old'
                        ELSE 'new' END)
          FROM fec.sweep
         WHERE cycle = $cycle AND dataset = '$endpoint' AND strategy = '$by'
           AND scope = $(quote "$scope") AND finished_at IS NULL
         ORDER BY sweep_id DESC LIMIT 1"
}

# Makes a new sweep and, by committee, its plan.
begin_sweep() {
    local cycle=$1 by=$2 scope=$3 since=NULL
    if [ "$by" = load-date ] && [ "$scope" = all ]; then
        # The API's dates are those of Washington.
        since="(fec.covered_until($cycle, '$endpoint') AT TIME ZONE 'America/New_York')::date
            - $lookback_days"
    fi
    sweep_id=$(ask "INSERT INTO fec.sweep (cycle, dataset, strategy, scope, since, run_id)
        VALUES ($cycle, '$endpoint', '$by', $(quote "$scope"), $since, $run_id)
        RETURNING sweep_id") || return "$EX_UNAVAILABLE"
    [ "$by" = committee ] || return 0
    tell "\\set cycle $cycle
\\set sweep_id $sweep_id
\\set lookback_days $lookback_days
\\set full $([ -n "$full_refresh" ] && echo true || echo false)
\\set committees $(psql_path "${committees[*]+"${committees[*]}"}")
\\i $(psql_path "$share/sql/sweep/plan.sql")"
}

# Takes up an unfinished sweep or makes one; $folder gets the cursor and the plan. Sets sweep_id,
# sweep_since and sweep_was_old.
open_sweep() {
    local cycle=$1 by=$2 folder=$3 scope found
    scope=$(sweep_scope)
    found=$(unfinished_sweep "$cycle" "$by" "$scope") || return "$EX_UNAVAILABLE"
    read -r sweep_id sweep_was_old <<<"$found"
    rm -f "$folder/cursor" "$folder/committees"
    if [ -n "$sweep_id" ]; then
        ask "SELECT cursor FROM fec.sweep WHERE sweep_id = $sweep_id AND cursor IS NOT NULL" \
            >"$folder/cursor" || return "$EX_UNAVAILABLE"
        [ -s "$folder/cursor" ] || rm -f "$folder/cursor"
        say "$endpoint $cycle: goes on where the run before has stopped"
    else
        begin_sweep "$cycle" "$by" "$scope" || return $?
    fi
    sweep_since=$(ask "SELECT since FROM fec.sweep WHERE sweep_id = $sweep_id") ||
        return "$EX_UNAVAILABLE"
    [ "$by" != committee ] || ask "SELECT concat_ws(E'\\t', committee_id, min_date)
        FROM fec.sweep_committee WHERE sweep_id = $sweep_id ORDER BY position" \
        >"$folder/committees" || return "$EX_UNAVAILABLE"
}

# Sets the left half of the pipe. A share of a batch means little as a limit of rejected rows, so
# where FEC_MAX_REJECTS is one, ten are borne.
api_pipe() {
    local cycle=$1 by=$2 folder=$3 most=$FEC_MAX_REJECTS
    case $most in *%) most=10 ;; esac
    pipe_fetch=("$bin/fec-fetch" --retries "$FEC_RETRIES" --stats "$folder/fetch.stats"
        --cycle "$cycle" --cursor "$folder/cursor" --pages "$FEC_API_BATCH")
    [ -z "$progress" ] || pipe_fetch+=(--progress)
    case $endpoint in
    schedule_a)
        pipe_fetch+=(--is-individual)
        [ -z "$sweep_since" ] || pipe_fetch+=(--min-load-date "$sweep_since")
        [ "$by" != committee ] || pipe_fetch+=(--committees "$folder/committees")
        ;;
    committees) [ -z "$sweep_since" ] || pipe_fetch+=(--min-last-file-date "$sweep_since") ;;
    candidates) [ -z "$sweep_since" ] || pipe_fetch+=(--min-first-file-date "$sweep_since") ;;
    esac
    pipe_fetch+=(api "$endpoint")
    pipe_unzip=(cat)
    pipe_parse=("$bin/fec-parse" --cycle "$cycle" --stats "$folder/parse.stats"
        --rejects "$folder/batch.rejects" --max-rejects "$most" api "$endpoint")
}

# Fetches a batch into the staging table. Returns fec-fetch's status; not 0 and batch_is_good means
# that the pages up to the cursor came through all the same.
fetch_batch() {
    local cycle=$1 folder=$2 staging=$3 status statuses
    batch_is_good=''
    rm -f "$folder/batch.rejects" "$folder/conflicts"
    try_pipe "$endpoint" "$cycle" "$folder" "$staging" '' 0
    status=$?
    run_calls=$((run_calls + $(number calls "$folder/fetch.stats")))
    read -r -d '' -a statuses <"$folder/statuses"
    if [ "$status" = 0 ] ||
        { [ "${statuses[*]:1}" = '0 0 0 0 0' ] && [ "${statuses[0]}" -lt 128 ] &&
            [ "$(number pages "$folder/fetch.stats")" -gt 0 ]; }; then
        batch_is_good=yes
    fi
    [ ! -s "$folder/batch.rejects" ] || cat "$folder/batch.rejects" >>"$folder/rejects"
    [ -n "$batch_is_good" ] || return "$status"
    if [ "$(number passed "$folder/dedupe.stats")" != "$(number records "$folder/load.stats")" ]
    then
        batch_is_good=''
        run_reason="$endpoint: fec-dedupe passed on $(number passed "$folder/dedupe.stats")"
        run_reason="$run_reason records, pg-load took $(number records "$folder/load.stats")"
        return "$EX_SOFTWARE"
    fi
    if [ "$(number conflicting "$folder/dedupe.stats")" != 0 ]; then
        load_keys "$folder/conflicts" "${staging}_conflicts" "$folder" || {
            status=$?
            batch_is_good=''
        }
    fi
    return "$status"
}

# The psql commands that apply a batch, in one transaction with the place behind it.
batch_commands() {
    local cycle=$1 by=$2 folder=$3 staging=$4 group_before=$5 group_now=$6 complete=$7
    local fetched=$folder/fetch.stats parsed=$folder/parse.stats deduped=$folder/dedupe.stats
    local place cursor=NULL
    place=$(grep -E '^(group|page|last_index|last_contribution_receipt_date|sort_null_only)=' \
        "$folder/cursor" 2>/dev/null | tr '\n' ' ')
    [ "$complete" = true ] || cursor=$(quote "$(cat "$folder/cursor")")
    printf '%s\n' 'BEGIN;' "\\set cycle $cycle" "\\set run_id $run_id" \
        "\\set sweep_id $sweep_id" "\\set dataset $endpoint" "\\set table $dataset_table" \
        "\\set staging $staging" '\set first_load false' '\set known 0' \
        "\\set passed $(number passed "$deduped")" "\\set file_time ''" '\set from_api true' \
        "\\set is_schedule_a $([ "$endpoint" = schedule_a ] && echo true || echo false)" \
        "\\set by_committee $([ "$by" = committee ] && echo true || echo false)" \
        "\\set covers_all $([ -z "$sweep_since" ] && echo true || echo false)" \
        "\\set complete $complete" "\\set group_before $group_before" \
        "\\set group_now $group_now" "\\set resume_at $(psql_path "sweep=$sweep_id ${place% }")"
    echo "SELECT fec.refuse_if(NOT pg_try_advisory_xact_lock($LOCK_CLASS, $cycle)," \
        "'the lock of the cycle is lost') \\g /dev/null"
    [ "$(number passed "$deduped")" = 0 ] ||
        echo "SELECT fec.make_partition('$dataset_table', $cycle) \\g /dev/null"
    echo "\\i $(psql_path "$share/sql/apply/batch.sql")"
    echo "UPDATE fec.run_dataset
           SET bytes = bytes + $(number bytes "$fetched"),
               rows_read = rows_read + $(number lines "$parsed"),
               rejected = rejected + $(number rejected "$parsed"),
               undated = undated + $(number undated "$parsed"),
               repeated = repeated + $(number repeated "$deduped"),
               conflicting = conflicting + $(number conflicting "$deduped")
         WHERE run_id = $run_id AND dataset = '$endpoint';
        UPDATE fec.sweep
           SET cursor = $cursor, calls = calls + $(number calls "$fetched"),
               rows_read = rows_read + $(number rows "$fetched"),
               expected_calls = $(number expected_calls "$fetched"), run_id = $run_id,
               complete = $complete, finished_at = CASE WHEN $complete THEN now() END
         WHERE sweep_id = $sweep_id;"
    [ "$endpoint" != schedule_a ] || echo "\\i $(psql_path "$share/sql/states/batch.sql")"
    echo 'COMMIT;'
}

# The first batch tells how much is to come. Says how long it takes if that is more than this hour
# has; refuses to read by the API what the bulk file brings in minutes.
judge_size() {
    local cycle=$1 by=$2 folder=$3 calls seconds limit
    calls=$(number expected_calls "$folder/fetch.stats")
    seconds=$(number expected_seconds "$folder/fetch.stats")
    limit=$(number quota_limit "$folder/fetch.stats")
    [ "$limit" -gt 0 ] || limit=1000
    if [ "$by" = load-date ] && [ -z "$full_refresh" ] && [ -z "$sweep_since" ] &&
        [ "$calls" -gt "$limit" ]; then
        tell "DELETE FROM fec.sweep WHERE sweep_id = $sweep_id"
        run_reason="cycle $cycle was never read, and by the API that takes $(
            with_commas "$calls") calls: run 'pipeline.sh monthly --cycle $cycle' first"
        run_reason="$run_reason, or go on with --full-refresh"
        return "$EX_CONFIG"
    fi
    [ "$seconds" -lt 60 ] ||
        say "$endpoint $cycle: some $(with_commas "$calls") calls are to come, $(
            with_commas "$limit") an hour: about $(hours_and_minutes "$seconds")"
}

# Seconds for people.
hours_and_minutes() {
    if [ "$1" -lt 3600 ]; then
        echo "$((($1 + 59) / 60)) min"
    else
        echo "$(($1 / 3600)) h $(($1 % 3600 / 60)) min"
    fi
}

# Says so if the next call must wait for long; fec-fetch does the waiting.
tell_of_waiting() {
    local seconds
    seconds=$("$bin/fec-fetch" quota 2>/dev/null | sed -n 's/^wait_seconds=\([0-9]*\).*/\1/p')
    [ "${seconds:-0}" -lt 60 ] ||
        say "$endpoint $1: the calls of this hour are used up; goes on in $(
            hours_and_minutes "$seconds")"
}

# All batches of the open sweep.
read_sweep() {
    local cycle=$1 by=$2 folder=$3 staging=$4 first=yes status complete group=0 group_now
    if [ "$by" = committee ] && [ ! -s "$folder/committees" ]; then
        say "$endpoint $cycle: there is no committee with an extraction state"
        tell "UPDATE fec.sweep SET complete = true, finished_at = now()
            WHERE sweep_id = $sweep_id"
        return
    fi
    [ ! -f "$folder/cursor" ] || group=$(number group "$folder/cursor")
    while :; do
        tell_of_waiting "$cycle"
        api_pipe "$cycle" "$by" "$folder"
        fetch_batch "$cycle" "$folder" "$staging"
        status=$?
        [ -n "$batch_is_good" ] || return "$status"
        if [ -n "$first" ] && [ "$status" = 0 ]; then
            judge_size "$cycle" "$by" "$folder" || return $?
        fi
        first='' complete=false
        [ "$(number complete "$folder/fetch.stats")" = 0 ] || complete=true
        group_now=$(number group "$folder/cursor")
        tell "$(batch_commands "$cycle" "$by" "$folder" "$staging" "$group" "$group_now" \
            "$complete")" || {
            run_reason=$(session_error)
            return "$EX_UNAVAILABLE"
        }
        log "$endpoint $cycle: $(number rows "$folder/fetch.stats") rows in $(
            number calls "$folder/fetch.stats") calls applied"
        [ "$status" = 0 ] || return "$status"
        [ "$complete" = false ] || return 0
        group=$group_now
    done
}

# One sweep over an endpoint: what is unfinished first, and if that was begun long ago, another one.
sweep() {
    local cycle=$1 by=$2 folder=$run_folder/$3 staging started status
    choose_endpoint "$3" || return "$EX_SOFTWARE"
    mkdir -p "$folder" || return "$EX_IOERR"
    started=$(now)
    staging=$(ask "SELECT fec.make_staging('$dataset_table', $cycle, $run_id, false)") ||
        return "$EX_UNAVAILABLE"
    tell "INSERT INTO fec.run_dataset (run_id, dataset, status, bytes, rows_read, rejected,
            undated, repeated, conflicting, unchanged, inserted, changed, confirmed, withdrawn)
        VALUES ($run_id, '$endpoint', 'staged', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)" || return $?
    sweep_was_old=old
    while [ "$sweep_was_old" = old ]; do
        open_sweep "$cycle" "$by" "$folder" || return $?
        read_sweep "$cycle" "$by" "$folder" "$staging"
        status=$?
        tell "UPDATE fec.run_dataset SET seconds = $(seconds_since "$started"),
                url = $(quote_or_null "$(value url "$folder/fetch.stats")"),
                status = '$([ "$status" = 0 ] && echo applied || echo failed)'
            WHERE run_id = $run_id AND dataset = '$endpoint'"
        [ "$status" = 0 ] || return "$status"
    done
}

# What was there must be there still: to add what came since to a table that somebody has emptied
# would hide that nearly all is missing, from the monthly run too.
refuse_emptied_table() {
    local cycle=$1 emptied
    emptied=$(ask "SELECT NOT fec.has_rows('contribution', $cycle)
            AND (SELECT coalesce(sum(d.inserted - d.withdrawn), 0) > 0
                   FROM fec.run_dataset AS d JOIN fec.run AS r USING (run_id)
                  WHERE r.cycle = $cycle AND d.dataset IN ('indiv', 'schedule_a')
                    AND (d.status = 'applied' OR d.dataset = 'schedule_a'))") ||
        return "$EX_UNAVAILABLE"
    [ "$emptied" = t ] && [ -z "$full_refresh" ] || return 0
    run_reason="fec.contribution has lost its rows of cycle $cycle: run 'pipeline.sh monthly"
    run_reason="$run_reason --cycle $cycle', which brings them back"
    return "$EX_CONFIG"
}

daily_title() {
    echo "Daily update of cycle $1"
}

# All of a cycle's run between lock and summary. Returns 0, or a status with run_reason set.
daily_cycle() {
    local cycle=$1
    run_calls=0
    refuse_emptied_table "$cycle" || return $?
    if [ ${#committees[@]} = 0 ]; then
        sweep "$cycle" load-date committees || return $?
        sweep "$cycle" load-date candidates || return $?
    fi
    sweep "$cycle" "$strategy" schedule_a || return $?
    tell "UPDATE fec.run SET status = 'complete', finished_at = clock_timestamp(),
            states_updated = (SELECT count(*) FROM fec.extraction_state
                               WHERE cycle = $cycle AND run_id = $run_id)
        WHERE run_id = $run_id;
        SELECT fec.drop_staging($run_id)"
}

daily_summary() {
    printf '\nDAILY UPDATE COMPLETE\ncycle %s, run %s\n\n' "$1" "$run_id"
    summary_table "$2"
    printf '  %-28s %13s\n' 'calls of the API' "$(with_commas "$run_calls")"
}

command_daily() {
    run_options=$*
    read_daily_options "$@"
    start_runs daily
    run_cycles
}
