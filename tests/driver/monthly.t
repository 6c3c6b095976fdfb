#!/usr/bin/env perl
# The monthly run on the FEC's real files: the whole way from the archive to the tables, and again.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use FecApi;
use Fecpipe;

my $real = real_data();
plan skip_all => 'the real files of the FEC are not here '
    . '(set FEC_REAL_DATA to a piece of its download tree)'
    unless $real;

my $home = new_home();
my %env = (FEC_BULK_URL => "file://$real");

# What is in the tables, for comparing before and after.
sub fingerprint {
    return sql($home, map {
        "SELECT '$_', cycle, count(*), sum(hashtext(t::text)::bigint) "
            . "FROM fec.$_ t GROUP BY cycle ORDER BY cycle"
    } qw(committee candidate candidate_committee_link contribution));
}

my $first = pipeline($home, ['monthly', '--cycle', '2018'], env => \%env);
is $first->{status}, 0, 'the first run of cycle 2018 succeeds' or diag $first->{err};
like $first->{out}, qr/^MONTHLY RECONCILIATION COMPLETE$/m, 'and says so';
is_deeply summary($first->{out}), {
    committees    => {new => 17939, changed => 0, withdrawn => 0, unchanged => 0, rejected => 0},
    candidates    => {new => 7611,  changed => 0, withdrawn => 0, unchanged => 0, rejected => 0},
    contributions => {new => 20000, changed => 0, withdrawn => 0, unchanged => 0, rejected => 0},
    states        => 627,
}, 'with 17,939 committees, 7,611 candidates, 20,000 contributions and 627 states';

is sql($home, 'SELECT count(*), count(DISTINCT committee_id), sum(contribution_receipt_amount) '
    . 'FROM fec.contribution'), "20000\t627\t9977559.00",
    '20,000 contributions of 627 committees add up to 9,977,559.00 dollars';
is sql($home, 'SELECT count(*) FROM fec.committee'), 17939, 'the committees are in their table';
is sql($home, 'SELECT count(*) FROM fec.candidate'), 7611, 'the candidates are in theirs';
is sql($home, q{SELECT count(*) FROM fec.extraction_state s JOIN (
        SELECT committee_id, cycle, count(*) AS n, max(contribution_receipt_date) AS last
            FROM fec.contribution GROUP BY 1, 2) c
        USING (committee_id, cycle)
    WHERE s.contribution_count = c.n AND s.last_contribution_date = c.last AND s.complete
      AND s.last_sub_id = (SELECT max(sub_id) FROM fec.contribution x
            WHERE x.committee_id = s.committee_id AND x.contribution_receipt_date = c.last)}), 627,
    'every committee has its state: number of rows, last date and last SUB_ID';
is sql($home, "SELECT encode(convert_to(name, 'UTF8'), 'escape') "
    . "FROM fec.committee WHERE committee_id = 'C00731992'"),
    "1.\tCEDRIC JEFFERSON LIB POP WXYZ PRESIDENTIAL GROUP", 'a tab within a name is kept';

# The table against the file itself, by plain means.
SKIP: {
    skip 'unzip is not installed', 1 unless `sh -c 'command -v unzip'`;
    my @file = map { chomp; my @f = split /\|/, $_, -1; join '|', @f[20, 0, 7, 13, 14] }
        `unzip -p $real/2018/indiv18.zip itcont.txt`;
    my @table = split /\n/, sql($home, q{SELECT concat_ws('|', sub_id, committee_id,
        coalesce(contributor_name, ''), to_char(contribution_receipt_date, 'MMDDYYYY'),
        contribution_receipt_amount::bigint) FROM fec.contribution});
    is_deeply [sort @table], [sort @file], 'row by row, the table says what the file says';
}

my $before = fingerprint();
my $again = pipeline($home, ['monthly', '--cycle', '2018'], env => \%env);
is $again->{status}, 0, 'a second run succeeds';
like $again->{out}, qr/contributions +the FEC has not changed the file/,
    'and skips files that the FEC has not changed';
my $always = pipeline($home, ['monthly', '--cycle', '2018', '--always'], env => \%env);
is_deeply summary($always->{out}), {
    committees    => {new => 0, changed => 0, withdrawn => 0, unchanged => 17939, rejected => 0},
    candidates    => {new => 0, changed => 0, withdrawn => 0, unchanged => 7611,  rejected => 0},
    contributions => {new => 0, changed => 0, withdrawn => 0, unchanged => 20000, rejected => 0},
    states        => 627,
}, '--always reads them, and finds everything unchanged';
is fingerprint(), $before, 'the tables are as they were';

# The same rows as the API would give them, a third with cents, are merged with what is there.
my $zip = "$real/2018/indiv18.zip";
my @lines = split /\n/, run([program('fec-unzip'), 'itcont.txt'], stdin_file => $zip)->{out};
my @keys = qw(committee_id amendment_indicator report_type election_type image_number receipt_type
    entity_type contributor_name contributor_city contributor_state contributor_zip
    contributor_employer contributor_occupation contribution_receipt_date
    contribution_receipt_amount contributor_id transaction_id file_number memo_code memo_text
    sub_id);

# A line as a row of the API, loaded today, with that number of cents.
sub api_row_of {
    my ($line, $cents) = @_;
    my %row = (two_year_transaction_period => 2018, load_date => sprintf '%d-%02d-%02dT01:00:00',
        (gmtime)[5] + 1900, (gmtime)[4] + 1, (gmtime)[3]);
    @row{@keys} = map { $_ eq '' ? undef : $_ } split /\|/, $line, -1;
    delete $row{amendment_indicator};    # the API has an action code under this name
    $row{contribution_receipt_date} =~ s/^(\d\d)(\d\d)(\d{4})$/$3-$1-$2T00:00:00/;
    $row{contribution_receipt_amount} .= sprintf '.%02d', $cents;
    return api_row(%row);
}
my $root = scratch();
spew("$root/$_.jsonl", '') for qw(committees candidates);
my $api = start_api("$root", key => 'a-key');
my %api_env = (%env, FEC_API_URL => $api->{url}, FEC_API_KEY => 'a-key',
    FEC_API_CALLS_PER_HOUR => 0);
# Refunds are of Schedule B, so the API does not have them among these.
my @in_api = grep { (split /\|/, $lines[$_], -1)[5] !~ /^(?:2[012]Y|4[012][TY])$/ } 0 .. 2999;
spew_rows("$root/schedule_a.jsonl", map { api_row_of($lines[$_], 0) } @in_api);
my $daily = pipeline($home, ['daily', '--cycle', 2018], env => \%api_env);
is_deeply summary($daily->{out})->{contributions},
    {new => 0, changed => 0, withdrawn => 0, unchanged => scalar @in_api, rejected => 0},
    'of nearly 3,000 rows that the API has too, none is new or changed' or diag $daily->{err};
is fingerprint(), $before, 'and the tables are as they were, hashes too';
spew_rows("$root/schedule_a.jsonl", map { api_row_of($lines[$_], $_ % 3 ? 0 : 37) } @in_api);
$daily = pipeline($home, ['daily', '--cycle', 2018], env => \%api_env);
my @cents = grep { $_ % 3 == 0 } @in_api;
is summary($daily->{out})->{contributions}{changed}, 0, 'cents correct nothing';
is sql($home, 'SELECT max(completed) FROM fec.run_dataset'), scalar @cents,
    'a thousand rows are completed by them';
is sql($home, 'SELECT count(*) FROM fec.contribution_history'), 0, 'which leaves no history';
$always = pipeline($home, ['monthly', '--cycle', '2018', '--always'], env => \%env);
is_deeply summary($always->{out})->{contributions},
    {new => 0, changed => 0, withdrawn => 0, unchanged => 20000, rejected => 0},
    'and the bulk file over them changes nothing';
my $negative = grep { (split /\|/, $lines[$_], -1)[14] < 0 } @cents;
is sql($home, 'SELECT sum(contribution_receipt_amount) FROM fec.contribution'),
    sprintf('%.2f', 9977559 + 0.37 * (@cents - 2 * $negative)), 'the cents are still there';

my $other = pipeline($home, ['monthly', '--cycle', '2016', '--datasets', 'cm,cn,ccl'],
    env => \%env);
is $other->{status}, 0, 'cycle 2016 with cm, cn and ccl is loaded beside it' or diag $other->{err};
is sql($home, 'SELECT cycle, count(*) FROM fec.committee GROUP BY 1 ORDER BY 1'),
    "2016\t17817\n2018\t17939",
    'the committees of both cycles are whole';
is sql($home, 'SELECT cycle, count(*) FROM fec.candidate GROUP BY 1 ORDER BY 1'),
    "2016\t7645\n2018\t7611",
    'so are the candidates';
is sql($home, 'SELECT count(*) FROM fec.candidate_committee_link'), 6426, 'and the links';
is sql($home, q{SELECT count(*) = (SELECT count(DISTINCT committee_id) FROM fec.committee),
        count(*) FILTER (WHERE cycle = 2018) FROM fec.committee_latest}), "t\t17939",
    'committee_latest has each committee once, in its latest cycle';
is sql($home, q{SELECT count(*) = (SELECT count(DISTINCT candidate_id) FROM fec.candidate),
        count(*) FILTER (WHERE cycle = 2018) FROM fec.candidate_latest}), "t\t7611",
    'candidate_latest likewise';

my $both = pipeline($home,
    ['monthly', '--cycle', '2016', '--cycle', '2018', '--datasets', 'cm,cn', '--always'],
    env => \%env);
is $both->{status}, 0, 'two cycles can be asked for at once';
is scalar(() = $both->{out} =~ /MONTHLY RECONCILIATION COMPLETE/g), 2, 'each has its summary';

my $missing = pipeline($home, ['monthly', '--cycle', '2018', '--datasets', 'oth'], env => \%env);
ok $missing->{status} == 66
    && (split /\n/, $missing->{err})[-1] =~ /^pipeline\.sh: monthly 2018 failed: oth: .*oth18\.zip/,
    'a file that the FEC does not have is named in the last line' or diag $missing->{err};
is sql($home, q{SELECT status FROM fec.run ORDER BY run_id DESC LIMIT 1}), 'failed',
    'and the run is recorded as failed';
is sql($home, q{SELECT count(*) FROM pg_tables WHERE schemaname = 'fec_staging'}), 0,
    'no staging table is left';

# By hand, as the README and the manual pages show it.
my $bin = bin();
my $by_hand = run(['bash', '-c',
    "$bin/fec-unzip itcont.txt <$real/2018/indiv18.zip | $bin/fec-parse indiv --cycle 2018 |"
    . q{ awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
                      { sum += $column["contribution_receipt_amount"] }
                      END { printf "%.2f\n", sum }'}]);
is $by_hand->{out}, "9977559.00\n", 'by hand, awk adds up the records to the same amount';
SKIP: {
    skip 'mlr is not installed', 1 unless `sh -c 'command -v mlr'`;
    my $mlr = run(['bash', '-c',
        "$bin/fec-unzip itcont.txt <$real/2018/indiv18.zip | $bin/fec-parse indiv --cycle 2018 |"
        . ' mlr --tsv --ojson stats1 -a sum,count -f contribution_receipt_amount']);
    like $mlr->{out}, qr/sum": 9977559(?:\.0*)?,\s.*count": 20000/s, 'so does mlr'
        or diag $mlr->{err};
}
my $load = run(['bash', '-c',
    "$bin/fec-unzip itcont.txt <$real/2018/indiv18.zip | $bin/fec-parse indiv --cycle 2018 |"
    . " $bin/fec-dedupe --key sub_id | $bin/pg-load --like fec.contribution mine"],
    env => {PGHOST => sql($home, 'SHOW unix_socket_directories'), PGUSER => 'fecpipe',
        PGDATABASE => 'fec'});
is $load->{status}, 0, 'by hand, the pipe loads a table of the user\'s own' or diag $load->{err};
is sql($home, 'SELECT count(*), sum(contribution_receipt_amount) FROM mine'), "20000\t9977559.00",
    'with the same rows';
done_testing;
