#!/usr/bin/env perl
# The views of sql/answers count right: the examples of docs/counting.md made of single rows, with
# sums that can be checked by eye, and the FEC's real rows, where this machine has them, against
# sums that are made from the file by the rule, in perl.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use Steps;

my $home = new_database();
query(map { "SELECT fec.make_partition('$_', 2020)" } qw(contribution committee_contribution
    operating_expenditure independent_expenditure));
my $next = 1;

# Puts rows into a table of cycle 2020; each is a hash of columns, with `common` ones.
sub put {
    my ($table, $key, $common, @rows) = @_;
    my @statements;
    for my $row (@rows) {
        my %row = ($key => $next++, cycle => 2020, row_hash => 0, run_id => 1, %$common, %$row);
        my @names = sort keys %row;
        push @statements, sprintf 'INSERT INTO fec.%s (%s) VALUES (%s)', $table,
            join(', ', @names), join(', ', map { defined $row{$_} ? "'$row{$_}'" : 'NULL' } @names);
    }
    query(@statements);
}

# Contributions: ['type', amount, memo, more columns ...].
sub give {
    my ($committee, @rows) = @_;
    put('contribution', 'sub_id', {committee_id => $committee, file_number => 1,
            contribution_receipt_date => '2019-05-06', contributor_state => 'IL',
            entity_type => 'IND'},
        map { my ($type, $amount, $memo, %more) = @$_;
            +{receipt_type => $type, contribution_receipt_amount => $amount,
                memo_code => $memo, %more} } @rows);
}

# --- What a committee has got from individuals

my $sums = 'received, refunded, net, passed_through, candidate_money, memo, party_accounts,
    party_accounts_refunded, electioneering, other, conduit_in, rows';
sub receipts_of {
    my ($committee) = @_;
    return query("SELECT $sums FROM fec.committee_individual_receipts
        WHERE committee_id = '$committee' AND cycle = 2020") =~ s/\.00//gr =~ tr/\t/ /r;
}

give('C1', ['15', 100], ['15E', 20], ['10', 3000], ['11', 500], ['15', -40], ['22Y', 60],
    ['20Y', 7], ['21Y', -2], ['24T', 1000], ['24I', 200], ['15I', 200], ['24T', -5], ['15C', 900],
    ['15', 70, 'X'], ['22Y', 1, 'X'], ['15', 11, 'Y'], ['30', 5000], ['32T', 10], ['41Y', 400],
    ['19', 25], [undef, 2]);
is receipts_of('C1'), '3591 65 3526 1395 900 71 5010 400 25 2 200 21',
    'each row is in one column, with its sign';
is query("SELECT counts_as, count(*) FROM fec.individual_receipt WHERE cycle = 2020
    GROUP BY 1 ORDER BY 1"),
    "candidate_money\t1\nelectioneering\t1\nmemo\t2\nother\t1\nparty_accounts\t2\n"
    . "party_accounts_refunded\t1\npassed_through\t4\nreceived\t6\nrefunded\t3",
    'and each says what it counts as';
give('C9', map { [$_, 1] } split /\n/, query(q{SELECT code FROM fec.transaction_type
    WHERE 'indiv' = ANY (string_to_array(files, ','))}));
is query(q{SELECT count(*), string_agg(code, ' ') FILTER (WHERE sign_individual_receipts <>
        CASE r.counts_as WHEN 'received' THEN 1 WHEN 'party_accounts' THEN 1
             WHEN 'refunded' THEN -1 WHEN 'party_accounts_refunded' THEN -1 ELSE 0 END
        OR r.counts_as = 'other' OR (r.counts_as = 'passed_through')
           <> (type.counts_as = 'earmark_through'))
    FROM fec.individual_receipt AS r JOIN fec.transaction_type AS type ON code = receipt_type
    WHERE committee_id = 'C9'}), "28\t", 'every code of indiv is known, as its table has it';

# A partnership; a redesignation; a gift through a conduit; a refund.
give('C2', ['15', 3000, undef, entity_type => 'ORG', contributor_name => 'SMITH LLP'],
    map { ['15', 1000, 'X', contributor_name => "PARTNER $_"] } 1 .. 3);
is receipts_of('C2'), '3000 0 3000 0 0 3000 0 0 0 0 0 4', 'the firm counts, its partners do not';
give('C3', ['15', 2700, undef, contributor_name => 'DOE'],
    ['15', -2700, 'X', contributor_name => 'DOE'], ['15', 2700, 'X', contributor_name => 'DOE'],
    ['15E', 100, undef, contributor_name => 'ROE', other_id => 'C4'],
    ['22Y', 30, undef, contributor_name => 'ROE'],
    ['15E', 100, 'X', entity_type => 'PAC', contributor_name => 'CONDUIT']);
give('C4', ['24T', 100, undef, contributor_name => 'ROE', other_id => 'C3']);
is receipts_of('C3'), '2800 30 2770 0 0 100 0 0 0 0 0 6', 'a redesignation adds nothing';
is receipts_of('C4'), '0 0 0 100 0 0 0 0 0 0 0 1', 'what passes through is not received';

# The same by month and by state.
give('C5', ['15', 1], ['15', 2, undef, contribution_receipt_date => '2019-05-31'],
    ['22Y', 1, undef, contribution_receipt_date => '2019-06-01', contributor_state => 'OH'],
    ['15', 4, undef, contribution_receipt_date => undef, contributor_state => undef]);
is query("SELECT month, received, refunded, net FROM fec.committee_individual_receipts_by_month
    WHERE committee_id = 'C5' ORDER BY 1") =~ s/\.00//gr,
    "2019-05-01\t3\t0\t3\n2019-06-01\t0\t1\t-1\n\t4\t0\t4", 'by month, and what has no date';
is query("SELECT state, received, refunded, net FROM fec.committee_individual_receipts_by_state
    WHERE committee_id = 'C5' ORDER BY 1") =~ s/\.00//gr,
    "IL\t3\t0\t3\nOH\t0\t1\t-1\n\t4\t0\t4", 'by state';

# --- What donors gave

is query("SELECT contributor_name, sum(amount) FROM fec.donor_giving
    WHERE cycle = 2020 AND committee_id IN ('C2', 'C3', 'C4') GROUP BY 1 ORDER BY 1")
    =~ s/\.00//gr,
    "DOE\t2700\nPARTNER 1\t1000\nPARTNER 2\t1000\nPARTNER 3\t1000\nROE\t70",
    'partners gave, not the firm; a gift through a conduit once; refunds are taken off';
give('C6', ['15', 800, undef, entity_type => 'ORG', contributor_name => 'TRIBE'],
    ['15', 5, 'X', contributor_name => 'LEE', file_number => 2],
    ['15C', 77, undef, contributor_name => 'LEE'], ['19', 3, undef, contributor_name => 'LEE']);
is query("SELECT contributor_name, amount FROM fec.donor_giving
    WHERE committee_id = 'C6' ORDER BY 1") =~ s/\.00//gr, "LEE\t5\nTRIBE\t800",
    'a memo of another filing is no part of it; candidates and electioneering are left out';

# --- Independent expenditures

put('independent_expenditure', 'record_key',
    {committee_id => 'C7', support_oppose_indicator => 'S'},
    {file_number => 1, expenditure_amount => 10},
    {file_number => 1, expenditure_amount => 20},
    {file_number => 2, previous_file_number => 1, expenditure_amount => 25},
    {file_number => 3, previous_file_number => 2, expenditure_amount => 26},
    {file_number => 4, previous_file_number => 4, expenditure_amount => 100},
    {file_number => undef, expenditure_amount => 1000});
is query('SELECT sum(expenditure_amount), count(*) FROM fec.independent_expenditure_current
    WHERE cycle = 2020'), "1126.00\t3", 'notices that a later one replaces do not count';

# --- What committees gave to candidates, and what they spent

put('committee_contribution', 'sub_id', {committee_id => 'C8', candidate_id => 'H1'},
    map { my ($type, $amount, $memo) = @$_; +{receipt_type => $type, memo_code => $memo,
            contribution_receipt_amount => $amount} }
    ['24K', 5000], ['24K', -1000], ['24Z', 300], ['24P', 20], ['24K', 7, 'X'], ['24C', 1],
    ['24E', 2], ['24A', 4], ['24F', 8], ['24N', 16], ['24R', 32], [undef, 64]);
is query("SELECT contributed, in_kind, coordinated, independent_for, independent_against,
        communication_for, communication_against, other, memo, rows
    FROM fec.committee_candidate_giving WHERE cycle = 2020") =~ s/\.00//gr =~ tr/\t/ /r,
    '4320 300 1 2 4 8 16 96 7 12', 'gifts are told from what was spent on a candidate';
put('operating_expenditure', 'sub_id', {committee_id => 'C8'}, {disbursement_amount => 500},
    {disbursement_amount => 300, memo_code => 'X'}, {disbursement_amount => 200, memo_code => 'X'},
    {disbursement_amount => -20});
is query("SELECT spent, memo, rows FROM fec.committee_operating_expenditures
    WHERE cycle = 2020") =~ s/\.00//gr, "480\t500\t4", 'a payment by card counts once';

# --- A condition reaches the partition and an index

query('CREATE INDEX of_test ON fec.contribution (committee_id, contribution_receipt_date)',
    "INSERT INTO fec.contribution (sub_id, cycle, committee_id, receipt_type, row_hash, run_id,
            contribution_receipt_date)
        SELECT 1000 + n, 2020, 'P' || n % 500, '15', 0, 1, DATE '2019-01-01' + n % 300
          FROM generate_series(1, 20000) AS n", 'ANALYZE fec.contribution');
for my $view (qw(committee_individual_receipts committee_individual_receipts_by_month
    committee_individual_receipts_by_state individual_receipt donor_giving)) {
    my $plan = query("EXPLAIN (COSTS off) SELECT * FROM fec.$view
        WHERE committee_id = 'P7' AND cycle = 2020");
    like $plan, qr/Index Cond: \(+committee_id = 'P7'/, "$view: a committee's rows by the index";
}

# --- The FEC's real rows, by hand

my $real = real_data();
SKIP: {
    skip 'this machine has no real files of the FEC', 6 if !$real || !-f "$real/2018/indiv18.zip";
    query('ALTER TABLE fec.run ALTER run_id RESTART WITH 1000');
    my $run = pipeline($home, ['monthly', '--cycle', 2018, '--datasets', 'indiv'],
        env => {FEC_BULK_URL => "file://$real"});
    is $run->{status}, 0, 'the real rows are loaded' or diag $run->{err};
    my $file = run([program('fec-unzip'), 'itcont.txt'], stdin_file => "$real/2018/indiv18.zip");
    my %column = (10 => 0, 11 => 0, 15 => 0, '15E' => 0, '20Y' => 1, '21Y' => 1, '22Y' => 1,
        '24I' => 3, '24T' => 3, '15I' => 3, '15T' => 3, '15C' => 4);
    my (%by_committee, %by_month, %by_state, @all, %shared, @gifts, %donor);
    for my $line (split /\r?\n/, $file->{out}) {
        my ($committee, $type, $entity, $name, $state, $date, $amount, $filing, $memo) =
            (split /\|/, $line, -1)[0, 5, 6, 7, 9, 13, 14, 17, 18];
        my $i = $memo eq 'X' ? 5 : $column{$type} // die "type $type\n";
        my $month = $date =~ /^(\d\d)\d\d(\d{4})$/ ? "$2-$1-01" : '';
        for my $sums ($by_committee{$committee} //= [(0) x 6],
            $by_month{"$committee\t$month"} //= [(0) x 6],
            $by_state{"$committee\t$state"} //= [(0) x 6], \@all) {
            $sums->[$i] += $amount;
            $sums->[2] += $i == 0 ? $amount : $i == 1 ? -$amount : 0;
        }
        next if $type !~ /^(?:1[015]E?|2[012]Y)$/
            || $memo eq 'X' && $entity =~ /^(?:COM|PAC|CCM|PTY)$/;
        push @gifts, [$name, $type =~ /Y$/ ? -$amount : $amount, "$committee $date $filing",
            $entity eq 'ORG' && $memo ne 'X' && $type =~ /^1/];
        $shared{"$committee $date $filing"} = 1
            if $memo eq 'X' && $entity ne 'ORG' && $entity ne '';
    }
    for (@gifts) { $donor{$_->[0]} += $_->[1] if !$_->[3] || !$shared{$_->[2]} }

    my $columns = 'received, refunded, net, passed_through, candidate_money, memo';
    for my $case (['', 'committee_id', \%by_committee], ['_by_month', 'committee_id, month',
            \%by_month], ['_by_state', 'committee_id, state', \%by_state]) {
        my ($view, $by, $sums) = @$case;
        # Not shown where they differ: they are real people's.
        ok query("SELECT $by, $columns FROM fec.committee_individual_receipts$view
                WHERE cycle = 2018 ORDER BY concat_ws(E'\\t', $by) COLLATE \"C\"") =~ s/\.00//gr
            eq join("\n", map { join "\t", $_, @{$sums->{$_}} } sort keys %$sums),
            "the sums by $by are those of the file";
    }
    is join(' ', @all[0 .. 5]), '9543210 140086 9403124 173400 65668 55195',
        'and so are all together';
    is query('SELECT sum(amount) FROM fec.donor_giving WHERE cycle = 2018') =~ s/\.00//r,
        eval { my $sum = 0; $sum += $_ for values %donor; $sum }, 'what donors gave in all';
}
done_testing();
