#!/usr/bin/env perl
# api-odd.t - fec-fetch api where servers, files and locks behave oddly: ends that come too early,
# names that are not unique, the key in unexpected places, pauses, outputs that others write to.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use FecApi;
use Fecpipe;
use Fcntl qw(F_SETLK F_WRLCK SEEK_SET);
use Test::More;
use Time::HiRes qw(time);

my $dir = scratch();
my $fetch = program('fec-fetch');
my $key = 'Kp3s"Un1q\\UeSeCrEt0f/TheApi';
my ($stats_file, $homes) = ("$dir/stats", 0);
sub new_home_folder { return "$dir/home" . ++$homes }

delete @ENV{grep { /^(?:FEC_(?!BIN|REAL)|CURL_|SSL_|XDG_)|_proxy$|_PROXY$/ } keys %ENV};
@ENV{qw(FEC_RETRY_DELAY_MS FEC_API_CALLS_PER_HOUR FEC_API_KEY)} = (10, 0, $key);
$ENV{FEC_HOME} = new_home_folder();

my @rows = map { api_row(sub_id => 4010000000000000000 + $_,
        contribution_receipt_date => sprintf('2025-01-%02d', 1 + $_ / 10)) } 0 .. 249;
my $root = "$dir/root";
mkdir $root or die "$root: $!";
my $all = slurp(spew_rows("$root/schedule_a.jsonl", @rows));
my $api = start_api($root, count => 'exact');
my @itemized = qw(schedule_a --cycle 2026);
my @dated = (@itemized, qw(--min-date 2025-01-01));
my $r;

# Runs `fec-fetch api`. Options are those of run, and url, before => [what stands before fec-fetch].
sub fetch {
    my ($arguments, %option) = @_;
    my $url = delete $option{url} // $api->{url};
    my @command = @{delete $option{before} // []};
    unlink $stats_file;
    my $result = run([@command, $fetch, '--stats', $stats_file, 'api', @$arguments], %option,
        env => {FEC_API_URL => $url, %{$option{env} // {}}});
    $result->{stats} = -e $stats_file ? stats_of($stats_file) : {};
    return $result;
}

sub is_whole {
    my ($result, $name, $expected) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    ok($result->{status} == 0 && $result->{out} eq ($expected // $all), $name)
        or diag("status $result->{status}, ", length $result->{out}, " bytes; $result->{err}");
}

sub is_refused {
    my ($result, $status, $message, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    ok($result->{status} == $status && $result->{err} =~ $message, $name)
        or diag("status $result->{status}; $result->{err}");
}

# A sweep that came to its end though the count does not match.
sub is_short {
    ($r, my ($short, $name, $expected)) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($count, $more) = (abs $short, $short > 0 ? 'more' : 'fewer');
    ok($r->{status} == 0 && $r->{out} eq $expected && $r->{stats}{complete} == 1
            && $r->{stats}{short} == $short
            && $r->{err} =~ /complete, but the server counts $count rows? $more than have come/,
        $name)
        or diag("status $r->{status}, short $r->{stats}{short}, ", length $r->{out},
        " bytes; $r->{err}");
}

# A server that gives each connection the next of some texts, and the last one ever after. Each is
# what goes over the line; a text that begins with "stall" is kept waiting for its end. Returns the
# base URL.
my $raw = <<'END';
use IO::Socket::INET;
my ($port_file, @texts) = @ARGV;
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 9) or die $@;
open(my $file, '>', "$port_file.new");
print $file $listener->sockport;
close $file;
rename("$port_file.new", $port_file);
my @stalled;
while (my $client = $listener->accept) {
    while (my $line = <$client>) { last if $line =~ /^\r?\n/ }
    my $text = @texts > 1 ? shift @texts : $texts[0];
    push @stalled, $client if $text =~ s/^stall//;
    syswrite $client, $text;
}
END
my @servers;
sub raw_server {
    my @texts = @_;
    my $port_file = "$dir/port" . @servers;
    push @servers, start([$^X, '-e', $raw, $port_file, @texts]);
    wait_until(sub { -s $port_file }) or die 'the server does not start';
    return 'http://127.0.0.1:' . slurp($port_file) . '/v1';
}

sub answer {
    my ($status, $body, @headers) = @_;
    return join("\r\n", "HTTP/1.1 $status Status", 'Content-Type: application/json',
        'Content-Length: ' . length $body, 'Connection: close', @headers, '', $body);
}

# A page of one row, the n-th, where a page has no more; the count is exact.
sub page {
    my ($n, $count, $date) = @_;
    my $last = sprintf '{"last_index":"%d","last_contribution_receipt_date":"%s"}', $n,
        $date // '2025-01-01';
    return answer(200, qq({"pagination":{"count":$count,"is_count_exact":true,"per_page":1,)
        . qq("last_indexes":$last},"results":[{"n":$n}]}));
}
sub empty_page {
    return answer(200, qq({"pagination":{"count":$_[0],"is_count_exact":true,"per_page":1,)
        . '"last_indexes":null},"results":[]}');
}
# A page of rows with sub_id and date, which says how many there are in all.
sub page_of_rows {
    my ($count, @rows) = @_;
    my $last = !@rows ? 'null'
        : sprintf '{"last_index":"%d","last_contribution_receipt_date":"%s"}',
        @{$rows[-1]}{qw(sub_id date)};
    my $rows = join ',', map { qq({"n":$_->{n}}) } @rows;
    return answer(200, qq({"pagination":{"count":$count,"is_count_exact":true,"per_page":100,)
        . qq("last_indexes":$last},"results":[$rows]}));
}
sub lines { return join '', map { qq({"n":$_}\n) } @_ }
my $out_of_range = answer(422, '{"status":422,"message":"The page is out of range."}');

# --- Ends that come too early

my $empty = '{"pagination":{"count":250,"is_count_exact":true,"last_indexes":null},"results":[]}';
api_behave($api, "2 body $empty");
$r = fetch([@dated]);
is_whole($r, 'an empty page in the middle is asked for again');
like($r->{err}, qr/the rows end, but of 250 that the server counts 100 have come; retry 1 of 5/,
    'and said');
api_behave($api, "2- body $empty");
is_short(fetch([@dated, qw(--retries 2)]), 150, 'if it remains, the sweep ends short by 150',
    join '', (split /^/m, $all)[0 .. 99]);
like($r->{err}, qr/100 have come; retry 2 of 2.*\n.*complete, but the server counts 150 rows more/,
    'after its retries, with a warning');
api_behave($api, "2-3 body $empty", '4-5 wrong-json');
is_whole(fetch([@dated, qw(--retries 2)]), 'bad responses after that are counted by themselves');
api_behave($api, "1- body $empty path=sort_null_only", "2 body $empty");
is_short(fetch([@itemized, qw(--retries 2)]), 150,
    'also where the rows without a date were still to be asked for',
    join '', (split /^/m, $all)[0 .. 99]);
my $url = raw_server(page(1, 3), page(2, 3), empty_page(2));
is_whole(fetch([@dated], url => $url), 'rows that have gone meanwhile are not waited for',
    lines(1, 2));
$url = raw_server(page(1, 2), page(2, 3), empty_page(3));
is_short(fetch([@dated], url => $url), 1, 'nor are those that came in before the cursor',
    lines(1, 2));
is($r->{stats}{retries}, 0, 'and nothing is asked for twice');
my $cursor = "$dir/cursor";
$url = raw_server(page(1, 2), page(2, 3), empty_page(3));
my $out = join '', map { fetch(['--cursor', $cursor, '--pages', 1, @dated], url => $url)->{out} }
    1 .. 3;
is($out . stats_of($cursor)->{state}, lines(1, 2) . 'complete', 'also over several runs');
$url = raw_server(page(1, 3), $out_of_range, page(2, 3), page(3, 3), $out_of_range);
is_whole(fetch([@dated], url => $url), '"out of range" is no end where more must come',
    lines(1, 2, 3));
$url = raw_server(page(1, 3), $out_of_range);
is_short(fetch([@dated, qw(--retries 1)], url => $url), 2, 'if it remains, the sweep ends short',
    lines(1));
$url = raw_server(empty_page(0), $out_of_range);
is_whole(fetch([@dated], url => $url), 'it is the end where nothing is counted', '');
(my $unknown = empty_page(0)) =~ s/true/null/;
$url = raw_server($unknown, $out_of_range);
is_whole(fetch([@itemized], url => $url), 'and in answer to the question for undated rows', '');

# --- Sweeps always end

# 600 rows, of which the 555th is dated back while the third page is read.
my @moving = map { {n => $_, sub_id => $_, date => sprintf '2025-%02d-01', 1 + $_ / 100} } 1 .. 600;
my @moved = map { page_of_rows(600, @moving[@$_]) } [0 .. 99], [100 .. 199], [200 .. 299],
    [300 .. 399], [400 .. 499], [500 .. 553, 555 .. 599];
unlink $cursor;
$url = raw_server(@moved, page_of_rows(600));
my $but_one = join '', map { qq({"n":$_}\n) } 1 .. 554, 556 .. 600;
is_short(fetch(['--cursor', $cursor, qw(--retries 2), @dated], url => $url), 1,
    'a row that moves before the cursor while it is read does not keep a sweep from ending',
    $but_one);
is(stats_of($cursor)->{state}, 'complete', 'its cursor is complete');
is(stats_of($cursor)->{short}, 1, 'and knows by how much it is short');
$r = fetch(['--cursor', $cursor, @dated], url => $url);
is("@{$r->{stats}}{qw(complete short)}", '1 1', 'as does a run that finds it');

# Every night that could not end left such a cursor.
my ($last_date, $last_index) = @{$moving[-1]}{qw(date sub_id)};
spew($cursor, "query=schedule_a cycle=2026 min_date=2025-01-01\ngroup=0\nlast_index=$last_index\n"
    . "last_contribution_receipt_date=$last_date\npage=6\nrows=599\ntotal_rows=599\ncount=600\n"
    . "state=reading\n");
$url = raw_server(page_of_rows(600));
is_short(fetch(['--cursor', $cursor, qw(--retries 1), @dated], url => $url), 1,
    'a cursor of a sweep that did not end ends the next time', '');

unlink $cursor;
$url = raw_server(page(1, 9), page(2, 8), empty_page(8));
$out = join '', map { fetch(['--cursor', $cursor, qw(--pages 1 --retries 0), @dated], url => $url)
    ->{out} } 1 .. 3;
is($out . join(' ', @{stats_of($cursor)}{qw(state short)}), lines(1, 2) . 'complete 6',
    'a sweep in batches ends short as well');
$url = raw_server(page(1, 3), page(2, 3), page(3, 3), empty_page(1));
is_short(fetch([@dated], url => $url), -2, 'rows that were withdrawn once they were read are fewer',
    lines(1, 2, 3));
$url = raw_server(page(1, 3), empty_page(0));
is_short(fetch([@dated, qw(--retries 1)], url => $url), 2,
    'an empty page that counts nothing does not say that there are no rows', lines(1));
my @groups = map { sprintf 'C%08d', $_ } 1 .. 12;
$url = raw_server(page(1, 2), empty_page(2), page(2, 4), empty_page(4));
is_short(fetch([@dated, qw(--retries 0), '--committee', join ',', @groups], url => $url), 4,
    'what groups of committees lack adds up', lines(1, 2));
sub numbered_page {
    my ($count, $number, @ids) = @_;
    my $rows = join ',', map { qq({"n":$_}) } @ids;
    return answer(200, qq({"pagination":{"count":$count,"page":$number,"pages":$count,)
        . qq("per_page":1},"results":[$rows]}));
}
$url = raw_server(numbered_page(3, 1, 1), numbered_page(3, 2));
is_short(fetch([qw(committees --cycle 2026 --retries 1)], url => $url), 2,
    'committees end short, too', lines(1));

# A cursor that the server does not take any more.
for my $status (400, 422) {
    unlink $cursor;
    fetch(['--cursor', $cursor, qw(--pages 2), @dated],
        url => raw_server(map { page($_, 3) } 1, 2));
    $url = raw_server(answer($status, '{"message":"no such index"}'), map { page($_, 3) } 1, 2, 3);
    $r = fetch(['--cursor', $cursor, qw(--pages 3), @dated], url => $url);
    is_whole($r, "a cursor that is refused with $status is read from its beginning",
        lines(1, 2, 3));
    like($r->{err}, qr/status $status: no such index\n.*its 2 rows are read again/, 'and said');
    is(stats_of($cursor)->{total_rows}, 3, 'rows are not counted twice');
}
$url = raw_server(answer(422, '{"message":"no such index"}'));
is_refused(fetch([@dated], url => $url), 69, qr/status 422: no such index$/,
    'without a cursor the query is wrong, and 69');
$url = raw_server(page(1, 3), answer(422, '{"message":"no such index"}'));
is_refused(fetch([@dated], url => $url), 69, qr/status 422: no such index$/,
    'as it is in the middle of a run');

# --- A key that works and is refused once

my $forbidden = answer(403, '<html><h1>403 Forbidden</h1></html>');
$url = raw_server(page(1, 2), $forbidden, page(2, 2), empty_page(2));
$r = fetch([@dated], url => $url);
is_whole($r, 'a 403 after calls that went well is tried again', lines(1, 2));
like($r->{err}, qr/status 403; retry 1 of 5/, 'and said');
$url = raw_server(page(1, 2), $forbidden);
is_refused(fetch([@dated, qw(--retries 2)], url => $url), 69, qr/retry 2 of 2.*\n.*: status 403$/,
    'but not for ever');
$url = raw_server($forbidden, page(1, 1), empty_page(1));
is_refused(fetch([@dated], url => $url), 69, qr/^[^\n]*: status 403$/,
    'a key that has not worked yet is believed to be refused');
$url = raw_server(page(1, 2),
    answer(403, '{"error":{"code":"API_KEY_DISABLED","message":"disabled"}}'));
is_refused(fetch([@dated, qw(--retries 1)], url => $url), 78, qr/API_KEY_DISABLED: disabled/,
    'a key that is disabled meanwhile is 78');
unlink $cursor;
fetch(['--cursor', $cursor, qw(--pages 1), @dated], url => raw_server(page(1, 2)));
$url = raw_server($forbidden, page(2, 2), empty_page(2));
is_whole(fetch(['--cursor', $cursor, qw(--pages 9), @dated], url => $url),
    'where a cursor is resumed, the key has worked', lines(2));

# --- Errors that pass

for (['504 with JSON', answer(504, '{"status":504,"message":"Query timed out"}'),
        qr/status 504: Query timed out; retry 1/],
    ['500 with HTML', answer(500, '<html>Internal Server Error</html>'), qr/status 500; retry 1/],
    ['500 with HTML for JSON', answer(500, '<!doctype html>') =~ s{application/json}{text/html}r,
        qr/status 500; retry 1/],
    ['520 of a gateway', answer(520, ''), qr/status 520; retry 1/]) {
    my ($name, $answer, $message) = @$_;
    $r = fetch([@dated], url => raw_server(page(1, 2), $answer, page(2, 2), empty_page(2)));
    is_whole($r, "$name is asked for again", lines(1, 2));
    like($r->{err}, $message, 'and said');
}

# --- Rows dated 9999-12-31

# The cursor of openFEC compares rows without a date as if they were dated so.
sub undated_page {
    my ($count, @ids) = @_;
    my $last = @ids ? qq({"last_index":"$ids[-1]","sort_null_only":true}) : 'null';
    my $rows = join ',', map { qq({"n":$_}) } @ids;
    return answer(200, qq({"pagination":{"count":$count,"is_count_exact":true,"per_page":1,)
        . qq("last_indexes":$last},"results":[$rows]}));
}
for my $date ('9999-12-31', '9999-12-31T00:00:00') {
    $url = raw_server(page(1, 5), page(5, 5, $date), page(6, 3, $date), empty_page(3),
        undated_page(5, 3), undated_page(5, 7), undated_page(5));
    is_whole(fetch([@itemized], url => $url), "rows dated $date do not hide those without a date",
        lines(1, 5, 6, 3, 7));
}
my $odd_root = "$dir/odd";
mkdir $odd_root or die $!;
my $number = 4010000000000000000;
spew_rows("$odd_root/schedule_a.jsonl", map { api_row(sub_id => $number + $_->[0],
            contribution_receipt_date => $_->[1]) } (map { [$_, '2025-01-01'] } 1 .. 99),
    [105, '9999-12-31'], map { [$_, undef] } 103, 104, 106, 107);
for my $count ('exact', 'estimate') {
    my $odd = start_api($odd_root, $count eq 'exact' ? () : (count => $count));
    $r = fetch([@itemized], url => $odd->{url});
    is(join(' ', sort map { /"sub_id":"40100000000000001(\d\d)"/ ? $1 : () } split /\n/, $r->{out}),
        '03 04 05 06 07', "nor at the stand-in ($count)");
    stop_api($odd);
}
$url = raw_server(page(1, 3), page(2, 3, '9999-12-31'), page(3, 3, '9999-12-31'), empty_page(3));
$r = fetch([@dated], url => $url);
is_whole($r, 'where a date is asked for they are rows like others', lines(1, 2, 3));

# --- Large pages

sub stand_in {
    my ($folder, @rows) = @_;
    mkdir "$dir/$folder" or die $!;
    return (start_api("$dir/$folder"), slurp(spew_rows("$dir/$folder/schedule_a.jsonl", @rows)));
}
sub fat_rows { my ($count, $size) = @_;
    return map { api_row(sub_id => 4010000000000000000 + $_, memo_text => 'x' x $size) }
        1 .. $count }
my ($eight, $eight_rows) = stand_in('eight', fat_rows(100, 80_000));
$r = fetch([@itemized], url => $eight->{url});
is_whole($r, 'a page of 8 MB is read', $eight_rows);
is($r->{stats}{retries}, 0, 'at once');
stop_api($eight);
my ($larger, $larger_rows) = stand_in('larger', fat_rows(100, 170_000));
$r = fetch([@itemized], url => $larger->{url});
is_whole($r, 'one of 17 MB is read in pieces', $larger_rows);
like($r->{err}, qr/the response is longer than 16 MB; retry 1 of 5/, 'and said');
stop_api($larger);
my $list = '[' . join(',', ('[]') x 400_000) . ']';
api_behave($api, "1- body " . '{"pagination":{},"results":' . $list . '}');
is_refused(fetch([qw(committees --cycle 2026 --retries 2)]), 69,
    qr/the response needs more than \d+ MB of memory; given up after 2 retries/,
    'one that stays too large is a clear error');
api_behave($api);

# --- Keys and cursors that others could touch

my $key_file = spew("$dir/key", "$key\n");
my %by_file = (FEC_API_KEY => undef, FEC_API_KEY_FILE => $key_file);
for my $mode (0660, 0602, 0622) {
    chmod $mode, $key_file;
    is_refused(fetch([@dated], env => {%by_file}), 78,
        qr/\Q$key_file\E: others can replace the key/,
        sprintf 'a key file of mode %04o is refused', $mode);
}
chmod 0640, $key_file;
$r = fetch([@dated], env => {%by_file});
is_whole($r, 'one of mode 0640 is read');
like($r->{err}, qr/\Q$key_file\E: others can read the key/, 'with a warning');
for my $url ('http://api.example.org/v1', 'http://127.example.org/v1', 'http://10.0.0.1/v1') {
    is_refused(fetch([@dated, qw(--retries 0)], url => $url), 64, qr/in plain text; use https/,
        "the key does not go to $url");
}
is_refused(fetch([@dated, qw(--retries 0)], url => $_), 69, qr/given up/, "but to $_")
    for 'http://localhost:1/v1', 'http://127.0.0.1:1/v1', 'http://[::1]:1/v1';

unlink $cursor;
spew("$cursor.tmp", "my own notes\n");
is_refused(fetch(['--cursor', $cursor, @dated]), 73, qr/\Q$cursor\E\.tmp: is in the way/,
    'a file with the name of the temporary one is not overwritten');
is(slurp("$cursor.tmp"), "my own notes\n", 'nor removed');
unlink "$cursor.tmp";
symlink($key_file, "$cursor.tmp") or die $!;
is_refused(fetch(['--cursor', $cursor, @dated]), 73, qr/is in the way/, 'nor is a symbolic link');
is(slurp($key_file), "$key\n", 'and what it leads to is left alone');
unlink "$cursor.tmp";
for ('', "query=schedule_a cycle=2026\ngro") {
    unlink $cursor;
    spew("$cursor.tmp", $_);
    is_whole(fetch(['--cursor', $cursor, @dated]), 'that of a run that was killed is removed');
    ok(!-e "$cursor.tmp", 'for good');
}
unlink $cursor;

# --- Committees and candidates whose names are the same

for (['committees', 'committee_id', \&committee_row, 'C'],
    ['candidates', 'candidate_id', \&candidate_row, 'H']) {
    my ($name, $id, $row, $letter) = @$_;
    spew_rows("$root/$name.jsonl", map { $row->($id => sprintf("$letter%08d", $_),
                name => 'THE SAME NAME') } 1 .. 250);
    api_behave($api);
    my $before = api_calls($api);
    is_whole(fetch([$name, qw(--cycle 2026)]), "$name of the same name all come, each once",
        slurp("$root/$name.jsonl"));
    is((api_calls($api, $before))[0]{argument}{sort}[0], $id, "for they are asked for by $id");
    api_behave($api, '2 body {"pagination":{"count":250,"pages":3,"page":2},"results":[]}');
    $r = fetch([$name, qw(--cycle 2026)]);
    is_whole($r, "an empty page of $name in the middle is asked for again",
        slurp("$root/$name.jsonl"));
    is($r->{stats}{retries}, 1, 'once');
}

# --- Standard error and input that are closed

api_behave($api);
unlink $cursor;
$r = fetch(['--cursor', $cursor, @dated], before => ['sh', '-c', 'exec "$@" <&- 2>&-', 'sh']);
is_whole($r, 'with standard input and error closed all rows come');
unlike(slurp($cursor), qr/fec-fetch/, 'and messages go into no file');

# --- The key in unexpected places

# What a text of JSON is for the key.
(my $in_json = $key) =~ s/(["\\])/\\$1/g;
(my $in_url = $key) =~ s{(["\\/])}{sprintf '%%%02X', ord $1}ge;
my ($host) = $api->{url} =~ m{(http://[\d.:]+)};
my %told = (
    'a message' => answer(422, qq({"message":"no $in_json"})),
    'a message that is cut' => answer(422, '{"message":"' . 'x' x 380 . qq($in_json"})),
    'an object of messages' => answer(422, qq({"message":{"api_key":["$in_json is wrong"]}})),
    'a code' => answer(403, qq({"error":{"code":"$in_json","message":"wrong"}})),
    'a very long code' =>
        answer(403, '{"error":{"code":"' . 'x' x 391 . qq($in_json","message":"m"}})),
    'a redirect' => answer(302, '', "Location: http://127.0.0.1:1/$in_url"),
    'a long redirect' => answer(302, '', 'Location: http://127.0.0.1:1/' . 'x' x 1960 . $in_url),
    'an error with status 200' => answer(200, qq({"error":"no $in_json"})),
    'malformed JSON' => answer(200, '{"a":' . substr($key, 0, 4) . "}"),
);
for my $where (sort keys %told) {
    $r = fetch([@dated, qw(--retries 0)], url => raw_server($told{$where}));
    isnt($r->{status}, 0, "$where with the key is an error");
    my $shown = $r->{err} . slurp($stats_file);
    ok($shown !~ /Kp|UeSe|TheApi/, 'and the key is not shown') or diag $shown;
}

# --- What a server says besides pages

for (
    ['{"status":422,"message":"No such thing."}', qr/in place of a page: No such thing\.; retry/],
    ['{"error":{"code":"OVER","message":"Later."}}', qr/in place of a page: OVER: Later\.; retry/],
) {
    my ($body, $message) = @$_;
    api_behave($api, "2 body $body");
    $r = fetch([@dated]);
    is_whole($r, "an error with status 200 is asked again: $body");
    like($r->{err}, $message, 'and its message shown');
}
for my $status (425, 501, 507, 520, 599) {
    $r = fetch([@dated], url => raw_server(answer($status, '{}'), page(1, 1), empty_page(1)));
    is_whole($r, "status $status is asked again", lines(1));
}
for (["nonsense\r\n\r\n", 'what is no HTTP'], ["HTTP/1.1 2000 OK\r\n\r\n", 'no status']) {
    $r = fetch([@dated], url => raw_server($_->[0], page(1, 1), empty_page(1)));
    is_whole($r, "$_->[1] is asked again", lines(1));
}
my %impatient = (env => {FEC_STALL_SECONDS => 1});
$url = raw_server('stall' . answer(400, '{"message":"Never."}') =~ s/Length: \d+/Length: 999/r);
is_refused(fetch([@dated], url => $url, %impatient), 69, qr/status 400/,
    'a refusal whose body stalls is a refusal');

# --- last_indexes

$url = raw_server(page(1, 2, '2025-01-01 05:00:00+00:00 é&x=y'), page(2, 2, '2025-01-02'),
    empty_page(2));
is_whole(fetch([@dated], url => $url), 'what stands after the date is passed on', lines(1, 2));
for (['"last_index":1.5', 'a real number'], ['"last_index":-1', 'a negative one'],
    ['"last_index":"1x"', 'letters']) {
    my ($index, $name) = @$_;
    my $odd = page(1, 2) =~ s/"last_index":"1"/$index/r =~ s/Length: \d+\r\n/Odd: 1\r\n/r;
    is_refused(fetch([@dated, qw(--retries 0)], url => raw_server($odd)), 69,
        qr/an entry that can't be one/, "last_index cannot be $name");
}
is_refused(fetch([@dated, qw(--retries 0)], url => raw_server(page(1, 2, 'today'))), 69,
    qr/an entry that can't be one/, 'nor can the date be anything else');

# --- Pauses

# Runs quota; returns its lines as a hash, and its messages as {err}.
sub quota {
    my $result = run([$fetch, 'quota'], env => {@_});
    return {err => $result->{err}, map { split /=/, $_, 2 } split /\n/, $result->{out}};
}
my %hour = (FEC_API_HOUR_SECONDS => 60, FEC_API_CALLS_PER_HOUR => 1000);
my $start = time;
api_behave($api, '2 status 429');
is_whole(fetch([@dated], env => {%hour, FEC_HOME => new_home_folder()}),
    'being refused without a time to wait is a pause');
ok(time - $start > 1 && time - $start < 20, 'of a minute') or diag time - $start;
$start = time;
api_behave($api, '2 status 429 retry-after=0');
is_whole(fetch([@dated], env => {FEC_API_HOUR_SECONDS => 3600, FEC_HOME => new_home_folder()}),
    'one that is over');
ok(time - $start < 20, 'is no limit') or diag time - $start;
for my $rule ('status 429 retry-after=999999999999999999', 'status 503 retry-after=5000') {
    my $home = new_home_folder();
    api_behave($api, "1 $rule");
    is_refused(fetch([@dated], env => {FEC_HOME => $home}), 75, qr/the server wants us to wait/,
        "a pause of more than an hour is left to others ($rule)");
    my $wait = quota(FEC_HOME => $home)->{wait_seconds};
    ok($wait > 3500 && $wait <= 3600, 'and they wait for an hour') or diag $wait;
}
api_behave($api);

# --- A ledger that somebody keeps locked

my $locked = new_home_folder();
mkdir $locked or die $!;
spew("$locked/api-calls", 'c ' . int(time * 1000) . "\n");
open(my $ledger, '+<', "$locked/api-calls") or die $!;
# struct flock as the machine has it, which is that of Linux on 64 bits.
SKIP: {
    skip 'struct flock is unknown here', 4 if $^O ne 'linux' || length pack('l!', 0) != 8;
    my $lock = pack 's s x4 q q l x4', F_WRLCK, SEEK_SET, 0, 0, 0;
    fcntl($ledger, F_SETLK, $lock) or die $!;
    my %env = (FEC_HOME => $locked, FEC_API_CALLS_PER_HOUR => 1000);
    my @asking = map { start([$fetch, @$_], env => {%env, FEC_API_URL => $api->{url}}) }
        ['api', @dated], ['quota'];
    my ($fetched, $asked) = map { finish($_) } @asking;
    is_whole($fetched, 'a ledger that somebody keeps locked does not stop it');
    is(() = $fetched->{err} =~ /this run counts for itself: another process keeps it locked/g, 1,
        'which is said once');
    like($asked->{err}, qr/may not be all: another process keeps it locked/, 'quota says it, too');
    like($asked->{out}, qr/^used=1$/m, 'and what it can see');
}
close $ledger;

# --- Outputs and cursors

sub appending { return (before => ['sh', '-c', 'exec "$@" >>' . $_[0], 'sh']) }

my $file = "$dir/file";
# A run that is killed after its first page, with what the file then has after it.
sub killed_behind_a_page {
    my ($more) = @_;
    unlink $cursor, $file;
    api_behave($api, '2 stall 0');
    my $process = start(['sh', '-c', 'exec "$@" >>' . $file, 'sh', $fetch, 'api', '--cursor',
            $cursor, @dated], env => {FEC_API_URL => $api->{url}});
    wait_until(sub { -s $cursor && (stats_of($cursor)->{page} // 0) == 1 });
    kill KILL => $process->{pid};
    finish($process);
    api_behave($api);
    open(my $handle, '>>', $file) or die $!;
    print $handle $more;
    close $handle;
    return stats_of($cursor);
}
my $noted = killed_behind_a_page("a line of somebody else's\n");
my $has = slurp($file);
$r = fetch(['--cursor', $cursor, @dated], appending($file));
is_refused($r, 65, qr/has \d+ bytes, more than the sweep .* after byte \d+, or start again/,
    'what others have appended to the output is not cut off: 65');
is(slurp($file), $has, 'and the file is left as it is');
$noted = killed_behind_a_page('half a row');
my ($inode, $length) = split /:/, $noted->{output};
my $text = slurp($cursor) =~ s/^output=.*/"output=$inode:$length:" . ($length + 100)/mer;
spew($cursor, $text);
fetch(['--cursor', $cursor, @dated], appending($file));
is(slurp($file), $all, 'half a page of our own is, wherever the file lies');

unlink $cursor;
$r = fetch(['--cursor', $cursor, @dated], before => ['sh', '-c', '"$@" | cat', 'sh']);
is(() = $r->{err} =~ /standard output is no regular file/g, 1,
    'a cursor of what goes into a pipe is warned of, once');
unlink $cursor;
$r = fetch(['--cursor', $cursor, '--pages', 9, @dated], before => ['sh', '-c', '"$@" | cat', 'sh']);
is($r->{err}, '', 'not in batches');
mkdir "$dir/elsewhere" or die $!;
for my $target ("$dir/elsewhere/cursor", "$dir/elsewhere/new") {
    unlink $cursor, "$dir/link";
    spew($target, '') if $target =~ /cursor/;
    symlink $target, "$dir/link" or die $!;
    is_whole(fetch(['--cursor', "$dir/link", @dated]), 'a cursor can be a symbolic link');
    ok(-l "$dir/link" && stats_of($target)->{state} eq 'complete', 'and is written to its target');
}

# --- The key's file, and the list of committees

$r = fetch([@dated], env => {FEC_API_KEY => undef, KEY => $key},
    before => ['bash', '-c',
        'FEC_API_KEY_FILE=<(sleep 0.2; printf "%s" "${KEY:0:5}"; sleep 0.2; echo "${KEY:5}") "$@"',
        'bash']);
is_whole($r, 'a command can give the key, when it is ready');
spew("$dir/list", "C00000001\t" . "\0" x 10 . "\n");
is_refused(fetch([@itemized, '--committees', "$dir/list"]), 65, qr/line 1 is neither/,
    'a committee with NULs for a date is refused');
done_testing;
