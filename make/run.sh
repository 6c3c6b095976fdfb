#!/usr/bin/env bash
# run.sh - `make run`: the monthly reconciliation of the current cycle, and what to do if the FEC
# can't be reached.

set -u
here=$(cd "$(dirname "$0")/.." && pwd) || exit 70
"$here/pipeline.sh" monthly
status=$?
case $status in
0)
    cat <<'end'

Look around with ./pipeline.sh psql and ./pipeline.sh status; ./pipeline.sh stop stops the
private PostgreSQL. Run ./pipeline.sh monthly again whenever you like: it is always safe.
end
    ;;
69)
    echo "run.sh: ${FEC_BULK_URL:-www.fec.gov} can't be reached from here, or not now." >&2
    echo "run.sh: 'make demo' shows all of it on made-up data, without a network." >&2
    ;;
esac
exit "$status"
