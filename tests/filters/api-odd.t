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
is_refused(fetch([@dated, qw(--retries 2)]), 69, qr/100 have come; given up after 2 retries/,
    'if it remains, that is 69');
api_behave($api, "1- body $empty path=sort_null_only", "2 body $empty");
is_refused(fetch([@itemized, qw(--retries 2)]), 69, qr/100 have come; given up/,
    'also where the rows without a date were still to be asked for');
my $url = raw_server(page(1, 3), page(2, 3), empty_page(2));
is_whole(fetch([@dated], url => $url), 'rows that have gone meanwhile are not waited for',
    lines(1, 2));
$url = raw_server(page(1, 2), page(2, 3), empty_page(3));
is_whole(fetch([@dated], url => $url), 'nor are those that came in behind', lines(1, 2));
my $cursor = "$dir/cursor";
$url = raw_server(page(1, 2), page(2, 3), empty_page(3));
my $out = join '', map { fetch(['--cursor', $cursor, '--pages', 1, @dated], url => $url)->{out} }
    1 .. 3;
is($out . stats_of($cursor)->{state}, lines(1, 2) . 'complete', 'also over several runs');
$url = raw_server(page(1, 3), $out_of_range, page(2, 3), page(3, 3), $out_of_range);
is_whole(fetch([@dated], url => $url), '"out of range" is no end where more must come',
    lines(1, 2, 3));
$url = raw_server(page(1, 3), $out_of_range);
is_refused(fetch([@dated, qw(--retries 1)], url => $url), 69, qr/given up after 1 retry/,
    'and 69 if it remains');
$url = raw_server(empty_page(0), $out_of_range);
is_whole(fetch([@dated], url => $url), 'it is the end where nothing is counted', '');
(my $unknown = empty_page(0)) =~ s/true/null/;
$url = raw_server($unknown, $out_of_range);
is_whole(fetch([@itemized], url => $url), 'and in answer to the question for undated rows', '');

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
is_whole(fetch([@dated], url => $url), 'what stands behind the date is passed on', lines(1, 2));
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
ok(time - $start < 20, 'is none') or diag time - $start;
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
# A run that is killed behind its first page, with what the file then has behind it.
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
is_refused($r, 65, qr/has \d+ bytes, more than the reading .* behind byte \d+, or begin anew/,
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
