#!/usr/bin/env perl
# What people and machines do to the driver: tables emptied or put aside by hand, settings that
# nobody thought of, odd surroundings. It does the right thing or refuses, and never harms data.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use ZipMaker;

my $tree = scratch();
sample(
    $tree, '--cycle', 2026, '--rows', 2000, '--months', 2, '--seed', 5, '--no-by-date',
    '--datasets', 'cm,indiv');
my @rows = map { stats_of("$tree/month-$_/manifest")->{'indiv.records'} } 1, 2;
my $home = new_home();
my %env  = (FEC_BULK_URL => "file://$tree/month-1");
my @monthly = ('monthly', '--cycle', 2026, '--datasets', 'cm,indiv');

sub count { return sql($home, 'SELECT count(*) FROM fec.contribution') }

is pipeline($home, \@monthly, env => \%env)->{status}, 0, 'a month is loaded';

# --- by hand
sql($home, 'TRUNCATE fec.contribution_2026');
my $result = pipeline($home, \@monthly, env => \%env);
ok $result->{status} == 0 && count() == $rows[0], 'a table emptied by hand is filled again'
    or diag $result->{err};
sql($home, 'DROP TABLE fec.contribution_2026');
pipeline($home, \@monthly, env => \%env);
is count(), $rows[0], 'so is one whose partition was dropped';
sql($home, 'CREATE VIEW public.mine AS SELECT * FROM fec.contribution_2026',
    'TRUNCATE fec.contribution_2026');
$result = pipeline($home, \@monthly, env => \%env);
ok $result->{status} == 0 && count() == $rows[0], 'a user\'s view on a partition is no hindrance'
    or diag $result->{err};

sql($home, 'ALTER TABLE fec.contribution DETACH PARTITION fec.contribution_2026');
$result = pipeline($home, [@monthly, '--always'], env => \%env);
ok $result->{status} == 69 && $result->{err} =~ /contribution_2026 is there, but is no partition/,
    'a partition that was put aside is refused'
    or diag "$result->{status} $result->{err}";
is sql($home, 'SELECT count(*) FROM fec.contribution_2026'), $rows[0], 'and keeps its rows';
sql($home, 'ALTER TABLE fec.contribution'
        . ' ATTACH PARTITION fec.contribution_2026 FOR VALUES IN (2026)');

sql($home, 'ALTER TABLE fec.contribution ADD CONSTRAINT users CHECK (sub_id > 0)',
    'DROP VIEW public.mine', 'DROP TABLE fec.contribution_2026');
$result = pipeline($home, \@monthly, env => \%env);
ok $result->{status} == 0 && count() == $rows[0], 'a user\'s constraint holds for a new cycle too'
    or diag $result->{err};

# --- one key with many contents
{
    # As after a power cut: the server is gone, and its number is that of another process.
    my $sleeper = start(['sleep', 100]);
    my $file = "$home/home/postgres/postmaster.pid";
    my ($server) = slurp($file) =~ /^(\d+)/;
    kill KILL => $server;
    ok wait_until(sub { !kill 0 => $server }), 'the server is killed';
    spew($file, slurp($file) =~ s/^\d+/$sleeper->{pid}/r);
    my $status = pipeline($home, ['status']);
    is $status->{status}, 0, 'it is started again though its number is taken'
        or diag $status->{err};
    is pipeline($home, ['stop'])->{status}, 0, 'and stopped';
    ok kill(0 => $sleeper->{pid}), 'and the other process has noticed nothing';
    kill TERM => $sleeper->{pid};
    finish($sleeper);
}
{
    my $odd = scratch();
    mkdir "$odd/2026";
    spew("$odd/2026/cm26.zip", ZipMaker::archive({
        name => 'cm.txt', data => join '', map { "C00000001|N$_|||||||||||||\n" } 1 .. 20_000}));
    $result = pipeline($home, ['monthly', '--cycle', 2026, '--datasets', 'cm', '--force'],
        env => {FEC_BULK_URL => "file://$odd"}, seconds => 100);
    is $result->{status}, 0, 'twenty thousand contents of one key are taken in their stride'
        or diag $result->{err};
    is sql($home, 'SELECT name FROM fec.committee'), 'N20000', 'and the last one counts';
    pipeline($home, [@monthly, '--force', '--always'], env => \%env);
}

# --- a signal while changes are applied
{
    my $before = sql($home, 'SELECT sum(hashtext(t::text)::bigint) FROM fec.contribution t');
    my $blocker = start([top() . '/pipeline.sh', 'psql', '-X', '-q', '-c',
            'BEGIN; LOCK TABLE fec.extraction_state IN EXCLUSIVE MODE; SELECT pg_sleep(60)'],
        env => Fecpipe::driver_env($home, PGAPPNAME => 'blocker'));
    wait_until(sub { sql($home, q{SELECT count(*) FROM pg_stat_activity
        WHERE application_name = 'blocker' AND wait_event = 'PgSleep'}) });
    my $run = start([top() . '/pipeline.sh', @monthly],
        env => Fecpipe::driver_env($home, FEC_BULK_URL => "file://$tree/month-2"));
    wait_until(sub { sql($home, q{SELECT count(*) FROM pg_stat_activity
        WHERE application_name LIKE 'fecpipe monthly%' AND wait_event_type = 'Lock'}) })
        or diag 'the apply never waited';
    kill TERM => $run->{pid};
    my $ended = finish($run, 30);
    is $ended->{status}, 143, 'SIGTERM ends a run that applies its changes, without waiting'
        or diag $ended->{err};
    sql($home, q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'blocker'});
    finish($blocker);
    is sql($home, 'SELECT sum(hashtext(t::text)::bigint) FROM fec.contribution t'), $before,
        'what it had changed is taken back';
    is sql($home, 'SELECT status FROM fec.run ORDER BY run_id DESC LIMIT 1'), 'failed',
        'and it is recorded as failed';
}

# --- settings
{
    sql($home, 'CREATE DATABASE prod');
    my $socket = sql($home, 'SHOW unix_socket_directories');
    spew("$home/prod.conf", "PGHOST=$socket\nPGUSER=fecpipe\nPGDATABASE=prod\n");
    my $other = new_home(bare => 1);
    $result = pipeline($other, ['demo', '--rows', 400], env => {FEC_CONF => "$home/prod.conf"});
    is $result->{status}, 0, 'the demo runs' or diag $result->{err};
    is run(['psql', '-X', '-A', '-t', '-c', q{SELECT to_regnamespace('fec') IS NULL}],
        env => {PGHOST => $socket, PGUSER => 'fecpipe', PGDATABASE => 'prod'})->{out}, "t\n",
        'and never touches the database that pipeline.conf names';
    spew("$home/bad.conf", "PGA[\$(touch $home/executed)]=1\n");
    $result = pipeline($home, ['status'], env => {FEC_CONF => "$home/bad.conf"});
    ok $result->{status} == 78 && !-e "$home/executed", 'no name in pipeline.conf is executed';
    spew("$home/pgpass", "*:*:*:*:x\n");
    chmod 0644, "$home/pgpass";
    $result = pipeline($home, ['init'], env => {PGPASSFILE => "$home/pgpass"});
    is $result->{status}, 0, 'a warning of libpq\'s is no answer of the database\'s'
        or diag $result->{err};
}
{
    my $foreign = new_home(bare => 1);
    mkdir "$foreign/home" and mkdir "$foreign/home/postgres";
    spew("$foreign/home/postgres/precious", 'data');
    $result = pipeline($foreign, ['init']);
    ok $result->{status} == 78 && slurp("$foreign/home/postgres/precious") eq 'data',
        'a folder that holds something else is not made a cluster of'
        or diag "$result->{status} $result->{err}";
    unlink "$foreign/home/postgres/precious";
    spew("$foreign/home/postgres/half", 'x');
    spew("$foreign/home/postgres.making", '');
    is pipeline($foreign, ['init'])->{status}, 0, 'one whose making was cut off is made again';
}

# --- surroundings
{
    my $driver = top() . '/pipeline.sh';
    my @status = ($driver, @monthly, '--always');
    for my $case (
        ['CDPATH', {CDPATH => '.'}], ['POSIXLY_CORRECT', {POSIXLY_CORRECT => 1}],
        ['noclobber', {SHELLOPTS => 'noclobber'}], ['errexit', {SHELLOPTS => 'errexit'}],
        ['failglob', {BASHOPTS => 'failglob'}], ['another date style', {PGDATESTYLE => 'SQL, DMY'}],
        ['another encoding', {PGCLIENTENCODING => 'LATIN1'}],
    ) {
        my ($what, $more) = @$case;
        my $ended = run(\@status, env => Fecpipe::driver_env($home, %env, %$more));
        is $ended->{status}, 0, "$what in the environment changes nothing" or diag $ended->{err};
    }
    my $closed = run(
        ['bash', '-c', "exec '$driver' monthly --cycle 2026 --datasets cm --always <&- >&- 2>&-"],
        env => Fecpipe::driver_env($home, %env), seconds => 60);
    is $closed->{status}, 0, 'it runs with no open files at all';
    my $quoted = scratch();
    mkdir "$quoted/it's";
    run(['cp', '-r', map({ top() . "/$_" } 'pipeline.sh', 'driver', 'sql'), "$quoted/it's"]);
    my $ended = run(["$quoted/it's/pipeline.sh", @monthly, '--always'],
        env => Fecpipe::driver_env($home, %env));
    is $ended->{status}, 0, 'it may be installed in a folder with a quote in its name'
        or diag $ended->{err};
}
SKIP: {
    skip 'flock is not installed', 1 if system('sh -c "command -v flock" >/dev/null') != 0;
    pipeline($home, ['stop']);
    my $driver = top() . '/pipeline.sh';
    my $lock = "flock -n $home/lock";
    $result = run(['sh', '-c', "$lock '$driver' init >/dev/null && $lock echo free"],
        env => Fecpipe::driver_env($home));
    is $result->{out}, "free\n", 'the server that it starts does not hold the files of its caller';
}
{
    my $odd = scratch();
    my $folder = "$odd/a, b's \"c\"";
    mkdir $folder;
    chmod 0711, $folder;
    my $env = Fecpipe::driver_env($home, FEC_HOME => "$folder/home");
    my $driver = top() . '/pipeline.sh';
    is run([$driver, 'init'], env => $env)->{status}, 0, 'FEC_HOME may have any name';
    is run([$driver, 'stop'], env => $env)->{status}, 0, 'and be stopped';
}
done_testing;
