#!/usr/bin/env perl
# pipeline.sh check: each thing that can be wrong is made wrong, and check names it with what to do.
# It changes nothing meanwhile, and works where little else does. And init --reader, because here is
# a database with another role.
use strict;
use warnings;
use JSON::PP qw(decode_json);
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Checks;
use FecApi;
use Fecpipe;

my $home = new_home(bare => 1);
my $conf = "$home/my.conf";
my @kept = (FEC_RETRIES => undef, FEC_RETRY_DELAY_MS => undef, SYSTEMD_UNIT_PATH => "$home/units",
    PATH => "$home/bin:$ENV{PATH}", XDG_RUNTIME_DIR => undef, FEC_REAL_DATA => undef);

my $rows = scratch();
spew_rows("$rows/committees.jsonl", committee_row());
my $api = start_api($rows, key => 'abcdefghijkl');
push @kept, FEC_API_URL => $api->{url};

# Commands of a machine of ours, which come before the real ones.
mkdir "$home/bin" or die "mkdir: $!";
sub stand_in {
    my ($name, @lines) = @_;
    spew("$home/bin/$name", map { "$_\n" } '#!/bin/sh', @lines);
    chmod 0755, "$home/bin/$name";
}
stand_in('crontab', qq(store=$home/crontab), 'case $1 in', '-l) [ -f "$store" ] && cat "$store" ||',
    '{ echo "no crontab for us" >&2; exit 1; } ;;', '-) cat >"$store" ;;', 'esac');
stand_in('systemctl', 'exit 1');
stand_in('timedatectl', 'exit 1');

# What check says, with this environment: {status, verdicts => [{area, level, message, advice}]}.
sub check {
    my ($options, %env) = @_;
    my $result = pipeline($home, ['check', '--json', @$options], env => {@kept, %env});
    my $said = eval { decode_json($result->{out}) };
    BAIL_OUT("no JSON: $@ $result->{out} $result->{err}") if !$said;
    is $result->{status}, $said->{exit_status}, 'the exit status is that in the JSON'
        if $result->{status} != $said->{exit_status};
    return {status => $result->{status}, level => $said->{level}, verdicts => $said->{checks}};
}

# The same of one group of checks, by the function that makes it.
sub group {
    my ($function, %env) = @_;
    return check_group($home, $function, @kept, %env);
}

sub errors {
    return join "\n", map { $_->{message} } grep { $_->{level} eq 'error' } @{$_[0]{verdicts}};
}

# --- before the first run
my $result = check([]);
is errors($result), '', 'a new user on a good machine has no errors';
is $result->{status}, 0, 'and the exit status is 0';
check_says($result, 'the programs are listed with their version', 'ok',
    qr/^fecpipe \d+\.\d+\.\d+: fec-fetch fec-unzip fec-parse fec-dedupe pg-load/, qr/^/);
check_says($result, 'a missing key is a warning', 'warning', qr/no key of the FEC's API/,
    qr/FEC_API_KEY_FILE/);
check_says($result, 'the private PostgreSQL is still to be made', 'ok',
    qr/no database is named; the first run makes a private one with PostgreSQL/, qr/^/);
check_says($result, 'there is no schedule yet', 'ok', qr/no schedule/, qr/schedule install/);
ok !-e "$home/home", 'nothing was made';

my $text = pipeline($home, ['check'], env => {@kept})->{out};
is scalar(() = $text =~ /^(?:ok|warning|error) /mg), scalar @{$result->{verdicts}},
    'as text there is a line for each verdict of the JSON';
like $text, qr/^warning +API key +no key.*\n +-> get one from .*\n/m, 'and what to do below it';
like $text, qr/\n0 errors, \d+ warnings\n\z/, 'and their number at the end';

# --- a machine that lacks things
{
    mkdir "$home/few" or die "mkdir: $!";
    for my $program (qw(bash awk cat cut date df dirname find grep head id ls mkdir mktemp rm sed
        sleep sort tail tee touch tr uname readlink mv cp chmod)) {
        my ($path) = grep { -x } map { "$_/$program" } split /:/, $ENV{PATH};
        symlink $path, "$home/few/$program" if $path;
    }
    mkdir "$home/programs" or die "mkdir: $!";
    symlink program($_), "$home/programs/$_" for qw(fec-fetch pg-load);
    spew("$home/programs/fec-parse", "#!/bin/sh\necho 'fec-parse (fecpipe) 0.0.1'\n");
    spew("$home/programs/fec-dedupe",
        "#!/bin/sh\necho 'libxxhash.so.0: cannot open' >&2; exit 127\n");
    chmod 0755, glob("$home/programs/fec-*");
    my $result = check([], PATH => "$home/few", FEC_BIN => "$home/programs",
        CURL_CA_BUNDLE => "$home/none.crt");
    is $result->{status}, 69, 'a machine without programs has status 69';
    check_says($result, 'psql is missing', 'error', qr/^psql is missing/, qr/make deps/);
    check_says($result, 'so are programs of every system', 'error', qr/lacks: cksum flock ps$/,
        qr/make deps/);
    check_says($result, 'a filter is missing', 'error', qr/: fec-unzip$/, qr/'make' builds/);
    check_says($result, 'one is of another version', 'error', qr/fec-parse has version 0\.0\.1/,
        qr/build or install again/);
    check_says($result, 'one lacks a library', 'error', qr/fec-dedupe does not run: libxxhash/,
        qr/make deps/);
    check_says($result, 'the certificates are not where the environment says', 'error',
        qr/none\.crt/, qr/CURL_CA_BUNDLE/);
    check_says($result, 'and the rest is looked at all the same', 'ok', qr/at the FEC$/, qr/^/);
}

# --- the configuration, with everything wrong at once
{
    spew($conf, map { "$_\n" } 'FEC_CYCLES=2026-2020', 'PGHSOT=db', 'FEC_GRACE_DAYS=999',
        'FEC_API_BATCH=9 # pages', 'FEC_HOME=~other', 'FEC_DATASETS=cm,indvi', 'FEC_MONTHLY_DAY=31',
        "FEC_API_KEY=abcdefghijklmnop", "export FEC_UNCODED=drop", 'FEC_METRICS_FILE=/none/x.prom',
        'FEC_ON_FAILURE=nosuchmail me@example.org');
    chmod 0644, $conf;
    my $result = check([], FEC_CONF => $conf, FEC_HOEM => '/x', DATABASE_URL => 'postgresql://h/d',
        PGDATABASE => 'x', PGCONNECT_TIMEOUT => 2);
    is $result->{status}, 78, 'a wrong configuration has status 78';
    my $is = 'error';
    check_says($result, 'a wrong list of cycles, with the right form', $is,
        qr/my\.conf: line 1: FEC_CYCLES takes even years .* such as 2024,2026, .*not '2026-2020'/);
    check_says($result, 'a typing error in a name of libpq', $is,
        qr/line 2: 'PGHSOT' is not a setting; did you mean PGHOST\?/);
    check_says($result, 'a value out of range', $is, qr/line 3: FEC_GRACE_DAYS takes .* 0 to 365/);
    check_says($result, 'a comment after a value', $is, qr/line 4: a comment needs a line/);
    check_says($result, 'a ~ that nobody expands', $is, qr/line 5: only ~\/ is understood/);
    check_says($result, 'a dataset that does not exist, with the nearest one', $is,
        qr/line 6: FEC_DATASETS: there is no dataset 'indvi'; did you mean indiv\?/);
    check_says($result, 'a day that not every month has', $is, qr/line 7: FEC_MONTHLY_DAY takes/);
    check_says($result, 'a word that is not one of two', $is,
        qr/line 9: FEC_UNCODED takes count or/);
    check_says($result, 'a name in the environment that nobody reads', 'warning',
        qr/the environment: 'FEC_HOEM' is not a setting; did you mean FEC_HOME\?/);
    check_says($result, 'two ways to name the database', 'warning', qr/DATABASE_URL and libpq/);
    check_says($result, 'a file with a key that others can read', 'warning',
        qr/others can read .*my\.conf/, qr/^chmod 600 /);
    check_says($result, 'a file of metrics that cannot be written', 'warning',
        qr/FEC_METRICS_FILE: .* cannot write to \/none/);
    check_says($result, 'a command for failures that does not exist', 'warning',
        qr/no command 'nosuchmail'/);
    $result = group('check_configuration', FEC_CONF => "$home/none.conf", FEC_HOME => '~/x');
    check_says($result, 'a file of settings that cannot be read', 'error',
        qr/cannot read .*none\.conf/);
    check_says($result, 'and a FEC_HOME with ~ of the environment', 'error',
        qr/the environment: FEC_HOME: ~ is not expanded/);
}

# --- the key
for my $case (['', 0600, 'error', qr/the key is empty/], ["a b c\n", 0600, 'error', qr/not a key/],
    ["abcdefghijkl\n", 0644, 'warning', qr/others can read/],
    ["abcdefghijkl\n", 0622, 'error', qr/others can write/],
    [undef, 0, 'error', qr/cannot read/]) {
    my ($key, $mode, $level, $message) = @$case;
    unlink "$home/key";
    if (defined $key) {
        spew("$home/key", $key);
        chmod $mode, "$home/key";
    }
    check_says(group('check_key', FEC_API_KEY_FILE => "$home/key"), "a key '"
            . ($key // 'that is not there') =~ s/\n//r . sprintf("' of mode %o: $level", $mode),
        $level, $message);
}

# --- folders, disk, clock
{
    stand_in('df', 'echo head', 'echo "disk 1 1 10000 99% /"');
    spew("$home/file", '');
    my $result = check([], FEC_HOME => "$home/file/home");
    unlink "$home/bin/df";
    check_says($result, 'a FEC_HOME that cannot be made', 'error', qr/file is not a folder/);
    check_says($result, 'a full disk', 'error', qr/has 9 MB free/, qr/make room/);
}
SKIP: {
    skip 'faketime is not installed', 3 if system('command -v faketime >/dev/null');
    my $said = run(['faketime', '2010-01-01 00:00:00', top() . '/pipeline.sh', 'check'],
        env => Fecpipe::driver_env($home, @kept));
    is $said->{status}, 78, 'a wrong clock is an error';
    like $said->{out}, qr/^error +clock .*2010.*\n +-> set the clock/m, 'which is named';
    check_says(group('check_clock', TZDIR => '/none'), 'a machine without zones is told of it',
        'warning', qr/no time zones/, qr/tzdata/);
}
SKIP: {
    skip 'only root can become another user', 1 if $> != 0;
    skip 'setpriv is not installed', 1 if system('command -v setpriv >/dev/null');
    skip 'an ordinary user can\'t reach the programs', 1
        if system('setpriv', '--reuid=65534', '--clear-groups', 'test', '-x', program('pg-load'));
    mkdir "$home/home" or die "mkdir: $!";
    my $said = run(['setpriv', '--reuid=65534', '--clear-groups', top() . '/pipeline.sh', 'check'],
        env => Fecpipe::driver_env($home, @kept));
    like $said->{out}, qr/^error +FEC_HOME .* cannot write to .*home\n +-> chown/m,
        'a FEC_HOME of somebody else is an error';
    rmdir "$home/home";
}

# --- a database that cannot be reached
$result = group('check_database', PGHOST => "$home", PGDATABASE => 'x');
is $result->{verdicts}[-1]{status}, 69, 'a server that is gone has status 69';
check_says($result, 'it says where it looked', 'error', qr/\Q$home\E.*No such file/,
    qr/no server listens there/);
check_says(group('check_database', PGSERVICE => 'nosuch'), 'a service that does not exist', 'error',
    qr/definition of service "nosuch" not found/, qr/PGSERVICE/);

# --- the private one
is pipeline($home, ['init'])->{status}, 0, 'the database is made' or BAIL_OUT('no database');
$result = check([]);
is errors($result), '', 'then there are no errors';
check_says($result, 'the schema has its version', 'ok', qr/the schema has version \d/, qr/^/);

my $socket = sql($home, 'SHOW unix_socket_directories');

# Queries over one connection, without a driver.
sub ask {
    my $said = run(['psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', map { ('-c', $_) } @_],
        env => {PGHOST => $socket, PGUSER => 'fecpipe', PGDATABASE => 'fec'});
    die $said->{err} if $said->{status};
    return $said->{out} =~ s/\n\z//r;
}

# A role of its own, with a password, and what it lacks.
my $hba = ask('SHOW hba_file');
my $rules = slurp($hba);
spew($hba, "local all poor scram-sha-256\n$rules");
ask('SELECT pg_reload_conf()', 'CREATE DATABASE other', 'CREATE DATABASE plain ENCODING '
    . "'LATIN1' TEMPLATE template0", q{CREATE ROLE poor LOGIN PASSWORD 'right'},
    'REVOKE TEMPORARY ON DATABASE other FROM public',
    'ALTER DATABASE other SET default_transaction_read_only = on');
my @named = (PGHOST => $socket, PGUSER => 'poor', PGPASSFILE => "$home/pgpass");
$result = group('check_database', @named, PGDATABASE => 'other');
check_says($result, 'a missing password', 'error', qr/no password supplied/, qr/\.pgpass/);
spew("$home/pgpass", "*:*:*:*:right\n");
chmod 0644, "$home/pgpass";
$result = group('check_database', @named, PGDATABASE => 'other');
check_says($result, 'a password that libpq does not use', 'warning', qr/others can read .*pgpass/);
check_says(group('check_database', @named, PGDATABASE => 'other', PGPASSWORD => 'wrong'),
    'a wrong password', 'error', qr/password authentication failed/, qr/correct it/);
$result = group('check_database', @named, PGDATABASE => 'other', PGPASSWORD => 'right');
check_says($result, 'a role without rights', 'error', qr/may not make the schemas/,
    qr/^GRANT CREATE ON DATABASE other TO poor$/);
check_says($result, 'not even to temporary tables', 'error', qr/temporary/, qr/GRANT TEMPORARY/);
check_says($result, 'a read-only database', 'error', qr/read-only/, qr/ALTER DATABASE other/);
$result = group('check_database', @named, PGDATABASE => 'fec', PGPASSWORD => 'right');
check_says($result, 'tables of somebody else', 'error', qr/belong to other roles \(fecpipe\)/);
check_says(group('check_database', @named, PGDATABASE => 'none', PGPASSWORD => 'right'),
    'a database that does not exist', 'error', qr/does not exist/, qr/CREATE DATABASE/);
$result = group('check_database', PGHOST => $socket, PGUSER => 'fecpipe', PGDATABASE => 'plain');
check_says($result, 'an encoding that lacks letters', 'error', qr/LATIN1/, qr/UTF8/);
check_says($result, 'a database without the schema', 'ok', qr/no schema fec yet/, qr/init/);

# --- colleagues who read
$result = pipeline($home, ['init', '--reader', 'poor'], env => {@kept});
is $result->{status}, 0, 'init makes a role a reader' or diag $result->{err};
ask('CREATE TABLE fec.later (x integer)');
my @poor = ('psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-c');
my %poor = (PGHOST => $socket, PGUSER => 'poor', PGDATABASE => 'fec', PGPASSWORD => 'right');
is run([@poor, 'SELECT (SELECT count(*) FROM fec.contribution), (SELECT count(*) FROM fec.later)'],
    env => \%poor)->{out}, "0|0\n", 'who reads all tables, also later ones';
isnt run([@poor, 'DELETE FROM fec.run'], env => \%poor)->{status}, 0, 'and changes nothing';
ask('DROP TABLE fec.later');
$result = pipeline($home, ['init', '--reader=nobody of us'], env => {@kept});
ok $result->{status} == 78 && $result->{err} =~ /there is no role "nobody of us"; make it/,
    'a role that does not exist is refused' or diag $result->{err};

# --- what runs leave, and a newer schema
ask(q{INSERT INTO fec.run (kind, cycle, status, finished_at, reason) VALUES
        ('monthly', 2024, 'failed', now(), 'the disk was full')},
    q{INSERT INTO fec.run (kind, cycle, status) VALUES ('daily', 2026, 'running')},
    'CREATE TABLE fec_staging.run_1_cm (x text)');
my $holder = start(['psql', '-X', '-c', q{SET application_name = 'fecpipe x'},
    '-c', 'SELECT pg_advisory_lock(fec.lock_class(), 2022), pg_sleep(600)'],
    env => {PGHOST => $socket, PGUSER => 'fecpipe', PGDATABASE => 'fec'});
wait_until(sub { ask(q{SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'}) });
mkdir "$home/home/run/daily-2026.999999" or die "mkdir: $!";
spew("$home/home/postgres.making", '');
$result = check([]);
check_says($result, 'a lock that is held', 'ok', qr/lock of cycle 2022 is held by fecpipe x/,
    qr/^/);
check_says($result, 'a run that was killed', 'warning', qr/run 2 \(daily 2026\) was killed/);
check_says($result, 'a run that failed', 'warning', qr/run of cycle 2024 has failed: the disk/);
check_says($result, 'the folder of a run that is dead', 'warning', qr/run that was killed/);
check_says($result, 'and a cluster that was not made to its end', 'warning', qr/was cut off/);
rmdir "$home/home/run/daily-2026.999999";
unlink "$home/home/postgres.making";
ask(q{SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'},
    'INSERT INTO fec.schema_version (version) VALUES (99)');
finish($holder);
$result = check([]);
is $result->{status}, 78, 'the schema of a newer fecpipe has status 78';
check_says($result, 'and is named', 'error', qr/the schema has version 99/, qr/the newer fecpipe/);
ask('DELETE FROM fec.schema_version WHERE version = 99');
check_says(group('check_database'), 'tables that nobody needs any more', 'warning',
    qr/left in fec_staging/);

# --- the schedule
stand_in('ps', 'exit 0');
is pipeline($home, ['schedule', 'install', '--cron'],
    env => {@kept, PGAPPNAME => 'here'})->{status}, 0, 'a schedule is installed';
$result = group('check_schedule', PGAPPNAME => 'here');
unlink "$home/bin/ps";
check_says($result, 'the schedule says when it runs next', 'ok', qr/^daily by cron, next at 20/,
    qr/^/);
check_says($result, 'no cron is there to run it', 'warning', qr/no cron daemon is running/, qr/^/);
check_says($result, 'a variable that scheduled runs will not have', 'warning',
    qr/PGAPPNAME is set here and not copied/, qr/^/);
my $start = "$home/home/schedule/start";
spew($start, slurp($start) =~ s/^exec .*/exec '\/none\/pipeline.sh' "\$@"/mr);
check_says(group('check_schedule'), 'a driver that was moved', 'error',
    qr/starts \/none\/pipeline\.sh/, qr/schedule install/);
unlink $start;
check_says(group('check_schedule'), 'an entry without its file', 'error', qr/start is missing/,
    qr/schedule install/);

# --- the FEC's servers
my $bulk = scratch();
sample($bulk, '--cycle', 2026, '--rows', 10, '--months', 1, '--datasets', 'cm');
my @servers = (FEC_API_KEY => 'abcdefghijkl');
my $fec = start_server("$bulk/month-1");
is scalar api_calls($api), 0, 'until now the API was not asked';
$result = check(['--online'], @servers, FEC_BULK_URL => $fec->{url});
is scalar(grep { $_->{message} =~ /server responds/ } @{$result->{verdicts}}), 2,
    'with --online both servers are asked' or diag explain $result;
is scalar api_calls($api), 1, 'the API with one call';
$result = group('check_online', @servers, FEC_API_KEY => 'mnopqrstuvwx',
    FEC_BULK_URL => 'http://127.0.0.1:1');
check_says($result, 'a wrong key', 'error', qr/API_KEY_INVALID|403/);
check_says($result, 'a server that cannot be reached', 'error', qr/127\.0\.0\.1:1/, qr/network/);

# --- the private server stops, and stays so
pipeline($home, ['stop']);
$result = check([]);
check_says($result, 'a private PostgreSQL that has stopped is no error', 'ok', qr/is not running/,
    qr/starts it/);
ok !-e "$home/home/postgres/postmaster.pid", 'and is not started';
is pipeline($home, ['check', '--jsn'], env => {@kept})->{status}, 64,
    'an unknown option is refused';
done_testing;
