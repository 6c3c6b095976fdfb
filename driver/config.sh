# shellcheck shell=bash
# config.sh - settings: options come first, then the environment, then pipeline.conf. Sourced by
# pipeline.sh.

# What pipeline.conf may set, beside the variables of libpq (PG...).
config_names='FEC_HOME FEC_BULK_URL FEC_API_URL FEC_API_KEY FEC_API_KEY_FILE FEC_API_CALLS_PER_HOUR
    FEC_API_BATCH FEC_LOOKBACK_DAYS FEC_CYCLES FEC_DATASETS FEC_MAX_REJECTS FEC_LOG_KEEP FEC_RETRIES
    FEC_STALL_SECONDS FEC_DAILY_AT FEC_MONTHLY_AT FEC_MONTHLY_DAY FEC_METRICS_FILE FEC_ON_FAILURE
    DATABASE_URL'

# The file with the settings, the first one of these that is there; nothing if there is none.
config_file() {
    local file user=${XDG_CONFIG_HOME:-${HOME:-/}/.config}
    if [ -n "${FEC_CONF:-}" ]; then
        [ -r "$FEC_CONF" ] || fail "$EX_CONFIG" "FEC_CONF: cannot read $FEC_CONF"
        echo "$FEC_CONF"
        return
    fi
    for file in "$here/pipeline.conf" "$user/fecpipe/pipeline.conf" \
        /etc/fecpipe/pipeline.conf; do
        if [ -r "$file" ]; then
            echo "$file"
            return
        fi
    done
}

# Reads NAME=value lines; '#' starts a comment line. Nothing is executed, and what the environment
# has stays.
read_config_file() {
    local file=$1 line name number=0
    while IFS= read -r line || [ -n "$line" ]; do
        number=$((number + 1))
        line=${line#"${line%%[![:space:]]*}"}
        line=${line%"${line##*[![:space:]]}"}
        case $line in '' | '#'*) continue ;; esac
        name=${line%%=*}
        [[ $name =~ ^[A-Z_][A-Z0-9_]*$ ]] ||
            fail "$EX_CONFIG" "$file: line $number: '$name' is no setting"
        case " ${config_names//[[:space:]]/ } " in
        *" $name "*) ;;
        *)
            case $name in
            PG[A-Z]*) ;;
            *) fail "$EX_CONFIG" "$file: line $number: '$name' is no setting" ;;
            esac
            ;;
        esac
        [ "$name" != "$line" ] || fail "$EX_CONFIG" "$file: line $number: not NAME=value"
        if [ -z "${!name+set}" ]; then
            line=${line#*=}
            case $line in
            \"*\" | \'*\') line=${line:1:${#line}-2} ;;
            esac
            export "$name=$line"
        fi
    done <"$file"
}

# The cycle that is running: the even year that ends it.
current_cycle() {
    local year
    year=$(date +%Y)
    echo $((year + year % 2))
}

read_config() {
    local file
    file=$(config_file) || exit $?
    if [ -n "$file" ]; then
        read_config_file "$file"
    fi
    if [ -z "${FEC_HOME:-}" ]; then
        [ -n "${HOME:-}" ] || HOME=$(cd ~ 2>/dev/null && pwd) || HOME=
        [ -n "$HOME" ] || fail "$EX_CONFIG" "neither FEC_HOME nor HOME is set"
        FEC_HOME=${XDG_DATA_HOME:-$HOME/.local/share}/fecpipe
    fi
    case $FEC_HOME in
    /*) ;;
    *) FEC_HOME=$PWD/$FEC_HOME ;;
    esac
    export FEC_HOME
    : "${FEC_CYCLES:=$(current_cycle)}" "${FEC_DATASETS:=cm,cn,indiv}" "${FEC_MAX_REJECTS:=0.1%}"
    : "${FEC_LOG_KEEP:=60}" "${FEC_RETRIES:=5}" "${FEC_LOOKBACK_DAYS:=7}" "${FEC_API_BATCH:=50}"
    : "${FEC_DAILY_AT:=01:00}" "${FEC_MONTHLY_AT:=02:00}" "${FEC_MONTHLY_DAY:=1}"
    local name
    for name in FEC_LOG_KEEP FEC_RETRIES FEC_LOOKBACK_DAYS FEC_API_BATCH; do
        case ${!name} in
        *[!0-9]*) fail "$EX_CONFIG" "$name takes a whole number, not '${!name}'" ;;
        esac
    done
    case $FEC_MAX_REJECTS in
    *[!0-9.%]* | *%?* | %*)
        fail "$EX_CONFIG" "FEC_MAX_REJECTS takes a number or a percentage, not '$FEC_MAX_REJECTS'"
        ;;
    esac
}

make_home() {
    mkdir -p "$FEC_HOME" "$FEC_HOME/logs" "$FEC_HOME/run" ||
        fail "$EX_CANTCREAT" "cannot make FEC_HOME, $FEC_HOME"
}
