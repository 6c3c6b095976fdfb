#!/usr/bin/env perl
# Bulk files and rows of the API over each other, by the rules on top of sql/apply/merge-api.sql and
# merge-bulk.sql: which value counts, what is a change and what only completes a row, and which rows
# leave the table. The scripts are run by psql alone, over staging tables made by hand.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use Steps;

new_database();

# Empties the tables, for a story of its own.
sub start_again {
    query('DELETE FROM fec.run', 'TRUNCATE fec.extraction_state, fec.contribution_uncoded',
        map { ("DROP TABLE IF EXISTS fec.${_}_2018, fec.${_}_2098", "TRUNCATE fec.${_}_history") }
            qw(contribution committee candidate));
}

my $all = sub { return $_[0] };
sub row_of { return query("SELECT $_[1] FROM fec.contribution WHERE sub_id = $_[0]{sub_id}") }
sub history {
    return query(q{SELECT string_agg(concat_ws(' ', right(sub_id::text, 3)::integer, change,
            contribution_receipt_amount), ', ' ORDER BY replaced_at, sub_id)
        FROM fec.contribution_history});
}

# --- Completed is not changed

my @rows = map { contribution($_, amendment_indicator => $_ > 9 ? 'A' : 'N') } 1 .. 10;
my @new  = map { contribution($_) } 11 .. 15;
is monthly(records => \@rows, time => '2018-03-01'), '10 new 0 unchanged', 'a first file';
is daily(records => [@rows, @new], started => '2018-03-05'), '5 new 10 unchanged',
    'the API brings what is new, and lacks what it never has';
is row_of($new[0], 'in_bulk, row_hash, amendment_indicator'), "f\t0\t",
    'which no bulk file has had';
is row_of($rows[0], 'in_bulk, amendment_indicator'), "t\tN", 'and erases nothing';
is monthly(records => [@rows, @new], time => '2018-04-01'), '0 new 5 completed 15 unchanged',
    'the next file completes them';
is row_of($new[0], 'in_bulk, amendment_indicator, run_id'), "t\tN\t2",
    'and now one has: the run stays that of the API';
is daily(records => [@rows, @new], started => '2018-04-05'), '0 new 15 unchanged',
    'the API finds nothing to do';
is monthly(records => [@rows, @new], time => '2018-05-01'), '0 new 15 unchanged',
    'nor does a file';
is history(), '', 'and the history is empty';

# --- Cents and long texts

start_again();
my $row = contribution(1, contributor_employer => 'X' x 38, contribution_receipt_amount => -100);
my $full = {%$row, contributor_employer => 'X' x 40, contribution_receipt_amount => -100.75};
monthly(records => [$row], time => '2018-03-01');
is daily(records => [$full], started => '2018-03-05'), '0 new 1 completed 1 unchanged',
    'the cents and the whole text of the API complete a row';
my $seen = 'contribution_receipt_amount, length(contributor_employer)';
is row_of($row, $seen), "-100.75\t40", 'which then has them';
is monthly(records => [$row], time => '2018-04-01'), '0 new 1 unchanged', 'the file keeps them';
is row_of($row, $seen), "-100.75\t40", 'since nothing has changed';
is monthly(records => [{%$row, amendment_indicator => 'A'}], time => '2018-05-01'),
    '0 new 1 changed 0 unchanged', 'but if the FEC has changed the row,';
is row_of($row, $seen), "-100.00\t38", 'its file is right';
is daily(records => [$full], started => '2018-05-05'), '0 new 1 completed 1 unchanged',
    'and the API completes it again';
is daily(records => [{%$full, contribution_receipt_amount => -100}], started => '2018-05-06'),
    '0 new 1 changed 0 unchanged', 'cents that the API takes back';
is row_of($row, $seen), "-100.00\t40", 'go';
is daily(records => [{%$full, contribution_receipt_amount => -100.5}], started => '2018-05-07'),
    '0 new 1 changed 0 unchanged', 'cents that it gives instead are a change';
is monthly(records => [{%$row, contribution_receipt_amount => -99}], time => '2018-06-05'),
    '0 new 1 changed 0 unchanged', 'an amount of the file that is another';
is row_of($row, $seen), "-99.00\t38", 'takes its place, the text with it';

# --- A NULL of the API

start_again();
$row = contribution(1, memo_code => 'X', memo_text => 'SEE BELOW', other_id => 'C00000009',
    contributor_employer => undef);
monthly(records => [$row], time => '2018-03-01');
is daily(records => [{%$row, other_id => undef, transaction_id => undef, election_type => undef}],
    started => '2018-03-05'), '0 new 1 unchanged', 'what the API lacks says nothing';
is daily(records => [{%$row, memo_code => undef}], started => '2018-03-05'),
    '0 new 1 changed 0 unchanged', 'a memo mark that it has not is one that is gone';
is row_of($row, 'memo_code, memo_text, other_id'), "\tSEE BELOW\tC00000009", 'from the row, too';
is daily(records => [{%$row, memo_code => undef, contributor_employer => 'ACME'}],
    started => '2018-03-06'), '0 new 1 changed 0 unchanged',
    'an employer where the file had none is a change';
start_again();
monthly(records => [{%$row, other_id => undef}], time => '2018-03-01');
is daily(records => [$row], started => '2018-03-05'), '0 new 1 completed 1 unchanged',
    'an id that the file did not have completes the row';
is monthly(records => [{%$row, other_id => undef}], time => '2018-04-05'), '0 new 1 unchanged',
    'and stays when the file does not have it again';
is daily(records => [{%$row, other_id => 'C00000008'}], started => '2018-04-06'),
    '0 new 1 changed 0 unchanged', 'but another id is a change';

# --- Invalid dates

start_again();
my $dates = 'contribution_receipt_date, contribution_receipt_date_as_filed';
my $undated = contribution(1, contribution_receipt_date => undef,
    contribution_receipt_date_as_filed => 'garbage');
my $null = {%$undated, contribution_receipt_date_as_filed => undef};
monthly(records => [$undated], time => '2018-03-01');
is daily(records => [$null], started => '2018-03-05'), '0 new 1 unchanged',
    'a text where a date should be is what the API lacks';
is daily(records => [{%$null, contribution_receipt_date => '2017-01-01'}],
    started => '2018-03-06'), '0 new 1 changed 0 unchanged', 'a date is a change';
is row_of($undated, $dates), "2017-01-01\t", 'and the text goes';
is daily(records => [$null], started => '2018-03-07'), '0 new 1 changed 0 unchanged',
    'a date that goes is one as well';
is row_of($undated, $dates), "\t", 'and brings no text back';

# --- A file that is older than what the API said

start_again();
$row = contribution(1, contribution_receipt_amount => 50);
my $corrected = {%$row, contribution_receipt_amount => 60};
my $third = {%$row, contribution_receipt_amount => 70};
monthly(records => [$row], time => '2018-03-01');
is daily(records => [$corrected], started => '2018-03-20'), '0 new 1 changed 0 unchanged',
    'the API corrects 50 to 60';
is monthly(records => [$row], time => '2018-03-19'), '0 new 1 unchanged',
    'a file made before that puts nothing back';
is monthly(records => [$row], time => '2018-03-25'), '0 new 1 unchanged',
    'nor does one made after it, of older data';
is row_of($row, 'contribution_receipt_amount, in_bulk'), "60.00\tt", 'so it is 60';
is monthly(records => [$third], time => '2018-03-26'), '0 new 1 changed 0 unchanged',
    'one that says a third thing is right';
is daily(records => [$corrected], started => '2018-03-27'), '0 new 1 changed 0 unchanged',
    'the API corrects 70 to 60';
is monthly(records => [$row], time => '2018-03-28'), '0 new 1 unchanged',
    'a file that says what the row was before is not right within the grace';
is monthly(records => [$row], time => '2018-04-20'), '0 new 1 changed 0 unchanged',
    'after the grace it is';
is history(), '1 changed 50.00, 1 changed 60.00, 1 changed 70.00, 1 changed 60.00',
    'the history has these and no others';

start_again();
my $came = contribution(1, amendment_indicator => undef, contribution_receipt_amount => 50.25);
daily(records => [$came], started => '2018-03-10');
daily(records => [{%$came, contribution_receipt_amount => 60.25}], started => '2018-03-12');
is monthly(records => [contribution(1, contribution_receipt_amount => 50)], time => '2018-03-13',
    started => '2018-03-14'), '0 new 1 unchanged', 'a version that only the API had counts as well';
is monthly(records => [contribution(1, contribution_receipt_amount => 60)], time => '2018-03-13',
    started => '2018-03-15'), '0 new 1 completed 1 unchanged',
    'and the file that knows of the correction completes the row';
is row_of($came, 'contribution_receipt_amount, amendment_indicator'), "60.25\tN", 'with its cents';

# --- Rows that leave

start_again();
@rows = map { contribution($_) } 1 .. 10;
monthly(records => \@rows, time => '2018-03-01');
my ($young, $old, $known) = map { contribution(20 + $_) } 1 .. 3;
daily(records => [$old, $known], started => '2018-03-05');
daily(records => [$young], started => '2018-03-25');
is monthly(records => [@rows, $known], time => '2018-03-18'),
    '0 new 1 completed 13 unchanged', 'rows of the API stay within the grace';
is monthly(records => [@rows, $known], time => '2018-03-20'),
    '0 new 1 unconfirmed 12 unchanged', 'and leave after it, unconfirmed';
is history(), '22 unconfirmed 100.00', 'for the FEC has withdrawn nothing';
is monthly(records => [@rows[1 .. 9]], time => '2018-04-20'),
    '0 new 2 withdrawn 1 unconfirmed 9 unchanged', 'what a file has had is withdrawn';
is query('SELECT count(*) FROM fec.contribution_history WHERE NOT in_bulk'), 2,
    'the history tells them apart';

start_again();
my $states = 'SELECT contribution_count FROM fec.extraction_state';
my @with_states = (script => 'apply/dataset.sql apply/close.sql');
monthly(records => \@rows, time => '2018-03-01', @with_states);
daily(records => [$old], started => '2018-03-05');
query(q{UPDATE fec.extraction_state SET source = 'api'});   # as batch.sql does
monthly(records => \@rows, time => '2018-03-10', @with_states);
is query($states), 11, 'the state of a committee counts its rows';
monthly(records => \@rows, time => '2018-04-10', @with_states);
is query($states), 10, 'also when nothing happened but that an unconfirmed one has left';

# --- Lines that cannot be read

start_again();
monthly(records => \@rows, time => '2018-03-01');
is monthly(records => [@rows[2 .. 9]], rejected => [$rows[0]{sub_id}, 777], time => '2018-03-08'),
    '0 new 1 withdrawn 1 kept 9 unchanged', 'a row whose line was rejected is not missing';

# --- Too much at once, too little to say so

start_again();
@rows = map { contribution($_) } 1 .. 120;
monthly(records => \@rows, time => '2018-03-01');
is monthly(records => [@rows[0 .. 15]], time => '2018-03-08'), undef, 'too many rows are missing';
like last_error(), qr/ZF065: indiv 2018: 104 of 120 .* FEC_MIN_WITHDRAWN=100 .*=87% would do/,
    'the message names the settings and what would do';
is monthly(records => [@rows[0 .. 15]], time => '2018-03-08',
    settings => {max_withdrawn => '87%'}), '0 new 104 withdrawn 16 unchanged', 'which does';
is monthly(records => [@rows[0 .. 5]], time => '2018-03-09'), '0 new 10 withdrawn 6 unchanged',
    'a percentage of few rows says nothing';
is monthly(records => [], time => '2018-03-10'), undef, 'a file without rows is refused';
like last_error(), qr/ZF065: indiv 2018: the file came without its rows/, 'with a word';
is monthly(records => [@rows[0 .. 5]], time => '2018-03-07'), undef,
    'a file that is older than the last one is refused';
like last_error(), qr/ZF065: indiv 2018: the file of 2018-03-07.*older than the one of 2018-03-09/,
    'with a word';
is monthly(records => [@rows[0 .. 5]], time => '2018-03-07', settings => {force => 'true'}),
    '0 new 6 unchanged', 'unless the run is forced';
is monthly(records => [@rows[0 .. 5]], time => '2018-03-08'), '0 new 6 unchanged',
    'and then it is what counts';

# --- Clocks

start_again();
@rows = map { contribution($_) } 1 .. 3;
monthly(records => [@rows], time => '2098-01-01', started => '2018-03-01');
is monthly(records => [@rows], time => '2018-03-08'), '0 new 3 unchanged',
    'after a file with a date to come any file is right';
daily(records => [contribution(9)], started => '2098-01-01');
is monthly(records => [@rows], time => '2018-03-15'), '0 new 4 unchanged',
    'a daily run under a clock that was ahead is young';
is monthly(records => [@rows], time => '2018-03-30'), '0 new 1 unconfirmed 3 unchanged',
    'but no younger than the run after it';
query(q{INSERT INTO fec.sweep (cycle, dataset, strategy, scope, started_at, complete, run_id)
    VALUES (2018, 'schedule_a', 'load-date', 'all', '2098-01-01', true, 1)});
is query(q{SELECT fec.covered_until(2018, 'schedule_a') <= now()}), 't',
    'and a sweep under it covers no days to come';

# --- Which rows belong

start_again();
my @codes = ((map { contribution($_, receipt_type => '15E') } 1 .. 4),
    (map { contribution(10 + $_, receipt_type => undef, contribution_receipt_amount => 20) }
        1 .. 7),
    contribution(20, receipt_type => '15J', memo_code => 'X'),
    contribution(21, receipt_type => '30T'), contribution(22, receipt_type => '24T'));
monthly(records => [contribution(99)], time => '2018-03-01');
is daily(records => \@codes, started => '2018-03-05'), '6 new 7 uncoded 1 other 0 unchanged',
    'of the API come the rows with a code of the file';
is query('SELECT count(*) FROM fec.contribution_uncoded'), 0, 'the others are counted';
$_->{load_date} = '2018-03-05T01:02:03' for @codes;
is daily(records => \@codes, started => '2018-03-06', settings => {uncoded => 'keep'}),
    '0 new 7 uncoded 1 other 6 unchanged', 'or kept, if that is wanted,';
is query('SELECT count(*), min(load_date) FROM fec.contribution_uncoded'),
    "7\t2018-03-05T01:02:03", 'with their load date';
my @coded = map { +{%{$codes[$_]}, receipt_type => '15'} } 4, 5;
is daily(records => \@coded, started => '2018-03-08'), '2 new 0 unchanged',
    'a row that comes coded';
is query('SELECT count(*) FROM fec.contribution_uncoded'), 5, 'leaves the others';
is daily(records => [$codes[4]], started => '2018-03-08', settings => {uncoded => 'keep'}),
    '0 new 1 uncoded 0 unchanged', 'a row of the table that comes without a code';
is query('SELECT count(*) FROM fec.contribution_uncoded'), 5, 'is not kept twice';
delete $_->{load_date} for @codes;
is monthly(records => [contribution(99), {%{$codes[6]}, receipt_type => '15'}, @codes[0 .. 3],
        contribution(23, receipt_type => '22Y')], time => '2018-03-10'),
    '2 new 4 completed 9 unchanged', 'a file brings what is coded';
is query('SELECT count(*) FROM fec.contribution_uncoded'), 4, 'which leaves them as well';
is history(), '', 'and nothing was changed or withdrawn';

done_testing();
