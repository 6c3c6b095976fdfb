#!/usr/bin/env perl
# openfec.t - does the stand-in for the API do what openFEC's code does, where that is not what one
# would expect: which rows it has, what it makes of them, how it counts, what it keeps, and how it
# fails?
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use ApiClient;
use Fecpipe;
use FecApi;
use JSON::PP ();
use POSIX qw(strftime);
use Test::More;

my $folder = scratch();
my $period = 'two_year_transaction_period=2026';
my $ascending = "$period&sort=contribution_receipt_date&per_page=100";
my $api = start_api($folder);
asks($api);

sub rows_are { spew_rows("$folder/schedule_a.jsonl", map { api_row(%$_) } @_) }
sub rows_of { return @{ask($_[0] // $ascending)->{data}{results}} }

subtest 'amendment_indicator is the action code of the row' => sub {
    rows_are(map { {sub_id => 4000000000000000000 + $_->[0], amendment_indicator => $_->[1]} }
        [1, 'A'], [2, 'C'], [3, 'N'], [4, undef], [5, 'D']);
    is_deeply([map { $_->{amendment_indicator} } rows_of()], ['A', 'C', 'N', undef],
        'A, C, N or null; a row whose code is D is not there');
};

subtest 'transaction_id is null unless sub_id begins with 4' => sub {
    rows_are(map { {sub_id => $_ . '0' x 18, transaction_id => 'SA1',
        back_reference_transaction_id => 'SA0'} } 1, 2, 4);
    is_deeply([map { [@{$_}{qw(transaction_id back_reference_transaction_id)}] } rows_of()],
        [[undef, undef], [undef, undef], ['SA1', 'SA0']], 'and so is the one that it refers to');
};

subtest "contributor_id is null where it repeats the committee's own" => sub {
    rows_are(map { {sub_id => 4000000000000000000 + $_, committee_id => 'C00000001',
        contributor_id => "C0000000$_", contributor => {committee_id => "C0000000$_"}} } 1, 2);
    is_deeply([map { [$_->{contributor_id}, $_->{unused_contbr_id},
                $_->{contributor} && $_->{contributor}{committee_id}] } rows_of()],
        [[undef, 'C00000001', undef], ['C00000002', undef, 'C00000002']],
        'the raw one has a key of its own');
};

subtest 'is_individual follows from the row by the rule of the FEC' => sub {
    my $number = 0;
    my @wanted;
    my $row = sub {
        my ($is_individual, $type, $amount, $line, %more) = @_;
        push @wanted, [$type, $amount, $line, $is_individual];
        # What the file says does not matter.
        return {sub_id => 4000000000000000000 + ++$number, receipt_type => $type,
            contribution_receipt_amount => $amount, line_number => $line,
            is_individual => !$is_individual, %more};
    };
    my @rows = (
        (map { $row->(1, $_, 500, '17') } qw(10 10J 11 11J 15 15E 15J 30 30E 30J 30T 31 31E 31J 31T
                32 32E 32J 32T)),
        (map { $row->(0, $_, 500, '11AI') } qw(15C 15I 15T 15Z 18G 18J 18K 19 24I 24T)),
        (map { $row->(1, undef, 199.99, $_) } qw(11AI 12 17 17A 18)),
        $row->(1, undef, -50, '11AI'),
        $row->(0, undef, 200, '11AI'),
        $row->(0, undef, 20, '11B'),
        $row->(1, '15C', 20, '11AI'),
        $row->(1, undef, 20, '11AI', memo_code => 'X', memo_text => 'SEE BELOW'),
        $row->(0, undef, 20, '11AI', memo_code => 'X', memo_text => '* Earmarked contribution'),
        $row->(1, undef, 20, '11AI', memo_text => '* Earmarked contribution'),
    );
    rows_are(@rows);
    my @got = map { [@{$_}{qw(receipt_type contribution_receipt_amount line_number)},
        $_->{is_individual} ? 1 : 0] } rows_of();
    is_deeply(\@got, \@wanted, 'by code, or without regard to it below $200 on some lines');
    is(scalar rows_of("$ascending&is_individual=true"), grep({ $_->[3] } @wanted),
        'and the filter goes by it');
    is(scalar rows_of("$ascending&is_individual=false"), grep({ !$_->[3] } @wanted),
        'either way');
};

subtest 'there are no rows of Schedule B' => sub {
    my $number = 0;
    rows_are((map { {sub_id => 4000000000000000000 + ++$number, receipt_type => $_} }
            qw(20Y 21Y 22Y 40T 40Y 41T 41Y 42T 42Y 15)),
        {sub_id => 4000000000000000099, receipt_type => '24T', schedule_type => 'SB'});
    is_deeply([map { $_->{receipt_type} } rows_of()], ['15'], 'refunds never come');
    is(ask($ascending)->{data}{pagination}{count}, 1, 'and are not counted');
};

subtest 'a row that was not coded yet' => sub {
    rows_are({receipt_type => undef, contribution_receipt_amount => 25});
    is_deeply([map { $_->{receipt_type} } rows_of("$ascending&is_individual=true")], [undef],
        'is an individual one without a type');
};

subtest 'masters come as they are today, whichever cycle is asked for' => sub {
    spew_rows("$folder/committees.jsonl",
        committee_row(name => 'MADE UP PAC', committee_type => 'U',
        cycles => [2020, 2022, 2024, 2026]));
    is_deeply([map { ask("cycle=$_", path => 'committees/')->{data}{results}[0]{name} } 2020, 2026],
        ['MADE UP PAC', 'MADE UP PAC'], 'cycle only filters');
    is(ask('cycle=2018', path => 'committees/')->{data}{pagination}{count}, 0, 'by activity');
};

subtest 'one row can be asked for' => sub {
    rows_are(map { {sub_id => 4000000000000000000 + $_} } 1 .. 3);
    my $ask = sub {
        ask($_[1] // $period, path => "schedules/schedule_a/400000000000000000$_[0]/");
    };
    is_deeply(ids(@{$ask->(2)->{data}{results}}), ['4000000000000000002'], 'by its number');
    is_deeply($ask->(9)->{data}{results}, [], 'if it is not there the page is empty');
    is($ask->(2, '')->{status}, 400, 'but a period must be named here, too');
};

subtest 'pages and their end' => sub {
    rows_are(map { {sub_id => 4000000000000000000 + $_} } 1 .. 20);
    my $end = ask("$ascending&last_index=4000000000000000020&last_contribution_receipt_date="
            . '2025-01-15');
    is_deeply([$end->{status}, $end->{data}{results}, $end->{data}{pagination}{last_indexes},
            $end->{data}{pagination}{count}], [200, [], undef, 20],
        'after the last row comes a page without rows, with the count of the whole query');
    my $none = ask("$ascending&committee_id=C00099999", api => $api)->{data}{pagination};
    is_deeply([@{$none}{qw(count is_count_exact)}], [0, JSON::PP::true],
        'no rows are counted as 0');
    my $half = ask("$ascending&last_index=4000000000000000020");
    is($half->{status}, 422, 'half a cursor is refused');
    is(ask("$ascending&last_contribution_receipt_date=2025-01-15")->{status}, 200,
        'the other half alone is not');
    is(ask("$period&sort=contribution_receipt_date&last_index=4000000000000000001"
            . '&sort_null_only=true')->{status}, 200, 'nor is the one of rows without a date');
};

subtest 'rows dated 9999-12-31 hide rows without a date' => sub {
    rows_are((map {
            {sub_id => 4000000000000000000 + $_, contribution_receipt_date => '2025-01-01'} }
            1, 2), {sub_id => 4000000000000000005, contribution_receipt_date => '9999-12-31'},
        map {
            {sub_id => 4000000000000000000 + $_, contribution_receipt_date => undef} } 3, 4, 6, 7);
    my $query = "$period&sort=contribution_receipt_date&per_page=3";
    is_deeply([map { substr $_->{sub_id}, -1 } map { @$_ } pages($query)], [1, 2, 5, 6, 7],
        'those with a smaller number are lost to the cursor');
    is_deeply([map { substr $_->{sub_id}, -1 } map { @$_ } pages("$query&per_page=3"
                . '&sort_null_only=true')], [3, 4, 6, 7], 'and found by sort_null_only');
    is(ask($query)->{data}{pagination}{count}, 7, 'the count is that of all');
};

subtest 'max_load_date cuts at midnight' => sub {
    rows_are({load_date => '2025-06-10T00:00:00'}, {load_date => '2025-06-10T00:00:01'});
    is(scalar rows_of("$ascending&max_load_date=2025-06-10"), 1,
        "the day's own rows are not in it");
    is(scalar rows_of("$ascending&min_load_date=2025-06-10"), 2, 'min_load_date has the whole day');
};

subtest 'arguments' => sub {
    my $year = 1900 + (gmtime)[5];
    my $next = $year + $year % 2 + 2;
    is(ask("two_year_transaction_period=$next")->{status}, 404, 'a cycle that is ahead is 404');
    is(ask('two_year_transaction_period=2025')->{status}, 422, 'an odd year is 422');
    is(ask('min_date=2025-01-01')->{status}, 400,
        'without a period or an indexed filter it is 400');
    is(ask(join '&', map { sprintf 'committee_id=C%08d', $_ } 1 .. 11)->{status}, 422,
        'more than ten committees are 422');
    my $later = start_api($folder, today => ($next - 1) . '-01-01');
    is(ask("two_year_transaction_period=$next", api => $later)->{status}, 200,
        'a cycle begins on 1 January');
    stop_api($later);
};

subtest 'pages from a cache' => sub {
    rows_are(map { {sub_id => 4000000000000000000 + $_} } 1, 2);
    my $count = sub { my $data = ask($_[0] // $ascending)->{data};
        return scalar(@{$data->{results}}) . " of $data->{pagination}{count}" };
    is($count->(), '2 of 2', 'a page is asked for');
    rows_are(map { {sub_id => 4000000000000000000 + $_} } 1, 2, 3);
    is($count->(), '3 of 3', 'later it is another one');
    rows_are(map { {sub_id => 4000000000000000000 + $_} } 2, 3, 4, 5);
    api_behave($api, '1 stale');
    is($count->(), '3 of 3', 'but a cache has it as it was before the last change, with its count');
    is($count->(), '4 of 4', 'which is over some time');
    my $header = ask($ascending)->{headers};
    my $minute = int(time / 60) % 1440;
    if ($minute > 13 * 60 && $minute < 23 * 60 + 30) {
        like($header->{expires} // '', qr/ 23:30:00 GMT$/, 'schedules expire at 23:30 UTC');
    } else {
        is($header->{'cache-control'} // '', 'public, max-age=3600', 'pages are good for an hour');
    }
    is(ask('cycle=2026', path => 'committees/')->{headers}{'cache-control'}, 'public, max-age=3600',
        'so are the masters');
    api_behave($api);
};

subtest 'faults' => sub {
    api_behave($api, '1 status 504', '2 status 500', '3 status 403', '4 status 429',
        '5 status 502', '6 status 400');
    my @responses = map { ask($ascending) } 1 .. 6;
    is_deeply([map { $_->{status} } @responses], [504, 500, 403, 429, 502, 400], 'by their status');
    is_deeply($responses[0]{data}, {status => 504, message => 'Query timed out'},
        'a statement that takes too long is JSON');
    like($responses[$_]{content}, qr/<html>/, "$responses[$_]{status} is a page of HTML")
        for 1, 2, 4;
    is_deeply([$responses[3]{data}{error}{code}, $responses[3]{headers}{'retry-after'}],
        ['OVER_RATE_LIMIT', undef], '429 need not say when to come again');
    is($responses[5]{data}{status}, 400, 'a refusal is JSON');
    my $limited = start_api($folder, hour => 1, no_retry_after => 1);
    my ($first, $second) = map { ask($ascending, api => $limited) } 1, 2;
    is_deeply([$second->{status}, $second->{headers}{'retry-after'}], [429, undef],
        'a real limit need not either');
    stop_api($limited);
};

subtest 'a file with what the FEC cannot have' => sub {
    my $other = scratch();
    spew_rows("$other/schedule_a.jsonl", api_row(amendment_indicator => 'T'));
    my $server = start_api($other);
    is(ask($ascending, api => $server)->{data}{pagination}{count}, 0, 'loses the row');
    ok(!eval { api_calls($server); 1 }, 'and the server complains');
};

stop_api($api);
done_testing();
