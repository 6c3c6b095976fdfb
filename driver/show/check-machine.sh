# shellcheck shell=bash
# check-machine.sh - the command check: programs, certificates, folders, disk, clock, and what runs
# have left. Sourced by check.sh.

FILTERS='fec-fetch fec-unzip fec-parse fec-dedupe pg-load'
# What the driver starts and every system should have.
SYSTEM_PROGRAMS='awk cat chmod cksum cp cut date df dirname find flock grep head id ls mkdir mktemp
    mv ps readlink rm sed sleep sort tail tee touch tr uname'
# 1 January 2026: before that there was no fecpipe.
EARLIEST_SECONDS=1767225600

# What a program says to --version in its first line, or why it does not run.
version_of() {
    local said
    said=$("$@" --version 2>&1)
    echo "${said%%$'\n'*}"
}

check_filters() {
    local program said missing='' seen=''
    for program in $FILTERS; do
        if [ ! -x "$FECPIPE_BIN/$program" ]; then
            missing="$missing $program"
            continue
        fi
        said=$(version_of "$FECPIPE_BIN/$program")
        case $said in
        "$program (fecpipe) $FECPIPE_VERSION") seen="$seen $program" ;;
        "$program (fecpipe) "*)
            bad "$EX_UNAVAILABLE" programs "$FECPIPE_BIN/$program has version ${said##* }, $(
            )pipeline.sh has $FECPIPE_VERSION" "build or install again: 'make' or 'make install'"
            ;;
        *)
            bad "$EX_UNAVAILABLE" programs "$program does not run: $said" \
                "'make deps' installs the libraries; then build again with 'make clean all'"
            ;;
        esac
    done
    [ -z "$missing" ] || bad "$EX_UNAVAILABLE" programs "not in $FECPIPE_BIN:$missing" \
        "'make' builds them, 'make install' installs them"
    [ -z "$seen" ] || good programs "fecpipe $FECPIPE_VERSION:$seen, in $FECPIPE_BIN"
}

# The versions of the libraries that the programs load, as far as the dynamic linker tells.
check_libraries() {
    local libraries=() lines program
    mapfile -t libraries < <(for program in $FILTERS; do
        LD_TRACE_LOADED_OBJECTS=1 "$FECPIPE_BIN/$program" --version 2>/dev/null
    done | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p' |
        grep -E '/lib(pq|curl|z|csv|xxhash|jansson|isal)\.so' | sort -u)
    [ ${#libraries[@]} -gt 0 ] || return 0
    lines=$(readlink -f "${libraries[@]}" | sed 's/.*\///')
    good libraries "${lines//$'\n'/, }"
}

check_system_programs() {
    local program missing=''
    # shellcheck disable=SC2086 # a list
    for program in $SYSTEM_PROGRAMS; do
        command -v "$program" >/dev/null 2>&1 || missing="$missing $program"
    done
    [ -z "$missing" ] || bad "$EX_UNAVAILABLE" programs "this machine lacks:$missing" \
        "install them (on Debian 'make deps')"
    good programs "bash ${BASH_VERSION%%[^0-9.]*}"
    if command -v psql >/dev/null 2>&1; then
        good programs "$(version_of psql)"
    else
        bad "$EX_UNAVAILABLE" programs "psql is missing" \
            "'make deps' installs it; or install your system's client of PostgreSQL"
    fi
}

check_programs_here() {
    check_filters
    check_libraries
    check_system_programs
}

# Where libcurl finds the authorities that it trusts: what the environment names, or the place of
# one system or another.
check_certificates() {
    local file
    case ${FEC_BULK_URL:-https:}${FEC_API_URL:-https:} in *https:*) ;; *) return 0 ;; esac
    for file in "${CURL_CA_BUNDLE:-${SSL_CERT_FILE:-}}" "${SSL_CERT_DIR:-}"; do
        [ -n "$file" ] || continue
        if [ -r "$file" ]; then
            good certificates "$file, named by the environment"
        else
            bad "$EX_UNAVAILABLE" certificates "$file, named by the environment, cannot be read" \
                "correct or unset CURL_CA_BUNDLE, SSL_CERT_FILE and SSL_CERT_DIR"
        fi
        return 0
    done
    for file in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt \
        /etc/ssl/ca-bundle.pem /etc/ssl/cert.pem /usr/local/share/certs/ca-root-nss.crt; do
        [ -s "$file" ] || continue
        good certificates "$file"
        return 0
    done
    warn certificates "no certificates of authorities were found, so https may not work" \
        "install the package ca-certificates"
}

# --- folders and disk

# The folder itself, or the nearest one above it that exists.
existing_folder() {
    local folder=$1
    until [ -e "$folder" ] || [ -z "$folder" ]; do folder=${folder%/*}; done
    printf '%s\n' "${folder:-/}"
}

check_home() {
    local there folder owner
    there=$(existing_folder "$FEC_HOME")
    owner=$(owner_other_than_root)
    if [ ! -d "$there" ]; then
        bad "$EX_CANTCREAT" FEC_HOME "$there is not a folder" "set FEC_HOME to a folder of yours"
    elif [ "$there" != "$FEC_HOME" ] && [ -w "$there" ]; then
        good FEC_HOME "$FEC_HOME; the first run makes it"
    elif [ ! -w "$there" ] || [ ! -x "$there" ]; then
        bad "$EX_CANTCREAT" FEC_HOME "$(id -un) cannot write to $there" \
            "chown or chmod it, or set FEC_HOME to a folder of yours"
    elif [ -n "$owner" ]; then
        bad "$EX_CONFIG" FEC_HOME "$FEC_HOME belongs to $owner" \
            "run it as that user: sudo -u $owner pipeline.sh check"
    else
        for folder in logs run archive; do
            [ ! -d "$FEC_HOME/$folder" ] || [ -w "$FEC_HOME/$folder" ] ||
                bad "$EX_CANTCREAT" FEC_HOME "$(id -un) cannot write to $FEC_HOME/$folder" \
                    "another user ran it: chown -R $(id -un) it, or run it as that user"
        done
        good FEC_HOME "$FEC_HOME"
    fi
}

# check_folder_space FOLDER: a run stops below 64 MiB. A first load of the current cycle takes about
# 12 GB in a private database.
check_folder_space() {
    local folder free first=
    folder=$(existing_folder "$1")
    free=$(df -Pk "$folder" 2>/dev/null | awk 'NR == 2 { print int($4 / 1024) }')
    [ -n "$free" ] || return 0
    [ -d "$FEC_HOME/postgres" ] || database_is_named || first=yes
    if [ "$free" -lt 64 ]; then
        bad "$EX_IOERR" disk "$folder has $free MB free: a run stops below 64 MB" "make room"
    elif [ -n "$first" ] && [ "$free" -lt 12000 ]; then
        warn disk "$folder has $free MB free; a first load of the current cycle needs 12 GB" \
            "make room, or set FEC_HOME to another disk"
    elif [ "$free" -lt 2000 ]; then
        warn disk "$folder has $free MB free; a month may need 2 GB" "make room"
    else
        good disk "$folder has $((free / 1000)) GB free"
    fi
}

check_disk() {
    local folder
    check_folder_space "$FEC_HOME"
    folder=$(cd "$FEC_HOME/postgres" 2>/dev/null && pwd -P) || return 0
    [ "$folder" = "$FEC_HOME/postgres" ] || check_folder_space "$folder"
}

# --- clock

check_clock() {
    local seconds there synchronized
    printf -v seconds '%(%s)T' -1
    there=$(printf '%(%Y-%m-%d %H:%M %Z)T' "$seconds")
    if [ "$seconds" -lt "$EARLIEST_SECONDS" ]; then
        bad "$EX_CONFIG" clock "the clock says $there, before fecpipe was made" \
            "set the clock; with a wrong one https fails and the schedule runs at wrong times"
        return
    fi
    good clock "$there, $(eastern '%Y-%m-%d %H:%M %Z' "$seconds") at the FEC"
    put_eastern there %H "$seconds"
    [ "${eastern_zone:-}" = America/New_York ] ||
        warn zone "this machine has no time zones, so the rule of the USA since 2007 is used" \
            "install the package tzdata"
    synchronized=$(timedatectl show -p NTPSynchronized --value 2>/dev/null)
    [ "$synchronized" != no ] ||
        warn clock "nothing keeps the clock right, as far as systemd knows" \
            "timedatectl set-ntp true, unless something else does it"
}

# --- what runs have left

check_leftovers() {
    local folder found=
    for folder in "$FEC_HOME"/run/*.*; do
        [ -d "$folder" ] || continue
        found=yes
        if lock_is_held "$folder/lock"; then
            good 'left over' "a run is at work in $folder"
        else
            warn 'left over' "$folder is of a run that was killed" "the next run removes it"
        fi
    done
    if [ -e "$FEC_HOME/postgres.making" ]; then
        warn 'left over' "the making of the private PostgreSQL was cut off" \
            "the next command makes it again"
        found=yes
    fi
    [ -n "$found" ] || good 'left over' "nothing in $FEC_HOME"
}
