#!/usr/bin/env perl
# The daily run and the monthly one over it: what comes from the API is added, corrected and kept
# beside what the bulk files say, row by row and to the cent.
use strict;
use warnings;
use Test::More;
use Time::Local qw(timegm);
use FindBin;
use lib "$FindBin::Bin/../lib";
use FecApi;
use Fecpipe;
use Scene;

my $scene = new_scene();
my $home  = $scene->{home};

sub column { return sql($home, $_[0]) }

# A value of one row, or some of them, tab separated.
sub value_of {
    my ($id, $columns) = @_;
    return column("SELECT $columns FROM fec.contribution JOIN fec.run USING (run_id)
        WHERE sub_id = $id");
}

# All that the table holds, also what tells which run brought a row.
sub fingerprint {
    return column('SELECT md5(string_agg(c::text, chr(10) ORDER BY sub_id))
        FROM fec.contribution AS c');
}

# Every state says what the table says.
sub states_are_right {
    my ($what) = @_;
    is column('SELECT count(*) FROM (
            SELECT committee_id, count(*) AS n,
                   max(contribution_receipt_date) FILTER (
                       WHERE contribution_receipt_date <= current_date) AS last
              FROM fec.contribution WHERE cycle = 2018 GROUP BY committee_id) AS c
        FULL JOIN (SELECT * FROM fec.extraction_state WHERE cycle = 2018) AS s USING (committee_id)
        WHERE c.n IS DISTINCT FROM nullif(s.contribution_count, 0)
           OR c.last IS DISTINCT FROM s.last_contribution_date
           OR s.last_sub_id IS DISTINCT FROM (
              SELECT max(sub_id) FROM fec.contribution AS l WHERE l.cycle = 2018
                 AND l.committee_id = c.committee_id AND l.contribution_receipt_date = c.last)
           OR NOT s.complete OR s.resume_at IS NOT NULL'), 0, "$what the states are the table's";
}

sub nothing_is_left {
    my ($what) = @_;
    is join(' ', column(q{SELECT count(*) FROM pg_tables WHERE schemaname = 'fec_staging'}),
        grep { !/\/\.\.?$/ } glob "$home/home/run/*"), '0', "$what nothing is left over";
}

my @base = add_rows($scene, 300);
publish_bulk($scene, time => timegm(0, 0, 12, 4, 2, 2018));

# --- Before there is anything

my $result = run_daily($scene, [], FEC_API_KEY => undef);
is $result->{status}, 78, 'without a key the run ends';
like $result->{err}, qr/api\.open\.fec\.gov/, 'and says where to get one';
is run_monthly($scene)->{status}, 0, 'the bulk file is loaded';
states_are_right('after it');

# --- What came since

my @new = add_rows($scene, 250, load_date => '2018-03-05T01:00:00',
    contribution_receipt_amount => sub { 10.01 + $_[0] },
    contribution_receipt_date => sub {
        $_[0] % 80 == 7 ? undef : sprintf '2018-02-%02dT00:00:00', 1 + $_[0] % 28 });
change_row($scene, $base[0], load_date => '2018-02-26T00:00:00');
publish_api($scene);
$result = run_daily($scene);
is $result->{status}, 0, 'a daily run succeeds' or diag $result->{err};
is counts_of($result), '250 0 0 1 0',
    'it finds what the FEC has loaded since the file, less 7 days';
like $result->{out}, qr/DAILY UPDATE COMPLETE/, 'and says so';
my ($calls, $seen) = schedule_calls($scene);
cmp_ok $calls, '<=', 5, '250 new rows cost at most 5 calls';
is table_text($scene), expected_text($scene), 'the table has all rows, to the cent';
states_are_right('after a daily run');
nothing_is_left('after a daily run');
is column('SELECT window_to = current_date FROM fec.extraction_state LIMIT 1'), 't',
    'the states say until when they have been read';

my $before = fingerprint();
$result = run_daily($scene);
is counts_of($result), '0 0 0 0 0', 'the next one finds nothing new';
is fingerprint(), $before, 'and changes nothing';
($calls, $seen) = schedule_calls($scene, $seen);
cmp_ok $calls, '<=', 2, 'at the price of two calls';

# --- Late amendments

my @now = (load_date => today() . 'T04:00:00');
change_row($scene, $base[1], @now, contribution_receipt_amount => 275.50);
change_row($scene, $new[3], @now, contributor_employer => 'A' x 60);
change_row($scene, $base[2], @now, transaction_id => undef, memo_text => undef);
my $id_before = value_of($base[2], 'transaction_id');
ok $id_before ne '', 'a row has a transaction id';
add_rows($scene, 3, @now, contribution_receipt_amount => 0.99,
    contribution_receipt_date => '2017-02-03T00:00:00');
publish_api($scene);
$result = run_daily($scene);
is counts_of($result), '3 2 0 1 0',
    'late amendments of old receipts are found, a missing value is no change';
is value_of($base[2], 'transaction_id'), $id_before,
    'a NULL of a column that the API lacks erases nothing';
is column("SELECT contribution_receipt_amount, change FROM fec.contribution_history
    WHERE sub_id = $base[1]"), "102.00\tchanged", 'the history has what was before';
states_are_right('after an amendment');
$result = run_daily($scene);
is counts_of($result), '0 0 0 6 0', 'read again within the days of looking back they are unchanged';

# --- The bulk file over it

change_row($scene, $base[2], transaction_id => $id_before);
my %gone = map { $_ => 1 } @base[10, 11];
my $young = $new[20];
publish_bulk($scene, rows => sub { !$gone{$_[0]} && $_[0] ne $young });
$result = run_monthly($scene);
is $result->{status}, 0, 'the next bulk file is loaded' or diag $result->{err};
is counts_of($result), '0 0 2 551 0',
    'it withdraws what has gone; cents, cut texts and young rows of the API are no difference';
is table_text($scene), expected_text($scene, sub { !$gone{$_[0]} }),
    'cents and long texts survive, a row younger than the file stays';
is value_of($new[1], 'kind'), 'daily', 'a confirmed row keeps the run that brought it';
is column(q{SELECT confirmed + completed > 200 FROM fec.run_dataset WHERE dataset = 'indiv'
    ORDER BY run_id DESC LIMIT 1}), 't', 'and is counted as confirmed or completed';
delete @{$scene->{rows}}{keys %gone};
states_are_right('after the bulk file');

publish_api($scene);
$result = run_daily($scene);
is counts_of($result), '0 0 0 6 0', 'a daily run over that confirms it once more';
is table_text($scene), expected_text($scene), 'the table is the same';

# --- Corrections in the bulk file

# The bulk file with one amount and one name that the FEC has corrected.
sub with_corrections {
    my ($text, $name) = @_;
    $text =~ s/^((?:[^|]*\|){14})[^|]*(\|.*\|\Q$new[5]\E)$/${1}77$2/m or die;
    $text =~ s/^((?:[^|]*\|){7})[^|]*(\|.*\|\Q$new[6]\E)$/$1$name$2/m or die;
    return $text;
}

my @shown = ($new[6], 'contributor_name, contribution_receipt_amount');
my $without_young = sub { $_[0] ne $young };
publish_bulk($scene, time => time + 1, rows => $without_young,
    edit => sub { with_corrections($_[0], 'ROE, RICHARD') });
$result = run_monthly($scene);
is counts_of($result), '0 2 0 549 0', 'what differs by more than lost precision is a correction';
is value_of($new[5], 'contribution_receipt_amount'), '77.00', 'the corrected amount counts';
is value_of(@shown), "ROE, RICHARD\t16.00", 'a corrected row is taken whole';
publish_bulk($scene, time => time + 2, rows => $without_young,
    edit => sub { with_corrections($_[0], 'MOE, MARY') });
is counts_of(run_monthly($scene)), '0 1 0 550 0', 'as it is the next time';
is value_of(@shown), "MOE, MARY\t16.00", 'until the API gives the cents again';

# --- The young row grows old

sql($home, "UPDATE fec.run SET started_at = started_at - interval '30 days' WHERE kind = 'daily'");
publish_bulk($scene, time => time + 3, rows => $without_young);
$result = run_monthly($scene);
like counts_of($result), qr/^0 2 0 /,
    'a row that the file of weeks later does not have was not withdrawn by the FEC';
is column("SELECT count(*) FROM fec.contribution WHERE sub_id = $young"), 0, 'but is gone';
is column("SELECT change FROM fec.contribution_history WHERE sub_id = $young"), 'unconfirmed',
    'as one that no bulk file has confirmed';

# --- Two runs at once

my $holder = start([top() . '/pipeline.sh', 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c',
    'SELECT pg_advisory_lock(1717920624, 2018)', '-c', 'SELECT pg_sleep(20)'],
    env => Fecpipe::driver_env($home, PGAPPNAME => 'somebody'));
ok wait_until(sub { column(q{SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'}) > 0 }),
    'somebody holds the lock of the cycle';
$result = run_daily($scene);
is $result->{status}, 75, 'a daily run ends with 75';
like $result->{err}, qr/somebody.*\n\z/, 'and says who it is';
$result = run_daily($scene, ['--wait']);
is $result->{status}, 0, 'with --wait it waits' or diag $result->{err};
like $result->{out}, qr/somebody.*waiting/, 'and says for whom';
is finish($holder)->{status}, 0, 'until the other has ended';

done_testing();
