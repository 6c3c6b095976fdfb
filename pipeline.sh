#!/usr/bin/env bash
# pipeline.sh - the driver of fecpipe: wires the filters, applies what they found, says what was
# done. `pipeline.sh --help` lists the commands, the manual page pipeline.sh(1) says more.

if [ -z "${BASH_VERSION:-}" ] || [ "${BASH_VERSINFO[0]}${BASH_VERSINFO[1]}" -lt 43 ]; then
    echo "pipeline.sh: needs bash 4.3 or newer; this shell is ${BASH_VERSION:-another one}" >&2
    exit 69
fi

# Nothing of the caller's shell settings may change what this means, and there must be three open
# files: what is opened later must not become standard output.
unset CDPATH POSIXLY_CORRECT BASH_ENV ENV
set +e +f +C +o posix
shopt -u failglob nullglob dotglob nocasematch
# (Bash takes `<&0` for nothing to do, open or not. Where standard error is closed, nobody sees that
# it is.)
{ : 9>&2; } || exec 2>/dev/null
{ : 9<&0; } 2>/dev/null || exec </dev/null
{ : 9>&1; } 2>/dev/null || exec >/dev/null

set -u -o pipefail
CALLER_UMASK=$(umask)
CALLER_LOCALE=${LC_ALL-none}
umask 077
export LC_ALL=C

FECPIPE_VERSION=0.2.0

# Where this script really is, through symbolic links.
FECPIPE_SELF=${BASH_SOURCE[0]}
while [ -L "$FECPIPE_SELF" ]; do
    link=$(readlink "$FECPIPE_SELF")
    case $link in
    /*) FECPIPE_SELF=$link ;;
    *) FECPIPE_SELF=$(dirname "$FECPIPE_SELF")/$link ;;
    esac
done
case $FECPIPE_SELF in */*) ;; *) FECPIPE_SELF=./$FECPIPE_SELF ;; esac
FECPIPE_HERE=$(cd "${FECPIPE_SELF%/*}/" && pwd) || exit 70

# In the source tree everything lies beside this script; `make install` puts the programs beside it
# and the rest into ../share/fecpipe and ../libexec/fecpipe.
if [ -f "$FECPIPE_HERE/sql/schema/schema.sql" ]; then
    FECPIPE_SHARE=$FECPIPE_HERE
    FECPIPE_LIBEXEC=${FEC_BIN:-$FECPIPE_HERE/bin}
    FECPIPE_BIN=${FEC_BIN:-$FECPIPE_HERE/bin}
else
    FECPIPE_SHARE=$FECPIPE_HERE/../share/fecpipe
    FECPIPE_LIBEXEC=$FECPIPE_HERE/../libexec/fecpipe
    FECPIPE_BIN=${FEC_BIN:-$FECPIPE_HERE}
fi
if [ ! -f "$FECPIPE_SHARE/driver/common.sh" ]; then
    echo "pipeline.sh: $FECPIPE_SHARE/driver is missing: install fecpipe with 'make install'" >&2
    exit 70
fi

# shellcheck source=driver/common.sh
. "$FECPIPE_SHARE/driver/common.sh"
# shellcheck source=driver/locks.sh
. "$FECPIPE_SHARE/driver/locks.sh"
# shellcheck source=driver/eastern.sh
. "$FECPIPE_SHARE/driver/eastern.sh"
# shellcheck source=driver/config.sh
. "$FECPIPE_SHARE/driver/config.sh"
# shellcheck source=driver/database/step.sh
. "$FECPIPE_SHARE/driver/database/step.sh"
# shellcheck source=driver/database/server.sh
. "$FECPIPE_SHARE/driver/database/server.sh"
# shellcheck source=driver/database/connect.sh
. "$FECPIPE_SHARE/driver/database/connect.sh"
# shellcheck source=driver/session.sh
. "$FECPIPE_SHARE/driver/session.sh"
# shellcheck source=driver/pipe.sh
. "$FECPIPE_SHARE/driver/pipe.sh"
# shellcheck source=driver/dataset.sh
. "$FECPIPE_SHARE/driver/dataset.sh"
# shellcheck source=driver/run.sh
. "$FECPIPE_SHARE/driver/run.sh"
# shellcheck source=driver/jobs.sh
. "$FECPIPE_SHARE/driver/jobs.sh"
# shellcheck source=driver/schedule/schedule.sh
. "$FECPIPE_SHARE/driver/schedule/schedule.sh"
# shellcheck source=driver/show/surroundings.sh
. "$FECPIPE_SHARE/driver/show/surroundings.sh"
# shellcheck source=driver/show/status.sh
. "$FECPIPE_SHARE/driver/show/status.sh"
# shellcheck source=driver/show/metrics.sh
. "$FECPIPE_SHARE/driver/show/metrics.sh"
# shellcheck source=driver/notify.sh
. "$FECPIPE_SHARE/driver/notify.sh"
# shellcheck source=driver/watch.sh
. "$FECPIPE_SHARE/driver/watch.sh"
# shellcheck source=driver/index.sh
. "$FECPIPE_SHARE/driver/index.sh"
# shellcheck source=driver/monthly.sh
. "$FECPIPE_SHARE/driver/monthly.sh"
# shellcheck source=driver/daily.sh
. "$FECPIPE_SHARE/driver/daily.sh"
# shellcheck source=driver/show/report.sh
. "$FECPIPE_SHARE/driver/show/report.sh"
# shellcheck source=driver/show/check.sh
. "$FECPIPE_SHARE/driver/show/check.sh"
# shellcheck source=driver/show/changes.sh
. "$FECPIPE_SHARE/driver/show/changes.sh"
# shellcheck source=driver/export.sh
. "$FECPIPE_SHARE/driver/export.sh"
# shellcheck source=driver/show/verify.sh
. "$FECPIPE_SHARE/driver/show/verify.sh"
# shellcheck source=driver/demo.sh
. "$FECPIPE_SHARE/driver/demo.sh"

# The usage is in two halves: the runs, and everything else.
usage_of_runs() {
    local files=${setting_default[FEC_DATASETS]} days=${setting_default[FEC_LOOKBACK_DAYS]}
    local uncoded=${setting_default[FEC_UNCODED]}
    cat <<EOF
usage: pipeline.sh COMMAND [OPTION ...]

Keeps a PostgreSQL database equal to what the Federal Election Commission publishes.

  monthly   reconcile the database with the FEC's bulk files
              --cycle LIST      two-year periods: 2026; 2024,2026; 1980-2026; all (FEC_CYCLES)
              --jobs N          run N cycles at a time (FEC_JOBS: ${setting_default[FEC_JOBS]})
              --datasets LIST   the files to read, with commas between ($files)
              --dry-run         do everything except apply; print what would change
              --keep            keep the downloaded archives in FEC_HOME/archive
              --force           go on although many rows would be withdrawn, a file is older than
                                the last one, or the disk is nearly full
              --always          also read files that have not changed since the last good run
              --progress        report progress even if standard error is not a terminal
              --wait            wait if another run of the cycle is active
              --metrics FILE    write metrics for Prometheus to FILE after the run
  daily     add what is new in the FEC's API since the last run
              --cycle LIST      as above
              --jobs N          as above
              --lookback-days N start N days before the last run ($days)
              --by load-date    read everything loaded since then in one sweep (the default)
              --by committee    read each committee's receipts since its last one
              --committee ID    read only this committee; repeat it for more; --by committee
              --full-refresh    read everything, whatever was read before
              --uncoded WORD    contributions without a transaction code: count them only, or keep
                                them in a table of their own ($uncoded)
              --individuals-only read what individuals gave, and nothing else
              --progress        as above
              --wait            as above
              --metrics FILE    as above
EOF
}

usage() {
    usage_of_runs
    cat <<EOF
  status    show the last runs, their counts and times; the tables, their sizes and freshness
              --json            the same as JSON
              --runs N          show N runs (10)
  report    write a page of HTML about all this to standard output
              --cycle YYYY      the cycle to show (the last one that was run)
              --months N        show N months of changes (12)
  changes   write the rows that were added, changed and withdrawn to standard output
              --since WHEN      after a run's number or a time (what the last run did)
              --cycle YYYY      a cycle (the current one)
              --dataset NAME    a file's rows (indiv)
              --format FORMAT   tsv, csv or jsonl (tsv)
  export    DIR: write tables as files TABLE_CYCLE.csv or .parquet to the folder
              --format FORMAT   csv or parquet, which needs DuckDB's program (csv)
              --cycle YYYY      of this cycle; repeat it for more (FEC_CYCLES)
              --dataset NAME    of this dataset; repeat it for more (of all that have rows)
  index     make the indexes for usual questions that are missing
              --cycle LIST      of these cycles (of all)
              --indexes LIST    which (FEC_INDEXES: ${setting_default[FEC_INDEXES]})
  schedule  install | show | remove: run daily at 1:00, monthly at 2:00 on the 1st, Eastern time
              --cron            use cron
              --systemd         use systemd timers (without either: systemd if it runs, else cron)
              --daily-at HH:MM  run daily at another time
              --monthly-at HH:MM run monthly at another time
              --monthly-day D   run monthly on another day of the month, or each week: Sunday
              --cycle LIST      run these cycles instead of those in FEC_CYCLES
  check     say whether a run would go well: programs, database, disk, key, settings, schedule,
            clock, locks; each line is ok, a warning or an error with what to do
              --json            the same as JSON
              --online          also ask the FEC's servers, the API with one call
  verify    hold tables, histories and runs against each other; ends with 65 if something is wrong
              [PART ...]        only these parts: hashes, counts (all)
              --cycle YYYY      a cycle; repeat it for more (all that are there)
              --dataset LIST    only these files' tables
              --json            the same as JSON
              --force           also mark very many rows for repair
              --wait            as above
  init      make the database and its schema
              --reader [ROLE]   let this role read everything; repeat it for more (fec_reader,
                                which is made)
  psql      open the database; arguments go to psql
  stop      stop the private PostgreSQL
              --force           even if a run is going on
  demo      show everything with made-up data
              --rows N          contributions in the first month (20000)

If neither libpq's variables (PGHOST, PGSERVICE ...) nor DATABASE_URL name a database, it is a
private PostgreSQL in FEC_HOME/postgres. See pipeline.sh(1) for more.
EOF
}

main() {
    local commands='monthly daily status report changes export index schedule check verify init
        psql stop demo'
    local command=${1:-} nearest
    [ $# -gt 0 ] && shift
    case $command in
    -h | --help | help) usage; exit 0 ;;
    --version) echo "pipeline.sh (fecpipe) $FECPIPE_VERSION"; exit 0 ;;
    '') usage >&2; exit "$EX_USAGE" ;;
    esac
    case " ${commands//$'\n'/ } " in
    *" $command "*) ;;
    *)
        # shellcheck disable=SC2086 # a list
        nearest=$(nearest_word "$command" $commands)
        fail "$EX_USAGE" "there is no command '$command'${nearest:+; did you mean $nearest}; $(
        )see pipeline.sh --help"
        ;;
    esac
    # It reads them itself, and stops at nothing.
    [ "$command" = check ] || read_config
    "command_$command" "$@"
}

main "$@"
