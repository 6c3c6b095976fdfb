# shellcheck shell=bash
# session.sh - the beginning and the end of a run in the database: its connection, the cycle's lock,
# its row in fec.run. Sourced by pipeline.sh.

declare -A run option session

# How many seconds pass between two looks at a lock that another run holds.
wait_seconds=2

# Takes the lock of the run's cycle. If somebody holds it: with --wait waits until it is free, else
# returns EX_TEMPFAIL and says in run[reason] who holds it.
lock_cycle() {
    query run/lock.sql "cycle=${run[cycle]}" || return $?
    [ -n "${run[rows]}" ] || return 0
    if [ -z "${option[wait]:-}" ]; then
        run[reason]=${run[rows]}
        return "$EX_TEMPFAIL"
    fi
    say "${run[rows]}; waiting for its end"
    # It asks again and again. To wait in the database would hold a snapshot all the time, and
    # VACUUM could not remove what the other run and everybody else leaves.
    while [ -n "${run[rows]}" ]; do
        sleep "$wait_seconds"
        query run/lock.sql "cycle=${run[cycle]}" || return $?
    done
}

# With a pooler in transaction mode each transaction may get another backend, which loses the
# session's lock and settings, or one that another connection has just used, which then holds the
# lock as well. Returns EX_CONFIG, with run[reason], if the session has not the same backend from
# one transaction to the next, or if a second connection gets it too. (A pooler that has nothing
# else to do gives away the backend that was used last; one that takes turns gives another.)
find_pooling() {
    local backend=${session[backend]} i shared
    [ -z "${run[private]}" ] || return 0
    shared=$(step_alone run/pooler.sql "backend=$backend") || return $?
    for ((i = 0; i < 5; i++)); do
        [ "$shared" = f ] || break
        query run/session.sql || return $?
        [ "${run[rows]}" = "$backend" ] || shared=t
    done
    [ "$shared" != f ] || return 0
    run[reason]="a pooler in transaction or statement mode is between here and the server, and $(
    )would lose the lock of the run: connect to the server itself, or set pool_mode=session in $(
    )pgbouncer for this database"
    return "$EX_CONFIG"
}

# look_for_pooling APPLICATION_NAME: the same in a session of its own.
look_for_pooling() {
    local status=0
    open_session "$1" && find_pooling || status=$?
    close_session
    return "$status"
}

# Ends if there is such a pooler.
refuse_pooling() {
    local status=0
    [ -z "${run[private]}" ] || return 0
    make_folder init
    look_for_pooling 'fecpipe init' || status=$?
    remove_folder
    [ "$status" = 0 ] || fail "$status" "${run[reason]}"
}

# Opens the session, takes the lock and makes the run's row. Returns 0, or a status with
# run[reason] set.
begin_run() {
    open_session "fecpipe ${run[kind]} ${run[cycle]}, process $$ on ${run[host]}" || return $?
    find_pooling || return $?
    lock_cycle || return $?
    query run/begin.sql "kind=${run[kind]}" "cycle=${run[cycle]}" "options=${run[options]}" \
        "host=${run[host]}" "process_id=$$" "version=$FECPIPE_VERSION" \
        "force=${option[force]:-no}" "max_withdrawn=$FEC_MAX_WITHDRAWN" \
        "min_withdrawn=$FEC_MIN_WITHDRAWN" "grace_days=$FEC_GRACE_DAYS" \
        "uncoded=$FEC_UNCODED" || return $?
    run[id]=${run[rows]}
}

# Records why a run failed, over a connection of its own because the session may be lost, and drops
# what it had staged. Sets run[status]. If the database can't be reached, the next run does it.
record_failure() {
    run[status]=
    [ -n "${run[id]}" ] || return 0
    run[status]=$(PGAPPNAME="fecpipe run ${run[id]}" PGCONNECT_TIMEOUT=10 \
        step_alone run/fail.sql "run_id=${run[id]}" "reason=${run[reason]}" 2>/dev/null)
}
