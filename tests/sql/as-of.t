#!/usr/bin/env perl
# How it was: fec.TABLE_as_of gives a table as any run has left it, also where runs have completed,
# corrected or removed rows since; a condition on it reaches the indexes of the table.
#
# First a story by hand, then one by chance, both over staging tables made by hand (Steps.pm): after
# each run the table is kept, and in the end each is asked for again. Last, three made-up months of
# all datasets by the driver: each month's files are there again, row by row.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use Steps;

my $home = new_database();
my $visible = query(q{SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = 'fec.contribution'::regclass AND attnum > 0 AND NOT attisdropped
      AND attname NOT IN ('row_hash', 'run_id', 'in_bulk', 'seal')});
my @kept;    # by number of the run: what the table had after it

# The rows of a table or function, without what cannot be seen of a row.
sub rows_of {
    my ($from) = @_;
    return query("SELECT $visible FROM $from ORDER BY sub_id");
}

# Runs, and keeps what the table has then. Returns what the run returns.
sub after {
    my ($counts) = @_;
    die last_error() if !defined $counts;
    my $run = query('SELECT max(run_id) FROM fec.run');
    query("UPDATE fec.run SET finished_at = started_at + interval '1 minute' WHERE run_id = $run");
    $kept[$run] = rows_of('fec.contribution');
    return $counts;
}

# Whether every run is found again; the numbers of those that are not.
sub wrong_runs {
    return join ' ',
        grep { defined $kept[$_] && rows_of("fec.contribution_as_of(2018, $_)") ne $kept[$_] }
        1 .. $#kept;
}

# --- By hand

my $long = 'GENERAL MANAGER OF MANY THINGS THAT HAVE A VERY LONG NAME';
my %cut  = (contributor_occupation => substr $long, 0, 38);
my @file = map { contribution($_) } 1 .. 6;
$file[2] = contribution(3, %cut);
after(monthly(records => \@file, time => '2018-03-01'));
is after(daily(started => '2018-03-06', records => [
        contribution(1, contribution_receipt_amount => 100.75),
        contribution(2, contributor_city => 'PEORIA'),
        contribution(3, contributor_occupation => $long), contribution(7), contribution(8)])),
    '2 new 1 changed 2 completed 2 unchanged', 'the API completes two rows and corrects one';
is after(daily(started => '2018-03-10', records => [contribution(7, contributor_city => 'CAIRO'),
        contribution(4, contribution_receipt_amount => 100.25)])),
    '0 new 1 changed 1 completed 1 unchanged', 'the next run another, and changes its own';
@file = ($file[0], contribution(2, contributor_city => 'PEORIA'), @file[2 .. 4],
    contribution(7, contributor_city => 'CAIRO'), contribution(9));
like after(monthly(records => \@file, time => '2018-04-01')),
    qr/^1 new 1 completed 1 withdrawn 1 unconfirmed/,
    'a file completes what the API brought, withdraws a row, and one is unconfirmed';
after(monthly(records => [@file, contribution(6)], time => '2018-05-01'));
is after(daily(started => '2018-05-03', records => [
        contribution(9, contribution_receipt_amount => 100.5),
        contribution(6, contribution_receipt_amount => 7)])),
    '0 new 1 changed 1 completed 1 unchanged', 'the row that came back is corrected';
after(monthly(records => [@file[1 .. 6], contribution(6, contribution_receipt_amount => 7)],
        time => '2018-06-01'));
is wrong_runs(), '', 'each run is found again, with every column as it was';
is query('SELECT count(*) FROM fec.contribution_history WHERE sub_id % 10 IN (1, 3, 4)
    AND change = $$changed$$'), 0, 'the history has no changes that the FEC has not made';
is query('SELECT count(*) FROM fec.contribution_completion'), 5,
    'what rows were before they were completed is kept apart';

# --- A moment

for my $case (["'2018-03-01 00:00:30'", '', 'before the first run had ended'],
    ["'2018-03-01 00:01'", $kept[1], 'at the end of the first run'],
    ["timestamptz '2018-04-30'", $kept[4], 'between two runs'],
    ['now()', $kept[-1], 'now']) {
    my ($moment, $rows, $what) = @$case;
    is rows_of("fec.contribution_as_of(2018, $moment)"), $rows, "the table $what";
}
is rows_of('fec.contribution_as_of(2018, 0)'), '', 'before all runs there was nothing';
is rows_of('fec.contribution_as_of(2020, 7)'), '', 'of another cycle neither';

# --- The filter reaches the index, and the partition

# The plan of a query over a table that is large enough to need an index.
my $more = join ', ', map { s/^sub_id$/sub_id + n/r =~ s/^committee_id$/'C' || n % 500/r }
    split /, /, "$visible, row_hash, run_id, in_bulk";
sub plan_of {
    my ($query) = @_;
    return query('BEGIN', 'CREATE INDEX ON fec.contribution (committee_id,
            contribution_receipt_date)', "INSERT INTO fec.contribution SELECT $more
            FROM (SELECT * FROM fec.contribution LIMIT 1) AS row, generate_series(100, 20000) AS n",
        'ANALYZE fec.contribution', "EXPLAIN (COSTS off) $query", 'ROLLBACK');
}
for my $of ('4', "'2018-04-30'") {
    my $plan = plan_of("SELECT sum(a.contribution_receipt_amount)
        FROM fec.contribution_as_of(2018, $of) AS a JOIN fec.committee_latest USING (committee_id)
        WHERE a.committee_id = 'C7' AND a.contribution_receipt_date >= '2017-03-01'");
    like $plan, qr/Index Cond: \(+committee_id = 'C7'.*contribution_receipt_date >=/,
        "as of $of: a committee's rows come from the index";
    unlike $plan, qr/Function Scan|contribution_2020/, 'of one partition, not from a function';
}

# --- By chance

srand(my $seed = $ENV{FEC_SEED} // time);
my (%file, %api, $number);
$number = 100;

sub amount { return int(rand 300) - 20 }

sub change_by_chance {
    for my $key (sort keys %file) {
        my $row = $file{$key};
        my $chance = rand;
        if ($chance < 0.08) { delete $file{$key} }
        elsif ($chance < 0.2) { $row->{contributor_city} = ('PEORIA', 'CAIRO', undef)[rand 3] }
        elsif ($chance < 0.3) { $row->{contribution_receipt_amount} = amount() }
        elsif ($chance < 0.35) { $row->{memo_text} = ('GIFT', undef)[rand 2] }
    }
    for (1 .. 1 + int rand 6) {
        my $row = contribution($number++, contribution_receipt_amount => amount());
        $file{$row->{sub_id}} = $row;
    }
}

# The API gives some of the rows, with cents, a text longer than that of the file, and without some
# of the columns; and now and then one that no file will have.
sub said_by_api {
    my @said;
    for my $key (sort keys %file) {
        next if rand() < 0.5;
        my %row = %{$file{$key}};
        my $cents = ($key % 100) / 100;
        my $amount = $row{contribution_receipt_amount};
        $row{contribution_receipt_amount} = $amount < 0 ? $amount - $cents : $amount + $cents;
        $row{transaction_id} = undef if $key % 3 == 0;
        push @said, \%row;
    }
    push @said, contribution($number++) if rand() < 0.4;
    return \@said;
}

my @day = map { sprintf '2018-%02d-%02d', 7 + int($_ / 28), 1 + $_ % 28 } 0 .. 139;
my $from = @kept;
for my $month (0 .. 3) {
    change_by_chance();
    after(monthly(records => [values %file], time => $day[28 * $month],
            settings => {max_withdrawn => '100%', force => 'true'}));
    for my $week (1 .. 3) {
        change_by_chance() if rand() < 0.7;
        after(daily(started => $day[28 * $month + 6 * $week], records => said_by_api()));
    }
}
is wrong_runs(), '', "sixteen runs more are found again (FEC_SEED=$seed)";
is query("SELECT count(DISTINCT run_id) > 4 FROM fec.contribution_completion
    WHERE run_id >= $from"), 't', 'and most of them have completed rows';

# --- The files of three months

my $tree = scratch();
my $months = 3;
my @datasets = qw(cm indiv oppexp weball independent_expenditure committee_summary
    ElectioneeringComm);
my $first = query('SELECT max(run_id) FROM fec.run');
query('ALTER TABLE fec.run ALTER run_id RESTART WITH ' . ($first + 1));
sample($tree, '--cycle', 2016, '--rows', 400, '--months', $months, '--change', 40,
    '--withdraw', 20, '--expect');
my %table = map { split /\t/ } split /\n/, query(
    q{SELECT dataset, table_name FROM fec.dataset WHERE kind = 'bulk'});
for my $month (1 .. $months) {
    my $run = pipeline($home, ['monthly', '--cycle', 2016, '--datasets', join(',', @datasets)],
        env => {FEC_BULK_URL => "file://$tree/month-$month"});
    is $run->{status}, 0, "month $month is applied" or diag $run->{err};
}
my %columns = map { split /\t/ } split /\n/, query(
    q{SELECT relname, string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute JOIN pg_class
        ON attrelid = pg_class.oid WHERE relnamespace = 'fec'::regnamespace AND attnum > 0
       AND attname NOT IN ('row_hash', 'run_id', 'in_bulk', 'seal', 'record_key')
       AND NOT attisdropped
     GROUP BY 1});
for my $month (1 .. $months) {
    my (@expected, @queries);
    for my $dataset (@datasets) {
        my $file = "$tree/month-$month/expected/$dataset.tsv";
        my (undef, @rows) = split /\n/, slurp($file);
        s/^[^\t]*\t// for $rows[0] =~ /^\?/ || $table{$dataset} eq 'committee_totals' ? @rows : ();
        push @expected, @rows;
        my ($name, $run) = ($table{$dataset}, $first + $month);
        push @queries, "COPY (SELECT $columns{$name} FROM fec.${name}_as_of(2016, $run)) TO STDOUT";
    }
    my @got = split /\n/, query(@queries);
    is_deeply [sort { $a cmp $b } @got], [sort { $a cmp $b } @expected],
        "the files of month $month";
}
done_testing();
