# shellcheck shell=bash
# systemd.sh - the schedule as timers of systemd: the system's for root, the user's for others.
# Sourced by schedule.sh.
#
# The units lie in units/ beside this file; what is installed is a copy of them with the words
# between @ filled in. A timer carries its zone: OnCalendar=*-*-* 01:00:00 America/New_York elapses
# at 1:00 Eastern time, and once on the day in November when 1:00 comes twice. Persistent= makes up
# for what was missed. What systemd leaves out is a time that clocks skip in March. A quarter of an
# hour after the timer was started, and after each end of the service, the service looks again
# whether a run is due: it may have failed, or was killed.

declare -A schedule

# systemctl for the manager of whoever asks.
manager() {
    if [ "$EUID" = 0 ]; then
        systemctl "$@"
    else
        systemctl --user "$@"
    fi
}

# True if a manager runs that takes units.
systemd_works() {
    command -v systemctl >/dev/null 2>&1 || return 1
    case $(manager is-system-running 2>/dev/null) in
    initializing | starting | running | degraded | maintenance) ;;
    *) return 1 ;;
    esac
}

# Why systemd can't do it here; nothing if it can.
systemd_lacks() {
    if ! systemd_works; then
        echo "systemd does not run here, or not for this user"
    elif command -v systemd-analyze >/dev/null 2>&1 &&
        ! systemd-analyze calendar '*-*-* 01:00:00 America/New_York' >/dev/null 2>&1; then
        echo "this systemd does not know the zone America/New_York (is tzdata missing?)"
    fi
}

# Where units are written. SYSTEMD_UNIT_PATH is systemd's own variable for other places.
unit_folder() {
    if [ -n "${SYSTEMD_UNIT_PATH:-}" ]; then
        echo "${SYSTEMD_UNIT_PATH%%:*}"
    elif [ "$EUID" = 0 ]; then
        echo /etc/systemd/system
    else
        echo "${XDG_CONFIG_HOME:-${HOME:-}/.config}/systemd/user"
    fi
}

# unit_name KIND: without its ending. A home other than the default one has units of other names, so
# that both can be scheduled.
unit_name() {
    local default
    default=$(physical_path "${XDG_DATA_HOME:-${HOME:-}/.local/share}/fecpipe")
    if [ "${schedule[home]}" = "$default" ]; then
        echo "fecpipe-$1"
    else
        echo "fecpipe-$1-$(printf '%s' "${schedule[home]}" | cksum | sed 's/ .*//')"
    fi
}

unit_mark() {
    echo "# Made by pipeline.sh schedule install, for FEC_HOME '${schedule[home]}'"
}

# A word of ExecStart=, where % begins a specifier and $ a variable.
unit_quote() {
    local word=$1
    word=${word//\\/\\\\}
    word=${word//\"/\\\"}
    word=${word//%/%%}
    word=${word//\$/\$\$}
    printf '"%s"\n' "$word"
}

# skipped_timer KIND: another OnCalendar= line for the day in March on which clocks skip the hour
# from 2:00 to 3:00, if the run would be in that hour: then it is at 3:00.
skipped_timer() {
    local at=${schedule["$1_at"]} days=08..14
    [ "${at%:*}" = 02 ] || return 0
    if [ "$1" = monthly ]; then
        days=${schedule[monthly_day]}
        # The second Sunday of March is one of these.
        case $days in
        Sun) days=08..14 ;;
        8 | 9 | 1[0-4]) printf -v days %02d "$days" ;;
        *) return 0 ;;
        esac
    fi
    echo "OnCalendar=Sun *-03-$days 03:00:00 America/New_York"
}

# unit_text KIND ENDING: a unit, filled in. A line whose words are all empty is left out.
unit_text() {
    local kind=$1 line filled name
    local -A word=([MARK]=$(unit_mark) [TIME]=${schedule["$1_at"]} [SKIPPED]=$(skipped_timer "$1")
        [DAY]=${schedule[monthly_day]} [START]=$(unit_quote "${schedule[home]}/schedule/start")
        [ARGUMENTS]=$(schedule_arguments) [DAILY]=$(unit_name daily) [NETWORK]='')
    if is_weekly; then
        word[DAY]="${word[DAY]} *-*-*"
    else
        printf -v 'word[DAY]' '*-*-%02d' "${word[DAY]}"
    fi
    # Only the system's units can wait for the network; without it, fec-fetch tries again.
    [ "$EUID" != 0 ] ||
        word[NETWORK]=$'Wants=network-online.target\nAfter=network-online.target'
    while IFS= read -r line; do
        filled=$line
        for name in "${!word[@]}"; do filled=${filled//"@$name@"/"${word[$name]}"}; done
        if [ -n "$filled" ] || [ -z "$line" ]; then printf '%s\n' "$filled"; fi
    done <"$FECPIPE_SHARE/driver/schedule/units/fecpipe-$kind.$2"
}

# Runs systemctl; a failure ends the driver with what it says.
command_manager() {
    local messages
    messages=$(manager "$@" 2>&1 >/dev/null) ||
        fail "$EX_UNAVAILABLE" "systemctl $1 failed${messages:+: ${messages%%$'\n'*}}"
}

# Takes the settings of the installed timers; false if there are none.
read_installed_systemd() {
    local folder kind text daily='' monthly='' days='' cycles
    folder=$(unit_folder)
    for kind in daily monthly; do
        text=$(cat "$folder/$(unit_name "$kind").timer" 2>/dev/null) || return 1
        case $text in "$(unit_mark)"*) ;; *) return 1 ;; esac
        text=$(sed -n -e 's/^OnCalendar=\([A-Z]..\) \*-\*-\* \(..:..\):00 America.*/\1 \2/p' \
            -e 's/^OnCalendar=\*-\*-\(.* ..:..\):00 America\/New_York$/\1/p' <<<"$text")
        if [ "$kind" = daily ]; then
            daily=${text#* }
        else
            monthly=${text#* } days=${text% *}
        fi
    done
    # Of fecpipe before 0.3: daily --wait and the cycles.
    cycles=$(sed -n -e 's/^ExecStart=.*" daily --wait//p' \
        -e 's/^ExecStart=.*" schedule tick .* --monthly-day [0-9A-Za-z]*//p' \
        "$folder/$(unit_name daily).service")
    cycles=${cycles//--cycle /}
    use_settings "$daily" "$monthly" "$days" "${cycles# }"
}

# Writes a unit; returns 1 if it is there already.
write_unit() {
    local file=$1 text=$2
    [ ! -e "$file" ] || [ "$(head -n 1 "$file")" = "$(unit_mark)" ] ||
        fail "$EX_CANTCREAT" "$file exists, and belongs to another FEC_HOME"
    [ "$text" != "$(cat "$file" 2>/dev/null)" ] || return 1
    (umask 022 && printf '%s\n' "$text" >"$file.new") && mv "$file.new" "$file" ||
        fail "$EX_CANTCREAT" "cannot write $file"
}

# Writes the units and starts the timers; returns 1 if everything was so already.
install_systemd() {
    local folder kind name lacking new=() idle=()
    lacking=$(systemd_lacks)
    [ -z "$lacking" ] || fail "$EX_UNAVAILABLE" "$lacking"
    folder=$(unit_folder)
    (umask 022 && mkdir -p "$folder") || fail "$EX_CANTCREAT" "cannot make $folder"
    for kind in daily monthly; do
        name=$(unit_name "$kind")
        write_unit "$folder/$name.service" "$(unit_text "$kind" service)" && new+=("$name.service")
        if write_unit "$folder/$name.timer" "$(unit_text "$kind" timer)"; then
            new+=("$name.timer")
        elif ! manager is-enabled "$name.timer" >/dev/null 2>&1 ||
            ! manager is-active "$name.timer" >/dev/null 2>&1; then
            idle+=("$name.timer")
        fi
    done
    [ ${#new[@]} -gt 0 ] || [ ${#idle[@]} -gt 0 ] || return 1
    command_manager daemon-reload
    for name in "${new[@]+"${new[@]}"}"; do
        case $name in *.service) continue ;; esac
        # What systemd remembers of an older timer of that name could make this one elapse at once.
        manager stop "$name" >/dev/null 2>&1
        manager clean --what=state "$name" >/dev/null 2>&1
        idle+=("$name")
    done
    [ ${#idle[@]} = 0 ] || command_manager enable --now "${idle[@]}"
}

# Takes the timers away; returns 1 if there are none.
remove_systemd() {
    local folder kind name found=1
    folder=$(unit_folder)
    for kind in daily monthly; do
        name=$(unit_name "$kind")
        [ "$(head -n 1 "$folder/$name.timer" 2>/dev/null)" = "$(unit_mark)" ] ||
            [ "$(head -n 1 "$folder/$name.service" 2>/dev/null)" = "$(unit_mark)" ] || continue
        found=0
        manager disable --now "$name.timer" >/dev/null 2>&1
        manager clean --what=state "$name.timer" >/dev/null 2>&1
        rm -f "$folder/$name.timer" "$folder/$name.service" \
            "$folder/timers.target.wants/$name.timer" ||
            fail "$EX_CANTCREAT" "cannot remove $folder/$name.timer"
    done
    [ "$found" = 1 ] || ! systemd_works || command_manager daemon-reload
    return "$found"
}

# A user's manager ends when the user logs out, unless the user may linger.
check_linger() {
    [ "$EUID" != 0 ] || return 0
    case $(loginctl show-user "$(id -un)" -p Linger 2>/dev/null) in
    Linger=yes) ;;
    *) complain "note: the timers only run while you are logged in, until you say: $(
    )loginctl enable-linger" ;;
    esac
}
