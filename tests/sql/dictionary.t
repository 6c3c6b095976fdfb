#!/usr/bin/env perl
# docs/data-dictionary.md says what the comments in the database say, and all has a comment.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;

my $home = new_home();
my $init = pipeline($home, ['init']);
is $init->{status}, 0, 'init makes the schema' or BAIL_OUT($init->{err});

my $page = pipeline($home, ['psql', '-X', '-q', '-f', top() . '/make/dictionary.sql']);
is $page->{status}, 0, 'the dictionary can be made' or diag $page->{err};
my @made = split /\n/, $page->{out};
my @kept = split /\n/, slurp(top() . '/docs/data-dictionary.md');
is_deeply \@kept, \@made, "docs/data-dictionary.md is up to date; 'make dictionary' writes it";

my $relations = q{pg_class c WHERE relnamespace = 'fec'::regnamespace
    AND relkind IN ('r', 'p', 'v') AND NOT relispartition AND relname !~ '_history$'};
is sql($home, "SELECT relname FROM $relations AND obj_description(c.oid, 'pg_class') IS NULL"), '',
    'every table and view has a comment';
is sql($home, "SELECT relname, attname FROM pg_attribute JOIN (SELECT c.oid, relname FROM $relations
        AND relkind <> 'v') AS r ON attrelid = r.oid
    WHERE attnum > 0 AND NOT attisdropped AND col_description(attrelid, attnum) IS NULL"), '',
    'every column of a table has a comment';

# The rules by which the API and the bulk files are merged.
my ($list) = slurp(top() . '/man/pipeline.sh.1')
    =~ /^Where the API lacks a column.*?$(.*?)^The view\n/ms;
is join(' ', sort +($list // '') =~ /\b([a-z][a-z0-9]*_[a-z0-9_]+|city|zip)\b/g),
    join(' ', sort split /\n/, sql($home, "SELECT column_name FROM fec.merge_rule
        WHERE of_api = 'lacks'")),
    'pipeline.sh(1) lists the columns that the API lacks';
done_testing;
