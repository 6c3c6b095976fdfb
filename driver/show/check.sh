# shellcheck shell=bash
# check.sh - the command check: whether a run would go well, and what to do where it would not.
# Sourced by pipeline.sh.
#
# It changes nothing: it makes no folder, starts no server, and asks the FEC's servers only with
# --online. It must work where little else does, without psql or with a pipeline.conf full of
# errors, so it reads the settings itself.

# shellcheck source=driver/show/verdicts.sh
. "$FECPIPE_SHARE/driver/show/verdicts.sh"
# shellcheck source=driver/show/check-settings.sh
. "$FECPIPE_SHARE/driver/show/check-settings.sh"
# shellcheck source=driver/show/check-machine.sh
. "$FECPIPE_SHARE/driver/show/check-machine.sh"
# shellcheck source=driver/show/check-database.sh
. "$FECPIPE_SHARE/driver/show/check-database.sh"

# What the checks share: conf, the file with the settings; folder, for what they write down.
declare -A checked=([conf]='' [folder]='')

all_checks() {
    run_checks programs check_programs_here
    run_checks certificates check_certificates
    run_checks configuration check_configuration
    if [ -n "$FEC_HOME" ]; then
        run_checks FEC_HOME check_home
        run_checks disk check_disk
        run_checks database check_database
        run_checks 'left over' check_leftovers
        run_checks schedule check_schedule
    fi
    run_checks 'API key' check_key
    [ -z "$1" ] || run_checks online check_online
    run_checks failures check_telling
    run_checks clock check_clock
}

command_check() {
    local form=text online='' verdicts errors warnings status level=ok
    while [ $# -gt 0 ]; do
        case $1 in
        --json) form=json ;;
        --online) online=yes ;;
        -h | --help) usage; exit 0 ;;
        *) fail "$EX_USAGE" "check: '$1' is not known; see pipeline.sh --help" ;;
        esac
        shift
    done
    checked[folder]=$(mktemp -d) || fail "$EX_CANTCREAT" "cannot make a folder in ${TMPDIR:-/tmp}"
    trap 'rm -rf "${checked[folder]}"' EXIT
    exit_on_signals
    read_config_for_check
    verdicts=$(all_checks "$online")
    errors=$(grep -c "^[0-9]*${VERDICT_SEPARATOR}error" <<<"$verdicts")
    warnings=$(grep -c "^[0-9]*${VERDICT_SEPARATOR}warning" <<<"$verdicts")
    [ "$warnings" = 0 ] || level=warning
    [ "$errors" = 0 ] || level=error
    # What a run would end with: the status of the first error.
    status=$(sed -n "s/^\([0-9]*\)${VERDICT_SEPARATOR}error.*/\1/p" <<<"$verdicts" | head -n 1)
    "verdicts_as_$form" "$level" "${status:-0}" <<<"$verdicts"
    [ "$form" = json ] || printf '\n%d errors, %d warnings\n' "$errors" "$warnings"
    exit "${status:-0}"
}
