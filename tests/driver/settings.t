#!/usr/bin/env perl
# Settings: what pipeline.conf may say, what is refused and with which words, and which cycles are
# read when nobody names any. `schedule show` stands for all commands here, because it reads the
# settings and needs no database.
use strict;
use warnings;
use Test::More;
use Time::Local qw(timegm);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;

my $folder = scratch();
my $conf = "$folder/my.conf";

# What the driver says with this pipeline.conf and this environment.
sub with_conf {
    my ($text, %env) = @_;
    spew($conf, $text);
    return run([top() . '/pipeline.sh', 'schedule', 'show'],
        env => {PATH => $ENV{PATH}, HOME => $folder, FEC_HOME => undef, FEC_CONF => $conf,
            SYSTEMD_UNIT_PATH => "$folder/units", %env});
}

# The value of a setting when all is read.
sub value_of {
    my ($name, $text, %env) = @_;
    spew($conf, $text);
    my $result = run(['bash', '-c',
            'FECPIPE_HERE=$1; cd "$1" && . driver/common.sh && . driver/eastern.sh
            . driver/config.sh && read_config && printf %s "${!2}"', 'bash', top(), $name],
        env => {HOME => $folder, FEC_HOME => undef, FEC_CONF => $conf, %env});
    return $result->{status} ? "status $result->{status}: $result->{err}" : $result->{out};
}

# --- what is read

is value_of('FEC_MAX_WITHDRAWN', ''), '5%', 'a setting that nobody sets has its default';
is value_of('FEC_GRACE_DAYS', "FEC_GRACE_DAYS=08\n"), 8, 'a number may begin with 0';
is value_of('FEC_GRACE_DAYS', "FEC_GRACE_DAYS=8\n", FEC_GRACE_DAYS => 9), 9,
    'the environment wins over pipeline.conf';
is value_of('FEC_UNCODED', "FEC_UNCODED=keep\n", FEC_UNCODED => ''), 'count',
    'an empty variable in the environment asks for the default';
is value_of('FEC_UNCODED', "  export FEC_UNCODED=keep\n"), 'keep', 'export in front is passed over';
is value_of('FEC_HOME', "FEC_HOME=~/fec\n"), "$folder/fec", '~/ is the home';
is value_of('FEC_ON_FAILURE', "FEC_ON_FAILURE='a # b'\n"), 'a # b', 'a # in quotes is kept';
is value_of('FEC_ON_FAILURE', qq{FEC_ON_FAILURE="a b" "c d"\n}), '"a b" "c d"',
    'quotes that are not around all of the value stay';
is value_of('FEC_CYCLES', "FEC_CYCLES=2024 2026\r\n"), '2024,2026',
    'blanks divide cycles, and a file from Windows can be read';
is value_of('FEC_CYCLES', "FEC_CYCLES=2026,2018-2022,2020\n"), '2026,2018,2020,2022',
    'a range stands for its cycles, each of which is read once';

# --- what is refused, with the place and the right form

my $years = 'even years from 1976 to 2100 with commas between them, such as 2024,2026, '
    . 'ranges such as 1980-2026, or all';
for my $case (
    ["\nFEC_UNCODED=drop", qr/my\.conf: line 2: FEC_UNCODED takes count or keep, not 'drop'$/],
    ['FEC_INDIVIDUALS_ONLY=1', qr/line 1: FEC_INDIVIDUALS_ONLY takes no or yes, not '1'$/],
    ['FEC_MAX_WITHDRAWN=5', qr/FEC_MAX_WITHDRAWN takes a percentage .*such as 5%, not '5'$/],
    ['FEC_MAX_WITHDRAWN=101%', qr/takes a percentage from 0% to 100%/],
    ['FEC_MIN_WITHDRAWN=5%', qr/FEC_MIN_WITHDRAWN takes a whole number from 0 to 999999999, not/],
    ['FEC_GRACE_DAYS=-1', qr/FEC_GRACE_DAYS takes a whole number from 0 to 365, not '-1'$/],
    ['FEC_MIN_REJECTS=ten', qr/FEC_MIN_REJECTS takes a whole number/],
    ['FEC_MAX_REJECTS=%', qr/FEC_MAX_REJECTS takes a number or a percentage, such as/],
    ['FEC_API_BATCH=0', qr/FEC_API_BATCH takes a whole number from 1 /],
    ['FEC_DAILY_AT=noon', qr/FEC_DAILY_AT takes a time as HH:MM/],
    ['FEC_MONTHLY_DAY=29', qr/FEC_MONTHLY_DAY takes a day that every month has/],
    map({ ["FEC_CYCLES=$_", qr/line 1: FEC_CYCLES takes $years, not '\Q$_\E'$/] }
        qw(2026-2020 2020-2025 2020- 2020-2022-2024 2025 1974 2102), '2024,x', '2024,,*', ','),
    ["#\nFEC_HOME=/x # here", qr/line 2: a comment needs a line of its own/],
    ['FEC_HOME=~other/x', qr/line 1: only ~\/ is understood/],
    ["FEC_HOME='~/x'", qr/line 1: FEC_HOME: ~ is not expanded here/],
    ['FEC_HOME= /x', qr/line 1: the value must follow = without a blank/],
    ['FEC_HOME', qr/line 1: the form is NAME=value/],
    ['FEC_HOEM=/x', qr/line 1: 'FEC_HOEM' is not a setting/],
    ["FEC_UNCODED=keep\n\nFEC_UNCODED=count",
        qr/line 3: FEC_UNCODED is set already in line 1/],
) {
    my ($text, $message) = @$case;
    my $result = with_conf("$text\n");
    my ($shown) = $text =~ /([^\n]*)\z/;
    ok $result->{status} == 78 && $result->{err} =~ $message, "$shown is refused by its line"
        or diag "$result->{status}: $result->{err}";
}
my $result = with_conf("FEC_UNCODED=keep\n", FEC_UNCODED => 'drop');
like $result->{err}, qr/^pipeline\.sh: the environment .*my\.conf: line 1\): FEC_UNCODED/,
    'a wrong value of the environment is not blamed on the file';
like with_conf('', FEC_HOME => '~/x')->{err}, qr/the environment: FEC_HOME: ~ is not expanded/,
    'nor is ~ in the environment taken for a folder of that name';

# --- a file that cannot be read

my $user = "$folder/.config/fecpipe";
system('mkdir', '-p', "$user/pipeline.conf") == 0 or die "mkdir: $!";
$result = with_conf('', FEC_CONF => undef, XDG_CONFIG_HOME => undef);
ok $result->{status} == 78 && $result->{err} =~ m{cannot read \Q$user\E/pipeline\.conf$},
    'a pipeline.conf that is a folder is an error' or diag $result->{err};
rmdir "$user/pipeline.conf";
symlink '/nonexistent', "$user/pipeline.conf" or die "symlink: $!";
$result = with_conf('', FEC_CONF => undef, XDG_CONFIG_HOME => undef);
ok $result->{status} == 78 && $result->{err} =~ /cannot read/,
    'so is a link that leads nowhere' or diag $result->{err};
SKIP: {
    skip 'root can read everything', 2 if $> == 0;
    unlink "$user/pipeline.conf";
    spew("$user/pipeline.conf", "FEC_UNCODED=keep\n");
    for my $closed ("$user/pipeline.conf", $user) {
        chmod 0, $closed;
        $result = with_conf('', FEC_CONF => undef, XDG_CONFIG_HOME => undef);
        chmod 0700, $closed;
        ok $result->{status} == 78 && $result->{err} =~ /cannot (?:read|look)/,
            'and one that is closed to us, or its folder' or diag $result->{err};
    }
}

# --- an old bash, or another shell

$result = run(['dash', top() . '/pipeline.sh', '--help']);
SKIP: {
    skip 'dash is not installed', 1 if system('command -v dash >/dev/null');
    ok $result->{status} == 69 && $result->{err} =~ /^pipeline\.sh: needs bash 4\.3 or newer/,
        'a shell that is not bash is told what is needed' or diag $result->{err};
}

# --- the cycles that are read when none are named

# Two years of scheduled runs, from before one turn of a cycle to after the next: daily at 1:00
# Eastern time, which is 5:00 or 6:00 UTC, monthly at 2:00 on the 1st. In one process, because a
# moment can be named.
my $day = 86400;
my $from = timegm(0, 0, 6, 1, 11, 2024);
my @runs = map { $from + $_ * $day } 0 .. 792;
my $shell = '. driver/common.sh; . driver/eastern.sh; . driver/config.sh;';
my $said = run(['bash', '-c', "$shell for s; do moving_cycles \$s; done", 'bash', @runs],
    dir => top());
my @read = split /\n/, $said->{out};
is scalar @read, scalar @runs, 'each run of two years and two months reads some cycles';
my %first;
for my $i (0 .. $#runs) {
    my ($day_of_month, $month, $year) = (gmtime $runs[$i])[3 .. 5];
    push @{$first{$read[$i]}}, sprintf '%d-%02d-%02d', $year + 1900, $month + 1, $day_of_month;
}
is_deeply {map { ($_, [@{$first{$_}}[0, -1]]) } keys %first}, {
    '2024' => ['2024-12-01', '2024-12-31'], '2024,2026' => ['2025-01-01', '2025-12-31'],
    '2026' => ['2026-01-01', '2026-12-31'], '2026,2028' => ['2027-01-01', '2027-02-01']},
    'a cycle is read through the odd year after its end, with its year-end reports, and no longer';

is run(['bash', '-c', "$shell expand_cycles all; echo \${words[*]}"], dir => top())->{out},
    join(' ', map { 1980 + 2 * $_ } 0 .. ((gmtime)[5] + 1901 - 1980) / 2) . "\n",
    'all is every cycle from 1980 to the present one';

SKIP: {
    skip 'faketime is not installed', 6 if system('command -v faketime >/dev/null');
    for my $case (['2024-12-31 23:50', '2024'], ['2025-01-01 00:10', '2024,2026']) {
        my ($clock, $expected) = @$case;
        my ($year, $month, $date, $hour, $minute) = split /\D/, $clock;
        my $epoch = timegm(0, $minute, 0, $date, $month - 1, $year) + ($hour + 5) * 3600;
        for my $zone ('UTC', 'Pacific/Auckland', 'America/Los_Angeles') {
            my $said = run(['faketime', '@' . $epoch, 'bash', '-c', "$shell moving_cycles -1"],
                dir => top(), env => {TZ => $zone})->{out};
            is $said, "$expected\n", "at $clock in the East a machine in $zone reads $expected";
        }
    }
}
done_testing;
