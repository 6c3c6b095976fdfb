# shellcheck shell=bash
# schedule.sh - the command schedule: daily and monthly runs at times of day in the East, whatever
# the zone of the machine. Sourced by pipeline.sh.
#
# Both cron and systemd start `schedule tick` often, which looks into FEC_HOME/schedule for what was
# done and starts what is due (times.sh). cron knows no zones. systemd does, so its timers elapse
# when a run is due, and every quarter of an hour for the sake of a run that has failed or was
# killed, about which systemd can do nothing by itself that holds across a restart of the machine.
# The driver is started by FEC_HOME/schedule/start, which sets the environment that the schedule was
# installed with: what cron and systemd lack of it does not matter.

# shellcheck source=driver/schedule/times.sh
. "$FECPIPE_SHARE/driver/schedule/times.sh"
# shellcheck source=driver/schedule/cron.sh
. "$FECPIPE_SHARE/driver/schedule/cron.sh"
# shellcheck source=driver/schedule/systemd.sh
. "$FECPIPE_SHARE/driver/schedule/systemd.sh"

declare -A schedule crontab

# What a run may need of the environment and no pipeline.conf can say. (XDG_RUNTIME_DIR and what has
# a password in it are treated apart.)
KEPT_NAMES='HOME PATH FEC_HOME FEC_CONF FEC_BIN XDG_CONFIG_HOME CURL_CA_BUNDLE SSL_CERT_FILE
    SSL_CERT_DIR http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY'

# An option of schedule's ACTION; true if it is known. Sets schedule[words] to the number of words
# that it takes.
schedule_option() {
    local action=$1 option=${2%%=*} argument=${2#*=}
    schedule[words]=1
    case $action,$2 in
    *,-h | *,--help) usage; exit 0 ;;
    tick,--cron | tick,--systemd) return 1 ;;
    *,--cron | *,--systemd)
        [ -z "${schedule[way]}" ] || [ "${schedule[way]}" = "${2#--}" ] ||
            fail "$EX_USAGE" "--cron and --systemd: it can be only one of them"
        schedule[way]=${2#--}
        return 0
        ;;
    esac
    case $action in install | tick) ;; *) return 1 ;; esac
    case $action,$option in
    *,--daily-at | *,--monthly-at | *,--monthly-day | *,--cycle | tick,--kind) ;;
    *) return 1 ;;
    esac
    if [ "$option" = "$2" ]; then
        [ $# -gt 2 ] || fail "$EX_USAGE" "$2 needs an argument"
        schedule[words]=2
        argument=$3
    fi
    case $option in
    --daily-at)
        check_value time "$argument" "$option" "$EX_USAGE" && schedule[daily_at]=$argument
        ;;
    --monthly-at)
        check_value time "$argument" "$option" "$EX_USAGE" && schedule[monthly_at]=$argument
        ;;
    --monthly-day)
        check_value day "$argument" "$option" "$EX_USAGE" && schedule[monthly_day]=$argument
        ;;
    --cycle) schedule[cycles]="${schedule[cycles]} $argument" ;;
    --kind) check_value 'daily|monthly' "$argument" "$option" "$EX_USAGE" &&
        schedule[kind]=$argument ;;
    esac
}

# Reads the options of schedule's ACTION; where they say nothing, the settings hold.
read_schedule_options() {
    local action=$1
    shift
    while [ $# -gt 0 ]; do
        schedule_option "$action" "$@" ||
            fail "$EX_USAGE" "schedule $action: '$1' is not known; see pipeline.sh --help"
        shift "${schedule[words]}"
    done
    : "${schedule[daily_at]:=$FEC_DAILY_AT}" "${schedule[monthly_at]:=$FEC_MONTHLY_AT}"
    : "${schedule[monthly_day]:=$FEC_MONTHLY_DAY}"
    schedule[monthly_day]=$(day_of_run "${schedule[monthly_day]}")
    if [ -n "${schedule[cycles]}" ]; then
        schedule[cycles]=$(list_cycles "${schedule[cycles]}") || exit $?
    fi
}

# What the command and schedule_next begin with: which home it is for.
begin_schedule() {
    schedule[home]=$(physical_path "$FEC_HOME")
    case ${schedule[home]} in *[[:cntrl:]]*)
        fail "$EX_CONFIG" "the path of FEC_HOME has a character that no schedule can have" ;;
    esac
}

# read_installed WAY: takes the settings of what is installed that way; false if nothing is.
read_installed() {
    "read_installed_$1" && schedule[way]=$1
}

# run_if_due KIND SECONDS: runs it if it is due and no other process is at it, and records how it
# ended. Returns the run's status.
#
# The run inherits the lock. So it counts as going on as long as it lives, also if this process is
# killed; and if both are, the record says that the occurrence was begun, and it is tried again.
run_if_due() {
    local kind=$1 status due tries fd process reason
    is_due "$kind" "$2" || return 0
    open_lock "${schedule[home]}/schedule/$kind.lock"
    fd=${lock_fd:-}
    # Once more with the lock: another process may have run it meanwhile.
    if ! try_lock "$fd" || ! is_due "$kind" "$2"; then
        exec {fd}>&-
        return 0
    fi
    due=${schedule[due]} tries=$((schedule[tries] + 1))
    # What cannot be recorded is not started: it would be each quarter of an hour.
    record_occurrence "$kind" "$due" "$tries $2 killed" || {
        reason="cannot write ${schedule[home]}/schedule/$kind.$due"
        on_failure "$kind" "$EX_CANTCREAT" "$reason"
        fail "$EX_CANTCREAT" "$reason"
    }
    # shellcheck disable=SC2046 # --cycle and numbers
    "$FECPIPE_HERE/pipeline.sh" "$kind" --wait $(cycle_arguments) &
    process=$!
    # Who stops the schedule's process means the run.
    trap 'kill -TERM "$process" 2>/dev/null' TERM HUP INT
    while wait "$process"; status=$?; kill -0 "$process" 2>/dev/null; do :; done
    trap - TERM HUP INT
    if [ "$status" = 0 ]; then
        record_occurrence "$kind" "$due"
    else
        record_occurrence "$kind" "$due" "$tries $(date +%s) $status"
    fi
    exec {fd}>&-
    return "$status"
}

# What the entry in the crontab and the timers start: the runs that are due, of all kinds or of one.
# Of several days that were missed only the last counts. A run that has failed stays due, with a
# growing pause, until it succeeds or the next one is due. The daily run comes first; while it
# works, another tick may start the monthly one.
schedule_tick() {
    local kind status=0 seconds
    # (The timers of Debian's package are there without 'schedule install'.)
    [ ! -d "${schedule[home]}" ] || mkdir -p "${schedule[home]}/schedule" 2>/dev/null
    for kind in ${schedule[kind]:-daily monthly}; do
        printf -v seconds '%(%s)T' -1
        # A clock that has not been set yet, of a machine that has none of its own.
        [ "$seconds" -ge 946684800 ] || return 0
        run_if_due "$kind" "$seconds" || status=$?
    done
    exit "$status"
}

# schedule_next KIND: when the installed schedule will run it next, as seconds since the epoch, a
# tab, and Eastern time; nothing if no schedule is installed. For status and report.
schedule_next() (
    begin_schedule
    read_installed systemd || read_installed cron || exit 0
    now=$(date +%s)
    seconds=$(next_times "$1" "$now" 1)
    read_tries "$1" "$(due_occurrence "$1" "$now")"
    if [ "${schedule[tries]}" != 0 ] && [ "${schedule[again]}" -lt "$seconds" ]; then
        seconds=${schedule[again]}
        [ "$seconds" -ge "$now" ] || seconds=$now
    fi
    printf '%s\t%s\n' "$seconds" "$(eastern '%Y-%m-%d %H:%M %Z' "$seconds")"
) 2>/dev/null

# The cycles that the installed schedule names; nothing if it follows FEC_CYCLES. For status.
schedule_cycles() (
    begin_schedule
    read_installed systemd || read_installed cron || exit 0
    printf '%s\n' "${schedule[cycles]}"
) 2>/dev/null

# --- show

times() {
    if [ "$1" = 1 ]; then echo once; else echo "$1 times"; fi
}

# show_kind KIND WHEN: a kind's times, Eastern and the machine's.
show_kind() {
    local seconds last due now
    now=$(date +%s)
    printf '\n  %-8s %s, Eastern time\n' "$1" "$2"
    last=$(handled_occurrence "$1")
    due=$(due_occurrence "$1" "$now")
    read_tries "$1" "$due"
    if [ -z "$last" ]; then
        :
    elif [[ $last < $due ]]; then
        last="$last; one that was missed is made up for within a quarter of an hour"
    elif [ "${schedule[tries]}" != 0 ]; then
        last="$last; tried $(times "${schedule[tries]}"), ended with ${schedule[status]}; $(
        )tried again from $(eastern '%Y-%m-%d %H:%M %Z' "${schedule[again]}") on"
    fi
    # (A record of a time to come is of a clock that was wrong.)
    [ -z "$last" ] || [[ ${last%%;*} > $due ]] || printf '           seen to     %s\n' "$last"
    for seconds in $(next_times "$1" "$now" 3); do
        printf '           next        %s   %s\n' "$(eastern '%Y-%m-%d %H:%M %Z' "$seconds")" \
            "$(printf '%(%Y-%m-%d %H:%M %Z)T' "$seconds")"
    done
}

show_installed() {
    case ${schedule[way]} in
    cron) echo "By cron, in the crontab of $(id -un), for ${schedule[home]}" ;;
    systemd) echo "By systemd, $(unit_folder)/$(unit_name daily).timer and $(
        unit_name monthly).timer, for ${schedule[home]}" ;;
    esac
    show_kind daily "at ${schedule[daily_at]}"
    show_kind monthly "at ${schedule[monthly_at]} $(monthly_words)"
    if [ -n "${schedule[cycles]}" ]; then
        printf '\n  cycles   %s\n' "${schedule[cycles]}"
    else
        printf '\n  cycles   those of FEC_CYCLES when a run begins (today %s)\n' "$FEC_CYCLES"
    fi
    [ -f "${schedule[home]}/schedule/start" ] ||
        complain "${schedule[home]}/schedule/start is missing, so nothing will run; install again"
}

schedule_show() {
    local way ways=${schedule[way]:-systemd cron} found=
    for way in $ways; do
        if read_installed "$way"; then
            [ -z "$found" ] || echo
            found=yes
            show_installed
        elif [ "$way" = cron ] && [ -n "${crontab[error]}" ]; then
            complain "${crontab[error]}"
        fi
    done
    [ -n "$found" ] || echo "No schedule is installed for ${schedule[home]}."
}

# --- install and remove

shell_quote() {
    printf "'%s'\n" "${1//\'/\'\\\'\'}"
}

# This driver by the name it was called by, so that a link to it may be led to another version.
driver_path() {
    local folder
    folder=$(cd "$(dirname "$0")" 2>/dev/null && pwd) && [ -x "$folder/${0##*/}" ] &&
        echo "$folder/${0##*/}" || echo "$FECPIPE_HERE/pipeline.sh"
}

absolute_path() {
    case $1 in /*) printf '%s\n' "$1" ;; *) printf '%s\n' "$PWD/$1" ;; esac
}

# The file FEC_HOME/schedule/start.
start_text() {
    local name
    printf '%s\n' '#!/bin/sh' '# Made by pipeline.sh schedule install: starts the driver with' \
        '# the environment it was installed with.'
    for name in $KEPT_NAMES; do
        [ -n "${!name:-}" ] || continue
        case $name,${!name} in *_proxy,*@* | *_PROXY,*@*) continue ;; esac
        printf '%s=%s\nexport %s\n' "$name" "$(shell_quote "${!name}")" "$name"
    done
    if [ -n "${XDG_RUNTIME_DIR:-}" ]; then
        # The folder is removed when the user logs out, and then it must not be used.
        name=$(shell_quote "$XDG_RUNTIME_DIR")
        printf '%s\n' "if [ -d $name ]; then" "    XDG_RUNTIME_DIR=$name" \
            '    export XDG_RUNTIME_DIR' 'fi'
    fi
    printf 'exec %s "$@"\n' "$(shell_quote "$(driver_path)")"
}

# Writes it; returns 1 if it is there already.
write_start() {
    local text file=${schedule[home]}/schedule/start
    text=$(
        FEC_HOME=${schedule[home]} FEC_CONF=$(config_file)
        [ -z "$FEC_CONF" ] || FEC_CONF=$(absolute_path "$FEC_CONF")
        [ -z "${FEC_BIN:-}" ] || FEC_BIN=$(absolute_path "$FEC_BIN")
        start_text
    )
    [ "$text" != "$(cat "$file" 2>/dev/null)" ] || return 1
    printf '%s\n' "$text" >"$file.$$" && mv "$file.$$" "$file" ||
        fail "$EX_CANTCREAT" "cannot write $file"
}

# What the settings file alone says of a variable, with = before it; nothing if it says nothing.
setting_in_file() (
    unset "$1"
    file=$(config_file)
    [ -z "$file" ] || read_config_file "$file"
    echo "${!1+=}${!1-}"
)

# Says what this shell has set and a scheduled run will not have. The values are not copied: there
# may be passwords among them.
check_settings() {
    local name file key=''
    for name in $(compgen -e); do
        case $name in
        # What is in the entries; and the key, of which more below.
        FEC_HOME | FEC_CONF | FEC_DAILY_AT | FEC_MONTHLY_AT | FEC_MONTHLY_DAY | FEC_API_KEY*)
            continue
            ;;
        FEC_CYCLES) [ -z "${schedule[cycles]}" ] || continue ;;
        *_proxy | *_PROXY)
            case ${!name} in *@*)
                complain "note: $name has a password and was not copied; scheduled runs lack it" ;;
            esac
            continue
            ;;
        *) is_setting "$name" || continue ;;
        esac
        [ "$(setting_in_file "$name")" = "=${!name}" ] ||
            complain "note: $name is set here and not copied; put it into pipeline.conf"
    done
    file=$(setting_in_file FEC_API_KEY_FILE)
    key=$(setting_in_file FEC_API_KEY)
    if [ -n "${key#=}" ]; then
        return 0
    elif [ -z "${file#=}" ]; then
        complain "note: daily runs will find no key for the API; get one from $(
        )https://api.open.fec.gov/developers/ and put FEC_API_KEY_FILE into pipeline.conf"
    elif [ ! -s "${file#=}" ] || [ ! -r "${file#=}" ]; then
        complain "note: FEC_API_KEY_FILE, ${file#=}: there is nothing that can be read"
    fi
}

# The way to install if the user names none: the one that is installed, otherwise systemd where it
# runs, otherwise cron.
choose_way() {
    if (read_installed systemd); then
        echo systemd
    elif (read_installed cron); then
        echo cron
    elif [ -z "$(systemd_lacks)" ]; then
        echo systemd
    elif has_crontab; then
        echo cron
    else
        fail "$EX_UNAVAILABLE" "$(systemd_lacks), and there is no command crontab: install cron"
    fi
}

# Nothing is to start at once when the entry is new or its times are. What an older entry has missed
# or tried in vain will be made up for.
record_present() {
    local kind old_due due handled now
    now=$(date +%s)
    for kind in daily monthly; do
        due=$(due_occurrence "$kind" "$now")
        handled=$(handled_occurrence "$kind")
        old_due=$(
            read_installed systemd || read_installed cron || exit
            due_occurrence "$kind" "$now"
        )
        [ "$handled" != "$due" ] || continue
        if [ -z "$handled" ] || [[ ! $handled < $old_due ]]; then
            record_occurrence "$kind" "$due" ||
                fail "$EX_CANTCREAT" "cannot write to ${schedule[home]}/schedule"
        fi
    done
}

schedule_install() {
    local changed=
    [ -n "${schedule[way]}" ] || schedule[way]=$(choose_way) || exit $?
    [ "${schedule[way]}" != cron ] || need_crontab
    make_home
    mkdir -p "${schedule[home]}/schedule" ||
        fail "$EX_CANTCREAT" "cannot make ${schedule[home]}/schedule"
    write_start && changed=yes
    record_present
    if [ "${schedule[way]}" = cron ]; then
        install_cron && changed=yes
        remove_systemd && echo "The timers of systemd were removed."
        # (What systemd starts in cron's place is not a process.)
        systemd_works || check_cron_runs
    else
        install_systemd && changed=yes
        remove_cron && echo "The entry in the crontab was removed."
        check_linger
    fi
    check_settings
    [ -n "$changed" ] || echo "It is installed already; nothing was changed."
    show_installed
}

schedule_remove() {
    local way ways=${schedule[way]:-systemd cron} found=
    for way in $ways; do
        "remove_$way" && found=yes
    done
    if [ -z "$found" ]; then
        echo "No schedule is installed for ${schedule[home]}."
        return 0
    fi
    read_installed systemd || read_installed cron || {
        rm -f "${schedule[home]}/schedule/start" \
            "${schedule[home]}/schedule/"{daily,monthly}.{[0-9]*,lock}
    }
    rmdir "${schedule[home]}/schedule" 2>/dev/null
    echo "The schedule was removed."
}

command_schedule() {
    local action=${1:-}
    case $action in
    install | show | remove | tick) shift ;;
    -h | --help) usage; exit 0 ;;
    *) fail "$EX_USAGE" "schedule: say install, show or remove" ;;
    esac
    read_schedule_options "$action" "$@"
    begin_schedule
    "schedule_$action"
}
