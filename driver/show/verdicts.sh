# shellcheck shell=bash
# verdicts.sh - what the command check says: lines that are ok, a warning or an error, each with
# what to do. Sourced by pipeline.sh.
#
# Each group of checks runs in a subshell and prints its verdicts as lines of five fields:
#
#   STATUS  the exit status that a run would end with; 0 unless it is an error
#   LEVEL   ok, warning or error
#   AREA    what it is about
#   MESSAGE what was found
#   ADVICE  what to do; may be empty
#
# A group that ends by `fail` has given its last verdict with that.

VERDICT_SEPARATOR=$'\x1f'

# verdict STATUS LEVEL AREA MESSAGE [ADVICE]: prints one. Whatever the texts have in them, it is one
# line.
verdict() {
    local field line=''
    for field in "$@"; do line=$line${line:+$VERDICT_SEPARATOR}${field//[[:cntrl:]]/ }; done
    [ $# -ge 5 ] || line=$line$VERDICT_SEPARATOR
    printf '%s\n' "$line"
}

good() {
    verdict 0 ok "$@"
}

warn() {
    verdict 0 warning "$@"
}

# bad STATUS AREA MESSAGE ADVICE
bad() {
    verdict "$1" error "${@:2}"
}

# run_checks AREA FUNCTION: prints a group's verdicts. What it says on standard error is a warning,
# or, if it fails, the error.
run_checks() {
    local area=$1 messages status
    {
        messages=$("$2" 2>&1 >&3 3>&- </dev/null)
        status=$?
    } 3>&1
    messages=${messages//pipeline.sh: /}
    if [ "$status" != 0 ]; then
        bad "$status" "$area" "${messages##*$'\n'}" ''
    elif [ -n "$messages" ]; then
        while IFS= read -r messages; do warn "$area" "$messages" ''; done <<<"$messages"
    fi
}

# json_text NAME: makes the text of a variable what stands between the quotes of a string of JSON.
# (No verdict has control characters.)
json_text() {
    local text=${!1//\\/\\\\}
    printf -v "$1" '%s' "${text//\"/\\\"}"
}

# Verdicts, as lines on standard input, as an object of JSON with the exit status of check.
verdicts_as_json() {
    local level=$1 exit_status=$2 status one area message advice name comma=''
    printf '{\n  "version": "%s",\n  "level": "%s",\n  "exit_status": %d,\n  "checks": [' \
        "$FECPIPE_VERSION" "$level" "$exit_status"
    while IFS=$VERDICT_SEPARATOR read -r status one area message advice; do
        for name in area message advice; do json_text "$name"; done
        printf '%s\n    {"area": "%s", "level": "%s", "message": "%s", "advice": "%s", ' \
            "$comma" "$area" "$one" "$message" "$advice"
        printf '"status": %d}' "$status"
        comma=,
    done
    printf '\n  ]\n}\n'
}

# The same for people.
verdicts_as_text() {
    local status level area message advice
    while IFS=$VERDICT_SEPARATOR read -r status level area message advice; do
        printf '%-8s %-13s %s\n' "$level" "$area" "$message"
        [ -z "$advice" ] || printf '%22s -> %s\n' '' "$advice"
    done
}
