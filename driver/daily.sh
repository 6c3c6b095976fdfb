# shellcheck shell=bash
# daily.sh - the daily increment from the FEC's API. Sourced by pipeline.sh.
#
# A sweep is one pass over an endpoint of the API: the committees and the candidates that are new or
# changed, then the contributions. It is read in batches of some pages. A batch goes through the
# pipe into a staging table and is applied in one transaction, together with the cursor, the place
# after its last page. So a run that is stopped, at whatever point, has lost at most one batch, and
# the next run resumes after the last batch that was applied.

declare -A run option types

# The committees that were named.
committees=()

# The sweep that is open: its endpoint, its number (id), load-date or committee (by), the day from
# which it reads (since), old if another one has to follow (age), the endpoint's folder and staging
# table.
declare -A sweep=()

read_daily_options() {
    local one words
    run[cycles]=''
    option[lookback_days]=$FEC_LOOKBACK_DAYS option[by]=load-date
    while [ $# -gt 0 ]; do
        if common_option "$@"; then
            shift "${option[words]}"
            continue
        fi
        case $1 in
        --lookback-days=* | --by=* | --committee=* | --uncoded=*)
            set -- "${1%%=*}" "${1#*=}" "${@:2}"
            continue
            ;;
        --lookback-days | --by | --committee | --uncoded)
            [ $# -gt 1 ] || fail "$EX_USAGE" "$1 needs an argument"
            case $1 in
            --lookback-days) option[lookback_days]=$2 ;;
            --by) option[by]=$2 ;;
            --uncoded) FEC_UNCODED=$2 ;;
            --committee) committees+=("$2") ;;
            esac
            shift
            ;;
        --full-refresh) option[full]=yes ;;
        --individuals-only) FEC_INDIVIDUALS_ONLY=yes ;;
        *) fail "$EX_USAGE" "daily: '$1' is not known; see pipeline.sh --help" ;;
        esac
        shift
    done
    settle_cycles
    case ${option[lookback_days]} in
    '' | *[!0-9]* | ?????*)
        fail "$EX_USAGE" "--lookback-days takes a number of days, not '${option[lookback_days]}'"
        ;;
    esac
    option[lookback_days]=$((10#${option[lookback_days]}))
    check_value 'count|keep' "$FEC_UNCODED" --uncoded "$EX_USAGE"
    case ${option[by]} in
    load-date | committee) ;;
    *) fail "$EX_USAGE" "--by takes load-date or committee, not '${option[by]}'" ;;
    esac
    if [ ${#committees[@]} -gt 0 ]; then
        split_list "${committees[@]}"
        mapfile -t committees < <(printf '%s\n' "${words[@]+"${words[@]}"}" | sort)
    fi
    for one in "${committees[@]+"${committees[@]}"}"; do
        [[ $one =~ ^C[0-9]{8}$ ]] ||
            fail "$EX_USAGE" "'$one' is not a committee: an id is C and eight digits"
    done
    [ ${#committees[@]} = 0 ] || option[by]=committee
    read_types || fail "$EX_UNAVAILABLE" "$FECPIPE_BIN/fec-parse does not run; 'make' builds it"
    [ -t 2 ] && option[progress]=yes
    return 0
}

# Takes up an unfinished sweep or makes one; the folder gets its cursor and its plan.
open_sweep() {
    local folder=${sweep[folder]} found scope=all
    # What it is over, in fec.sweep.scope. One that was not finished is taken up only by a run that
    # asks for the same.
    [ -z "${option[full]:-}" ] || scope=full
    [ "${sweep[by]}" != committee ] || [ ${#committees[@]} = 0 ] ||
        scope="$scope ${committees[*]}"
    query sweep/open.sql "run_id=${run[id]}" "dataset=${sweep[endpoint]}" \
        "strategy=${sweep[by]}" "scope=$scope" \
        "lookback_days=${option[lookback_days]}" "full=${option[full]:-no}" \
        "committees=${committees[*]+"${committees[*]}"}" || return $?
    IFS=$'\t' read -r 'sweep[id]' found 'sweep[age]' 'sweep[since]' <<<"${run[rows]}"
    remove_files "$folder/cursor" "$folder/committees"
    if [ "$found" = resumed ]; then
        say "${sweep[endpoint]} ${run[cycle]}: goes on where the run before has stopped"
        step sweep/cursor.sql "sweep_id=${sweep[id]}" >"$folder/cursor" || return $?
        [ -s "$folder/cursor" ] || rm -f "$folder/cursor"
    fi
    [ "${sweep[by]}" != committee ] ||
        step sweep/committees.sql "sweep_id=${sweep[id]}" >"$folder/committees"
}

# Runs the pipe over a batch.
read_batch() {
    local folder=${sweep[folder]} endpoint=${sweep[endpoint]} since=${sweep[since]}
    local fetch=("$FECPIPE_BIN/fec-fetch" --retries "$FEC_RETRIES" --stats "$folder/fetch.stats"
        --cycle "${run[cycle]}" --cursor "$folder/cursor" --pages "$FEC_API_BATCH")
    [ -z "${option[progress]:-}" ] || fetch+=(--progress)
    case $endpoint in
    schedule_a)
        [ "$FEC_INDIVIDUALS_ONLY" != yes ] || fetch+=(--is-individual)
        [ -z "$since" ] || fetch+=(--min-load-date "$since")
        [ "${sweep[by]}" != committee ] || fetch+=(--committees "$folder/committees")
        ;;
    committees) [ -z "$since" ] || fetch+=(--min-last-file-date "$since") ;;
    candidates) [ -z "$since" ] || fetch+=(--min-first-file-date "$since") ;;
    esac
    try_pipe "$endpoint" "$folder" "${sweep[staging]}" - "${fetch[@]}" api "$endpoint" '|' \
        cat '|' "$FECPIPE_BIN/fec-parse" --cycle "${run[cycle]}" --stats "$folder/parse.stats" \
        --rejects "$folder/batch.rejects" --max-rejects "$FEC_MAX_REJECTS" \
        --min-rejects "$FEC_MIN_REJECTS" api "$endpoint"
}

# Fetches a batch into the staging table. Returns fec-fetch's status; sweep[good] is not empty if
# the pages up to the cursor came through, also when fec-fetch has failed after them.
fetch_batch() {
    local folder=${sweep[folder]} status statuses
    sweep[good]=''
    remove_files "$folder/batch.rejects" "$folder/conflicts"
    read_batch
    status=$?
    sweep[calls]=$((sweep[calls] + ${counted[fetch:calls]:-0}))
    read -r -d '' -a statuses <"$folder/statuses"
    [ ! -s "$folder/batch.rejects" ] || cat "$folder/batch.rejects" >>"$folder/rejects"
    if [ "$status" != 0 ]; then
        [ "${statuses[*]:1}" = '0 0 0 0 0' ] && [ "${statuses[0]}" -lt 128 ] &&
            [ "${counted[fetch:pages]:-0}" -gt 0 ] || return "$status"
    fi
    if [ "${counted[dedupe:passed]:-0}" != "${counted[load:records]:-0}" ]; then
        run[reason]="${sweep[endpoint]}: fec-dedupe passed on ${counted[dedupe:passed]:-0} $(
        )records, pg-load took ${counted[load:records]:-0}"
        return "$EX_SOFTWARE"
    fi
    [ "${counted[dedupe:conflicting]:-0}" = 0 ] ||
        load_keys "$folder/conflicts" "${sweep[staging]}_conflicts" "$folder" || return $?
    sweep[good]=yes
    return "$status"
}

# apply_batch COMPLETE: applies the batch, in one transaction with the place after it.
apply_batch() {
    local cursor
    put_text cursor "${sweep[folder]}/cursor"
    step apply/batch.sql "run_id=${run[id]}" "dataset=${sweep[endpoint]}" \
        "sweep_id=${sweep[id]}" "complete=$1" "cursor=$cursor" "fetched=${counted[fetch]:-}" \
        "parsed=${counted[parse]:-}" "deduped=${counted[dedupe]:-}" || return $?
    log "${sweep[endpoint]} ${run[cycle]}: ${counted[fetch:rows]:-0} rows in $(
    )${counted[fetch:calls]:-0} calls applied"
}

# The first batch tells how much is to come. Says how long it takes if that is more than this hour
# has; refuses to read by the API what the bulk file brings in minutes.
judge_size() {
    local calls=${counted[fetch:expected_calls]:-0} limit=${counted[fetch:quota_limit]:-0}
    local seconds=${counted[fetch:expected_seconds]:-0}
    [ "$limit" -gt 0 ] || limit=1000
    if [ "${sweep[by]}" = load-date ] && [ -z "${option[full]:-}" ] && [ -z "${sweep[since]}" ] &&
        [ "$calls" -gt "$limit" ]; then
        step sweep/forget.sql "sweep_id=${sweep[id]}"
        run[reason]="cycle ${run[cycle]} was never read, and by the API that takes $(
            with_commas "$calls") calls: run 'pipeline.sh monthly --cycle ${run[cycle]}' first$(
        ), or go on with --full-refresh"
        return "$EX_CONFIG"
    fi
    [ "$seconds" -lt 60 ] ||
        say "${sweep[endpoint]} ${run[cycle]}: about $(with_commas "$calls") calls are to come, $(
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
    # Without a limit there is nothing to wait for.
    [ "${FEC_API_CALLS_PER_HOUR:-}" != 0 ] || return 0
    seconds=$("$FECPIPE_BIN/fec-fetch" quota 2>/dev/null |
        sed -n 's/^wait_seconds=\([0-9]*\).*/\1/p')
    [ "${seconds:-0}" -lt 60 ] ||
        say "${sweep[endpoint]} ${run[cycle]}: the calls of this hour are used up; goes on in $(
            hours_and_minutes "$seconds")"
}

# Says so if rows that the API had counted never came: they have moved while they were read. The
# next sweep reads again what the FEC has loaded since some days before this one.
tell_of_short_sweep() {
    local short=${counted[fetch:short]:-}
    case $short in '' | 0) return 0 ;; esac
    say "${sweep[endpoint]} ${run[cycle]}: the rows that came differ by ${short#-} from the API's $(
    )count: rows have moved while they were read, and the next run reads them again"
}

# All batches of the open sweep.
read_sweep() {
    local folder=${sweep[folder]} first=yes status complete
    if [ "${sweep[by]}" = committee ] && [ ! -s "$folder/committees" ]; then
        say "${sweep[endpoint]} ${run[cycle]}: there is no committee with an extraction state"
        step sweep/close.sql "sweep_id=${sweep[id]}"
        return
    fi
    while :; do
        tell_of_waiting
        fetch_batch
        status=$?
        [ -n "${sweep[good]}" ] || return "$status"
        if [ -n "$first" ] && [ "$status" = 0 ]; then
            judge_size || return $?
        fi
        first='' complete=false
        [ "${counted[fetch:complete]:-0}" = 0 ] || complete=true
        # If fec-fetch has failed, its reason is the run's.
        apply_batch "$complete" || return $?
        [ "$status" = 0 ] || return "$status"
        [ "$complete" = false ] || break
    done
    tell_of_short_sweep
}

# sweep_endpoint ENDPOINT load-date|committee: what is unfinished first, and if that was begun long
# ago, another sweep.
sweep_endpoint() {
    local started seconds status result reason
    put_now started
    counted=()
    sweep[endpoint]=$1 sweep[by]=$2 sweep[folder]=${run[folder]}/$1 sweep[age]=old
    mkdir "${sweep[folder]}" || return "$EX_IOERR"
    query run/stage.sql "run_id=${run[id]}" "dataset=$1" || return $?
    sweep[staging]=${run[rows]%%$'\t'*}
    while [ "${sweep[age]}" = old ]; do
        open_sweep || return $?
        read_sweep
        status=$? result=applied
        [ "$status" = 0 ] || result=failed
        reason=${run[reason]}
        put_seconds seconds "$started"
        step run/finish-dataset.sql "run_id=${run[id]}" "dataset=$1" "status=$result" \
            "seconds=$seconds" "fetched=${counted[fetch]:-}"
        run[reason]=$reason
        [ "$status" = 0 ] || return "$status"
    done
}

daily_title() {
    echo "Daily update of cycle ${run[cycle]}"
}

# All of a cycle's run between lock and summary. Returns 0, or a status with run[reason] set.
daily_cycle() {
    local endpoint by
    sweep[calls]=0
    step run/emptied.sql "run_id=${run[id]}" "full=${option[full]:-no}" || return $?
    for endpoint in ${types[api]}; do
        by=load-date
        if [ "$endpoint" = schedule_a ]; then
            by=${option[by]}
        elif [ ${#committees[@]} -gt 0 ]; then
            continue
        fi
        sweep_endpoint "$endpoint" "$by" || return $?
    done
    step run/finish-daily.sql "run_id=${run[id]}"
}

daily_summary() {
    print_summary "$1" "${sweep[calls]}"
}

command_daily() {
    run[options]=$*
    keep_job_options "$@"
    read_daily_options "$@"
    start_runs daily
    run_cycles
}
