#!/usr/bin/env bash
# fresh-check.sh SUITE ... - `make fresh-check`: the README's two commands, `make run` and
# `make check`, as an ordinary user of fresh Debian systems that have make and sudo and nothing
# else. TESTS='tests/filters tests/style.t' runs only these. The bulk files are made up.

set -u -o pipefail
here=$(cd "$(dirname "$0")/.." && pwd) || exit 70
# shellcheck source=make/fresh.sh
. "$here/make/fresh.sh"

# What a new user says, one line each.
commands() {
    echo 'FEC_BULK_URL=file:///srv/fec/month-1 make -s run'
    echo './pipeline.sh stop'
    if [ -z "${TESTS:-}" ]; then
        echo 'make -s check'
    else
        echo 'make -s deps && make -s tests && tests/run bin '"$TESTS"
    fi
}

# check_suite SUITE: returns the number of commands that failed.
check_suite() {
    local suite=$1 folder=$FRESH_WORK/$1 command failed=0
    fresh_folder "$suite" "$suite" make sudo
    fresh_user "$folder" newcomer
    fresh_copy "$here" "$folder" newcomer
    fresh_sample "$here" "$folder"
    while IFS= read -r command; do
        printf '\n%s: %s\n' "$suite" "$command"
        fresh_run "$folder" newcomer bash -c "cd fecpipe && $command" </dev/null ||
            { echo "$fresh_name: $suite: failed with $?: $command" >&2 && failed=$((failed + 1)); }
    done < <(commands)
    return "$failed"
}

fresh_need
[ $# -gt 0 ] || set -- bookworm trixie
fresh_start "$0" "$@"

fresh_each check_suite "$@"
