#!/usr/bin/env perl
# The driver: its options and settings, the databases it can use, its logs and the files that
# it leaves.
use strict;
use warnings;
use JSON::PP qw(decode_json);
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;

my $tree = scratch();
sample($tree, '--cycle', 2026, '--rows', 2000, '--months', 2, '--seed', 3, '--no-by-date',
    '--datasets', 'cm,cn,indiv');
my %manifest = %{stats_of("$tree/month-1/manifest")};
my $home = new_home(bare => 1);
my %env = (FEC_BULK_URL => "file://$tree/month-1");

# The one home of the two drivers that start at once, made when it is first asked for.
my $pair;
sub scratch_pair { return $pair //= new_home(bare => 1) }

# A home that belongs to this user (a number).
sub new_ordinary_home {
    my ($user) = @_;
    my $folder = scratch();
    chown $user, 65534, "$folder";
    return $folder;
}

# --- words
for my $case (
    [[], qr/^usage: pipeline\.sh/, 'no command'],
    [['nonsense'], qr/there is no command 'nonsense'/, 'an unknown command'],
    [['monthly', '--nonsense'], qr/'--nonsense' is not known/, 'an unknown option'],
    [['monthly', '--cycle'], qr/--cycle needs an argument/, 'an option without its argument'],
    [['monthly', '--cycle', '2025'], qr/'2025' is not a cycle/, 'an odd year'],
    [['monthly', '--cycle', "2026'; DROP"], qr/is not a cycle/, 'something that is no year'],
    [['monthly', '--datasets', 'cm,xx'], qr/there is no dataset 'xx'/, 'an unknown dataset'],
    [['monthly', '--datasets', ''], qr/no dataset/, 'no dataset'],
    [['status', '--runs', 'x'], qr/--runs takes a number/, 'something that is not a number'],
    [['stop', 'now'], qr/takes no arguments/, 'an argument too many'],
) {
    my ($arguments, $message, $what) = @$case;
    my $result = pipeline($home, $arguments);
    ok $result->{status} == 64 && $result->{err} =~ $message, "$what ends with 64 and says why"
        or diag "$result->{status}: $result->{err}";
}
like pipeline($home, ['--help'])->{out}, qr/--dry-run/, '--help helps';
like pipeline($home, ['--version'])->{out}, qr/^pipeline\.sh \(fecpipe\) \d/, '--version tells it';
ok !-e "$home/home/postgres", 'none of this has made a database';

# --- a private database
my $result = pipeline($home, ['monthly', '--cycle', 2026], env => \%env);
is $result->{status}, 0, 'the first run makes its own PostgreSQL' or BAIL_OUT($result->{err});
is summary($result->{out})->{contributions}{new}, $manifest{'indiv.new'},
    'and loads the default datasets';
ok exists summary($result->{out})->{$_}, "$_ is one of them"
    for 'committees', 'candidates', 'contributions';
is sql($home, q{SHOW listen_addresses}), '', 'it listens on a Unix socket only';
my $socket = sql($home, 'SHOW unix_socket_directories');
is sprintf('%04o', (stat "$home/home/postgres")[2] & 07777), '0700',
    'its folder is the owner\'s only';
is_deeply [glob "$home/home/run/*"], [], 'no file of the run is left';
my @logs = glob "$home/home/logs/*.log";
is scalar(@logs), 1, 'there is a log of the run';
like slurp($logs[0]), qr/^\S+Z MONTHLY RECONCILIATION COMPLETE$/m, 'with the summary';
like $result->{out}, qr/time +[\d.]+ s$/m, 'the summary tells the time it took';

# --- status
my $status = pipeline($home, ['status']);
like $status->{out}, qr/Last runs.*monthly\s+2026\s+complete.*Tables.*contribution\s+2026/s,
    'status shows runs and tables';
my $json = decode_json(pipeline($home, ['status', '--json'])->{out});
is $json->{runs}[0]{status}, 'complete', 'status --json tells the same';
ok $json->{tables}[0]{bytes} > 0 && $json->{tables}[0]{last_modified}, 'with sizes and freshness';
is scalar(@{decode_json(pipeline($home, ['status', '--json', '--runs', 0])->{out})->{runs}}), 0,
    '--runs limits them';

# --- settings
{
    spew("$home/conf", "# settings\n\nFEC_BULK_URL=file://$tree/month-2\nFEC_DATASETS = cm\n");
    my $bad = pipeline($home, ['monthly'], env => {FEC_CONF => "$home/conf"});
    ok $bad->{status} == 78 && $bad->{err} =~ /conf: line 4: 'FEC_DATASETS ' is not a setting/,
        'a bad setting is named with its line'
        or diag "$bad->{status} $bad->{err}";
    spew("$home/conf", "# settings\n\n  FEC_BULK_URL=\"file://$tree/month-2\"\n",
        "FEC_DATASETS=cm\nFEC_CYCLES=2026\nPGAPPNAME=x\n");
    my $result = pipeline($home, ['monthly', '--dry-run'], env => {FEC_CONF => "$home/conf"});
    is_deeply [sort keys %{summary($result->{out})}], ['committees'],
        'pipeline.conf sets the datasets and the cycle';
    isnt summary($result->{out})->{committees}{new}, 0, 'and where the files are';
    $result = pipeline($home, ['monthly', '--dry-run', '--always'],
        env => {FEC_CONF => "$home/conf", %env, FEC_DATASETS => 'cn'});
    is_deeply [sort keys %{summary($result->{out})}], ['candidates'],
        'the environment wins over pipeline.conf';
    $result = pipeline($home, ['monthly', '--dry-run', '--always', '--datasets', 'cm,cn'],
        env => {FEC_CONF => "$home/conf", %env});
    is_deeply [sort keys %{summary($result->{out})}], ['candidates', 'committees'],
        'an option wins over both';
    spew("$home/conf", "FEC_HOME=\$(touch $home/executed)\n");
    pipeline($home, ['status'], env => {FEC_CONF => "$home/conf"});
    ok !-e "$home/executed", 'nothing in pipeline.conf is executed';
    is pipeline($home, ['status'], env => {FEC_CONF => "$home/none"})->{status}, 78,
        'a missing FEC_CONF is an error';
}

# --- another database, by URL and by libpq's variables
{
    sql($home, 'CREATE DATABASE other');
    my $other = new_home(bare => 1);
    my $password = 'p@ss:w/rd';
    (my $encoded = $password) =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ge;
    (my $host = $socket) =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ge;
    my $url = "postgresql://fecpipe:$encoded\@$host:5432/other"
        . '?application_name=x&connect_timeout=5';
    my $result = pipeline($other, ['monthly', '--cycle', 2026, '--datasets', 'cm'],
        env => {%env, DATABASE_URL => $url});
    is $result->{status}, 0, 'DATABASE_URL names the database' or diag $result->{err};
    ok !-e "$other/home/postgres", 'and no private one is made';
    is run(['psql', '-X', '-A', '-t', '-c', 'SELECT count(*) FROM fec.committee'],
        env => {PGHOST => $socket, PGUSER => 'fecpipe', PGDATABASE => 'other'})->{out},
        "$manifest{'cm.records'}\n", 'the rows are there';
    $result = pipeline($other, ['status'],
        env => {PGHOST => $socket, PGUSER => 'fecpipe', PGDATABASE => 'other'});
    like $result->{out}, qr/committee\s+2026/, 'libpq\'s environment names it too';
    my $seen = start(['bash', '-c', top() . '/pipeline.sh psql -X -c "SELECT pg_sleep(3)"'],
        env => Fecpipe::driver_env($other, DATABASE_URL => $url));
    wait_until(sub { `ps -ef` =~ /pg_sleep\(3\)/ });
    unlike scalar(`ps -ef`), qr/\Q$encoded\E|\Q$password\E/,
        'a password in it can\'t be seen in the list of processes';
    kill TERM => -$seen->{pid};
    finish($seen);
    for my $bad ('mysql://x/y', 'postgresql://x/y?nonsense=1') {
        is pipeline($other, ['status'], env => {DATABASE_URL => $bad})->{status}, 78,
            "$bad is refused";
    }
    $result = pipeline($other, ['monthly', '--cycle', 2026],
        env => {%env, PGHOST => '/none', PGUSER => 'x'});
    ok $result->{status} == 69 && $result->{err} =~ /the database cannot be reached/,
        'a database that is not there ends it with 69';
    $result = pipeline($other, ['stop']);
    like $result->{out}, qr/There is no private PostgreSQL/, 'stop has nothing to stop there';
}

# --- logs and leftovers
{
    pipeline($home, ['monthly', '--cycle', 2026, '--datasets', 'cm'],
        env => {%env, FEC_LOG_KEEP => 2})
        for 1 .. 4;
    my @logs = glob "$home/home/logs/*.log";
    ok @logs <= 3, 'old logs are removed' or diag "@logs";
    mkdir "$home/home/run/monthly-2026.999999999";
    pipeline($home, ['monthly', '--cycle', 2026, '--datasets', 'cm'], env => \%env);
    ok !-e "$home/home/run/monthly-2026.999999999",
        'the folder of a run that was killed is removed';
    my $keep = pipeline($home,
        ['monthly', '--cycle', 2026, '--datasets', 'cm', '--always', '--keep'], env => \%env);
    is slurp("$home/home/archive/2026-cm26.zip"), slurp("$tree/month-1/2026/cm26.zip"),
        '--keep keeps the archive';
    is_deeply [map { s{.*/}{}r } grep { /part/ } glob "$home/home/archive/*"], [],
        'and no part of it';
}

# --- a schema of the future, and the schema twice
{
    is pipeline($home, ['psql', '-X', '-q', '-f', top() . '/sql/schema/schema.sql'])->{status}, 0,
        'sql/schema/schema.sql can be run again';
    sql($home, 'INSERT INTO fec.schema_version VALUES (99)');
    my $result = pipeline($home, ['status']);
    ok $result->{status} == 78 && $result->{err} =~ /version 99 of the schema/,
        'a database of a newer fecpipe is left alone';
    sql($home, 'DELETE FROM fec.schema_version WHERE version = 99');
}

# --- PostgreSQL comes and goes
like pipeline($home, ['stop'])->{out}, qr/has stopped/, 'stop stops it';
ok !-e "$socket/.s.PGSQL.5432", 'it is gone';
like pipeline($home, ['stop'])->{out}, qr/not running/, 'a second stop says that it is not running';
is sql($home, 'SELECT count(*) FROM fec.committee'), $manifest{'cm.records'},
    'the next command starts it again, with all rows';
{
    my ($pid) = slurp("$home/home/postgres/postmaster.pid") =~ /^(\d+)/;
    kill KILL => $pid;
    wait_until(sub { !kill 0 => $pid });
    is sql($home, 'SELECT count(*) FROM fec.committee'), $manifest{'cm.records'},
        'also after it was killed';
    my @both = map {
        start([top() . '/pipeline.sh', 'init'], env => Fecpipe::driver_env(scratch_pair()))
    } 1 .. 2;
    is join(' ', map { finish($_)->{status} } @both), '0 0',
        'two first commands at once make one database';
}

# --- as an ordinary user
SKIP: {
    skip 'only root can become another user', 3 if $> != 0;
    my $user = getpwnam('nobody') // skip 'there is no user nobody', 3;
    skip 'setpriv is not installed', 3 if system('sh -c "command -v setpriv" >/dev/null') != 0;
    my $folder = new_ordinary_home($user);
    my @as_nobody = ('setpriv', "--reuid=$user", '--regid=65534', '--clear-groups');
    skip 'the programs are where an ordinary user can\'t reach them', 5
        if run([@as_nobody, 'test', '-x', program('fec-parse')])->{status} != 0
        || run([@as_nobody, 'test', '-x', top() . '/pipeline.sh'])->{status} != 0;
    my $env = Fecpipe::driver_env($folder, %env);
    my $result = run([@as_nobody, top() . '/pipeline.sh', 'monthly', '--cycle', 2026,
        '--datasets', 'cm'], env => $env);
    is $result->{status}, 0, 'an ordinary user gets a private PostgreSQL too'
        or diag $result->{err};
    is((stat "$folder/home/postgres")[4], $user, 'which runs as that user');
    is run([@as_nobody, top() . '/pipeline.sh', 'stop'], env => $env)->{status}, 0,
        'and can stop it';
    my $root = pipeline($folder, ['status']);
    is $root->{status}, 78, 'root is refused there, whose files would stand in the way'
        or diag $root->{err};
    like $root->{err}, qr/belongs to \S+: run it as that user, .*sudo -u/, 'and told what to do';
}

done_testing;
