# shellcheck shell=bash
# verify.sh - the command verify: whether the tables are what the runs have written. Sourced by
# pipeline.sh.
#
# It has two parts. Each brings a function verify_PART that runs with the cycle's lock held and
# hands what it finds to `tell`. A finding is a line of five fields with tabs between:
#
#   LEVEL    ok, note or found
#   KEY      the row's key, a committee or a run; may be empty
#   MESSAGE  what was found
#   ADVICE   what to do; may be empty

declare -A run option counted

# The parts that were asked for, in their order; how many rows of a kind are listed; and what was
# found.
declare -A verify=([parts]='' [datasets]='' [form]=text [most]=100 [found]=0 [first]=yes)
VERIFY_PARTS='hashes counts'

read_verify_options() {
    local one parts=''
    run[cycles]=
    while [ $# -gt 0 ]; do
        case $1 in
        -h | --help) usage; exit 0 ;;
        --json) verify[form]=json ;;
        --force) option[force]=yes ;;
        --wait) option[wait]=yes ;;
        --cycle=* | --dataset=*) set -- "${1%%=*}" "${1#*=}" "${@:2}"; continue ;;
        --cycle | --dataset)
            [ $# -gt 1 ] || fail "$EX_USAGE" "$1 needs an argument"
            case $1 in
            --cycle) run[cycles]="${run[cycles]} $2" ;;
            --dataset) verify[datasets]="${verify[datasets]} $2" ;;
            esac
            shift
            ;;
        *)
            case " $VERIFY_PARTS " in
            *" $1 "*) parts="$parts $1" ;;
            *) fail "$EX_USAGE" "verify: '$1' is not known; its parts are ${VERIFY_PARTS// /, }" ;;
            esac
            ;;
        esac
        shift
    done
    for one in $VERIFY_PARTS; do
        case " ${parts:-$VERIFY_PARTS} " in
        *" $one "*) verify[parts]="${verify[parts]} $one" ;;
        esac
    done
    [ -z "${run[cycles]}" ] || run[cycles]=$(list_cycles "${run[cycles]}") || exit $?
    choose_datasets "${verify[datasets]:-$(all_datasets)}"
    verify[datasets]=$(IFS=, && echo "${datasets[*]}")
}

# --- what is found

# tell PART: prints the findings that it reads, one a line, and counts them.
tell() {
    local part=$1 line level key message advice name
    while IFS= read -r line; do
        level=${line%%$'\t'*} line=${line#*$'\t'}
        key=${line%%$'\t'*} line=${line#*$'\t'}
        message=${line%%$'\t'*} advice=
        case $line in *$'\t'*) advice=${line#*$'\t'} ;; esac
        [ "$level" != found ] || verify[found]=$((verify[found] + 1))
        if [ "${verify[form]}" = text ]; then
            printf '%-6s %-7s %s%s\n' "$level" "$part" "$message" "${advice:+; $advice}"
            continue
        fi
        for name in key message advice; do json_text "$name"; done
        [ -n "${verify[first]}" ] || printf ','
        verify[first]=
        printf '\n    {"part": "%s", "level": "%s", "cycle": %d, "key": "%s", ' "$part" "$level" \
            "${run[cycle]}" "$key"
        printf '"message": "%s", "advice": "%s"}' "$message" "$advice"
    done
}

# tell_step PART FILE [NAME=VALUE ...]: what a step finds.
tell_step() {
    local part=$1
    shift
    query "$@" || return $?
    [ -z "${run[rows]}" ] || tell "$part" <<<"${run[rows]}"
}

# tell_good PART MESSAGE
tell_good() {
    tell "$1" <<<$'ok\t\t'"$2"
}

# --- rows and versions against their hashes

# check_hashes VERSIONS TABLE KEY: checks the rows of a table, or of one with versions of them.
check_hashes() {
    local versions=$1 table=$2 key=$3 folder=${run[folder]} found before=${verify[found]} statuses
    query verify/found.sql "cycle=${run[cycle]}" "table=$table" "key=$key" || return $?
    found=${run[rows]}
    {
        PGAPPNAME='fecpipe verify' step_alone verify/rows.sql "cycle=${run[cycle]}" \
            "table=$table" "key=$key" "versions=$versions" || {
            statuses=$?
            printf '%s\n' "${run[reason]}" >"$folder/rows.err"
            (exit "$statuses")
        }
    } | "$FECPIPE_BIN/fec-dedupe" --check --key "$key" --stats "$folder/check.stats" \
        >"$folder/wrong" 2>"$folder/check.err"
    statuses=("${PIPESTATUS[@]}")
    if [ "${statuses[0]}" != 0 ]; then
        run[reason]=$(tail -n 1 "$folder/rows.err")
        return "${statuses[0]}"
    elif [ "${statuses[1]}" != 0 ]; then
        run[reason]=$(tail -n 1 "$folder/check.err")
        return "${statuses[1]}"
    fi
    read_counts "$folder" check.stats
    [ "${counted[check:passed]:-0}" = 0 ] ||
        PGAPPNAME='fecpipe verify' "$FECPIPE_BIN/pg-load" --replace "fec_staging.$found" \
            <"$folder/wrong" 2>"$folder/load.err" || {
        run[reason]=$(tail -n 1 "$folder/load.err")
        return "$EX_SOFTWARE"
    }
    tell_step hashes verify/hashes.sql "cycle=${run[cycle]}" "table=$table" "key=$key" \
        "versions=$versions" "found=$found" "most=${verify[most]}" \
        "force=${option[force]:-no}" || return $?
    [ "${verify[found]}" != "$before" ] ||
        tell_good hashes "fec.$versions ${run[cycle]}: all is as the runs wrote it, $(
            with_commas "${counted[check:records]:-0}") rows by their hashes"
}

verify_hashes() {
    local _ table key completes
    while IFS=$'\t' read -r _ table key completes; do
        check_hashes "$table" "$table" "$key" || return $?
        check_hashes "${table}_history" "$table" "$key" || return $?
        [ "$completes" = f ] || check_hashes "${table}_completion" "$table" "$key" || return $?
    done <"${run[folder]}/tables"
}

# --- tables, histories and the counts of the runs against each other

verify_counts() {
    local _ table key completes before
    while IFS=$'\t' read -r _ table key completes; do
        before=${verify[found]}
        tell_step counts verify/counts.sql "cycle=${run[cycle]}" "table=$table" "key=$key" \
            "completes=$completes" "most=${verify[most]}" || return $?
        [ "${verify[found]}" != "$before" ] ||
            tell_good counts "fec.$table ${run[cycle]}: the runs, the table and its history agree"
    done <"${run[folder]}/tables"
    before=${verify[found]}
    tell_step counts verify/runs.sql "cycle=${run[cycle]}" "most=${verify[most]}" || return $?
    [ "${verify[found]}" != "$before" ] ||
        tell_good counts "the runs of cycle ${run[cycle]} are noted as they ended"
}

# --- all of it

# verify_cycle CYCLE: all parts that are wanted. Returns 0, or a status with run[reason] set.
verify_cycle() {
    local part
    run[cycle]=$1 run[id]=''
    make_folder "verify-$1"
    open_session "fecpipe verify $1, process $$ on $(uname -n)" || return $?
    lock_cycle || return $?
    query verify/tables.sql "cycle=$1" "datasets=${verify[datasets]}" || return $?
    printf '%s' "${run[rows]:+${run[rows]}$'\n'}" >"${run[folder]}/tables"
    for part in ${verify[parts]}; do
        "verify_$part" || return $?
    done
    close_session
    remove_folder
}

command_verify() {
    local cycle cycles
    read_verify_options "$@"
    check_programs
    make_home
    open_database
    open_schema
    trap 'close_session; remove_folder' EXIT
    exit_on_signals
    # Writing to a psql that has gone is an error to be seen, not the end.
    trap : PIPE
    if [ -z "${run[cycles]}" ]; then
        cycles=$(step_alone verify/cycles.sql) || fail $? "nothing was verified: ${run[reason]}"
        run[cycles]=${cycles//$'\n'/ }
    fi
    [ "${verify[form]}" = text ] ||
        printf '{\n  "version": "%s",\n  "findings": [' "$FECPIPE_VERSION"
    read -r -a cycles <<<"${run[cycles]}"
    for cycle in "${cycles[@]+"${cycles[@]}"}"; do
        verify_cycle "$cycle" || fail $? "verify $cycle failed: ${run[reason]}"
    done
    if [ "${verify[form]}" = json ]; then
        printf '\n  ],\n  "found": %d\n}\n' "${verify[found]}"
    else
        printf '\n%d findings\n' "${verify[found]}"
    fi
    [ "${verify[found]}" = 0 ] || exit "$EX_DATAERR"
}
