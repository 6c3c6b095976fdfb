#!/usr/bin/env bash
# deps.sh - installs what fecpipe needs and this machine lacks, on Debian and Ubuntu; elsewhere it
# says what that is. `deps.sh build run check coverage fuzz bench`: any of the purposes, see the
# table. What is for the purpose `faster` is of use and not needed: without it a message says so.
# `deps.sh --check build` installs nothing: it fails with a message if something is missing.

set -u -o pipefail

# purpose, how to tell that it is there (command, file, header, fuzzer, server), Debian's package
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
faster header isa-l.h libisal-dev
run command psql postgresql-client
run server initdb postgresql
run command awk mawk
run command ps procps
run command flock util-linux
run file /etc/ssl/certs/ca-certificates.crt ca-certificates
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
check command pgbouncer pgbouncer
check command chromium chromium
check command zsh zsh
coverage command gcovr gcovr
fuzz command clang clang
fuzz fuzzer clang libclang-rt-dev
fuzz command objcopy binutils
fuzz command awk mawk
fuzz header archive.h libarchive-dev
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
    file) [ -s "$2" ] ;;
    header)
        # shellcheck disable=SC2086 # lists of words
        printf '#include <stdio.h>\n#include <%s>\n' "$2" |
            $compiler ${CPPFLAGS-} -E -x c - >/dev/null 2>&1
        ;;
    fuzzer)
        printf 'int LLVMFuzzerTestOneInput(const char *, long); %s\n' \
            'int LLVMFuzzerTestOneInput(const char *a, long b) { return !a && b; }' |
            "$2" -fsanitize=fuzzer -x c - -o /dev/null >/dev/null 2>&1
        ;;
    server)
        local file
        for file in "$("$pg_config" --bindir 2>/dev/null)/$2" /usr/lib/postgresql/*/bin/"$2" \
            /usr/pgsql-*/bin/"$2" "$(command -v "$2" 2>/dev/null)"; do
            [ -x "$file" ] && return 0
        done
        return 1
        ;;
    esac
}

check=
[ "${1-}" = --check ] && check=1 && shift
compiler=${CC:-cc}
pg_config=${PG_CONFIG:-pg_config}
missing=
faster=
while read -r purpose kind name package; do
    case " $* " in *" $purpose "*) ;; *) continue ;; esac
    case " $missing " in *" $package "*) continue ;; esac
    case $name in
    cc) name=${compiler%% *} ;;
    pg_config) name=$pg_config ;;
    esac
    is_there "$kind" "$name" && continue
    case $purpose in
    faster) faster="$faster $package" ;;
    *) missing="$missing $package" ;;
    esac
done <<<"$(sed '/^$/d' <<<"$needs")"
[ -n "$missing$faster" ] || exit 0

if [ -n "$check" ]; then
    echo "deps.sh: missing:$missing" >&2
    echo "deps.sh: 'make deps' installs what fecpipe needs" >&2
    exit 69
fi
# Without what only makes it faster nothing fails.
can_install() {
    command -v apt-get >/dev/null 2>&1 && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
}
if [ -z "$missing" ] && ! can_install; then
    echo "deps.sh: not here, and not needed; it would make fecpipe faster:$faster" >&2
    exit 0
fi
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
echo "deps.sh: installing$missing$faster"
log=$(mktemp) || exit 73
trap 'rm -f "$log"' EXIT

# Runs a command as root. What it prints goes to the log, which is only shown if things go wrong.
quietly() {
    "${as_root[@]+"${as_root[@]}"}" "$@" >>"$log" 2>&1
}

install_packages() {
    quietly env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "$@"
}

# Ends the script with the reason: one sentence if it is the network, the end of the log otherwise.
give_up() {
    local unreachable='could not resolve|temporary failure|unable to connect|could not connect'
    if grep -qiE "$unreachable|network is unreachable|failed to fetch" "$log"; then
        echo "deps.sh: the servers of the packages cannot be reached; is there a network?" >&2
    else
        tail -n 20 "$log" >&2
        echo "deps.sh: apt-get could not install$missing" >&2
    fi
    exit 69
}

# Debian's PostgreSQL makes and starts a cluster of its own when it is installed. fecpipe does not
# use it, so this is switched off during the installation.
cluster_settings=/etc/postgresql-common/createcluster.conf
case " $missing " in
'  ') ;; # only what makes it faster
*' postgresql '*)
    quietly apt-get update -q
    install_packages postgresql-common || give_up
    quietly sed -i.before-fecpipe -e "\$ a create_main_cluster = false" "$cluster_settings"
    # shellcheck disable=SC2086 # a list
    install_packages $missing
    status=$?
    quietly mv "$cluster_settings.before-fecpipe" "$cluster_settings"
    [ "$status" = 0 ] || give_up
    ;;
*)
    # The lists of packages may be old or missing; only then are they fetched.
    # shellcheck disable=SC2086 # a list
    install_packages $missing || { quietly apt-get update -q && install_packages $missing; } ||
        give_up
    ;;
esac
if [ -n "$faster" ]; then
    # shellcheck disable=SC2086 # a list
    install_packages $faster || { quietly apt-get update -q && install_packages $faster; } ||
        echo "deps.sh: not installed, and not needed; it would make fecpipe faster:$faster" >&2
fi
exit 0
