# shellcheck shell=bash
# check-database.sh - the command check: the database, what the role may do there, the schema, locks
# and what runs have left. It starts no server and makes none. Sourced by check.sh.

declare -A run checked

# Verdicts of a step: rows of status, level, message and advice.
check_step() {
    local status level message advice
    step_alone "$@" "now=$(date +%s)" >"${checked[folder]}/rows" || return $?
    while IFS=$'\t' read -r status level message advice; do
        [ -z "$level" ] || verdict "$status" "$level" database "$message" "$advice"
    done <"${checked[folder]}/rows"
}

# What the private PostgreSQL needs to be made; nothing is made.
check_new_cluster() {
    local version
    if [ "$EUID" = 0 ] && ! id postgres >/dev/null 2>&1; then
        bad "$EX_UNAVAILABLE" database \
            "there is no user postgres to run a private PostgreSQL for root" \
            "run it as another user, or install PostgreSQL's server"
    else
        version=$("${server_bin:-}/pg_ctl" --version)
        version=${version##*(PostgreSQL) }
        good database "no database is named; the first run makes a private one with PostgreSQL $(
        )${version%% *}, in $FEC_HOME/postgres"
    fi
}

# Names the private database to libpq if its server runs; else says what is there, and fails.
find_private_database() {
    local folder socket
    find_server 2>/dev/null || {
        bad "$EX_UNAVAILABLE" database "$(find_server 2>&1 | sed -n '$s/^pipeline.sh: //p')" \
            "install PostgreSQL's server ('make deps'), or name a database of yours"
        return 1
    }
    folder=$(cd "$FEC_HOME/postgres" 2>/dev/null && pwd -P) && [ -f "$folder/PG_VERSION" ] || {
        check_new_cluster
        return 1
    }
    socket=$(socket_folder "$folder") || return
    export PGHOST=$socket PGPORT=5432 PGUSER=fecpipe PGDATABASE=fec
    server_answers "$socket" && return 0
    good database "the private PostgreSQL in $FEC_HOME/postgres is not running" \
        "the next command that needs it starts it; only then can the rest be checked"
    return 1
}

# Makes libpq reach the named database, without making FEC_HOME.
find_named_database() {
    [ -n "${DATABASE_URL:-}" ] || return 0
    FEC_HOME=${checked[folder]} use_database_url
}

check_pgpass() {
    local file=${PGPASSFILE:-${HOME:-}/.pgpass}
    [ -f "$file" ] && [ -n "$(others_may "$file")" ] &&
        warn database "others can read $file, so libpq does not use it" "chmod 600 $file"
}

# The pooler that a run would refuse.
check_pooling() {
    local status=0
    run[folder]=${checked[folder]}
    look_for_pooling 'fecpipe check' || status=$?
    run[folder]=
    return "$status"
}

check_database() {
    local status
    command -v psql >/dev/null 2>&1 || return 0
    if database_is_named; then
        check_pgpass
        find_named_database
    else
        find_private_database || return 0
    fi
    export PGAPPNAME='fecpipe check' PGCONNECT_TIMEOUT=${PGCONNECT_TIMEOUT:-10}
    check_step check/server.sql "least=$LEAST_SERVER" &&
        check_step check/schema.sql "version=$SCHEMA_VERSION" \
            "followed=$FEC_CYCLES $(schedule_cycles 2>/dev/null)" && check_pooling && return 0
    status=$?
    bad "$status" database "${run[reason]}" "$(database_advice "${run[reason]}")"
}
