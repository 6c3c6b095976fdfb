#!/usr/bin/env perl
# The completions that `make install` writes for bash and zsh: every option of every --help is
# offered, and no other; and what operands and arguments can be.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/lib";
use Fecpipe;

my @filters = qw(fec-fetch fec-unzip fec-parse fec-dedupe pg-load);
my $place = scratch();
my %driver = (FEC_HOME => "$place/home", FEC_CONF => '/dev/null');

my $written = run([top() . '/make/completion.sh', bin(), "$place/bash", "$place/zsh"]);
is $written->{status}, 0, 'the completions can be written' or BAIL_OUT($written->{err});
is $written->{err}, '', 'with nothing to complain of';

# --- what the programs say in --help: lists of options by "PROGRAM" or "pipeline.sh COMMAND"

my %options;
for my $program (@filters, 'pipeline.sh') {
    my $path = $program eq 'pipeline.sh' ? top() . '/pipeline.sh' : program($program);
    my $command = '';
    for my $line (split /\n/, run([$path, '--help'], env => \%driver)->{out}) {
        $command = " $1" if $program eq 'pipeline.sh' && $line =~ /^  ([a-z]+) {2,}/;
        next unless $line =~ /^ +(?:(-\w), )?(--[\w-]+)/;
        $options{"$program$command"}{$_} = 1 for grep { defined } $1, $2;
    }
}
$options{'pipeline.sh'} = {map { ($_, 1) } qw(-h --help --version)};
my @datasets = map { /^(\S+)\tbulk\t/ ? $1 : () }
    split /\n/, run([program('fec-parse'), '--types'])->{out};
my ($commands) = slurp(top() . '/pipeline.sh') =~ /commands='([a-z\s]+)'/;

# What else is offered: the words before the cursor, and the offers.
my %offers = (
    'fec-fetch ' => 'bulk header api quota',
    'fec-fetch bulk ' => "@datasets",
    'fec-fetch --retries 3 api s' => 'schedule_a',
    'fec-fetch --retries ' => '',
    'fec-fetch bulk cm 198' => '1980 1982 1984 1986 1988',
    'fec-parse --cycle 2024 web' => 'weball webk webl',
    'fec-parse api c' => 'candidates committees',
    'pipeline.sh ' => $commands,
    'pipeline.sh monthly --datasets cm,c' => join(' ', map { /^c[^m]/ ? "cm,$_" : () } @datasets),
    'pipeline.sh index --indexes ' => 'committee name zip state date amount none',
    'pipeline.sh daily --by ' => 'committee load-date',
    'pipeline.sh daily --uncoded ' => 'count keep',
    'pipeline.sh schedule ' => 'install remove show',
    'pipeline.sh schedule install --monthly-day S' => 'Saturday Sunday',
    'pipeline.sh changes --format ' => 'csv jsonl tsv',
    'pipeline.sh changes --dataset o' => 'oppexp oth',
    'pipeline.sh daily --cycle 200' => '2000 2002 2004 2006 2008',
);

# %offered compared with all of that; $shell is named, $list is what it makes of a list with commas.
sub compare {
    my ($shell, $offered, $list) = @_;
    for my $of (sort keys %options) {
        is_deeply $offered->{"$of -"}, [sort keys %{$options{$of}}],
            "$shell: $of: all options of --help are offered, and no others";
    }
    for my $line (sort keys %offers) {
        my @offers = sort split ' ', $offers{$line};
        @offers = map { $list->($_) } @offers if $line =~ /,/;
        is_deeply $offered->{$line}, \@offers, "$shell: after '$line': "
            . (@offers ? 'what can be there' : 'nothing, if nobody can know');
    }
}

my @lines = ((map { "$_ -" } keys %options), keys %offers);

# --- bash: its function is called as bash does it

my $script = spew("$place/ask", <<'END');
for file in "$1"/*; do . "$file"; done
shift
for line; do
    read -r -a COMP_WORDS <<<"$line"
    case $line in *' ') COMP_WORDS+=('') ;; esac
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _fecpipe "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    printf '> %s\n' "$line" "${COMPREPLY[@]}"
done
END
is_deeply [sort map { s{.*/}{}r } glob "$place/bash/*"], [sort @filters, 'pipeline.sh'],
    'bash finds a file by the name of each program';

# The answers, by line; each begins with "> LINE".
sub answers {
    my ($text) = @_;
    my (%answers, $line);
    for (split /\n/, $text) {
        if (/^> (.*)/ && grep { $_ eq $1 } @lines) { $answers{$line = $1} = [] }
        elsif (/\S/) { push @{$answers{$line}}, s/^> //r }
    }
    $_ = [sort @$_] for values %answers;
    return \%answers;
}
my $bash = run(['bash', '--norc', $script, "$place/bash", @lines]);
is $bash->{err}, '', 'bash: nothing to complain of';
compare('bash', answers($bash->{out}), sub { $_[0] });

# With = between option and argument, which bash takes for a word.
my $equals = run(['bash', '--norc', $script, "$place/bash", 'pipeline.sh daily --by = c',
        'pipeline.sh daily --by =']);
is $equals->{out}, "> pipeline.sh daily --by = c\n> committee\n"
    . "> pipeline.sh daily --by =\n> load-date\n> committee\n", 'bash: --by=c is completed too';

# --- zsh

SKIP: {
    skip 'zsh is not installed', 1 unless `sh -c 'command -v zsh'`;
    my $zsh = run(['zsh', '-f', "$FindBin::Bin/lib/offers.zsh", "$place/zsh", "$place/offers",
            @lines], seconds => 120);
    compare('zsh', answers(slurp("$place/offers")), sub { $_[0] =~ s/.*,//r });
}
done_testing;
