# shellcheck shell=bash
# fresh.sh - fresh Debian systems, each in a folder, for fresh-check.sh and package-check.sh, which
# source it.
#
# What is hard about it: mounts and processes must go away whatever ends the script, and nothing may
# be removed through a mount. So the work is done in namespaces of its own for mounts and processes,
# which end with their first process; the folders are removed from outside, where no mount is seen.
# What a script that was killed has left, the next one removes.

# What debootstrap made, and the packages that were downloaded, are kept here and used again.
FRESH_DIR=${FEC_FRESH_DIR:-/var/cache/fecpipe-fresh}
# After this number of days a base is made again.
FRESH_DAYS=14
fresh_name=${0##*/}

fresh_fail() {
    echo "$fresh_name: $2" >&2
    exit "$1"
}

# Ends unless everything is there that this needs.
fresh_need() {
    local program missing=''
    [ "$EUID" = 0 ] || fresh_fail 77 "must be run as root: it makes folders with systems in them"
    for program in debootstrap unshare setpriv flock chroot tar; do
        command -v "$program" >/dev/null 2>&1 || missing="$missing $program"
    done
    [ -z "$missing" ] ||
        fresh_fail 69 "not here:$missing; on Debian install debootstrap and util-linux"
}

# fresh_start SCRIPT ARGUMENT ...: runs the script again in namespaces of its own, with FRESH_WORK
# set to an empty folder, and ends with its status. In the namespaces it returns at once.
fresh_start() {
    local child='' status
    [ -z "${FRESH_WORK:-}" ] || return 0
    mkdir -p "$FRESH_DIR" && [ -O "$FRESH_DIR" ] || fresh_fail 73 "cannot make $FRESH_DIR"
    exec 8>"$FRESH_DIR/lock"
    flock -n 8 || {
        echo "$fresh_name: another one is at work in $FRESH_DIR; waiting" >&2
        flock 8
    }
    # Whatever is there now belongs to nobody.
    rm -rf --one-file-system "$FRESH_DIR"/in-use-*
    FRESH_WORK=$(mktemp -d "$FRESH_DIR/in-use-XXXXXX") || exit 73
    export FRESH_WORK
    trap 'rm -rf --one-file-system "$FRESH_WORK"' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    # With job control the child does not ignore SIGINT, and with it all that it starts.
    set -m
    trap 'kill -KILL "$child" 2>/dev/null; wait "$child" 2>/dev/null
        rm -rf --one-file-system "$FRESH_WORK"' EXIT
    setpriv --pdeathsig KILL unshare --mount --propagation private --pid --fork --kill-child \
        "$@" </dev/null &
    child=$!
    wait "$child"
    status=$?
    exit "$status"
}

# The address of the packages: what apt uses here for Debian (or with Debian-Security for that).
fresh_mirror() {
    local mirror
    # shellcheck disable=SC2016 # apt-get expands it
    mirror=$(apt-get indextargets 'Created-By: Packages' 'Origin: Debian' "Label: $1" \
        --format '$(REPO_URI)' 2>/dev/null | head -n 1)
    printf '%s\n' "${mirror%/}"
}

# fresh_base SUITE: makes the file FRESH_DIR/SUITE.tar, unless there is one that is not too old.
fresh_base() {
    local suite=$1 base=$FRESH_DIR/$1.tar mirror
    [ -z "$(find "$base" -mtime "-$FRESH_DAYS" 2>/dev/null)" ] || return 0
    echo "$fresh_name: making a fresh $suite with debootstrap" >&2
    mirror=$(fresh_mirror Debian)
    debootstrap --variant=minbase "$suite" "$FRESH_WORK/base" \
        "${mirror:-http://deb.debian.org/debian}" >"$FRESH_WORK/log" 2>&1 || {
        tail -n 5 "$FRESH_WORK/log" >&2
        fresh_fail 69 "debootstrap could not make $suite"
    }
    rm -f "$FRESH_WORK/base/var/cache/apt/archives/"*.deb
    tar --numeric-owner -C "$FRESH_WORK/base" -cf "$base.new" . && mv "$base.new" "$base" ||
        fresh_fail 74 "cannot write $base"
    rm -rf "$FRESH_WORK/base"
}

# The settings of apt in a folder: the suites, the way to the servers that this machine has, and
# that nothing is started when it is installed.
fresh_settings() {
    local suite=$1 folder=$2 mirror security
    mirror=$(fresh_mirror Debian) security=$(fresh_mirror Debian-Security)
    {
        echo "deb ${mirror:-http://deb.debian.org/debian} $suite main"
        [ -z "$security" ] || [ "$suite" = sid ] || echo "deb $security $suite-security main"
    } >"$folder/etc/apt/sources.list"
    apt-config dump 2>/dev/null | grep -E '^Acquire::(https?|Check|Retries|Force)' \
        >"$folder/etc/apt/apt.conf.d/01fresh"
    # Nobody needs it after a power cut.
    echo force-unsafe-io >"$folder/etc/dpkg/dpkg.cfg.d/01fresh"
    printf '#!/bin/sh\nexit 101\n' >"$folder/usr/sbin/policy-rc.d"
    chmod 755 "$folder/usr/sbin/policy-rc.d"
    cp /etc/resolv.conf "$folder/etc/resolv.conf"
    echo '127.0.0.1 localhost' >"$folder/etc/hosts"
}

# fresh_folder SUITE NAME: makes a fresh system in FRESH_WORK/NAME, in which PACKAGES, the other
# arguments, are installed.
fresh_folder() {
    local suite=$1 folder=$FRESH_WORK/$2
    shift 2
    fresh_base "$suite"
    echo "$fresh_name: preparing a fresh $suite" >&2
    mkdir "$folder" && tar --numeric-owner -C "$folder" -xf "$FRESH_DIR/$suite.tar" ||
        fresh_fail 74 "cannot unpack $suite"
    fresh_settings "$suite" "$folder"
    mkdir -p "$FRESH_DIR/$suite.packages"
    mount -t proc proc "$folder/proc" &&
        mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$folder/dev/pts" &&
        mount -t tmpfs -o mode=1777 shm "$folder/dev/shm" &&
        mount --bind "$FRESH_DIR/$suite.packages" "$folder/var/cache/apt/archives" ||
        fresh_fail 70 "cannot mount in $folder"
    fresh_quietly "$folder" apt-get update -q
    fresh_quietly "$folder" apt-get upgrade -y -q
    [ $# = 0 ] || fresh_quietly "$folder" apt-get install -y -q --no-install-recommends "$@"
}

# fresh_run FOLDER USER COMMAND ...: runs it there, in the home of the user, with a plain
# environment.
fresh_run() {
    local folder=$1 user=$2 home
    shift 2
    home=$(awk -F: -v user="$user" '$1 == user { print $6 }' "$folder/etc/passwd")
    # shellcheck disable=SC2016 # the inner shell expands it
    chroot "$folder" runuser -u "$user" -- env -i "HOME=$home" "USER=$user" "LOGNAME=$user" \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
        sh -c 'cd && exec "$@"' -- "$@"
}

# The same as root; what it prints is only shown if it fails, and then the script ends.
fresh_quietly() {
    local folder=$1 log=$FRESH_WORK/log
    shift
    fresh_run "$folder" root env DEBIAN_FRONTEND=noninteractive "$@" >"$log" 2>&1 || {
        tail -n 30 "$log" >&2
        fresh_fail 70 "failed in ${folder##*/}: $*"
    }
}

# fresh_user FOLDER NAME: an ordinary user, who may use sudo if that is there.
fresh_user() {
    fresh_quietly "$1" useradd --create-home --shell /bin/bash "$2"
    [ ! -d "$1/etc/sudoers.d" ] || {
        echo "$2 ALL=(ALL) NOPASSWD: ALL" >"$1/etc/sudoers.d/$2"
        chmod 440 "$1/etc/sudoers.d/$2"
    }
}

# fresh_copy TREE FOLDER USER: the source tree, without what was built, into the user's home there.
fresh_copy() {
    mkdir "$2/home/$3/fecpipe"
    tar -C "$1" --exclude=./build --exclude=./bin --exclude=./.git --exclude=./pipeline.conf \
        -cf - . |
        tar -C "$2/home/$3/fecpipe" --no-same-owner -xf - || fresh_fail 74 "cannot copy the tree"
    fresh_quietly "$2" chown -R "$3:" "/home/$3/fecpipe"
}

# fresh_sample TREE FOLDER: two months of made-up bulk files of the current cycle, in srv/fec there.
fresh_sample() {
    local year
    [ -x "$1/bin/fec-sample" ] || fresh_fail 69 "bin/fec-sample is missing: say 'make'"
    year=$(TZ=America/New_York date +%Y)
    "$1/bin/fec-sample" --out "$2/srv/fec" --cycle $((year + year % 2)) --rows 2000 --months 2 &&
        chmod -R a+rX "$2/srv/fec" || fresh_fail 70 "cannot make up the bulk files"
}

# fresh_each FUNCTION SUITE ...: calls it with each suite, in a shell of its own, and ends with 1 if
# it fails for one of them.
fresh_each() {
    local suite bad='' function=$1
    shift
    for suite; do
        ("$function" "$suite") || bad="$bad $suite"
    done
    [ -z "$bad" ] || fresh_fail 1 "failed on:$bad"
    echo "$fresh_name: all is well on: $*"
}
