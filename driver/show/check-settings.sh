# shellcheck shell=bash
# check-settings.sh - the command check: the configuration, the API's key, who is told of failures,
# the schedule, and with --online the FEC's servers. Sourced by check.sh.

# Variables that are read and are not settings.
ENVIRONMENT_NAMES='FEC_CONF FEC_BIN FEC_ON_FAILURE_SECONDS FEC_RETRY_DELAY_MS FEC_API_HOUR_SECONDS
    FEC_LOCK_SECONDS FEC_HEARTBEAT_SECONDS FEC_PATIENCE_SECONDS FEC_MEMORY_MB
    FEC_NO_SIMD FEC_REAL_DATA FEC_TEST_PG_BIN'
ENVIRONMENT_NAMES=${ENVIRONMENT_NAMES//$'\n'/ }

declare -A checked types schedule crontab

# Reads all settings as a run does, but goes on after what is wrong; sets checked[conf] to the file.
read_config_for_check() {
    config_faults=([collect]=yes [count]=0)
    if ! checked[conf]=$(config_file 2>&1); then
        config_fault "${checked[conf]#pipeline.sh: }"
        checked[conf]=
    fi
    [ -z "${checked[conf]}" ] || read_config_file "${checked[conf]}"
    settle_home || export FEC_HOME=
    settle_settings
}

# others_may FILE: what others than the owner may do with it: r, w, both or nothing.
others_may() {
    local mode may=''
    # shellcheck disable=SC2012 # stat's options differ from system to system
    mode=$(ls -ldL "$1" 2>/dev/null)
    case ${mode:4:6} in *r*) may=r ;; esac
    case ${mode:4:6} in *w*) may=${may}w ;; esac
    echo "$may"
}

# A file with secrets: only its owner may read or change it.
check_secret_file() {
    case $(others_may "$2") in
    *w*) bad "$EX_CONFIG" "$1" "others can write to $2" "chmod 600 $2" ;;
    r) warn "$1" "others can read $2, which has $3" "chmod 600 $2" ;;
    esac
}

# Names in the environment that look like settings.
check_environment() {
    local name
    for name in $(compgen -e | grep '^FEC_'); do
        is_setting "$name" || [[ " $ENVIRONMENT_NAMES " == *" $name "* ]] ||
            warn configuration "the environment: $(not_a_setting "$name")" "unset it, or correct it"
    done
}

# The datasets that FEC_DATASETS names.
check_datasets() {
    local one nearest words
    read_types || return 0
    [ "$FEC_DATASETS" != all ] || return 0
    split_list "$FEC_DATASETS"
    for one in "${words[@]+"${words[@]}"}"; do
        case " ${types[bulk]} " in *" $one "*) continue ;; esac
        # shellcheck disable=SC2086 # a list
        nearest=$(nearest_word "$one" ${types[bulk]})
        bad "$EX_CONFIG" configuration \
            "${setting_place[FEC_DATASETS]:-the environment}: FEC_DATASETS: there is no dataset $(
            )'$one'${nearest:+; did you mean $nearest?}" "there are $(all_datasets), or all"
    done
}

check_configuration() {
    local i
    read_watch_list
    for ((i = 1; i <= config_faults[count]; i++)); do
        bad "$EX_CONFIG" configuration "${config_faults[$i]}" \
            "correct it; pipeline.conf.example has all names with their forms"
    done
    check_environment
    check_datasets
    if [ -n "${DATABASE_URL:-}" ] && [ -n "${PGHOST:-}${PGDATABASE:-}${PGSERVICE:-}" ]; then
        warn configuration "DATABASE_URL and libpq's variables both name a database" \
            "unset one of them: DATABASE_URL counts"
    fi
    if [ -z "${checked[conf]}" ]; then
        good configuration "no pipeline.conf; the defaults and the environment hold"
        return
    fi
    if grep -Eq '^[[:space:]]*(export[[:space:]]+)?(FEC_API_KEY|PGPASSWORD)=.|://[^@/]*:[^@/]*@' \
        "${checked[conf]}"; then
        check_secret_file configuration "${checked[conf]}" 'a key or a password'
    fi
    good configuration "${checked[conf]}"
}

# --- the key

check_key() {
    local key
    if [ -n "${FEC_API_KEY:-}" ]; then
        good 'API key' "FEC_API_KEY, from ${setting_place[FEC_API_KEY]:-the environment}"
        key=$FEC_API_KEY
    elif [ -z "${FEC_API_KEY_FILE:-}" ]; then
        warn 'API key' "no key of the FEC's API, so there are no daily runs" \
            "get one from https://api.open.fec.gov/developers/ and set FEC_API_KEY_FILE"
        return
    elif [ ! -r "$FEC_API_KEY_FILE" ] || [ -d "$FEC_API_KEY_FILE" ]; then
        bad "$EX_CONFIG" 'API key' "$(id -un) cannot read $FEC_API_KEY_FILE" \
            "${setting_place[FEC_API_KEY_FILE]:-the environment} names it: write the key into it"
        return
    else
        check_secret_file 'API key' "$FEC_API_KEY_FILE" 'the key'
        [ -f "$FEC_API_KEY_FILE" ] || return 0
        IFS= read -r key <"$FEC_API_KEY_FILE"
        good 'API key' "$FEC_API_KEY_FILE"
    fi
    key=${key#"${key%%[![:space:]]*}"}
    key=${key%"${key##*[![:space:]]}"}
    case $key in
    '') bad "$EX_CONFIG" 'API key' "the key is empty" "write the key into the file's first line" ;;
    *[![:graph:]]*)
        bad "$EX_CONFIG" 'API key' "this is not a key: it has blanks or odd characters" \
            "the file has the key and nothing else"
        ;;
    DEMO_KEY)
        warn 'API key' "DEMO_KEY allows few calls, too few for daily runs" \
            "get a key from https://api.open.fec.gov/developers/"
        ;;
    esac
}

# --- who is told

check_telling() {
    local folder word
    if [ -n "${FEC_METRICS_FILE:-}" ]; then
        folder=$(dirname "$FEC_METRICS_FILE")
        if [ ! -d "$folder" ] || [ ! -w "$folder" ]; then
            warn metrics "FEC_METRICS_FILE: $(id -un) cannot write to $folder" \
                "make the folder, or give $(id -un) the right to write there"
        else
            good metrics "$FEC_METRICS_FILE"
        fi
    fi
    [ -n "${FEC_ON_FAILURE:-}" ] || return 0
    read -r word _ <<<"$FEC_ON_FAILURE"
    case $word in *[!A-Za-z0-9_./+-]*) return 0 ;; esac
    command -v "$word" >/dev/null 2>&1 ||
        warn failures "FEC_ON_FAILURE: there is no command '$word'" \
            "install it, or nobody is told of a failure"
}

# --- the schedule

# What stands in the way of the installed schedule.
check_scheduled() {
    local kind next start=${schedule[home]}/schedule/start driver
    if [ ! -f "$start" ]; then
        bad "$EX_CONFIG" schedule "$start is missing, so nothing will run" \
            "pipeline.sh schedule install"
        return
    fi
    driver=$(sed -n "s/^exec '\(.*\)' \"\\\$@\"\$/\1/p" "$start")
    [ -z "$driver" ] || [ -x "$driver" ] ||
        bad "$EX_CONFIG" schedule "the schedule starts $driver, which is not there" \
            "pipeline.sh schedule install, from the place where pipeline.sh is now"
    if [ "${schedule[way]}" = systemd ]; then
        for kind in daily monthly; do
            manager is-active "$(unit_name "$kind").timer" >/dev/null 2>&1 ||
                bad "$EX_CONFIG" schedule "the timer $(unit_name "$kind").timer does not run" \
                    "pipeline.sh schedule install"
        done
        check_linger
    else
        systemd_works || check_cron_runs
    fi
    check_settings
    for kind in daily monthly; do
        next=$(schedule_next "$kind")
        good schedule "$kind by ${schedule[way]}, next at ${next#*$'\t'}"
    done
}

check_schedule() {
    begin_schedule
    if read_installed systemd || read_installed cron; then
        check_scheduled
    elif [ -n "${crontab[error]}" ]; then
        warn schedule "${crontab[error]}" "see that crontab -l works for $(id -un)"
    else
        good schedule "no schedule is installed" \
            "pipeline.sh schedule install, when a first run has gone well"
    fi
}

# --- the FEC's servers

# check_server AREA COMMAND ...: whether fec-fetch gets a response.
check_server() {
    local area=$1 said status
    shift
    said=$("$FECPIPE_BIN/fec-fetch" --retries 0 "$@" 2>&1 >/dev/null)
    status=$?
    said=${said##*$'\n'}
    if [ "$status" = 0 ]; then
        good "$area" "the FEC's server responds"
    else
        bad "$status" "$area" "${said#fec-fetch: }" \
            "see that network, proxy (https_proxy) and certificates are right"
    fi
}

check_online() {
    local cycle
    cycle=$(current_cycle)
    check_server 'bulk files' --info bulk cm "$cycle"
    if [ -n "${FEC_API_KEY:-}${FEC_API_KEY_FILE:-}" ]; then
        check_server API --pages 1 api committees --cycle "$cycle"
    fi
}
