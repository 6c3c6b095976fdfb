#!/usr/bin/env bash
# deps.sh - installs what fecpipe needs and this machine lacks, on Debian and Ubuntu; elsewhere it
# says what that is. `deps.sh build run check bench`: any of the purposes, see the table.

set -u -o pipefail

# purpose, how to tell that it is there (command NAME, header FILE, server), Debian's package
needs='
build command make make
build command cc gcc
build header stdio.h libc6-dev
build command pg_config libpq-dev
build header curl/curl.h libcurl4-openssl-dev
build header zlib.h zlib1g-dev
build header csv.h libcsv-dev
build header xxhash.h libxxhash-dev
build header jansson.h libjansson-dev
run command psql postgresql-client
run server initdb postgresql
run command awk mawk
run command ps procps
check command prove perl
check command unzip unzip
check command openssl openssl
check command mlr miller
check command jq jq
check command shellcheck shellcheck
check command cppcheck cppcheck
check command mandoc mandoc
check command clang clang
check command clang-format clang-format
check command man man-db
check command faketime faketime
check command chromium chromium
bench command bsdtar libarchive-tools
bench command funzip unzip
bench command time time
bench command jq jq
bench command curl curl
'

# True if the thing that a package brings is there.
is_there() {
    case $1 in
    command) command -v "$2" >/dev/null 2>&1 ;;
    header) printf '#include <stdio.h>\n#include <%s>\n' "$2" | cc -E -x c - >/dev/null 2>&1 ;;
    server)
        local file
        for file in "$(pg_config --bindir 2>/dev/null)/$2" /usr/lib/postgresql/*/bin/"$2" \
            /usr/pgsql-*/bin/"$2" "$(command -v "$2" 2>/dev/null)"; do
            [ -x "$file" ] && return 0
        done
        return 1
        ;;
    esac
}

missing=
while read -r purpose kind name package; do
    case " $* " in *" $purpose "*) ;; *) continue ;; esac
    case " $missing " in *" $package "*) continue ;; esac
    is_there "$kind" "$name" || missing="$missing $package"
done <<<"$(sed '/^$/d' <<<"$needs")"
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "deps.sh: missing here, by the names of Debian's packages:$missing" >&2
    echo "deps.sh: please install what your system calls them" >&2
    exit 69
fi
as_root=()
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "deps.sh: missing:$missing" >&2
        echo "deps.sh: as root, run: apt-get install$missing" >&2
        exit 69
    fi
    as_root=(sudo)
fi
echo "deps.sh: installing$missing"

install_packages() {
    "${as_root[@]+"${as_root[@]}"}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "$@"
}

# Debian's PostgreSQL makes and starts a cluster of its own when it is installed. fecpipe has no
# use for it, so for the time of the installation that is switched off.
cluster_settings=/etc/postgresql-common/createcluster.conf
case " $missing " in
*' postgresql '*)
    "${as_root[@]+"${as_root[@]}"}" apt-get update -q &&
        install_packages postgresql-common || exit 69
    "${as_root[@]+"${as_root[@]}"}" sed -i.before-fecpipe \
        -e "\$ a create_main_cluster = false" "$cluster_settings"
    # shellcheck disable=SC2086 # a list
    install_packages $missing
    status=$?
    "${as_root[@]+"${as_root[@]}"}" mv "$cluster_settings.before-fecpipe" "$cluster_settings"
    [ "$status" = 0 ] || exit 69
    ;;
*)
    # The lists of packages may be old or missing; only then are they fetched.
    # shellcheck disable=SC2086 # a list
    install_packages $missing || {
        "${as_root[@]+"${as_root[@]}"}" apt-get update -q && install_packages $missing
    } || exit 69
    ;;
esac
