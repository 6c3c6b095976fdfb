# shellcheck shell=bash
# times.sh - a schedule's settings, and when its runs are due. Sourced by schedule.sh.
#
# Each kind of run has occurrences: a daily one is named by its Eastern date (2026-11-24), a monthly
# one by its month (2026-11), or by its date if it comes every week, so later names sort after
# earlier ones. An occurrence is due when
# clocks in the East show its time or more. So a time that is skipped in March has come when they
# show more, and a time that comes twice in November has come the first time. Nothing here turns a
# date into seconds: the next occurrence is found by looking when the one that is due changes.

# What the schedule is for: home, the folder FEC_HOME without symbolic links. Its settings: way,
# cron or systemd; daily_at, monthly_at and monthly_day; cycles with blanks between them, or
# nothing, which means those of FEC_CYCLES when a run begins.
declare -A schedule=([home]='' [way]='' [daily_at]='' [monthly_at]='' [monthly_day]='' [cycles]='')

# A path without symbolic links in the part of it that exists, so that one folder has one name.
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

# The settings as options of schedule tick, and the options for a run.
schedule_arguments() {
    echo "--daily-at ${schedule[daily_at]} --monthly-at ${schedule[monthly_at]} --monthly-day $(
    )${schedule[monthly_day]}$(cycle_arguments)"
}

cycle_arguments() {
    local cycle
    for cycle in ${schedule[cycles]}; do printf ' --cycle %s' "$cycle"; done
}

# day_of_run TEXT: a day of the month as a number without a 0 before it, or one of the week as Sun.
day_of_run() {
    case $1 in
    *[!0-9]*) weekday "$1" ;;
    *) echo $((10#$1)) ;;
    esac
}

is_weekly() {
    case ${schedule[monthly_day]} in [A-Z]*) ;; *) false ;; esac
}

# The same in words.
monthly_words() {
    if is_weekly; then
        echo "each ${schedule[monthly_day]}"
    else
        echo "on day ${schedule[monthly_day]} of the month"
    fi
}

# weekly_due SECONDS DATE TIME: sets schedule[due] to the date of the last day of the week whose
# time has come.
weekly_due() {
    local seconds=$1 date=$2 time=$3 day days=0
    # About noon of that day, and then of the days before it, whatever the clocks have done since.
    seconds=$((seconds - (10#${time%:*} * 60 + 10#${time#*:}) * 60 + 43200))
    [[ ! $time < ${schedule[monthly_at]} ]] || days=1
    while :; do
        put_eastern day %a $((seconds - days * 86400))
        [ "$day" != "${schedule[monthly_day]}" ] || break
        days=$((days + 1))
    done
    [ "$days" = 0 ] || put_eastern date %Y-%m-%d $((seconds - days * 86400))
    schedule[due]=$date
}

# find_due KIND SECONDS: sets schedule[due] to the last occurrence whose time has come.
find_due() {
    local kind=$1 seconds=$2 now date time start year month
    put_eastern now '%Y-%m-%d %H:%M' "$seconds"
    date=${now% *} time=${now#* }
    if [ "$kind" = monthly ] && is_weekly; then
        weekly_due "$seconds" "$date" "$time"
        return
    elif [ "$kind" = monthly ]; then
        year=$((10#${date:0:4})) month=$((10#${date:5:2}))
        printf -v start '%s-%02d %s' "${date%-*}" "${schedule[monthly_day]}" \
            "${schedule[monthly_at]}"
        if [[ $now < $start ]]; then month=$((month - 1)); fi
        if [ "$month" = 0 ]; then year=$((year - 1)) month=12; fi
        printf -v date '%04d-%02d' "$year" "$month"
    elif [[ $time < ${schedule[daily_at]} ]]; then
        # About noon of the day before, whatever the clocks have done since.
        seconds=$((seconds - (10#${time%:*} * 60 + 10#${time#*:}) * 60 - 43200))
        put_eastern date %Y-%m-%d "$seconds"
    fi
    schedule[due]=$date
}

# The same, printed.
due_occurrence() {
    find_due "$@"
    echo "${schedule[due]}"
}

# next_times KIND SECONDS COUNT: when the next occurrences after a moment begin, in seconds since
# the epoch: the first minutes at which another one is due.
next_times() {
    local kind=$1 seconds=$(($2 - $2 % 60)) count=$3 due step
    while [ "$count" -gt 0 ]; do
        find_due "$kind" "$seconds"
        due=${schedule[due]}
        for step in 86400 3600 60; do
            while find_due "$kind" $((seconds + step)) && [ "${schedule[due]}" = "$due" ]; do
                seconds=$((seconds + step))
            done
        done
        seconds=$((seconds + 60))
        echo "$seconds"
        count=$((count - 1))
    done
}

# --- what was done: a file FEC_HOME/schedule/KIND.OCCURRENCE, named by the last occurrence that was
# begun. It is empty if that needs nothing more. Otherwise it says `TRIES SECONDS STATUS`: the
# number of times it was tried, when the last try ended (or began, if nobody could write down how it
# ended) in seconds since the epoch, and with which status.

# The pause after a run that failed, in seconds, and how often it doubles: from a quarter of an
# hour, less what cron may be early by, to seven hours and a half.
FIRST_PAUSE=840 DOUBLED=5

# The last occurrence that was begun; nothing if no record exists.
handled_occurrence() {
    local file last=
    for file in "${schedule[home]}/schedule/$1".[0-9]*-[0-9][0-9]; do
        [ -f "$file" ] && last=${file##*/"$1".}
    done
    echo "$last"
}

# record_occurrence KIND OCCURRENCE [TEXT]: makes it the last that was begun. False if that cannot
# be written.
record_occurrence() {
    local file record=${schedule[home]}/schedule/$1.$2
    # (The file as a whole at once: half of it would say that the run needs nothing more.)
    { printf '%s' "${3:+$3$'\n'}" >"$record.new" && mv "$record.new" "$record"; } 2>/dev/null ||
        return 1
    for file in "${schedule[home]}/schedule/$1".[0-9]*-[0-9][0-9]; do
        [ "$file" = "$record" ] || rm -f "$file"
    done
}

# read_tries KIND OCCURRENCE: sets schedule[tries], how often the occurrence was tried in vain, 0 if
# it needs nothing more; schedule[status], how the last try ended; and schedule[again], when the
# next one is due, in seconds since the epoch.
read_tries() {
    local tries seconds status doubled
    schedule[tries]=0 schedule[status]='' schedule[again]=
    { read -r tries seconds status <"${schedule[home]}/schedule/$1.$2"; } 2>/dev/null || return 0
    [[ $tries =~ ^[1-9][0-9]{0,5}$ ]] && [[ $seconds =~ ^[0-9]{1,12}$ ]] || return 0
    doubled=$((tries - 1 < DOUBLED ? tries - 1 : DOUBLED))
    schedule[tries]=$tries schedule[status]=$status
    schedule[again]=$((seconds + (FIRST_PAUSE << doubled)))
    # Whoever wrote that had a clock that was ahead.
    [ "$seconds" -le "$(date +%s)" ] || schedule[again]=0
}

# is_due KIND SECONDS: true if a run of the kind is due. Sets schedule[due] to its occurrence, and
# schedule[tries] to the number of times it was tried already.
is_due() {
    local kind=$1 handled present
    handled=$(handled_occurrence "$kind")
    present=$(eastern %Y-%m-%d "$2")
    [ "$kind" = daily ] || is_weekly || present=${present%-*}
    find_due "$kind" "$2"
    schedule[tries]=0
    if [[ $handled > $present ]]; then
        # With this record nothing would run until then.
        complain "schedule: the last $kind run was for $handled, so the clock was wrong once; $(
        )going on from now"
        record_occurrence "$kind" "${schedule[due]}" ||
            fail "$EX_CANTCREAT" "cannot write to ${schedule[home]}/schedule"
        return 1
    fi
    [[ ! ${schedule[due]} > $handled ]] || return 0
    [ "${schedule[due]}" = "$handled" ] || return 1
    read_tries "$kind" "$handled"
    [ "${schedule[tries]}" -gt 0 ] && [ "$2" -ge "${schedule[again]}" ]
}

# --- settings of an entry that is installed

# use_settings DAILY_AT MONTHLY_AT MONTHLY_DAY CYCLES: takes what an entry says; false, with nothing
# changed, if somebody has edited it into something else.
use_settings() {
    is_of_kind time "$1" && is_of_kind time "$2" && is_of_kind day "$3" || return 1
    [ -z "$4" ] || is_of_kind cycles "$4" || return 1
    schedule[daily_at]=$1 schedule[monthly_at]=$2
    schedule[monthly_day]=$(day_of_run "$3") schedule[cycles]=$4
}
