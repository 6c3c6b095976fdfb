# shellcheck shell=bash
# metrics.sh - metrics for a monitor, after a run. Sourced by pipeline.sh.

declare -A run

# The metrics from the database. Not 0, with the reason in run[reason], if it can't be asked.
metrics_from_database() {
    # Without open_database psql would ask whatever PostgreSQL it finds on this machine.
    run[reason]='no database was opened'
    [ -n "${run[database]}" ] || return 1
    PGAPPNAME='fecpipe metrics' PGCONNECT_TIMEOUT=10 show_step status/metrics.sql \
        "version=$FECPIPE_VERSION"
}

# The metrics when the database can't be asked: those of the last file, except that the database
# does not answer and that the runs just made have failed.
metrics_without_database() {
    local file=$1 cycle cycles
    read -r -a cycles <<<"${run[cycles]}"
    printf '%s\n' "# HELP fecpipe_database_up Whether the database could be asked; if not, $(
    )values may be old." '# TYPE fecpipe_database_up gauge' 'fecpipe_database_up 0'
    printf '%s\n' '# HELP fecpipe_last_run_success Whether the last run went well.' \
        '# TYPE fecpipe_last_run_success gauge'
    for cycle in "${cycles[@]+"${cycles[@]}"}"; do
        printf 'fecpipe_last_run_success{kind="%s",cycle="%s"} 0\n' "${run[kind]:-monthly}" "$cycle"
    done
    [ -f "$file" ] || return 0
    # The other runs' success comes below the same heading, then everything else.
    awk -v kind="${run[kind]:-monthly}" -v cycles=" ${run[cycles]} " '
        /^fecpipe_last_run_success/ {
            cycle = $0
            sub(/.*cycle="/, "", cycle)
            sub(/".*/, "", cycle)
            if (!index($0, "kind=\"" kind "\"") || !index(cycles, " " cycle " ")) print
        }' "$file"
    grep -v -E '^(# (HELP|TYPE) )?fecpipe_(database_up|last_run_success)([ {]|$)' "$file"
    return 0
}

# write_metrics FILE: after a run, well or not. The file is replaced in one step, so nobody reads
# half of it, and all may read it. An error here is only a complaint.
write_metrics() {
    local file=$1 new
    [ ! -L "$file" ] || file=$(readlink -f "$file")
    new=$file.$$
    if { [ ! -e "$file" ] || [ -f "$file" ]; } && (: >"$new") 2>/dev/null; then
        # In a subshell, because nothing in it may end the driver.
        (metrics_from_database >"$new" ||
            {
                log "metrics: the database cannot be asked: ${run[reason]}"
                metrics_without_database "$file" >"$new"
            }) 2>/dev/null && [ -s "$new" ] && chmod 644 "$new" && mv -f "$new" "$file" &&
            return 0
        rm -f "$new"
    fi
    complain_in_passing "the metrics cannot be written to $1"
}
