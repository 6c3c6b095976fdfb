#!/usr/bin/env perl
# What users add to fecpipe's tables, columns, triggers, foreign keys, and what they delete from
# fec.run: it is tolerated, or the run is refused with the name of what is in its way.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Checks;
use Fecpipe;
use Scene;

my $scene = new_scene();
my $home = $scene->{home};
my @ids = add_rows($scene, 60, receipt_type => '15', load_date => '2017-06-01T10:00:00');
publish_bulk($scene);
publish_api($scene);

sub succeeds {
    my ($result, $name) = @_;
    is $result->{status}, 0, $name or diag $result->{err};
}

sub refused {
    my ($result, $status, $reason, $name) = @_;
    ok $result->{status} == $status && $result->{err} =~ $reason, $name
        or diag "$result->{status} $result->{err}";
}

# --- columns, before the first load
sql($home, 'ALTER TABLE fec.contribution ADD note text, ADD seen boolean NOT NULL DEFAULT false,'
        . ' ADD cents bigint GENERATED ALWAYS AS (contribution_receipt_amount * 100) STORED,'
        . q{ ADD CONSTRAINT short CHECK (note <> 'long')},
    'CREATE TABLE public.log (what text)',
    'CREATE FUNCTION public.noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN'
        . ' INSERT INTO public.log VALUES (TG_OP); RETURN NULL; END $$',
    'CREATE TRIGGER noted AFTER INSERT OR UPDATE OR DELETE ON fec.committee'
        . ' FOR EACH ROW EXECUTE FUNCTION public.noted()');
succeeds(run_monthly($scene), 'columns of a user\'s are no hindrance to a first load');
is sql($home, 'SELECT count(*), count(note), count(*) FILTER (WHERE NOT seen),'
        . ' bool_and(cents = contribution_receipt_amount * 100) FROM fec.contribution'),
    "60\t0\t60\tt", 'they get their defaults, and what is generated';
is sql($home, 'SELECT count(*) FROM public.log'), 20, 'and a trigger sees all rows of it';
sql($home, q{UPDATE fec.contribution SET note = 'mine', seen = true});
change_row($scene, $ids[0], contributor_name => 'NEW, NAME');
change_row($scene, $ids[1], load_date => days_ago(0) . 'T01:00:00', memo_text => 'LATE');
delete $scene->{rows}{$ids[2]};
publish_bulk($scene, time => time + 5);
succeeds(run_monthly($scene), 'nor to the next run');
is table_text($scene), expected_text($scene), 'which makes the table that of the file';
is sql($home, q{SELECT count(*) FROM fec.contribution WHERE note = 'mine' AND seen}), 59,
    'and leaves the user\'s columns of all rows as they are';
publish_api($scene);
succeeds(run_daily($scene), 'nor to a daily run');
succeeds(pipeline($home, ['init']), 'nor to an upgrade, which makes functions again');
is sql($home, 'SELECT count(*) FROM fec.contribution_as_of(2018, 1)'), 60,
    'and the table can be seen as it was';
like pipeline($home, ['changes', '--cycle', 2018])->{out}, qr/^change\tsub_id\t(?!.*\tnote)/,
    'changes lists fecpipe\'s own columns';
my $verified = pipeline($home, ['verify']);
succeeds($verified, 'and verify takes only those into its hashes');
like $verified->{out}, qr/^0 findings$/m, 'of which none is wrong';

# --- what is in the way
my $said = check_group($home, 'check_database');
check_says($said, 'check lists columns', 'ok', qr/column note of fec.contribution is not/, qr/^/);
check_says($said, 'and triggers', 'warning', qr/trigger noted of fec.committee/, qr/longer/);
sql($home, 'CREATE OR REPLACE FUNCTION public.noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN'
        . q{ RAISE EXCEPTION 'not today'; END $$},
    'CREATE TABLE public.donor (id bigint, cycle smallint, CONSTRAINT of_fec'
        . ' FOREIGN KEY (id, cycle) REFERENCES fec.contribution)',
    "INSERT INTO public.donor VALUES ($ids[3], 2018)",
    'DELETE FROM fec.candidate', 'ALTER TABLE fec.candidate ADD hard integer NOT NULL');
delete $scene->{rows}{$ids[3]};
publish_bulk($scene, time => time + 10);
refused(run_monthly($scene, '--datasets', 'indiv'), 78,
    qr/foreign key .* on table "donor"; fecpipe has no such foreign key: /,
    'a foreign key that is in the way is named');
is sql($home, 'SELECT count(*) FROM fec.contribution'), 59, 'and nothing was changed';
$said = check_group($home, 'check_database');
check_says($said, 'check warns of it', 'warning', qr/of_fec of \S*donor refers to fec.contribution/,
    qr/ON DELETE CASCADE/);
check_says($said, 'and of a column that nothing fills', 'error', qr/column hard of fec.candidate/,
    qr/ALTER hard SET DEFAULT/);
sql($home, 'DROP TABLE public.donor');
refused(run_monthly($scene), 78, qr/"hard".*; a column that is not fecpipe's needs a default/,
    'such a column is named by a run');
sql($home, 'ALTER TABLE fec.candidate DROP hard');
sql($home, 'ALTER TABLE fec.committee DISABLE TRIGGER noted',
    'DELETE FROM fec.committee WHERE committee_id = ' . "'" . committee(0) . "'",
    'ALTER TABLE fec.committee ENABLE TRIGGER noted');
refused(run_monthly($scene), 78, qr/not today \(raised by (?:public\.)?noted\(\), .*drop that trig/,
    'so is a trigger that raises an error');
sql($home, 'DROP FUNCTION public.noted() CASCADE');
succeeds(run_monthly($scene), 'without them all is well');

# --- fec.run
add_rows($scene, 1, receipt_type => '15', load_date => days_ago(0) . 'T01:00:00',
    contribution_receipt_amount => 12.34);
publish_api($scene);
succeeds(run_daily($scene), 'the API brings a row that no file has');
my $now = table_text($scene);
sql($home, 'DELETE FROM fec.run');
publish_bulk($scene, time => time - 3600);
succeeds(run_monthly($scene), 'a run goes well after all earlier ones were deleted');
is table_text($scene), $now, 'a row of the API that is younger than the file stays';
sql($home, 'TRUNCATE fec.run RESTART IDENTITY CASCADE');
succeeds(run_monthly($scene), 'also when they were deleted with their numbers');
is table_text($scene), $now, 'and all rows are as they were';
is sql($home, 'SELECT count(*) FROM fec.contribution AS c JOIN fec.run USING (run_id)'), 0,
    'no run gets the number of one that has brought rows';
like sql($home, q{SELECT obj_description('fec.run'::regclass)}), qr/deletes.*no data/,
    'the comment of fec.run says so';
done_testing;
