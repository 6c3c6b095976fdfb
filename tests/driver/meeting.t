#!/usr/bin/env perl
# Runs that meet each other and what else is at work at the same time: another container with the
# same FEC_HOME, another cycle, a dump, somebody's lock, a server that does not answer. One home is
# shared by all.
use strict;
use warnings;
use Test::More;
use Time::HiRes qw(time);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;

my $tree = scratch();
for my $cycle (2024, 2026) {
    sample($tree, '--cycle', $cycle, '--rows', 600, '--months', 1, '--seed', $cycle,
        '--no-by-date', '--datasets', 'cm,cn,indiv', '--level', 1);
}
my $server = start_server("$tree");
my $home = new_home();
my %env = (FEC_BULK_URL => "$server->{url}/month-1", FEC_PATIENCE_SECONDS => 1);
my @monthly = ('monthly', '--always', '--cycle');

sub behave { spew($server->{behave}, map { "$_\n" } @_) }

# Starts pipeline.sh; options are env => {...} and in => [words of a command that starts it].
sub begin {
    my ($arguments, %option) = @_;
    return start([@{$option{in} // []}, top() . '/pipeline.sh', @$arguments],
        env => Fecpipe::driver_env($home, %env, %{$option{env} // {}}));
}

# What a process that was begun has said so far.
sub said { return slurp("$_[0]{folder}/out") . slurp("$_[0]{folder}/err") }

# Waits until a query of the database says something (true).
sub wait_for {
    my ($what, $query) = @_;
    ok wait_until(sub { sql($home, $query) =~ /^(?!0?\z|f\z)/ }, 120), $what;
}

# A stranger's session that executes statements in a transaction and keeps that open.
sub stranger {
    my (@statements) = @_;
    my $session = begin(['psql', '-X', '-q', '-c',
            join('; ', 'BEGIN', @statements, 'SELECT pg_sleep(100)')],
        env => {PGAPPNAME => 'stranger'});
    wait_until(sub { sql($home, 'SELECT count(*) FROM pg_stat_activity '
            . "WHERE application_name = 'stranger' AND wait_event = 'PgSleep'") });
    return $session;
}

sub send_away {
    my ($session) = @_;
    sql($home, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity '
            . "WHERE application_name = 'stranger'");
    finish($session);
}

# Applying waits here, before it has written anything.
my $before_apply = 'LOCK TABLE fec.committee_history IN EXCLUSIVE MODE';
my $applying = 'SELECT count(*) FROM pg_stat_activity '
    . "WHERE application_name LIKE 'fecpipe monthly%' AND wait_event_type = 'Lock'";

# --- another container with the same FEC_HOME

my @container = qw(unshare --pid --ipc --fork --kill-child --mount-proc);
my $has_containers = run([@container, 'true'])->{status} == 0;
diag 'unshare is not allowed here: no test of containers' if !$has_containers;
SKIP: {
    skip 'unshare is not allowed here', 9 if !$has_containers;
    behave('*/indiv26.zip stall 2000');
    my $inside = begin([@monthly, 2026], in => \@container);
    ok wait_until(sub { -s $server->{log} && said($inside) =~ /cn 2026: / }, 60),
        'a run in a container makes the database';
    my ($folder) = glob "$home/home/run/monthly-2026.*";
    my $since = sql($home, 'SELECT pg_postmaster_start_time()');
    isnt $since, '', 'a command outside uses its server';
    my $outside = pipeline($home, [@monthly, 2024], env => \%env);
    is $outside->{status}, 0, 'a run outside does so too' or diag $outside->{err};
    is sql($home, 'SELECT pg_postmaster_start_time()'), $since, 'and no second one is started';
    ok -d $folder, 'the folder of the other run stays';
    my $stop = pipeline($home, ['stop', '--force']);
    ok $stop->{status} == 69 && $stop->{err} =~ /runs in another container/,
        'only in the container can the server be stopped' or diag $stop->{err};
    is pipeline($home, [@monthly, 2026], env => \%env)->{status}, 75,
        'the lock of a cycle holds across containers';
    kill KILL => -$inside->{pid};
    finish($inside);
    behave();
    my $next = pipeline($home, [@monthly, 2026], env => \%env);
    is $next->{status}, 0, 'when the container has gone, and its server, the next run succeeds'
        or diag $next->{err};
    is sql($home, 'SELECT count(DISTINCT cycle) FROM fec.contribution'), 2,
        'and both cycles are there';
    ok !-d $folder, 'the folder of the run that was killed is removed';
}
is pipeline($home, [@monthly, 2024, '--cycle', 2026], env => \%env)->{status}, 0,
    'there are two cycles';
pipeline($home, ['stop']);
is pipeline($home, ['psql', '-X', '-c', ''])->{err}, '',
    'a start of the server says nothing of a file that is not there';

# --- stop during a run, and the session of one that downloads

behave('*/indiv26.zip stall 2000');
my $run = begin([@monthly, 2026], env => {FEC_HEARTBEAT_SECONDS => 1, FEC_STALL_SECONDS => 600});
wait_until(sub { said($run) =~ /cn 2026: / }, 60);
my $stop = pipeline($home, ['stop']);
ok $stop->{status} == 75
    && $stop->{err} =~ /a run is going on: fecpipe monthly 2026, process \d+ on \S+, since 20/,
    'stop refuses during a run, and names it' or diag $stop->{err};
my $session = "FROM pg_stat_activity WHERE application_name LIKE 'fecpipe monthly 2026%'";
my $last = sql($home, "SELECT max(query_start) $session");
wait_for('the session that holds the lock is not idle while a file is downloaded',
    "SELECT max(query_start) > '$last' AND max(query) LIKE 'SELECT 1%' $session");

# --- two runs of a cycle

my $waiting = begin([@monthly, 2026, '--datasets', 'cm', '--wait']);
ok wait_until(sub { said($waiting) =~ /waiting for its end/ }), 'another run waits for it';
is sql($home, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"), 0,
    'but not in the database, where it would hold a snapshot';
kill TERM => $run->{pid};
is finish($run)->{status}, 143, 'the run is stopped';
is finish($waiting)->{status}, 0, 'and the other one begins';
behave();

# --- two cycles at once, with the datasets in different order

my $stranger = stranger('LOCK TABLE fec.committee_history, fec.candidate_history, '
    . 'fec.contribution_history IN EXCLUSIVE MODE');
my @both = map { begin([@monthly, $_->[0], '--datasets', $_->[1]]) }
    [2024, 'cm,cn,indiv'], [2026, 'indiv,cn,cm'];
wait_for('two cycles come to the apply', "SELECT 2 = ($applying)");
is sql($home, "SELECT string_agg(DISTINCT relname, ' ') FROM pg_locks "
    . 'JOIN pg_class AS c ON c.oid = relation WHERE NOT granted'), 'committee_history',
    'both begin with the same table';
for my $one (@both) {
    ok wait_until(sub { said($one) =~ /^waiting:\ fec\.committee_history\ is\ locked\ by
        \ process\ \d+\ \(stranger,\ user\ fecpipe\)\ since\ 20/mx }),
        'a run that waits for a lock says who has it' or diag said($one);
}
send_away($stranger);
is_deeply [map { finish($_)->{status} } @both], [0, 0], 'and both end well';

# --- a lock that is not released

$stranger = stranger($before_apply);
$run = pipeline($home, [@monthly, 2026, '--datasets', 'cm'], env => {%env, FEC_LOCK_SECONDS => 3});
ok $run->{status} == 75 && $run->{err} =~ /failed:\ a\ lock\ was\ not\ released\ within\ 3\ s:
    \ fec\.committee_history\ is\ locked\ by\ process\ \d+\ \(stranger,\ user\ fecpipe\)\ since/x,
    'a run that gives up names the table and who holds the lock' or diag $run->{err};
send_away($stranger);
$stranger = stranger('LOCK TABLE fec.dataset IN ACCESS EXCLUSIVE MODE');
my $status = pipeline($home, ['status'], env => {%env, FEC_LOCK_SECONDS => 1});
ok $status->{status} == 75 && $status->{err} =~ /fec\.dataset is locked by process \d+ \(stranger/,
    'so does a command' or diag $status->{err};
send_away($stranger);

# --- a dump

behave('*/indiv26.zip stall 2000');
$run = begin([@monthly, 2026], env => {FEC_STALL_SECONDS => 600, FEC_LOCK_SECONDS => 30});
wait_until(sub { said($run) =~ /cn 2026: / }, 60);
my $staging = sql($home, q{SELECT string_agg(format('fec_staging.%I', tablename), ', ')
    FROM pg_tables WHERE schemaname = 'fec_staging'});
$stranger = stranger("LOCK TABLE $staging IN ACCESS SHARE MODE");
behave();
sql($home, q{SELECT pg_sleep(0)});
kill TERM => $run->{pid};
is finish($run, 20)->{status}, 143, 'a run that is stopped does not wait for a dump of its staging';
my $begun = time;
my $next = pipeline($home, [@monthly, 2026], env => \%env);
is $next->{status}, 0, 'nor does the next run of the cycle' or diag $next->{err};
ok time - $begun < 60, 'which cleans up' or diag time - $begun;
isnt sql($home, q{SELECT count(*) FROM pg_tables WHERE schemaname = 'fec_staging'}), 0,
    'the tables stay as long as the dump';
send_away($stranger);
is pipeline($home, [@monthly, 2026, '--datasets', 'cm'], env => \%env)->{status}, 0,
    'and after it';
is sql($home, q{SELECT count(*) FROM pg_tables WHERE schemaname = 'fec_staging'}), 0,
    'a run removes them';
for my $case (['differences', 2026, ''], ['a first load', 2022, 'first']) {
    my ($what, $cycle, $first) = @$case;
    sample($tree, '--cycle', $cycle, '--rows', 600, '--months', 1, '--seed', $cycle,
        '--no-by-date', '--datasets', 'cm', '--level', 1) if $first;
    my $lock = stranger($first ? 'LOCK TABLE fec.committee IN SHARE UPDATE EXCLUSIVE MODE'
        : $before_apply);
    $run = begin([@monthly, $cycle, '--datasets', 'cm'], env => {FEC_LOCK_SECONDS => 30});
    wait_for("a run comes to apply $what", $applying);
    $staging = sql($home, q{SELECT string_agg(format('fec_staging.%I', tablename), ', ')
        FROM pg_tables WHERE schemaname = 'fec_staging'});
    my $dump = begin(['psql', '-X', '-q', '-c',
            "BEGIN; LOCK TABLE $staging IN ACCESS SHARE MODE; SELECT pg_sleep(100)"],
        env => {PGAPPNAME => 'dump'});
    sleep 1;
    send_away($lock);
    is finish($run, 25)->{status}, 0, 'a dump that holds staging does not hold it up';
    sql($home, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity '
            . "WHERE application_name = 'dump'");
    finish($dump);
}

# --- a server that does not answer, a home that can't be written

behave('* refuse');
$run = begin([@monthly, 2026, '--progress'],
    env => {FEC_RETRIES => 20, FEC_RETRY_DELAY_MS => 1000});
ok wait_until(sub { said($run) =~ /retry 2 of 20/ }, 60), 'retries of the first question are told'
    or diag said($run);
kill TERM => $run->{pid};
finish($run);
behave();

pipeline($home, ['stop']);
my @readonly = $> == 0 ? ('unshare', '--mount', 'sh', '-c',
    'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"', "$home/home") : ();
SKIP: {
    skip 'unshare is not allowed here', 4 if @readonly && run([@readonly, 'true'])->{status} != 0;
    chmod 0500, "$home/home" if !@readonly;
    unlink "$home/home/postgres.starting" if @readonly;
    for my $command (['status'], ['monthly', '--cycle', 2026]) {
        $begun = time;
        my $result = finish(begin($command, in => \@readonly));
        ok $result->{status} == 73 && $result->{err} =~ m{cannot write (?:to )?\Q$home/home\E},
            "$command->[0]: a FEC_HOME that cannot be written is named" or diag $result->{err};
        ok time - $begun < 20, 'at once';
    }
    chmod 0700, "$home/home" if !@readonly;
}
done_testing;
