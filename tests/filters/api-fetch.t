#!/usr/bin/env perl
# api-fetch.t - fec-fetch api and fec-fetch quota, on good days and bad, against servers/fec-api.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use FecApi;
use Fecpipe;
use File::Path qw(make_path);
use Test::More;
use Time::HiRes qw(time);

my $dir = scratch();
my $fetch = program('fec-fetch');
my $key = 'Kp3sUn1qUeSeCrEt0fTheApi';

my $sanitized = $ENV{FEC_SANITIZED};
# Nothing of the user's own settings reaches the program. Where the request rate is
# not the matter, it has no limit.
delete @ENV{grep { /^(?:FEC_(?!BIN|REAL)|CURL_|SSL_|XDG_)|_proxy$|_PROXY$/ } keys %ENV};
@ENV{qw(FEC_RETRY_DELAY_MS FEC_API_CALLS_PER_HOUR FEC_API_KEY)} = (10, 0, $key);

# --- Rows and the server

# The amounts have cents; the last rows have no date.
sub rows_of {
    my ($count, $undated, %more) = @_;
    return map {
        my $day = sprintf '2025-01-%02d', 1 + $_ * 28 / $count;
        api_row(sub_id => 4010000000000000000 + $_, contribution_receipt_amount => $_ + 0.56,
            contribution_receipt_date => $_ < $count - $undated ? $day : undef, %more)
    } 0 .. $count - 1;
}

my $root = "$dir/root";
mkdir $root or die "$root: $!";
my $all = slurp(spew_rows("$root/schedule_a.jsonl", rows_of(250, 20)));
my $api = start_api($root, key => $key, count => 'exact');
my $estimating = start_api($root, key => $key, count => 'estimate');

my ($stats_file, $homes) = ("$dir/stats", 0);
sub new_folder { return "$dir/home" . ++$homes }
$ENV{FEC_HOME} = new_folder();

# The environment for a server.
sub env_of { my ($server, %more) = @_; return {FEC_API_URL => $server->{url}, %more} }

# Runs `fec-fetch api` with arguments. Options are those of run, and api => server.
my $before = 0;
my $asked;
sub fetch {
    my ($arguments, %option) = @_;
    my $server = $asked = delete $option{api} // $api;
    unlink $stats_file;
    $before = api_calls($server);
    my $result = run([$fetch, '--stats', $stats_file, 'api', @$arguments],
        %option, env => env_of($server, %{$option{env} // {}}));
    $result->{stats} = -e $stats_file ? stats_of($stats_file) : {};
    return $result;
}

# The calls of the last fetch.
sub calls { return api_calls($asked, $before) }

# True if all of the rows have come, with that number of calls.
sub is_whole {
    my ($result, $calls, $name, $expected) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $made = () = calls();
    my $good = $result->{status} == 0 && $result->{signal} == 0
        && $result->{out} eq ($expected // $all) && (!defined $calls || $made == $calls);
    ok($good, $name) or diag("status $result->{status}, signal $result->{signal}, ",
        length $result->{out}, " bytes, $made calls; $result->{err}");
}

sub is_refused {
    my ($result, $status, $message, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    ok($result->{status} == $status && $result->{err} =~ $message, $name)
        or diag("status $result->{status}; $result->{err}");
}

# The values of an argument over the last calls, as text.
sub arguments { my ($name) = @_; return map { "@{$_->{argument}{$name} // []}" } calls() }

my @itemized = qw(schedule_a --cycle 2026);
my $r;

# --- Good days: schedule_a

$r = fetch([@itemized]);
is_whole($r, 3, '250 rows cost three calls where the server counts exactly');
is($r->{err}, '', 'and no word');
is_deeply([@{$r->{stats}}{qw(url calls retries pages rows bytes expected_calls expected_seconds
        complete quota_limit quota_left)}],
    ["$api->{url}/schedules/schedule_a/", 3, 0, 3, 250, length $all, 0, 0, 1, 0, ''],
    'the stats say what was read');
is_deeply([arguments('per_page')], [100, 100, 100], 'a hundred rows a page');
is_deeply([arguments('sort')], [('contribution_receipt_date') x 3], 'ascending by date');
is_deeply([arguments('last_index')], ['', 4010000000000000099, 4010000000000000199],
    'each page is asked for after the last record number');
like((arguments('last_contribution_receipt_date'))[1], qr/^2025-01-\d\d$/, 'and date');
is_whole(fetch([@itemized], api => $estimating), 4,
    'where it estimates, four: the empty page without dates is the end');
my $from_12th = join '', grep { /"contribution_receipt_date":"([\d-]{10})/ && $1 ge '2025-01-12' }
    split /^/m, $all;
is_whole(fetch([@itemized, qw(--min-date 2025-01-12)], api => $estimating), 3,
    'rows from a date on have none without one, so they are not asked for', $from_12th);

my $dated_root = "$dir/dated";
mkdir $dated_root or die "$dated_root: $!";
my $dated = slurp(spew_rows("$dated_root/schedule_a.jsonl", rows_of(250, 0)));
my $dated_api = start_api($dated_root, count => 'estimate');
is_whole(fetch([@itemized], api => $dated_api), 5,
    '250 rows that all have a date cost five calls where it estimates', $dated);
is((arguments('sort_null_only'))[4], 'true', 'the last one asks for rows without a date');
is_whole(fetch([@itemized, qw(--min-date 2025-01-01)], api => $dated_api), 4,
    'four where a date is asked for', $dated);
stop_api($dated_api);
my $small = start_api($root, page_size => 30);
is_whole(fetch([@itemized], api => $small), 9, 'a server that gives smaller pages is read as well');
stop_api($small);

$r = fetch([@itemized, qw(--min-date 2031-02-03)]);
is_whole($r, 1, 'no rows are no rows, and one call', '');
fetch([@itemized, qw(--min-date 2024-02-29 --min-load-date 2024-03-01 --is-individual)]);
is_deeply([map { (arguments($_))[0] } qw(two_year_transaction_period min_date min_load_date
            is_individual)], [2026, '2024-02-29', '2024-03-01', 'true'],
    'the options are the parameters of the API');
fetch([@itemized, qw(--min-load-date 2025-01-01)], api => $api,
    env => {FEC_API_URL => "$api->{url}///"});
is((calls())[0]{path}, '/v1/schedules/schedule_a/', 'slashes at the end of FEC_API_URL do no harm');

# --- Committees

my $many = "$dir/many";
mkdir $many or die "$many: $!";
my @ids = map { sprintf 'C%08d', $_ } 1 .. 25;
my @by_committee = map { rows_of(4, 1, committee_id => $_) } @ids;
my $number = 0;
$_->{sub_id} = 4020000000000000000 + $number++ for @by_committee;
spew_rows("$many/schedule_a.jsonl", @by_committee);
my $of_many = start_api($many);
sub sorted { return join '', sort split /^/m, $_[0] }

$r = fetch([@itemized, map { ('--committee', $_) } join(',', @ids[0 .. 11]), @ids[12 .. 24]],
    api => $of_many);
is(sorted($r->{out}), sorted(slurp("$many/schedule_a.jsonl")), 'rows of 25 committees come, once');
is_deeply([arguments('committee_id')], ["@ids[0 .. 9]", "@ids[10 .. 19]", "@ids[20 .. 24]"],
    'ten committees a call, in their order');
spew("$dir/list", "$ids[3]\t2025-01-08\n$ids[1]\t2025-01-02\r\n\n$ids[2]\n$ids[0]\n"
    . join '', map { "$_\t2025-01-15\n" } @ids[4 .. 15]);
$r = fetch([@itemized, '--committees', "$dir/list"], api => $of_many);
is_deeply([arguments('committee_id')],
    ["@ids[3, 1]", "@ids[2, 0]", "@ids[4 .. 13]", "@ids[14, 15]"],
    'a file of committees is read in its order; those without a date are a group of their own');
is_deeply([arguments('min_date')], ['2025-01-02', '', '2025-01-15', '2025-01-15'],
    'a call asks from the earliest date of its committees on');
fetch([@itemized, '--min-date', '2025-01-07', '--committees', "$dir/list"], api => $of_many);
is((arguments('min_date'))[1], '2025-01-07', '--min-date is that of committees without one');
is_refused(fetch([@itemized, '--committees', spew("$dir/bad", $_->[0])]), 65, $_->[1] // qr/empty/,
    $_->[0] eq '' ? 'an empty list of committees is an error, not all of them'
    : "a bad list of committees is an error: " . $_->[0] =~ s/\s/ /gr)
    for [''], ["C00000001\nP0000001\n", qr/line 2/], ["C00000001\t2025-02-30\n", qr/line 1/],
    ["C00000001\nC00000002\nC00000001\n", qr/C00000001 is named twice/];
is_refused(fetch([@itemized, '--committees', "$dir/none"]), 66, qr{\Q$dir/none\E},
    'a list that is not there is 66');

# --- Masters

spew_rows("$root/committees.jsonl", map { committee_row(committee_id => sprintf('C%08d', $_),
            name => sprintf('COMMITTEE %04d', $_)) } 1 .. 250);
spew_rows("$root/candidates.jsonl", map { candidate_row(candidate_id => sprintf('H%08d', $_),
            name => sprintf('CANDIDATE %04d', $_)) } 1 .. 200);
$r = fetch([qw(committees --cycle 2026)]);
is_whole($r, 3, '250 committees cost three calls', slurp("$root/committees.jsonl"));
is_deeply([arguments('page')], [1, 2, 3], 'they are paged by number');
is_whole(fetch([qw(candidates --cycle 2026)]), 2, '200 candidates cost two',
    slurp("$root/candidates.jsonl"));
is_whole(fetch([qw(candidates --cycle 2026)], api => $estimating), 3,
    'a count that is an estimate ends nothing', slurp("$root/candidates.jsonl"));
fetch([qw(committees --cycle 2026 --min-first-file-date 2025-01-01
        --min-last-file-date 2025-02-01)]);
is_deeply([map { (arguments($_))[0] } qw(cycle min_first_file_date min_last_file_date)],
    [2026, '2025-01-01', '2025-02-01'], 'they can be asked for by the dates of their filings');

# --- Rows as they were filed

sub page_of {
    my ($rows) = @_;
    return '{"pagination":{"count":1,"is_count_exact":true,"last_indexes":null},"results":['
        . "$rows]}";
}
my $odd = '{"z":1234.56,"a":0.1,"cents":-999999999999.99,"id":9223372036854775807,'
    . '"nul":"a\\u0000b","nested":{"y":[1,2,{"x":null}],"b":true},'
    . '"line":"a\\nb\\tc","text":"ROE, JOSÉ \\"JO\\""}';
api_behave($api, '1 body ' . page_of($odd));
is_whole(fetch([@itemized]), 1, 'numbers, order of keys, NUL and texts come as they are', "$odd\n");
api_behave($api, '1 body ' . page_of(' { "b" : 1 ,"a":[ ] } '));
is_whole(fetch([@itemized]), 1, 'a row is a line', qq({"b":1,"a":[]}\n));

# --- Bad days

# Each is one call more than on good days, and the same rows.
my %bad = (
    '500' => ['status 500', qr/status 500; retry 1 of 5/],
    '504 with JSON' => ['status 504', qr/status 504: Query timed out/],
    '503 with Retry-After' => ['status 503 retry-after=1', qr/status 503; retry 1 of 5 in 1\.0 s/],
    '502 with HTML' => ['status 502', qr/status 502; retry 1 of 5/],
    'HTML with 200' => ['html', qr/an HTML page/],
    'an empty body' => ['empty-body', qr/malformed JSON at byte 0 of 0/],
    'a cut body' => ['cut 1000', qr/retry 1 of 5/],
    'a body cut by a reset' => ['reset 5000', qr/retry 1 of 5/],
    'half of the JSON' => ['wrong-json', qr/malformed JSON at byte \d+ of \d+: /],
    'an array in place of an object' => ['not-object', qr/not a JSON object/],
    'invalid UTF-8' => ["body " . page_of("{\"a\":\"\xff\"}"), qr/malformed JSON at byte \d+/],
    'a number that is too large' => ['body ' . page_of('{"a":92233720368547758070}'),
        qr/malformed JSON/],
    'no results' => ['body {"pagination":{}}', qr/no array 'results'/],
    'no pagination' => ['body {"results":[]}', qr/no object 'pagination'/],
    'a row that is not an object' =>
        ['body ' . page_of('{},7'), qr/row 2 of the response is not an object/],
    'last_indexes that lead nowhere' => ['body {"pagination":{"last_indexes":{"last_index":"9"}},'
            . '"results":[{}]}', qr/does not say where/],
    'no last_indexes' => ['body {"pagination":{"count":5000,"is_count_exact":true},"results":[{}]}',
        qr/without last_indexes/],
    'too much for the memory' => ['body {"pagination":{},"results":[' . '[],' x 300000 . '0]}',
        qr/needs more than \d+ MB/],
    'a repeated page' => ['repeat', qr/read before, it ends at record 4010000000000000099/],
);
for my $name (sort keys %bad) {
    my ($rule, $message) = @{$bad{$name}};
    api_behave($api, "2 $rule");
    $r = fetch([@itemized]);
    is_whole($r, 4, "$name is asked for again");
    like($r->{err}, $message, 'and said');
    is(scalar(split /\n/, $r->{err}), 1, 'in one line');
    is($r->{stats}{retries}, 1, 'and counted');
}
for my $rule ('refuse', 'reset') {
    api_behave($api, "1 $rule");
    $r = fetch([@itemized]);
    is_whole($r, 4, "a connection that ends without an answer ($rule) is made again");
    like($r->{err}, qr/retry 1 of 5/, 'and that is said');
}
api_behave($api, '2 status 429 retry-after=1');
my $start = time;
$r = fetch([@itemized]);
is_whole($r, 4, 'a busy server (429) is asked again');
ok(time - $start >= 0.95, 'after the time that it asks for');
like($r->{err}, qr/status 429: OVER_RATE_LIMIT: You have exceeded.*retry 1 of 5 in 1\.0 s/,
    'which is said, with its own message');
api_behave($api, '2 stall 3000');
is_whole(fetch([@itemized], env => {FEC_STALL_SECONDS => 1}), 4,
    'an answer that stalls is asked for again');
api_behave($api, '2 slow 2000');
$r = fetch([@itemized], env => {FEC_STALL_SECONDS => 1});
is_whole($r, 4, 'so is one that drips');
like($r->{err}, qr/not complete after 5 s/, 'after five times the time of a stall');
api_behave($api, '1-4 status 500', '5-8 wrong-json', '9- status 502');
$r = fetch([@itemized, qw(--retries 9)]);
is_refused($r, 69, qr/status 502; given up after 9 retries/, 'retries have an end');
is($r->{out}, '', 'and nothing was written');
api_behave($api, '1-2 status 500', '4-5 status 500', '7-8 status 500');
is_whole(fetch([@itemized, qw(--retries 2)]), 9, 'counting starts again after a good page');
api_behave($api, '1 status 429 retry-after=5000');
my $left_alone = new_folder();
is_refused(fetch([@itemized], env => {FEC_HOME => $left_alone}), 75, qr/wait for 1 h 23 min/,
    'a server that wants a wait of more than an hour is left alone: 75');
is(scalar(calls()), 1, 'at once');

# Rows that change while they are paged: what is asked for by keyset is neither lost nor repeated.
my @changing = rows_of(250, 0);
my @later = @changing[0 .. 19, 40 .. 249];
push @later, api_row(sub_id => 4019999999999999999, contribution_receipt_date => '2025-01-31');
mkdir "$dir/changing" or die $!;
my $was = slurp(spew_rows("$dir/changing/schedule_a.jsonl", @changing));
my $is = slurp(spew_rows("$dir/changing/later", @later));
my $changing = start_api("$dir/changing");
api_behave($changing, '2 swap later');
is_whole(fetch([@itemized], api => $changing), 3,
    'rows that go and come while they are paged make no row missing and none twice',
    $was . (split /^/m, $is)[-1]);
stop_api($changing);

# --- What does not get better by asking again

for (
    ['status 400', 69, qr/status 400: It went wrong with 400\./, 'a 4xx ends at once'],
    ['status 404', 66, qr/status 404: It went wrong/, 'what is not there is 66'],
    ['html 403', 69, qr/status 403\n/, 'a page of HTML is not shown'],
    ['status 422', 69, qr{\Q$api->{url}\E/schedules/schedule_a/\?two_year.*status 422},
        'the message names the URL'],
) {
    my ($rule, $status, $message, $name) = @$_;
    api_behave($api, "1 $rule");
    $r = fetch([@itemized]);
    is_refused($r, $status, $message, $name);
    is(scalar(calls()), 1, 'and is not asked again');
}
api_behave($api, '1 body ' . page_of('{}'));
$r = fetch([@itemized, '--committee', 'C00000001'], env => {FEC_API_KEY => 'another'});
is($r->{out}, "{}\n", 'the next one is');

# --- The key

api_behave($api);
my %without = (FEC_API_KEY => undef);
$r = fetch([@itemized], env => {%without});
is_refused($r, 78, qr{https://api\.open\.fec\.gov/developers/.*DEMO_KEY.*40 calls},
    'without a key it is said where to get one');
is(scalar(calls()), 0, 'and nothing is asked');
$r = fetch([@itemized], env => {FEC_API_KEY => 'wrongKeyButAKey'});
is_refused($r, 78, qr/status 403: API_KEY_INVALID: An invalid/, 'a key that is refused is 78');
unlike($r->{err}, qr/wrongKeyButAKey/, 'and not shown');
my $key_file = spew("$dir/key", "  $key \r\nsecond line\n");
chmod 0600, $key_file;
$r = fetch([@itemized], env => {%without, FEC_API_KEY_FILE => $key_file});
is_whole($r, 3, 'a key file is its first line without blanks');
is($r->{err}, '', 'one that only its owner can read is fine');
chmod 0640, $key_file;
$r = fetch([@itemized], env => {%without, FEC_API_KEY_FILE => $key_file});
is_whole($r, 3, 'one that others can read works');
like($r->{err}, qr/\Q$key_file\E: others can read the key/, 'with a warning');
is_whole(fetch([@itemized], env => {FEC_API_KEY_FILE => "$dir/none"}), 3,
    'FEC_API_KEY comes before FEC_API_KEY_FILE');
for (['', 'an empty one'], ["\n$key\n", 'one with an empty first line'], ["$key more\n", 'a blank'],
    ["$key\x07\n", 'a control character'], ["$key\0\n", 'a NUL'], ["$key\xe9\n", 'Latin-1'],
    [$key x 20 . "\n", 'a key that is too long']) {
    my ($text, $name) = @$_;
    spew($key_file, $text);
    $r = fetch([@itemized], env => {%without, FEC_API_KEY_FILE => $key_file});
    is_refused($r, 78, qr/FEC_API_KEY_FILE, \Q$key_file\E: .*(?:not a key|empty)/,
        "$name in a key file is 78");
    unlike($r->{err}, qr/\Q$key\E/, 'and the key is not shown');
}
is_refused(fetch([@itemized], env => {%without, FEC_API_KEY_FILE => "$dir/none"}), 78,
    qr/\Q$dir\E.none: No such file/, 'a key file that is not there is 78');
is_refused(fetch([@itemized], env => {FEC_API_KEY => "$key\r\nX-Other: 1"}), 78,
    qr/this is not a key/,
    'a key cannot smuggle in a header');

# Redirects within the server are followed, others are not, and get no key.
api_behave($api, "1 redirect /v1/schedules/schedule_a/?two_year_transaction_period=2026"
        . '&per_page=100&sort=contribution_receipt_date');
is_whole(fetch([@itemized]), 4, 'a redirect within the server is followed, with the key');
my $calls = api_calls($estimating);
(my $elsewhere = $estimating->{url}) =~ s{/v1$}{};
for my $place ($elsewhere, "http://localhost:$api->{port}", "https://127.0.0.1:$api->{port}") {
    api_behave($api, "1 redirect $place");
    is_refused(fetch([@itemized]), 69, qr/redirects to \Q$place\E.*key must not go/,
        'one that leads to another ' . ($place =~ /^https/ ? 'scheme'
            : $place =~ /localhost/ ? 'host' : 'port') . ' is not');
}
is(scalar(api_calls($estimating)), $calls, 'and nothing was asked there');

# The key in the server's own words, in everything that fails, and where a process can be looked at.
my $everything = '';
spew($key_file, "$key\n");
chmod 0600, $key_file;
for my $rule ("1 body $key", qq(1 body {"pagination":{},"results":[{"$key),
    qq(1 body {"pagination":{"last_indexes":{"$key":[]}},"results":[{}]}), '1 status 500',
    '1 status 422', '1 html', '1 refuse') {
    api_behave($api, $rule);
    my $result = run([$fetch, '--progress', '--stats', $stats_file, qw(--retries 0 --cursor),
            "$dir/secret.cursor", 'api', @itemized],
        env => env_of($api, %without, FEC_API_KEY_FILE => $key_file));
    isnt($result->{status}, 0, 'a failure: ' . substr($rule =~ s/\Q$key\E/KEY/gr, 0, 40));
    $everything .= join '', $result->{err}, $result->{out}, map { slurp($_) } $stats_file,
        "$dir/secret.cursor", "$ENV{FEC_HOME}/api-calls";
}
api_behave($api, '1 stall 0');
my $count = api_calls($api);
my $process = start([$fetch, 'api', @itemized],
    env => env_of($api, %without, FEC_API_KEY_FILE => $key_file));
wait_until(sub { api_calls($api) > $count });
$everything .= join '', map { -r $_ ? slurp($_) : '' }
    map { "/proc/$process->{pid}/$_" } qw(cmdline environ);
kill KILL => $process->{pid};
$everything .= join '', @{finish($process)}{qw(out err)};
$everything .= slurp($api->{log});
ok(length $everything > 1000 && index($everything, $key) < 0,
    'the key is in no message, stats, cursor, ledger, argument list, URL or log');

# --- The cursor

api_behave($api);
my $cursor = "$dir/cursor";
my @resumable = ('--cursor', $cursor, @itemized);
sub lines_of { return stats_of($_[0]) }
$r = fetch([@resumable, qw(--pages 1)]);
my $out = $r->{out};
is($r->{stats}{rows}, 100, '--pages ends after that number of pages');
is_deeply([@{$r->{stats}}{qw(complete expected_calls)}], [0, 2], 'and says how much is to come');
is_deeply(lines_of($cursor), {query => 'schedule_a cycle=2026', group => 0,
        last_index => '4010000000000000099', last_contribution_receipt_date => '2025-01-12',
        page => 1, rows => 100, total_rows => 100, count => 250, state => 'reading'},
    'the cursor says where the next page begins');
$r = fetch([@resumable, qw(--pages 1)]);
$out .= $r->{out};
$r = fetch([@resumable]);
is($out . $r->{out}, $all, 'run after run, all rows come, each once');
is(lines_of($cursor)->{state}, 'complete', 'then the cursor is complete');
is(lines_of($cursor)->{total_rows}, 250, 'and says how many rows there were');
$r = fetch([@resumable]);
is_whole($r, 0, 'a complete cursor asks for nothing', '');
like($r->{err}, qr/\Q$cursor\E: says that all has been read, 250 rows/, 'and says so');
is($r->{stats}{complete}, 1, 'on the stats, too');
is_refused(fetch(['--cursor', $cursor, @itemized, '--is-individual']), 64,
    qr/another query \(schedule_a cycle=2026\)/, 'another query with the same cursor is refused');
is_refused(fetch(['--cursor', $cursor, qw(committees --cycle 2026)]), 64, qr/another query/,
    'so is another kind');
for my $text ("nonsense\n", "query=schedule_a cycle=2026\ngroup=0\n",
    "query=schedule_a cycle=2026\ngroup=x\nstate=reading\n",
    "query=schedule_a cycle=2026\ngroup=7\nstate=reading\n", "query=schedule_a cycle=2026\0\n",
    "query=schedule_a cycle=2026\nevil_key=1\nstate=reading\n", 'x' x 20000) {
    spew($cursor, $text);
    is_refused(fetch([@resumable]), 65, qr/\Q$cursor\E: /,
        'what is no cursor is refused: ' . substr($text, 0, 60) =~ s/[\n\0]/;/gr);
    is(slurp($cursor), $text, 'and left alone');
}
is_refused(fetch(['--cursor', $dir, @itemized]), 73, qr/\Q$dir\E/, 'a folder is no cursor: 73');
spew($cursor, '');
is_whole(fetch([@resumable]), 3, 'an empty file is a new cursor');

unlink $cursor;
my @some = ('--cursor', $cursor, '--committees', "$dir/list", @itemized);
$out = '';
for (1 .. 8) {
    $r = fetch([@some, qw(--pages 1)], api => $of_many);
    $out .= $r->{out};
    is(lines_of($cursor)->{committees}, "$ids[2],$ids[0]", 'the cursor names the committees')
        if $_ == 1;
    last if $r->{stats}{complete};
}
is($out, fetch([@itemized, '--committees', "$dir/list"], api => $of_many)->{out},
    'committees are resumed, too');
unlink $cursor;
$out = fetch(['--cursor', $cursor, qw(--pages 2 committees --cycle 2026)])->{out};
is($out . fetch(['--cursor', $cursor, qw(committees --cycle 2026)])->{out},
    slurp("$root/committees.jsonl"), 'and masters');

# A run that uses the cursor keeps others out.
unlink $cursor;
api_behave($api, '2 stall 0');
$process = start([$fetch, 'api', @resumable], env => env_of($api));
wait_until(sub { -s $cursor && lines_of($cursor)->{page} == 1 }, 10);
is_refused(fetch([@resumable]), 75, qr/\Q$cursor\E: process \d+ is using it/,
    'a cursor that another process uses is 75');
kill KILL => $process->{pid};
finish($process);
my $rest = fetch([@resumable]);
is($rest->{out}, join('', (split /^/m, $all)[100 .. 249]), 'until it has gone');

# --- Killed at any moment

# Appends to a file, through a shell so that it is opened as people do.
sub appending { my ($file, @arguments) = @_;
    return ['sh', '-c', 'exec "$@" >>' . $file, 'sh', $fetch, 'api', @arguments] }

mkdir "$dir/long" or die $!;
my $long_rows = slurp(spew_rows("$dir/long/schedule_a.jsonl", rows_of(1500, 150)));
my $long = start_api("$dir/long", count => 'estimate');
my ($killed, $file) = (0, "$dir/killed");
unlink $cursor;
spew($file, "a line that was there\n");
for my $try (1 .. 500) {
    $process = start(appending($file, @resumable), env => env_of($long));
    # Longer and longer, so that even a slow machine gets on.
    select undef, undef, undef, 0.001 + 0.0013 * ($try % 37) * (1 + $try / 40);
    $killed += kill KILL => $process->{pid} if waitpid($process->{pid}, 1) == 0;
    my $result = finish($process);
    last if -s $cursor && lines_of($cursor)->{state} eq 'complete';
}
cmp_ok($killed, '>', 3, "killed at many moments, $killed");
ok(slurp($file) eq "a line that was there\n$long_rows", 'the file is that of a run that was not');
run([$fetch, 'api', @resumable], env => env_of($long));
ok(!-e "$cursor.tmp", 'and nothing else is left when it was run once more');

# The worst moment: in the middle of a page. A limit on the size of files stands in for a full disk.
unlink $cursor, $file;
my $limited = start(['bash', '-c', 'ulimit -f 1500; exec "$@" >>' . $file, 'bash', $fetch, 'api',
        @resumable], env => env_of($long));
$r = finish($limited);
is_refused($r, 74, qr/standard output: File too large at byte \d+/, 'a full disk is 74');
my $noted = lines_of($cursor);
my $noted_length = (split /:/, $noted->{output})[1];
is($noted_length, length join('', (split /^/m, $long_rows)[0 .. $noted->{rows} - 1]),
    'the cursor stands after the last page that is safely written');
cmp_ok(-s $file, '>', $noted_length, 'and the file ends in half a page');
$r = run(appending($file, @resumable), env => env_of($long));
like($r->{err}, qr/standard output: \d+ bytes of an unfinished page are cut off/,
    'which is cut off by the next run');
ok(slurp($file) eq $long_rows, 'and the file is complete');
unlink $cursor, $file;
finish(start(['bash', '-c', 'ulimit -f 1500; exec "$@" >>' . $file, 'bash', $fetch, 'api',
        @resumable], env => env_of($long)));
my $kept = slurp($cursor);
$r = run(['sh', '-c', 'exec "$@" >' . $file, 'sh', $fetch, 'api', @resumable],
    env => env_of($long));
is_refused($r, 65, qr/standard output: has 0 bytes, but .* has written \d+/,
    'a file that has lost rows is an error');
is(slurp($cursor), $kept, 'and the cursor stays');
SKIP: {
    skip 'there is no /dev/full', 1 if !-c '/dev/full';
    unlink $cursor;
    $r = run(['sh', '-c', 'exec "$@" >/dev/full', 'sh', $fetch, 'api', @resumable],
        env => env_of($long));
    is_refused($r, 74, qr/standard output: No space left/, 'a device that is full is 74');
    is(lines_of($cursor)->{page}, 0, 'and nothing is noted as written');
}

# --- Readers and signals

unlink $cursor;
$r = run(['bash', '-c', '"$@" | head -n 1 | wc -l; echo ${PIPESTATUS[0]}', 'bash', $fetch, 'api',
        @itemized], env => env_of($long));
is($r->{out} =~ s/ //gr, "1\n141\n", 'a reader that goes away ends it by SIGPIPE');
is($r->{err}, '', 'without a word');
api_behave($api, '2 status 429 retry-after=100');
$start = time;
$r = run(['bash', '-c', '"$@" 2>/dev/null | head -n 3 | wc -l', 'bash', $fetch, 'api', @itemized],
    env => env_of($api, FEC_HOME => new_folder()));
cmp_ok(time - $start, '<', 30, 'also while it waits');
for my $signal (qw(TERM INT)) {
    unlink $cursor;
    api_behave($api, '2 status 429 retry-after=100');
    $process = start([$fetch, 'api', @resumable], env => env_of($api, FEC_HOME => new_folder()));
    wait_until(sub { slurp("$process->{folder}/err") =~ /in 100\.0 s/ }, 10);
    $start = time;
    kill $signal => $process->{pid};
    $r = finish($process, 20);
    ok($r->{signal} != 0 && time - $start < 5, "SIG$signal ends a wait at once");
    is(lines_of($cursor)->{page}, 1, 'and the cursor is good');
}
api_behave($api);
is($r->{out} . fetch([@resumable])->{out}, $all, 'so that the next run goes on');

# --- Not too often

sub ledger_of { return "$_[0]/api-calls" }
sub quota {
    my %env = @_;
    my $result = run([$fetch, 'quota'],
        env => {FEC_API_KEY => undef, FEC_API_CALLS_PER_HOUR => undef, %env});
    is($result->{status}, 0, 'quota needs neither key nor network') or diag $result->{err};
    return {map { split /=/, $_, 2 } split /\n/, $result->{out}};
}
my $home = new_folder();
is_deeply(quota(FEC_HOME => $home), {limit => 1000, used => 0, left => 1000, wait_seconds => 0},
    'quota: nothing is used at first');
ok(!-e $home, 'asking leaves nothing behind');
fetch([@itemized], env => {FEC_HOME => $home});
is_deeply(quota(FEC_HOME => $home), {limit => 1000, used => 3, left => 997, wait_seconds => 0},
    'three calls are used then, also if they were made without pacing');
is_deeply(quota(FEC_HOME => $home, FEC_API_CALLS_PER_HOUR => 0),
    {limit => 0, used => 3, left => '', wait_seconds => 0}, 'no limit is 0');
is(quota(FEC_HOME => undef, HOME => "$dir/user")->{used}, 0, 'FEC_HOME has the usual default');
make_path("$dir/user/.local/share/fecpipe");
spew(ledger_of("$dir/user/.local/share/fecpipe"), slurp(ledger_of($home)));
is(quota(FEC_HOME => undef, HOME => "$dir/user")->{used}, 3, 'below HOME');
my $now = int(time * 1000);
spew(ledger_of($home), map { "c $_\n" } map { $now - 100 + $_ } 1 .. 5);
my $soon = quota(FEC_HOME => $home, FEC_API_CALLS_PER_HOUR => 5);
is_deeply([@$soon{qw(limit used left)}], [5, 5, 0], 'an hour can be used up');
ok($soon->{wait_seconds} > 3590 && $soon->{wait_seconds} <= 3601, 'quota says for how long');

# The first call of a server is slow, for it reads its rows then; a call that takes longer than a
# minute of these tests would be counted in another one by the server.
sub warm_up {
    my ($server, $hour) = @_;
    fetch([@itemized, qw(--pages 1)], api => $server, env => {FEC_HOME => new_folder()});
    select undef, undef, undef, $hour + 0.1;
}

# Several processes at once, against a server that counts as well.
my $strictly = start_api("$dir/long", hour => 14, hour_seconds => 4);
warm_up($strictly, 4);
my %pace = (FEC_API_HOUR_SECONDS => 4, FEC_API_CALLS_PER_HOUR => 14, FEC_HOME => new_folder());
$start = time;
my @processes = map { start([$fetch, 'api', @itemized, qw(--min-date 2025-01-12)],
        env => env_of($strictly, %pace)) } 1 .. 4;
my @results = map { finish($_) } @processes;
is_deeply([map { $_->{status} } @results], [0, 0, 0, 0], 'four processes at once read their pages');
my @made = api_calls($strictly);
cmp_ok(scalar @made, '>', 28, 'with more calls than two hours allow');
is(join(' ', grep { $_ != 200 } map { $_->{status} } @made), '',
    'and there are never more in an hour than allowed');
cmp_ok(time - $start, '>', 8, 'so it takes more than two hours');
is(scalar(grep { $_->{out} ne $results[0]{out} } @results), 0, 'all of them have the same rows');
stop_api($strictly);

# What the server says of its limits.
my $meaner = start_api("$dir/long", hour => 8, hour_seconds => 2);
%pace = (FEC_API_HOUR_SECONDS => 2, FEC_API_CALLS_PER_HOUR => 1000, FEC_HOME => new_folder());
$r = fetch([@itemized], api => $meaner, env => {%pace});
is_whole($r, 16, 'a limit of the server that is lower than ours is kept', $long_rows);
is(join(' ', grep { $_ != 200 } map { $_->{status} } calls()), '', 'before it has to say so');
is($r->{stats}{quota_limit}, 8, 'and shown by the stats');
my $said = quota(%pace);
is_deeply([@$said{qw(limit server_limit)}], [8, 8], 'and by quota');
like($said->{server_said_at}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'which says since when');
stop_api($meaner);
my $by_minute = start_api("$dir/long", hour => 8, hour_seconds => 2);
warm_up($by_minute, 2);
# The server's minute is two seconds here: on a machine that halts for so long it can't be told.
my $took;
for my $try (1 .. 3) {
    $start = time;
    $r = fetch([@itemized], api => $by_minute,
        env => {%pace, FEC_API_HOUR_SECONDS => 120, FEC_HOME => new_folder()});
    $took = time - $start;
    last if $took < 60;
}
is_whole($r, 16, 'a limit that turns out to be one of a minute is kept as that', $long_rows);
cmp_ok($took, '<', 60, 'and does not cost hours');
is(join(' ', grep { $_ != 200 } map { $_->{status} } calls()), '', 'without a call too many');
stop_api($by_minute);
api_behave($api, '1 remaining 0');
%pace = (FEC_API_HOUR_SECONDS => 2, FEC_API_CALLS_PER_HOUR => 1000, FEC_HOME => new_folder());
$start = time;
is_whole(fetch([@itemized], env => {%pace}), 3, 'no calls remaining is a reason to wait');
cmp_ok(time - $start, '>', 2, 'until the first one leaves the hour');
api_behave($api, '2-3 status 429');
$start = time;
is_whole(fetch([@itemized], env => {%pace, FEC_HOME => new_folder()}), 5,
    'so is being refused twice without a time');
cmp_ok(time - $start, '>', 2, 'likewise');
api_behave($api);

# What is said of it.
my $busy = new_folder();
mkdir $busy or die $!;
spew(ledger_of($busy), map { "c $_\n" } map { int(time * 1000) - 3594500 + $_ } 1 .. 70);
%pace = (FEC_API_CALLS_PER_HOUR => 71, FEC_HOME => $busy);
$r = fetch([@itemized], api => $long, env => {%pace});
like($r->{err},
    qr/^fec-fetch: about 15 calls, none of them can be made in this hour: about \d+ s$/m,
    'a run that does not fit into this hour says how long it will take');
like($r->{err},
    qr/71 calls of the API were made in this hour, of 71 that are allowed: the next one in \d+ s/,
    'and why it waits');
is(scalar(() = $r->{err} =~ /were made in this/g), 1, 'once');
is($r->{out}, $long_rows, 'and goes on then');
spew(ledger_of($busy), map { "c $_\n" } map { int(time * 1000) - 1000000 + $_ } 1 .. 70);
unlink $cursor;
$start = time;
$r = fetch([@resumable, qw(--pages 9)], api => $long, env => {%pace});
is_deeply([$r->{status}, @{$r->{stats}}{qw(pages complete quota_left)}], [0, 1, 0, 0],
    'in batches it ends rather than wait for long, when it has a page');
cmp_ok(time - $start, '<', 10, 'at once');
cmp_ok($r->{stats}{expected_seconds}, '>', 2000, 'and the stats say how long the rest would take');
api_behave($api, '2 status 429 retry-after=100');
$r = fetch([@itemized, qw(--pages 9)], env => {FEC_HOME => new_folder()});
is_deeply([$r->{status}, $r->{stats}{pages}], [0, 1], 'so it does if the server wants the wait');
api_behave($api);

# A ledger on bad days.
for (["c abc\n\0\xff\nc\nq 1\nc 99999999999999999999999\ns 1 2\n", 'nonsense'], ['', 'nothing'],
    ['c ' . '1' x 100000, 'a line without end'],
    [join('', map { "c " . (int(time * 1000) + 7200000 + $_) . "\n" } 1 .. 2000)
        . 'w ' . (int(time * 1000) + 86400000) . "\n",
        'times to come, of a clock that was set back']) {
    my ($text, $name) = @$_;
    my $folder = new_folder();
    mkdir $folder or die $!;
    spew(ledger_of($folder), $text);
    $r = fetch([@itemized], env => {FEC_HOME => $folder, FEC_API_CALLS_PER_HOUR => 1000});
    is_whole($r, 3, "a ledger with $name does not stop it");
    is($r->{err}, '', 'nor is it spoken of');
    is(quota(FEC_HOME => $folder)->{used}, 3, 'and the calls are counted');
}
my $grown = new_folder();
mkdir $grown or die $!;
spew(ledger_of($grown), map { "c $_\n" } 1 .. 100000);
fetch([@itemized], env => {FEC_HOME => $grown});
cmp_ok(-s ledger_of($grown), '<', 100, 'a ledger is cleared of calls of long ago');
spew("$dir/file", '');
for (["$dir/file/home", 'cannot be made'], ["$dir/user/folder", 'is a folder']) {
    my ($folder, $name) = @$_;
    make_path(ledger_of($folder)) if $name =~ /folder/;
    $r = fetch([@itemized], env => {FEC_HOME => $folder, FEC_API_CALLS_PER_HOUR => 1000});
    is_whole($r, 3, "a ledger that $name does not stop it");
    is(scalar(() = $r->{err} =~ /the ledger of calls cannot be used/g), 1, 'and is spoken of once');
    is($r->{stats}{quota_left}, 997, 'the run counts for itself');
}
# Where a file may have 1024 bytes no more, a line of it is written in part.
my $full = new_folder();
mkdir $full or die $!;
spew(ledger_of($full), 'x' x 1014, "\n");
$r = run(['bash', '-c', 'ulimit -f 1; exec "$@" >/dev/null', 'bash', $fetch, 'api',
        @itemized],
    env => env_of($api, FEC_HOME => $full));
is($r->{status}, 0, 'nor does a full disk stop it');
like($r->{err}, qr/ledger of calls cannot be written, .*: (?:No space left|File too large)/,
    'which is said');
$r = fetch([@itemized], env => {FEC_HOME => undef, HOME => undef});
is_whole($r, 3, 'nor does it need a home');

# --- Memory

SKIP: {
    skip 'there is no /proc', 2 if !-r "/proc/$$/status";
    skip 'a sanitizer takes memory of its own', 2 if $sanitized;
    mkdir "$dir/fat" or die $!;
    spew_rows("$dir/fat/schedule_a.jsonl", rows_of(300, 0, memo_text => 'x' x 20000));
    my $fat = start_api("$dir/fat");
    api_behave($fat, '2 body {"pagination":{},"results":[' . '[],' x 400000 . '0]}', '4 stall 0');
    $process = start([$fetch, 'api', @itemized], env => env_of($fat));
    wait_until(sub { api_calls($fat) >= 4 });
    my ($peak) = slurp("/proc/$process->{pid}/status") =~ /^VmHWM:\s+(\d+) kB/m;
    kill KILL => $process->{pid};
    is(() = slurp("$process->{folder}/out") =~ /\n/g, 200, 'pages of two megabytes are read');
    cmp_ok($peak, '<', 32 * 1024, 'in less than 32 MB of memory') or diag $peak;
    finish($process);
    stop_api($fat);
}

# --- The command line

my @refused = (
    [[qw(api)], 'api without a name'], [[qw(api schedule_b --cycle 2026)], 'another name'],
    [[qw(api schedule_a)], 'no cycle'], [[qw(api schedule_a --cycle 2025)], 'an odd cycle'],
    [[qw(api schedule_a 2026)], 'the cycle as an operand'],
    [[qw(api schedule_a --cycle 2026 --min-date 2025-02-29)], 'a day that does not exist'],
    [[qw(api schedule_a --cycle 2026 --min-load-date 1/2/2025)], 'a date of another form'],
    [[qw(api schedule_a --cycle 2026 --committee C1)], 'what is not a committee'],
    [[qw(api schedule_a --cycle 2026 --committee), 'C00000001,'], 'a comma too many'],
    [[qw(api schedule_a --cycle 2026 --pages 0)], 'no pages'],
    [[qw(api schedule_a --cycle 2026 --min-first-file-date 2025-01-01)], 'a date of masters'],
    [[qw(api committees --cycle 2026 --min-date 2025-01-01)], 'a date of rows'],
    [[qw(api candidates --cycle 2026 --min-last-file-date 2025-01-01)], 'a date of committees'],
    [[qw(api committees --cycle 2026 --committee C00000001)], 'committees of committees'],
    [[qw(api schedule_a --cycle 2026 --save x)], '--save with api'],
    [[qw(api schedule_a --cycle 2026 --etag x)], '--etag with api'],
    [[qw(api schedule_a --cycle 2026 --info)], '--info with api'],
    [[qw(bulk cm 2026 --cycle 2026)], '--cycle with bulk'],
    [[qw(bulk cm 2026 --cursor x)], '--cursor with bulk'],
    [[qw(header cm --pages 3)], '--pages with header'],
    [[qw(quota --retries 3)], '--retries with quota'], [[qw(quota now)], 'quota with an operand'],
);
for (@refused) {
    my ($arguments, $name) = @$_;
    is_refused(run([$fetch, @$arguments], env => env_of($api)), 64, qr/; see fec-fetch --help\n\z/,
        "$name is refused");
}
for my $url ('nowhere', 'file:///tmp', 'ftp://127.0.0.1/v1', "$api->{url}?api_key=x", 'http://') {
    $r = fetch([@itemized], env => {FEC_API_URL => $url});
    is_refused($r, 64, qr/^fec-fetch: FEC_API_URL is not a URL of http or https/,
        "FEC_API_URL cannot be $url");
}
(my $with_password = $api->{url}) =~ s{//}{//user:passw0rd@};
api_behave($api, '1 status 422');
$r = fetch([@itemized], env => {FEC_API_URL => $with_password});
unlike($r->{err} . slurp($stats_file), qr/passw0rd/, 'a password in FEC_API_URL is not shown');
for (['FEC_API_CALLS_PER_HOUR', 'many'], ['FEC_API_CALLS_PER_HOUR', '-1'],
    ['FEC_API_HOUR_SECONDS', '0']) {
    my ($name, $value) = @$_;
    is_refused(fetch([@itemized], env => {$name => $value}), 64, qr/$name takes a whole number/,
        "$name cannot be $value");
}
is_refused(fetch([@itemized, qw(--retries 1)],
        env => {FEC_API_URL => 'http://127.0.0.1:1/v1'}), 69, qr/given up after 1 retry/,
    'a server that is not there is 69');
done_testing;
