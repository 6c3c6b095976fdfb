#!/usr/bin/env perl
# What status says of runs that ended badly, of cycles that nobody reads any more, and of clocks
# that were ahead. The runs are rows made here; no data is read.
use strict;
use warnings;
use JSON::PP;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;

my $home = new_home();
is pipeline($home, ['init'])->{status}, 0, 'a database is made' or BAIL_OUT('no database');

# What status --json says, with FEC_CYCLES.
sub status {
    my ($cycles) = @_;
    my $result = pipeline($home, ['status', '--json'], env => {FEC_CYCLES => $cycles // '2026'});
    BAIL_OUT("status: $result->{err}") if $result->{status} != 0;
    return decode_json($result->{out});
}

# The states of all kinds and cycles: {"daily 2026" => state}.
sub states { return {map { ("$_->{kind} $_->{cycle}", $_->{state}) } @{status(@_)->{freshness}}} }

sql($home,
    q{INSERT INTO fec.run (kind, cycle, status, started_at, finished_at) VALUES
        ('monthly', 2024, 'complete', now() - interval '400 days', now() - interval '400 days'),
        ('daily', 2026, 'complete', now() - interval '3 days', now() - interval '3 days'),
        ('monthly', 2026, 'complete', now() - interval '1 hour', now() - interval '1 hour')},
    q{INSERT INTO fec.run_dataset (run_id, dataset, status, uncoded, other_codes, completed,
             unconfirmed) VALUES (2, 'schedule_a', 'applied', 7, 1234, 5, 3)});

is_deeply states('2026'),
    {'monthly 2024' => 'over', 'daily 2026' => 'stale', 'monthly 2026' => 'fresh'},
    'a cycle that is not followed does not grow stale';
is states('2024,2026')->{'monthly 2024'}, 'stale', 'one that FEC_CYCLES names does';

my $shown = pipeline($home, ['status'], env => {FEC_CYCLES => 2026})->{out};
like $shown, qr/^Counted apart\n.*no code yet.*\n.*\n *2 +daily +2026 +7 +1,234 +5 +3 /m,
    'rows that were left out, completed and unconfirmed are counted apart';
like $shown, qr/^ *monthly +2024 +over /m, 'and status says which cycles are over';
my ($run) = grep { $_->{run_id} == 2 } @{status()->{runs}};
is_deeply [@{$run->{datasets}[0]}{qw(uncoded other_codes completed unconfirmed)}], [7, 1234, 5, 3],
    'so does status --json';

# --- a run that was killed

sql($home, q{INSERT INTO fec.run (kind, cycle, status) VALUES ('daily', 2026, 'running')});
is status()->{runs}[0]{status}, 'dead', 'a run whose lock nobody holds is dead, not running';
is states()->{'daily 2026'}, 'stale', 'a kind that is late stays so';
sql($home, q{UPDATE fec.run SET finished_at = now() WHERE run_id = 2});
is states()->{'daily 2026'}, 'failed', 'and otherwise the last run counts as failed';
like pipeline($home, ['status'])->{out}, qr/^run 4 failed: it was killed/m, 'with the reason';
like pipeline($home, ['report', '--cycle', 2026])->{out}, qr/The last daily run was killed/,
    'the report says the same';

my $holder = start([top() . '/pipeline.sh', 'psql', '-X', '-q', '-c',
        'SELECT pg_advisory_lock(fec.lock_class(), 2026)', '-c', 'SELECT pg_sleep(600)'],
    env => Fecpipe::driver_env($home));
wait_until(sub { sql($home, q{SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'}) > 0 });
is status()->{runs}[0]{status}, 'running', 'while somebody holds the lock it is running';
is states()->{'daily 2026'}, 'fresh', 'and does not count yet';
sql($home, q{INSERT INTO fec.run (kind, cycle, status) VALUES ('monthly', 2026, 'running')});
is_deeply [map { $_->{status} } @{status()->{runs}}[0, 1]], ['running', 'dead'],
    'the lock is that of the last run only';
sql($home, q{SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'});
finish($holder);

# --- a clock that was ahead

sql($home, q{UPDATE fec.run SET status = 'failed', finished_at = now() WHERE run_id > 3},
    q{INSERT INTO fec.run (kind, cycle, status, started_at, finished_at) VALUES
        ('daily', 2026, 'complete', now() + interval '5 years', now() + interval '5 years')});
my ($daily) = grep { "$_->{kind} $_->{cycle}" eq 'daily 2026' } @{status()->{freshness}};
ok $daily->{state} eq 'fresh' && $daily->{age_seconds} == 0,
    'a run dated five years ahead counts as of now' or diag explain $daily;
sql($home, q{INSERT INTO fec.run (kind, cycle, status, started_at, finished_at) VALUES
        ('daily', 2026, 'complete', now() - interval '2 days', now() - interval '2 days')});
is states()->{'daily 2026'}, 'stale', 'and does not hide that a later one is old';
done_testing;
