# shellcheck shell=bash
# server.sh - the private PostgreSQL under FEC_HOME/postgres, which is used when no other database
# is named. Sourced by pipeline.sh.
#
# What is hard about it: two containers may share FEC_HOME, and two servers on one cluster destroy
# it. So whoever makes, starts or stops the server holds the lock FEC_HOME/postgres.starting, and
# the server itself holds FEC_HOME/postgres.running for as long as it lives (locks.sh).

declare -A run

# The user that a private PostgreSQL runs as: the owner of its folder. It refuses to run as root, so
# root's runs as postgres.
server_user() {
    local owner
    if [ "$EUID" != 0 ]; then
        id -un
        return
    fi
    owner=$(owner_of "$FEC_HOME/postgres")
    case $owner in
    '' | root) echo postgres ;;
    *) echo "$owner" ;;
    esac
}

# Runs a command as that user.
as_server_user() {
    if [ "$EUID" != 0 ]; then
        "$@"
    elif command -v runuser >/dev/null 2>&1; then
        runuser -u "$(server_user)" -- "$@"
    else
        # shellcheck disable=SC2016 # the inner shell expands it
        su -s /bin/sh "$(server_user)" -c 'exec "$0" "$@"' -- "$@"
    fi
}

server_bin=

# Sets server_bin, the folder with initdb and pg_ctl: of the version that made the private cluster
# if there is one, else the newest that this machine has.
find_server() {
    local folder version=''
    [ ! -f "$FEC_HOME/postgres/PG_VERSION" ] || read -r version <"$FEC_HOME/postgres/PG_VERSION"
    # The usual places need no program to ask.
    for folder in "/usr/lib/postgresql/$version/bin" "/usr/pgsql-$version/bin"; do
        [ -n "$version" ] && [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] || continue
        server_bin=$folder
        return 0
    done
    for folder in "$(pg_config --bindir 2>/dev/null)" \
        $(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin | sort -rV) \
        "$(dirname "$(command -v initdb 2>/dev/null || echo /none/initdb)")"; do
        [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] || continue
        case $("$folder/pg_ctl" --version) in
        *" ${version:+$version.}"* | *" $version"[a-z]*)
            server_bin=$folder
            return 0
            ;;
        esac
    done
    [ -z "$version" ] || fail "$EX_UNAVAILABLE" "the private cluster is of PostgreSQL $version, $(
    )which this machine does not have any more"
    complain "no database is named (PGHOST, DATABASE_URL ...), so it would be a private one"
    fail "$EX_UNAVAILABLE" "this machine has no PostgreSQL server; 'make deps' installs it"
}

# As root the server's user must be able to reach the folder. FEC_HOME itself is ours to open (for
# passing through, not for looking); if a folder above it is closed, the cluster lives in
# /var/lib/fecpipe and a link leads there.
make_cluster_folder() {
    local folder=$FEC_HOME/postgres real
    if [ -d "$folder" ]; then
        # Root's, if it was killed before it could give the folder away.
        [ "$EUID" != 0 ] || [ ! -O "$folder/" ] || chown postgres "$folder/"
        return 0
    fi
    rm -f "$folder"
    if [ "$EUID" != 0 ]; then
        mkdir -m 700 "$folder" || fail "$EX_CANTCREAT" "cannot make $folder"
        return 0
    fi
    id postgres >/dev/null 2>&1 ||
        fail "$EX_UNAVAILABLE" "there is no user postgres to run a private PostgreSQL for root"
    chmod a+x "$FEC_HOME"
    if as_server_user test -x "$FEC_HOME" 2>/dev/null; then
        mkdir -m 700 "$folder" || fail "$EX_CANTCREAT" "cannot make $folder"
    else
        real=/var/lib/fecpipe/$(printf '%s' "$FEC_HOME" | cksum | tr ' ' -)
        mkdir -p "$real" && chmod 755 /var/lib/fecpipe && chmod 700 "$real" &&
            ln -s "$real" "$folder" ||
            fail "$EX_CANTCREAT" "cannot make $real"
        folder=$real
    fi
    chown postgres "$folder"
}

# Settings for a database that one program fills on a machine it may share: a quarter of the memory,
# at most 2 GB, as cache; no replicas, so no log of what a new table can be made of again. (Tests
# say that they have less memory: to drop a table PostgreSQL looks through all of the cache.)
private_settings() {
    local memory_mb=${FEC_MEMORY_MB:-}
    [ -n "$memory_mb" ] ||
        memory_mb=$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo 2>/dev/null)
    [ -n "$memory_mb" ] || memory_mb=2048
    local cache=$((memory_mb / 4)) work=$((memory_mb / 16))
    [ "$cache" -le 2048 ] || cache=2048
    [ "$work" -le 512 ] || work=512
    cat <<EOF
# Written by fecpipe when it made this cluster; yours to change.
listen_addresses = ''
unix_socket_directories = '$1'
unix_socket_permissions = 0700
shared_buffers = ${cache}MB
maintenance_work_mem = ${work}MB
work_mem = 64MB
wal_level = minimal
max_wal_senders = 0
max_wal_size = 4GB
checkpoint_timeout = 15min
log_checkpoints = off
log_min_messages = warning
jit = off
max_connections = 40
EOF
}

# Makes the cluster: one superuser, fecpipe, that only the owner is (and root, for a server of
# root's).
make_cluster() {
    local folder=$1 socket=$2 messages=$FEC_HOME/postgres.messages owner
    owner=$(server_user)
    echo "pipeline.sh: making a private PostgreSQL in $FEC_HOME/postgres" >&2
    if ! (cd / && as_server_user "$server_bin/initdb" -D "$folder" -U fecpipe -E UTF8 --locale=C \
        --auth=peer) >"$messages" 2>&1; then
        fail "$EX_UNAVAILABLE" "initdb failed: $(tail -n 1 "$messages")"
    fi
    rm -f "$messages"
    private_settings "$socket" | as_server_user tee -a "$folder/postgresql.conf" >/dev/null &&
        echo 'local all all peer map=owner' | as_server_user tee "$folder/pg_hba.conf" >/dev/null &&
        printf 'owner %s fecpipe\n' root "$owner" | sort -u |
        as_server_user tee "$folder/pg_ident.conf" >/dev/null ||
        fail "$EX_IOERR" "cannot write the configuration in $folder"
}

# Where the socket is if it can't be in the cluster's folder: in a place where nobody else can have
# made something of that name, or else in /tmp, where that is looked at.
short_socket_folder() {
    local place=${XDG_RUNTIME_DIR:-/tmp}
    [ "$EUID" != 0 ] || place=/run
    echo "$place/fecpipe-$EUID-$(printf '%s' "$1" | cksum | tr ' ' -)"
}

# A socket's path may have some 100 bytes, and PostgreSQL takes a list of folders with commas and
# quotes; where FEC_HOME does not fit that, the socket is in another folder.
socket_folder() {
    local folder=$1 short
    case $folder in
    *[!A-Za-z0-9_./+=@:-]*) ;;
    *)
        if [ ${#folder} -le 80 ]; then
            echo "$folder"
            return
        fi
        ;;
    esac
    short=$(short_socket_folder "$folder")
    [ -d "$short" ] || mkdir -m 700 "$short" || fail "$EX_CANTCREAT" "cannot make $short"
    if [ "$EUID" = 0 ]; then
        chown -h "$(server_user)" "$short"
    elif [ -L "$short" ] || [ ! -O "$short" ]; then
        fail "$EX_CANTCREAT" "$short belongs to somebody else"
    fi
    echo "$short"
}

# True if the server that the number in postmaster.pid names is a process that this one sees: it is
# neither in another container, nor is the number that of somebody else since a power cut. (pg_ctl
# would take any process for the server, and even signal it.)
server_is_visible() {
    local process command
    { read -r process <"$1/postmaster.pid"; } 2>/dev/null || return 1
    if [ -r "/proc/$process/cmdline" ]; then
        command=$(tr '\0' ' ' <"/proc/$process/cmdline")
    else
        command=$(ps -o args= -p "$process" 2>/dev/null) || return 1
    fi
    case $command in *postgres* | *postmaster*) ;; *) return 1 ;; esac
    (cd / && as_server_user "$server_bin/pg_ctl" -D "$1" status) >/dev/null 2>&1
}

# True if a connection to the socket's folder is taken.
server_answers() {
    [ -S "$1/.s.PGSQL.5432" ] &&
        PGHOST=$1 PGPORT=5432 PGUSER=fecpipe PGCONNECT_TIMEOUT=10 "${PSQL[@]}" -d postgres -c '' \
            >/dev/null 2>&1
}

# server_lives FOLDER SOCKET: true if a server works on the cluster, wherever its process is. It
# holds the lock FEC_HOME/postgres.running. One that an older fecpipe or a person has started does
# not; it shows by its process or by its socket.
server_lives() {
    lock_is_held "$FEC_HOME/postgres.running" || server_is_visible "$1" || server_answers "$2"
}

stop_server() {
    (cd / && as_server_user "$server_bin/pg_ctl" -D "$1" -w -t 120 -s -m fast stop) >/dev/null
}

# Makes the cluster unless there is one. Only what an initdb that was cut off has left, which the
# file FEC_HOME/postgres.making tells, is removed.
ensure_cluster() {
    local folder=$1 socket=$2 making=$FEC_HOME/postgres.making
    if [ ! -e "$making" ]; then
        [ ! -f "$folder/PG_VERSION" ] || return 0
        [ -z "$(find "$folder/" -mindepth 1 -print -quit)" ] ||
            fail "$EX_CONFIG" "$folder is neither empty nor a PostgreSQL cluster"
    fi
    : >"$making" || fail "$EX_CANTCREAT" "cannot write $making"
    find "$folder/" -mindepth 1 -delete
    make_cluster "$folder" "$socket"
    rm -f "$making"
}

# start_server FOLDER SOCKET: nobody else is starting one, and no server lives.
start_server() {
    local folder=$1 socket=$2 messages
    rm -f "$folder/postmaster.pid"
    # Of what the caller has open the server must not hold anything, but the lock that shows that it
    # lives.
    messages=$(
        close_other_files
        open_lock "$FEC_HOME/postgres.running" && try_lock "${lock_fd:-}" ||
            fail "$EX_UNAVAILABLE" "$FEC_HOME/postgres.running is locked" 2>&1
        # pg_ctl hands paths to a shell, between double quotes; these two need none.
        cd "$folder" && as_server_user env PGDATA="$folder" "$server_bin/pg_ctl" -w -t 300 -s \
            -o "-c unix_socket_directories='$socket'" -l server.log start \
            </dev/null 2>&1 >/dev/null
    ) || fail "$EX_UNAVAILABLE" \
        "the private PostgreSQL does not start: ${messages%%$'\n'*}; see $folder/server.log"
}

# Starts the server unless one lives already. One that does may be starting or ending just now.
ensure_server() {
    local folder=$1 socket=$2 end=$((SECONDS + 60))
    while server_lives "$folder" "$socket"; do
        ! server_answers "$socket" || return 0
        if [ ! -S "$socket/.s.PGSQL.5432" ] && server_is_visible "$folder"; then
            # Up, but somebody has removed its socket: nobody can reach it any more.
            stop_server "$folder"
        elif [ "$SECONDS" -ge "$end" ]; then
            fail "$EX_UNAVAILABLE" "a private PostgreSQL works on $folder, perhaps in another $(
            )container, and does not answer at $socket; see $folder/server.log"
        else
            sleep 0.2
        fi
    done
    start_server "$folder" "$socket"
}

# Makes what is missing, starts what is not running, and sets libpq's variables.
open_cluster() {
    local folder socket
    make_cluster_folder
    folder=$(cd "$FEC_HOME/postgres" && pwd -P) || exit "$EX_IOERR"
    socket=$(socket_folder "$folder") || exit $?
    ensure_cluster "$folder" "$socket"
    export PGHOST=$socket PGPORT=5432 PGUSER=fecpipe PGDATABASE=fec
    # As it is nearly always.
    ! { lock_is_held "$FEC_HOME/postgres.running" && "${PSQL[@]}" -c '' >/dev/null 2>&1; } ||
        return 0
    ensure_server "$folder" "$socket"
    "${PSQL[@]}" -c '' >/dev/null 2>&1 && return 0
    PGDATABASE=postgres step_alone schema/create-database.sql ||
        fail "$EX_UNAVAILABLE" "the private PostgreSQL does not answer: ${run[reason]}"
}

use_private_database() {
    refuse_foreign_home
    find_server
    need_folders "$FEC_HOME" || fail "$EX_CANTCREAT" "cannot make FEC_HOME, $FEC_HOME"
    with_lock "$FEC_HOME/postgres.starting" "making or starting the private PostgreSQL" open_cluster
}

# refuse_during_runs SOCKET: ends if a run is going on.
refuse_during_runs() {
    local runs
    runs=$(PGHOST=$1 PGPORT=5432 PGUSER=fecpipe PGDATABASE=fec PGCONNECT_TIMEOUT=10 \
        step_alone run/active.sql 2>/dev/null) || return 0
    [ -z "$runs" ] || fail "$EX_TEMPFAIL" "a run is going on: ${runs//$'\n'/; }. 'stop --force' $(
    )stops the server all the same"
}

# stop_cluster FOLDER FORCE: part of command_stop.
stop_cluster() {
    local folder=$1 force=$2 socket
    socket=$(socket_folder "$folder") || exit $?
    if ! server_lives "$folder" "$socket"; then
        say "The private PostgreSQL is not running."
        return 0
    fi
    [ -n "$force" ] || refuse_during_runs "$socket"
    server_is_visible "$folder" || fail "$EX_UNAVAILABLE" \
        "the private PostgreSQL runs in another container, and can be stopped only there"
    stop_server "$folder" ||
        fail "$EX_UNAVAILABLE" "the private PostgreSQL does not stop"
    rmdir "$(short_socket_folder "$folder")" 2>/dev/null
    say "The private PostgreSQL has stopped."
}

command_stop() {
    local folder force=
    case ${1:-} in
    --force)
        force=yes
        shift
        ;;
    esac
    no_arguments stop "$@"
    folder=$(cd "$FEC_HOME/postgres" 2>/dev/null && pwd -P) || {
        say "There is no private PostgreSQL in $FEC_HOME."
        return 0
    }
    find_server
    with_lock "$FEC_HOME/postgres.starting" "making or starting the private PostgreSQL" \
        stop_cluster "$folder" "$force"
}
