# shellcheck shell=bash
# surroundings.sh - what status, report and metrics show and the database does not know: the next
# scheduled runs, the cycles that are still read, and the quota of the API. Sourced by pipeline.sh.

# scheduled_run KIND: two variables of a step, when the schedule will run it next, as seconds since
# the epoch and in words. Both are empty if no schedule is installed.
scheduled_run() {
    local next
    next=$(schedule_next "$1" 2>/dev/null) || next=
    case ${next%%$'\t'*} in '' | *[!0-9]*) next= ;; esac
    printf '%s\n' "next_$1=${next%%$'\t'*}" "next_${1}_text=${next#*$'\t'}"
}

# Variables of a step for the quota, empty if it is not known.
api_quota() {
    local quota name
    quota=$("$FECPIPE_BIN/fec-fetch" quota 2>/dev/null) || quota=
    for name in limit used left wait_seconds; do
        printf 'quota_%s=%s\n' "${name%_seconds}" \
            "$(sed -n "s/^$name=\([0-9][0-9.]*\)$/\1/p" <<<"$quota" | head -n 1)"
    done
}

# show_step FILE [NAME=VALUE ...]: step_alone, with all of this as variables.
show_step() {
    local known
    mapfile -t known < <(scheduled_run daily; scheduled_run monthly; api_quota)
    step_alone "$@" "${known[@]}" "followed=$FEC_CYCLES $(schedule_cycles 2>/dev/null)"
}
