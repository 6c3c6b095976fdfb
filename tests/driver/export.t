#!/usr/bin/env perl
# export.t - pipeline.sh export: the files have the table's rows, whole or not at all. And the role
# that init makes for those who only read.
#
# DuckDB's program is played by a script that notes what it is told.
use strict;
use warnings;
use File::Path qw(make_path);
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;

my $home = new_home();
my $tree = sample(scratch(), qw(--cycle 2026 --rows 400 --months 1 --expect --datasets),
    'cm,indiv,ElectioneeringComm');
my $result = pipeline($home, ['monthly', '--cycle', 2026, '--datasets',
        'cm,indiv,ElectioneeringComm'], env => {FEC_BULK_URL => "file://$tree/month-1"});
is $result->{status}, 0, 'three files are read' or BAIL_OUT($result->{err} =~ s/\n/ | /gr);

my $dir = scratch() . '/with a blank/new';

sub export {
    my ($options, %env) = @_;
    return pipeline($home, ['export', @$options], env => \%env);
}

sub files { my ($folder) = @_; return join ' ', map { s{.*/}{}r } glob "'$folder/'{*,.[!.]*}" }

# The rows of CSV, each as a record: with tabs between, \N for nothing, sorted.
sub records_of_csv {
    my ($text) = @_;
    my (@records, @values);
    while ($text =~ /\G(?:"((?:[^"]|"")*)"|([^,"\n]*))([,\n])/g) {
        my ($quoted, $plain, $end) = ($1, $2, $3);
        my $value = defined $quoted ? $quoted =~ s/""/"/gr : $plain;
        my %escape = ("\\" => "\\\\", "\t" => "\\t", "\n" => "\\n", "\r" => "\\r");
        $value =~ s/([\\\t\n\r])/$escape{$1}/g;
        push @values, $value eq '' ? '\\N' : $value;
        push @records, join("\t", splice @values) if $end eq "\n";
    }
    return @records;
}

# --- CSV

$result = export(['--cycle', 2026, $dir], FEC_CYCLES => 2024);
is $result->{status}, 0, 'all tables of a cycle are exported' or diag $result->{err};
is files($dir),
    'committee_2026.csv contribution_2026.csv electioneering_communication_2026.csv',
    'a file for each table that has rows, and no other';
my $manifest = stats_of("$tree/month-1/manifest");
my $rows = $manifest->{'indiv.records'};
like $result->{out}, qr/^contribution_2026\.csv: $rows rows, [0-9.]+ MB$/m, 'and it says so';
for my $pair (['cm', 'committee'], ['indiv', 'contribution'],
    ['ElectioneeringComm', 'electioneering_communication']) {
    my ($dataset, $table) = @$pair;
    my ($names, @got) = records_of_csv(slurp("$dir/${table}_2026.csv"));
    my ($header, @expected) = split /\n/, slurp("$tree/month-1/expected/$dataset.tsv");
    is $names, $header, "$table: the columns are those of the file";
    # A key with a hash in it is not among what is expected.
    s/^[^\t]*// for $dataset eq 'ElectioneeringComm' ? (@got, @expected) : ();
    is_deeply [sort @got], [sort @expected], "$table: the rows are those of the FEC's file";
}
is sprintf('%o', (stat "$dir/committee_2026.csv")[2] & 0777), sprintf('%o', 0666 & ~umask),
    'who may read them is a matter of the umask';

spew("$dir/notes.txt", 'mine');
spew("$dir/committee_2026.csv", 'old');
$result = export(['--cycle', 2026, '--dataset', 'cm', $dir]);
is $result->{status}, 0, 'one dataset' or diag $result->{err};
like slurp("$dir/committee_2026.csv"), qr/^committee_id,/, 'a file that is there is replaced';
is slurp("$dir/notes.txt"), 'mine', 'others are left alone';
is $result->{out} =~ tr/\n//, 1, 'and nothing else is exported';

make_path("$dir/candidate_2026.csv", "$dir/sub/committee_2026.csv");
$result = export(['--cycle', 2026, '--dataset=cm', "$dir/sub"]);
ok $result->{status} == 73 && $result->{err} =~ /committee_2026\.csv is there, and is no file/,
    'a folder in its place is an error' or diag $result->{err};
$result = export(['--cycle', 2026, '--dataset', 'cn', '--dataset', 'cm', $dir]);
ok $result->{status} == 0 && $result->{out} =~ /^candidate has no rows of 2026$/m,
    'a dataset without rows is passed over with a word' or diag $result->{err};
is export(['--cycle', 2024, $dir])->{status}, 66, 'no rows at all are an error';
is export([@$_])->{status}, 64, "export @$_ is refused"
    for [], ['--format', 'xls', $dir], ['--dataset', 'nono', $dir], ['--cycle', 2025, $dir],
    [$dir, $dir], ['--dataset'];
is export(["$dir/notes.txt/x"])->{status}, 73, 'so is a folder that cannot be made';

# --- Parquet

my $programs = scratch();
my $stand_in = "$programs/duckdb";
my $parquet = scratch();
SKIP: {
    skip 'duckdb is installed', 2 if grep { -x "$_/duckdb" } split /:/, $ENV{PATH};
    $result = export(['--cycle', 2026, '--format', 'parquet', $parquet]);
    is $result->{status}, 69, 'without duckdb there is no Parquet';
    like $result->{err}, qr{duckdb is missing.*https://duckdb\.org/install},
        'and it says how to get it';
}

# Its last argument is the command, whose TO names the file.
sub stand_in {
    my ($lines) = @_;
    spew($stand_in, "#!/bin/bash\nfile=\$* file=\${file##* TO \\'} file=\${file%%\\'*}\n$lines\n");
    chmod 0755, $stand_in;
    return export(['--cycle', 2026, '--format', 'parquet', '--dataset', 'indiv', $parquet],
        PATH => "$programs:$ENV{PATH}");
}
$result = stand_in(qq{printf '%s' "\$*" >"$programs/told"; cat >"\$file"});
is $result->{status}, 0, 'duckdb makes a file' or diag $result->{err};
is files($parquet), 'contribution_2026.parquet', 'which gets its name';
is slurp("$parquet/contribution_2026.parquet"), slurp("$dir/contribution_2026.csv"),
    'out of the same CSV';
like slurp("$programs/told"),
    qr/'sub_id': 'BIGINT'.*'contributor_zip': 'VARCHAR'.*'\w+_amount': 'NUMERIC\(14,2\)'/s,
    'with the types of the columns';
for my $lines ('echo "Out of Memory Error" >&2; exit 3',
    'head -c 2000 >"$file"; echo "Out of Memory Error" >&2; exit 3',
    'cat >"$file"; echo "Out of Memory Error" >&2; exit 3') {
    unlink "$parquet/contribution_2026.parquet";
    $result = stand_in($lines);
    ok $result->{status} == 70 && $result->{err} =~ /duckdb ended with 3: Out of Memory Error$/m,
        'if it fails, so does the export' or diag "$result->{status}: $result->{err}";
    is files($parquet), '', 'and leaves nothing';
}
is_deeply [glob "$home/home/run/export*"], [], 'nor in FEC_HOME';

# --- a role that only reads

$result = pipeline($home, ['init', '--reader']);
ok $result->{status} == 0 && $result->{out} =~ /^fec_reader may read/m, 'init makes fec_reader'
    or diag $result->{err};
is pipeline($home, ['init', '--reader'])->{status}, 0, 'once';
sub as_reader {
    return pipeline($home, ['psql', '-XqAt', '-c', "SET ROLE fec_reader; $_[0]"]);
}
is as_reader('SELECT count(*) FROM fec.contribution')->{out}, "$rows\n", 'which reads the tables';
is sql($home, "SELECT concat_ws(' ', rolcanlogin, rolsuper, rolconfig) FROM pg_roles
     WHERE rolname = 'fec_reader'"), 't f {default_transaction_read_only=on}',
    'can log in, and only reads';
like as_reader('DELETE FROM fec.run')->{err}, qr/permission denied/, 'and may not change them';
done_testing;
