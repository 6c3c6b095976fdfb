# shellcheck shell=bash
# demo.sh - shows the whole of it on made-up data, in a home and a private database of its own.
# Sourced by pipeline.sh.

demo_step() {
    printf '\n\033[1m%s\033[0m\n' "$1" | if [ -t 1 ]; then cat; else sed 's/\x1b\[[0-9]*m//g'; fi
}

# Where a link leads to, for a command that removes it too; nothing if it is no link.
outside() {
    [ ! -L "$1" ] || printf ' %q' "$(readlink "$1")"
}

show_corrected_rows() {
    demo_step "What a row was before the FEC corrected it"
    "$FECPIPE_HERE/$(basename "$FECPIPE_SELF")" psql -X -P border=0 -P footer=off -c "
        SELECT h.sub_id, h.contributor_name AS name_before, c.contributor_name AS name_now,
               h.contribution_receipt_amount AS amount_before,
               c.contribution_receipt_amount AS amount_now
          FROM fec.contribution_history h JOIN fec.contribution c USING (sub_id, cycle)
         WHERE h.change = 'changed'
           AND (h.contributor_name, h.contribution_receipt_amount)
               IS DISTINCT FROM (c.contributor_name, c.contribution_receipt_amount)
         ORDER BY sub_id LIMIT 5"
}

command_demo() {
    local rows=20000 sample=$FECPIPE_LIBEXEC/fec-sample home month cycle status=0 driver name
    while [ $# -gt 0 ]; do
        case $1 in
        --rows)
            [ $# -gt 1 ] || fail "$EX_USAGE" "--rows needs an argument"
            rows=$2
            shift
            ;;
        --rows=*) rows=${1#*=} ;;
        -h | --help) usage; exit 0 ;;
        *) fail "$EX_USAGE" "demo: '$1' is not known; see pipeline.sh --help" ;;
        esac
        shift
    done
    check_programs
    [ -x "$sample" ] || fail "$EX_UNAVAILABLE" "$sample is missing; 'make' builds it"
    home=$FEC_HOME/demo
    cycle=$(current_cycle)
    # Made-up rows must never reach a real database, whether environment or pipeline.conf names it.
    for name in $(compgen -e); do
        case $name in PG* | DATABASE_URL) unset "$name" ;; esac
    done
    export FEC_HOME=$home FEC_CONF=/dev/null
    mkdir -p "$home" || fail "$EX_CANTCREAT" "cannot make $home"
    # For root's PostgreSQL, which runs as another user, to get in.
    [ "$EUID" != 0 ] || chmod a+x "$(dirname "$home")"
    if [ -d "$home/postgres" ]; then
        (command_stop --force) >/dev/null &&
            rm -rf "$(cd "$home/postgres" && pwd -P)" "$home/postgres" || exit "$EX_IOERR"
    fi

    demo_step "Making two months of a made-up download tree in $home/bulk-downloads"
    rm -rf "$home/bulk-downloads"
    "$sample" --out "$home/bulk-downloads" --cycle "$cycle" --rows "$rows" --months 2 || exit $?
    for month in 1 2; do
        demo_step "Month $month: pipeline.sh monthly --cycle $cycle"
        FEC_BULK_URL=file://$home/bulk-downloads/month-$month \
            "$FECPIPE_HERE/$(basename "$FECPIPE_SELF")" \
            monthly --cycle "$cycle" \
            --datasets cm,cn,ccl,indiv,committee_summary,candidate_summary || {
            status=$?
            break
        }
    done
    if [ "$status" = 0 ]; then
        show_corrected_rows
        demo_step "pipeline.sh status"
        "$FECPIPE_HERE/$(basename "$FECPIPE_SELF")" status
    fi
    (command_stop --force) >/dev/null
    printf -v driver 'FEC_HOME=%q %q' "$home" "$FECPIPE_HERE/$(basename "$FECPIPE_SELF")"
    demo_step "To look around:  $driver psql
To remove it:    $driver stop; rm -rf $(printf %q "$home")$(outside "$home/postgres")"
    exit "$status"
}
