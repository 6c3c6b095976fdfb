# shellcheck shell=bash
# locks.sh - locks that are files of FEC_HOME. Sourced by pipeline.sh.
#
# A lock is held by having the file open, not by what is written in it: no number of a process is
# believed. In another container with the same FEC_HOME the numbers mean nothing, and after a crash
# they belong to somebody else. The system releases the lock when the last process that has the open
# file has ended, however it ended. Children inherit it, so a run's folder stays locked while one of
# its filters still works, and a server keeps the lock that it was started with for as long as it
# lives.

declare -A run

# The descriptor of the file that was opened last.
lock_fd=

# open_lock FILE: opens the file, which is made if need be, and sets lock_fd; or ends.
open_lock() {
    local file=$1 home
    command -v flock >/dev/null 2>&1 ||
        fail "$EX_UNAVAILABLE" "flock is missing; it is one of util-linux's programs"
    if [ ! -e "$file" ]; then
        # Exclusively: not through a link of the home's owner. Another process may be first.
        make_new_file "$file" || [ -e "$file" ] ||
            fail "$EX_CANTCREAT" "cannot write $file"
        # Root may work in the home of another user, who must be able to open it later.
        if [ "$EUID" = 0 ] && [ ! -O "$FEC_HOME/" ]; then
            # shellcheck disable=SC2012 # only GNU's find could tell it
            home=$(ls -nd "$FEC_HOME/" | awk '{ print $3 ":" $4 }')
            chown -h "$home" "$file" 2>/dev/null
        fi
    fi
    # Over NFS a lock needs a file that is open for writing.
    if [ -w "$file" ]; then
        exec {lock_fd}<>"$file"
    else
        { exec {lock_fd}<"$file"; } 2>/dev/null || fail "$EX_CANTCREAT" "cannot open $file"
    fi
}

# try_lock [-s] FD: true if it has the lock, false if somebody else has it. Ends where the file
# system has no locks.
try_lock() {
    flock -n "$@" 2>/dev/null && return 0
    [ $? = 1 ] || fail "$EX_UNAVAILABLE" "the file system of $FEC_HOME has no locks (flock)"
    return 1
}

# True if some process holds the lock FILE.
lock_is_held() {
    local held=1
    [ -e "$1" ] || return 1
    open_lock "$1"
    try_lock -s "$lock_fd" || held=0
    exec {lock_fd}>&-
    return "$held"
}

# with_lock FILE WHAT COMMAND ...: runs a command holding the lock FILE; waits for whoever has it,
# saying WHAT that one may be doing. Returns the command's status.
with_lock() {
    local file=$1 what=$2 fd status tries=0
    shift 2
    open_lock "$file"
    fd=$lock_fd
    until try_lock "$fd"; do
        tries=$((tries + 1))
        [ "$tries" != 30 ] || complain "waiting for another process that is $what"
        [ "$tries" -lt 3600 ] ||
            fail "$EX_TEMPFAIL" "another process has been $what for six minutes; it holds $file"
        sleep 0.1
    done
    "$@"
    status=$?
    exec {fd}>&-
    return "$status"
}

# --- folders of runs

# Removes the folders of runs that are over, killed ones. Part of make_folder.
remove_dead_folders() {
    local folder
    for folder in "$FEC_HOME"/run/*.*; do
        [ -d "$folder" ] || continue
        if [ -e "$folder/lock" ]; then
            ! lock_is_held "$folder/lock" || continue
        else
            # Of a fecpipe before 0.3, which named it by its process.
            ! kill -0 "${folder##*.}" 2>/dev/null || continue
        fi
        rm -rf "$folder"
    done
}

# Part of make_folder.
make_locked_folder() {
    remove_dead_folders
    run[folder]=$(mktemp -d "$FEC_HOME/run/$1.XXXXXX") ||
        fail "$EX_CANTCREAT" "cannot make a folder in $FEC_HOME/run"
    open_lock "${run[folder]}/lock"
    run[folder_lock]=$lock_fd
    # (`check` may be looking at it just now.)
    flock "${run[folder_lock]}" || fail "$EX_CANTCREAT" "cannot lock ${run[folder]}/lock"
}

# make_folder NAME: sets run[folder] to a new folder for work files, which nobody removes while this
# process or one of its children lives.
make_folder() {
    with_lock "$FEC_HOME/run/.lock" "looking at $FEC_HOME/run" make_locked_folder "$1"
}

remove_folder() {
    local fd=${run[folder_lock]:-}
    [ -n "${run[folder]}" ] || return 0
    # In this order, because over NFS a file that is open stays in its folder.
    [ -z "$fd" ] || exec {fd}>&-
    rm -rf "${run[folder]}"
    run[folder]='' run[folder_lock]=
    # The filters of a run that was killed may have ended only now.
    (with_lock "$FEC_HOME/run/.lock" "looking at $FEC_HOME/run" remove_dead_folders) 2>/dev/null
}
