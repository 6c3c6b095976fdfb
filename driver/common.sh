# shellcheck shell=bash
# common.sh - messages, endings and small helpers of the driver. Sourced by pipeline.sh.

# shellcheck disable=SC2034 # the driver's other files use them
EX_USAGE=64 EX_DATAERR=65 EX_NOINPUT=66 EX_UNAVAILABLE=69 EX_SOFTWARE=70
EX_CANTCREAT=73 EX_IOERR=74 EX_TEMPFAIL=75 EX_NOPERM=77 EX_CONFIG=78

# What a run knows. Empty or missing until it is known:
#   kind, cycles, cycle    monthly or daily; all cycles that were asked for; the one it is at
#   id                     its number in fec.run
#   folder, log            where its files are; its log
#   reason, complaint      why the last step or program failed; the last complaint
#   rows                   the rows of the last step
#   database, private      not empty if a database is open; if it is the private one
# And the options that it was started with, without their dashes.
declare -A run=([kind]='' [cycles]='' [cycle]='' [id]='' [folder]='' [log]='' [reason]=''
    [complaint]='' [rows]='' [database]='' [private]='')
# shellcheck disable=SC2034
declare -A option=()

# Prints lines on standard output and into the log.
say() {
    printf '%s\n' "$@"
    log "$@"
}

# Lines into the log only, each with the time. A full disk must not stop a run for its log's sake.
# It is called so often that it starts no program, as the other small functions of this file.
log() {
    [ -n "${run[log]}" ] || return 0
    local time text
    TZ=UTC0 printf -v time '%(%Y-%m-%dT%H:%M:%SZ)T' -1
    printf -v text '%s\n' "$@"
    text=${text%$'\n'}
    { printf '%s\n' "$time ${text//$'\n'/$'\n'$time }" >>"${run[log]}"; } 2>/dev/null || true
}

# The lines of a file, if it has any, into the log.
log_file() {
    local line
    [ -s "$1" ] || return 0
    while IFS= read -r line; do log "$line"; done <"$1"
}

# A message on standard error and into the log.
complain() {
    printf 'pipeline.sh: %s\n' "$1" >&2
    run[complaint]=$1
    log "$1"
}

# A complaint that does not take the last line on standard error from the reason of a failure.
complain_in_passing() {
    local reason=${run[complaint]}
    complain "$1"
    if [ -n "$reason" ]; then complain "$reason"; fi
}

# fail CODE MESSAGE: complains and ends.
fail() {
    complain "$2"
    exit "$1"
}

# The first line of a file of messages, for use within another message.
first_message() {
    [ -s "$1" ] && head -n 1 "$1"
}

# What programs have counted in KEY=VALUE lines, in their --stats files and fec-fetch --info. Of
# each file that was read, counted[NAME] is the text and counted[NAME:KEY] a value.
declare -A counted=()

# read_counts FOLDER FILE ...: reads files of FOLDER; NAME is what stands before the dot. One that
# is not there has counted nothing.
read_counts() {
    local folder=$1 file name line key
    shift
    for file in "$@"; do
        name=${file%.*}
        for key in "${!counted[@]}"; do
            case $key in "$name:"*) unset "counted[$key]" ;; esac
        done
        counted[$name]=
        [ -f "$folder/$file" ] || continue
        while IFS= read -r line || [ -n "$line" ]; do
            counted[$name]=${counted[$name]}$line$'\n'
            counted[$name:${line%%=*}]=${line#*=}
        done <"$folder/$file"
    done
}

# put_text NAME FILE: sets the variable NAME to the text of a file without its last line end, or to
# nothing if it is not there. (To catch what a function prints costs a process, so what a batch of
# rows asks for is put into a variable.)
put_text() {
    printf -v "$1" ''
    [ -f "$2" ] || return 0
    IFS= read -r -d '' "$1" <"$2" || true
    printf -v "$1" '%s' "${!1%$'\n'}"
}

# Makes a file that is not there yet; not through a link either.
make_new_file() {
    local status
    set -C
    { : >"$1"; } 2>/dev/null
    status=$?
    set +C
    return "$status"
}

# Removes files of the run; starts no program if there are none.
remove_files() {
    local file found=()
    for file in "$@"; do
        [ ! -e "$file" ] && [ ! -L "$file" ] || found+=("$file")
    done
    [ ${#found[@]} = 0 ] || rm -f "${found[@]}"
}

# Makes folders that are missing.
need_folders() {
    local folder
    for folder in "$@"; do
        [ -d "$folder" ] || mkdir -p "$folder" || return
    done
}

# From now on a signal ends the driver by way of its EXIT trap.
exit_on_signals() {
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

# owner_of PATH: the name of its owner; nothing if it is not there.
owner_of() {
    # shellcheck disable=SC2012 # only GNU's find could tell it
    ls -ldL "$1" 2>/dev/null | awk '{ print $3 }'
}

# Closes all files but the three standard ones, for a process that outlives this one: it must not
# hold our locks and connections.
close_other_files() {
    local fd
    for ((fd = 3; fd < 250; fd++)); do eval "exec $fd>&-"; done
}

no_arguments() {
    local command=$1
    shift
    case ${1:-} in
    '') ;;
    -h | --help) usage; exit 0 ;;
    *) fail "$EX_USAGE" "$command takes no arguments" ;;
    esac
}

# 1234567 as 1,234,567.
with_commas() {
    local rest=$1 text=''
    while [[ $rest =~ ^(-?[0-9]+)([0-9]{3})$ ]]; do
        rest=${BASH_REMATCH[1]}
        text=,${BASH_REMATCH[2]}$text
    done
    printf '%s\n' "$rest$text"
}

# Bytes for people.
megabytes() {
    local tenths=$((($1 + 50000) / 100000))
    printf '%d.%d MB\n' $((tenths / 10)) $((tenths % 10))
}

# nearest_word WORD CANDIDATE ...: the candidate that a typing error may have made the word from, or
# nothing if none is near. Small and capital letters are the same; two letters that changed places
# are one error.
nearest_word() {
    local word=$1
    shift
    printf '%s\n' "$@" | awk -v word="$word" '
        function least(a, b) { return a < b ? a : b }
        function distance(a, b, i, j, same) {
            for (i = 0; i <= length(a); i++) d[i, 0] = i
            for (j = 0; j <= length(b); j++) d[0, j] = j
            for (i = 1; i <= length(a); i++)
                for (j = 1; j <= length(b); j++) {
                    same = substr(a, i, 1) == substr(b, j, 1)
                    d[i, j] = least(least(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + !same)
                    if (i > 1 && j > 1 && substr(a, i, 1) == substr(b, j - 1, 1) &&
                        substr(a, i - 1, 1) == substr(b, j, 1))
                        d[i, j] = least(d[i, j], d[i - 2, j - 2] + 1)
                }
            return d[length(a), length(b)]
        }
        BEGIN { best = least(int(length(word) / 3), 3) + 1 }
        {
            now = distance(toupper(word), toupper($0))
            if (now < best) { best = now; found = $0 }
        }
        END { if (found != "") print found }'
}

# put_now NAME: sets the variable to milliseconds since the epoch; to whole seconds where bash is
# older than 5. (A local variable of the caller's name would be set instead, so it has a name of its
# own.)
put_now() {
    local put_now=${EPOCHREALTIME:-}
    case $put_now in
    '') printf -v "$1" '%(%s)T000' -1 ;;
    *) put_now=${put_now//[!0-9]/} && printf -v "$1" '%s' "${put_now%???}" ;;
    esac
}

# put_seconds NAME MILLISECONDS: sets the variable to the seconds, with one decimal, since then.
put_seconds() {
    local put_seconds
    put_now put_seconds
    put_seconds=$(((put_seconds - $2 + 50) / 100))
    # A clock that was set back.
    [ "$put_seconds" -ge 0 ] || put_seconds=0
    printf -v "$1" '%d.%d' $((put_seconds / 10)) $((put_seconds % 10))
}
