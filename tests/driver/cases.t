#!/usr/bin/env perl
# cases.t - small bulk files that went wrong, each of a kind that people have reported of the FEC's,
# through the driver, with neighbours of the kind.
#
# The files are beside the tree, or where FEC_CASES says; they are not part of it.
use strict;
use warnings;
use Cwd qw(abs_path);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use Test::More;
use ZipMaker;

my $cases = $ENV{FEC_CASES} // top() . '/../shared/cases';
-d "$cases/bulk" or plan skip_all => "there is no folder $cases; FEC_CASES names it";
$cases = abs_path($cases);
my $home = new_home();
my $today = time;

# A copy of a tree whose files were made that number of days ago.
sub tree {
    my ($name, $days) = @_;
    my $tree = scratch();
    system('cp', '-R', "$cases/bulk/$name/.", "$tree") == 0 or die "cp: $?";
    system('chmod', '-R', 'u+w', "$tree");
    utime $today - 86400 * $days, $today - 86400 * $days, glob "$tree/*/*";
    return $tree;
}

# The text of the only member of an archive in a tree, and a tree with another text in its place.
sub text_of { return run(['unzip', '-p', "$_[0]/$_[1]"])->{out} }

sub with_text {
    my ($tree, $file, $member, $text, $days) = @_;
    my $new = scratch();
    my ($folder) = $file =~ m{^(.*)/};
    mkdir "$new/$folder";
    spew("$new/$file", ZipMaker::archive({name => $member, data => $text}));
    utime $today - 86400 * $days, $today - 86400 * $days, "$new/$file";
    return $new;
}

sub monthly {
    my ($tree, $cycle, $datasets, @options) = @_;
    return pipeline($home, ['monthly', '--cycle', $cycle, '--datasets', $datasets, @options],
        env => {FEC_BULK_URL => "file://$tree"});
}

sub is_refused {
    my ($result, $status, $pattern, $name) = @_;
    is($result->{status}, $status, $name) or diag($result->{err});
    like($result->{err}, $pattern, 'and it is said why');
}

sub count_in {
    my ($table, $cycle, $what) = @_;
    return sql($home, 'SELECT ' . ($what // 'count(*)') . " FROM fec.$table WHERE cycle = $cycle");
}

subtest 'a text that ends within a line' => sub {
    my $first = monthly(tree('cut1', 20), 2020, 'indiv');
    is($first->{status}, 0, 'the whole file is read') or diag($first->{err});
    my $cut = tree('cut2', 10);
    is_refused(monthly($cut, 2020, 'indiv'), 65, qr/cut short|ends within a line/i,
        'one that is cut short is refused, though its archive is sound');
    is(count_in('contribution', 2020), 2000, 'and nothing has changed');
    is(count_in('contribution_history', 2020), 0, 'nor gone into the history');
    is_refused(monthly(with_text($cut, '2020/cm20.zip', 'cm.txt',
                "C00000101|EXAMPLE PAC|DOE, PAT|1 MAIN ST||SPRINGFIELD|IL|62701|U|Q|UNK|Q|C||\n"
                    . 'C00000102|SAMPLE', 10), 2020, 'cm'), 65, qr/cut short|ends within a line/i,
        'a master likewise');
};

subtest 'lines in double quotes, and a line of names on top' => sub {
    my $tree = tree('quoted', 10);
    my $result = monthly($tree, 2024, 'cm,cn', '--force');
    my @ids = split /\n/, sql($home, 'SELECT committee_id FROM fec.committee WHERE cycle = 2024
        UNION ALL SELECT candidate_id FROM fec.candidate WHERE cycle = 2024');
    is(join(' ', grep { !/\A(?:C\d{8}|[HSP][A-Z0-9]{8})\z/ } @ids), '',
        'no committee or candidate has a key that is not an id of the FEC');
    isnt(count_in('committee', 2024), 3, 'quoted lines are rejected')
        if $result->{status} == 0;
    my $header = with_text($tree, '2024/cm24.zip', 'cm.txt',
        "CMTE_ID|CMTE_NM|TRES_NM|CMTE_ST1|CMTE_ST2|CMTE_CITY|CMTE_ST|CMTE_ZIP|CMTE_DSGN|CMTE_TP|"
            . "CMTE_PTY_AFFILIATION|CMTE_FILING_FREQ|ORG_TP|CONNECTED_ORG_NM|CAND_ID\n"
            . "C00000101|EXAMPLE PAC|DOE, PAT|1 MAIN ST||SPRINGFIELD|IL|62701|U|Q|UNK|Q|C||\n", 5);
    $result = monthly($header, 2024, 'cm', '--force');
    is(sql($home, "SELECT count(*) FROM fec.committee WHERE committee_id = 'CMTE_ID'"), 0,
        'a line of names is not a committee');
};

subtest 'January of a new cycle' => sub {
    my $result = monthly(tree('empty', 10), 2028, 'cm,cn,indiv,pas2,oth');
    is($result->{status}, 0, 'empty files are right while there are no rows')
        or diag($result->{err});
    is(count_in('committee', 2028) . ' ' . count_in('candidate', 2028), '3 2',
        'what there is is loaded');
    is(count_in('contribution', 2028), 0, 'and nothing else');
    my $full = tree('tiny1', 9);
    rename("$full/2026", "$full/2028") && rename("$full/2028/pas226.zip", "$full/2028/pas228.zip")
        or die "rename: $!";
    is(monthly($full, 2028, 'pas2')->{status}, 0, 'a month later there are rows');
    is(count_in('committee_contribution', 2028), 20, 'which are loaded');
    is_refused(monthly(with_text($full, '2028/pas228.zip', 'itpas2.txt', '', 3), 2028, 'pas2'), 65,
        qr/empty|no rows|without/i, 'an empty file after that is refused');
};

subtest 'percentages of small numbers' => sub {
    is(monthly(tree('tiny1', 20), 2026, 'pas2')->{status}, 0, 'a file of 20 rows');
    my $result = monthly(tree('tiny2', 10), 2026, 'pas2');
    is($result->{status}, 0, 'two of 20 rows may be replaced') or diag($result->{err});
    is(sql($home, 'SELECT string_agg(change || n, \' \') FROM (SELECT change, count(*) AS n
        FROM fec.committee_contribution_history WHERE cycle = 2026 GROUP BY change) AS c'),
        'withdrawn2', 'and are said to be withdrawn');
};

subtest 'independent expenditures that are alike' => sub {
    my $tree = tree('ie1', 10);
    my $result = monthly($tree, 2024, 'independent_expenditure');
    is($result->{status}, 0, 'are read') or diag($result->{err});
    my ($header, @lines) = split /\r?\n/, slurp("$tree/2024/independent_expenditure_2024.csv");
    my $place = 0;
    for my $name (split /,/, $header) { last if $name eq 'exp_amo'; $place++ }
    my $sum = 0;
    $sum += (/"([^"]*)"/g)[$place] for @lines;
    is(count_in('independent_expenditure', 2024, "count(*) || ' ' || sum(expenditure_amount)"),
        @lines . sprintf(' %.2f', $sum), 'as many rows as lines, and all the money');
    $result = monthly($tree, 2024, 'independent_expenditure', '--always');
    is(summary($result->{out})->{'independent expenditures'}{unchanged} // -1, scalar @lines,
        'the same file again changes nothing');
};

subtest 'files that the FEC does not have for a cycle' => sub {
    my $tree = tree('1980', 10);
    my $result = monthly($tree, 1980,
        'cm,cn,ccl,indiv,pas2,oth,oppexp,weball,webl,webk,independent_expenditure');
    is($result->{status}, 0, '1980 is read without them') or diag($result->{err});
    like("$result->{out}$result->{err}", qr/ccl/, 'and they are named');
    is(join(' ', map { count_in($_, 1980) } qw(contribution committee_contribution
                committee_transaction)), '3007 200 300', 'with all rows of the others');
    $result = monthly($tree, 2000, 'cm,cn,ccl,oppexp,weball,independent_expenditure');
    is($result->{status}, 0, '2000 has ccl, and not yet oppexp') or diag($result->{err});
    is(count_in('candidate_committee_link', 2000), 1, 'which is loaded');
    is_refused(monthly($tree, 2000, 'indiv'), 66, qr/indiv/,
        'a file that should be there and is not is an error');
};

done_testing();
