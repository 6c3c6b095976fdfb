#!/usr/bin/env perl
# index.t - the indexes for usual questions: after a first load by themselves, and by the command.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use Scene;
use Test::More;

my $home = new_home();
my $tree = sample(scratch(), qw(--cycle 2026 --rows 4000 --months 2));
my $all = 'committee,name,zip,state,date,amount';

sub drive {
    my ($arguments, %env) = @_;
    return pipeline($home, $arguments, env => {FEC_INDEXES => $all, %env});
}

sub monthly {
    my ($month, %env) = @_;
    my $result = drive([qw(monthly --cycle 2026 --datasets), 'cm,indiv,oppexp'],
        FEC_BULK_URL => "file://$tree/month-$month", %env);
    is $result->{status}, 0, "month $month is read" or diag $result->{err};
    return $result;
}

# The valid indexes of ours, of a partition, by what they are by.
sub indexes {
    my ($partition) = @_;
    return sql($home, "SELECT string_agg(split_part(c.relname, '_by_', 2), ',' ORDER BY c.oid)
        FROM pg_index AS i JOIN pg_class AS c ON c.oid = indexrelid
       WHERE indrelid = 'fec.$partition'::regclass AND indisvalid AND c.relname LIKE '%\\_by\\_%'");
}

sub plan_of { return sql($home, 'SET enable_seqscan = off', "EXPLAIN $_[0]") }

my $first = monthly(1);
is indexes('contribution_2026'), $all, 'a table that is loaded first gets its indexes';
is indexes('operating_expenditure_2026'), $all, 'so do the others that have such columns';
like $first->{out}, qr/^index on contribution_2026 by name: \d+\.\d MB, \d+\.\d s$/m,
    'the run says what each costs';

# Functions of others with a better match than PostgreSQL's own, where everybody finds them.
my @planted = ('text, text', 'text, name', 'text, integer', 'text, bigint', 'text, name, text',
    'text, text, text', 'text, name, name');
sql($home, 'CREATE TABLE public.caught (what text)', map {
        "CREATE FUNCTION public.format($_) RETURNS text LANGUAGE sql AS "
        . "'INSERT INTO public.caught VALUES (\$1) RETURNING what'" } @planted);
unlike monthly(2)->{out}, qr/^index on/m, 'a later run makes none';
unlike drive(['index'])->{out}, qr/^index/m, 'the command has nothing to do then';
is drive([$_])->{status}, 0, "$_ works" for qw(init status report);
is sql($home, 'SELECT count(*) FROM public.caught'), 0, 'no function is called that others made';
sql($home, (map { "DROP FUNCTION public.format($_)" } @planted), 'DROP TABLE public.caught');

my $whole = "FROM fec.committee_individual_receipts_by_month WHERE cycle = 2026 AND committee_id =";
for my $question (['committee', "SELECT * $whole 'C00100001'"],
    ['name', "SELECT * FROM fec.contribution WHERE contributor_name LIKE '%SMITH%'"],
    ['zip', "SELECT * FROM fec.contribution WHERE contributor_zip LIKE '62701%'"],
    ['state', "SELECT * FROM fec.contribution WHERE contributor_state = 'AK'"],
    ['date', "SELECT * FROM fec.contribution WHERE contribution_receipt_date = '2025-03-04'"],
    ['amount', 'SELECT * FROM fec.contribution WHERE contribution_receipt_amount > 100000']) {
    my ($name, $query) = @$question;
    like plan_of($query), qr/contribution_2026_by_$name\b/, "a question by $name uses its index";
}
like plan_of("SELECT sum(received) $whole 'C00100001'"), qr/Index Only Scan/,
    'what a committee has got is in the index alone';

# --- going on

sql($home, 'DROP INDEX fec.contribution_2026_by_zip',
    q{UPDATE pg_index SET indisvalid = false
       WHERE indexrelid = 'fec.contribution_2026_by_date'::regclass});
my $again = drive(['index', '--cycle', 2026]);
is_deeply [$again->{status}, $again->{out} =~ /^index on (\S+ by \S+):/mg],
    [0, 'contribution_2026 by zip', 'contribution_2026 by date'],
    'the command makes what is missing, and what was cut off in the making';
is drive(['index', '--cycle', 2024])->{out}, '', 'a cycle without tables has nothing to index';

sql($home, 'DROP INDEX fec.contribution_2026_by_zip, fec.contribution_2026_by_date');
like drive(['index', '--indexes', 'date'])->{out}, qr/\Aindex on contribution_2026 by date:.*\n\z/,
    'a list says which are wanted';
is drive(['index'], FEC_INDEXES => 'none')->{out}, '', 'none means none';

my $holder = start([top() . '/pipeline.sh', 'psql', '-X', '-q', '-c',
        'SELECT pg_advisory_lock(fec.lock_class()::bigint), pg_sleep(60)'],
    env => Fecpipe::driver_env($home));
wait_until(sub {
    sql($home, q{SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'})
});
my $second = drive(['index']);
is_deeply [$second->{status}, $second->{err} =~ /another session is making indexes/],
    [75, 1], 'two at a time are refused: try again later';
sql($home, q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'});
finish($holder);

# --- a cycle that began with the API

my $scene = new_scene(home => $home);
add_rows($scene, 30);
publish_bulk($scene, time => time - 10 * 86400, rows => sub { 0 });
publish_api($scene);
my @with_indexes = (FEC_INDEXES => 'zip');
is run_monthly($scene)->{status}, 0, 'a file without rows';
is run_daily($scene, ['--full-refresh'], @with_indexes)->{status}, 0, 'the API has some';
publish_bulk($scene);
is pipeline($home, ['monthly', '--cycle', 2018],
    env => {%{Scene::env_of($scene)}, @with_indexes})->{status}, 0, 'a file with rows';
is indexes('contribution_2018'), 'zip', 'the first file with rows brings the indexes';

# --- where something is missing

for my $wrong (['index', '--indexes', 'colour'], ['index', '--indexes=']) {
    my $result = drive($wrong);
    is $result->{status}, 64, "@$wrong is refused";
    like $result->{err}, qr/a list of committee, name, zip, state, date, amount/, 'with the names';
}
is drive(['status'], FEC_INDEXES => 'committee,colour')->{status}, 78, 'so is a wrong setting';

sql($home, 'DROP EXTENSION pg_trgm CASCADE', q{CREATE FUNCTION public.refuse() RETURNS event_trigger
    LANGUAGE plpgsql AS $$ BEGIN RAISE insufficient_privilege; END $$},
    q{CREATE EVENT TRIGGER refuse ON ddl_command_start WHEN TAG IN ('CREATE EXTENSION')
      EXECUTE FUNCTION public.refuse()});
my $without = drive(['index']);
is $without->{status}, 0, 'where pg_trgm cannot be had the others are made';
like $without->{err}, qr/no index on names: the extension pg_trgm cannot be made/, 'and it says so';
like indexes('contribution_2026'), qr/zip/, 'they are there';

done_testing;
