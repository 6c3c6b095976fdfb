# shellcheck shell=bash
# session.sh - the one connection that a run holds from its first to its last moment. Sourced by
# pipeline.sh.
#
# It holds the cycle's advisory lock, and the changes are applied over it and no other: should it be
# lost, the lock is lost, and with it the right and the means to change anything. It is a psql that
# reads commands from the driver; when the driver dies, psql sees the end of its input and goes, and
# the lock with it.

session_errors=

# open_session APPLICATION_NAME
open_session() {
    session_errors=$run_folder/session.err
    coproc SESSION { PGAPPNAME=$1 exec psql -X -q -A -t -v ON_ERROR_STOP=1 2>"$session_errors"; }
    session_process=${SESSION_PID:-$!}
    # The connection is idle while files are downloaded; some servers end such ones after a time.
    tell "SELECT set_config(name, '0', false) FROM pg_settings
        WHERE name IN ('idle_session_timeout', 'idle_in_transaction_session_timeout')"
}

# ask SQL: runs it in the session and prints the rows. Not 0 if it failed: the session is over then.
# Lines that begin with a backslash are commands for psql.
ask() {
    local line end="--end-of-answer-$RANDOM$RANDOM"
    [ -n "${SESSION[1]:-}" ] || return 1
    # A psql that has gone must not take the driver with it: writing to it is an error like others.
    { printf '%s\n;\n\\echo %s\n' "$1" "$end" >&"${SESSION[1]}"; } 2>/dev/null || return 1
    while IFS= read -r line <&"${SESSION[0]}"; do
        [ "$line" = "$end" ] && return 0
        printf '%s\n' "$line"
    done
    return 1
}

# The same for what has no answer; returns EX_UNAVAILABLE if it failed.
tell() {
    ask "$1" >/dev/null || return "$EX_UNAVAILABLE"
}

# Why the session ended, from psql's messages.
session_error() {
    local message
    message=$(psql_reason "$session_errors" 2>/dev/null)
    echo "${message:-the connection to the database was lost}"
}

# A path, or any text, as an argument of psql's own commands.
psql_path() {
    local path=${1//\\/\\\\}
    printf "'%s'" "${path//\'/\'\'}"
}

close_session() {
    local process=${session_process:-}
    [ -n "$process" ] || return 0
    session_process=
    if [ -n "${SESSION[1]:-}" ]; then
        { printf '\\q\n' >&"${SESSION[1]}"; } 2>/dev/null
    fi
    wait "$process" 2>/dev/null
}

# Takes the lock of a cycle. If somebody holds it: with --wait waits until it is free, else says who
# and returns EX_TEMPFAIL.
lock_cycle() {
    local cycle=$1 got holder
    got=$(ask "SELECT pg_try_advisory_lock($LOCK_CLASS, $cycle)") || return "$EX_UNAVAILABLE"
    [ "$got" = t ] && return 0
    holder=$(ask "SELECT format('%s, since %s', a.application_name,
                               date_trunc('second', a.backend_start))
        FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
        JOIN pg_database AS d ON d.oid = l.database
        WHERE l.locktype = 'advisory' AND l.classid = $LOCK_CLASS AND l.objid = $cycle
          AND l.objsubid = 2 AND l.granted AND d.datname = current_database()")
    holder="another run holds the lock of cycle $cycle: ${holder:-it has just ended}"
    if [ -n "$wait_for_lock" ]; then
        say "$holder; waiting for its end"
        tell "SET lock_timeout = 0; SELECT pg_advisory_lock($LOCK_CLASS, $cycle);
            RESET lock_timeout"
        return
    fi
    run_reason=$holder
    return "$EX_TEMPFAIL"
}

# A text as an SQL literal.
quote() {
    local text=${1//\'/\'\'}
    printf "E'%s'" "${text//\\/\\\\}"
}

# The same, NULL if it is empty.
quote_or_null() {
    if [ -n "$1" ]; then quote "$1"; else printf NULL; fi
}
