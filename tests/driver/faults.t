#!/usr/bin/env perl
# A fault at every place of a monthly run: each leaves every table as it was, ends with the right
# status and reason, and the next run succeeds.
use strict;
use warnings;
use File::Copy qw(copy);
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;

my $tree = scratch();
sample($tree, '--cycle', 2026, '--rows', 12000, '--months', 2, '--seed', 7, '--expect',
    '--no-by-date', '--datasets', 'cm,indiv');
# The two months take turns, so that neither may be older, nor younger than what else is made below.
utime 1_600_000_000, 1_600_000_000, glob "$tree/month-*/2026/*";
my $home = new_home();
my $server = start_server("$tree");
my @command = ('monthly', '--cycle', 2026, '--datasets', 'cm,indiv', '--always');
my $zip = '/month-*/2026/indiv26.zip';
my $bytes = -s "$tree/month-1/2026/indiv26.zip";
my $month = 1;   # the month that is loaded next; they take turns
my $last_reason;

sub env { return (FEC_BULK_URL => "$server->{url}/month-$month", @_) }

# Everything that people can see: the tables, the history, the states. Not fec.run, which records
# failures.
sub visible {
    return sql($home, map { "SELECT '$_', count(*), sum(hashtext(t::text)::bigint) FROM fec.$_ t" }
        qw(committee contribution committee_history contribution_history extraction_state));
}

sub rows_of {
    my @columns = split /\n/, sql($home, q{SELECT attname FROM pg_attribute WHERE attnum > 0
        AND attrelid = 'fec.contribution'::regclass
        AND attname NOT IN ('row_hash', 'run_id', 'in_bulk', 'seal') ORDER BY attnum});
    return join "\n", sort split /\n/,
        sql($home, 'COPY (SELECT ' . join(', ', @columns) . ' FROM fec.contribution) TO STDOUT');
}

sub expected {
    my (undef, @rows) = split /\n/, slurp("$tree/month-$_[0]/expected/indiv.tsv");
    return join "\n", sort @rows;
}

sub leftovers {
    my @files = grep { !/^\.\.?$/ } glob("$home/home/run/* $home/home/archive/*.part*");
    my $staging = sql($home,
        q{SELECT string_agg(tablename, ' ') FROM pg_tables WHERE schemaname = 'fec_staging'});
    return join ' ', @files, $staging;
}

# The next run succeeds: the table equals the month's file, nothing is left over. Then it's the
# other month's turn.
sub next_run_succeeds {
    my ($what) = @_;
    spew($server->{behave}, '');
    my $result = pipeline($home, \@command, env => {env()});
    ok $result->{status} == 0 && rows_of() eq expected($month) && leftovers() eq '',
        "after $what the next run succeeds and leaves nothing over"
        or diag "status $result->{status}: $result->{err}; left over: " . leftovers();
    $month = 3 - $month;
}

# Runs the month under a fault and checks what must hold. $run does the run, if it is not just
# started; it returns the result of a process.
sub fault {
    my ($what, $status, $reason, $run) = @_;
    my $before = visible();
    my $result = ($run // sub { pipeline($home, \@command, env => {env()}) })->();
    my $last_line = (split /\n/, $result->{err})[-1] // '';
    ok $result->{status} == $status
        && $last_line =~ /^pipeline\.sh: monthly 2026 failed: .*$reason/,
        "$what: the run ends with $status and gives the reason in its last line"
        or diag "status $result->{status}, signal $result->{signal}: $result->{err}";
    is visible(), $before, "$what: every table is as it was";
    my $run_id = sql($home, 'SELECT max(run_id) FROM fec.run');
    next_run_succeeds($what);
    is sql($home, "SELECT status || ' ' || (reason <> '') FROM fec.run WHERE run_id = $run_id"),
        'failed true', "$what: the run is recorded as failed, with its reason";
}

# A rule of the server for the fault's run.
sub with_rules {
    my (@rules) = @_;
    return sub {
        spew($server->{behave}, map { "$_\n" } @rules);
        return pipeline($home, \@command, env => {env()});
    };
}

# A run whose download is so slow that there is time to do something to it; $do gets the process.
# Waits until $when is true before.
sub meanwhile {
    my ($when, $do) = @_;
    return sub {
        spew($server->{behave}, "$zip slow " . int($bytes / 8) . "\n");
        my $process = start([top() . '/pipeline.sh', @command],
            env => Fecpipe::driver_env($home, env()));
        wait_until($when) or diag 'the moment never came';
        $do->($process);
        return finish($process, 60);
    };
}

# The processes of a program that belong to this test's home.
sub processes {
    open(my $list, '-|', 'pgrep', '-f', "$_[0].* .*$home") or die "pgrep: $!";
    return map { /^(\d+)$/ ? $1 : () } <$list>;
}

# The backend that takes the records of the slow download: not those of the quick files before it,
# nor of the lists of keys after it.
my $copy = q{application_name LIKE 'fecpipe run%' AND state = 'active'
    AND query LIKE 'COPY fec\_staging.contribution%' AND query NOT LIKE '%\_missing%'};

sub copying { return sql($home, "SELECT count(*) FROM pg_stat_activity WHERE $copy") }

is pipeline($home, ['init'])->{status}, 0, 'the database is made';
next_run_succeeds('nothing');

# --- the archive
fault('an archive cut short', 65, 'fec-unzip: .*(?:short|ends)',
    with_rules("$zip truncate " . int($bytes / 2)));
fault('a flipped bit', 65, 'fec-unzip: ', with_rules("$zip flip " . int($bytes / 3)));
fault('an error page instead of a zip', 65, 'fec-fetch: ', with_rules("$zip html"));
# Its only member is read whatever its name is, and its lines are not those of this file.
fault("another file's archive", 65, 'fec-parse: .*rejected', sub {
    my $result;
    rename "$tree/month-$month/2026/indiv26.zip", "$tree/saved.zip" or die $!;
    copy("$tree/month-$month/2026/cm26.zip", "$tree/month-$month/2026/indiv26.zip") or die $!;
    $result = pipeline($home, \@command, env => {env()});
    rename "$tree/saved.zip", "$tree/month-$month/2026/indiv26.zip" or die $!;
    return $result;
});

# --- the connection
{
    spew($server->{behave}, "$zip cut " . int($bytes / 3) . " after=1 times=2\n");
    my $result = pipeline($home, \@command, env => {env()});
    ok $result->{status} == 0 && rows_of() eq expected($month),
        'a dropped connection is resumed, nobody notices'
        or diag $result->{err};
    like slurp($server->{log}), qr/indiv26\.zip 206 bytes=\d+-/, 'by asking for the rest';
    $month = 3 - $month;
}
fault('a connection dropped for good', 69, 'fec-fetch: ',
    with_rules("$zip cut 10000 after=1 times=1", "$zip refuse after=2"));
fault('a server that answers 500', 69, 'fec-fetch: .*500', with_rules("$zip status 500"));
fault('a server that is down', 69, 'fec-fetch: ', sub {
    return pipeline($home, \@command, env => {env(FEC_BULK_URL => 'http://127.0.0.1:9/')});
});
{
    # The file changes once: the driver reads it again from its start, but what has changed is one
    # byte, so its CRC is wrong.
    fault('a file changed between two parts of a download', 65, 'fec-unzip: ',
        with_rules("$zip change " . int($bytes / 2) . ' after=1 times=1'));
}
fault('a file that is not there', 66, 'indiv26\.zip', with_rules("$zip status 404"));

# --- the format
fault('a header dictionary with a new column', 65, 'fec-parse: .*NEW_COLUMN', sub {
    my $file = "$tree/month-$month/data_dictionaries/indiv_header_file.csv";
    my $was = slurp($file);
    spew($file, $was =~ s/,SUB_ID/,NEW_COLUMN,SUB_ID/r);
    my $result = pipeline($home, \@command, env => {env()});
    spew($file, $was);
    return $result;
});
{
    my $broken = scratch();
    sample($broken, '--cycle', 2026, '--rows', 12000, '--months', 1, '--seed', 7, '--no-by-date',
        '--datasets', 'cm,indiv', '--broken', 40);
    my $said;
    fault('more rejected lines than the limit', 65, 'fec-parse: .*reject', sub {
        $said = pipeline($home, \@command, env => {env(FEC_BULK_URL => "file://$broken/month-1")});
        return $said;
    });
    my ($rejects) = glob("$home/home/logs/*.indiv.rejects");
    my ($named) = $said->{err} =~ /note: the tables are as they were before\n.*lines: (\S+)\n/;
    ok defined $named && -s $named,
        'before the reason the driver says what was changed, and where the lines are'
        or diag $said->{err};
    ok defined $rejects && slurp($rejects) =~ /^\d+\t/m,
        'the rejected lines are kept beside the log';
}
fault('a file with a twentieth of the rows gone', 65,
    'would be withdrawn, more than FEC_MAX_WITHDRAWN=5% .*--force goes on', sub {
        my $half = scratch();
        sample($half, '--cycle', 2026, '--rows', 6000, '--months', 1, '--seed', 7, '--no-by-date',
            '--datasets', 'cm,indiv');
        return pipeline($home, \@command, env => {env(FEC_BULK_URL => "file://$half/month-1")});
    });
fault('a file that came without its rows', 65, 'without its rows; --force goes on', sub {
    my $none = scratch();
    sample($none, '--cycle', 2026, '--rows', 0, '--months', 1, '--seed', 7, '--no-by-date',
        '--datasets', 'indiv');
    return pipeline($home, ['monthly', '--cycle', 2026, '--datasets', 'indiv', '--always'],
        env => {env(FEC_BULK_URL => "file://$none/month-1")});
});

# --- killed
for my $program ('fec-fetch', 'fec-unzip', 'fec-parse', 'fec-dedupe', 'pg-load') {
    my $kill = sub {
        my @pids = processes("/$program");
        kill KILL => @pids;
        diag "no $program to kill" unless @pids;
    };
    fault("$program killed in mid-stream", 70, "$program was killed by signal 9",
        meanwhile(\&copying, $kill));
}
{
    my $before = visible();
    my $result = meanwhile(\&copying, sub { kill KILL => $_[0]{pid} })->();
    is $result->{signal}, 9, 'the driver is killed in mid-stream';
    is visible(), $before, 'every table is as it was';
    next_run_succeeds('a killed driver');
    is sql($home, q{SELECT count(*) FROM fec.run WHERE status = 'running'}), 0,
        'the dead run is marked as failed';
    ok wait_until(sub { !processes('/fec-') }), 'and nothing of it is left running';
}
{
    my $before = visible();
    my $result = meanwhile(\&copying, sub { kill TERM => $_[0]{pid} })->();
    ok $result->{status} == 143 && $result->{err} =~ /failed: stopped by signal TERM/,
        'the driver can be stopped by SIGTERM'
        or diag "status $result->{status}: $result->{err}";
    is visible(), $before, 'every table is as it was';
    is leftovers(), '', 'and nothing is left over';
    ok !processes('/fec-'), 'no program is left running';
    next_run_succeeds('a stopped driver');
}

# --- PostgreSQL
fault('a backend terminated during COPY', 69, 'pg-load: ', meanwhile(\&copying, sub {
    sql($home, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE $copy");
}));
fault('PostgreSQL stopped during COPY', 69, '',
    meanwhile(\&copying, sub { pipeline($home, ['stop', '--force']) }));

# Somebody's lock on the history stops the apply in its middle, where there is time to do something
# to it.
sub during_apply {
    my ($do) = @_;
    return sub {
        my $blocker = start([top() . '/pipeline.sh', 'psql', '-X', '-q', '-c',
            'BEGIN; LOCK TABLE fec.contribution_history IN EXCLUSIVE MODE; SELECT pg_sleep(100)'],
            env => Fecpipe::driver_env($home, PGAPPNAME => 'blocker'));
        wait_until(sub { sql($home, 'SELECT count(*) FROM pg_stat_activity '
            . "WHERE application_name = 'blocker' AND wait_event = 'PgSleep'") });
        my $process = start([top() . '/pipeline.sh', @command],
            env => Fecpipe::driver_env($home, env()));
        wait_until(sub { sql($home, 'SELECT count(*) FROM pg_stat_activity '
            . "WHERE application_name LIKE 'fecpipe monthly%' AND wait_event_type = 'Lock'") })
            or diag 'the apply never waited';
        $do->($process);
        kill TERM => -$blocker->{pid};
        finish($blocker);
        return finish($process, 60);
    };
}
my $release = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity '
    . "WHERE application_name = 'blocker'";
fault('the backend terminated during apply', 69, 'terminating connection', during_apply(sub {
    sql($home, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity '
        . "WHERE application_name LIKE 'fecpipe monthly%'", $release);
}));
fault('PostgreSQL stopped during apply', 69, '',
    during_apply(sub { pipeline($home, ['stop', '--force']) }));
{
    my $before = visible();
    my $result = during_apply(sub {
        kill KILL => $_[0]{pid};
        sql($home, $release);
    })->();
    is $result->{signal}, 9, 'the driver is killed during apply';
    wait_until(sub { !sql($home, 'SELECT count(*) FROM pg_stat_activity '
        . "WHERE application_name LIKE 'fecpipe monthly%'") });
    my $after = visible();
    ok $after eq $before || rows_of() eq expected($month), 'all of it was applied, or nothing';
    next_run_succeeds('a driver killed during apply');
}

# --- two at once
{
    my $second;
    my $first = meanwhile(\&copying,
        sub { $second = pipeline($home, \@command, env => {env()}) })->();
    my $holder = 'another run holds the lock of cycle 2026: fecpipe monthly 2026, process \d+ on ';
    ok $second->{status} == 75 && $second->{err} =~ /$holder/,
        'a second run of the cycle ends with 75 and says who holds the lock'
        or diag "$second->{status}: $second->{err}";
    is $first->{status}, 0, 'the first one is not disturbed';
    is rows_of(), expected($month), 'and does its work';
    $month = 3 - $month;
    my $other = meanwhile(\&copying, sub {
        $second = pipeline($home, ['monthly', '--cycle', 2024, '--datasets', 'cm'], env => {env()});
    })->();
    isnt $second->{status}, 75, 'a run of another cycle is not locked out';
    $month = 3 - $month;
}

# --- a full disk
SKIP: {
    my $disk = "$home/disk";
    mkdir $disk;
    skip 'a small file system needs root', 6
        if $> != 0 || system("mount -t tmpfs -o size=8m,mode=755 tmpfs $disk 2>/dev/null") != 0;
    my %named = (PGHOST => sql($home, 'SHOW unix_socket_directories'), PGUSER => 'fecpipe',
        PGDATABASE => 'fec', PGPORT => 5432);
    my $before = visible();
    my $result = pipeline($home, [@command, '--keep'],
        env => {env(%named, FEC_HOME => "$disk/home")});
    ok $result->{status} == 74
        && $result->{err} =~ /has [\d.]+ MB free, this run may need [\d.]+ MB; --force goes on/,
        'too little free disk is noticed before anything is read'
        or diag "$result->{status}: $result->{err}";
    is visible(), $before, 'every table is as it was';
    my $count = int((8 * 1048576 - $bytes / 2) / 1024);
    run(['sh', '-c', "dd if=/dev/zero of=$disk/fill bs=1k count=$count 2>/dev/null"]);
    $result = pipeline($home, [@command, '--keep', '--force'],
        env => {env(%named, FEC_HOME => "$disk/home")});
    ok $result->{status} == 74 && (split /\n/, $result->{err})[-1] =~ /No space left on device/,
        'a disk that fills up in mid-stream ends the run with 74'
        or diag "$result->{status}: $result->{err}";
    is visible(), $before, 'every table is as it was again';
    unlink "$disk/fill";
    $result = pipeline($home, [@command, '--keep', '--force'],
        env => {env(%named, FEC_HOME => "$disk/home")});
    ok $result->{status} == 0 && rows_of() eq expected($month),
        'with the disk free the next run succeeds' or diag $result->{err};
    ok -s "$disk/home/archive/2026-indiv26.zip" == -s "$tree/month-$month/2026/indiv26.zip",
        '--keep has kept the archive';
    $month = 3 - $month;
    system("umount $disk");
}
END {
    my $status = $?;
    system("umount $home/disk 2>/dev/null") if defined $home && $$ == $Fecpipe::owner;
    $? = $status;
}
done_testing;
