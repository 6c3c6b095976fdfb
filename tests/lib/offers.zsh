# offers.zsh FOLDER OUT LINE ... - writes to OUT what zsh offers after each LINE: "> LINE", then an
# offer a line. FOLDER has the completions. An interactive zsh does it, on a terminal of its own,
# which reads this file too; it tells what it has found from within its own command compadd.
if [[ -z $OFFERS_OUT ]]; then
    zmodload zsh/zpty
    export OFFERS_FOLDER=$1 OFFERS_OUT=$2 OFFERS_SELF=$0
    shift 2
    zpty shell "TERM=dumb zsh -f -i"
    zpty -w shell 'source $OFFERS_SELF'
    zpty -r -m shell said '*<ready>*'
    for line; do
        zpty -w -n shell "$line"$'\x18'
        zpty -r -m shell said '*<done>*'
    done
    zpty -d shell
    return 0
fi
PS1= PS2= LISTMAX=100000
unset zle_bracketed_paste
fpath=($OFFERS_FOLDER $fpath)
autoload -Uz compinit
compinit -D -u
compadd() {
    [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]] && { builtin compadd "$@"; return }
    local -a hits
    builtin compadd -A hits "$@"
    print -rl -- $hits >>$OFFERS_OUT
    builtin compadd "$@"
}
offer() {
    print -r -- "> $BUFFER" >>$OFFERS_OUT
    zle list-choices
    BUFFER=
    print -n '<done>'
}
zle -N offer
bindkey '^X' offer
print '<ready>'
