#!/usr/bin/env bash
# dictionary.sh - `make dictionary`: writes docs/data-dictionary.md from the comments of a new
# database.

set -u -o pipefail
cd "$(dirname "$0")/.." || exit 70
FEC_HOME=$(mktemp -d) || exit 73
export FEC_HOME FEC_CONF=/dev/null
unset DATABASE_URL PGHOST PGHOSTADDR PGPORT PGDATABASE PGSERVICE
chmod 711 "$FEC_HOME"
./pipeline.sh init && ./pipeline.sh psql -X -q -f - <make/dictionary.sql >"$FEC_HOME/page" &&
    cat "$FEC_HOME/page" >docs/data-dictionary.md
status=$?
./pipeline.sh stop >/dev/null
rm -rf "$FEC_HOME"
exit "$status"
