#!/usr/bin/env bash
# package-check.sh SUITE ... - `make package-check`: builds Debian's package on fresh Debian
# systems, with lintian. On others that lack all that is for building, it installs the version
# before, runs it as the user fecpipe on made-up data, upgrades it, runs it again, removes and
# purges it.
#
# The version before is the last commit whose subject is "Version ...". Where no git or no such
# commit is there, it is this tree with a lower number.

set -u -o pipefail
here=$(cd "$(dirname "$0")/.." && pwd) || exit 70
# shellcheck source=make/fresh.sh
. "$here/make/fresh.sh"

# The user who builds.
builder=newcomer

# must WHAT COMMAND ...: what it prints is only shown if it fails, and then the suite has failed.
must() {
    local what=$1
    shift
    if "$@" >"$FRESH_WORK/said" 2>&1 </dev/null; then
        echo "  ok: $what"
    else
        tail -n 40 "$FRESH_WORK/said" >&2
        fresh_fail 1 "$suite: not ok: $what"
    fi
}

# must_say WHAT PATTERN COMMAND ...: must, and a line of what it prints matches.
must_say() {
    local what=$1 pattern=$2
    shift 2
    must "$what" "$@"
    grep -qE -e "$pattern" "$FRESH_WORK/said" || {
        cat "$FRESH_WORK/said" >&2
        fresh_fail 1 "$suite: nothing like '$pattern': $what"
    }
}

# --- building

# copy_before FOLDER: the source tree of the version before into the builder's home there, with
# today's packaging. Prints its version.
copy_before() {
    local commit version='' tree=$1/home/$builder/fecpipe
    rm -rf "$tree" && mkdir "$tree"
    commit=$(git -C "$here" log -1 --format=%H --grep='^Version [0-9.]*$' 2>/dev/null)
    if [ -n "$commit" ]; then
        git -C "$here" archive "$commit" | tar -C "$tree" -xf - &&
            version=$(sed -n 's/^VERSION = //p' "$tree/Makefile")-1
        cp -R "$here/debian" "$tree" && cp "$here/make/deb.sh" "$tree/make/deb.sh"
    else
        rmdir "$tree" && fresh_copy "$here" "$1" "$builder"
        version=0.0.1-1
    fi
    fresh_quietly "$1" chown -R "$builder:" "/home/$builder/fecpipe"
    echo "$version"
}

# build_packages SUITE: FRESH_WORK/before.deb and now.deb.
build_packages() {
    local suite=$1 folder=$FRESH_WORK/$1-build version
    fresh_folder "$suite" "$suite-build" dpkg-dev debhelper lintian make gcc libc6-dev
    fresh_user "$folder" "$builder"
    fresh_copy "$here" "$folder" "$builder"
    fresh_quietly "$folder" apt-get build-dep -y -q --no-install-recommends \
        "/home/$builder/fecpipe/"
    must 'the package is built, and lintian has nothing to say' \
        fresh_run "$folder" "$builder" fecpipe/make/deb.sh
    cp "$folder/home/$builder"/fecpipe/build/deb/fecpipe_*.deb "$FRESH_WORK/now.deb" || exit 74
    version=$(copy_before "$folder") || exit $?
    must "the version before, $version, is built" \
        fresh_run "$folder" "$builder" fecpipe/make/deb.sh "$version"
    cp "$folder/home/$builder"/fecpipe/build/deb/fecpipe_*.deb "$FRESH_WORK/before.deb" || exit 74
}

# --- installing, running, removing

install_package() {
    cp "$FRESH_WORK/$1.deb" "$folder/srv/fecpipe.deb" &&
        fresh_run "$folder" root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
            --no-install-recommends -o Dpkg::Options::=--force-confold /srv/fecpipe.deb
}

as_service() { fresh_run "$folder" fecpipe "$@"; }

# What the package put anywhere, but for the user, and what dpkg and apt note of each package.
left_over() {
    local found
    found=$(find "$folder" -xdev \( -path "$folder/srv" -o -path "$folder/var/log" \) -prune \
        -o \( -name '*fecpipe*' -o -name 'fec-*' -o -name pipeline.sh -o -name pg-load \) -print)
    [ -z "$found" ] || { echo "$found" && return 1; }
}

# True if no process is the user's.
nothing_runs() {
    fresh_run "$folder" root sh -c '! ps -u fecpipe -o pid=,args='
}

check_suite() {
    local suite=$1 folder=$FRESH_WORK/$1 version
    echo "$suite"
    build_packages "$suite"
    fresh_folder "$suite" "$suite" procps postgresql
    fresh_sample "$here" "$folder"
    must 'the version before is installed' install_package before
    must_say 'the user fecpipe runs it' 'RECONCILIATION COMPLETE' \
        as_service env FEC_BULK_URL=file:///srv/fec/month-1 pipeline.sh monthly
    must 'its data are where they should be' test -d "$folder/var/lib/fecpipe/main/postgres"
    echo FEC_LOG_KEEP=59 >>"$folder/etc/fecpipe/pipeline.conf"

    must 'it is upgraded, while its PostgreSQL runs' install_package now
    must 'settings that somebody has changed stay' \
        grep -qx FEC_LOG_KEEP=59 "$folder/etc/fecpipe/pipeline.conf"
    must_say 'the next run upgrades the database and goes on' 'RECONCILIATION COMPLETE' \
        as_service env FEC_BULK_URL=file:///srv/fec/month-2 pipeline.sh monthly
    must_say 'both runs are in the database' '^ *2$' as_service pipeline.sh psql -XAtc \
        "SELECT count(*) FROM fec.run WHERE status = 'complete'"
    must_say 'the timer of the package starts a run that is due' 'RECONCILIATION|unchanged' \
        as_service env FEC_BULK_URL=file:///srv/fec/month-2 pipeline.sh schedule tick --kind monthly
    must 'check finds no error' as_service pipeline.sh check
    must_say 'the demo runs' 'RECONCILIATION COMPLETE' as_service pipeline.sh demo --rows 500

    must 'it is removed' fresh_run "$folder" root apt-get remove -y -q fecpipe
    must 'and nothing of it runs' nothing_runs
    must 'data and settings are still there' test -d "$folder/var/lib/fecpipe/main/postgres" -a \
        -f "$folder/etc/fecpipe/pipeline.conf"
    must 'it is installed again' install_package now
    must_say 'and finds its data' 'monthly .*complete' as_service pipeline.sh status
    must 'it is purged' fresh_run "$folder" root apt-get purge -y -q fecpipe
    must 'and nothing of it runs' nothing_runs
    must 'nor is anything left' left_over
}

fresh_need
[ $# -gt 0 ] || set -- bookworm trixie
fresh_start "$0" "$@"
fresh_each check_suite "$@"
