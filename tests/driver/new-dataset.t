#!/usr/bin/env perl
# A dataset more takes a table in file_types.c and one in the schema, nothing else: in a copy of the
# tree with a made-up one, all commands know it.
use strict;
use warnings;
use JSON::PP qw(decode_json);
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use ZipMaker;

my $copy = scratch();
my $tree = scratch();
my $home = new_home(bare => 1);
is run(['cp', '-r', map({ top() . "/$_" } qw(filters driver sql pipeline.sh Makefile make)),
        "$copy"])->{status}, 0, 'the tree is copied';
run(['cp', '-r', bin(), "$copy/bin"]);

# Puts a text before a place in a file, which must be there.
sub insert {
    my ($file, $before, $text) = @_;
    my $was = slurp("$copy/$file");
    (my $new = $was) =~ s/(?=\Q$before\E)/$text/ or die "$file: no '$before'";
    spew("$copy/$file", $new);
}
insert('filters/records/file_types.c', '/* Since when:', <<'C');
static const struct column_type lobby_columns[] = {
    {"LOB_ID", "lobby_id", COLUMN_NUMBER},
    {"LOB_NM", "name", COLUMN_TEXT},
    {NULL, NULL, COLUMN_TEXT},
};

C
insert('filters/records/file_types.c', '    {"weball",', <<'C');
    {"lobby", "made-up lobbies", "lobby{yy}.zip", "lobby.txt", "lobby", "lobby_id", 1990, false,
     lobby_columns},
C
spew("$copy/sql/schema/summaries.sql", slurp("$copy/sql/schema/summaries.sql"), <<'SQL');
CREATE TABLE IF NOT EXISTS fec.lobby (
    lobby_id bigint NOT NULL,
    cycle    smallint NOT NULL,
    name     text,
    row_hash bigint NOT NULL,
    run_id   bigint NOT NULL,
    in_bulk  boolean NOT NULL DEFAULT true,
    PRIMARY KEY (lobby_id, cycle) INCLUDE (row_hash)
) PARTITION BY LIST (cycle);
SELECT fec.make_history('lobby');
SQL
my $make = run(['make', '-s', '-C', "$copy", 'bin/fec-parse', 'bin/fec-fetch', 'CFLAGS=-O0'],
    env => {map { $_ => undef } qw(MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES BIN BUILD)},
    seconds => 600);
is $make->{status}, 0, 'it builds' or BAIL_OUT($make->{err});

sub driver {
    return run(["$copy/pipeline.sh", @_], seconds => 300, env => Fecpipe::driver_env($home,
            FEC_BIN => "$copy/bin", FEC_BULK_URL => "file://$tree"));
}

sub load {
    spew("$tree/2026/lobby26.zip", ZipMaker::archive({name => 'lobby.txt', data => "@_"}));
    return driver('monthly', '--cycle', 2026, '--datasets', 'lobby', '--always');
}

mkdir "$tree/2026";
my $result = load("1|ONE\n2|TWO\n");
is $result->{status}, 0, 'monthly loads it' or diag $result->{err};
is summary($result->{out})->{'made-up lobbies'}{new}, 2, 'and its summary has its name';
$result = load("1|ONE\n2|TOO\n3|THREE\n");
is join(' ', @{summary($result->{out})->{'made-up lobbies'}}{qw(new changed unchanged)}), '1 1 1',
    'the next month changes it' or diag $result->{err};
is sql($home, 'SELECT name FROM fec.lobby_history'), 'TWO', 'with its history';
like driver('monthly', '--datasets', 'none')->{err}, qr/\boppexp,lobby,weball\b/,
    'it is in the list of datasets';
like driver('monthly', '--cycle', 1988, '--datasets', 'lobby')->{out}, qr/passed over: .* 1990/,
    'the first cycle that has it is known';
my $status = decode_json(driver('status', '--json')->{out});
my ($table) = grep { $_->{table_name} eq 'lobby' && $_->{cycle} == 2026 } @{$status->{tables}};
is $table->{rows}, 3, 'status tells its rows';
my $report = driver('report');
is $report->{status}, 0, 'the report is made' or diag $report->{err};
like $report->{out}, qr/lobby|lobbies/, 'and names it';
done_testing;
