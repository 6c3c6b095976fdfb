#!/usr/bin/env perl
# The steps that the driver asks of the database run by psql alone, with the variables that their
# first lines name: a monthly run and a daily one by hand, without the driver.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;

my $home = new_home();
is pipeline($home, ['init'])->{status}, 0, 'the database is made';
my %env = (PGHOST => sql($home, 'SHOW unix_socket_directories'), PGUSER => 'fecpipe',
    PGDATABASE => 'fec', PGOPTIONS => '-c client_min_messages=warning', PGPORT => 5432);
my %tried;

# Runs steps over one connection: psql([file, name => value ...], ...), a string is SQL. Returns
# what run returns; `state` is the SQLSTATE of the error.
sub psql {
    my @command = ('psql', '-X', '-q', '-A', '-t', '-F', "\t", '-v', 'ON_ERROR_STOP=1', '-v',
        'VERBOSITY=verbose');
    for my $step (@_) {
        if (!ref $step) { push @command, '-c', $step; next }
        my ($file, %variable) = @$step;
        $tried{$file} = 1;
        push @command, map({ ('-v', "$_=$variable{$_}") } sort keys %variable),
            '-f', top() . "/sql/$file";
    }
    my $result = run(\@command, env => \%env);
    ($result->{state}) = $result->{err} =~ /(?:ERROR|FATAL): +([0-9A-Z]{5}): /;
    return $result;
}

# The same, which must succeed. Returns the rows without the last line end.
sub rows_of {
    my ($what, @steps) = @_;
    my $result = psql(@steps);
    is $result->{status}, 0, $what or diag $result->{err};
    return $result->{out} =~ s/\n\z//r;
}

sub begin {
    my ($kind) = @_;
    return ['run/begin.sql', kind => $kind, cycle => 2026, options => q(--it's "odd"), host => 'h',
        process_id => 1, version => '0', force => 'false', max_withdrawn => '5%',
        min_withdrawn => 100, grace_days => 14, uncoded => 'count'];
}

my @lines = ("C00000001\t2026\tONE", "C00000002\t2026\tTWO", "C00000003\t2026\tTHREE");

# Puts records of committees into a staging table.
sub stage {
    my ($table, @records) = @_;
    my $values = join ', ', map { sprintf q{('%s', %d, '%s', hashtext('%3$s'))}, split /\t/ }
        @records;
    rows_of('records are staged',
        "INSERT INTO fec_staging.$table (committee_id, cycle, name, row_hash) VALUES $values");
}

# --- a monthly run

like rows_of('the lock is taken', ['run/session.sql'], ['run/lock.sql', cycle => 2026],
    ['run/active.sql'], ['run/heartbeat.sql']), qr/^\d+\n.+, since \d{4}-\S+ \S+\n?\z/,
    'and nobody else has it';
is rows_of('who waits for nobody', ['run/blockers.sql', backend => 0]), '', 'has no blockers';
my $run = rows_of('a run begins', begin('monthly'));
like $run, qr/^\d+$/, 'and has its number';
my %one = (run_id => $run, dataset => 'cm');
is rows_of('a file that exists must be there',
    ['run/absent.sql', %one, missing => 'false']), '', 'or else it is an error';
my $info = "url=u\netag=\"e\"\nlast_modified=Sun, 01 Feb 2026 12:00:00 GMT\nlength=10\n";
is rows_of('a file that nobody has read', ['run/file.sql', %one, info => $info, always => 'false']),
    "read\tf\t0\t0", 'is to be read';
my $staging = (split /\t/, rows_of('staging tables are made', ['run/stage.sql', %one]))[0];
stage($staging, @lines);
my %counts = (fetched => $info . "bytes=10\n", parsed => "lines=3\nrejected=0\n",
    deduped => "records=3\npassed=3\n", loaded => "records=3\n", seconds => 1);
is psql(['run/staged.sql', %one, %counts, loaded => "records=2\n"])->{state}, 'ZF070',
    'counts that do not match are a bug';
rows_of('a staged file is recorded', ['run/staged.sql', %one, %counts]);
rows_of('it is applied', ['apply/open.sql', run_id => $run], ['apply/dataset.sql', %one],
    ['apply/close.sql', run_id => $run], ['run/drop-staging.sql', run_id => $run],
    ['run/analyze.sql', run_id => $run]);
is rows_of('the rows', 'SELECT string_agg(name, chr(32) ORDER BY name) FROM fec.committee'),
    'ONE THREE TWO', 'are in the table';
like rows_of('a summary', ['run/summary.sql', run_id => $run, seconds => '1.0', calls => '']),
    qr/RECONCILIATION COMPLETE.*^  committees +3 +0 +0 +0 +0$/ms, 'tells of them';
is rows_of('the runs of a driver', ['run/of-driver.sql', kind => 'monthly', host => 'h',
    processes => '2024:1 2026:1'], 'SELECT cycle, run_id FROM fecpipe_of_driver ORDER BY place'),
    "2024\t\n2026\t$run", 'are found by their processes';
like rows_of('a table of all cycles', ['run/summary-of-all.sql', kind => 'monthly', host => 'h',
    processes => ' 2026:1 2024:1']), qr/^2026 +3 +0 +0 +0 +0  complete\n2024 +was not begun$/m,
    'has a line for each, in the order in which they were asked for';

# --- the next one: what is refused, and how

$run = $one{run_id} = rows_of('another run begins', begin('monthly'));
is rows_of('the same file', ['run/file.sql', %one, info => $info, always => 'false']),
    "skip\tt\t0\t0", 'is skipped';
is psql(['run/file.sql', %one, info => $info =~ s/01 Feb/31 Jan/r, always => 'true'])->{state},
    'ZF065', 'an older one is refused';
is rows_of('the dataset is free again', 'DELETE FROM fec.run_dataset WHERE run_id = ' . $run), '',
    'for this test';
rows_of('it is staged', ['run/stage.sql', %one]);
is psql(['run/staged.sql', %one, %counts, deduped => "records=0\npassed=0\n",
        loaded => "records=0\n"])->{state}, 'ZF065', 'a file without rows over a table is refused';
rows_of('a failure is recorded', ['run/record.sql', %one, %counts, status => 'failed']);
is rows_of('a run fails', ['run/fail.sql', run_id => $run, reason => q(it's odd\n)]), 'failed',
    'and is recorded so';
is rows_of('its reason', "SELECT reason FROM fec.run WHERE run_id = $run"), q(it's odd\n),
    'is what was said';
my $dry = rows_of('a dry run begins', begin('monthly'));
my %two = (run_id => $dry, dataset => 'cm');
$staging = (split /\t/, rows_of('it stages', ['run/stage.sql', %two]))[0];
stage($staging, "C00000004\t2026\tFOUR");
rows_of('and counts', ['run/staged.sql', run_id => $dry, dataset => 'cm', %counts,
        deduped => "records=4\npassed=1\nknown=3\nunchanged=3\n", loaded => "records=1\n"],
    ['apply/open.sql', run_id => $dry], ['apply/count.sql', run_id => $dry, dataset => 'cm'],
    ['apply/dry-run.sql', run_id => $dry], ['run/drop-staging.sql', run_id => $dry]);
unlike rows_of('its summary', ['run/summary.sql', run_id => $dry, seconds => '1.0', calls => '']),
    qr/states updated/, 'has no word of states';
is rows_of('a number', 'SELECT count(*) FROM fec.committee'), 3, 'and nothing has changed';
is rows_of('known rows are exported',
    ['run/export-known.sql', run_id => $dry, dataset => 'cm']) =~ tr/\n//, 2, 'a line each';
is psql(begin('monthly'), 'SELECT 1/0')->{state}, '22012', 'an error has its SQLSTATE';
is psql(['run/begin.sql', @{begin('monthly')}[1 .. 2], @{begin('monthly')}[5 .. 22],
        cycle => 2025])->{state}, 'ZF064', 'an odd year is not a cycle';

# --- a daily run

my $daily = rows_of('a daily run begins', ['run/lock.sql', cycle => 2026], begin('daily'));
rows_of('over a table that has its rows', ['run/emptied.sql', run_id => $daily, full => 'false']);
my %endpoint = (run_id => $daily, dataset => 'committees');
$staging = (split /\t/, rows_of('an endpoint is staged', ['run/stage.sql', %endpoint]))[0];
my ($sweep, $how, $age, $since) = split /\t/, rows_of('a sweep begins', ['sweep/open.sql',
    %endpoint, strategy => 'load-date', scope => 'all', lookback_days => 7, full => 'false',
    committees => '']);
is "$how $age $since", 'new young 2026-01-25', 'from the file less the days to look back';
stage($staging, "C00000005\t2026\tFIVE");
my %batch = (%endpoint, sweep_id => $sweep, complete => 'false', cursor => "group=0\npage=2",
    fetched => "calls=1\nrows=1\nexpected_calls=1\n", parsed => "lines=1\n",
    deduped => "records=1\npassed=1\n");
rows_of('a batch is applied', ['apply/batch.sql', %batch]);
is rows_of('its place', ['sweep/cursor.sql', sweep_id => $sweep]), "group=0\npage=2",
    'is where the next one goes on';
rows_of('the last batch ends the sweep', "TRUNCATE fec_staging.$staging", ['apply/batch.sql',
    %batch, complete => 'true', fetched => "calls=1\nrows=0\nshort=2\n",
    deduped => "records=0\npassed=0\n"]);
rows_of('the endpoint is done',
    ['run/finish-dataset.sql', %endpoint, status => 'applied', seconds => 1, fetched => ''],
    ['run/finish-daily.sql', run_id => $daily]);
like rows_of('its summary', ['run/summary.sql', run_id => $daily, seconds => '1.0', calls => 2]),
    qr/DAILY UPDATE COMPLETE.*^  committees +1 .*^  committees, short by +2\n.*of the API +2$/ms,
    'says what came, and by how much the sweep was short';
my $other = (split /\t/, rows_of('a sweep by committee', ['sweep/open.sql', run_id => $daily,
    dataset => 'schedule_a', strategy => 'committee', scope => 'all', lookback_days => 7,
    full => 'false', committees => 'C00000001 C00000002']))[0];
is rows_of('its plan', ['sweep/committees.sql', sweep_id => $other]), "C00000001\nC00000002",
    'is those committees';
rows_of('it ends', map { ["sweep/$_.sql", sweep_id => $other] } 'close', 'forget');

# --- connections
is rows_of('settings are made', ['run/settings.sql', lock_seconds => 7], 'SHOW lock_timeout'), '7s',
    'whatever was there before';
is rows_of('a database can be written to', ['run/writable.sql']), '', 'and no word is said of it';
is psql('SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY', ['run/writable.sql'])->{status}, 0,
    'what a session has set for itself does not count';
{
    local $env{PGOPTIONS} = '-c default_transaction_read_only=on';
    is psql(['run/writable.sql'])->{state}, 'ZF069', 'but what it came with does';
}
is rows_of('no other backend is shared', ['run/pooler.sql', backend => 1]), 'f', 'without a pooler';

my @never = grep { !$tried{$_} && !/(?:plan|record)\.sql$/ }
    map { s{^\Q@{[top()]}\E/sql/}{}r } glob(top() . '/sql/run/*.sql ' . top() . '/sql/sweep/*.sql');
is "@never", '', 'no step was left out';
done_testing;
