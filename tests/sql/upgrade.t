#!/usr/bin/env perl
# A database of version 2 of the schema, with rows in it, is brought up to date: all of it or
# nothing, to exactly what a new database has, and the next runs go on from there.
#
# version-2.dump is a dump of what fecpipe 0.1 made of a made-up cycle: a monthly run, a daily run
# (3 rows corrected or completed, 5 new ones, one of them without a code, one of another file), a
# forced monthly run (2 rows withdrawn, 2 corrected), and a daily run (a memo mark). version-2/ has
# the files of the last monthly run.
use strict;
use warnings;
use Test::More;
use Time::Local qw(timegm);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use Steps;
use ZipMaker;

my $home = new_database();

# Everything that the schemas hold: columns, constraints, indexes, functions, views, comments.
my $catalog = <<'SQL';
WITH relations AS (
    SELECT oid, relname, relkind FROM pg_class
     WHERE relnamespace IN ('fec'::regnamespace, 'fec_staging'::regnamespace)
), lines AS (
    SELECT format('%s %s: %s', relkind, relname, obj_description(oid, 'pg_class')) FROM relations
    UNION ALL
    SELECT format('%s.%s %s %s %s %s %s: %s', relname, place, attname,
                  format_type(atttypid, atttypmod), attnotnull, attidentity,
                  pg_get_expr(adbin, adrelid), col_description(columns.oid, attnum))
      FROM (SELECT r.oid, relname, a.*,
                   row_number() OVER (PARTITION BY r.oid ORDER BY attnum) AS place
              FROM relations AS r JOIN pg_attribute AS a ON attrelid = r.oid
             WHERE attnum > 0 AND NOT attisdropped AND relkind NOT IN ('i', 'I')) AS columns
      LEFT JOIN pg_attrdef AS d ON adrelid = columns.oid AND adnum = attnum
    UNION ALL
    SELECT format('%s %s %s %s', relname, conname, convalidated, pg_get_constraintdef(c.oid))
      FROM relations AS r JOIN pg_constraint AS c ON conrelid = r.oid
    UNION ALL
    SELECT pg_get_indexdef(oid) FROM relations WHERE relkind IN ('i', 'I')
    UNION ALL
    SELECT pg_get_viewdef(oid) FROM relations WHERE relkind = 'v'
    UNION ALL
    SELECT format('%s %s', pg_get_functiondef(oid), obj_description(oid, 'pg_proc'))
      FROM pg_proc WHERE pronamespace = 'fec'::regnamespace
    UNION ALL
    SELECT format('%s of %s', inhrelid::regclass, inhparent::regclass) FROM pg_inherits
     WHERE inhrelid IN (SELECT oid FROM relations)
) SELECT string_agg(format, E'\n' ORDER BY format) FROM lines
SQL

sub lines_of { return [split /\n/, query($catalog)] }

query("SELECT fec.make_partition('$_', 2018)") for qw(contribution committee candidate);
my $new = lines_of();

# The database as fecpipe 0.1 left it.
query('DROP SCHEMA fec CASCADE', 'DROP SCHEMA fec_staging CASCADE');
my $restored = psql(['-f', "$FindBin::Bin/version-2.dump"]);
is $restored->{status}, 0, 'a dump of version 2 is restored' or diag $restored->{err};
my $old = lines_of();
my $rows = 'SELECT sub_id, contribution_receipt_amount, contributor_name, memo_code, run_id
    FROM fec.contribution ORDER BY sub_id';
my $rows_before = query($rows);
my $history = 'SELECT sub_id, contribution_receipt_amount, contributor_name, change,
    written_by_run_id, run_id FROM fec.contribution_history ORDER BY sub_id, run_id';
my $history_before = query($history);
my $runs = 'SELECT run_id, dataset, inserted, changed, withdrawn, unchanged
    FROM fec.run_dataset ORDER BY run_id, dataset';
my $runs_before = query($runs);

# --- An upgrade that fails

query('CREATE TABLE fec.merge_rule ()');
my $failed = pipeline($home, ['init']);
isnt $failed->{status}, 0, 'an upgrade that meets something in its way fails';
like $failed->{err}, qr/merge_rule.*\n\z/, 'with the reason as its last line';
query('DROP TABLE fec.merge_rule');
is_deeply lines_of(), $old, 'and leaves the database as it was';
is query('SELECT max(version) FROM fec.schema_version'), 2, 'of version 2';

# --- One that does not

my $done = pipeline($home, ['init']);
is $done->{status}, 0, 'the upgrade' or diag $done->{err};
like $done->{out}, qr/^Upgrading the database to version 3 .* rewrites up to 12 rows/m,
    'says what it does and how long it may take';
like $done->{out}, qr/^Upgrading the database to version 4 /m, 'step by step';
is query('SELECT max(version) FROM fec.schema_version'), 4, 'the database is of version 4';
is_deeply lines_of(), $new, 'and has exactly what a new one has';
is query($rows), $rows_before, 'with its rows';
is query($history), $history_before, 'its history';
is query($runs), $runs_before, 'and its runs';
is pipeline($home, ['init'])->{out} =~ /Upgrading/, '', 'which is done once';

# --- What version 2 could not tell

is query(q{SELECT string_agg(right(sub_id::text, 2), ' ' ORDER BY sub_id)
    FROM fec.contribution WHERE NOT in_bulk}), '25 26 27 28 29',
    'rows are marked of which it is not certain that a bulk file has had them';
is query(q{SELECT string_agg(committee_id, ' ') FROM fec.committee WHERE NOT in_bulk}), 'C00100020',
    'committees as well';
is query('SELECT count(*) FROM fec.contribution JOIN fec.run USING (run_id)
    WHERE kind = $$daily$$ AND (row_hash <> 0 OR amendment_indicator IS NOT NULL)'), 0,
    'and what the API took for the indicator of amendments is gone';
is query('SELECT count(*) FROM fec.contribution_history WHERE NOT in_bulk'), 0,
    'old versions were in a bulk file';

my $verified = pipeline($home, ['verify']);
is $verified->{status}, 0, 'what version 2 wrote stands up to verify' or diag $verified->{out};

# --- The next run

my $tree = scratch();
mkdir "$tree/2018";
for ([cm => 'cm.txt'], [cn => 'cn.txt'], [indiv => 'itcont.txt']) {
    my ($name, $member) = @$_;
    my $zip = spew("$tree/2018/${name}18.zip", ZipMaker::archive({name => $member,
                data => slurp("$FindBin::Bin/version-2/$member")}));
    utime((timegm(0, 0, 12, 21, 2, 2018)) x 2, $zip);
}
my $monthly = pipeline($home, ['monthly', '--cycle', 2018, '--always'],
    env => {FEC_BULK_URL => "file://$tree"});
is $monthly->{status}, 0, 'the same files once more' or diag $monthly->{err};
my $counts = summary($monthly->{out});
is join(' ', map { $counts->{$_}{new} . $counts->{$_}{changed} . $counts->{$_}{withdrawn} }
        qw(committees candidates contributions)), '000 000 000', 'change nothing';
is query('SELECT completed FROM fec.run_dataset WHERE run_id = 5 AND dataset = $$indiv$$') > 0, 1,
    'but complete rows of the API';
is query(q{SELECT string_agg(right(sub_id::text, 2), ' ' ORDER BY sub_id)
    FROM fec.contribution WHERE amendment_indicator IS NULL}), '10 26 27 28 29',
    'the indicators are back but for rows of which the API knows more than the file';
$verified = pipeline($home, ['verify']);
is $verified->{status}, 0, 'so does what comes of it' or diag $verified->{out};
done_testing();
