# shellcheck shell=bash
# connect.sh - where the database is: what libpq's environment or DATABASE_URL says, otherwise a
# private PostgreSQL under FEC_HOME/postgres. And its schema. Sourced by pipeline.sh.

SCHEMA_VERSION=4
LEAST_SERVER=13

declare -A run types

database_is_named() {
    [ -n "${PGHOST:-}${PGHOSTADDR:-}${PGPORT:-}${PGDATABASE:-}${PGSERVICE:-}${DATABASE_URL:-}" ]
}

# Makes libpq read DATABASE_URL from a service file, which only the owner may read: arguments of a
# program can be seen by everybody. A setting that libpq knows no service parameter for, `options`,
# goes in front of PGOPTIONS.
use_database_url() {
    local file options
    need_folders "$FEC_HOME" || fail "$EX_CANTCREAT" "cannot make FEC_HOME, $FEC_HOME"
    file=$FEC_HOME/connection.conf
    # Of a pg-load that was killed; it has a password.
    find "$FEC_HOME/" -maxdepth 1 -name 'connection.conf.new.*' -mmin +10 -exec rm -f {} +
    options=$("$FECPIPE_BIN/pg-load" --write-service "$file" 2>&1) || {
        options=${options##*$'\n'}
        fail "$EX_CONFIG" "${options#pg-load: }"
    }
    export PGSERVICEFILE=$file PGSERVICE=fecpipe
    [ -z "$options" ] || export PGOPTIONS="$options ${PGOPTIONS:-}"
}

# database_advice REASON: what to do about libpq's words for a database that cannot be reached, as
# one sentence; nothing if they say enough. Only the advice hangs on the words.
database_advice() {
    case $1 in
    *'no password supplied'*)
        echo "the database wants a password: put it into ~/.pgpass (mode 0600), see PGPASSFILE" ;;
    *'password authentication failed'*)
        echo "the password is wrong: correct it in ~/.pgpass, the service file or DATABASE_URL" ;;
    *'database "'*'" does not exist'*) echo "make the database: CREATE DATABASE" ;;
    *'role "'*'" does not exist'*) echo "make the role (CREATE ROLE ... LOGIN), or set PGUSER" ;;
    *'could not translate host name'* | *'could not resolve'*)
        echo "correct the name of the server (PGHOST or DATABASE_URL), or the network" ;;
    *'No such file or directory'* | *'Connection refused'*)
        echo "no server listens there: start it, or correct PGHOST, PGPORT or DATABASE_URL" ;;
    *'timeout expired'* | *'timed out'* | *'No route to host'* | *'Network is unreachable'*)
        echo "the server does not respond: see the network, the firewall, and PGHOST" ;;
    *'no pg_hba.conf entry'*)
        echo "the server's pg_hba.conf must let this role in from this machine" ;;
    *'definition of service'*) echo "correct PGSERVICE, or the service file" ;;
    *[Ss][Ss][Ll]* | *certificate*) echo "see sslmode, sslrootcert and the clock" ;;
    esac
}

# Makes the environment such that psql and pg-load reach the database; starts it if it is ours. Sets
# run[private] if it is, and run[database], the sign that a database is open.
open_database() {
    command -v psql >/dev/null 2>&1 ||
        fail "$EX_UNAVAILABLE" "psql is missing; 'make deps' installs PostgreSQL's programs"
    if [ -n "${DATABASE_URL:-}" ]; then
        use_database_url
    elif ! database_is_named; then
        run[private]=yes
        use_private_database
    fi
    run[database]=open
}

# open_schema [REMAKE]: installs the schema where it is missing or old. REMAKE, true or false: makes
# codes and views again in any case.
open_schema() {
    local status advice
    read_types ||
        fail "$EX_UNAVAILABLE" "$FECPIPE_BIN/fec-parse does not run; 'make' builds it"
    step_alone schema/open.sql "least=$LEAST_SERVER" "version=$SCHEMA_VERSION" \
        "types=${types[text]}" "codes=$FECPIPE_SHARE/sql/codes" "remake=${1:-false}" && return 0
    status=$?
    advice=$(database_advice "${run[reason]}")
    [ "$status" != "$EX_NOPERM" ] || advice="'pipeline.sh check' says which rights are missing"
    [ -z "$advice" ] || complain "note: $advice"
    case $status in
    "$EX_CONFIG") fail "$status" "${run[reason]}" ;;
    "$EX_UNAVAILABLE") fail "$status" "the database cannot be reached: ${run[reason]}" ;;
    *) fail "$status" "the schema cannot be installed: ${run[reason]}" ;;
    esac
}

command_init() {
    local reader readers=()
    while [ $# -gt 0 ]; do
        case $1 in
        --reader=*) readers+=("${1#*=}") ;;
        --reader)
            # Without a role it is one that we make.
            case ${2:-} in
            '' | --*) readers+=(fec_reader) ;;
            *)
                readers+=("$2")
                shift
                ;;
            esac
            ;;
        -h | --help) usage; exit 0 ;;
        *) fail "$EX_USAGE" "init: '$1' is not known; see pipeline.sh --help" ;;
        esac
        shift
    done
    make_home
    open_database
    open_schema true
    refuse_pooling
    for reader in "${readers[@]+"${readers[@]}"}"; do
        step_alone schema/reader.sql "reader=$reader" ||
            fail $? "$reader was not given the right to read: ${run[reason]}"
        say "$reader may read everything in schema fec, and change nothing."
    done
    say "The database is ready; 'pipeline.sh psql' opens it."
}

command_psql() {
    open_database
    # As the caller has set things, not as the driver wants them.
    umask "$CALLER_UMASK"
    if [ "$CALLER_LOCALE" = none ]; then unset LC_ALL; else LC_ALL=$CALLER_LOCALE; fi
    exec psql "$@"
}
