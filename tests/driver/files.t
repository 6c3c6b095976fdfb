#!/usr/bin/env perl
# Files that are not what they were last month: missing, empty, small, older, with lines that cannot
# be read. What is right for a cycle is taken, what would harm the table is refused.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use ZipMaker;

my $home = new_home();
my $tree = scratch();
my $time = 1_600_000_000;

# A cycle of which the first year is still going on or to come, and one that is over.
my ($new, $over) = (2098, 1998);
mkdir "$tree/$_" for $new, $over, 2026;

# Publishes a file of lines; undef for an archive without members.
sub publish {
    my ($cycle, $name, $member, @lines) = @_;
    my $file = sprintf '%s/%d/%s%02d.zip', $tree, $cycle, $name, $cycle % 100;
    spew($file, ZipMaker::archive(
        defined $member ? {name => $member, data => join '', map { "$_\n" } @lines} : ()));
    utime $time, $time, $file;
    $time += 86400;
}

sub monthly {
    my ($cycle, $datasets, @more) = @_;
    my %env = map { $_->[0] => $_->[1] } grep { ref } @more;
    return pipeline($home,
        ['monthly', '--cycle', $cycle, '--datasets', $datasets, grep { !ref } @more],
        env => {FEC_BULK_URL => "file://$tree", %env});
}

sub committee { return sprintf 'C%08d|N%d%s', $_[0], $_[0], '|' x 13 }
sub counts {
    my ($result, $label) = @_;
    return join ' ', @{summary($result->{out})->{$label // 'committees'} // {}}{
        qw(new changed withdrawn unchanged rejected)};
}

# --- a cycle that has just begun

publish($new, 'cm', 'cm.txt', map { committee($_) } 1 .. 3);
publish($new, 'indiv', 'itcont.txt');
publish($new, 'oth', undef);
my $result = monthly($new, 'cm,cn,indiv,oth');
is $result->{status}, 0, 'what there is of a new cycle is loaded' or diag $result->{err};
is counts($result), '3 0 0 0 0', 'its committees';
is counts($result, 'contributions'), '0 0 0 0 0', 'an empty text';
is counts($result, 'committee transactions'), '0 0 0 0 0', 'an archive without members';
like $result->{out}, qr/^cn $new: passed over: .*new cycle/m,
    'a file that is not there yet is passed over with a word';
like $result->{out}, qr/^  candidates +the FEC has no such file/m, 'and the summary says so';
is sql($home, "SELECT string_agg(status, ' ' ORDER BY dataset) FROM fec.run_dataset"),
    'applied absent applied applied', 'so does fec.run_dataset';
publish($new, 'cm', 'cm.txt');
$result = monthly($new, 'cm');
ok $result->{status} == 65 && $result->{err} =~ /came without its rows; --force goes on/,
    'an empty file is refused when the table has rows'
    or diag "$result->{status} $result->{err}";
is sql($home, 'SELECT count(*) FROM fec.committee'), 3, 'which stay';

# --- files that the FEC never had, and one that is missing

publish($over, 'cm', 'cm.txt', committee(1));
$result = monthly($over, 'cm,ccl,oppexp');
is $result->{status}, 0, 'files that do not exist in an old cycle are no hindrance'
    or diag $result->{err};
like $result->{out}, qr/^oppexp $over: passed over: .* 2004/m, 'each is named with its first cycle';
$result = monthly($over, 'cm,cn');
ok $result->{status} == 66 && $result->{err} =~ /cn98\.zip/,
    'a file that should be there is an error' or diag "$result->{status} $result->{err}";

# --- small numbers

publish(2026, 'cm', 'cm.txt', map { committee($_) } 1 .. 20);
monthly(2026, 'cm');
publish(2026, 'cm', 'cm.txt', map { committee($_) } 3 .. 22);
is counts(monthly(2026, 'cm')), '2 0 2 18 0', 'a percentage says nothing of a few rows';
publish(2026, 'cm', 'cm.txt', map { committee($_) } 5 .. 22);
$result = monthly(2026, 'cm', [FEC_MIN_WITHDRAWN => 1]);
ok $result->{status} == 65 && $result->{err} =~ /2 of 20 rows .*FEC_MAX_WITHDRAWN=10%/,
    'unless the setting says so; the message names what would do'
    or diag "$result->{status} $result->{err}";
is counts(monthly(2026, 'cm', [FEC_MIN_WITHDRAWN => 1], [FEC_MAX_WITHDRAWN => '10%'])),
    '0 0 2 18 0', 'which does';

# --- lines that cannot be read

publish(2026, 'cm', 'cm.txt', map { $_ < 9 ? committee($_) . '|one|too|many' : committee($_) }
    5 .. 22);
$result = monthly(2026, 'cm');
is counts($result), '0 0 0 18 4', 'a line that cannot be read withdraws nothing'
    or diag $result->{err};
like $result->{out}, qr/^  kept, their lines unreadable +4$/m, 'and is told of';
publish(2026, 'cm', 'cm.txt', map { $_ < 17 ? committee($_) . '|one|too|many' : committee($_) }
    5 .. 22);
$result = monthly(2026, 'cm');
ok $result->{status} == 65 && $result->{err} =~ /12 of 18 lines rejected.*FEC_MAX_REJECTS/,
    'too many of them are refused, and the setting is named'
    or diag "$result->{status} $result->{err}";

# --- an older file

$time = 1_500_000_000;
publish(2026, 'cm', 'cm.txt', map { committee($_) } 1 .. 20);
$result = monthly(2026, 'cm');
ok $result->{status} == 65 && $result->{err} =~ /is older than .*--force applies it/,
    'an older file than the last one is refused' or diag "$result->{status} $result->{err}";
is counts(monthly(2026, 'cm', '--force')), '4 0 2 16 0', 'unless it is forced';
done_testing;
