# shellcheck shell=bash
# timers.sh - the schedule as timers of systemd, root's of the system, others' of the user. Sourced
# by schedule.sh.
#
# A timer carries its zone: OnCalendar=*-*-* 01:00:00 America/New_York elapses at 1:00 Eastern time,
# once also on the day in November when that comes twice. Persistent= makes up for what was missed.

# systemctl for the manager of whoever asks.
manager() {
    if [ "$(id -u)" = 0 ]; then
        systemctl "$@"
    else
        systemctl --user "$@"
    fi
}

# True if there is a manager that takes units.
systemd_works() {
    command -v systemctl >/dev/null 2>&1 || return 1
    case $(manager is-system-running 2>/dev/null) in
    initializing | starting | running | degraded | maintenance) ;;
    *) return 1 ;;
    esac
}

# Where units are written. SYSTEMD_UNIT_PATH is systemd's own variable for other places.
unit_folder() {
    if [ -n "${SYSTEMD_UNIT_PATH:-}" ]; then
        echo "${SYSTEMD_UNIT_PATH%%:*}"
    elif [ "$(id -u)" = 0 ]; then
        echo /etc/systemd/system
    else
        echo "${XDG_CONFIG_HOME:-${HOME:-}/.config}/systemd/user"
    fi
}

# unit_name KIND: without its ending. Another home than the default one has other names, so that
# both can be scheduled.
unit_name() {
    local default
    default=$(physical_path "${XDG_DATA_HOME:-${HOME:-}/.local/share}/fecpipe")
    if [ "$schedule_home" = "$default" ]; then
        echo "fecpipe-$1"
    else
        echo "fecpipe-$1-$(printf '%s' "$schedule_home" | cksum | sed 's/ .*//')"
    fi
}

unit_mark() {
    echo "# Made by pipeline.sh schedule install, for FEC_HOME '$schedule_home'"
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

unit_description() {
    case $1 in
    daily) echo "fecpipe: add what is new at the FEC" ;;
    monthly) echo "fecpipe: reconcile with the FEC's bulk files" ;;
    esac
}

# KillMode=process: the private PostgreSQL that a run has started is to stay when the run ends,
# other runs use it.
service_text() {
    unit_mark
    printf '%s\n' '' '[Unit]' "Description=$(unit_description "$1")" \
        'Documentation=man:pipeline.sh(1)'
    # Others' units cannot wait for the network; fec-fetch tries again.
    [ "$(id -u)" != 0 ] ||
        printf '%s\n' 'Wants=network-online.target' 'After=network-online.target'
    [ "$1" = daily ] || echo "After=$(unit_name daily).service"
    printf '%s\n' '' '[Service]' 'Type=oneshot' 'KillMode=process' \
        "ExecStart=/bin/sh $(unit_quote "$schedule_home/schedule/start") $1 --wait$(
            cycle_arguments)"
}

# A time from 2:00 to 2:59 is not there on the second Sunday of March, and systemd would leave the
# day out; then it is 3:00.
timer_text() {
    local days at skipped=
    if [ "$1" = daily ]; then
        days='*-*-*' at=$daily_at skipped='08..14'
    else
        days=$(printf '*-*-%02d' "$monthly_day") at=$monthly_at
        case $monthly_day in 8 | 9 | 1[0-4]) skipped=${days##*-} ;; esac
    fi
    unit_mark
    printf '%s\n' '' '[Unit]' "Description=$(unit_description "$1")" \
        'Documentation=man:pipeline.sh(1)' '' '[Timer]' \
        "OnCalendar=$days $at:00 America/New_York"
    if [ "${at%:*}" = 02 ] && [ -n "$skipped" ]; then
        echo "OnCalendar=Sun *-03-$skipped 03:00:00 America/New_York"
    fi
    printf '%s\n' 'AccuracySec=1s' 'Persistent=true' '' '[Install]' 'WantedBy=timers.target'
}

# Runs systemctl; a failure ends the driver with what it says.
command_manager() {
    local messages
    messages=$(manager "$@" 2>&1 >/dev/null) ||
        fail "$EX_UNAVAILABLE" "systemctl $1 failed${messages:+: ${messages%%$'\n'*}}"
}

# Why systemd can't do it here, if it can't.
systemd_lacks() {
    if ! systemd_works; then
        echo "systemd does not run here, or not for this user"
    elif command -v systemd-analyze >/dev/null 2>&1 &&
        ! systemd-analyze calendar '*-*-* 01:00:00 America/New_York' >/dev/null 2>&1; then
        echo "this systemd does not know the zone America/New_York (is tzdata missing?)"
    fi
}

# The settings of the installed timers; false if there are none.
read_installed_systemd() {
    local folder kind text daily='' monthly='' days=
    folder=$(unit_folder)
    for kind in daily monthly; do
        text=$(cat "$folder/$(unit_name "$kind").timer" 2>/dev/null) || return 1
        case $text in "$(unit_mark)"*) ;; *) return 1 ;; esac
        text=$(sed -n 's/^OnCalendar=\*-\*-\(.* ..:..\):00 America\/New_York$/\1/p' <<<"$text")
        if [ "$kind" = daily ]; then
            daily=${text#* }
        else
            monthly=${text#* } days=${text% *}
        fi
    done
    text=$(sed -n 's/^ExecStart=.*" daily --wait//p' "$folder/$(unit_name daily).service")
    # shellcheck disable=SC2086 # --cycle and numbers
    use_installed_settings --daily-at "$daily" --monthly-at "$monthly" --monthly-day "$days" $text
}

# Writes a unit; returns 1 if it is there already.
write_unit() {
    local file=$1 text=$2
    [ ! -e "$file" ] || [ "$(head -n 1 "$file")" = "$(unit_mark)" ] ||
        fail "$EX_CANTCREAT" "$file is there, and not for this FEC_HOME"
    [ "$text" != "$(cat "$file" 2>/dev/null)" ] || return 1
    (umask 022 && printf '%s\n' "$text" >"$file.new") && mv "$file.new" "$file" ||
        fail "$EX_CANTCREAT" "cannot write $file"
}

# Writes the units and starts the timers; returns 1 if all was so already.
install_timers() {
    local folder kind name lacking new=() idle=()
    lacking=$(systemd_lacks)
    [ -z "$lacking" ] || fail "$EX_UNAVAILABLE" "$lacking"
    folder=$(unit_folder)
    (umask 022 && mkdir -p "$folder") || fail "$EX_CANTCREAT" "cannot make $folder"
    for kind in daily monthly; do
        name=$(unit_name "$kind")
        write_unit "$folder/$name.service" "$(service_text "$kind")" && new+=("$name.service")
        if write_unit "$folder/$name.timer" "$(timer_text "$kind")"; then
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
        # What is remembered of an older timer of that name could make this one elapse at once.
        manager stop "$name" >/dev/null 2>&1
        manager clean --what=state "$name" >/dev/null 2>&1
        idle+=("$name")
    done
    [ ${#idle[@]} = 0 ] || command_manager enable --now "${idle[@]}"
}

# Takes the timers away; returns 1 if there are none.
remove_timers() {
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
    [ "$(id -u)" != 0 ] || return 0
    case $(loginctl show-user "$(id -un)" -p Linger 2>/dev/null) in
    Linger=yes) ;;
    *) complain "note: the timers only run while you are logged in, until you say:$(
    ) loginctl enable-linger" ;;
    esac
}
