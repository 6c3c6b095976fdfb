#!/usr/bin/env perl
# Bulk files and API over each other, in all orders: which of two values counts, what the states
# say, and what a run does about a table, a clock or a setting that is not as it should be.
use strict;
use warnings;
use JSON::PP qw(decode_json);
use Test::More;
use Time::Local qw(timegm);
use FindBin;
use lib "$FindBin::Bin/../lib";
use FecApi;
use Fecpipe;
use Scene;

my $scene = new_scene();
my $home  = $scene->{home};
my @now   = (load_date => today() . 'T04:00:00');
my $clock = time - 86400 * 5;

sub column { return sql($home, $_[0]) }
sub value_of { return column("SELECT $_[1] FROM fec.contribution WHERE sub_id = $_[0]") }

# A bulk file of the rows as they are now, by its time younger than the one before, and the run over
# it; an API that answers with them, and the run.
sub bulk {
    my (%option) = @_;
    publish_bulk($scene, time => $clock += 60, %option);
    return run_monthly($scene);
}

sub api {
    my (@options) = @_;
    publish_api($scene);
    return run_daily($scene, [@options]);
}

sub state_of {
    my ($number) = @_;
    return column("SELECT contribution_count, last_contribution_date, complete
        FROM fec.extraction_state WHERE committee_id = '" . committee($number) . q{'});
}

# What the states get wrong.
sub wrong_states {
    return column(q{SELECT string_agg(format('%s: %s of %s, %s of %s', committee_id,
            contribution_count, n, last_contribution_date, last), E'\n' ORDER BY committee_id)
        FROM (SELECT committee_id, count(*) AS n,
                     max(contribution_receipt_date) FILTER (
                         WHERE contribution_receipt_date <= current_date) AS last
                FROM fec.contribution WHERE cycle = 2018 GROUP BY committee_id) AS c
        FULL JOIN fec.extraction_state AS s USING (committee_id)
        WHERE c.n IS DISTINCT FROM nullif(s.contribution_count, 0)
           OR c.last IS DISTINCT FROM s.last_contribution_date OR NOT s.complete});
}

my @rows = add_rows($scene, 40, committee_id => sub { committee($_[0] % 10) });
publish_bulk($scene, time => timegm(0, 0, 12, 4, 2, 2018));
is run_monthly($scene)->{status}, 0, 'a bulk file is loaded';

# --- A file that is older than what the API has said

change_row($scene, $rows[0], @now, contribution_receipt_amount => 999.25);
is counts_of(api()), '0 1 0 0 0', 'the API corrects an amount';
change_row($scene, $rows[0], contribution_receipt_amount => 101);
change_row($scene, $rows[1], contributor_name => 'ROE, RICHARD');
is counts_of(bulk()), '0 1 0 39 0', 'a file made before that corrects what it can,';
is value_of($rows[0], 'contribution_receipt_amount'), '999.25', 'and puts nothing back';
$clock = time;
is counts_of(bulk()), '0 0 0 40 0', 'nor does one made after it, of older data;';
is value_of($rows[0], 'contribution_receipt_amount'), '999.25', 'it is known by what it says';
change_row($scene, $rows[0], contribution_receipt_amount => 77);
is counts_of(bulk()), '0 1 0 39 0', 'one that says something else';
is value_of($rows[0], 'contribution_receipt_amount'), '77.00', 'does correct it';

# --- Corrections to what has the record of another time

change_row($scene, $rows[2], @now, contribution_receipt_amount => 100.50);
api();
bulk();
is value_of($rows[2], 'contribution_receipt_amount'), '100.50', 'cents are kept';
change_row($scene, $rows[2], contribution_receipt_amount => 100);
is counts_of(api()), '0 1 0 1 0', 'but when the API takes them back';
is value_of($rows[2], 'contribution_receipt_amount'), '100.00', 'they go';
is counts_of(bulk()), '0 0 0 40 0', 'and the file has nothing to add';

change_row($scene, $rows[3], @now, receipt_type => undef);
is counts_of(api()), '0 0 0 2 0', 'a row that the API has not coded is no change';
is value_of($rows[3], 'receipt_type'), '15', 'and erases nothing';
change_row($scene, $rows[3], receipt_type => '15', load_date => '2017-12-24T10:00:00');
my $uncoded = sub { $_[0] =~ s/^((?:[^|]*\|){5})15(\|.*\|\Q$rows[3]\E)$/$1$2/mr };
is counts_of(bulk(edit => $uncoded)), '0 1 0 39 0', 'but if a line of the file has no code,';
is value_of($rows[3], 'receipt_type'), '', 'there is none';
is counts_of(bulk()), '0 1 0 39 0', 'until a file has it again';

change_row($scene, $rows[4], @now, transaction_id => undef, contributor_name => 'MOE, MARY');
api();
is value_of($rows[4], 'contributor_name, transaction_id'), "MOE, MARY\tSA5",
    'a change beside a NULL is taken, and the NULL is filled up';
is counts_of(api()), '0 0 0 3 0', 'which read again is no change';
change_row($scene, $rows[4], transaction_id => 'SA5', contributor_name => 'DOE, JANE 5');
is counts_of(bulk()), '0 0 0 40 0', 'a file that has the old values';
is value_of($rows[4], 'contributor_name'), 'MOE, MARY', 'does not bring them back';
change_row($scene, $rows[4], contributor_name => 'MOE, MARY');

my $undated = sub { $_[0] =~ s/^((?:[^|]*\|){13})[^|]*(\|.*\|\Q$rows[5]\E)$/${1}garbage$2/mr };
bulk(edit => $undated);
my $dates = 'contribution_receipt_date, contribution_receipt_date_as_filed';
is value_of($rows[5], $dates), "\tgarbage", 'a file has something where a date should be';
change_row($scene, $rows[5], @now, contribution_receipt_date => undef);
is counts_of(api()), '0 0 0 4 0', 'the API has nothing there: no change';
is counts_of(bulk()), '0 1 0 39 0', 'the file has nothing either';
is value_of($rows[5], $dates), "\t", 'then it is gone';
change_row($scene, $rows[5], contribution_receipt_date => '2018-13-03T00:00:00');
is counts_of(api()), '0 0 0 4 0', 'an invalid date of the API completes a row without one:';
is value_of($rows[5], $dates), "\t2018-13-03T00:00:00", 'is kept as it was filed';
change_row($scene, $rows[5], contribution_receipt_date => '2017-03-04T00:00:00');
api();
bulk();
is value_of($rows[5], $dates), "2017-03-04\t", 'and goes when a date comes';
is wrong_states(), '', 'all the while the states are right';

# --- The states

my ($late) = add_rows($scene, 1, @now, committee_id => committee(3),
    contribution_receipt_date => '2018-12-30T00:00:00');
api();
is state_of(3), "5\t2018-12-30\tt", 'the state has the latest receipt';
change_row($scene, $late, contribution_receipt_date => '2018-01-30T00:00:00');
api();
is state_of(3), "5\t2018-01-30\tt", 'which goes back when the row does';
add_rows($scene, 1, @now, committee_id => committee(3),
    contribution_receipt_date => '2018-02-15T00:00:00');
publish_api($scene);
is counts_of(run_daily($scene, ['--committee', committee(3)])) =~ /^1 /, 1,
    'so a later receipt is found by committee';
change_row($scene, $late, committee_id => committee(4));
my $result = api('--committee', committee(4));
is state_of(3), "5\t2018-02-15\tt", 'a row that moves is taken off its former committee';
is state_of(4), "5\t2018-01-30\tt", 'and added to the other';
is wrong_states(), '', 'and no state is left incomplete';

column(q{DELETE FROM fec.extraction_state WHERE committee_id = '} . committee(9) . q{'});
$result = api('--committee', committee(9));
like counts_of($result), qr/^0 0 0 4 0$/, 'a committee without a state is read whole';
is state_of(9), "4\t" . column(q{SELECT max(contribution_receipt_date) FROM fec.contribution
    WHERE committee_id = '} . committee(9) . q{'}) . "\tt", 'and its state counts what was there';
column('DELETE FROM fec.extraction_state');
api('--full-refresh');
is column('SELECT count(*) FROM fec.extraction_state'), 10,
    '--full-refresh makes the states that are missing';
is wrong_states(), '', 'and they are right';

# --- Two sweeps by committee

api_behave($scene->{api}, '1- status 403 path=schedule_a');
$result = api('--by', 'committee', '--full-refresh');
is $result->{status}, 69, 'a sweep by committee is broken off';
api_behave($scene->{api});
is column('SELECT count(*) > 0 FROM fec.sweep_committee'), 't', 'what it was to ask is kept';
$clock = time + 1;
bulk(time => $clock);
api();
is column('SELECT count(*) FROM fec.sweep_committee'), 0, 'until a bulk file has overtaken it';

# --- What the summary and the status say

my $before = () = api_calls($scene->{api});
api_behave($scene->{api}, '2- status 403 path=schedule_a');
is run_daily($scene, ['--full-refresh'], FEC_API_BATCH => 1)->{status}, 0,
    'all of it fits one page';
api_behave($scene->{api});
$result = api('--full-refresh');
my ($calls) = $result->{out} =~ /^  calls of the API +(\d+)$/m;
is $calls, 3, 'the calls are those of the run';

sql($home, q{UPDATE fec.run SET options = '--committee C00100001' WHERE kind = 'daily'});
is api('--committee', committee(1))->{status}, 0, 'a look at one committee';
my $status = decode_json(pipeline($home, ['status', '--json'])->{out});
is scalar(grep { $_->{kind} eq 'daily' } @{$status->{freshness}}), 0,
    'does not make the daily run a fresh one';

# --- A clock that is wrong

my @young = add_rows($scene, 3, @now);
api();
publish_bulk($scene, time => time + 30 * 86400, rows => sub { $_[0] lt $young[0] });
like counts_of(run_monthly($scene)), qr/^0 0 0 /,
    'a file with a time to come withdraws no young rows';
add_rows($scene, 2, @now);
like counts_of(api()), qr/^2 0 0 /, 'and does not keep the next daily run from finding what is new';

# --- Settings and tables that are not as they should be

sql($home, q{ALTER DATABASE fec SET datestyle = 'SQL, DMY'});
is api()->{status}, 0, 'a database with another way to write dates is no matter';
sql($home, 'ALTER DATABASE fec RESET datestyle');

sql($home, 'TRUNCATE fec.contribution');
$result = api();
is $result->{status}, 78, 'to a table that somebody has emptied nothing is added';
like $result->{err}, qr/lost its rows.*monthly.*\n\z/, 'the message says what to do';
publish_bulk($scene, time => time + 1);
is run_monthly($scene)->{status}, 0, 'which is done';
is api()->{status}, 0, 'and then it goes on';
is table_text($scene), expected_text($scene), 'with all rows';
done_testing();
