#!/usr/bin/env perl
# api-server.t - does the stand-in for the API behave as fec-api says, so that what is tested
# against it is tested against the API?
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use ApiClient;
use Fecpipe;
use FecApi;
use JSON::PP ();
use Socket qw(SOCK_STREAM);
use IO::Socket::INET;
use Test::More;
use Time::HiRes qw(time);

my $folder = scratch();
my $json = JSON::PP->new->utf8;
my $period = 'two_year_transaction_period=2026';
my $ascending = "$period&sort=contribution_receipt_date";

# 250 rows of 25 committees: three on a day, every tenth without a date.
my @rows = map { api_row(
    sub_id => 4020120250000000000 + 7919 * $_ % 250, committee_id => sprintf('C%08d', $_ % 25),
    contribution_receipt_date => $_ % 10 == 9 ? undef : sprintf('2025-%02d-%02d', 1 + $_ / 84,
        1 + $_ % 84 / 3),
    load_date => sprintf('2025-06-%02dT0%d:00:00', 1 + $_ % 20, $_ % 2),
    receipt_type => $_ % 5 ? '15' : '24T', contribution_receipt_amount => $_ + 1000.25,
    two_year_transaction_period => $_ == 100 ? 2024 : 2026,
) } 0 .. 249;
my @mine = grep { $_->{two_year_transaction_period} == 2026 } @rows;
spew_rows("$folder/schedule_a.jsonl", @rows);
my $api = start_api($folder);

asks($api);

# Rows in the API's order.
sub in_order {
    return sort {
        ($a->{contribution_receipt_date} // '~') cmp ($b->{contribution_receipt_date} // '~')
            || $a->{sub_id} cmp $b->{sub_id}
    } @_;
}

# The numbers of the rows for which the code is true, in the API's order.
sub ids_where {
    my ($code) = @_;
    return ids(in_order(grep { $code->() } @mine));
}

subtest 'a row is a full one' => sub {
    my $row = ask("$ascending&per_page=1")->{data}{results}[0];
    cmp_ok(scalar keys %$row, '>=', 80, 'with its 80 keys');
    is($row->{committee}{committee_id}, $row->{committee_id}, 'and its committee within');
    my $line = json_of(api_row(contribution_receipt_amount => '33.50', sub_id => 42,
        file_number => '77', contributor_name => "N\x{e9}e \"X\", A\tB", memo_text => "\x{1f600}"));
    like($line, qr/"contribution_receipt_amount":33\.5,/, 'amounts are numbers');
    like($line, qr/"sub_id":"42"/, 'a record number is a text');
    like($line, qr/"file_number":77,/, 'a file number is a number');
    like($line, qr/"contributor_name":"N\\u00e9e \\"X\\", A\\tB"/, 'texts are escaped');
    like($line, qr/"memo_text":"\\ud83d\\ude00"/, 'with surrogates beyond 16 bits');
    is($json->decode($line)->{memo_text}, "\x{1f600}", 'and read back as they were');
    ok(!eval { api_row(contributor_nam => 'X') }, 'a key that there is not is refused');
};

subtest 'paging by both cursor values brings every row once, those without a date last' => sub {
    my @pages = pages("$ascending&per_page=100");
    is_deeply([map { scalar @$_ } @pages], [100, 100, 49, 0], 'sizes of the pages');
    is_deeply(ids(map { @$_ } @pages), ids(in_order(@mine)), 'the rows, in order');
    for my $size (1, 7, 83) {
        is_deeply(ids(map { @$_ } pages("$ascending&per_page=$size&is_individual=false")),
            ids_where(sub { !$_->{is_individual} }), "and with pages of $size");
    }
    my $last = ask("$ascending&per_page=100")->{data}{pagination};
    my $row = (in_order(@mine))[99];
    is_deeply($last, {count => 249, pages => 3, per_page => 100, is_count_exact => JSON::PP::true,
        last_indexes => {last_index => $row->{sub_id}, last_contribution_receipt_date =>
                substr($row->{contribution_receipt_date}, 0, 10)}}, 'what stands beside the rows');
    my $end = (in_order(@mine))[-1]{sub_id};
    my $null = ask("$ascending&sort_null_only=true&per_page=100")->{data};
    is_deeply(ids(@{$null->{results}}), ids_where(sub { !$_->{contribution_receipt_date} }),
        'sort_null_only has the rows without a date');
    is_deeply($null->{pagination}{last_indexes}, {last_index => $end,
        sort_null_only => JSON::PP::true}, 'whose cursor has no date');
    is($null->{pagination}{count}, 249, 'and the count of the whole query');
    my $empty = ask("$ascending&sort_null_only=true&last_index=$end")->{data};
    is_deeply([@{$empty->{results}}, $empty->{pagination}{last_indexes}], [undef],
        'after the last row there is an empty page');
    is(scalar @{ask($ascending)->{data}{results}}, 20, 'a page has 20 rows if nothing is said');
    is_deeply(ids(@{ask("$period&per_page=100")->{data}{results}}),
        ids((reverse in_order(@mine))[0 .. 99]), 'descending if nothing is said');
    my @down = pages("$period&sort_hide_null=true&per_page=50");
    is_deeply(ids(map { @$_ } @down),
        ids(reverse in_order(grep { $_->{contribution_receipt_date} } @mine)),
        'descending over all pages, without those that have no date');
    my $first = (in_order(@mine))[10];
    my $date = substr $first->{contribution_receipt_date}, 0, 10;
    my $twice = ask("$ascending&per_page=5&last_contribution_receipt_date=$date"
        . "&last_index=$first->{sub_id}&last_index=1")->{data};
    is($twice->{results}[0]{sub_id}, (in_order(@mine))[11]{sub_id},
        'of a cursor given twice the first one holds');
};

subtest 'filters' => sub {
    my %filter = (
        'committee_id=C00000003&committee_id=C00000004' =>
            sub { $_->{committee_id} =~ /0[34]$/ },
        'min_date=2025-02-03' => sub { ($_->{contribution_receipt_date} // '') ge '2025-02-03' },
        'max_date=02/03/2025' =>
            sub { ($_->{contribution_receipt_date} // '~') le '2025-02-03T00:00:00' },
        'min_date=2025-01-05&max_date=2025-01-05' =>
            sub { ($_->{contribution_receipt_date} // '') =~ /^2025-01-05/ },
        'min_load_date=2025-06-10' => sub { $_->{load_date} ge '2025-06-10' },
        'max_load_date=2025-06-10' => sub { $_->{load_date} le '2025-06-10T00:00:00' },
        'is_individual=true' => sub { $_->{is_individual} },
        'sort_hide_null=true' => sub { defined $_->{contribution_receipt_date} },
        'committee_id=C00000003&min_date=2025-02-01&min_load_date=2025-06-05&is_individual=1' =>
            sub { $_->{committee_id} eq 'C00000003' && $_->{is_individual}
                && ($_->{contribution_receipt_date} // '') ge '2025-02-01'
                && $_->{load_date} ge '2025-06-05' },
        'committee_id=C00099999' => sub { 0 },
    );
    for my $query (sort keys %filter) {
        my $wanted = ids_where($filter{$query});
        my @pages = pages("$ascending&per_page=60&$query");
        is_deeply(ids(map { @$_ } @pages), $wanted, "$query: " . @$wanted . ' rows');
    }
    is(ask('committee_id=C00000000')->{data}{pagination}{count}, 10,
        'a committee may be asked for without a period');
    is(ask("$period&per_page=1&color=red")->{status}, 200, 'what it does not know is passed over');
};

subtest 'arguments that the API refuses' => sub {
    my $eleven = join '&', map { "committee_id=C0000000$_" } 0 .. 9, 0;
    my %refused = (
        '' => [400, qr/two_year_transaction_period/],
        "$period&two_year_transaction_period=2024" => [400, qr/single/],
        $eleven => [422, qr/^Can only specify up to 10 values for `committee_id`$/],
        'committee_id=C1' => [422, qr/^Invalid committee_id/],
        'committee_id=C00000001,C00000002' => [422, qr/^Invalid committee_id/],
        "$period&last_index=5" => [422, qr/both values/],
        "$period&last_index=five&sort_null_only=true" => [422, {last_index => 'integer'}],
        "$period&per_page=101" => [422, qr/between 1 and 100/],
        "$period&per_page=0" => [422, qr/greater than zero/],
        "$period&per_page=many" => [422, {per_page => 'integer'}],
        "$period&is_individual=perhaps" => [422, {is_individual => 'boolean'}],
        "$period&min_date=2025-02-30" => [422, qr/^Invalid date/],
        "$period&min_load_date=yesterday" => [422, qr/^Invalid date/],
        "$period&last_index=5&last_contribution_receipt_date=x" => [422, qr/^Invalid date/],
        "$period&sort=contributor_name" => [422, qr/^Cannot sort on value "contributor_name"/],
        'two_year_transaction_period=2025' => [422, qr/even year/],
        'two_year_transaction_period=1974' => [404, qr/not found/],
        'two_year_transaction_period=2098' => [404, qr/not found/],
    );
    for my $query (sort keys %refused) {
        my ($status, $message) = @{$refused{$query}};
        my $answer = ask($query);
        is($answer->{status}, $status, "'$query' is refused with $status");
        is($answer->{data}{status}, $status, 'which stands in the answer');
        if (ref $message eq 'HASH') {
            my ($name, $kind) = %$message;
            is_deeply($answer->{data}{message}, {query => {$name => ["Not a valid $kind."]}},
                'with a message for the parameter');
        } else {
            like($answer->{data}{message}, $message, 'with a message');
        }
    }
    is(ask($period, path => 'schedules/schedule_z/')->{status}, 404, 'there is no schedule Z');
    is(ask($period, method => 'POST')->{status}, 405, 'nothing can be posted');
};

subtest 'masters are paged by number' => sub {
    my @committees = map { committee_row(committee_id => sprintf('C%08d', $_),
        name => sprintf('PAC %03d', 7 * $_ % 130), cycles => $_ % 2 ? [2024] : [2024, 2026],
        first_file_date => sprintf('2025-01-%02d', 1 + $_ % 28),
        last_file_date => $_ % 3 ? '2025-03-01' : '2025-05-01', state => $_ % 4 ? 'IL' : 'NY')
    } 0 .. 129;
    spew_rows("$folder/committees.jsonl", @committees);
    my $ask = sub { ask($_[0], path => $_[1] // 'committees/')->{data} };
    my $all = $ask->('cycle=2024&per_page=100');
    is_deeply($all->{pagination}, {count => 130, page => 1, pages => 2, per_page => 100,
        is_count_exact => JSON::PP::true}, 'what stands beside the first page');
    my $more = $ask->('cycle=2024&per_page=100&page=2');
    is_deeply([map { $_->{name} } @{$all->{results}}, @{$more->{results}}],
        [map { sprintf 'PAC %03d', $_ } 0 .. 129], 'all of them, in order of their names');
    is_deeply($ask->('cycle=2024&per_page=100&page=3')->{results}, [], 'then an empty page');
    is($ask->('cycle=2026')->{pagination}{count}, 65, 'of a cycle');
    is($ask->('cycle=2026&state=ny')->{pagination}{count}, 33, 'and a state');
    is($ask->('min_last_file_date=2025-04-01')->{pagination}{count}, 44, 'that filed lately');
    is($ask->('min_first_file_date=2025-01-28')->{pagination}{count}, 4, 'that are new');
    is(ask('page=0', path => 'committees/')->{status}, 422, 'there is no page 0');
    spew_rows("$folder/candidates.jsonl", map { candidate_row(candidate_id => "H6IL0000$_",
        first_file_date => "2025-01-0$_", name => "ROE, $_", principal_committees => [
            committee_row(name => 'A', first_file_date => '2027-01-01', cycles => [2030])
        ]) } 1 .. 5);
    is_deeply([map { $_->{name} } @{$ask->('cycle=2026&min_first_file_date=2025-01-03',
        'candidates/')->{results}}], ['ROE, 3', 'ROE, 4', 'ROE, 5'], 'candidates, too');
    is($ask->('cycle=2030', 'candidates/')->{pagination}{count}, 0,
        'whose committees are not taken for them');
};

subtest 'a file that changes is read again' => sub {
    my $root = scratch();
    my $other = start_api($root);
    is(ask($period, api => $other)->{data}{pagination}{count}, 0, 'no file, no rows');
    spew_rows("$root/schedule_a.jsonl", $rows[0]);
    is(ask($period, api => $other)->{data}{pagination}{count}, 1, 'a file');
    spew_rows("$root/schedule_a.jsonl", @rows[0, 1]);
    is(ask($period, api => $other)->{data}{pagination}{count}, 2, 'another one');
    spew_rows("$root/more", @rows[0 .. 2]);
    api_behave($other, '2 swap more');
    is_deeply([map { ask($period, api => $other)->{data}{pagination}{count} } 1 .. 3], [2, 3, 3],
        'one that a rule puts there');
    stop_api($other);
};

subtest 'counts that are estimated, pages that are small' => sub {
    my $other = start_api($folder, exact_up_to => 248, page_size => 3);
    my $page = ask("$ascending&per_page=100", api => $other)->{data};
    is_deeply([scalar @{$page->{results}}, @{$page->{pagination}}{qw(count per_page pages)}],
        [3, 224, 3, 75], 'a count too low and a page of three');
    ok(!$page->{pagination}{is_count_exact}, 'which is said to be no exact count');
    my $some = ask("$ascending&is_individual=false", api => $other)->{data}{pagination};
    is_deeply([@{$some}{qw(count is_count_exact)}], [49, JSON::PP::true],
        'a count that is not above the limit is exact');
    api_behave($other, '1 estimate 130');
    $some = ask("$ascending&is_individual=false", api => $other)->{data}{pagination};
    is_deeply([@{$some}{qw(count is_count_exact)}], [63, JSON::PP::false],
        'a rule makes an estimate of it, too high if it says so');
    stop_api($other);
};

subtest 'the key' => sub {
    my $other = start_api($folder, key => 'sesame');
    is(ask($period, api => $other, key => 'sesame')->{status}, 200, 'the right one');
    for ([undef, 'API_KEY_MISSING'], ['simsim', 'API_KEY_INVALID']) {
        my ($key, $code) = @$_;
        my $answer = ask($period, api => $other, key => $key);
        is("$answer->{status} $answer->{data}{error}{code}", "403 $code", $code);
    }
    is(ask("$period&api_key=sesame", api => $other, key => undef)->{status}, 200, 'in the query');
    is_deeply([map { "$_->{status} $_->{key}" } api_calls($other)],
        ['200 yes', '403 no', '403 wrong', '200 yes'], 'and what the log says of it');
    unlike(slurp($other->{log}), qr/sesame|simsim/, 'which is not the key');
    is(ask($period, key => 'any')->{status}, 200, 'any key will do if none was set');
    is(ask($period, key => undef)->{status}, 403, 'but it must be there');
    stop_api($other);
};

subtest 'limits' => sub {
    my $other = start_api($folder, hour => 3, hour_seconds => 2);
    my @answers = map { ask("$period&per_page=1", api => $other) } 1 .. 4;
    is_deeply([map { $_->{status} } @answers], [200, 200, 200, 429], 'three calls and no more');
    is_deeply([map { $_->{headers}{'x-ratelimit-remaining'} } @answers], [2, 1, 0, 0],
        'as is said');
    is($answers[0]{headers}{'x-ratelimit-limit'}, 3, 'with the limit');
    is($answers[3]{data}{error}{code}, 'OVER_RATE_LIMIT', 'the code');
    like($answers[3]{headers}{'retry-after'}, qr/^[12]$/, 'and when to come again');
    ok(wait_until(sub { ask($period, api => $other)->{status} == 200 }, 10), 'when it answers');
    stop_api($other);
    $other = start_api($folder, hour => 100, minute => 2);
    is_deeply([map { ask($period, api => $other)->{status} } 1 .. 3], [200, 200, 429],
        'a minute has a limit of its own');
    stop_api($other);
    is(ask($period)->{headers}{'x-ratelimit-limit'}, undef, 'without a limit none is said');
};

# Sends a request and returns all that comes until the end, or until the seconds are over.
sub raw {
    my ($seconds) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $api->{port},
        Type => SOCK_STREAM) or die "connect: $@";
    print $socket "GET /v1/schedules/schedule_a/?$period HTTP/1.1\r\nX-Api-Key: k\r\n\r\n";
    my ($all, $end) = ('', time + $seconds);
    my $select = IO::Select->new($socket);
    while ((my $left = $end - time) > 0) {
        next if !$select->can_read($left);
        my $n = sysread($socket, $all, 65536, length $all);
        return ($all, defined $n ? 'closed' : 'reset') if !$n;
    }
    return ($all, 'open');
}

subtest 'misbehaviour' => sub {
    my $one = "$ascending&per_page=2";
    my $right = ask($one)->{content};
    my $first = sub { api_behave($api, "1 $_[0]"); return ask($one, timeout => 2) };
    my $answer = $first->('status 422');
    is("$answer->{status} $answer->{data}{status}", '422 422', 'an error');
    is(ask($one)->{content}, $right, 'and the next call is right');
    $answer = $first->('status 502');
    is($answer->{status}, 502, 'one of the gateway');
    like($answer->{content}, qr/<html>/, 'which is HTML');
    $answer = $first->('status 429 retry-after=7');
    is("$answer->{status} $answer->{headers}{'retry-after'} $answer->{data}{error}{code}",
        '429 7 OVER_RATE_LIMIT', 'over the limit');
    $answer = $first->('html');
    is($answer->{status}, 200, 'HTML, as if nothing were');
    like($answer->{content}, qr/<html>/, 'HTML it is');
    $answer = $first->('empty-body');
    is("$answer->{status} '$answer->{content}'", "200 ''", 'nothing, as if it were something');
    $answer = $first->('wrong-json');
    ok($answer->{status} == 200 && !$answer->{data} && index($right, $answer->{content}) == 0,
        'half of the answer, as if it were all');
    $answer = $first->('not-object');
    is_deeply($answer->{data}, [1, 2, 3], 'an array');
    $answer = $first->('body {"results": []}');
    is_deeply($answer->{data}, {results => []}, 'any text');
    $answer = $first->('redirect http://127.0.0.1:9');
    is("$answer->{status} $answer->{headers}{location}",
        "302 http://127.0.0.1:9/v1/schedules/schedule_a/?$one", 'elsewhere');
    $answer = $first->('remaining 5');
    is("$answer->{status} $answer->{headers}{'x-ratelimit-remaining'}", '200 5', 'few calls left');

    # HTTP::Tiny asks once more by itself.
    for (['cut 100', 'a body that ends early'], ['refuse', 'no answer']) {
        api_behave($api, "* $_->[0]");
        is(ask($one)->{status}, 599, $_->[1]);
    }
    api_behave($api, '* reset');
    is_deeply([raw(5)], ['', 'reset'], 'a reset');
    api_behave($api, '* reset 50');
    my ($all, $how) = raw(5);
    like($all, qr/\r\n\r\n.{50}\z/s, 'a reset after some bytes');
    is($how, 'reset', 'which it is');
    api_behave($api, '1 stall 60', '2 slow 100000', '2 cut 30000');
    ($all, $how) = raw(0.3);
    like($all, qr/\r\n\r\n.{60}\z/s, 'a body that stops');
    is($how, 'open', 'and keeps the connection');
    my $begun = time;
    ($all, $how) = raw(20);
    cmp_ok(time - $begun, '>=', 0.2, 'a slow body');
    like($all, qr/\r\n\r\n.{30000}\z/s, 'that is cut, too');

    api_behave($api, '3 repeat');
    my @pages = pages("$ascending&per_page=100");
    is_deeply([map { scalar @$_ } @pages], [100, 100, 100, 49, 0], 'a page that comes again');
    is_deeply(ids(@{$pages[2]}), ids(@{$pages[1]}), 'is the one before');
    api_behave($api, '2-3 status 500', '1 status 503 path=committees', '5- status 504');
    is_deeply([map { ask($one)->{status} } 1 .. 3], [200, 500, 500], 'only some calls');
    is_deeply([map { ask('cycle=2026', path => 'committees/')->{status} } 1 .. 2], [503, 504],
        'only some paths');
    api_behave($api);
    is(ask($one)->{content}, $right, 'and without rules all is well');
};

subtest 'a slow or stalled response keeps nobody waiting' => sub {
    api_behave($api, '1 stall 10', '2 slow 50');
    my $ask = "GET /v1/schedules/schedule_a/?$period HTTP/1.1\r\nX-Api-Key: k\r\n\r\n";
    my @waiting = map { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $api->{port}) }
        1, 2;
    my $before = api_calls($api);
    print $_ $ask for @waiting;
    ok(wait_until(sub { api_calls($api) == $before + 2 }), 'two are being answered');
    my $begun = time;
    is(ask("$period&per_page=1")->{status}, 200, 'a third one is') for 1 .. 20;
    cmp_ok(time - $begun, '<', 5, 'answered at once');
    close $_ for @waiting;
    api_behave($api);
};

subtest 'the log' => sub {
    my $before = api_calls($api);
    ask("$period&committee_id=C00000001&committee_id=C00000002&per_page=3");
    api_behave($api, '1 slow 1000000', '1 status 500');
    ask($period);
    api_behave($api);
    my ($good, $bad) = api_calls($api, $before);
    is_deeply([@{$good}{qw(sequence method path status rows action key)}],
        [$before + 1, 'GET', '/v1/schedules/schedule_a/', 200, 3, '-', 'yes'], 'a good call');
    is_deeply($good->{argument}{committee_id}, ['C00000001', 'C00000002'], 'and its parameters');
    is("$bad->{status} $bad->{rows} $bad->{action}", '500 0 slow+status', 'a bad one');
};

subtest 'the same row in the bulk files' => sub {
    my $row = api_row(sub_id => 4020120251000000001, committee_id => 'C00000007',
        contributor_name => 'ROE, JANE', contributor_employer => "CAF\xc3\x89 " . 'X' x 50,
        contributor_occupation => undef, contribution_receipt_date => '2025-03-09',
        contribution_receipt_amount => '-33.99', election_type => undef, receipt_type => undef,
        fec_election_type_desc => 'GENERAL', fec_election_year => '2026', memo_text => 'A|B',
        transaction_id => 'T1', image_number => '202503090000000001', file_number => 12);
    is(bulk_line($row), join('|', qw(C00000007 N Q1 G2026 202503090000000001), '', 'IND',
        'ROE, JANE', 'SPRINGFIELD', 'IL', '627010001', "CAF\xc3\x89 " . 'X' x 33, '', '03092025',
        '-33', '', 'T1', '12', '', 'A B', "4020120251000000001\n"), 'a contribution');
    is(bulk_line(api_row(contribution_receipt_amount => '-0.50', contribution_receipt_date => undef,
        sub_id => 1, transaction_id => 'T', image_number => 2)),
        'C00000001|N|Q1|P2026|2|15|IND|ROE, JANE|SPRINGFIELD|IL|627010001|ACME CORP|WELDER||0||T|'
        . "1850001|||1\n", 'one without a date');
    is(cm_line(committee_row(candidate_ids => ['H6IL00001'], party => 'IND'), street_1 => 'X'),
        'C00000001|SPRINGFIELD FORWARD|DOE, JOHN|X||SPRINGFIELD|IL|62701|P|H|IND|Q|||H6IL00001'
        . "\n", 'a committee');
    is(cn_line(candidate_row(principal_committees => [committee_row()]), address_state => 'MO'),
        'H6IL00001|ROE, RICHARD|IND|2026|IL|H|13|C|C|C00000001|1 MAIN ST||SPRINGFIELD|MO|62701'
        . "\n", 'a candidate');
};

stop_api($api);
done_testing();
