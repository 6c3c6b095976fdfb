# shellcheck shell=bash
# cron.sh - the schedule's entry in the user's crontab. Sourced by schedule.sh.
#
# Many crons know no zone but the machine's, and differ on the days when that changes. So the entry
# starts `schedule tick` each quarter of an hour (every zone differs from Eastern time by a multiple
# of that), and tick looks at the Eastern clock. One line does for both kinds of run.
#
# The rest of the crontab is its user's. It is kept byte for byte, and is not written at all when it
# could not be read.

# text: what crontab -l said; before, block and after: its parts, with block the lines of our entry;
# error: why it can't be read or written.
declare -A crontab=([text]='' [before]='' [block]='' [after]='' [error]='')
declare -A schedule

# Vixie's cron cuts a command there.
CRONTAB_COMMAND_LENGTH=990
NO_LINE_END='# (The line before this had no line end.)'

crontab_begin() {
    echo "# begin fecpipe, FEC_HOME ${schedule[home]}"
}

crontab_end() {
    echo "# end fecpipe, FEC_HOME ${schedule[home]}"
}

has_crontab() {
    command -v crontab >/dev/null 2>&1
}

# Reads the crontab: nothing if the user has none. False, with the reason, if it can't be read.
read_crontab() {
    local status
    crontab[text]=$(crontab -l 2>/dev/null; echo "x$?")
    status=${crontab[text]##*x}
    crontab[text]=${crontab[text]%x*}
    crontab[error]=
    [ "$status" != 0 ] || return 0
    crontab[error]=$(crontab -l 2>&1 >/dev/null)
    crontab[error]=${crontab[error]%%$'\n'*}
    case ${crontab[text]}${crontab[error]} in
    # Vixie's and its heirs; BusyBox's
    *[Nn]'o crontab for '* | *"can't open '"*"': No such file"*)
        crontab[text]='' crontab[error]=
        return 0
        ;;
    esac
    crontab[error]="crontab -l failed${crontab[error]:+: ${crontab[error]}}"
    return 1
}

# Finds our block in the crontab; false if it has none.
split_crontab() {
    local begin end lines=$'\n'${crontab[text]}$'\n'
    begin=$'\n'$(crontab_begin)$'\n' end=$'\n'$(crontab_end)$'\n'
    crontab[before]=${crontab[text]} crontab[block]='' crontab[after]=
    case $lines in *"$begin"*) ;; *) return 1 ;; esac
    crontab[before]=${lines%%"$begin"*}
    [ -z "${crontab[before]}" ] || crontab[before]=${crontab[before]#?}$'\n'
    lines=$'\n'${lines#*"$begin"}
    case $lines in
    *"$end"*) ;;
    *) fail "$EX_DATAERR" "the crontab has the line '$(crontab_begin)' without $(
    )'$(crontab_end)'; mend it with crontab -e" ;;
    esac
    crontab[block]=${lines%%"$end"*}$'\n'
    crontab[block]=${crontab[block]#?}
    crontab[after]=${lines#*"$end"}
    crontab[after]=${crontab[after]%?}
}

write_crontab() {
    local messages
    messages=$(printf '%s' "$1" | crontab - 2>&1) && return 0
    crontab[error]="crontab - failed${messages:+: ${messages%%$'\n'*}}"
    return 1
}

# A word for the shell in a crontab. cron takes % for a line end and \% for %; some also \\ for \,
# BusyBox's neither. What is written here means the same to all of them: \% outside the quotes, and
# \ only before a ' or a plain letter.
cron_quote() {
    local word=$1 quoted='' plain
    while [ -n "$word" ]; do
        plain=${word%%[%\'\\]*}
        case $plain in
        '')
            case ${word:0:1} in
            %) quoted=$quoted\\% ;;
            \') quoted="$quoted\"'\"" ;;
            \\) quoted="$quoted'\\'" ;;
            esac
            plain=${word:0:1}
            ;;
        *[!A-Za-z0-9_./,:=@+-]*) quoted="$quoted'$plain'" ;;
        *) quoted=$quoted$plain ;;
        esac
        word=${word:${#plain}}
    done
    printf '%s\n' "$quoted"
}

# The minutes of the hour at which the entry is started: those of the two times, and full quarters,
# when a time that clocks skip has come.
tick_minutes() {
    local minute quarter
    for minute in 0 "${schedule[daily_at]#*:}" "${schedule[monthly_at]#*:}"; do
        for quarter in 0 15 30 45; do
            echo $((10#$minute % 15 + quarter))
        done
    done | sort -nu | paste -sd , -
}

crontab_entry() {
    echo "# Made by pipeline.sh schedule install; pipeline.sh schedule remove takes it away."
    echo "# It checks whether a run is due: daily at ${schedule[daily_at]}, monthly at" \
        "${schedule[monthly_at]} $(monthly_words), Eastern time."
    echo "$(tick_minutes) * * * * /bin/sh $(cron_quote "${schedule[home]}/schedule/start")" \
        "schedule tick $(schedule_arguments)"
}

# Takes the settings of the installed entry; false if there is none, or it can't be read.
read_installed_cron() {
    local word daily='' monthly='' day='' cycles='' arguments
    has_crontab && read_crontab && split_crontab || return 1
    arguments=${crontab[block]##* schedule tick }
    [ "$arguments" != "${crontab[block]}" ] || return 1
    read -r -a arguments <<<"$arguments"
    while [ ${#arguments[@]} -ge 2 ]; do
        word=${arguments[1]}
        case ${arguments[0]} in
        --daily-at) daily=$word ;;
        --monthly-at) monthly=$word ;;
        --monthly-day) day=$word ;;
        --cycle) cycles="$cycles${cycles:+ }$word" ;;
        *) return 1 ;;
        esac
        arguments=("${arguments[@]:2}")
    done
    use_settings "$daily" "$monthly" "$day" "$cycles"
}

# Reads the crontab to change it, or ends.
need_crontab() {
    has_crontab || fail "$EX_UNAVAILABLE" "this machine has no command crontab"
    read_crontab || fail "$EX_UNAVAILABLE" "${crontab[error]}; nothing was changed"
}

# Puts the entry into the crontab that was read, in the place of the old one; returns 1 if that was
# the same.
install_cron() {
    local entry
    entry=$(crontab_entry)$'\n'
    [ ${#entry} -le "$CRONTAB_COMMAND_LENGTH" ] ||
        fail "$EX_CONFIG" "the path of FEC_HOME is too long for a crontab"
    if split_crontab; then
        case ${crontab[block]} in "$NO_LINE_END"*) entry=$NO_LINE_END$'\n'$entry ;; esac
        [ "${crontab[block]}" != "$entry" ] || return 1
    elif [ -n "${crontab[before]}" ] && [ "${crontab[before]%$'\n'}" = "${crontab[before]}" ]; then
        crontab[before]+=$'\n'
        entry=$NO_LINE_END$'\n'$entry
    fi
    entry=$(crontab_begin)$'\n'$entry$(crontab_end)$'\n'
    write_crontab "${crontab[before]}$entry${crontab[after]}" ||
        fail "$EX_UNAVAILABLE" "${crontab[error]}"
}

# Takes the entry out; returns 1 if there is none.
remove_cron() {
    has_crontab || return 1
    read_crontab || fail "$EX_UNAVAILABLE" "${crontab[error]}; the crontab was not changed"
    split_crontab || return 1
    if [ -z "${crontab[after]}" ]; then
        case ${crontab[block]} in
        "$NO_LINE_END"*)
            # As it was, unless this cron refuses a last line without its end.
            write_crontab "${crontab[before]%$'\n'}" && return 0
            ;;
        esac
    fi
    write_crontab "${crontab[before]}${crontab[after]}" ||
        fail "$EX_UNAVAILABLE" "${crontab[error]}"
}

# Says so if nothing would read the crontab. Only on Linux: elsewhere cron may be started on demand.
check_cron_runs() {
    [ "$(uname)" = Linux ] || return 0
    # shellcheck disable=SC2009 # pgrep is not everywhere
    ps -A -o comm= 2>/dev/null | grep -Eq '^(cron|crond|fcron|busybox)$' ||
        complain "note: no cron daemon is running on this machine"
}
