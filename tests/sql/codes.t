#!/usr/bin/env perl
# The FEC's codes are tables: each has what its file in sql/codes has. `init` makes codes and views
# again, and what somebody has made on top of them goes on.
use strict;
use warnings;
use File::Basename qw(basename);
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use Steps;

my $home = new_database();
my @files = sort glob top() . '/sql/codes/*.tsv';
cmp_ok scalar(@files), '>=', 17, 'there are files of codes';
my @names = map { basename($_, '.tsv') } @files;

# What a table has, like a file with a line for each code.
sub table_text {
    my ($name) = @_;
    my $columns = query("SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = 'fec.$name'::regclass AND attnum > 0");
    return query("COPY (SELECT $columns FROM fec.$name ORDER BY code COLLATE \"C\")
        TO STDOUT (NULL '')");
}

for my $i (0 .. $#files) {
    my (undef, @lines) = split /\n/, slurp($files[$i]);
    is table_text($names[$i]), join("\n", sort { $a cmp $b } @lines),
        "fec.$names[$i] has what its file has";
}

# --- What the counting needs

is query(q{SELECT string_agg(code, ' ' ORDER BY code COLLATE "C") FROM fec.transaction_type
    WHERE sign_individual_receipts = 1 AND code < '3'}), '10 11 15 15E',
    'what is added as received from individuals';
is query(q{SELECT string_agg(code, ' ' ORDER BY code COLLATE "C") FROM fec.transaction_type
    WHERE sign_individual_receipts = -1 AND code < '3'}), '20Y 21Y 22Y', 'what is subtracted';
is query(q{SELECT string_agg(code, ' ' ORDER BY code COLLATE "C") FROM fec.transaction_type
    WHERE counts_as = 'earmark_through'}), '15I 15T 24I 24T', 'what passes through a conduit';
is query(q{SELECT count(*) FROM fec.transaction_type
    WHERE direction NOT IN ('receipt', 'disbursement') OR counts_as IS NULL
       OR sign_individual_receipts IS NULL OR source IS NULL}), 0,
    'each has direction, kind, sign and source';

# --- Made again by init

my $before = join "\n", map { table_text($_) } @names;
my $view = q{SELECT pg_get_viewdef('fec.committee_latest'::regclass)};
my $view_before = query($view);
query("UPDATE fec.report_type SET description = 'mine' WHERE code = 'Q1'",
    "DELETE FROM fec.party WHERE code = 'DEM'",
    "INSERT INTO fec.office VALUES ('Z', 'mine')",
    'CREATE VIEW public.mine AS SELECT committee_id, name FROM fec.committee_latest',
    'CREATE OR REPLACE VIEW fec.committee_latest AS SELECT * FROM fec.committee WHERE cycle = 1900',
    'DROP VIEW fec.candidate_latest', 'DROP FUNCTION fec.committee_as_of(integer, bigint)');
my $made = pipeline($home, ['init']);
is $made->{status}, 0, 'init runs again' or diag $made->{err};
is join("\n", map { table_text($_) } @names), $before, 'codes that were changed are right again';
is query($view), $view_before, 'a view that was changed too';
is query('SELECT count(*) FROM fec.candidate_latest'), 0, 'one that was dropped is back';
is query('SELECT count(*) FROM fec.committee_as_of(2018, 1)'), 0, 'and a function';
is query(q{SELECT pg_get_viewdef('public.mine'::regclass) ~ 'committee_latest'}), 't',
    "somebody's view on top of it is there as before";

query('DROP VIEW public.mine', 'DROP VIEW fec.committee_latest',
    'CREATE VIEW fec.committee_latest AS SELECT 1 AS other',
    'CREATE VIEW public.mine AS SELECT other FROM fec.committee_latest',
    "UPDATE fec.report_type SET description = 'mine' WHERE code = 'Q1'");
my $refused = pipeline($home, ['init']);
isnt $refused->{status}, 0, 'a view with other columns is not dropped in silence';
like $refused->{err}, qr/schema cannot be installed: .*view column "other"/, 'it is named';
is query("SELECT description FROM fec.report_type WHERE code = 'Q1'"), 'mine',
    'and all is as it was before';

my $missing = script('schema/codes.sql', codes => '/nowhere');
like $missing->{err}, qr{ZF078: cannot read /nowhere/transaction_type.tsv}, 'no folder, no codes';
done_testing();
