#!/usr/bin/env bash
# completion.sh BIN BASH-FOLDER ZSH-FOLDER - writes the completions of all programs for bash and
# zsh: packaging/completion.bash and completion.zsh, with a table in the place of the line @TABLE@.
# All of the table comes from what the programs themselves say: --help, where that of the filters
# prints their option tables, `fec-parse --types`, and the driver's settings. BIN is the folder of
# the filters.
#
# The table has lines PROGRAM|WORD|NAMES|KIND|HELP. A line with NAMES (-c --cycle) is an option; it
# goes with the command WORD, or with all if that is `*`. A line without NAMES is an operand: the
# one after WORD, the first one if that is empty. KIND is empty for a flag, or tells what the
# argument is: files, cycles, `words A B ...` for one of them, `list A B ...` for some with commas
# between, or text, which cannot be completed.

set -u -o pipefail
umask 022
[ $# = 3 ] || { echo "usage: completion.sh BIN BASH-FOLDER ZSH-FOLDER" >&2 && exit 64; }
here=$(cd "$(dirname "$0")/.." && pwd) || exit 70
bin=$1 bash_folder=$2 zsh_folder=$3
filters='fec-fetch fec-unzip fec-parse fec-dedupe pg-load'

types=$("$bin/fec-parse" --types) && usage=$("$here/pipeline.sh" --help) || exit 70
# Names from the first column of the types whose second is KIND, with blanks between.
names_of_types() { awk -F '\t' -v kind="$1" '$2 == kind { printf " %s", $1 }' <<<"$types"; }
datasets=$(names_of_types bulk)
endpoints=$(names_of_types api)
indexes=$(sed -n "s/^index_names='\(.*\)'/ \1/p" "$here/driver/config.sh" | tr -d ,)
uncoded=$(sed -n 's/^ *FEC_UNCODED  *\([a-z|]*\) .*/ \1/p' "$here/driver/config.sh" | tr '|' ' ')

# The lines of the options in a --help on standard input. An argument in small letters is the value
# itself: there is a line of --help for each.
options() {
    awk -v program="$1" -v datasets="$datasets" -v indexes="$indexes" -v uncoded="$uncoded" '
        function kind_of(name, argument) {
            if (argument == "") return ""
            if (argument == "FILE") return "files"
            if (argument == "YYYY" || name == "--cycle") return "cycles"
            if (argument ~ /^[a-z]/) return "words " argument
            if (name == "--datasets") return "list" datasets
            if (name == "--indexes") return "list" indexes
            if (name == "--dataset") return "words" datasets
            if (name == "--uncoded") return "words" uncoded
            if (name == "--format") return "words tsv csv jsonl"
            if (name == "--monthly-day")
                return "words Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
            return "text"
        }
        function put() {
            if (names != "") print program "|" command "|" names "|" kind "|" help
            names = ""
        }
        BEGIN { command = program == "pipeline.sh" ? "" : "*" }
        program == "pipeline.sh" && match($0, /^  [a-z]+ +/) { put(); command = $1 }
        match($0, /^ +(-[A-Za-z], )?--[a-z-]+/) {
            found = substr($0, 1, RLENGTH)
            rest = substr($0, RLENGTH + 1)
            gsub(/^ +|,/, "", found)
            name = found
            sub(/.* /, "", name)
            argument = ""
            if (match(rest, /^ ([A-Z][^ ]* |[a-z-]+  )/)) {
                argument = substr(rest, 2, RLENGTH - 1)
                sub(/ +/, "", argument)
                rest = substr(rest, RLENGTH + 1)
            }
            sub(/^ +/, "", rest)
            if (found == names) {
                kind = kind " " argument
                next
            }
            put()
            names = found
            kind = kind_of(name, argument)
            if (rest != "as above" || !((name, kind) in first)) first[name, kind] = rest
            help = first[name, kind]
        }
        END { put() }'
}

# The lines of pipeline.sh for its commands, and for the operands of those that have some.
driver_commands() {
    awk '
        match($0, /^  [a-z]+ +/) && RLENGTH >= 10 {
            rest = substr($0, RLENGTH + 1)
            commands = commands " " $1
            if (!match(rest, /^[a-z]+( \| [a-z]+)+:/)) next
            rest = substr(rest, 1, RLENGTH - 1)
            gsub(/ \|/, "", rest)
            print "pipeline.sh|" $1 "||words " rest "|"
        }
        END { print "pipeline.sh|||words" commands "|" }' <<<"$usage"
}

table() {
    local filter help dataset
    for filter in $filters; do
        help=$("$bin/$filter" --help) || return 70
        options "$filter" <<<"$help"
    done
    echo "fec-fetch|||words bulk header api quota|"
    echo "fec-fetch|bulk||words$datasets|"
    for dataset in $datasets; do echo "fec-fetch|$dataset||cycles|"; done
    echo "fec-fetch|header||words$datasets|"
    echo "fec-fetch|api||words$endpoints|"
    echo "fec-parse|||words$datasets api|"
    echo "fec-parse|api||words$endpoints|"
    options pipeline.sh <<<"$usage"
    echo 'pipeline.sh||-h --help||print this help'
    echo 'pipeline.sh||--version||print the version'
    driver_commands
}

# completion ENDING: the file with the table in it.
completion() {
    local line
    while IFS= read -r line; do
        case $line in
        @TABLE@) printf '%s\n' "${table//\'/\'\\\'\'}" ;;
        *) printf '%s\n' "$line" ;;
        esac
    done <"$here/packaging/completion.$1"
}

table=$(table) || exit $?
install -d -m 755 "$bash_folder" "$zsh_folder" && completion zsh >"$zsh_folder/_fecpipe" || exit 73
# bash looks for a file by the name of the program.
for program in $filters pipeline.sh; do
    completion bash >"$bash_folder/$program" || exit 73
done
