#!/usr/bin/env perl
# cases-api.t - what people have reported of the FEC's API beside its bulk files, through the
# driver: action codes, rows that move while they are read, rows that no bulk file has, masters of
# today.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use FecApi;
use Fecpipe;
use Scene;
use Test::More;
use ZipMaker;

sub history_of { return sql($_[0]{home}, 'SELECT count(*) FROM fec.contribution_history') }

# How many rows of the last run were of a kind.
sub noted {
    my ($scene, $column) = @_;
    return sql($scene->{home}, "SELECT coalesce(max($column), 0) FROM fec.run_dataset
        WHERE dataset IN ('indiv', 'schedule_a')
          AND run_id = (SELECT max(run_id) FROM fec.run)");
}

sub goes_well {
    my ($result, $name) = @_;
    return is($result->{status}, 0, $name) || diag($result->{err});
}

# The API has action codes, and of paper filings no transaction ids; contributor ids are null where
# they are the committee's own.
subtest 'what one source only has less of was not changed' => sub {
    my $scene = new_scene();
    my %coded = (load_date => days_ago(2), amendment_indicator => 'A');
    add_rows($scene, 850, %coded, amended => 'N');
    add_rows($scene, 50, %coded, amended => 'A', amendment_indicator => 'N');
    add_rows($scene, 50, %coded, amended => 'A', amendment_indicator => 'C');
    add_rows($scene, 25, %coded, contributor_id => 'C00100000', committee_id => 'C00100000');
    my @paper = add_rows($scene, 25, %coded);
    for my $id (@paper) {
        my $row = delete $scene->{rows}{$id};
        my $number = $id =~ s/^4/2/r;
        $scene->{rows}{$number} = {%$row, sub_id => $number};
    }
    publish_bulk($scene, time => time - 3 * 86400);
    goes_well(run_monthly($scene), 'monthly');
    add_rows($scene, 100, load_date => days_ago(1), amended => 'T', amendment_indicator => 'A');
    publish_api($scene);
    my $daily = run_daily($scene);
    goes_well($daily, 'daily');
    is(counts_of($daily), '100 0 0 1000 0', 'brings the 100 new rows and changes none');
    publish_bulk($scene, time => time - 3600);
    my $monthly = run_monthly($scene);
    goes_well($monthly, 'monthly again');
    is(counts_of($monthly), '0 0 0 1100 0', 'changes nothing');
    is(noted($scene, 'completed'), 100, 'but completes the 100');
    $daily = run_daily($scene);
    is(counts_of($daily) =~ s/ \d+ 0$//r, '0 0 0', 'daily again: nothing');
    is(history_of($scene), 0, 'no history');
    is(sql($scene->{home}, "SELECT string_agg(a || n, ' ' ORDER BY a) FROM (
        SELECT amendment_indicator AS a, count(*) AS n FROM fec.contribution GROUP BY 1) AS c"),
        'A100 N900 T100', 'AMNDT_IND is that of the bulk file');
};

# 600 rows, of which one moves to a place that has been read, or 50 come there and 30 go.
sub moving {
    my ($name, $move) = @_;
    subtest $name => sub {
        my $scene = new_scene(page_size => 100);
        my @ids = add_rows($scene, 600, load_date => days_ago(1),
            contribution_receipt_date => sub { sprintf '2017-%02d-%02d', 1 + $_[0] / 100,
                1 + $_[0] % 100 / 4 });
        publish_bulk($scene, rows => sub { 0 }, edit => sub { '' }, time => time - 2 * 86400);
        goes_well(run_monthly($scene, '--datasets', 'cm,cn'), 'the masters are there');
        publish_api($scene);
        my $path = "$scene->{root}/schedule_a.jsonl";
        spew("$scene->{root}/before", slurp($path));
        $move->($scene, @ids);
        publish_api($scene);
        rename($path, "$scene->{root}/after") or die;
        spew($path, slurp("$scene->{root}/before"));
        api_behave($scene->{api}, '3 swap after path=schedule_a');
        my $first = run_daily($scene, ['--full-refresh']);
        goes_well($first, 'the night ends all the same');
        like("$first->{out}$first->{err}", qr/short|fewer|did not come|more/i, 'with a word');
        goes_well(run_daily($scene), "so does the next one, whose lookback finds what moved");
        is(sql($scene->{home}, 'SELECT count(*) FROM fec.contribution
            WHERE sub_id IN (' . join(', ', keys %{$scene->{rows}}) . ')'),
            scalar keys %{$scene->{rows}}, 'all rows of the API are there');
        stop_api($scene->{api});
    };
}
moving('a date is corrected while the rows are read' => sub {
    my ($scene, @ids) = @_;
    change_row($scene, $ids[554], contribution_receipt_date => '2017-01-02', load_date => today());
});
moving('rows come where the sweep has been, and others go' => sub {
    my ($scene, @ids) = @_;
    delete $scene->{rows}{$_} for @ids[500 .. 529];
    add_rows($scene, 50, contribution_receipt_date => '2017-01-01', load_date => today());
});

subtest 'rows that no bulk file has' => sub {
    my $scene = new_scene();
    add_rows($scene, 1, load_date => '2017-12-01');
    publish_bulk($scene, time => time - 10 * 86400);
    goes_well(run_monthly($scene), 'the first file');
    my %new = (load_date => days_ago(1));
    add_rows($scene, 10, %new);
    add_rows($scene, 10, %new, receipt_type => '15E', contributor_id => 'C00401224');
    add_rows($scene, 70, %new, receipt_type => undef, contribution_receipt_amount => 20);
    add_rows($scene, 5, %new, receipt_type => '15J', memo_code => 'X');
    add_rows($scene, 5, %new, receipt_type => '30T', line_number => '17');
    publish_api($scene);
    my $daily = run_daily($scene);
    goes_well($daily, 'daily');
    is((split / /, counts_of($daily))[0], 25, 'brings those that are coded for the file indiv');
    is(noted($scene, 'uncoded') + noted($scene, 'other_codes'), 75, 'the others are counted');
    like($daily->{out}, qr/\b70\b/, 'and shown: not coded');
    like($daily->{out}, qr/\b5\b/, 'of other codes');
    # The 24T and the 15C came late to the API, the refund never comes.
    add_rows($scene, 1, receipt_type => '24T');
    add_rows($scene, 1, receipt_type => '22Y');
    add_rows($scene, 1, receipt_type => '15C');
    publish_bulk($scene, time => time - 3600);
    my $monthly = run_monthly($scene);
    goes_well($monthly, 'monthly');
    is(counts_of($monthly), '3 0 0 26 0', 'brings three more; nothing is withdrawn or changed');
    is(history_of($scene), 0, 'no history');
    is(sql($scene->{home}, 'SELECT count(*) FROM fec.contribution'), 29, '28 rows and the first');
};

subtest 'a coded row that the file never brings' => sub {
    my $scene = new_scene();
    add_rows($scene, 3, load_date => '2017-12-01');
    publish_bulk($scene, time => time - 40 * 86400);
    goes_well(run_monthly($scene), 'the first file');
    my ($only) = add_rows($scene, 1, load_date => days_ago(1));
    publish_api($scene);
    goes_well(run_daily($scene), 'daily brings it');
    my $without = sub { $_[0] ne $only };
    publish_bulk($scene, time => time - 3600, rows => $without);
    goes_well(run_monthly($scene), 'a file without it');
    is(sql($scene->{home}, 'SELECT count(*) FROM fec.contribution'), 4, 'it stays for the grace');
    sql($scene->{home}, "UPDATE fec.run SET started_at = started_at - interval '15 days',
        finished_at = finished_at - interval '15 days'; UPDATE fec.run_dataset
        SET last_modified = last_modified - interval '15 days'");
    publish_bulk($scene, time => time - 60, rows => $without);
    my $monthly = run_monthly($scene, '--always');
    goes_well($monthly, 'a file after the grace');
    is((split / /, counts_of($monthly))[2], 0, 'withdraws nothing');
    is(noted($scene, 'unconfirmed'), 1, 'but the row is counted as unconfirmed');
    is(sql($scene->{home}, "SELECT string_agg(sub_id || ' ' || change, ',')
        FROM fec.contribution_history"), "$only unconfirmed", 'and called so in the history');
    is(sql($scene->{home}, 'SELECT count(*) FROM fec.contribution'), 3, 'it has gone');
};

subtest 'masters of a cycle that is over are those of the file' => sub {
    my $scene = new_scene();
    my $current = 1900 + (gmtime)[5] + (gmtime)[5] % 2;
    my $over = $current - 2;
    my %then = (committee_id => 'C00000101', name => 'MADE UP FOR PRESIDENT',
        treasurer_name => 'DOE, JANE', committee_type => 'P', designation => 'P');
    my %now = (%then, name => 'MADE UP PAC', treasurer_name => 'ROE, JOHN', committee_type => 'U',
        designation => 'N', cycles => [$over, $current], last_file_date => days_ago(1));
    for ([$over, \%then], [$current, \%now]) {
        my ($cycle, $committee) = @$_;
        my $folder = "$scene->{tree}/$cycle";
        mkdir $folder;
        my %text = (cm => ['cm.txt', cm_line(committee_row(%$committee, cycles => [$cycle]))],
            cn => ['cn.txt', cn_line(candidate_row(candidate_id => 'H8AL01001'))],
            indiv => ['itcont.txt', bulk_line(api_row(committee_id => 'C00000101',
                two_year_transaction_period => $cycle))]);
        for my $name (keys %text) {
            my $file = sprintf '%s/%s%02d.zip', $folder, $name, $cycle % 100;
            spew($file, ZipMaker::archive({name => $text{$name}[0], data => $text{$name}[1]}));
            utime time - 4 * 86400, time - 4 * 86400, $file;
        }
    }
    spew_rows("$scene->{root}/committees.jsonl", committee_row(%now),
        committee_row(committee_id => 'C00000102', name => 'UNKNOWN SO FAR',
            cycles => [$over, $current], last_file_date => days_ago(1)));
    my %environment = (FEC_BULK_URL => "file://$scene->{tree}", FEC_API_CALLS_PER_HOUR => 0,
        FEC_API_URL => $scene->{api}{url}, FEC_API_KEY => 'k3y-0f-the-tests-0123456789');
    my @cycles = ('--cycle', $over, '--cycle', $current);
    my $run = sub { pipeline($scene->{home}, [@_, @cycles], env => \%environment) };
    my $table = sub { sql($scene->{home}, "SELECT string_agg(committee_id || ' ' || name || ' '
        || coalesce(committee_type, ''), ', ' ORDER BY committee_id) FROM fec.committee
        WHERE cycle = $_[0]") };
    goes_well($run->('monthly', '--datasets', 'cm,cn,indiv'), 'monthly for both cycles');
    goes_well($run->('daily'), 'daily for both cycles');
    is($table->($over), 'C00000101 MADE UP FOR PRESIDENT P, C00000102 UNKNOWN SO FAR H',
        'the cycle that is over keeps the committee as it was, and gets an unknown one');
    is($table->($current), 'C00000101 MADE UP PAC U, C00000102 UNKNOWN SO FAR H',
        'the other one has both as they are today');
    sql($scene->{home}, "UPDATE fec.committee SET name = 'OVERWRITTEN', row_hash = 0
        WHERE cycle = $over AND committee_id = 'C00000101'");
    goes_well($run->('monthly', '--datasets', 'cm,cn,indiv', '--always'), 'monthly again');
    like($table->($over), qr/MADE UP FOR PRESIDENT P/, 'puts right what was overwritten');
};

done_testing();
