# shellcheck shell=bash
# schedule.sh - the command schedule: daily and monthly runs by themselves, at times of day in the
# East, whatever the zone of the machine. Sourced by pipeline.sh.
#
# FEC_HOME/schedule has the file start, which starts the driver with the environment that it was
# installed with; both ways call it, so what they lack of an environment does not matter. For cron
# there is also daily.DATE and monthly.MONTH, an empty file named by the last occurrence that was
# seen to. To make the file is to take the occurrence, so each is run once, whoever comes first.

# shellcheck source=driver/schedule/calendar.sh
. "$FECPIPE_SHARE/driver/schedule/calendar.sh"
# shellcheck source=driver/schedule/crontab.sh
. "$FECPIPE_SHARE/driver/schedule/crontab.sh"
# shellcheck source=driver/schedule/timers.sh
. "$FECPIPE_SHARE/driver/schedule/timers.sh"

schedule_home='' schedule_now='' schedule_way='' daily_at='' monthly_at='' monthly_day=

# What a run may need of the environment and no pipeline.conf can say. (XDG_RUNTIME_DIR and what has
# a password in it are looked at apart.)
kept_names='HOME PATH FEC_HOME FEC_CONF FEC_BIN XDG_CONFIG_HOME CURL_CA_BUNDLE SSL_CERT_FILE
    SSL_CERT_DIR http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY'

# A path without symbolic links in the part of it that is there, so that one folder has one name.
physical_path() {
    local path=$1 rest='' real
    while [ "${path%/}" != "$path" ]; do path=${path%/}; done
    until [ -d "${path:-/}" ]; do
        rest=/${path##*/}$rest
        path=${path%/*}
    done
    real=$(cd "${path:-/}" && pwd -P) || real=$path
    printf '%s\n' "${real%/}$rest"
}

# An option of schedule's ACTION; true if it is known. What it takes is in option_words.
schedule_option() {
    local action=$1 option=${2%%=*} argument=${2#*=}
    option_words=1
    case $action,$2 in
    *,-h | *,--help) usage; exit 0 ;;
    tick,--cron | tick,--systemd) return 1 ;;
    *,--cron | *,--systemd)
        [ -z "$schedule_way" ] || [ "$schedule_way" = "${2#--}" ] ||
            fail "$EX_USAGE" "--cron and --systemd: it can be only one of them"
        schedule_way=${2#--}
        return 0
        ;;
    esac
    case $action in install | tick) ;; *) return 1 ;; esac
    case $option in --daily-at | --monthly-at | --monthly-day | --cycle) ;; *) return 1 ;; esac
    if [ "$option" = "$2" ]; then
        [ $# -gt 2 ] || fail "$EX_USAGE" "$2 needs an argument"
        option_words=2
        argument=$3
    fi
    case $option in
    --daily-at) check_value time "$argument" "$option" "$EX_USAGE" && daily_at=$argument ;;
    --monthly-at) check_value time "$argument" "$option" "$EX_USAGE" && monthly_at=$argument ;;
    --monthly-day) check_value day "$argument" "$option" "$EX_USAGE" && monthly_day=$argument ;;
    --cycle) cycles+=("$argument") ;;
    esac
}

# The options of schedule's ACTION, or else the settings.
read_schedule_options() {
    local action=$1
    shift
    schedule_way='' cycles=() daily_at='' monthly_at='' monthly_day=
    while [ $# -gt 0 ]; do
        schedule_option "$action" "$@" ||
            fail "$EX_USAGE" "schedule $action: '$1' is not known; see pipeline.sh --help"
        shift "$option_words"
    done
    : "${daily_at:=$FEC_DAILY_AT}" "${monthly_at:=$FEC_MONTHLY_AT}"
    : "${monthly_day:=$FEC_MONTHLY_DAY}"
    monthly_day=$((10#$monthly_day))
    # Without cycles they are those of FEC_CYCLES when the run begins.
    [ ${#cycles[@]} = 0 ] || settle_cycles
}

# What was found in an entry, as settings; false if somebody has edited it beyond that.
use_installed_settings() {
    (read_schedule_options tick "$@") 2>/dev/null && read_schedule_options tick "$@"
}

# The settings as options of schedule tick.
schedule_arguments() {
    echo "--daily-at $daily_at --monthly-at $monthly_at --monthly-day $monthly_day$(
        cycle_arguments)"
}

cycle_arguments() {
    [ ${#cycles[@]} = 0 ] || printf ' --cycle %s' "${cycles[@]}"
}

# --- occurrences: a daily one is a day, a monthly one a month, both numbered

# The number of the last occurrence whose time has come, by the clock on the wall: times that are
# skipped in March have come when the clock shows more, and those that come twice in November have
# already come the second time.
due_occurrence() {
    local date time
    read -r date time <<<"$(eastern '%Y-%m-%d %H:%M' "$schedule_now")"
    if [ "$1" = daily ]; then
        date=$(day_number "$date")
        [[ ! $time < $daily_at ]] || date=$((date - 1))
    else
        time="${date:8:2} $time"
        date=$(month_number "$date")
        [[ ! $time < "$(printf %02d "$monthly_day") $monthly_at" ]] || date=$((date - 1))
    fi
    echo "$date"
}

# occurrence_name KIND NUMBER: 2026-11-24, or 2026-11.
occurrence_name() {
    if [ "$1" = daily ]; then date_of_day "$2"; else month_of_number "$2"; fi
}

# The name of the last occurrence that was seen to; nothing if there is no record.
handled_name() {
    local file last=
    for file in "$schedule_home/schedule/$1".[0-9]*-[0-9][0-9]; do
        [ -f "$file" ] && last=${file##*/"$1".}
    done
    echo "$last"
}

handled_occurrence() {
    local name
    name=$(handled_name "$1")
    case $1,$name in
    *,) echo 0 ;;
    daily,*) day_number "$name" ;;
    *) month_number "$name" ;;
    esac
}

# take_occurrence KIND NUMBER: false if another has it already.
take_occurrence() {
    local name file folder=$schedule_home/schedule
    name=$1.$(occurrence_name "$1" "$2")
    if ! (set -C && : >"$folder/$name") 2>/dev/null; then
        [ -e "$folder/$name" ] && return 1
        fail "$EX_CANTCREAT" "cannot write $folder/$name"
    fi
    for file in "$folder/$1".[0-9]*-[0-9][0-9]; do
        [ "$file" = "$folder/$name" ] || rm -f "$file"
    done
}

# True if a run of the kind is due and nobody else has taken it.
take_due_run() {
    local due handled
    due=$(due_occurrence "$1") handled=$(handled_occurrence "$1")
    if [ "$handled" -gt $((due + 1)) ]; then
        # Were the record believed, nothing would run until then.
        complain "schedule: the last $1 run was for $(handled_name "$1"), so the clock was wrong$(
        ) once; going on from now"
        take_occurrence "$1" "$due"
        return 1
    fi
    [ "$due" -gt "$handled" ] && take_occurrence "$1" "$due"
}

# What the entry in the crontab calls: starts what is due. Of several days that were missed only the
# last counts. The daily run comes first; while it works, another tick may take the monthly one.
schedule_tick() {
    local kind status=0
    # A clock that has not been set yet, of a machine that has none of its own.
    [ "$schedule_now" -ge 946684800 ] || return 0
    for kind in daily monthly; do
        take_due_run "$kind" || continue
        # shellcheck disable=SC2046 # --cycle and numbers
        "$FECPIPE_HERE/pipeline.sh" "$kind" --wait $(cycle_arguments) || status=$?
        schedule_now=$(date +%s)
    done
    exit "$status"
}

# next_times KIND COUNT: the next occurrences by the settings at hand, in seconds since the epoch.
next_times() {
    local number date time=$daily_at minutes='' count=0 seconds
    [ "$1" = daily ] || time=$monthly_at
    [ "$schedule_way" != cron ] || minutes=$(tick_minutes)
    number=$(due_occurrence "$1")
    while [ "$count" -lt "$2" ]; do
        number=$((number + 1))
        date=$(occurrence_name "$1" "$number")
        [ "$1" = daily ] || date=$date-$(printf %02d "$monthly_day")
        seconds=$(seconds_of_eastern "$date" "$time" "$minutes")
        if [ "$seconds" -gt "$schedule_now" ]; then
            echo "$seconds"
            count=$((count + 1))
        fi
    done
}

# --- what is installed

# What everything here begins with: which home, what time it is.
begin_schedule() {
    schedule_now=$(date +%s)
    schedule_home=$(physical_path "$FEC_HOME")
    case $schedule_home in *[[:cntrl:]]*)
        fail "$EX_CONFIG" "the path of FEC_HOME has a character that no schedule can have" ;;
    esac
}

# read_installed WAY: the settings of what is installed that way; false if nothing is.
read_installed() {
    "read_installed_$1" && schedule_way=$1
}

# schedule_next KIND: when the installed schedule will run it next, as seconds since the epoch, a
# tab, and Eastern time; nothing if none is installed. For status and report.
schedule_next() (
    begin_schedule
    read_installed systemd || read_installed cron || exit 0
    seconds=$(next_times "$1" 1)
    printf '%s\t%s\n' "$seconds" "$(eastern '%Y-%m-%d %H:%M %Z' "$seconds")"
) 2>/dev/null

# show_kind KIND WHEN: a kind's times, Eastern and the machine's.
show_kind() {
    local seconds last
    printf '\n  %-8s %s, Eastern time\n' "$1" "$2"
    if [ "$schedule_way" = cron ]; then
        last=$(handled_name "$1")
        [ "$(handled_occurrence "$1")" -ge "$(due_occurrence "$1")" ] ||
            last="$last; one that was missed is made up for within a quarter of an hour"
    else
        last=$(manager show -p LastTriggerUSec --value "$(unit_name "$1").timer" 2>/dev/null)
    fi
    [ -z "$last" ] || [ "$last" = n/a ] || printf '           seen to     %s\n' "$last"
    for seconds in $(next_times "$1" 3); do
        printf '           next        %s   %s\n' "$(eastern '%Y-%m-%d %H:%M %Z' "$seconds")" \
            "$(printf '%(%Y-%m-%d %H:%M %Z)T' "$seconds")"
    done
}

show_installed() {
    case $schedule_way in
    cron) echo "By cron, in the crontab of $(id -un), for $schedule_home" ;;
    systemd) echo "By systemd, $(unit_folder)/$(unit_name daily).timer and $(
        unit_name monthly).timer, for $schedule_home" ;;
    esac
    show_kind daily "at $daily_at"
    show_kind monthly "at $monthly_at on day $monthly_day of the month"
    if [ ${#cycles[@]} = 0 ]; then
        printf '\n  cycles   those of FEC_CYCLES, or the current one, when a run begins\n'
    else
        printf '\n  cycles   %s\n' "${cycles[*]}"
    fi
    [ -f "$schedule_home/schedule/start" ] ||
        complain "$schedule_home/schedule/start is missing, nothing will run; install it again"
}

schedule_show() {
    local way ways=${schedule_way:-systemd cron} found=
    for way in $ways; do
        if read_installed "$way"; then
            [ -z "$found" ] || echo
            found=yes
            show_installed
        elif [ "$way" = cron ] && [ -n "${crontab_error:-}" ]; then
            complain "$crontab_error"
        fi
    done
    [ -n "$found" ] || echo "No schedule is installed for $schedule_home."
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
    for name in $kept_names; do
        [ -n "${!name:-}" ] || continue
        case $name,${!name} in *_proxy,*@* | *_PROXY,*@*) continue ;; esac
        printf '%s=%s\nexport %s\n' "$name" "$(shell_quote "${!name}")" "$name"
    done
    if [ -n "${XDG_RUNTIME_DIR:-}" ]; then
        # It goes when the user logs out, and then it is not to be used.
        name=$(shell_quote "$XDG_RUNTIME_DIR")
        printf '%s\n' "if [ -d $name ]; then" "    XDG_RUNTIME_DIR=$name" \
            '    export XDG_RUNTIME_DIR' 'fi'
    fi
    printf 'exec %s "$@"\n' "$(shell_quote "$(driver_path)")"
}

# Writes it; returns 1 if it is there already.
write_start() {
    local text file=$schedule_home/schedule/start
    text=$(
        FEC_HOME=$schedule_home FEC_CONF=$(config_file)
        [ -z "$FEC_CONF" ] || FEC_CONF=$(absolute_path "$FEC_CONF")
        [ -z "${FEC_BIN:-}" ] || FEC_BIN=$(absolute_path "$FEC_BIN")
        start_text
    )
    [ "$text" != "$(cat "$file" 2>/dev/null)" ] || return 1
    printf '%s\n' "$text" >"$file.$$" && mv "$file.$$" "$file" ||
        fail "$EX_CANTCREAT" "cannot write $file"
}

# What the settings file alone says of a variable; with a + before it, if it says anything.
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
        FEC_CYCLES) [ ${#cycles[@]} = 0 ] || continue ;;
        PG[A-Z]*) ;;
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
        complain "note: daily runs will find no key for the API; put FEC_API_KEY_FILE into$(
        ) pipeline.conf, a key is to be had at https://api.open.fec.gov/developers/"
    elif [ ! -s "${file#=}" ] || [ ! -r "${file#=}" ]; then
        complain "note: FEC_API_KEY_FILE, ${file#=}: there is nothing that can be read"
    fi
}

# The way to install when none is asked for: the one that is installed, or else systemd where it
# runs, or else cron.
choose_way() {
    if read_installed systemd || read_installed cron; then
        :
    elif [ -z "$(systemd_lacks)" ]; then
        schedule_way=systemd
    elif has_crontab; then
        schedule_way=cron
    else
        fail "$EX_UNAVAILABLE" "$(systemd_lacks), and there is no command crontab: install cron"
    fi
    echo "$schedule_way"
}

# Nothing is to start at once when the entry is new, or its times are. What an older entry has
# missed stays missed, and will be made up for.
record_present() {
    local kind old_due
    for kind in daily monthly; do
        old_due=$(
            read_installed cron || exit
            due_occurrence "$kind"
        )
        if [ -z "$old_due" ] || [ "$(handled_occurrence "$kind")" -ge "$old_due" ]; then
            take_occurrence "$kind" "$(due_occurrence "$kind")"
        fi
    done
}

schedule_install() {
    local way=$schedule_way changed=
    [ -n "$way" ] || way=$(choose_way) || exit $?
    [ "$way" != cron ] || need_crontab
    make_home
    mkdir -p "$schedule_home/schedule" ||
        fail "$EX_CANTCREAT" "cannot make $schedule_home/schedule"
    write_start && changed=yes
    if [ "$way" = cron ]; then
        record_present
        install_crontab && changed=yes
        remove_timers && echo "The timers of systemd were removed."
        check_cron_runs
    else
        install_timers && changed=yes
        remove_crontab && echo "The entry in the crontab was removed."
        rm -f "$schedule_home/schedule/"{daily,monthly}.[0-9]*
        check_linger
    fi
    check_settings
    [ -n "$changed" ] || echo "It is installed already; nothing was changed."
    schedule_way=$way
    show_installed
}

schedule_remove() {
    local found=
    case $schedule_way in
    cron) remove_crontab && found=yes ;;
    systemd) remove_timers && found=yes ;;
    *)
        remove_timers && found=yes
        remove_crontab && found=yes
        ;;
    esac
    if [ -z "$found" ]; then
        echo "No schedule is installed for $schedule_home."
        return 0
    fi
    read_installed systemd || read_installed cron ||
        rm -f "$schedule_home/schedule/start" "$schedule_home/schedule/"{daily,monthly}.[0-9]*
    rmdir "$schedule_home/schedule" 2>/dev/null
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
