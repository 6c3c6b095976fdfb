#!/usr/bin/env perl
# The scripts of sql/apply by psql alone, over staging tables made by hand: a first load, the same
# file again, a dry run, records that came twice, tables of which the API shows nothing. What the
# API and a file are to each other is in merge.t.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use Steps;

new_database();
my @rows = map { contribution($_) } 1 .. 6;

# --- A first load

is monthly(records => \@rows, time => '2018-03-01'), '6 new 0 unchanged',
    'the first file of a cycle is new as a whole';
is query("SELECT fec.partition_of('contribution', 2018) = 'fec.contribution_2018'::regclass"), 't',
    'its staging table is the partition';
is query("SELECT count(*) FROM pg_attribute WHERE attrelid = 'fec.contribution_2018'::regclass
    AND atthasdef"), 0, 'and stamps no more rows';
is query('SELECT count(*) FROM pg_class WHERE relnamespace = $$fec_staging$$::regnamespace'), 0,
    'nothing stays in staging';
is monthly(records => [], time => '2020-01-20', cycle => 2020), '0 new 0 unchanged',
    'an empty file is right while the table has no rows of the cycle';
is query("SELECT fec.partition_of('contribution', 2020)"), '', 'and makes no partition';

# --- The month after

my @later = ({%{$rows[0]}, contributor_city => 'PEORIA'}, @rows[1 .. 4], contribution(7));
is monthly(records => \@later, time => '2018-04-01', script => 'apply/count.sql'),
    '1 new 1 changed 1 withdrawn 4 unchanged', 'a dry run says what would change';
is query('SELECT count(*) FROM fec.contribution_history'), 0, 'and changes nothing';
is monthly(records => \@later, time => '2018-04-01'), '1 new 1 changed 1 withdrawn 4 unchanged',
    'the run says the same';
is query(q{SELECT string_agg(concat_ws(' ', right(sub_id::text, 1), contributor_city, change,
        written_by_run_id, run_id, in_bulk), ', ' ORDER BY sub_id)
    FROM fec.contribution_history}), '1 SPRINGFIELD changed 1 4 t, 6 SPRINGFIELD withdrawn 1 4 t',
    'the history has what was there';
is query('SELECT sum(contribution_receipt_amount), count(*) FROM fec.contribution'), "600.00\t6",
    'the table has what the file has';
is monthly(records => \@later, time => '2018-05-01'), '0 new 6 unchanged',
    'the same file again changes nothing';

# --- Records that came twice

my $twice = {%{$later[5]}, contributor_city => 'FIRST'};
my $last  = {%{$later[5]}, contributor_city => 'LAST'};
is monthly(records => [@later[0 .. 4], $twice, $last], time => '2018-06-01',
    conflicts => [$last->{sub_id}]), '0 new 1 changed 5 unchanged',
    'of two records with a key the later one counts';
is query("SELECT contributor_city FROM fec.contribution WHERE sub_id = $last->{sub_id}"), 'LAST',
    'whatever the other says';

# --- Tables that the API does not show

my @oth = (table => 'committee_transaction', dataset => 'oth');
monthly(@oth, records => \@rows, time => '2018-03-01');
daily(records => [contribution(8)], started => '2018-06-05');
is monthly(@oth, records => [{%{$rows[0]}, contribution_receipt_amount => 99,
            election_type => undef}, @rows[1 .. 4]], time => '2018-06-02'),
    '0 new 1 changed 1 withdrawn 4 unchanged', 'daily runs are nothing to the other tables';
is query('SELECT contribution_receipt_amount, election_type FROM fec.committee_transaction
    ORDER BY sub_id LIMIT 1'), "99.00\t", 'the file is right in all columns';

# --- What is wrong with the call

my $result = script('apply/count.sql', run_id => 4711, dataset => 'indiv');
isnt $result->{status}, 0, 'a run that has nothing staged';
like $result->{err}, qr/ZF070: run 4711 has nothing staged of indiv/, 'is said to have nothing';
$result = script('apply/dataset.sql', run_id => 1, dataset => 'indiv');
like $result->{err}, qr/ZF065: indiv 2018: the file of 2018-03-01.*older/,
    'a run whose time is over is not applied again';
is script('apply/check-age.sql', run_id => 1, dataset => 'indiv',
    last_modified => 'Sun, 01 Jul 2018 00:00:00 GMT')->{status}, 0, 'a file may be younger';
is script('apply/check-age.sql', run_id => 1, dataset => 'indiv', last_modified => '')->{status},
    0, 'or have no time';
is script('apply/check-age.sql', run_id => 1, dataset => 'cm',
    last_modified => '2001-01-01')->{status}, 0, 'or be the first one';
done_testing();
