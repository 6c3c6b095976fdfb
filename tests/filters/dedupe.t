#!/usr/bin/env perl
# fec-dedupe: repeats, the difference to what the database has, and what it has too much.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;

my $dedupe = program('fec-dedupe');
my $dir = scratch();

# Records with the columns sub_id, name from [key, name] pairs.
sub records { return join '', "sub_id\tname\n", map { "$_->[0]\t$_->[1]\n" } @_ }

# The key and name columns of what came out.
sub pairs { return [map { [(split /\t/)[0, 1]] } (split /\n/, $_[0])[1 .. ($_[0] =~ tr/\n//) - 1]] }

sub dedupe { my ($in, @options) = @_; return run([$dedupe, @options], stdin => $in) }

# key and row_hash as psql would write them, from records that fec-dedupe has passed on.
sub known_of {
    my $result = dedupe(records(@_), '--key', 'sub_id');
    my @lines = split /\n/, $result->{out};
    return join '', map { my @f = split /\t/; "$f[0]\t$f[-1]\n" } @lines[1 .. $#lines];
}

# The same in the binary form of COPY.
sub binary {
    my ($text) = @_;
    my $bytes = "PGCOPY\n\xff\r\n\0" . pack('NN', 0, 0);
    for (split /\n/, $text) {
        my ($key, $hash) = split /\t/;
        $bytes .= pack('n N q> N q>', 2, 8, $key, 8, $hash);
    }
    return $bytes . pack('n', 0xffff);
}

{
    my $result = dedupe(records([1, 'A'], [2, 'B']), '--key', 'sub_id');
    is $result->{status}, 0, 'new records are passed on';
    like $result->{out}, qr/\Asub_id\tname\trow_hash\n1\tA\t-?\d+\n2\tB\t-?\d+\n\z/,
        'with row_hash as a new last column';
    my $again = dedupe(records([2, 'B'], [1, 'A']), '--key', 'sub_id');
    is_deeply [sort split /\n/, $again->{out}], [sort split /\n/, $result->{out}],
        'the hash depends on the record alone, not on its place';
}
{
    my $result = dedupe(records([1, 'A'], [1, 'A'], [2, 'B'], [1, 'A']), '--key', 'sub_id',
        '--stats', "$dir/stats");
    is_deeply pairs($result->{out}), [[1, 'A'], [2, 'B']], 'a record that repeats is dropped';
    my $stats = stats_of("$dir/stats");
    is "$stats->{records} $stats->{passed} $stats->{repeated}", '4 2 2', 'and counted';
    is $result->{err}, '', 'without a word';
}
{
    my $result = dedupe(records([1, 'A'], [2, 'B'], [1, 'C']), '--key', 'sub_id', '--conflicts',
        "$dir/conflicts", '--stats', "$dir/stats");
    is_deeply pairs($result->{out}), [[1, 'A'], [2, 'B'], [1, 'C']],
        'two contents of one key are both passed on, in order, so that the later one counts';
    is slurp("$dir/conflicts"), "sub_id\n1\n", 'and the key is named in --conflicts';
    like $result->{err}, qr/^fec-dedupe: line 4: sub_id 1 has come before with other content/,
        'and reported with the line';
    is stats_of("$dir/stats")->{conflicting}, 1, 'and counted';
}
{
    my $result = dedupe(records(map { ([7, "N$_"]) } 1 .. 30), '--key', 'sub_id');
    is scalar(() = $result->{err} =~ /has come before/g), 10, 'of many conflicts ten are listed';
}

for my $form ('text', 'binary') {
    my $known = known_of([1, 'A'], [2, 'B'], [-3, 'C'], [0, 'Z'], ['9223372036854775807', 'M'],
        [5, 'gone']);
    spew("$dir/known", $form eq 'binary' ? binary($known) : $known);
    my $result = dedupe(
        records([1, 'A'], [2, 'b'], [-3, 'C'], [4, 'D'], [0, 'Z'], ['9223372036854775807', 'M']),
        '--key', 'sub_id', '--known', "$dir/known", '--missing', "$dir/missing",
        '--stats', "$dir/stats");
    is $result->{status}, 0, "known rows in $form form are read";
    is_deeply pairs($result->{out}), [[2, 'b'], [4, 'D']],
        'the difference is passed on: changed and new';
    is slurp("$dir/missing"), "sub_id\n5\n", 'a known key that never came is in --missing';
    my $stats = stats_of("$dir/stats");
    is "$stats->{known} $stats->{unchanged} $stats->{passed} $stats->{missing}", '6 4 2 1',
        'all is counted';
}
{
    spew("$dir/known", known_of([1, 'A']));
    my $result = dedupe(records([1, 'B'], [1, 'A']), '--key', 'sub_id', '--known', "$dir/known");
    is_deeply pairs($result->{out}), [[1, 'B'], [1, 'A']],
        'a record that returns to the known content after another one is passed on too';
    $result = dedupe(records([1, 'A'], [1, 'A']), '--key', 'sub_id', '--known', "$dir/known");
    is_deeply pairs($result->{out}), [], 'an unchanged record that repeats is dropped twice';
}
{
    my $records = "name\tcommittee_id\nX\tC00000001\nY\tC00000002\nX\tC00000001\nZ\tC0\\t3\n";
    my $result = dedupe($records, '--key', 'committee_id');
    my @lines = split /\n/, $result->{out};
    is scalar(@lines), 4, 'a key may be a text, in any column';
    my $known = join '', "committee_id\trow_hash\n",
        map { my @f = split /\t/; "$f[1]\t$f[2]\n" } @lines[1 .. 3];
    spew("$dir/known", $known . "C99999999\t5\n007\t6\n");
    $result = dedupe($records, '--key', 'committee_id', '--known', "$dir/known",
        '--missing', "$dir/missing");
    is_deeply pairs($result->{out}), [],
        'known text keys are found, a header line in the known file is fine';
    is slurp("$dir/missing"), "committee_id\nC99999999\n007\n",
        'missing text keys are named as they were';
}
{
    my @many = map { [$_ * 1_000_003, "NAME $_"] } 1 .. 50_000;
    spew("$dir/known", binary(known_of(@many[0 .. 39_999])));
    my $result = dedupe(records(@many[10_000 .. 49_999]), '--key', 'sub_id',
        '--known', "$dir/known", '--missing', "$dir/missing");
    is_deeply pairs($result->{out}), [@many[40_000 .. 49_999]],
        'fifty thousand keys: the new ones pass';
    is_deeply [sort { $a <=> $b } grep { /^\d/ } split /\n/, slurp("$dir/missing")],
        [map { $_->[0] } @many[0 .. 9_999]], 'and the missing ones are missing';
}

# --- bad input
my $known_files = 0;
my $good_known = known_of([1, 'A'], [2, 'B']);
for my $case (
    ['', ['--key', 'sub_id'], 65, qr/no header line/, 'an empty input'],
    ["sub_id\tname", ['--key', 'sub_id'], 65, qr/cut short/, 'a header line that is cut short'],
    ["sub_id\tname\n1\tA", ['--key', 'sub_id'], 65,
        qr/line 2: no newline at its end: the input is cut short/, 'a record that is cut short'],
    ["sub_id\tname\n1\tA\n\\N\tB\n", ['--key', 'sub_id'], 65, qr/line 3: no sub_id/, 'a NULL key'],
    ["name\tsub_id\nA\n", ['--key', 'sub_id'], 65, qr/line 2: no sub_id/,
        'a record without the key field'],
    ["sub_id\tname\n", ['--key', 'zip'], 65, qr/no column zip/, 'a key column that is not there'],
    ["sub_id\tsub_id\n", ['--key', 'sub_id'], 65, qr/sub_id occurs twice/,
        'a column that occurs twice'],
    ["sub_id\trow_hash\n", ['--key', 'sub_id'], 65, qr/row_hash already/,
        'records that have a row_hash'],
    ["C00000059|HALLMARK\n", ['--key', 'sub_id'], 65, qr/is no column name/,
        'a file that is no stream of records'],
    ["sub_id\n" . ('x' x 2_000_000) . "\n", ['--key', 'sub_id'], 65, qr/line 2: longer than/,
        'an endless line'],
    ["sub_id\n", [], 64, qr/--key must be given/, 'no key'],
    ["sub_id\n", ['--key', 'sub_id', 'file'], 64, qr/no operand/, 'an operand'],
    ["sub_id\n", ['--key', 'sub_id', '--nonsense'], 64, qr/--nonsense is not known/,
        'an unknown option'],
    ["sub_id\n", ['--key', 'sub_id', '--missing', "$dir/m"], 64, qr/needs --known/,
        '--missing without --known'],
    ["sub_id\n", ['--key', 'sub_id', '--known', "$dir/none"], 66, qr/none: No such file/,
        'a known file that is not there'],
    ["sub_id\n", ['--key', 'sub_id', '--expect', 'many'], 64, qr/whole number/,
        'an --expect that is no number'],
    ["sub_id\n1\n",
        ['--key', 'sub_id', '--known', spew("$dir/k1", $good_known . "3\t"), '--missing', "$dir/m"],
        65, qr/k1: line 3: .*cut short/, 'a text known file that is cut short'],
    ["sub_id\n1\n",
        ['--key', 'sub_id', '--known', spew("$dir/k2", substr(binary($good_known), 0, -2))],
        65, qr/k2: cut short at byte 71/, 'a binary known file without its trailer'],
    ["sub_id\n1\n",
        ['--key', 'sub_id', '--known', spew("$dir/k3", substr(binary($good_known), 0, -20))],
        65, qr/k3: cut short at byte 53/, 'a binary known file cut within a row'],
    ["sub_id\n1\n", ['--key', 'sub_id', '--known', spew("$dir/k4", binary($good_known) . 'x')],
        65, qr/k4: more data after the trailer/, 'a binary known file with more after it'],
    ["sub_id\n1\n", ['--key', 'sub_id', '--known', spew("$dir/k5", $good_known . $good_known)],
        65, qr/k5: key 1 occurs twice/, 'a known key that occurs twice'],
    ["sub_id\n1\n", ['--key', 'sub_id', '--known',
            spew("$dir/k6", "sub_id\trow_hash\n2\t3\nnonsense\n")], 65,
        qr/k6: line 3: not a key/, 'a known file of something else'],
    (map { ["sub_id\n1\n", ['--key', 'sub_id', '--known',
                spew("$dir/k8-" . $known_files++, "$_->[0]\n2\t3\n")], 65,
            qr/k8-\d: line 1: not a key/, "a known file whose first line $_->[1]"] }
        ["1\t12x", 'is damaged in the hash'], ["1\t", 'has no hash'], ["\t5", 'has no key'],
        ["1\t5\t6", 'has three fields'], ["1\trow_hash", 'has a name for the hash only'],
        ["sub_id\thash", 'has other names'], ["sub_id\0\trow_hash", 'has a NUL']),
    ["sub_id\0x\tname\n1\tA\n", ['--key', 'sub_id'], 65, qr/line 1: there is a NUL/,
        'a NUL in the header line'],
    ["sub_id\tname\0\n1\tA\n", ['--key', 'sub_id'], 65, qr/line 1: there is a NUL/,
        'a NUL at its end'],
    ["sub_id\n1\n",
        ['--key', 'sub_id', '--missing', '/none/m', '--known', spew("$dir/k7", $good_known)],
        73, qr{/none/m: No such file}, 'a --missing that cannot be written'],
) {
    my ($in, $options, $status, $message, $what) = @$case;
    my $result = dedupe($in, @$options);
    ok $result->{status} == $status && $result->{err} =~ $message,
        "$what ends with $status and says why"
        or diag "status $result->{status}, $result->{err}";
}

for my $case (['--missing', 'known', '--known'], ['--conflicts', 'known', '--known'],
    ['--missing', 'in', 'standard input'], ['--conflicts', 'in', 'standard input']) {
    my ($option, $name, $input) = @$case;
    my %file = (known => spew("$dir/known", known_of([1, 'A'])), in => spew("$dir/in",
        records([1, 'A'])));
    link($file{$name}, "$dir/link") or die $!;
    my $result = run([$dedupe, '--key', 'sub_id', '--known', $file{known}, $option, "$dir/link"],
        stdin_file => $file{in});
    ok $result->{status} == 64 && $result->{err} =~ /\Q$option\E .*link is the file .*$input/
        && -s $file{$name}, "$option that is $input is refused, and the file is as it was"
        or diag "status $result->{status}, $result->{err}";
    unlink "$dir/link";
}

SKIP: {
    skip 'no /dev/full here', 1 unless -c '/dev/full';
    my $result = run(['sh', '-c', "exec $dedupe --key sub_id >/dev/full"],
        stdin => records([1, 'A']));
    ok $result->{status} == 74 && $result->{err} =~ /No space left on device/,
        'a full disk ends it with 74';
}
{
    my $result = run(['bash', '-c', '(echo sub_id; seq 1 3000000) | '
        . "{ trap '' PIPE; $dedupe --key sub_id; } | head -n 1; echo \"\${PIPESTATUS[1]}\""]);
    is $result->{out}, "sub_id\trow_hash\n141\n", 'a reader that goes away ends it by SIGPIPE';
    is $result->{err}, '', 'quietly';
}
for my $options ([], ['--conflicts', "$dir/c"], ['--known', "$dir/k", '--missing', "$dir/c"]) {
    spew("$dir/k", known_of([1, 'A']));
    spew("$dir/c", '');
    my $result = run(['sh', '-c', '"$@" >&-', 'sh', $dedupe, '--key', 'sub_id', @$options],
        stdin => records([1, 'A'], [2, 'B']));
    ok $result->{status} == 74 && slurp("$dir/c") !~ /\tB/,
        "with a closed standard output it ends with 74 and no file gets the records (@$options)";
}
# --- --check

{
    my @check = ('--check', '--key', 'sub_id', '--stats', "$dir/check.stats");
    my $hashed = dedupe(records([1, 'A'], [2, 'B'], [3, 'C']), '--key', 'sub_id')->{out};
    my $result = dedupe($hashed, @check);
    is "$result->{status} $result->{out}", "0 sub_id\trow_hash\n",
        '--check passes on nothing where each row_hash is right';
    (my $changed = $hashed) =~ s/\tB\t/\tBB\t/;
    my ($hash) = $hashed =~ /^2\tB\t(.*)$/m;
    $result = dedupe($changed, @check);
    is "$result->{status} $result->{out}", "0 sub_id\trow_hash\n2\t$hash\n",
        'of a record that was changed it passes on the key and its row_hash';
    my $stats = stats_of("$dir/check.stats");
    is_deeply [@$stats{qw(records passed)}], [3, 1], 'and counts both';
    (my $more = $changed) =~ s/(row_hash)$/$1\trun_id/m;
    $more =~ s/^(\d.*)$/$1\t7/mg;
    is dedupe($more, @check)->{out}, "sub_id\trow_hash\trun_id\n2\t$hash\t7\n",
        'columns after row_hash are no part of it, and are passed on';
    for my $case ([records([1, 'A']), qr/no column row_hash after their key/],
        ["sub_id\tname\trow_hash\n1\tA\n", qr/line 2: no row_hash/],
        ["sub_id\tname\trow_hash\n1\tA\tB\n", qr/line 2: no row_hash/],
        [substr($hashed, 0, -1), qr/line 4: no newline at its end/]) {
        my $refused = dedupe($case->[0], '--check', '--key', 'sub_id');
        ok $refused->{status} == 65 && $refused->{err} =~ $case->[1], "--check refuses: $case->[1]"
            or diag "$refused->{status} $refused->{err}";
    }
    is dedupe($hashed, @check, '--conflicts', "$dir/c")->{status}, 64, 'it goes with --key alone';
}
{
    my $help = run([$dedupe, '--help']);
    ok $help->{status} == 0 && $help->{out} =~ /--known FILE/ && $help->{out} =~ /--stats FILE/,
        '--help helps';
    like run([$dedupe, '--version'])->{out}, qr/^fec-dedupe \(fecpipe\) \d+\.\d+\.\d+$/,
        '--version tells it';
}
done_testing;
