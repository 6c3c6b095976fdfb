#!/usr/bin/env perl
# Keys that come twice in a file with different content: the later record counts, in a first load
# and over what the table has, and the counts add up whichever of the two the table had.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use ZipMaker;

my $home = new_home();
my $tree = scratch();
mkdir "$tree/2026";

# Loads a committee master with these committees, given as [number, name] in the file's order.
sub load {
    my $text = join '', map { sprintf "C%08d|%s|||||||||||||\n", @$_ } @_;
    spew("$tree/2026/cm26.zip", ZipMaker::archive({name => 'cm.txt', data => $text}));
    my $result = pipeline($home, ['monthly', '--cycle', 2026, '--datasets', 'cm', '--always'],
        env => {FEC_BULK_URL => "file://$tree"});
    is $result->{status}, 0, 'the run succeeds' or diag $result->{err};
    return join ' ', @{summary($result->{out})->{committees}}{qw(new changed withdrawn unchanged)};
}

sub names {
    return sql($home, q{SELECT string_agg(name, ' ' ORDER BY committee_id) FROM fec.committee});
}

my @rest = map { [$_, "N$_"] } 10 .. 60;
my $rest = join ' ', map { $_->[1] } @rest;

is load([1, 'A'], [2, 'X'], [1, 'B'], @rest), '53 0 0 0', 'a first load counts keys';
is names(), "B X $rest", 'and keeps the later record';
is load([1, 'A'], [1, 'B'], [2, 'X'], @rest), '0 0 0 53',
    'the later one is what the table has: unchanged';
is load([1, 'B'], [1, 'C'], [2, 'X'], @rest), '0 1 0 52',
    'the earlier one is what the table has: changed';
is names(), "C X $rest", 'to the later one';
is load([1, 'C'], [1, 'D'], [1, 'C'], [2, 'X'], @rest), '0 0 0 53',
    'there and back again: unchanged';
is load([1, 'D'], [1, 'E'], [1, 'F'], [3, 'Y'], [3, 'Z'], @rest), '1 1 1 51',
    'three of them, a new key twice, one gone';
is names(), "F Z $rest", 'and always the last one counts';
is sql($home, q{SELECT string_agg(change || ' ' || name, ', ' ORDER BY name) }
    . q{FROM fec.committee_history}), 'changed B, changed C, withdrawn X',
    'the history has what was there, and nothing that never was';
done_testing;
