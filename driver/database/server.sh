# shellcheck shell=bash
# server.sh - the private PostgreSQL under FEC_HOME/postgres, which is used when no other database
# is named. Sourced by pipeline.sh.

declare -A run

# The user that a private PostgreSQL runs as: the owner of its folder. It refuses to run as root, so
# root's runs as postgres.
server_user() {
    local owner
    if [ "$(id -u)" != 0 ]; then
        id -un
        return
    fi
    # shellcheck disable=SC2012 # only GNU's find could tell it
    owner=$(ls -ldL "$FEC_HOME/postgres" 2>/dev/null | awk '{ print $3 }')
    case $owner in
    '' | root) echo postgres ;;
    *) echo "$owner" ;;
    esac
}

# Runs a command as that user.
as_server_user() {
    if [ "$(id -u)" != 0 ]; then
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
    [ ! -f "$FEC_HOME/postgres/PG_VERSION" ] || version=$(cat "$FEC_HOME/postgres/PG_VERSION")
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
        [ "$(id -u)" != 0 ] || [ ! -O "$folder/" ] || chown postgres "$folder/"
        return 0
    fi
    rm -f "$folder"
    if [ "$(id -u)" != 0 ]; then
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
# at most 2 GB, as cache; no replicas, so no log of what a new table can be made of again.
private_settings() {
    local memory_mb
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
        --auth=peer --no-instructions) >"$messages" 2>&1; then
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
    [ "$(id -u)" != 0 ] || place=/run
    echo "$place/fecpipe-$(id -u)-$(printf '%s' "$1" | cksum | tr ' ' -)"
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
    if [ "$(id -u)" = 0 ]; then
        chown -h "$(server_user)" "$short"
    elif [ -L "$short" ] || [ ! -O "$short" ]; then
        fail "$EX_CANTCREAT" "$short belongs to somebody else"
    fi
    echo "$short"
}

# After a power cut the number in postmaster.pid can be that of another process by now. pg_ctl takes
# it for the server, which it would even signal.
pid_file_is_stale() {
    local process command
    read -r process 2>/dev/null <"$1/postmaster.pid" || return 1
    command=$(ps -o args= -p "$process" 2>/dev/null) || return 1
    case $command in *postgres* | *postmaster*) return 1 ;; esac
}

server_is_up() {
    ! pid_file_is_stale "$1" &&
        (cd / && as_server_user "$server_bin/pg_ctl" -D "$1" status) >/dev/null 2>&1
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

start_server() {
    local folder=$1 socket=$2 messages
    ensure_cluster "$folder" "$socket"
    if server_is_up "$folder"; then
        [ -S "$socket/.s.PGSQL.5432" ] && return 0
        # Up, but somebody has removed its socket: nobody can reach it any more.
        stop_server "$folder"
    fi
    ! pid_file_is_stale "$folder" || rm -f "$folder/postmaster.pid"
    # The server must not hold what the caller has open, flock's file say.
    messages=$(
        for ((fd = 3; fd < 250; fd++)); do eval "exec $fd>&-"; done
        # pg_ctl hands paths to a shell, between double quotes; these two need none.
        cd "$folder" && as_server_user env PGDATA="$folder" "$server_bin/pg_ctl" -w -t 300 -s \
            -o "-c unix_socket_directories='$socket'" -l server.log start \
            </dev/null 2>&1 >/dev/null
    ) || fail "$EX_UNAVAILABLE" \
        "the private PostgreSQL does not start: ${messages%%$'\n'*}; see $folder/server.log"
}

# Makes what is missing, starts what is not running, and sets libpq's variables.
open_cluster() {
    local folder socket
    make_cluster_folder
    folder=$(cd "$FEC_HOME/postgres" && pwd -P) || exit "$EX_IOERR"
    socket=$(socket_folder "$folder") || exit $?
    start_server "$folder" "$socket"
    export PGHOST=$socket PGPORT=5432 PGUSER=fecpipe PGDATABASE=fec
    "${PSQL[@]}" -c '' >/dev/null 2>&1 && return 0
    PGDATABASE=postgres step_alone schema/create-database.sql ||
        fail "$EX_UNAVAILABLE" "the private PostgreSQL does not answer: ${run[reason]}"
}

use_private_database() {
    find_server
    mkdir -p "$FEC_HOME" || fail "$EX_CANTCREAT" "cannot make FEC_HOME, $FEC_HOME"
    with_lock "$FEC_HOME/postgres.lock" open_cluster
}

command_stop() {
    local folder
    no_arguments stop "$@"
    folder=$(cd "$FEC_HOME/postgres" 2>/dev/null && pwd -P) || {
        say "There is no private PostgreSQL in $FEC_HOME."
        return 0
    }
    find_server
    if ! server_is_up "$folder"; then
        say "The private PostgreSQL is not running."
        return 0
    fi
    stop_server "$folder" ||
        fail "$EX_UNAVAILABLE" "the private PostgreSQL does not stop"
    rmdir "$(short_socket_folder "$folder")" 2>/dev/null
    say "The private PostgreSQL has stopped."
}
