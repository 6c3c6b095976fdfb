#!/usr/bin/env perl
# Other people's servers: encodings, roles, settings, databases that can only be read, poolers, and
# what is replicated. What a run cannot work with is refused before it begins, with what to do.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Checks;
use Fecpipe;
use OwnServer;
use ZipMaker;

my $server = start_own_server('wal_level = logical');
my $home = new_home(bare => 1);
my $tree = scratch();
mkdir "$tree/2026";

# A file of committees, by number and name.
sub publish {
    my %name = @_;
    spew("$tree/2026/cm26.zip", ZipMaker::archive({name => 'cm.txt',
        data => join '', map { sprintf "C%08d|%s|||||||||||||\n", $_, $name{$_} }
            sort keys %name}));
}
my %committee = map { $_ => "COMMITTEE $_" } 10 .. 60;
publish(%committee);

my @monthly = qw(monthly --cycle 2026 --datasets cm --always);
sub driver {
    my ($arguments, @env) = @_;
    return pipeline($home, $arguments, env => {FEC_BULK_URL => "file://$tree", @env});
}

sub succeeds {
    my ($name, $arguments, @env) = @_;
    my $result = driver($arguments, @env);
    is $result->{status}, 0, $name or diag $result->{err};
}

sub refused {
    my ($name, $status, $reason, $arguments, @env) = @_;
    my $result = driver($arguments, @env);
    ok $result->{status} == $status && $result->{err} =~ $reason, $name
        or diag "$result->{status} $result->{err}";
}

sub check_names {
    my ($name, $message, $advice, @env) = @_;
    check_says(check_group($home, 'check_database', @env), $name, 'error', $message, $advice);
}

sub names_at {
    return ask_at(@_, q{SELECT string_agg(name, ' ' ORDER BY committee_id) FROM fec.committee});
}
sub names { return join ' ', map { $committee{$_} } sort keys %committee }

# --- encodings
for my $case (['LATIN1', ['init']], ['SQL_ASCII', \@monthly]) {
    my ($encoding, $command) = @$case;
    my $database = lc "in_$encoding";
    ask_at($server, 'postgres',
        "CREATE DATABASE $database ENCODING '$encoding' LOCALE 'C' TEMPLATE template0");
    refused("$command->[0] refuses $encoding and says how to make a database", 78,
        qr/encoding .* is $encoding.*ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0/, $command,
        at($server, $database));
    is ask_at($server, $database, "SELECT to_regnamespace('fec') IS NULL"), 't',
        'and nothing was made';
    check_names("check names $encoding", qr/is $encoding/, qr/UTF8/, at($server, $database));
}

# --- the version
{
    my $said = run(['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-v', 'VERBOSITY=verbose', '-v',
            'least=99', '-f', top() . '/sql/schema/open.sql'], env => {at($server, 'postgres')});
    like $said->{err}, qr/ZF069: PostgreSQL \S+.* is too old: use PostgreSQL 99 or newer/,
        'a server that is too old is refused';
}

# --- a role without CREATE on the database
my @poor = at($server, 'poor', PGUSER => 'poor');
ask_at($server, 'postgres', 'CREATE ROLE poor LOGIN', 'CREATE ROLE reader LOGIN',
    'CREATE DATABASE poor');
refused('a role that may make no schemas is refused', 77,
    qr/check' says which rights are missing\n.*permission denied/, \@monthly, @poor);
ask_at($server, 'poor', map { ("CREATE SCHEMA $_", "GRANT CREATE, USAGE ON SCHEMA $_ TO poor") }
    qw(fec fec_staging));
succeeds('it is content with two schemas that somebody has made for it', \@monthly, @poor);
is names_at($server, 'poor'), names(), 'and loads a file';
refused('it cannot give others a schema that is not its own', 77,
    qr/belongs to fecpipe, who must say: GRANT USAGE ON SCHEMA fec TO reader/,
    ['init', '--reader', 'reader'], @poor);
ask_at($server, 'poor', 'GRANT USAGE ON SCHEMA fec TO reader');
succeeds('once that was said, it makes a reader', ['init', '--reader', 'reader'], @poor);
is ask_at($server, 'poor', 'SET ROLE reader', 'SELECT count(*) FROM fec.committee'),
    scalar(keys %committee), 'who reads';

# --- defaults that nobody would choose
ask_at($server, 'postgres', 'CREATE DATABASE odd');
my @odd = at($server, 'odd');
my $version = ask_at($server, 'odd', q{SELECT current_setting('server_version_num')::int / 10000});
ask_at($server, 'odd', map({ "ALTER DATABASE odd SET $_" }
        q{default_transaction_isolation = 'serializable'}, 'default_transaction_deferrable = on',
        'statement_timeout = 1500', $version >= 17 ? 'transaction_timeout = 1500' : (),
        'idle_in_transaction_session_timeout = 1000', 'lock_timeout = 1',
        $version >= 14 ? 'idle_session_timeout = 1000' : (),
        q{DateStyle = 'SQL, DMY'}, q{IntervalStyle = 'sql_standard'}, q{search_path = ''},
        'standard_conforming_strings = off', q{client_encoding = 'LATIN1'},
        'client_min_messages = debug1', q{TimeZone = 'Pacific/Auckland'}, 'bytea_output = escape',
        'extra_float_digits = 0', 'check_function_bodies = off', 'jit_above_cost = 0'));
succeeds('odd defaults of a database are no hindrance to a first load', \@monthly, @odd);
ask_at($server, 'odd', 'CREATE FUNCTION public.slow() RETURNS trigger
        LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(2); RETURN NULL; END $$',
    'CREATE TRIGGER slow AFTER UPDATE ON fec.committee EXECUTE FUNCTION public.slow()');
$committee{10} = "O'NEIL \x{c3}\x{a9}";
publish(%committee);
succeeds('time limits do not cut what takes long', \@monthly, @odd);
is names_at($server, 'odd'), names(), 'the rows are those of the file';

# --- only for reading
ask_at($server, 'odd', 'ALTER ROLE fecpipe IN DATABASE odd SET default_transaction_read_only = on');
succeeds("$_ works in a database that is read-only", [$_], @odd) for qw(status report changes);
{
    my $words = qr/read-only.*ALTER DATABASE odd SET default_transaction_read_only = off/;
    refused("$_->[0] is refused in it", 69, $words, $_, @odd) for ['init'], \@monthly;
    check_names('check says so', qr/read-only/, qr/ALTER DATABASE odd/, @odd);
}
{
    my $standby = start_standby($server);
    my @standby = at($standby, 'odd', FEC_API_KEY => 'abcdefghijkl');
    succeeds('changes works on a standby', ['changes'], @standby);
    refused("$_->[0] says that a standby is not enough", 69, qr/standby.*name the primary server/,
        $_, @standby)
        for ['status'], ['report'], ['init'], \@monthly, [qw(daily --cycle 2026)];
    check_names('check says so', qr/standby/, qr/primary/, @standby);
}

# --- poolers
SKIP: {
    my $pooler = start_pgbouncer($server, 'poor') or skip 'pgbouncer is not installed', 7;
    my $pooling = qr/pooler in transaction or statement mode .*pool_mode=session/;
    succeeds('a run goes well through pgbouncer with sessions', \@monthly, at($pooler, 'session'));
    is names_at($server, 'poor'), names(), 'and brings the rows';
    refused("$_->[0] refuses $_->[1]s", 78, $pooling, $_->[2], at($pooler, $_->[1]))
        for ['init', 'transaction', ['init']], map { ['monthly', $_, \@monthly] }
        qw(transaction statement);
    check_names('check says so', $pooling, qr/^/, at($pooler, 'transaction'));
    is ask_at($server, 'poor', q{SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'},
        q{SELECT count(*) FROM fec.run WHERE status = 'running'}), "0\n0",
        'no lock is left, and no run';
}

# --- replication
my $number = 0;
for my $kind ('FOR ALL TABLES',
    $version >= 15 ? 'FOR TABLES IN SCHEMA fec' : 'FOR TABLE fec.committee') {
    $number++;
    my ($source, $target, $slot) = map { "$_$number" } qw(source target slot);
    my @from = at($server, $source);
    ask_at($server, 'postgres', "CREATE DATABASE $source");
    succeeds("a database gets the schema and is published $kind", ['init'], @from);
    ask_at($server, 'postgres', "CREATE DATABASE $target TEMPLATE $source");
    ask_at($server, $source,
        "CREATE PUBLICATION p $kind WITH (publish_via_partition_root = true)");
    ask_at($server, $source, "SELECT pg_create_logical_replication_slot('$slot', 'pgoutput')");
    ask_at($server, $target, q{SELECT fec.make_partition('committee', 2026)});
    ask_at($server, $target, "CREATE SUBSCRIPTION s CONNECTION 'host=$server->{folder} user=fecpipe
        dbname=$source' PUBLICATION p WITH (create_slot = false, slot_name = '$slot',
        copy_data = false)");
    my $arrives = sub { wait_until(sub { names_at($server, $target) eq names() }, 60) };
    succeeds('a first load goes well', \@monthly, @from);
    ok $arrives->(), 'and its rows reach a subscriber' or diag names_at($server, $target);
    $committee{11} = "CHANGED $number";
    delete $committee{60 - $number};
    publish(%committee);
    succeeds('so does the next one', \@monthly, @from);
    ok $arrives->(), 'with what it changed and withdrew' or diag names_at($server, $target);
    # A cluster with a slot that somebody reads cannot be stopped in peace.
    ask_at($server, $target, $_) for 'ALTER SUBSCRIPTION s DISABLE',
        'ALTER SUBSCRIPTION s SET (slot_name = NONE)', 'DROP SUBSCRIPTION s';
}
ask_at($server, 'source1', 'CREATE PUBLICATION q FOR TABLE fec.committee');
my $said = check_group($home, 'check_database', at($server, 'source1'));
check_says($said, 'check says that first loads are copied for subscribers', 'ok',
    qr/publication p has tables/, qr/^/);
check_says($said, 'and names a publication that needs a table for each cycle', 'warning',
    qr/publication q has tables/, qr/publish_via_partition_root = true/);
done_testing;
