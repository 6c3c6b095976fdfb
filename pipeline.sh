#!/usr/bin/env bash
# pipeline.sh - the driver of fecpipe: wires the filters, applies what they found, says what was
# done. `pipeline.sh --help` lists the commands, the manual page pipeline.sh(1) says more.

# Nothing of the caller's shell settings may change what this means, and there must be three open
# files: what is opened later must not become standard output.
unset CDPATH POSIXLY_CORRECT BASH_ENV ENV
set +e +f +C +o posix
shopt -u failglob nullglob dotglob nocasematch
{ : <&0; } 2>/dev/null || exec </dev/null
{ : >&1; } 2>/dev/null || exec >/dev/null
: >&2 || exec 2>/dev/null

set -u -o pipefail
caller_umask=$(umask)
caller_locale=${LC_ALL-none}
umask 077
export LC_ALL=C

FECPIPE_VERSION=0.1.0

# Where this script really is, through symbolic links.
self=${BASH_SOURCE[0]}
while [ -L "$self" ]; do
    link=$(readlink "$self")
    case $link in
    /*) self=$link ;;
    *) self=$(dirname "$self")/$link ;;
    esac
done
here=$(cd "$(dirname "$self")" && pwd) || exit 70

# In the source tree everything lies beside this script; `make install` puts the programs beside it
# and the rest into ../share/fecpipe and ../libexec/fecpipe.
if [ -f "$here/sql/schema/schema.sql" ]; then
    share=$here
    libexec=${FEC_BIN:-$here/bin}
    bin=${FEC_BIN:-$here/bin}
else
    share=$here/../share/fecpipe
    libexec=$here/../libexec/fecpipe
    bin=${FEC_BIN:-$here}
fi
if [ ! -f "$share/driver/common.sh" ]; then
    echo "pipeline.sh: $share/driver is missing: install fecpipe with 'make install'" >&2
    exit 70
fi

# shellcheck source=driver/common.sh
. "$share/driver/common.sh"
# shellcheck source=driver/config.sh
. "$share/driver/config.sh"
# shellcheck source=driver/database/connect.sh
. "$share/driver/database/connect.sh"
# shellcheck source=driver/session.sh
. "$share/driver/session.sh"
# shellcheck source=driver/stage.sh
. "$share/driver/stage.sh"
# shellcheck source=driver/run.sh
. "$share/driver/run.sh"
# shellcheck source=driver/monthly.sh
. "$share/driver/monthly.sh"
# shellcheck source=driver/daily.sh
. "$share/driver/daily.sh"
# shellcheck source=driver/show/status.sh
. "$share/driver/show/status.sh"
# shellcheck source=driver/schedule/schedule.sh
. "$share/driver/schedule/schedule.sh"
# shellcheck source=driver/show/metrics.sh
. "$share/driver/show/metrics.sh"
# shellcheck source=driver/show/report.sh
. "$share/driver/show/report.sh"
# shellcheck source=driver/demo.sh
. "$share/driver/demo.sh"

usage() {
    cat <<EOF
usage: pipeline.sh COMMAND [OPTION ...]

Keeps a PostgreSQL database equal to what the Federal Election Commission publishes.

  monthly   reconcile the database with the FEC's bulk files
              --cycle YYYY      the two-year period, may be given several times (the current one)
              --datasets LIST   of $all_datasets (cm,cn,indiv)
              --dry-run         do all but apply; print what would change
              --keep            keep the downloaded archives in FEC_HOME/archive
              --force           go on although much would be withdrawn, or the disk is nearly full
              --always          read also files that the FEC has not changed since the last good run
              --progress        report progress, terminal or not
              --wait            wait for another run of the cycle to end
              --metrics FILE    after the run write metrics for Prometheus to FILE
  daily     add what came since the last run, from the FEC's API
              --cycle YYYY      as above
              --lookback-days N so many days before the last run are read again (7)
              --by load-date    what the FEC has loaded since then, in one sweep (the default)
              --by committee    each committee's receipts since the last one that it has
              --committee ID    only this one, may be given several times; --by committee
              --full-refresh    read all, whatever was read before
              --progress        as above
              --wait            as above
              --metrics FILE    as above
  status    the last runs, their counts and times; the tables, their sizes and freshness
              --json            the same for programs
              --runs N          so many runs (10)
  report    the state of things as a page of HTML, on standard output
              --cycle YYYY      the cycle to show (the last one that was run)
              --months N        so many months of changes (12)
  schedule  install | show | remove: daily at 1:00, monthly at 2:00 on the 1st, Eastern time
              --cron            by cron
              --systemd         by systemd's timers (without either: systemd if it runs, else cron)
              --daily-at HH:MM  another time than 1:00
              --monthly-at HH:MM another time than 2:00
              --monthly-day D   another day than the 1st
              --cycle YYYY      other cycles than FEC_CYCLES
  init      make the database and its schema
  psql      open the database; arguments go to psql
  stop      stop the private PostgreSQL
  demo      show all of it on made-up data
              --rows N          contributions in the first month (20000)

Without libpq's environment (PGHOST, PGSERVICE ...) or DATABASE_URL the database is a private
PostgreSQL in FEC_HOME/postgres. The manual page pipeline.sh(1) says more.
EOF
}

main() {
    local command=${1:-}
    [ $# -gt 0 ] && shift
    case $command in
    -h | --help | help) usage; exit 0 ;;
    --version) echo "pipeline.sh (fecpipe) $FECPIPE_VERSION"; exit 0 ;;
    monthly | daily | status | report | schedule | init | psql | stop | demo) ;;
    '') usage >&2; exit "$EX_USAGE" ;;
    *) fail "$EX_USAGE" "there is no command '$command'; see pipeline.sh --help" ;;
    esac
    read_config
    "command_$command" "$@"
}

main "$@"
