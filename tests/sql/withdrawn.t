#!/usr/bin/env perl
# What became of withdrawn rows: fec.contribution_withdrawn finds a row again by committee and
# transaction id among those that came in the same run or later, or by a daily run shortly before.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use Steps;

my $home = new_database();
my %force = (settings => {max_withdrawn => '100%', force => 'true'});

# A row that has come again under another number, in an amended filing.
sub again {
    my ($number, $of, %column) = @_;
    return contribution($number, contributor_name => "DOE, JANE $of", transaction_id => "SA$of",
        file_number => 1300000, image_number => "2019$number", amendment_indicator => 'A',
        %column);
}

# What became of the rows that a run has withdrawn: number, fate, number now, columns, difference.
sub fates {
    my ($run, $table) = @_;
    return query("SELECT concat_ws(' ', right(sub_id::text, 2), became, right(new_sub_id::text, 2),
            nullif(array_to_string(altered_columns, '+'), ''), round(nullif(amount_difference, 0)))
        FROM fec.@{[$table // 'contribution']}_withdrawn WHERE run_id = $run ORDER BY sub_id");
}

my @file = map { contribution($_) } 11 .. 19;
$file[3]{transaction_id} = undef;                 # 14: of a paper filing
$file[7]{transaction_id} = 'SA13';                # 18: has the number of 13 in another filing
monthly(records => \@file, time => '2018-03-01', %force);
daily(started => '2018-02-20', records => [again(20, 15)]);
daily(started => '2018-03-10', records => [again(21, 11),
        contribution(18, transaction_id => 'SA13', contribution_receipt_amount => 100.5)]);
monthly(records => [@file[5 .. 8], again(21, 11),
        again(22, 12, contribution_receipt_amount => 150, contributor_city => 'PEORIA')],
    time => '2018-04-01', %force);
is fates(4), "11 renumbered 21\n12 altered 22 contributor_city+contribution_receipt_amount 50\n"
    . "13 gone\n14 untraceable\n15 gone", 'renumbered, altered, gone, or it cannot be told';

monthly(records => [@file[5 .. 8], again(21, 11), again(23, 12), $file[2], again(24, 13)],
    time => '2018-05-01', %force);
is fates(5), '22 altered 23 contributor_city+contribution_receipt_amount -50',
    'a successor can be withdrawn itself';
is fates(4), "11 renumbered 21\n12 altered 22 contributor_city+contribution_receipt_amount 50\n"
    . "13 returned 13\n14 untraceable\n15 gone", 'and a row can come back under its number';

monthly(records => [@file[5, 6], again(21, 11), again(25, 12), again(26, 12, report_type => 'Q2'),
        $file[2]], time => '2018-06-01', %force);
is fates(6), "18 gone\n19 gone\n23 renumbered 25\n24 gone",
    'a row that was there before is no successor; of two the one of the same report is';

# --- A table that the API does not show

my @oth = (table => 'committee_transaction', dataset => 'oth', %force);
monthly(@oth, records => [map { contribution($_) } 31 .. 33], time => '2018-03-01');
monthly(@oth, records => [again(34, 31), contribution(33)], time => '2018-04-01');
is fates(8, 'committee_transaction'), "31 renumbered 34\n32 gone", 'the same of other tables';

# --- Sums

is query('SELECT became, count(*), sum(amount) FROM fec.contribution_withdrawn
    WHERE cycle = 2018 GROUP BY became ORDER BY became') =~ s/\.00//gr,
    "altered\t2\t250\ngone\t4\t400.50\nrenumbered\t2\t200\nreturned\t1\t100\nuntraceable\t1\t100",
    'each withdrawn row is counted once';
my $plan = query("EXPLAIN (COSTS off) SELECT * FROM fec.contribution_withdrawn
    WHERE cycle = 2018 AND run_id = 6");
like $plan, qr/Index Cond: \(run_id = 6\)/, 'a condition on the run reaches the history';
unlike $plan, qr/contribution_2020/, 'one on the cycle the partition';
done_testing();
