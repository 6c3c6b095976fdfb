# shellcheck shell=bash
# export.sh - the command export: a cycle's tables as files of CSV or Parquet. Sourced by
# pipeline.sh.
#
# A file appears whole or not at all: it is written under another name in its folder, and gets its
# own name when it is complete. One that is there is replaced at that moment. All files are of one
# snapshot of the database, over one connection.

declare -A run

# exporting[format], [datasets], [cycles] and [folder] as asked for; [part] is the file that is
# being written, [group] the processes that write Parquet.
declare -A exporting=([format]=csv [datasets]='' [cycles]='' [folder]='' [part]='' [group]='')

read_export_options() {
    local words
    while [ $# -gt 0 ]; do
        case $1 in
        -h | --help) usage; exit 0 ;;
        --format=*) exporting[format]=${1#*=} ;;
        --dataset=*) exporting[datasets]="${exporting[datasets]} ${1#*=}" ;;
        --cycle=*) exporting[cycles]="${exporting[cycles]} ${1#*=}" ;;
        --format | --dataset | --cycle)
            [ $# -gt 1 ] || fail "$EX_USAGE" "$1 needs an argument"
            set -- "$1=$2" "${@:3}"
            continue
            ;;
        -*) fail "$EX_USAGE" "export: '$1' is not known; see pipeline.sh --help" ;;
        *)
            [ -z "${exporting[folder]}" ] || fail "$EX_USAGE" "export takes one folder"
            [ -n "$1" ] || fail "$EX_USAGE" "the folder has no name"
            exporting[folder]=$1
            ;;
        esac
        shift
    done
    case ${exporting[format]} in
    csv | parquet) ;;
    *) fail "$EX_USAGE" "--format takes csv or parquet, not '${exporting[format]}'" ;;
    esac
    [ -n "${exporting[folder]}" ] || fail "$EX_USAGE" "export needs a folder to write to"
    split_list "${exporting[datasets]}"
    exporting[datasets]=${words[*]+"${words[*]}"}
    exporting[cycles]=$(list_cycles ${exporting[cycles]:+"${exporting[cycles]}"}) || exit $?
}

# Makes the folder if it is missing, and makes its path absolute.
open_export_folder() {
    (umask "$CALLER_UMASK" && mkdir -p -- "${exporting[folder]}") ||
        fail "$EX_CANTCREAT" "cannot make ${exporting[folder]}"
    exporting[folder]=$(cd -- "${exporting[folder]}" && pwd) && [ -w "${exporting[folder]}" ] ||
        fail "$EX_CANTCREAT" "cannot write to ${exporting[folder]}"
    case ${exporting[folder]} in
    *$'\n'*) fail "$EX_USAGE" "a folder with a line end in its name cannot be written to" ;;
    esac
    # What exports that were killed have left; one that lives writes to it all the time.
    find "${exporting[folder]}/" -maxdepth 1 -type f -name '.fecpipe-export.*' -mmin +60 \
        -exec rm -f {} +
}

check_duckdb() {
    command -v duckdb >/dev/null 2>&1 ||
        fail "$EX_UNAVAILABLE" "duckdb is missing, which writes Parquet: get DuckDB's program $(
        )from https://duckdb.org/install and put it on PATH; --format csv needs nothing"
}

# Ends the session and removes what is not complete.
end_export() {
    [ -z "${exporting[group]}" ] || kill -TERM -- "-${exporting[group]}" 2>/dev/null
    [ -z "${exporting[part]}" ] || rm -f -- "${exporting[part]}"
    close_session
    remove_folder
}

# export_failed STATUS TABLE CYCLE: ends. A full disk has no SQLSTATE.
export_failed() {
    local status=$1
    if [ -z "${run[sqlstate]:-}" ] &&
        ! head -c 65536 /dev/zero 2>/dev/null >>"${exporting[part]}"; then
        status=$EX_IOERR
    fi
    fail "$status" "$2 of $3 is not exported: ${run[reason]}"
}

# write_parquet TABLE CYCLE FILE: sends the table as CSV through a named pipe and cat into DuckDB's
# program, which writes FILE. (psql itself would not notice that a program at the other end has
# failed. And without cat DuckDB, which opens /dev/stdin, would wait for a second writer.)
write_parquet() {
    local table=$1 cycle=$2 file=$3 pipe=${run[folder]}/pipe status ended
    query export/parquet.sql "table=$table" "file=$file" || return $?
    rm -f "$pipe"
    mkfifo "$pipe" || return "$EX_IOERR"
    # A process group of its own, so that it can be stopped as a whole.
    set -m
    { cat <"$pipe" | duckdb -init /dev/null -batch -c "${run[rows]}"; } </dev/null \
        >"${run[folder]}/duckdb" 2>&1 &
    exporting[group]=$!
    set +m
    query export/csv.sql "table=$table" "cycle=$cycle" "file=$pipe"
    status=$?
    # It may still wait for somebody to write to the pipe.
    [ "$status" = 0 ] || kill -TERM -- "-${exporting[group]}" 2>/dev/null
    wait "${exporting[group]}"
    ended=$?
    exporting[group]=''
    # If duckdb fails first, psql only sees that nobody reads any more.
    if [ "$ended" != 0 ] && [ "$ended" != 143 ]; then
        run[reason]="duckdb ended with $ended: $(tail -n 1 "${run[folder]}/duckdb")"
        run[sqlstate]=duckdb
        return "$EX_SOFTWARE"
    fi
    return "$status"
}

# export_table TABLE CYCLE: writes one file.
export_table() {
    local table=$1 cycle=$2 name=$1_$2.${exporting[format]} file status
    file=${exporting[folder]}/$name
    [ ! -e "$file" ] && [ ! -L "$file" ] || [ -f "$file" ] ||
        fail "$EX_CANTCREAT" "$file is there, and is no file"
    exporting[part]=$(mktemp "${exporting[folder]}/.fecpipe-export.XXXXXX") ||
        fail "$EX_CANTCREAT" "cannot write to ${exporting[folder]}"
    if [ "${exporting[format]}" = csv ]; then
        query export/csv.sql "table=$table" "cycle=$cycle" "file=${exporting[part]}"
    else
        write_parquet "$table" "$cycle" "${exporting[part]}"
    fi
    status=$?
    [ "$status" = 0 ] || export_failed "$status" "$table" "$cycle"
    # mktemp makes files for their owner only. The bytes come before the name.
    chmod "$(printf %o $((0666 & ~8#$CALLER_UMASK)))" "${exporting[part]}" &&
        { sync -- "${exporting[part]}" 2>/dev/null || true; } &&
        mv -f -- "${exporting[part]}" "$file" || fail "$EX_IOERR" "cannot write $file"
    exporting[part]=
    say "$name: $(with_commas "${run[rows]}") rows, $(megabytes "$(wc -c <"$file")")"
}

command_export() {
    local table cycle missing files=0
    read_export_options "$@"
    [ "${exporting[format]}" = csv ] || check_duckdb
    open_export_folder
    make_home
    open_database
    open_schema
    make_folder export
    trap end_export EXIT
    exit_on_signals
    open_session 'fecpipe export' && query export/open.sql "cycles=${exporting[cycles]}" \
        "datasets=${exporting[datasets]}" || fail $? "no export: ${run[reason]}"
    while IFS=$'\t' read -r table cycle missing; do
        [ -n "$table" ] || continue
        if [ -n "$missing" ]; then
            say "$table has no rows of $cycle"
        else
            export_table "$table" "$cycle"
            files=$((files + 1))
        fi
    done <<<"${run[rows]}"
    [ "$files" -gt 0 ] || fail "$EX_NOINPUT" "there are no rows of ${exporting[cycles]// /, }"
}
