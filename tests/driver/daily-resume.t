#!/usr/bin/env perl
# The daily run when it is stopped: killed at any page, met by an error or by the hour's limit. The
# next one goes on where it was, reads nothing twice and loses nothing. And committee by committee.
use strict;
use warnings;
use Test::More;
use Time::Local qw(timegm);
use FindBin;
use lib "$FindBin::Bin/../lib";
use FecApi;
use Fecpipe;
use Scene;

use constant PAGES => 8;

my $scene = new_scene();
my $home  = $scene->{home};
my $api   = $scene->{api};

my %is_base = map { $_ => 1 } add_rows($scene, 100);
add_rows($scene, 725, load_date => '2018-03-05T01:00:00',
    contribution_receipt_amount => sub { 10.01 + $_[0] },
    contribution_receipt_date => sub {
        $_[0] % 100 == 7 ? undef : sprintf '2018-02-%02dT00:00:00', 1 + $_[0] % 28 });
publish_bulk($scene, rows => sub { $is_base{$_[0]} }, time => timegm(0, 0, 12, 4, 2, 2018));
publish_api($scene);
my $expected = expected_text($scene);
my $limits = {FEC_API_BATCH => 2, FEC_STALL_SECONDS => 2};

# Everything as after the monthly run.
sub start_anew {
    sql($home, 'TRUNCATE fec.contribution, fec.contribution_history, fec.extraction_state,
        fec.sweep CASCADE', q{DELETE FROM fec.run WHERE kind = 'daily'},
        map { "INSERT INTO fec.$_ SELECT * FROM kept.$_" } qw(contribution extraction_state));
    api_behave($api);
}

sub schedule_pages { return scalar grep { $_->{path} =~ /schedule_a/ } @_ }

is run_monthly($scene)->{status}, 0, 'the bulk file is loaded';
sql($home, 'CREATE SCHEMA kept',
    map { "CREATE TABLE kept.$_ AS TABLE fec.$_" } qw(contribution extraction_state));
my $before = () = api_calls($api);
is run_daily($scene, [], %$limits)->{status}, 0, 'an undisturbed run';
my @undisturbed = api_calls($api, $before);
is schedule_pages(@undisturbed), PAGES, 'takes as many pages';
is table_text($scene), $expected, 'and has all rows';
my $states = sql($home, 'SELECT committee_id, last_contribution_date, last_sub_id,
    contribution_count, window_from, window_to, complete FROM fec.extraction_state ORDER BY 1');

# --- Killed at each page

for my $page (1 .. PAGES) {
    my $signal = $page % 2 ? 'KILL' : 'TERM';
    start_anew();
    $before = () = api_calls($api);
    api_behave($api, "$page stall 0 path=schedule_a");
    my $process = start([top() . '/pipeline.sh', 'daily', '--cycle', 2018],
        # What is left of a killed run must not ask again.
        env => Fecpipe::driver_env($home, %{Scene::env_of($scene, %$limits)}, FEC_RETRIES => 0));
    wait_until(sub { schedule_pages(api_calls($api, $before)) >= $page });
    kill $signal => $process->{pid};
    my $killed = finish($process, 30);
    my $applied = int(($page - 1) / 2) * 2;
    my $count = sql($home, 'SELECT count(*) FROM fec.contribution');
    is $count, 100 + 100 * $applied, "killed ($signal) at page $page, whole batches are there";
    api_behave($api);
    $before = () = api_calls($api);
    my $again = run_daily($scene, [], %$limits);
    is $again->{status}, 0, 'the next run succeeds' or diag $again->{err};
    # What the killed run may still have under way is not the next one's.
    my @calls = grep { $_->{action} eq '-' } api_calls($api, $before);
    is schedule_pages(@calls), PAGES - $applied, 'reads only what was not applied';
    is table_text($scene), $expected, 'and the table is that of an undisturbed run';
    is sql($home, 'SELECT committee_id, last_contribution_date, last_sub_id,
        contribution_count, window_from, window_to, complete FROM fec.extraction_state
        ORDER BY 1'), $states, 'with its states';
}

# --- Met by an error

start_anew();
api_behave($api, '4- status 503 path=schedule_a');
my $result = run_daily($scene, [], %$limits);
is $result->{status}, 69, 'a server that does not recover ends the run';
like $result->{err}, qr/503.*\n\z/, 'which says so';
is sql($home, 'SELECT count(*) FROM fec.contribution'), 400, 'the pages before that are applied';
is sql($home, q{SELECT status, reason LIKE '%503%' FROM fec.run ORDER BY run_id DESC LIMIT 1}),
    "failed\tt", 'the run is recorded as failed';
is sql($home, q{SELECT count(*) > 0, bool_and(resume_at LIKE 'sweep=%last_index=%')
    FROM fec.extraction_state WHERE NOT complete}), "t\tt", 'the states say where it goes on';
api_behave($api);
$before = () = api_calls($api);
$result = run_daily($scene, [], %$limits);
like $result->{out}, qr/goes on where/, 'the next run says that it goes on';
is schedule_pages(api_calls($api, $before)), PAGES - 3, 'reads nothing twice';
is table_text($scene), $expected, 'and ends with the whole table';

# --- The hour's limit

start_anew();
unlink "$home/home/api-calls";   # those that were made without a limit
my $process = start([top() . '/pipeline.sh', 'daily', '--cycle', 2018], env => Fecpipe::driver_env(
    $home, %{Scene::env_of($scene, %$limits, FEC_API_CALLS_PER_HOUR => 5)}));
wait_until(sub { sql($home, 'SELECT count(*) FROM fec.contribution') >= 400 });
my $log = slurp("$process->{folder}/out");
like $log, qr/calls are to come, 5 an hour: about \d+ h/,
    'a run that exceeds the calls of the hour says how long it will take';
ok wait_until(sub { slurp("$process->{folder}/out") =~ /are used up; goes on in \d+ (?:min|h)/ }),
    'and when it goes on';
kill TERM => $process->{pid};
finish($process, 30);
is sql($home, 'SELECT count(*) FROM fec.contribution'), 400,
    'what the hour allowed is applied before it waits';
is run_daily($scene, [], %$limits)->{status}, 0, 'with more calls the next one succeeds';
is table_text($scene), $expected, 'and completes the table';

# --- Never read

start_anew();
sql($home, 'TRUNCATE fec.contribution, fec.extraction_state', 'DELETE FROM fec.run');
unlink "$home/home/api-calls";
$result = run_daily($scene, [], FEC_API_BATCH => 1, FEC_API_CALLS_PER_HOUR => 6);
is run_daily($scene, ['--by', 'committee'])->{status}, 0, 'no committee is no error';
is $result->{status}, 78, 'a cycle that was never read and is large is not read by the API';
like $result->{err}, qr/monthly.*first/, 'the message says what to do';
is sql($home, 'SELECT count(*) FROM fec.contribution'), 0, 'and nothing was changed';
$result = run_daily($scene, ['--full-refresh'], FEC_API_BATCH => 3);
is $result->{status}, 0, 'unless it is asked for' or diag $result->{err};
is table_text($scene), $expected, 'then it has all';

# --- Committee by committee

start_anew();
$before = () = api_calls($api);
$result = run_daily($scene, ['--by', 'committee']);
is $result->{status}, 0, 'committee by committee' or diag $result->{err};
my @calls = grep { $_->{path} =~ /schedule_a/ } api_calls($api, $before);
is join(' ', sort { $a <=> $b } map { scalar @{$_->{argument}{committee_id}} } @calls),
    join(' ', (10) x @calls), 'ten are asked for in each call';
ok !grep({ !$_->{argument}{min_date} } @calls), 'from a date on';
my $undated = grep { !defined $_->{contribution_receipt_date} } values %{$scene->{rows}};
is sql($home, 'SELECT count(*) FROM fec.contribution'), 825 - $undated,
    'all with a date since the last one of their committee';
is sql($home, 'SELECT count(*) FROM fec.extraction_state WHERE NOT complete'), 0,
    'all are complete';

$before = () = api_calls($api);
$result = run_daily($scene, ['--by', 'committee', '--lookback-days', 1]);
is counts_of($result) =~ /^0 0 0 \d+ 0$/, 1, 'again: nothing new';
is schedule_pages(api_calls($api, $before)), 2, '20 committees with little to read cost 2 calls';

my $stranger = committee(99);
my @theirs = add_rows($scene, 120, committee_id => $stranger, load_date => '2017-05-05T00:00:00');
publish_api($scene);
$before = () = api_calls($api);
$result = run_daily($scene, ['--committee', $stranger]);
is counts_of($result), '120 0 0 0 0', 'a committee without a state is read whole';
@calls = api_calls($api, $before);
is scalar(grep { "@{$_->{argument}{committee_id} // []}" ne $stranger } @calls), 0,
    'and no other';
is sql($home, "SELECT contribution_count, complete, source FROM fec.extraction_state
    WHERE committee_id = '$stranger'"), "120\tt\tapi", 'it has its state then';

sql($home, map { "CREATE TABLE fec_staging.contribution_$_ ()" } qw(2018_run4711 2020_run4712));
$before = () = api_calls($api);
$result = run_daily($scene, ['--full-refresh', '--committee', "$stranger," . committee(3)]);
@calls = api_calls($api, $before);
ok !grep({ $_->{argument}{min_date} } @calls), '--full-refresh ignores the states';
is table_text($scene), expected_text($scene, sub {
    defined $scene->{rows}{$_[0]}{contribution_receipt_date}
        || $scene->{rows}{$_[0]}{committee_id} eq committee(3) }),
    'and so finds rows without a date too';

for my $bad (['--by', 'luck'], ['--committee', 'X1'], ['--lookback-days', 'x'], ['--cycle', 2017],
    ['--lookback-days'], ['--dry-run'])
{
    is run_daily($scene, $bad)->{status}, 64, "daily @$bad is refused";
}

is sql($home, q{SELECT string_agg(tablename, ' ') FROM pg_tables WHERE schemaname = 'fec_staging'}),
    'contribution_2020_run4712', 'no staging table is left over, but of the other cycle';
is sql($home, 'SELECT count(*) FROM fec.sweep_committee'), 0, 'nor a plan';
done_testing();
