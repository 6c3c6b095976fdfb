#!/usr/bin/env perl
# watch.t - the watch list: rows that a run adds, changes or withdraws and that FEC_WATCH names are
# told to FEC_ON_SUCCESS and in the report; a list with a bad line is refused.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use ZipMaker;

my $home = new_home();
my $tree = scratch();
mkdir "$tree/2026";
my %env = (FEC_BULK_URL => "file://$tree", FEC_WATCH => "$home/watch",
    FEC_ON_SUCCESS => "cat >$home/told");

# A line of indiv: number, committee, name, amount, the committee at the other end.
sub gift {
    my ($number, $committee, $name, $amount, $other) = @_;
    return join('|', $committee, qw(N Q1 P2026), "2026010190000000$number", '15', 'IND', $name,
        'SPRINGFIELD', 'IL', '62701', 'NONE', 'NONE', '01022026', $amount, $other // '', "T$number",
        '1000001', '', '', "40102202610000000$number") . "\n";
}

sub monthly {
    my ($watch, @gifts) = @_;
    spew("$home/watch", $watch);
    unlink "$home/told";
    spew("$tree/2026/indiv26.zip",
        ZipMaker::archive({name => 'itcont.txt', data => join '', map { gift(@$_) } @gifts}));
    return pipeline($home, ['monthly', '--cycle', 2026, '--datasets', 'indiv', '--always'],
        env => \%env);
}

my $list = "# whom we watch\n\ncommittee C00000102\r\n  name   muster,  J\xc3\xb6rg \n"
    . "amount 5000.50\nname SAMPLE";
my @first = ([1, 'C00000101', 'ONE, ADA', 10], [2, 'C00000102', 'TWO, BEN', 20],
    [3, 'C00000101', 'SAMPLE, CLEO', 30], [4, 'C00000103', 'FOUR, DAN', 40],
    [5, 'C00000103', 'FIVE, EVA', 50]);
my $result = monthly($list, @first);
is $result->{status}, 0, 'a run with a watch list' or BAIL_OUT($result->{err} =~ s/\n/ | /gr);
like slurp("$home/told"), qr/^WATCH LIST: no rows$/m, 'tells nothing of a first load';

my @second = ([1, 'C00000101', 'ONE, ADA', 11], [2, 'C00000102', 'TWO, BEN', 21],
    [4, 'C00000103', 'FOUR, DAN', 6000], [5, 'C00000103', 'FIVE, EVA', 50],
    [6, 'C00000101', "MUSTER,  J\xc3\xb6RG A", 60], [7, 'C00000101', 'SEVEN, GUS', -7000],
    [8, 'C00000101', 'EIGHT, HAL', 80, 'C00000102'], [9, 'C00000101', 'NINE, IDA', 90]);
$result = monthly($list, @second);
is $result->{status}, 0, 'the next month' or diag $result->{err};
my $expected = <<'TEXT';
WATCH LIST: 8 rows
  before       indiv 2026  C00000102  2026-01-02  20.00  TWO, BEN  (committee C00000102)
  after        indiv 2026  C00000102  2026-01-02  21.00  TWO, BEN  (committee C00000102)
  withdrawn    indiv 2026  C00000101  2026-01-02  30.00  SAMPLE, CLEO  (name SAMPLE)
  before       indiv 2026  C00000103  2026-01-02  40.00  FOUR, DAN  (amount 5000.50)
  after        indiv 2026  C00000103  2026-01-02  6000.00  FOUR, DAN  (amount 5000.50)
TEXT
$expected .= "  new          indiv 2026  C00000101  2026-01-02  60.00  MUSTER,  J\xc3\xb6RG A"
    . "  (name muster,  J\xc3\xb6rg)\n" . <<'TEXT';
  new          indiv 2026  C00000101  2026-01-02  -7000.00  SEVEN, GUS  (amount 5000.50)
  new          indiv 2026  C00000101  2026-01-02  80.00  EIGHT, HAL  (committee C00000102)
TEXT
my ($told) = slurp("$home/told") =~ /^(WATCH LIST.*)\z/ms;
is $told, $expected, 'FEC_ON_SUCCESS is told of new, changed and withdrawn rows on the list';
my $report = pipeline($home, ['report', '--cycle', 2026]);
is $report->{status}, 0, 'the report' or diag $report->{err};
my ($section) = $report->{out} =~ m{(<h2 id="watched">.*?</section>)}s;
is scalar(() = ($section // '') =~ /<tr>/g) - 1, 8, 'has them too';
like $section // '', qr/SAMPLE, CLEO.*withdrawn/, 'with what became of them';

$result = monthly($list, @second);
like slurp("$home/told"), qr/^WATCH LIST: no rows$/m, 'a run that changes nothing tells nothing';
$result = monthly("# none\n", @first);
unlike slurp("$home/told"), qr/WATCH LIST/, 'nor is there a word without a list';

# --- lists that are refused
for my $case (["committee C123\n", 1, "'C123' is not a committee's id"],
    ["\nname AB\n", 2, 'a name has at least 3 letters'],
    ["name SMITH\namount 1,000\n", 2, "'1,000' is not an amount"],
    ["candidate H8VT00101\n", 1, "it begins with 'candidate'"],
    ["name M\xfcLLER\n", 1, 'not UTF-8']) {
    my ($text, $line, $message) = @$case;
    $result = monthly($text, @first);
    ok $result->{status} == 78 && $result->{err} =~ /watch: line $line: .*\Q$message\E/,
        "refused: line $line: $message" or diag "$result->{status}: $result->{err}";
}
my $check = pipeline($home, ['check'], env => {%env});
like $check->{out}, qr/watch: line 1: it is not UTF-8/, 'check says so too';
unlink "$home/watch";
$result = pipeline($home, ['monthly', '--cycle', 2026, '--datasets', 'indiv'], env => \%env);
ok $result->{status} == 78 && $result->{err} =~ /FEC_WATCH: cannot read/, 'a list that is missing'
    or diag $result->{err};
done_testing;
