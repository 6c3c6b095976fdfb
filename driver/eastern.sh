# shellcheck shell=bash
# eastern.sh - Eastern time, which the FEC's days and the schedule follow. Sourced by pipeline.sh.
#
# The hard part is a machine without time zones: it takes America/New_York for UTC and says nothing.
# So the zone is tried first; where it is missing, the rule that has held since 2007 stands in.
# bash's printf does the work, because each system's `date` wants a time said in its own way.

eastern_zone=

find_eastern_zone() {
    local offset
    eastern_zone=America/New_York
    TZ=$eastern_zone printf -v offset '%(%z)T' 0
    case $offset in
    -0[45]00) ;;
    *) eastern_zone=EST5EDT,M3.2.0,M11.1.0 ;;
    esac
}

# put_eastern NAME FORMAT SECONDS: sets a variable to a time, given in seconds since the epoch, in
# strftime's FORMAT.
put_eastern() {
    [ -n "$eastern_zone" ] || find_eastern_zone
    TZ=$eastern_zone printf -v "$1" "%($2)T" "$3"
}

# eastern FORMAT [SECONDS]: prints it. Without SECONDS it is the present time.
eastern() {
    local text
    put_eastern text "$1" "${2:--1}"
    printf '%s\n' "$text"
}
