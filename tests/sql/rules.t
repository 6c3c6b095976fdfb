#!/usr/bin/env perl
# What stands twice says the same: the rules of columns in the database and in fec-parse, the codes
# in the database and in sql/codes.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use Steps;

new_database();

for (['schedule_a', 'contribution', 'sub_id'], ['committees', 'committee', 'committee_id'],
    ['candidates', 'candidate', 'candidate_id']) {
    my ($endpoint, $table, $key) = @$_;
    my @columns = map { [split /\t/] } split /\n/,
        run([program('fec-parse'), '--columns', 'api', $endpoint])->{out};
    my %said = map { ($_->[0], $_->[3]) } grep { $_->[0] !~ /^(?:$key|cycle|load_date)$/ } @columns;
    my %rule = map { split /\t/ } split /\n/,
        query("SELECT column_name, of_api FROM fec.merge_rule WHERE table_name = '$table'");
    is_deeply \%rule, \%said, "$endpoint: fec-parse and the database have the same rules";
    is query("SELECT string_agg(attname, ' ') FROM pg_attribute
        WHERE attrelid = 'fec.$table'::regclass AND attnum > 0 AND NOT attisdropped
          AND attname NOT IN ('$key', 'cycle', 'row_hash', 'run_id', 'in_bulk', 'seal')
          AND attname NOT IN (SELECT column_name FROM fec.merge_rule
                               WHERE table_name = '$table')"), '',
        "$table: each column has one";
}

my ($names, @codes) = split /\n/, slurp(top() . '/sql/codes/transaction_type.tsv');
is query("SELECT count(*) FROM fec.transaction_type"), scalar @codes,
    'the database has the codes of the file';
is query("SELECT string_agg(concat_ws(E'\\t', code, files), E'\\n' ORDER BY code COLLATE \"C\")
    FROM fec.transaction_type"),
    join("\n", sort map { join "\t", (split /\t/)[0, 4] } @codes), 'with the files that have them';
query(q{DELETE FROM fec.transaction_type WHERE code = '15'},
    q{UPDATE fec.transaction_type SET files = 'oth' WHERE code = '15E'},
    q{INSERT INTO fec.transaction_type (code, description) VALUES ('ZZ', 'none')});
is script('schema/codes.sql', codes => top() . '/sql/codes')->{status}, 0,
    'where they differ, codes.sql';
is query(q{SELECT string_agg(concat(code, files), ' ' ORDER BY code) FROM fec.transaction_type
    WHERE code IN ('15', '15E', 'ZZ')}), '15indiv 15Eindiv', 'makes them what the file says';
my $wrong = script('schema/codes.sql', codes => '/nowhere');
like $wrong->{err}, qr{ZF078: cannot read /nowhere/transaction_type\.tsv}, 'without it, it fails';
done_testing();
