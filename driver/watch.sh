# shellcheck shell=bash
# watch.sh - the watch list: a file of committees, names and amounts. Rows that a run adds, changes
# or withdraws and that are on it are kept in fec.watch_match, and told to the command
# FEC_ON_SUCCESS and in the report. Sourced by pipeline.sh.
#
# A line of the file is a word and a value; empty lines and those that begin with # are passed over:
#
#     committee C00000059
#     name SMITH, JOHN
#     amount 100000

declare -A run option

# Sets run[watch] to the list, a line for each entry with a tab between word and value, or to
# nothing if there is no list. Tells what is wrong with each line by config_fault: a list with a bad
# line is refused before a run begins, not passed over.
read_watch_list() {
    local line word value number=0 place
    run[watch]=
    [ -n "${FEC_WATCH:-}" ] || return 0
    [ -f "$FEC_WATCH" ] && [ -r "$FEC_WATCH" ] || {
        config_fault "FEC_WATCH: cannot read $FEC_WATCH"
        return 0
    }
    while IFS= read -r line || [ -n "$line" ]; do
        number=$((number + 1)) place="$FEC_WATCH: line $number"
        line=${line%$'\r'} line=${line//$'\t'/ }
        line=${line#"${line%%[! ]*}"} line=${line%"${line##*[! ]}"}
        case $line in '' | '#'*) continue ;; esac
        word=${line%% *} value=${line#"$word"}
        value=${value#"${value%%[! ]*}"}
        check_watch_entry "$word" "$value" "$place" || continue
        run[watch]=${run[watch]}$word$'\t'$value$'\n'
    done <"$FEC_WATCH"
}

# False if a text is not UTF-8. The driver's locale knows bytes only.
is_utf8() {
    case $1 in *[$'\x80'-$'\xff']*) ;; *) return 0 ;; esac
    ! command -v iconv >/dev/null 2>&1 ||
        printf '%s' "$1" | iconv -f UTF-8 -t UTF-8 >/dev/null 2>&1
}

# check_watch_entry WORD VALUE PLACE: true if it is an entry of the list.
check_watch_entry() {
    local word=$1 value=$2 place=$3
    case $word in
    committee)
        [[ $value =~ ^C[0-9]{8}$ ]] ||
            config_fault "$place: '$value' is not a committee's id, C and 8 digits"
        ;;
    name)
        [ ${#value} -ge 3 ] ||
            config_fault "$place: a name has at least 3 letters, not '$value'" || return
        is_utf8 "$value" || config_fault "$place: it is not UTF-8"
        ;;
    amount)
        [[ $value =~ ^[0-9]{1,12}(\.[0-9]{1,2})?$ ]] ||
            config_fault "$place: '$value' is not an amount in dollars, such as 100000"
        ;;
    *) config_fault "$place: it begins with '$word', not with committee, name or amount" ;;
    esac
}

# After a run of a cycle: keeps what is on the list. The run is complete without it.
watch_run() {
    local dataset datasets
    [ -n "${run[watch]:-}" ] && [ -z "${option[dry_run]:-}" ] || return 0
    query watch/datasets.sql "run_id=${run[id]}" || return 0
    datasets=${run[rows]}
    for dataset in $datasets; do
        # Over a connection of its own, because an error ends the session, which is needed yet.
        PGAPPNAME='fecpipe watch' step_alone watch/dataset.sql "run_id=${run[id]}" \
            "dataset=$dataset" "list=${run[watch]}" ||
            complain_in_passing "$dataset ${run[cycle]} is not held against the watch list: $(
            )${run[reason]}"
    done
}

# Prints what was found in all cycles of the run; nothing without a list.
tell_of_watched() {
    [ -n "${run[watch]:-}" ] || return 0
    step_alone watch/told.sql "kind=${run[kind]}" "host=${run[host]}" \
        "processes=${run[processes]:-}" || complain_in_passing "no watch list: ${run[reason]}"
}
