# shellcheck shell=bash
# connect.sh - where the database is: what libpq's environment or DATABASE_URL says, or else a
# private PostgreSQL under FEC_HOME/postgres. Sourced by pipeline.sh.

# 0x66656370, "fecp": the class of fecpipe's advisory locks; the object is the cycle.
LOCK_CLASS=1717920624
SCHEMA_VERSION=3

private_database=
pg_bin=

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

# Sets pg_bin, the folder with initdb and pg_ctl: of the version that made the private cluster if
# there is one, else the newest that this machine has.
find_server() {
    local folder version=''
    [ ! -f "$FEC_HOME/postgres/PG_VERSION" ] || version=$(cat "$FEC_HOME/postgres/PG_VERSION")
    for folder in "$(pg_config --bindir 2>/dev/null)" \
        $(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin | sort -rV) \
        "$(dirname "$(command -v initdb 2>/dev/null || echo /none/initdb)")"; do
        [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] || continue
        case $("$folder/pg_ctl" --version) in
        *" ${version:+$version.}"* | *" $version"[a-z]*)
            pg_bin=$folder
            return 0
            ;;
        esac
    done
    [ -z "$version" ] || fail "$EX_UNAVAILABLE" "the private cluster is of PostgreSQL $version, $(
    )which this machine does not have any more"
    complain "no database is named (PGHOST, DATABASE_URL ...), so it would be a private one"
    fail "$EX_UNAVAILABLE" "this machine has no PostgreSQL server; 'make deps' installs it"
}

percent_decode() {
    local text=${1//\\/\\\\}
    printf '%b' "${text//%/\\x}"
}

# Sets libpq's variables from a URL, rather than handing it to psql, whose arguments everybody can
# see: postgresql://[user[:password]@][host[:port][,...]][/database][?parameter=value&...]
use_database_url() {
    local url=$1 rest authority query='' pair hosts='' ports='' one
    case $url in
    postgres://* | postgresql://*) rest=${url#*://} ;;
    *) fail "$EX_CONFIG" "DATABASE_URL does not begin with postgresql://" ;;
    esac
    case $rest in *\?*) query=${rest#*\?} rest=${rest%%\?*} ;; esac
    authority=${rest%%/*}
    case $rest in */?*) PGDATABASE=$(percent_decode "${rest#*/}") ;; esac
    case $authority in
    *@*)
        PGUSER=$(percent_decode "${authority%@*}")
        case ${authority%@*} in
        *:*)
            PGUSER=$(percent_decode "${authority%%:*}")
            one=${authority%@*}
            PGPASSWORD=$(percent_decode "${one#*:}")
            ;;
        esac
        authority=${authority##*@}
        ;;
    esac
    local list
    IFS=, read -r -a list <<<"$authority"
    for one in "${list[@]+"${list[@]}"}"; do
        case $one in
        \[*\]*)
            hosts=$hosts,${one%%]*} ports=$ports,${one##*]}
            hosts=${hosts/\[/} ports=${ports/,:/,}
            ;;
        *:*) hosts=$hosts,$(percent_decode "${one%:*}") ports=$ports,${one##*:} ;;
        *) hosts=$hosts,$(percent_decode "$one") ports=$ports, ;;
        esac
    done
    [ -z "${hosts#,}" ] || PGHOST=${hosts#,}
    case $ports in *[0-9]*) PGPORT=${ports#,} ;; esac
    IFS='&' read -r -a list <<<"$query"
    for pair in "${list[@]+"${list[@]}"}"; do
        one=$(percent_decode "${pair#*=}")
        case ${pair%%=*} in
        host) PGHOST=$one ;;
        port) PGPORT=$one ;;
        user) PGUSER=$one ;;
        password) PGPASSWORD=$one ;;
        dbname) PGDATABASE=$one ;;
        service) PGSERVICE=$one ;;
        sslmode) export PGSSLMODE=$one ;;
        sslcert) export PGSSLCERT=$one ;;
        sslkey) export PGSSLKEY=$one ;;
        sslrootcert) export PGSSLROOTCERT=$one ;;
        channel_binding) export PGCHANNELBINDING=$one ;;
        connect_timeout) export PGCONNECT_TIMEOUT=$one ;;
        target_session_attrs) export PGTARGETSESSIONATTRS=$one ;;
        options) export PGOPTIONS=$one ;;
        application_name | '') ;;
        *) fail "$EX_CONFIG" "DATABASE_URL: the parameter ${pair%%=*} is not known" ;;
        esac
    done
    for one in PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE PGSERVICE; do
        [ -z "${!one:-}" ] || export "${one?}"
    done
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
    if ! (cd / && as_server_user "$pg_bin/initdb" -D "$folder" -U fecpipe -E UTF8 --locale=C \
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
    read -r process <"$1/postmaster.pid" 2>/dev/null || return 1
    command=$(ps -o args= -p "$process" 2>/dev/null) || return 1
    case $command in *postgres* | *postmaster*) return 1 ;; esac
}

server_is_up() {
    ! pid_file_is_stale "$1" &&
        (cd / && as_server_user "$pg_bin/pg_ctl" -D "$1" status) >/dev/null 2>&1
}

stop_server() {
    (cd / && as_server_user "$pg_bin/pg_ctl" -D "$1" -w -t 120 -s -m fast stop) >/dev/null
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
        cd "$folder" && as_server_user env PGDATA="$folder" "$pg_bin/pg_ctl" -w -t 300 -s \
            -o "-c unix_socket_directories='$socket'" -l server.log start \
            </dev/null 2>&1 >/dev/null
    ) || fail "$EX_UNAVAILABLE" \
        "the private PostgreSQL does not start: ${messages%%$'\n'*}; see $folder/server.log"
}

# Makes what is missing, starts what is not running, and sets libpq's variables.
open_cluster() {
    local folder socket messages
    make_cluster_folder
    folder=$(cd "$FEC_HOME/postgres" && pwd -P) || exit "$EX_IOERR"
    socket=$(socket_folder "$folder") || exit $?
    start_server "$folder" "$socket"
    export PGHOST=$socket PGPORT=5432 PGUSER=fecpipe PGDATABASE=fec
    run_psql -c 'SELECT 1' >/dev/null 2>&1 && return 0
    messages=$(PGDATABASE=postgres run_psql -c 'SELECT 1' 2>&1 >/dev/null) ||
        fail "$EX_UNAVAILABLE" "the private PostgreSQL does not answer: ${messages%%$'\n'*}"
    PGDATABASE=postgres run_psql -c 'CREATE DATABASE fec' >/dev/null &&
        # So that people can leave out the schema's name.
        run_psql -c 'ALTER DATABASE fec SET search_path = public, fec' >/dev/null ||
        fail "$EX_UNAVAILABLE" "cannot make the database fec"
}

use_private_database() {
    private_database=yes
    find_server
    mkdir -p "$FEC_HOME" || fail "$EX_CANTCREAT" "cannot make FEC_HOME, $FEC_HOME"
    with_lock "$FEC_HOME/postgres.lock" open_cluster
}

# psql as the driver uses it: no start-up file, bare rows, the first error ends it.
run_psql() {
    psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"
}

database_is_named() {
    [ -n "${PGHOST:-}${PGHOSTADDR:-}${PGPORT:-}${PGDATABASE:-}${PGSERVICE:-}${DATABASE_URL:-}" ]
}

# Makes the environment such that psql and pg-load reach the database; starts it if it is ours.
open_database() {
    command -v psql >/dev/null 2>&1 ||
        fail "$EX_UNAVAILABLE" "psql is missing; 'make deps' installs PostgreSQL's programs"
    if [ -n "${DATABASE_URL:-}" ]; then
        use_database_url "$DATABASE_URL"
    elif ! database_is_named; then
        use_private_database
    fi
    caller_options=${PGOPTIONS-none}
    # A time limit of the role's must not cut a COPY of 70 million rows; a lock on a table that is
    # not given free is waited for, but not for ever.
    PGOPTIONS="${PGOPTIONS:-} -c client_min_messages=warning"
    PGOPTIONS="$PGOPTIONS -c statement_timeout=0 -c lock_timeout=600000 -c datestyle=ISO,YMD"
    export PGOPTIONS
}

# The reason among psql's messages: the first line that is no warning or the like.
psql_reason() {
    sed -e 's/^psql:[^ ]*:[0-9][0-9]*: //' "$1" |
        awk '/^(WARNING|NOTICE|HINT|DETAIL|CONTEXT|LINE|STATEMENT)/ { next }
             { sub(/^[A-Z]+: +/, ""); print; exit }'
}

# Installs the schema where it is missing or old.
open_schema() {
    local version messages=$FEC_HOME/psql.$$
    mkdir -p "$FEC_HOME" || fail "$EX_CANTCREAT" "cannot make FEC_HOME, $FEC_HOME"
    version=$(run_psql 2>"$messages" <<'EOF'
SELECT to_regclass('fec.schema_version') IS NULL AS missing \gset
\if :missing
\echo 0
\else
SELECT coalesce(max(version), 0) FROM fec.schema_version;
\endif
EOF
    )
    case $version in
    '' | *[!0-9]*)
        version=$(psql_reason "$messages")
        rm -f "$messages"
        fail "$EX_UNAVAILABLE" "the database cannot be reached: $version"
        ;;
    esac
    if [ "$version" -gt "$SCHEMA_VERSION" ]; then
        rm -f "$messages"
        complain "this fecpipe knows version $SCHEMA_VERSION of the schema"
        fail "$EX_CONFIG" "the database has version $version of the schema, of a newer fecpipe"
    fi
    if [ "$version" -lt "$SCHEMA_VERSION" ] &&
        ! run_psql -v codes="$share/sql/codes" -f "$share/sql/schema/schema.sql" 2>"$messages"; then
        version=$(psql_reason "$messages")
        rm -f "$messages"
        fail "$EX_UNAVAILABLE" "the schema cannot be installed: $version"
    fi
    rm -f "$messages"
}

no_arguments() {
    local command=$1
    shift
    case ${1:-} in
    '') ;;
    -h | --help) usage; exit 0 ;;
    *) fail "$EX_USAGE" "$command takes no arguments" ;;
    esac
}

command_init() {
    no_arguments init "$@"
    make_home
    open_database
    open_schema
    say "The database is ready; 'pipeline.sh psql' opens it."
}

command_psql() {
    open_database
    # As the caller has set things, not as the driver wants them.
    umask "$caller_umask"
    if [ "$caller_locale" = none ]; then unset LC_ALL; else LC_ALL=$caller_locale; fi
    if [ "$caller_options" = none ]; then unset PGOPTIONS; else PGOPTIONS=$caller_options; fi
    exec psql "$@"
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
