# shellcheck shell=bash
# calendar.sh - Eastern time, by which the FEC's days go and the schedule runs. Sourced by
# schedule.sh.
#
# `date` is asked for nothing but the present second, for each system's date wants another time said
# in another way: bash's printf turns seconds into a date, and a date into seconds goes by trying.

# The days from 1970-01-01 to the date YYYY-MM-DD, by counting years that begin in March.
day_number() {
    local year=$((10#${1:0:4})) month=$((10#${1:5:2})) day=$((10#${1:8:2}))
    if [ "$month" -le 2 ]; then
        year=$((year - 1)) month=$((month + 12))
    fi
    echo $((365 * year + year / 4 - year / 100 + year / 400 + (153 * (month - 3) + 2) / 5 +
        day - 719469))
}

# The date of a day number.
date_of_day() {
    TZ=UTC0 printf '%(%Y-%m-%d)T\n' $(($1 * 86400))
}

# The n-th month since the year 0 as YYYY-MM, and the other way round.
month_of_number() {
    printf '%04d-%02d\n' $(($1 / 12)) $(($1 % 12 + 1))
}

month_number() {
    echo $((10#${1:0:4} * 12 + 10#${1:5:2} - 1))
}

# seconds_of_eastern DATE HH:MM [MINUTES]: when Eastern clocks show that for the first time, in
# seconds since the epoch. If they skip it, on the day in March, when they first show more than
# that; of MINUTES, a list of minutes of the hour with commas between, at the first one then.
seconds_of_eastern() {
    local date=$1 time=$2 minutes=${3:-} hours seconds as_utc
    as_utc=$(($(day_number "$date") * 86400 + 10#${time%:*} * 3600 + 10#${time#*:} * 60))
    for hours in 4 5; do
        seconds=$((as_utc + hours * 3600))
        if [ "$(eastern '%Y-%m-%d %H:%M' "$seconds")" = "$date $time" ]; then
            echo "$seconds"
            return
        fi
    done
    seconds=$((as_utc + 4 * 3600))
    until [[ ! $(eastern %H:%M "$seconds") < $time ]]; do
        seconds=$((seconds + 60))
    done
    while [ -n "$minutes" ]; do
        case ,$minutes, in *,$((seconds / 60 % 60)),*) break ;; esac
        seconds=$((seconds + 60))
    done
    echo "$seconds"
}
