#!/usr/bin/env perl
# changes.t - pipeline.sh changes: what it lists is held against the made-up files themselves, row
# by row, and against rows made by hand in a scene with both sources.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use Scene;
use Test::More;

# --- two months of files

my $home = new_home();
my $tree = sample(scratch(), qw(--cycle 2026 --rows 1500 --months 2 --text --datasets),
    'cm,indiv,oppexp');
my %env = (FEC_CYCLES => 2026);

sub monthly {
    my ($month) = @_;
    my $result = pipeline($home, ['monthly', '--cycle', 2026, '--datasets', 'cm,indiv,oppexp'],
        env => {FEC_BULK_URL => "file://$tree/month-$month"});
    is $result->{status}, 0, "the files of month $month are read" or diag $result->{err};
}

# changes([options]): its lines as hashes by column.
sub changes {
    my (@options) = @_;
    my $result = pipeline($home, ['changes', @options], env => \%env);
    is $result->{status}, 0, "changes @options" or diag $result->{err};
    my ($header, @lines) = split /\n/, $result->{out};
    my @names = split /\t/, $header;
    return map { my %row; @row{@names} = split /\t/, $_, -1; \%row } @lines;
}

# The records of a file of a month by their key, each as the text of its columns.
sub records {
    my ($dataset, $month, $key) = @_;
    my %file = (cm => 'cm.txt', indiv => 'itcont.txt', oppexp => 'oppexp.txt');
    my $parsed = run([program('fec-parse'), $dataset, '--cycle', 2026],
        stdin_file => "$tree/month-$month/text/$file{$dataset}");
    my $once = run([program('fec-dedupe'), '--key', $key], stdin => $parsed->{out});
    my ($header, @lines) = split /\n/, $once->{out};
    my @names = split /\t/, $header;
    my %records;
    for my $line (@lines) {
        my %row;
        @row{@names} = split /\t/, $line, -1;
        delete $row{row_hash};
        $records{$row{$key}} = text_of(\%row);
    }
    return \%records;
}

sub text_of {
    my ($row) = @_;
    return join "\n", map { "$_=$row->{$_}" } grep { !/^(?:change|run_id|row_hash|in_bulk|seal)$/ }
        sort keys %$row;
}

monthly(1);
monthly(2);
for my $pair (['indiv', 'sub_id'], ['cm', 'committee_id'], ['oppexp', 'sub_id']) {
    my ($dataset, $key) = @$pair;
    my ($was, $is) = map { records($dataset, $_, $key) } 1, 2;
    my (@expected, %count);
    for my $id (sort keys %{{%$was, %$is}}) {
        my ($before, $after) = ($was->{$id}, $is->{$id});
        push @expected, defined $before ? defined $after ? $before eq $after ? ()
            : (['before', $before], ['after', $after]) : ['withdrawn', $before] : ['new', $after];
    }
    my @found = map { [$_->{change}, text_of($_)] } sort { $a->{$key} cmp $b->{$key} }
        changes('--dataset', $dataset);
    $count{$_->[0]}++ for @expected;
    ok +(grep { $count{$_} } qw(new before withdrawn)) == 3, "$dataset has changes of each kind"
        if $dataset eq 'indiv';
    is_deeply \@found, \@expected, "$dataset: the lines are the differences of the two files, "
        . join(', ', map { "$count{$_} $_" } sort keys %count);
}

my @last = changes();
is_deeply [changes('--since', 1)], \@last, 'after run 1 means the same as what run 2 did';
is_deeply [changes('--since', sql($home, 'SELECT finished_at FROM fec.run WHERE run_id = 1'))],
    \@last, 'so does the moment at which run 1 had ended';
is_deeply [grep { $_->{run_id} != 2 } @last], [], 'each line names the run';
my @all = changes('--since', 0);
is scalar(@all), scalar(keys %{records('indiv', 2, 'sub_id')}), 'since run 0 every row is there';
is_deeply [grep { $_->{change} ne 'new' } @all], [], 'and each is new';
is_deeply [changes('--since', 2)], [], 'after the last run nothing has changed';
is_deeply [changes('--since', 'tomorrow')], [], 'nor after a time that is yet to come';

my $csv = pipeline($home, [qw(changes --format csv)], env => \%env)->{out};
is scalar(() = $csv =~ /^(?:new|before|after|withdrawn),/mg), scalar @last,
    'as CSV it is as many lines';
my $json = pipeline($home, [qw(changes --format=jsonl)], env => \%env)->{out};
my $first = $last[0];
like $json, qr/^\{"change":"$first->{change}","sub_id":$first->{sub_id},.*"run_id":2\}\n/,
    'as JSON each line is an object';
SKIP: {
    eval { require JSON::PP } or skip 'JSON::PP is not installed', 1;
    my @names = map { JSON::PP::decode_json($_)->{contributor_name} } split /\n/, $json;
    is scalar(@names), scalar(@last), 'which a reader of JSON understands';
}

# --- wrong arguments

for my $wrong ([['--since', 99], 64, qr/there is no run 99/],
    [['--since', 'last week or so'], 64, qr/neither the number of a run nor a time/],
    [['--dataset', 'nothing'], 64, qr/there is no dataset 'nothing'; there are cm/],
    [['--format', 'xml'], 64, qr/tsv, csv or jsonl/], [['--cycle', '2025'], 64, qr/not a cycle/],
    [['--since'], 64, qr/--since needs an argument/], [['--sinse', 1], 64, qr/not known/]) {
    my ($options, $status, $words) = @$wrong;
    my $result = pipeline($home, ['changes', @$options], env => \%env);
    is_deeply [$result->{status}, $result->{out}], [$status, ''],
        "changes @$options ends with $status";
    like $result->{err}, $words, 'and says why';
}

# --- both sources

my $scene = new_scene(home => $home);
my ($kept, $changed, $withdrawn, $cents) = add_rows($scene, 4);
change_row($scene, $cents, contribution_receipt_amount => 12.34);
publish_bulk($scene, time => time - 40 * 86400);
publish_api($scene);
is run_monthly($scene)->{status}, 0, 'a bulk file is read';
my $bulk = sql($home, 'SELECT max(run_id) FROM fec.run');
my ($young) = add_rows($scene, 1, load_date => days_ago(1) . 'T10:00:00');
$env{FEC_CYCLES} = 2018;
change_row($scene, $changed, contributor_city => 'SHELBYVILLE');
change_row($scene, $_, load_date => days_ago(1) . 'T10:00:00') for $changed, $cents;
publish_api($scene);
# The names of all are such.
spew("$home/watch", "amount 999999\nname doe, jane\n");
my $daily = run_daily($scene, [], FEC_WATCH => "$home/watch",
    FEC_ON_SUCCESS => "cat >$home/told");
is $daily->{status}, 0, 'and what the API has' or diag $daily->{err};
is_deeply [map { [$_->{change}, $_->{sub_id}, $_->{contributor_city}] }
        changes('--cycle', 2018, '--since', $bulk)],
    [['before', $changed, 'SPRINGFIELD'], ['after', $changed, 'SHELBYVILLE'],
        ['new', $young, 'SPRINGFIELD']],
    'a row that was only completed with its cents has not changed';

is sql($home, "SELECT string_agg(change || ' ' || row_key, ', ' ORDER BY change)
    FROM fec.watch_match WHERE run_id > $bulk"), "after $changed, before $changed, new $young",
    'what a daily run did is held against the watch list';
like slurp("$home/told"), qr/^WATCH LIST: 3 rows$/m, 'and told';
is_deeply [map { $_->{run_id} } grep { $_->{sub_id} == $cents }
        changes('--cycle', 2018, '--since', $bulk - 1)], [$bulk],
    'it is new by the run that brought it, not by the one that completed it';

done_testing;
