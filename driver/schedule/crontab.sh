# shellcheck shell=bash
# crontab.sh - the schedule's entry in the user's crontab. Sourced by schedule.sh.
#
# Many a cron knows no zone but the machine's, and does as it likes on the days when that changes.
# So the entry is called each quarter of an hour (all zones differ from Eastern time by a multiple
# of that), and what it calls, `schedule tick`, sees by itself whether a run is due.

# What crontab -l said, and its parts: before our block, the lines of the block, after it.
crontab_text='' crontab_before='' crontab_block='' crontab_after='' crontab_error=
# Vixie's cron cuts a command there.
CRONTAB_COMMAND_LENGTH=990
no_line_end='# (The line before this had no line end.)'

crontab_begin() {
    echo "# begin fecpipe, FEC_HOME $schedule_home"
}

crontab_end() {
    echo "# end fecpipe, FEC_HOME $schedule_home"
}

has_crontab() {
    command -v crontab >/dev/null 2>&1
}

# Sets crontab_text, to nothing if the user has no crontab. Returns false, with the reason in
# crontab_error, if it can't be read: then nobody may write one.
read_crontab() {
    local status
    crontab_error=
    crontab_text=$(crontab -l 2>/dev/null; echo "x$?")
    status=${crontab_text##*x}
    crontab_text=${crontab_text%x*}
    [ "$status" != 0 ] || return 0
    crontab_error=$(crontab -l 2>&1 >/dev/null)
    crontab_error=${crontab_error%%$'\n'*}
    case $crontab_text$crontab_error in
    # Vixie's and its heirs; BusyBox's
    *[Nn]'o crontab for '* | *"can't open '"*"': No such file"*)
        crontab_text='' crontab_error=
        return 0
        ;;
    esac
    crontab_error="crontab -l failed${crontab_error:+: $crontab_error}"
    return 1
}

# Finds our block in crontab_text; false if there is none.
split_crontab() {
    local begin end lines=$'\n'$crontab_text$'\n'
    begin=$'\n'$(crontab_begin)$'\n' end=$'\n'$(crontab_end)$'\n'
    crontab_before=$crontab_text crontab_block='' crontab_after=
    case $lines in *"$begin"*) ;; *) return 1 ;; esac
    crontab_before=${lines%%"$begin"*}
    [ -z "$crontab_before" ] || crontab_before=${crontab_before#?}$'\n'
    lines=$'\n'${lines#*"$begin"}
    case $lines in
    *"$end"*) ;;
    *) fail "$EX_DATAERR" "the crontab has the line '$(crontab_begin)' without$(
    ) '$(crontab_end)'; mend it with crontab -e" ;;
    esac
    crontab_block=${lines%%"$end"*}$'\n'
    crontab_block=${crontab_block#?}
    crontab_after=${lines#*"$end"}
    crontab_after=${crontab_after%?}
}

write_crontab() {
    local messages
    messages=$(printf '%s' "$1" | crontab - 2>&1) && return 0
    crontab_error="crontab - failed${messages:+: ${messages%%$'\n'*}}"
    return 1
}

# A word for the shell in a crontab. cron takes % for a line end and \% for %, some also \\ for \,
# BusyBox's nothing for anything. What is written here is the same to all of them: \% outside the
# quotes, and a \ only before a ' or a plain letter.
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

# The minutes of the hour at which the entry is called.
tick_minutes() {
    local at quarter
    for at in "$daily_at" "$monthly_at"; do
        for quarter in 0 15 30 45; do
            echo $((10#${at#*:} % 15 + quarter))
        done
    done | sort -nu | paste -sd , -
}

crontab_entry() {
    echo "# Made by pipeline.sh schedule install; pipeline.sh schedule remove takes it away."
    echo "# It looks whether a run is due: daily at $daily_at, monthly at $monthly_at on day" \
        "$monthly_day, Eastern time."
    echo "$(tick_minutes) * * * * /bin/sh $(cron_quote "$schedule_home/schedule/start")" \
        "schedule tick $(schedule_arguments)"
}

# The settings of the installed entry; false if there is none, or it can't be read.
read_installed_cron() {
    local arguments
    has_crontab && read_crontab && split_crontab || return 1
    arguments=${crontab_block##* schedule tick }
    [ "$arguments" != "$crontab_block" ] || return 1
    # shellcheck disable=SC2086 # words
    use_installed_settings ${arguments%%$'\n'*}
}

# Reads the crontab to change it, or ends.
need_crontab() {
    has_crontab || fail "$EX_UNAVAILABLE" "this machine has no command crontab"
    read_crontab || fail "$EX_UNAVAILABLE" "$crontab_error; nothing was changed"
}

# Puts the entry into the crontab that was read, in the place of the old one; returns 1 if that was
# the same.
install_crontab() {
    local entry
    entry=$(crontab_entry)$'\n'
    [ ${#entry} -le "$CRONTAB_COMMAND_LENGTH" ] ||
        fail "$EX_CONFIG" "the path of FEC_HOME is too long for a crontab"
    if split_crontab; then
        case $crontab_block in "$no_line_end"*) entry=$no_line_end$'\n'$entry ;; esac
        [ "$crontab_block" != "$entry" ] || return 1
    elif [ -n "$crontab_before" ] && [ "${crontab_before%$'\n'}" = "$crontab_before" ]; then
        crontab_before=$crontab_before$'\n'
        entry=$no_line_end$'\n'$entry
    fi
    entry=$(crontab_begin)$'\n'$entry$(crontab_end)$'\n'
    write_crontab "$crontab_before$entry$crontab_after" ||
        fail "$EX_UNAVAILABLE" "$crontab_error"
}

# Takes the entry out; returns 1 if there is none.
remove_crontab() {
    has_crontab || return 1
    read_crontab || fail "$EX_UNAVAILABLE" "$crontab_error; the crontab was not changed"
    split_crontab || return 1
    if [ -z "$crontab_after" ] && [ "${crontab_block#"$no_line_end"}" != "$crontab_block" ]; then
        # As it was, unless this cron refuses a last line without its end.
        write_crontab "${crontab_before%$'\n'}" && return 0
    fi
    write_crontab "$crontab_before$crontab_after" || fail "$EX_UNAVAILABLE" "$crontab_error"
}

# Says so if nothing would read the crontab. Only Linux: elsewhere cron may be started on demand.
check_cron_runs() {
    [ "$(uname)" = Linux ] || return 0
    # (What systemd starts in cron's place is no process.)
    # shellcheck disable=SC2009 # pgrep is not everywhere
    systemd_works || ps -A -o comm= 2>/dev/null | grep -Eq '^(cron|crond|fcron|busybox)$' ||
        complain "note: no cron daemon is running on this machine"
}
