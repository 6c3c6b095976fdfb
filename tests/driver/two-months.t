#!/usr/bin/env perl
# Two months of made-up data, all datasets: after each the tables equal the files row by row, the
# history holds exactly what was changed and withdrawn, and all counts are those of the generator.
use strict;
use warnings;
use JSON::PP qw(decode_json);
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;

my %table_of = (
    cm => 'committee', cn => 'candidate', ccl => 'candidate_committee_link',
    indiv => 'contribution', pas2 => 'committee_contribution',
    oth => 'committee_transaction', oppexp => 'operating_expenditure',
    weball => 'candidate_summary', webl => 'congressional_summary', webk => 'committee_summary',
    independent_expenditure => 'independent_expenditure',
    committee_summary => 'committee_totals', candidate_summary => 'candidate_totals',
    CommunicationCosts => 'communication_cost',
    ElectioneeringComm => 'electioneering_communication',
    Form1Filer => 'statement_of_organization', Form2Filer => 'statement_of_candidacy',
);
my %label_of = (
    cm => 'committees', cn => 'candidates', ccl => 'candidate-committee links',
    indiv => 'contributions', pas2 => 'contributions to candidates',
    oth => 'committee transactions', oppexp => 'operating expenditures',
    weball => 'candidate summaries', webl => 'congressional summaries',
    webk => 'committee summaries',
    independent_expenditure => 'independent expenditures',
    committee_summary => 'committee totals', candidate_summary => 'candidate totals',
    CommunicationCosts => 'communication costs',
    ElectioneeringComm => 'electioneering communications',
    Form1Filer => 'statements of organization', Form2Filer => 'statements of candidacy',
);
my @datasets = sort keys %table_of;
# No column of these is unique, so the key has a hash of the whole row.
my %is_hashed = map { $_ => 1 }
    qw(independent_expenditure ElectioneeringComm Form1Filer Form2Filer);

my $home = new_home();
my $tree = scratch();
sample($tree, '--cycle', 2026, '--rows', 8000, '--months', 2, '--seed', 42, '--expect');

# The rows of a table as records, without what fec-dedupe and the run add, sorted.
sub table_rows {
    my ($dataset) = @_;
    my @columns = split /\n/, sql($home, "SELECT attname FROM pg_attribute WHERE attnum > 0
        AND attrelid = 'fec.$table_of{$dataset}'::regclass
        AND attname NOT IN ('row_hash', 'run_id', 'in_bulk', 'seal', '@{[$is_hashed{$dataset} ?
            'record_key' : '']}') ORDER BY attnum");
    my $rows = sql($home, 'COPY (SELECT ' . join(', ', @columns)
        . " FROM fec.$table_of{$dataset} WHERE cycle = 2026) TO STDOUT");
    return [sort split /\n/, $rows];
}

# What the generator says that the table must hold.
sub expected_rows {
    my ($dataset, $month) = @_;
    my ($header, @rows) = split /\n/, slurp("$tree/month-$month/expected/$dataset.tsv");
    s/^[^\t]*\t// for $is_hashed{$dataset} ? @rows : ();
    return [sort @rows];
}

# The first difference of two sorted lists, for a person.
sub difference {
    my ($got, $expected) = @_;
    my (%in_got, %in_expected);
    $in_got{$_}++ for @$got;
    $in_expected{$_}++ for @$expected;
    my ($more) = grep { ($in_got{$_} // 0) > ($in_expected{$_} // 0) } @$got;
    my ($less) = grep { ($in_expected{$_} // 0) > ($in_got{$_} // 0) } @$expected;
    return "too much: " . ($more // '-') . "\nmissing:  " . ($less // '-');
}

my %manifest;
for my $month (1, 2) {
    $manifest{$month} = stats_of("$tree/month-$month/manifest");
}

# The summary's counts that the generator expects.
sub expected_summary {
    my ($month) = @_;
    my %expected;
    for my $dataset (@datasets) {
        my $m = $manifest{$month};
        $expected{$label_of{$dataset}} = {
            new => $m->{"$dataset.new"}, changed => $m->{"$dataset.changed"},
            withdrawn => $m->{"$dataset.withdrawn"}, unchanged => $m->{"$dataset.unchanged"},
            rejected => 0,
        };
    }
    # Of these a corrected row is one withdrawn and one new.
    for my $counts (@expected{@label_of{keys %is_hashed}}) {
        $counts->{new} += $counts->{changed};
        $counts->{withdrawn} += $counts->{changed};
        $counts->{changed} = 0;
    }
    return \%expected;
}

my %run_id;
for my $month (1, 2) {
    my @command = ('monthly', '--cycle', 2026, '--datasets',
        $month == 1 ? 'all' : join(',', @datasets));
    my %env = (FEC_BULK_URL => "file://$tree/month-$month");
    if ($month == 2) {
        my $before = table_rows('indiv');
        my $dry = pipeline($home, [@command, '--dry-run'], env => \%env);
        is $dry->{status}, 0, 'a dry run of month 2 succeeds' or diag $dry->{err};
        like $dry->{out}, qr/DRY RUN: this would change, nothing was changed/,
            'and says what it is';
        my $counts = summary($dry->{out});
        delete $counts->{states};
        is_deeply $counts, expected_summary(2), 'it counts what would change';
        is_deeply table_rows('indiv'), $before, 'and changes nothing';
        is sql($home, 'SELECT count(*) FROM fec.contribution_history'), 0, 'not even the history';
        is sql($home, q{SELECT count(*) FROM pg_tables WHERE schemaname = 'fec_staging'}), 0,
            'and leaves nothing behind';
    }
    my $result = pipeline($home, \@command, env => \%env);
    is $result->{status}, 0, "month $month succeeds" or BAIL_OUT($result->{err} =~ s{\n}{ | }gr);
    my $summary = summary($result->{out});
    is delete $summary->{states}, $manifest{$month}{'indiv.committees'},
        "month $month: every committee with contributions has its state"
        if $month == 1;
    delete $summary->{states};
    is_deeply $summary, expected_summary($month),
        "month $month: the summary's counts are the generator's";
    for my $dataset (@datasets) {
        my ($got, $expected) = (table_rows($dataset), expected_rows($dataset, $month));
        ok "@$got" eq "@$expected", "month $month: $table_of{$dataset} equals the file, row by row"
            or diag difference($got, $expected);
    }
    is sql($home, 'SELECT sum(contribution_receipt_amount) FROM fec.contribution'),
        $manifest{$month}{'indiv.amount_total'}, "month $month: the amounts add up to the cent";
    is sql($home, 'SELECT count(*) FROM fec.contribution '
        . 'WHERE contribution_receipt_date_as_filed IS NOT NULL'),
        $manifest{$month}{'indiv.undated'}, "month $month: impossible dates are kept as filed";
    $run_id{$month} = sql($home, 'SELECT max(run_id) FROM fec.run');

    my $status = decode_json(pipeline($home, ['status', '--json'])->{out});
    my ($run) = $status->{runs}[0];
    is $run->{status}, 'complete', "month $month: status --json tells of the run";
    my %by_name = map { ($_->{dataset}, $_) } @{$run->{datasets}};
    my %told;
    for my $dataset (@datasets) {
        my $counts = $by_name{$dataset};
        $told{$label_of{$dataset}} = {
            new => $counts->{inserted}, changed => $counts->{changed},
            withdrawn => $counts->{withdrawn}, unchanged => $counts->{unchanged},
            rejected => $counts->{rejected},
        };
    }
    is_deeply \%told, expected_summary($month), "month $month: with the same counts";
    my $m = $manifest{$month};
    is_deeply [map { "$_->{dataset}: $_->{rows_read} $_->{repeated} $_->{conflicting}" }
            @by_name{'indiv', 'cm'}],
        [map { qq($_: $m->{"$_.lines"} $m->{"$_.repeated"} $m->{"$_.conflicting"}) } 'indiv', 'cm'],
        "month $month: lines, repeats and conflicts are counted";
    my ($table) = grep { $_->{table_name} eq 'contribution' } @{$status->{tables}};
    is $table->{rows}, $manifest{$month}{'indiv.records'}, "month $month: and the number of rows";
}

# The history: exactly the old versions of what changed, and what was withdrawn.
for my $dataset (grep { !$is_hashed{$_} } @datasets) {
    my %old = map { ((split /\t/)[0], $_) } @{expected_rows($dataset, 1)};
    my %new = map { ((split /\t/)[0], $_) } @{expected_rows($dataset, 2)};
    my @changed = grep { exists $new{$_} && $new{$_} ne $old{$_} } keys %old;
    my @withdrawn = grep { !exists $new{$_} } keys %old;
    my @expected = sort((map { "changed\t$old{$_}" } @changed),
        (map { "withdrawn\t$old{$_}" } @withdrawn));
    my @columns = split /\n/, sql($home, "SELECT attname FROM pg_attribute WHERE attnum > 0
        AND attrelid = 'fec.$table_of{$dataset}'::regclass
        AND attname NOT IN ('row_hash', 'run_id', 'in_bulk', 'seal') ORDER BY attnum");
    my @got = sort split /\n/, sql($home, 'COPY (SELECT change, ' . join(', ', @columns)
        . " FROM fec.$table_of{$dataset}_history "
        . "WHERE run_id = $run_id{2} AND written_by_run_id = $run_id{1}) TO STDOUT");
    ok "@got" eq "@expected",
        "$table_of{$dataset}_history holds the old version of what changed, and what was withdrawn"
        or diag difference(\@got, \@expected);
    is sql($home, "SELECT count(*) FROM fec.$table_of{$dataset}_history"), scalar(@expected),
        'and nothing else';
}
is sql($home, "SELECT count(*) FROM fec.contribution WHERE run_id = $run_id{2}"),
    $manifest{2}{'indiv.new'} + $manifest{2}{'indiv.changed'},
    'rows that came or changed carry the run that did it';
is sql($home, q{SELECT count(*) FROM fec.extraction_state s FULL JOIN (
        SELECT committee_id, cycle, count(*) AS n,
               max(contribution_receipt_date)
                   FILTER (WHERE contribution_receipt_date <= current_date) AS last
          FROM fec.contribution GROUP BY 1, 2) c USING (committee_id, cycle)
     WHERE (s.contribution_count, s.last_contribution_date)
           IS DISTINCT FROM (coalesce(c.n, 0), c.last)}), 0,
    'the states follow the table';

# Month 2 once more, over itself: nothing changes.
my $again = pipeline($home,
    ['monthly', '--cycle', 2026, '--datasets', join(',', @datasets), '--always'],
    env => {FEC_BULK_URL => "file://$tree/month-2"});
my $summary = summary($again->{out});
is_deeply [map {
        my $counts = $summary->{$label_of{$_}};
        join ' ', $_, @$counts{qw(new changed withdrawn unchanged)}
    } @datasets],
    [map { qq($_ 0 0 0 $manifest{2}{"$_.records"}) } @datasets],
    'the same month again finds everything unchanged';

# And back to month 1, which is an older file: a stale copy is refused, unless it is forced.
my $stale = pipeline($home, ['monthly', '--cycle', 2026, '--datasets', 'indiv', '--always'],
    env => {FEC_BULK_URL => "file://$tree/month-1"});
ok $stale->{status} == 65 && $stale->{err} =~ /is older than the one of .*--force applies it/,
    'month 1 over month 2 is refused, for it is the older file'
    or diag "$stale->{status}: $stale->{err}";
is_deeply table_rows('indiv'), expected_rows('indiv', 2), 'and the table stays as it is';
my $back = pipeline($home,
    ['monthly', '--cycle', 2026, '--datasets', 'indiv', '--always', '--force'],
    env => {FEC_BULK_URL => "file://$tree/month-1"});
is $back->{status}, 0, 'with --force it is applied' or diag $back->{err};
is_deeply table_rows('indiv'), expected_rows('indiv', 1),
    'the table equals the file of month 1 again';

# Every table and every column has its comment.
is sql($home, q{SELECT string_agg(format('%s.%s', c.relname, a.attname), ' ') FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       WHERE c.relnamespace = 'fec'::regnamespace AND c.relkind IN ('r', 'p')
         AND col_description(c.oid, a.attnum) IS NULL}), '',
    'every column of every table has a comment';
is sql($home, q{SELECT string_agg(relname, ' ') FROM pg_class
       WHERE relnamespace = 'fec'::regnamespace AND relkind IN ('r', 'p', 'v')
         AND NOT relispartition AND obj_description(oid) IS NULL}), '',
    'so has every table';
done_testing;
