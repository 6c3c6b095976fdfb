# shellcheck shell=bash
# step.sh - the driver's one way into the database. Sourced by pipeline.sh.
#
# What the driver asks of the database is a step: a file under sql/ that psql can run by itself,
# with variables. `step` runs it in the session, the one connection that a run holds from its
# beginning to its end; `step_alone` over a connection of its own. Both return 0, or an exit status
# of sysexits.h that follows from SQLSTATE, with the reason in run[reason].
#
# The session is a psql that reads commands from the driver. It holds the cycle's advisory lock, and
# changes are applied over it and no other: if the connection is lost, the lock is lost, and with it
# the means to change anything. When the driver dies, psql sees the end of its input and ends. The
# first error ends it too.

declare -A run

# psql as the driver uses it: no start-up file, bare rows, tabs between columns, errors with their
# SQLSTATE; the first error ends it. It never asks for a password: nobody would see the question. A
# server that has gone without a word is noticed. What else a connection begins with is in
# sql/run/settings.sql.
PSQL=(psql -X -w -q -A -t -F $'\t' -v ON_ERROR_STOP=1 -v VERBOSITY=verbose
    -d 'keepalives_idle=60 keepalives_interval=10 keepalives_count=6')

# How many seconds a lock on a table is waited for.
lock_seconds=${FEC_LOCK_SECONDS:-600}

# How many seconds the session may be idle, and how many a statement takes before the driver looks
# whether it waits for somebody. Tests are in more of a hurry.
heartbeat_seconds=${FEC_HEARTBEAT_SECONDS:-30} patience_seconds=${FEC_PATIENCE_SECONDS:-20}

# step_commands FILE [NAME=VALUE ...]: what psql must read to run the step.
step_commands() {
    local file=$1 pair value newline=$'\n' return=$'\r' backslash=\\ quote="'"
    shift
    for pair in "$@" "=$FECPIPE_SHARE/sql/$file"; do
        value=${pair#*=}
        value=${value//"$backslash"/"$backslash$backslash"}
        value=${value//"$quote"/"$quote$quote"}
        value=${value//"$newline"/"${backslash}n"}
        value=${value//"$return"/"${backslash}r"}
        if [ -n "${pair%%=*}" ]; then
            printf "\\\\set %s '%s'\n" "${pair%%=*}" "$value"
        else
            printf "\\\\i '%s'\n" "$value"
        fi
    done
    # The next step must not find them.
    for pair in "$@"; do printf '\\unset %s\n' "${pair%%=*}"; done
}

# The SQLSTATE and, after tabs, the text of the first error in psql's messages and the trigger
# function that raised it: one that is not fecpipe's. (Only those have no arguments.)
first_error() {
    sed -e 's/^psql:.*\.sql:[0-9][0-9]*: //' -e 's/^psql:<stdin>:[0-9][0-9]*: //' \
        -e 's/^psql: error: //' | awk '
        text != "" && /^CONTEXT: +PL\/pgSQL function [^ ]*\(\) line / {
            if ($4 !~ /forget_runs/) trigger = $4
        }
        text != "" { next }
        /^(WARNING|NOTICE|HINT|DETAIL|CONTEXT|LINE|STATEMENT|LOCATION|QUERY)/ { next }
        /^[A-Z]+: +0[01][0-9A-Z][0-9A-Z][0-9A-Z]: / { next }
        {
            sub(/^[A-Z]+: +/, "")
            code = ""
            if ($0 ~ /^[0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z]: /) {
                code = substr($0, 1, 5)
                $0 = substr($0, 8)
            }
            text = $0
        }
        END { if (text != "") print code "\t" text "\t" trigger }'
}

# Returns the exit status of a step that failed, with the reason in run[reason]. Reads psql's
# messages.
step_failed() {
    local error code trigger
    error=$(first_error)
    code=${error%%$'\t'*}
    trigger=${error##*$'\t'}
    error=${error#*$'\t'}
    run[sqlstate]=$code
    run[reason]=${error%$'\t'*}
    : "${run[reason]:=the connection to the database was lost}"
    if [ -n "$trigger" ]; then
        run[reason]="${run[reason]} (raised by $trigger, the function of a trigger that is not $(
        )fecpipe's: change or drop that trigger)"
        return "$EX_CONFIG"
    fi
    case $code in
    23502)
        run[reason]="${run[reason]}; a column that is not fecpipe's needs a default, or must $(
        )take NULL"
        return "$EX_CONFIG"
        ;;
    23503)
        run[reason]="${run[reason]}; fecpipe has no such foreign key: drop it, or let it cascade"
        return "$EX_CONFIG"
        ;;
    23505 | 23514 | 23P01)
        run[reason]="${run[reason]}; if fecpipe has not made that constraint, drop it"
        return "$EX_DATAERR"
        ;;
    22* | 23*) return "$EX_DATAERR" ;;
    ZF0[0-9][0-9]) return "$((10#${code#ZF}))" ;;
    # The last: a database that can only be read.
    '' | 08* | 57P* | 25006) return "$EX_UNAVAILABLE" ;;
    53*) return "$EX_IOERR" ;;
    # A lock that was not released in time, a deadlock, a change by somebody else at the same time.
    55P03 | 40*) return "$EX_TEMPFAIL" ;;
    42501) return "$EX_NOPERM" ;;
    *) return "$EX_SOFTWARE" ;;
    esac
}

# step_alone FILE [NAME=VALUE ...]: runs a step over a connection of its own and prints its rows.
step_alone() {
    local messages status
    {
        messages=$({
            step_commands run/settings.sql "lock_seconds=$lock_seconds"
            step_commands "$@"
        } | "${PSQL[@]}" 2>&1 >&3 3>&-)
        status=$?
    } 3>&1
    # A reader that closes the pipe early is not an error.
    [ "$status" != 0 ] && [ "$status" != 141 ] || return 0
    step_failed < <(printf '%s\n' "$messages")
    status=$?
    [ "${run[sqlstate]}" != 55P03 ] || name_lock "$(blockers_of 0)"
    return "$status"
}

# --- locks on tables

# blockers_of BACKEND: what the backend waits for and who has it, in words; or nothing. 0: of a
# connection that has given up.
blockers_of() {
    local found
    found=$(PGAPPNAME='fecpipe looks for locks' PGCONNECT_TIMEOUT=10 \
        step_alone run/blockers.sql "backend=$1" 2>/dev/null) || return 0
    printf '%s' "${found//$'\n'/; }"
}

# Puts into the reason of a failure who has not released a lock.
name_lock() {
    [ -z "$1" ] || run[reason]="a lock was not released within $lock_seconds s: $1"
}

# The session, in which a statement takes long: says what it waits for, once.
tell_of_blockers() {
    local found
    found=$(blockers_of "${session[backend]}")
    [ "$found" = "${session[blockers]}" ] || [ -z "$found" ] || say "waiting: $found" >&2
    session[blockers]=$found
}

# --- the session

# The session's psql, the file that its messages go to, its backend's process at the server, what
# it was last seen to wait for, and the process that keeps it from being idle.
declare -A session=([process]='' [messages]='' [backend]='' [blockers]='' [heartbeat]='')

# open_session APPLICATION_NAME
open_session() {
    session[messages]=${run[folder]}/session.err
    coproc SESSION { PGAPPNAME=$1 exec "${PSQL[@]}" 2>"${session[messages]}"; }
    session[process]=${SESSION_PID:-$!}
    query run/settings.sql "lock_seconds=$lock_seconds" && query run/session.sql || return $?
    session[backend]=${run[rows]}
}

# From now on the session, which the driver does not use for a while, says something now and then:
# who forwards connections may drop idle ones, and with the connection the lock would be lost. (A
# subshell does not have the session's files, so it opens one by its name in /proc, and only for a
# moment: when the driver dies, psql must see the end of its input.)
start_heartbeat() {
    local input=/proc/$$/fd/${SESSION[1]:-none} lock=${run[folder_lock]:-}
    [ -e "$input" ] || return 0
    # A process group of its own, so that it can be stopped with its sleep.
    set -m
    {
        [ -z "$lock" ] || exec {lock}>&-
        while sleep "$heartbeat_seconds"; do
            step_commands run/heartbeat.sql >"$input" || break
        done
    } </dev/null >/dev/null 2>&1 &
    session[heartbeat]=$!
    set +m
}

stop_heartbeat() {
    local group=${session[heartbeat]}
    session[heartbeat]=
    [ -n "$group" ] || return 0
    kill -TERM -- "-$group" 2>/dev/null
    wait "$group" 2>/dev/null
}

# step FILE [NAME=VALUE ...]: runs a step in the session and prints its rows.
step() {
    query "$@" || return $?
    [ -z "${run[rows]}" ] || printf '%s\n' "${run[rows]}"
}

# The same; the rows go to run[rows] instead.
query() {
    local line='' part rows='' end="--end-of-step-$RANDOM$RANDOM" status
    run[rows]='' session[blockers]=
    # A psql that has gone must not take the driver with it: writing to it is an error like others.
    if [ -n "${SESSION[1]:-}" ] &&
        { { step_commands "$@" && printf '\\echo %s\n' "$end"; } >&"${SESSION[1]}"; } 2>/dev/null
    then
        while :; do
            IFS= read -r -t "$patience_seconds" part <&"${SESSION[0]}"
            status=$?
            line=$line$part
            if [ "$status" -gt 128 ]; then
                tell_of_blockers
            elif [ "$status" != 0 ]; then
                break
            elif [ "$line" = "$end" ]; then
                run[rows]=${rows%$'\n'}
                return 0
            else
                rows=$rows$line$'\n' line=
            fi
        done
    fi
    step_failed <"${session[messages]}"
    status=$?
    [ "${run[sqlstate]}" != 55P03 ] || name_lock "${session[blockers]:-$(blockers_of 0)}"
    return "$status"
}

# Cancels the statement that runs in the session.
cancel_step() {
    [ -z "${session[process]}" ] || kill -INT "${session[process]}" 2>/dev/null
}

close_session() {
    local process=${session[process]}
    [ -n "$process" ] || return 0
    session[process]=
    if [ -n "${SESSION[1]:-}" ]; then
        { printf '\\q\n' >&"${SESSION[1]}"; } 2>/dev/null
    fi
    wait "$process" 2>/dev/null
}
