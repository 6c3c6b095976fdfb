# shellcheck shell=bash
# config.sh - the settings: an option wins over the environment, the environment over pipeline.conf,
# pipeline.conf over the default. Sourced by pipeline.sh.
#
# pipeline.conf looks like shell and is not run: nothing in it is executed. What a shell would read
# in another way (a comment after a value) is refused with the number of its line. The first thing
# that is wrong ends the driver, except for the command check, which wants to know all of them.

# Every setting: its name, the kind of its value (see check_value), and its default. FEC_HOME and
# FEC_CYCLES have defaults that must be worked out. A setting without a default is left alone; where
# its kind is text, whoever uses it checks it.
setting_table='
    FEC_HOME                text
    FEC_BULK_URL            text
    FEC_API_URL             text
    FEC_API_KEY             text
    FEC_API_KEY_FILE        text
    FEC_API_CALLS_PER_HOUR  number:0-1000000
    FEC_API_BATCH           number:1-1000000000  50
    FEC_LOOKBACK_DAYS       number:0-9999        7
    FEC_CYCLES              cycles
    FEC_JOBS                number:1-64          1
    FEC_DATASETS            text                 cm,cn,indiv
    FEC_INDEXES             indexes              committee,name,zip,state,date,amount
    FEC_INDIVIDUALS_ONLY    no|yes               no
    FEC_UNCODED             count|keep           count
    FEC_MAX_REJECTS         share                0.1%
    FEC_MIN_REJECTS         number:0-999999999   10
    FEC_MAX_WITHDRAWN       percentage           5%
    FEC_MIN_WITHDRAWN       number:0-999999999   100
    FEC_GRACE_DAYS          number:0-365         14
    FEC_LOG_KEEP            number:0-1000000     60
    FEC_RETRIES             number:0-1000000     5
    FEC_STALL_SECONDS       number:1-86400
    FEC_DAILY_AT            time                 01:00
    FEC_MONTHLY_AT          time                 02:00
    FEC_MONTHLY_DAY         day                  1
    FEC_METRICS_FILE        text
    FEC_ON_FAILURE          text
    FEC_ON_SUCCESS          text
    FEC_WATCH               text
    DATABASE_URL            text'

# The kind and the default of each setting, and the place where pipeline.conf sets it.
declare -A setting_kind=() setting_default=() setting_place=()

read_setting_table() {
    local name kind default
    while read -r name kind default; do
        [ -n "$name" ] || continue
        setting_kind[$name]=$kind
        setting_default[$name]=$default
    done <<<"$setting_table"
}
read_setting_table

# The variables that libpq reads, and those of psql's colors.
libpq_names='
    PGHOST PGHOSTADDR PGPORT PGDATABASE PGUSER PGPASSWORD PGPASSFILE PGSERVICE PGSERVICEFILE
    PGOPTIONS PGAPPNAME PGCONNECT_TIMEOUT PGCLIENTENCODING PGTARGETSESSIONATTRS PGLOADBALANCEHOSTS
    PGSSLMODE PGREQUIRESSL PGSSLNEGOTIATION PGSSLCOMPRESSION PGSSLCERT PGSSLKEY PGSSLCERTMODE
    PGSSLROOTCERT PGSSLCRL PGSSLCRLDIR PGSSLSNI PGSSLMINPROTOCOLVERSION PGSSLMAXPROTOCOLVERSION
    PGSSLKEYLOGFILE PGREQUIREPEER PGREQUIREAUTH PGCHANNELBINDING PGMINPROTOCOLVERSION
    PGMAXPROTOCOLVERSION PGGSSENCMODE PGGSSLIB PGGSSDELEGATION PGKRBSRVNAME PGREALM PGSYSCONFDIR
    PGLOCALEDIR PGDATESTYLE PGTZ PGGEQO PGCOLOR PGCOLORS'
libpq_names=${libpq_names//$'\n'/ }

# True if pipeline.conf may set it: a setting of ours, or a variable of libpq.
is_setting() {
    [ -n "${setting_kind[$1]:-}" ] || [[ " $libpq_names " == *" $1 "* ]]
}

# not_a_setting NAME: what to say of a name that is not a setting, with the one that may be meant.
not_a_setting() {
    local nearest
    # shellcheck disable=SC2086 # a list
    nearest=$(nearest_word "$1" "${!setting_kind[@]}" $libpq_names)
    printf "'%s' is not a setting%s\n" "$1" "${nearest:+; did you mean $nearest?}"
}

# config_fault MESSAGE: ends the driver. If config_faults[collect] is set, it notes the message
# there instead, numbered from 1, and returns false.
declare -A config_faults=([count]=0)

config_fault() {
    [ -n "${config_faults[collect]:-}" ] || fail "$EX_CONFIG" "$1"
    config_faults[count]=$((config_faults[count] + 1))
    config_faults[${config_faults[count]}]=$1
    return 1
}

# --- values

# A cycle is named by the even year that ends it.
is_cycle() {
    [[ $1 =~ ^(19|20|21)[0-9][02468]$ ]] && [ "$1" -ge 1976 ] && [ "$1" -le 2100 ]
}

# split_list TEXT ...: sets words to the words of lists with commas, blanks or line ends between
# them, each once.
split_list() {
    local all one seen=' '
    words=()
    IFS=$', \t\n' read -r -d '' -a all <<<"$*"
    for one in "${all[@]+"${all[@]}"}"; do
        case $seen in *" $one "*) continue ;; esac
        [ -n "$one" ] || continue
        seen="$seen$one "
        words+=("$one")
    done
}

# expand_cycles TEXT ...: sets words to the cycles that lists name, each once: by their years, as
# ranges such as 1980-2026, or by the word all, which means every cycle up to the present one. Not
# 0 if a word cannot be read, with words set to it, or if there are no words.
expand_cycles() {
    local one first last current seen=' ' cycles=()
    split_list "$@"
    for one in "${words[@]+"${words[@]}"}"; do
        first=${one%%-*} last=${one#*-}
        if [ "$one" = all ]; then
            put_eastern current %Y -1
            first=1980 last=$((current + current % 2))
        fi
        if ! is_cycle "$first" || ! is_cycle "$last" || [ "$first" -gt "$last" ]; then
            words=("$one")
            return 1
        fi
        for ((; first <= last; first += 2)); do
            case $seen in *" $first "*) continue ;; esac
            seen="$seen$first "
            cycles+=("$first")
        done
    done
    words=("${cycles[@]+"${cycles[@]}"}")
    [ ${#words[@]} -gt 0 ]
}

# weekday WORD: the day of the week in three letters (Sun), or nothing. A name may be cut to as few.
weekday() {
    local day word=${1,,}
    for day in sunday monday tuesday wednesday thursday friday saturday; do
        case $day in "$word"*) ;; *) continue ;; esac
        [ ${#word} -ge 3 ] || return 0
        day=${day:0:3}
        echo "${day^}"
        return
    done
}

# The indexes of sql/index/usual.sql.
index_names='committee, name, zip, state, date, amount, none'

# True if TEXT is a list of them, and not an empty one.
are_indexes() {
    local word words
    IFS=$', \t\n' read -r -d '' -a words <<<"$1"
    for word in "${words[@]+"${words[@]}"}"; do
        [[ ", $index_names," == *", $word,"* ]] || return 1
    done
    [ ${#words[@]} -gt 0 ]
}

# True if a value is of its kind.
is_of_kind() {
    local kind=$1 value=$2 range words
    case $kind in
    text) ;;
    number:*)
        range=${kind#number:}
        [[ $value =~ ^[0-9]{1,15}$ ]] && [ $((10#$value)) -ge "${range%-*}" ] &&
            [ $((10#$value)) -le "${range#*-}" ]
        ;;
    percentage) [[ $value =~ ^(100(\.0+)?|[0-9]{1,2}(\.[0-9]+)?)%$ ]] ;;
    share) [[ $value =~ ^[0-9]{1,15}$ ]] || is_of_kind percentage "$value" ;;
    time) [[ $value =~ ^([01][0-9]|2[0-3]):[0-5][0-9]$ ]] ;;
    day) [[ $value =~ ^0?([1-9]|1[0-9]|2[0-8])$ ]] || [ -n "$(weekday "$value")" ] ;;
    cycles) expand_cycles "$value" ;;
    indexes) are_indexes "$value" ;;
    *) case "|$kind|" in *"|$value|"*) [ -n "$value" ] ;; *) false ;; esac ;;
    esac
}

# What values of a kind look like, for messages.
form_of_kind() {
    local range=${1#number:}
    case $1 in
    number:*) echo "a whole number from ${range%-*} to ${range#*-}" ;;
    percentage) echo "a percentage from 0% to 100%, such as 5%" ;;
    share) echo "a number or a percentage, such as 10 or 0.1%" ;;
    time) echo "a time as HH:MM, from 00:00 to 23:59" ;;
    day) echo "a day that every month has, from 1 to 28, or a day of the week such as Sunday" ;;
    cycles) echo "even years from 1976 to 2100 with commas between them, such as 2024,2026, $(
        )ranges such as 1980-2026, or all" ;;
    indexes) echo "a list of $index_names" ;;
    *) echo "${1//|/ or }" ;;
    esac
}

# check_value KIND VALUE NAME STATUS: ends with STATUS if the value of NAME, an option say, is not
# of that kind.
check_value() {
    is_of_kind "$1" "$2" || fail "$4" "$3 takes $(form_of_kind "$1"), not '$2'"
}

# Gives a setting its default if it has no value, and checks it.
settle_setting() {
    local name=$1 kind=${setting_kind[$1]} where
    [ -n "${!name:-}" ] || [ -z "${setting_default[$name]}" ] ||
        printf -v "$name" '%s' "${setting_default[$name]}"
    [ -n "${!name:-}" ] || return 0
    where=${setting_place[$name]:-the environment}
    is_of_kind "$kind" "${!name}" || {
        config_fault "$where: $name takes $(form_of_kind "$kind"), not '${!name}'"
        printf -v "$name" '%s' "${setting_default[$name]}"
        return 0
    }
    # Bash takes a number that begins with 0 for octal.
    case $kind in number:*) printf -v "$name" '%d' $((10#${!name})) ;; esac
}

# --- cycles

# The cycle of the present day, or of a moment in seconds since the epoch.
current_cycle() {
    local year
    put_eastern year %Y "${1:--1}"
    echo $((year + year % 2))
}

# The cycles that still change: the current one and, through the year after its end, the one before.
# (Reports about the end of a year are due on 31 January, and amendments follow.) At the present
# (-1), or at a moment in seconds since the epoch.
moving_cycles() {
    local year
    put_eastern year %Y "$1"
    if [ $((year % 2)) = 1 ]; then
        echo "$((year - 1)),$((year + 1))"
    else
        echo "$year"
    fi
}

# one_cycle TEXT: the cycle that the argument of --cycle names. Ends with EX_USAGE if it is not one.
one_cycle() {
    local cycle
    cycle=$(list_cycles "$1") || exit $?
    case $cycle in *' '*) fail "$EX_USAGE" "--cycle takes one cycle here, not '$1'" ;; esac
    echo "$cycle"
}

# list_cycles TEXT ...: the cycles that the arguments of --cycle name, with blanks between, each
# once, or those of FEC_CYCLES if there are no arguments. Ends with EX_USAGE if one is not a cycle.
list_cycles() {
    local words
    [ $# -gt 0 ] || set -- "$FEC_CYCLES"
    if ! expand_cycles "$@"; then
        [ ${#words[@]} -gt 0 ] || fail "$EX_USAGE" "no cycle is named"
        fail "$EX_USAGE" "'${words[0]}' is not a cycle: a cycle is named by the even year that $(
        )ends it, from 1976 to 2100; 1980-2026 is a range, and all is every cycle since 1980"
    fi
    echo "${words[*]}"
}

# --- pipeline.conf

# The file with the settings, the first one of these that is there; nothing if none is. A file that
# is there and cannot be read is an error: without it a run might fill another database.
config_file() {
    local file folder user=${XDG_CONFIG_HOME:-${HOME:-}/.config}
    if [ -n "${FEC_CONF:-}" ]; then
        [ -r "$FEC_CONF" ] && [ ! -d "$FEC_CONF" ] ||
            fail "$EX_CONFIG" "FEC_CONF: cannot read $FEC_CONF"
        echo "$FEC_CONF"
        return
    fi
    for file in "$FECPIPE_HERE/pipeline.conf" "$user/fecpipe/pipeline.conf" \
        /etc/fecpipe/pipeline.conf; do
        folder=${file%/*}
        if [ -d "$folder" ] && [ ! -x "$folder" ]; then
            fail "$EX_CONFIG" "cannot look for pipeline.conf in $folder: permission denied"
        fi
        [ -e "$file" ] || [ -L "$file" ] || continue
        [ -r "$file" ] && [ ! -d "$file" ] || fail "$EX_CONFIG" "cannot read $file"
        echo "$file"
        return
    done
}

# config_value TEXT PLACE: sets config_text to what the text after the = means. One pair of quotes
# around it goes, ~ at its start is HOME.
config_value() {
    local text=$1 place=$2
    case $text in
    [[:space:]]*) config_fault "$place: the value must follow = without a blank" || return ;;
    \"*\")
        text=${text:1:${#text}-2}
        case $text in *\"*) text=\"$text\" ;; esac
        ;;
    \'*\')
        text=${text:1:${#text}-2}
        case $text in *\'*) text=\'$text\' ;; esac
        ;;
    *[[:space:]]'#'*)
        config_fault "$place: a comment needs a line of its own; if # is part of the $(
        )value, put quotes around the value" || return
        ;;
    \~ | \~/*)
        [ -n "${HOME:-}" ] ||
            config_fault "$place: HOME, which ~ stands for, is not set" || return
        text=$HOME${text#\~}
        ;;
    \~*) config_fault "$place: only ~/ is understood; write the whole path" || return ;;
    esac
    config_text=$text
}

# read_config_line LINE PLACE: NAME=value, a comment or nothing; 'export ' before a name is passed
# over. What the environment has stays.
read_config_line() {
    local line=$1 place=$2 name config_text
    line=${line#"${line%%[![:space:]]*}"}
    line=${line%"${line##*[![:space:]]}"}
    case $line in
    '' | '#'*) return 0 ;;
    export[[:space:]]*)
        line=${line#export}
        line=${line#"${line%%[![:space:]]*}"}
        ;;
    esac
    name=${line%%=*}
    [[ $name =~ ^[A-Z_][A-Z0-9_]*$ ]] && is_setting "$name" ||
        config_fault "$place: $(not_a_setting "$name")" || return
    [ "$name" != "$line" ] || config_fault "$place: the form is NAME=value" || return
    [ -z "${setting_place[$name]:-}" ] ||
        config_fault "$place: $name is set already in ${setting_place[$name]##*: }" || return
    config_value "${line#*=}" "$place" || return
    setting_place[$name]="$place"
    if [ -z "${!name+set}" ]; then
        export "$name=$config_text"
    elif [ "${!name}" != "$config_text" ]; then
        # The environment wins, so a wrong value would be the environment's.
        setting_place[$name]="the environment (not $place)"
    fi
}

read_config_file() {
    local file=$1 line number=0
    setting_place=()
    while IFS= read -r line || [ -n "$line" ]; do
        number=$((number + 1))
        read_config_line "$line" "$file: line $number"
    done <"$file"
}

# --- all of it

# FEC_HOME as an absolute path.
settle_home() {
    if [ -z "${FEC_HOME:-}" ]; then
        [ -n "${HOME:-}" ] || HOME=$(cd ~ 2>/dev/null && pwd) || HOME=
        [ -n "$HOME" ] || config_fault "neither FEC_HOME nor HOME is set" || return
        FEC_HOME=${XDG_DATA_HOME:-$HOME/.local/share}/fecpipe
    fi
    case $FEC_HOME in
    /*) ;;
    '~' | '~'/*)
        config_fault "${setting_place[FEC_HOME]:-the environment}: FEC_HOME: ~ is not $(
        )expanded here; write the whole path" || return
        ;;
    *) FEC_HOME=$PWD/$FEC_HOME ;;
    esac
    export FEC_HOME
}

settle_settings() {
    local name words
    setting_default[FEC_CYCLES]=$(moving_cycles -1)
    for name in "${!setting_kind[@]}"; do
        settle_setting "$name"
    done
    # As a plain list, for the database too.
    expand_cycles "$FEC_CYCLES" || return
    words=${words[*]}
    FEC_CYCLES=${words// /,}
}

# Reads and checks all settings.
read_config() {
    local file
    file=$(config_file) || exit $?
    [ -z "$file" ] || read_config_file "$file"
    settle_home
    settle_settings
}

# The owner of FEC_HOME if this is root and it is somebody else's, otherwise nothing. Root's files
# in it would stand in the way of that user's own runs.
owner_other_than_root() {
    [ "$EUID" = 0 ] && [ -d "$FEC_HOME" ] && [ ! -O "$FEC_HOME/" ] || return 0
    owner_of "$FEC_HOME"
}

# Ends if there is one.
refuse_foreign_home() {
    local owner
    owner=$(owner_other_than_root)
    [ -z "$owner" ] || fail "$EX_CONFIG" "FEC_HOME, $FEC_HOME, belongs to $owner: run it as $(
    )that user, for example with: sudo -u $owner pipeline.sh"
}

# Makes FEC_HOME and its folders, or ends if they cannot be written.
make_home() {
    local folder
    refuse_foreign_home
    need_folders "$FEC_HOME" "$FEC_HOME/logs" "$FEC_HOME/run" ||
        fail "$EX_CANTCREAT" "cannot make FEC_HOME, $FEC_HOME"
    for folder in "$FEC_HOME" "$FEC_HOME/logs" "$FEC_HOME/run"; do
        [ -w "$folder" ] && [ -x "$folder" ] ||
            fail "$EX_CANTCREAT" "cannot write to $folder; FEC_HOME is $FEC_HOME"
    done
}
