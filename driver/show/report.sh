# shellcheck shell=bash
# report.sh - the command report: what status shows and more, as a page of HTML. Sourced by
# pipeline.sh.

declare -A run

read_report_options() {
    report_cycle='' report_months=12
    while [ $# -gt 0 ]; do
        case $1 in
        --cycle=*) report_cycle=${1#*=} ;;
        --months=*) report_months=${1#*=} ;;
        --cycle | --months)
            [ $# -gt 1 ] || fail "$EX_USAGE" "$1 needs an argument"
            if [ "$1" = --cycle ]; then report_cycle=$2; else report_months=$2; fi
            shift
            ;;
        -h | --help) usage; exit 0 ;;
        *) fail "$EX_USAGE" "report: '$1' is not known; see pipeline.sh --help" ;;
        esac
        shift
    done
    [ -z "$report_cycle" ] || report_cycle=$(one_cycle "$report_cycle") || exit $?
    case $report_months in
    [1-9] | [1-9][0-9] | 1[01][0-9] | 120) ;;
    *) fail "$EX_USAGE" "--months takes a number from 1 to 120, not '$report_months'" ;;
    esac
}

# Nothing is printed before the page is whole: half a page instead of a good one helps nobody.
command_report() {
    read_report_options "$@"
    make_home
    open_database
    open_schema
    make_folder report
    trap remove_folder EXIT
    exit_on_signals
    PGAPPNAME='fecpipe report' show_step report/report.sql \
        "cycle=$report_cycle" "months=$report_months" "current_cycle=$(current_cycle)" \
        "version=$FECPIPE_VERSION" "css=$(cat "$FECPIPE_SHARE/sql/report/report.css")" \
        >"${run[folder]}/page" || fail $? "no report: ${run[reason]}"
    cat "${run[folder]}/page" || {
        # A reader that closes the pipe early is not an error.
        [ $? = 141 ] || fail "$EX_IOERR" "the report cannot be written"
    }
}
