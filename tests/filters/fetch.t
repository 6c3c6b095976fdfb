#!/usr/bin/env perl
# fetch.t - fec-fetch, on good days and bad, against tests/servers/fec-server.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use IO::Socket::INET;
use Test::More;
use Time::HiRes qw(time);

my $dir = scratch();
my $root = "$dir/root";
my $fetch = program('fec-fetch');

# Nothing of the user's own settings reaches the program.
delete @ENV{grep { /^(?:FEC_(?!BIN|REAL)|CURL_|SSL_)|_proxy$|_PROXY$/ } keys %ENV};
$ENV{FEC_RETRY_DELAY_MS} = 10;

# --- The files and the server

mkdir $_ or die "$_: $!" for $root, "$root/2024", "$root/data_dictionaries";
my $zip = "PK\3\4";
$zip .= pack 'N*', map { ($_ * 2654435761) & 0xffffffff } $_ * 256 .. $_ * 256 + 255 for 0 .. 2999;
my $size = length $zip;
spew("$root/2024/indiv24.zip", $zip);
spew("$root/2024/cm24.zip", "PK\5\6" . "\0" x 18);
spew("$root/2024/cn24.zip", '');
spew("$root/2024/oth24.zip", "<html>this is no archive</html>");
my $csv = "cand_id,spe_nam\r\n" . join '', map { "H0XX0000$_,\"COMMITTEE, FOR $_\"\r\n" } 1 .. 9;
spew("$root/2024/independent_expenditure_2024.csv", "\xEF\xBB\xBF$csv");
my $header = "CMTE_ID,CMTE_NM,TRES_NM\r\n";
spew("$root/data_dictionaries/cm_header_file.csv", $header);
spew("$root/data_dictionaries/cn_header_file.csv", "\n  <Error/>\n");
spew("$root/data_dictionaries/ccl_header_file.csv", "\x1f\x8b\x08\0gzip");
utime 1_700_000_000, 1_700_000_000, "$root/2024/indiv24.zip";
my $modified = 'Tue, 14 Nov 2023 22:13:20 GMT';

my $server = start_server($root);
my ($url, $port, $log) = @$server{qw(url port log)};
my $indiv = "$url/2024/indiv24.zip";

# Sets the rules of the server; its log starts again.
sub rules { spew($server->{behave}, map { "$_\n" } @_); spew($log, '') }

# The server's log, as soon as it has that number of lines.
sub requests {
    my ($count) = @_;
    my @lines;
    wait_until(sub { (@lines = split /\n/, slurp($log)) >= $count }, 10);
    return @lines;
}

# Runs fec-fetch against the server, with --stats. Options as those of run, and base => URL.
my $stats_file = "$dir/stats";
sub fetch {
    my ($arguments, %option) = @_;
    unlink $stats_file;
    my $result = run([$fetch, '--stats', $stats_file, @$arguments],
        %option, env => {FEC_BULK_URL => $option{base} // $url, %{$option{env} // {}}});
    $result->{stats} = -e $stats_file ? stats_of($stats_file) : {};
    return $result;
}

# True if all of the archive has come and all is well. Bytes are compared, not shown.
sub is_whole {
    my ($result, $name, $expected) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $good = $result->{status} == 0 && $result->{signal} == 0
        && $result->{out} eq ($expected // $zip);
    ok($good, $name)
        or diag("status $result->{status}, signal $result->{signal}, ",
        length $result->{out}, " bytes; $result->{err}");
}

sub is_refused {
    my ($result, $status, $message, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    ok($result->{status} == $status && $result->{err} =~ $message, $name)
        or diag("status $result->{status}; $result->{err}");
}

my @bulk = qw(bulk indiv 2024);
my $r;

# --- Fine weather

rules();
$r = fetch([@bulk]);
is_whole($r, 'a bulk file comes over HTTP as it is');
is($r->{err}, '', 'and without a word');
is_deeply(
    [@{$r->{stats}}{qw(url effective_url http_status last_modified length bytes retries resumed
                       not_modified from_copy)}],
    [$indiv, $indiv, 200, $modified, $size, $size, 0, 0, 0, 0], 'the stats say what was fetched');
my $etag = $r->{stats}{etag};
like($etag, qr/^"[0-9a-f]{32}"$/, 'and the ETag');
is_whole(fetch([@bulk], base => "$url///"), 'slashes at the end of FEC_BULK_URL do no harm');
$r = fetch(['header', 'cm']);
is_whole($r, 'a header dictionary comes by its name', $header);
$r = fetch([qw(bulk independent_expenditure 2024)]);
is_whole($r, 'independent_expenditure is a CSV file of the whole cycle', "\xEF\xBB\xBF$csv");
is_whole(fetch([qw(bulk cm 2024)]), 'an empty archive is an archive', "PK\5\6" . "\0" x 18);
is_whole(fetch([@bulk], base => "file://$root"), 'a local file comes over file://');
is($r = stats_of($stats_file)->{last_modified}, $modified, 'and its time is its version');

rules("* redirect http://localhost:$port");
$r = fetch([@bulk]);
is_whole($r, 'a redirect to another host is followed');
is($r->{stats}{effective_url}, "http://localhost:$port/2024/indiv24.zip",
    'and the stats name where it led');

# --- What is no file

rules();
$r = fetch([qw(bulk pas2 2024)]);
is_refused($r, 66, qr{\Q$url\E/2024/pas224\.zip.*404}, 'a missing file is 66, with URL and status');
is($r->{out}, '', "and nothing of the error's body is passed on");
is(scalar(requests(1)), 1, 'and it is asked for once');
is_refused(fetch([qw(bulk pas2 2024)], base => "file://$root"), 66, qr/pas224\.zip/,
    'a missing local file is 66');
is_refused(fetch([qw(bulk cn 2024)]), 65, qr/empty/, 'an empty body is 65');
is_refused(fetch([qw(bulk cn 2024)], base => "file://$root"), 65, qr/empty/,
    'and so is an empty local file');
$r = fetch([qw(bulk oth 2024)]);
is_refused($r, 65, qr/not a zip archive.*'<html>this is/,
    'what does not begin like an archive is 65');
is($r->{out}, '', 'and none of it is passed on');
is_refused(fetch([qw(header cn)]), 65, qr/not a CSV file.*<Error/, 'a page is no CSV file');
is_refused(fetch([qw(header ccl)]), 65, qr/not a CSV file/, 'nor is a compressed stream');
rules('* html');
$r = fetch([@bulk]);
is_refused($r, 65, qr/HTML page.*<!DOCTYPE/, 'an HTML page in place of the archive is 65');
is($r->{out}, '', 'and none of it is passed on');
rules('*.zip header Content-Type: text/html; charset=x');
is_refused(fetch([@bulk]), 65, qr/HTML page.*'PK/, 'what the server itself calls HTML is refused');
for my $status (403, 410) {
    rules("* status $status");
    is_refused(fetch([@bulk]), 66, qr/status $status/, "status $status is 66");
}
for my $status (400, 401, 501) {
    rules("* status $status");
    is_refused(fetch([@bulk]), 69, qr/status $status/, "status $status is 69");
    is(scalar(requests(1)), 1, 'at once');
}
rules('* status 206');
is_refused(fetch([@bulk]), 69, qr/a part/, 'a part that nobody asked for is refused');

# --- Broken connections

rules('*.zip cut 1000000 times=1', '*.zip cut 70000 times=1', '*.zip cut 10 times=1');
$r = fetch([@bulk]);
is_whole($r, 'after cuts the reader has the same bytes');
is_deeply([@{$r->{stats}}{qw(retries resumed bytes length)}], [3, 3, $size, $size],
    'the stats count the retries');
is_deeply(
    [requests(4)],
    [   "GET /2024/indiv24.zip 200 - - 1000000",
        "GET /2024/indiv24.zip 206 bytes=1000000- $etag 70000",
        "GET /2024/indiv24.zip 206 bytes=1070000- $etag 10",
        "GET /2024/indiv24.zip 206 bytes=1070010- $etag " . ($size - 1070010),
    ],
    'each time it went on from the byte it had reached, if the file was the same');
is(() = $r->{err} =~ /at byte \d+; retry 1 of 5/g, 3, 'each retry is announced, with the byte');

rules('*.zip no-etag', '*.zip cut 5000 times=1');
is_whole(fetch([@bulk]), 'without an ETag it goes on by the date');
like((requests(2))[1], qr/ 206 bytes=5000- Tue,%2014%20Nov/, 'which is what If-Range holds');

rules('*.zip reset 200000 times=1');
is_whole(fetch([@bulk]), 'a reset is mended too');
rules('* refuse times=2');
is_whole(fetch([@bulk]), 'and so is a connection closed without an answer');
rules('*.zip cut 0 times=1');
is_whole(fetch([@bulk]), 'and one that ends before the first byte');

rules('*.zip stall 300000 times=1');
$r = fetch([@bulk], env => {FEC_STALL_SECONDS => 1});
is_whole($r, 'a stalled connection is given up and taken up again');
like($r->{err}, qr/stalled.*at byte 300000/, 'and it says so');

rules("* redirect http://localhost:$port", '*.zip cut 5000 times=1');
$r = fetch([@bulk]);
is_whole($r, 'after a redirect it goes on as well');

rules('*.zip no-ranges', '*.zip cut 600000 times=1', '*.zip cut 20 times=1');
$r = fetch([@bulk]);
is_whole($r, 'a server without ranges is read again from its beginning');
is($r->{stats}{resumed}, 2, 'and what was there before is not passed on twice');

rules('*.zip wrong-length 5');
is_refused(fetch([@bulk], env => {FEC_RETRY_DELAY_MS => 0}), 75, qr/changed.*416/,
    'a length that promises too much is no success');

rules('*.zip cut 1000 times=1', '*.zip cut 0');
$r = fetch(['--retries', 3, @bulk]);
is_refused($r, 69, qr/given up after 3 retries/, 'when the retries are used up that is 69');
is_deeply([@{$r->{stats}}{qw(retries bytes)}], [3, 1000], 'with what had come, and the retries');
rules('*.zip cut 1000 times=9');
$r = fetch(['--retries', 1, @bulk]);
is_whole($r, 'retries are counted again when bytes have come');
is($r->{stats}{retries}, 9, 'so there can be more of them in all');

my $closed = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1)->sockport;
$r = fetch(['--retries', 2, @bulk], base => "http://127.0.0.1:$closed");
is_refused($r, 69, qr/retry 2 of 2.*given up after 2/s,
    'a server that is down is tried again, then 69');

rules('*.zip change 100000');
is_refused(fetch([@bulk]), 75, qr/changed at the server while it was read/,
    'a file that changed between two parts is 75');
rules('*.zip no-etag', '*.zip change 100000');
is_refused(fetch([@bulk]), 75, qr/changed at the server/, 'without ETags too');
rules('*.zip cut 100000 times=1', '*.zip status 412 after=1');
is_refused(fetch([@bulk]), 75, qr/412/, 'a refused condition is 75');
for my $wrong ('bytes 0-9/10', "bytes 99999-9/$size", 'bytes 100000-100001/100003', 'rubbish') {
    rules('*.zip cut 100000 times=1', "*.zip header Content-Range: $wrong after=1");
    is_refused(fetch([@bulk]), 75, qr/changed.*range/, "the range '$wrong' is not believed");
}
rules('*.zip cut 100000 times=1', '*.zip header ETag: "other" after=1');
is_refused(fetch([@bulk]), 75, qr/changed.*range/, 'nor is one of another version');

rules('*.zip chunked');
is_whole(fetch([@bulk]), 'a body of unknown length is read to its end');
is(stats_of($stats_file)->{length}, $size, 'and its length known then');
rules('*.zip chunked', '*.zip cut 50000');
is_refused(fetch([@bulk]), 75, qr/at byte 50000.*neither ETag nor/,
    'but when it is cut there is nothing to go on by: 75');

# --- Busy servers

rules(map {"* status $_ times=1"} 500, 502, 503, 504, 408);
$r = fetch([@bulk]);
is_whole($r, 'after 500, 502, 503, 504 and 408 it asks again');
is($r->{stats}{retries}, 5, 'once for each');
like($r->{err}, qr/status 502 at byte 0; retry 2 of 5/, 'and says why');
rules('* status 429 retry-after=1 times=1');
my $start = time;
is_whole(fetch([@bulk]), 'after 429 it asks again');
cmp_ok(time - $start, '>=', 1, 'not before the time that Retry-After says');
rules('* status 503');
is_refused(fetch(['--retries', 1, @bulk]), 69, qr/status 503/, 'a server that stays busy is 69');
rules('* status 503');
is_refused(fetch(['--retries', 0, @bulk]), 69, qr/status 503/, 'with --retries 0 at once');
is(scalar(requests(1)), 1, 'after one request');

# --- Redirects

rules('* redirect-loop');
is_refused(fetch([@bulk]), 69, qr/more than 10 redirects/, 'a loop of redirects is 69');
rules("* redirect file://$root");
$r = fetch([@bulk]);
is_refused($r, 69, qr/redirects to file:/, 'a redirect to a local file is not followed');
is($r->{out}, '', 'and nothing of it comes');
rules('* redirect ftp://127.0.0.1');
is_refused(fetch([@bulk]), 69, qr/redirects to/, 'nor is one to FTP');
rules("* redirect http://user:secret\@localhost:$port");
$r = fetch([@bulk]);
ok($r->{err} . join('', values %{$r->{stats}}) !~ /secret/,
    'a password in a redirect is not shown');

# --- --etag

my $note = "$dir/note";
rules();
is_whole(fetch(['--etag', $note, @bulk]), '--etag: the first time the file comes');
is(slurp($note), "url=$indiv\netag=$etag\nlast_modified=$modified\nlength=$size\n",
    'and its version is noted');
$r = fetch(['--etag', $note, @bulk]);
is_whole($r, 'the second time nothing comes', '');
is($r->{stats}{not_modified}, 1, 'and the stats say why');
like($r->{err}, qr/\A\S+ \S+ not modified.*\n\z/, 'and so does one line');
like((requests(2))[1], qr/ 304 /, 'the server was asked with a condition');
for my $etag ('no-etag', 'no-last-modified') {
    unlink $note;
    rules("* $etag");
    fetch(['--etag', $note, @bulk]);
    is_whole(fetch(['--etag', $note, @bulk]), "the same holds with $etag", '');
}
rules();
spew($note, "etag=\"other\"\nlast_modified=$modified\n");
is_whole(fetch(['--etag', $note, @bulk]), 'another version comes');
spew($note, "etag=\"x\r\nX-Evil: 1\nlast_modified=rubbish\nlength=-5\n\0\n");
is_whole(fetch(['--etag', $note, @bulk]), 'a file of rubbish is no version');
my $before = slurp($note);
rules('* cut 100');
fetch(['--etag', $note, '--retries', 0, qw(bulk oth 2024)]);
is(slurp($note), $before, 'a failure leaves the noted version as it was');
unlink $note;
fetch(['--etag', $note, @bulk], base => "file://$root");
is(slurp($note), "url=file://$root/2024/indiv24.zip\netag=\nlast_modified=$modified\n"
    . "length=$size\n",
    'of a local file time and size are noted');
is_whole(fetch(['--etag', $note, @bulk], base => "file://$root"), 'and it does not come twice', '');

rules();
# A run that was killed while it noted the version, the same just now, and files of others.
my @left = map { "$note.tmp.$_" } qw(00112233445566ff 00112233445566fe 0123 00112233445566zz);
spew($_, "url=x\n") for @left;
utime time - 3600, time - 3600, @left[0, 2, 3];
is_whole(fetch(['--etag', $note, @bulk]), 'the version of another URL says nothing of this one');
is(join(' ', map { -e $_ ? 1 : 0 } @left), '0 1 1 1', 'what a killed run has left is removed');
unlink @left;
like(slurp($note), qr/^url=\Q$indiv\E$/m, 'whose version is noted then');
is_whole(fetch(['--etag', $note, @bulk]), 'and holds', '');

# What is not a regular file is neither waited for nor replaced.
my $fifo = "$dir/fifo";
system('mkfifo', $fifo) == 0 or die 'mkfifo failed';
for my $option ('--etag', '--save') {
    is_refused(run([$fetch, $option, $_, @bulk], env => {FEC_BULK_URL => $url}, seconds => 20), 73,
        qr/\Q$_\E: not a regular file/, "$option does not take $_ for a file") for $fifo,
        '/dev/null';
}
ok(-p $fifo && -c '/dev/null', 'and they are still there');

# --- --save

my $saved = "$dir/saved.zip";
my @save = ('--save', $saved, @bulk);
my @endings = ('', '.etag', '.part', '.part.etag');
sub forget_copy { unlink map {"$saved$_"} @endings }
sub copy_files { join ' ', map { -e "$saved$_" ? "FILE$_" : () } @endings }

rules();
$r = fetch([@save]);
is_whole($r, '--save: the file comes');
ok(slurp($saved) eq $zip, 'and the copy is the same');
is(copy_files(), 'FILE FILE.etag', 'with its version beside it');
is(slurp("$saved.etag"), "url=$indiv\netag=$etag\nlast_modified=$modified\nlength=$size\n",
    'in the known form');
$r = fetch([@save]);
is_whole($r, 'the second time it comes from the copy');
is_deeply([@{$r->{stats}}{qw(from_copy http_status length bytes)}], [1, 304, $size, $size],
    'as the stats say');
truncate($saved, 1000);
is_whole($r = fetch([@save]), 'a copy that is not as long as it was is not used');
is($r->{stats}{from_copy}, 0, 'but fetched again');
spew($note, "etag=$etag\n");
is_whole(fetch(['--etag', $note, @save]), '--etag goes before --save: nothing comes', '');
spew($note, "etag=\"older\"\n");
is_whole($r = fetch(['--etag', $note, @save]), 'a copy that is newer than the noted version comes');
is($r->{stats}{from_copy}, 1, 'without being fetched');
like(slurp($note), qr/^\Qetag=$etag\E$/m, 'and is noted then');

spew("$saved.etag", slurp("$saved.etag") =~ s/^url=.*/url=http:\/\/other.example\/indiv24.zip/r);
is_whole($r = fetch([@save]), 'a copy of another URL');
is($r->{stats}{from_copy}, 0, 'is not used');

forget_copy();
rules('*.zip cut 400000 times=1', '*.zip cut 0 times=1');
$r = fetch(['--retries', 0, @save]);
is($r->{status}, 69, 'a run that breaks off');
is(copy_files(), 'FILE.part FILE.part.etag', 'leaves the part with its version');
is(-s "$saved.part", 400000, 'all that had come');
rules();
$r = fetch([@save]);
is_whole($r, 'the next run takes it up');
is((requests(1))[0], "GET /2024/indiv24.zip 206 bytes=400000- $etag " . ($size - 400000),
    'and asks for the rest only');
is_deeply([@{$r->{stats}}{qw(resumed retries bytes)}], [1, 0, $size], 'as the stats say');
ok(slurp($saved) eq $zip && copy_files() eq 'FILE FILE.etag', 'and the copy is whole');


# Puts a part there, as a run that was cut off would have left it.
sub part {
    my ($bytes, @version) = @_;
    spew("$saved.part", $bytes);
    spew("$saved.part.etag", @version);
}
forget_copy();
part(substr($zip, 0, 5000), "etag=$etag\n");
rules('*.zip cut 0 times=1', '*.zip no-ranges times=1', '*.zip header ETag: "other" times=1');
is_whole(fetch([@save]), 'an answer of another version without a body does not spoil the part');
ok(slurp($saved) eq $zip, 'nor the copy');
forget_copy();
rules();
part('PK' . 'x' x 1000, "etag=\"older\"\n");
is_whole(fetch([@save]), 'a part of another version is given up');
ok(slurp($saved) eq $zip, 'for the copy too');
forget_copy();
spew("$saved.part", 'x' x 1000);
is_whole(fetch([@save]), 'a part whose version is unknown is not believed');
forget_copy();
part('x' x ($size + 10), "etag=$etag\n");
is_whole(fetch([@save]), 'nor is one that is longer than the file');
ok(slurp($saved) eq $zip, 'and the copy is right');
forget_copy();
part($zip, "etag=$etag\nlength=$size\n");
is_whole($r = fetch([@save]), 'a part that is whole is a copy');
is($r->{stats}{from_copy}, 1, 'and need not be fetched');
forget_copy();
part(substr($zip, 0, 5000), "etag=$etag\n");
rules('*.zip cut 7000 times=1');
is_whole(fetch([@save]), 'a part taken up and cut again');
ok(slurp($saved) eq $zip, 'makes a whole copy');
forget_copy();
part(substr($zip, 0, 5000), "etag=$etag\n");
rules('* html');
is($r = fetch([@save])->{status}, 65, 'a page in place of the rest');
is(-s "$saved.part", 5000, 'does no harm to the part');
forget_copy();
rules();
is(fetch(['--save', $saved, qw(bulk pas2 2024)])->{status}, 66, 'a file that is not there');
is(copy_files(), '', 'leaves nothing behind');
rules('*.zip chunked', '*.zip cut 300000');
is(fetch([@save])->{status}, 75, 'a part without a version');
is(copy_files(), '', 'is not kept');

rules();
my $shell = sub {
    my ($before, $after, @arguments) = @_;
    unlink "$dir/status", $stats_file;
    my $pipe = qq{($before "\$@" && x=0 || x=\$?; echo \$x >$dir/status) | $after};
    my $result = run(['sh', '-c', $pipe, 'sh', $fetch, '--stats', $stats_file, @arguments],
        env => {FEC_BULK_URL => $url});
    chomp($result->{status} = slurp("$dir/status"));
    $result->{stats} = stats_of($stats_file);
    return $result;
};
$r = $shell->('', 'head -c 1000 >/dev/null', @bulk);
ok($r->{status} == 128 + 13 && $r->{err} eq '', 'a reader that has enough ends it quietly');
is($r->{stats}{length}, $size, 'with the stats written');
cmp_ok($r->{stats}{bytes}, '<', $size, 'before all had come');
$r = $shell->('', 'head -c 1000 >/dev/null', @save);
ok($r->{status} == 0 && $r->{err} eq '', 'with --save the reader may go');
ok(slurp($saved) eq $zip, 'and all is saved');
$r = $shell->('', 'head -c 1000 >/dev/null', @save);
is_deeply([$r->{status}, $r->{stats}{from_copy}], [0, 1], 'from the copy too');

{
    local $ENV{FEC_STALL_SECONDS} = 1;
    $r = $shell->('', "(sleep 2; cmp - $root/2024/indiv24.zip)", @bulk);
    ok($r->{status} == 0 && $r->{err} . $r->{out} eq '', 'a slow reader is no stalled connection');
}

forget_copy();
$r = $shell->('ulimit -f 1000;', 'cat', @save);
is_refused($r, 74, qr/saved\.zip\.part: .* at byte (\d+)/, 'a disk that takes no more is 74');
is(copy_files(), 'FILE.part FILE.part.etag', 'what had come can be taken up');
is_whole($r = fetch([@save]), 'when there is room again');
is($r->{stats}{resumed}, 1, 'and it is');

forget_copy();
rules('*.zip stall 500000 times=1');
my $first = start([$fetch, @save], env => {FEC_BULK_URL => $url});
ok(wait_until(sub { (-s "$saved.part" // 0) >= 256 * 1024 }), 'while one run saves a file');
is_refused(fetch([@save]), 75, qr/\Q$saved\E\.part: process $first->{pid} is fetching it/,
    'another one says who does, and ends with 75');
kill KILL => $first->{pid};
finish($first);
is_whole($r = fetch([@save]), 'what a killed run had fetched');
is($r->{stats}{resumed}, 1, 'is taken up');
is_refused(fetch(['--save', "$dir/none/file", @bulk]), 73, qr{none/file},
    'a folder that is not there is 73');

# --- --info

rules('* status 503 times=1');
$r = fetch(['--info', @bulk]);
is_whole($r, '--info says what the server says',
    "url=$indiv\neffective_url=$indiv\netag=$etag\nlast_modified=$modified\nlength=$size\n");
like((requests(2))[1], qr/^HEAD \S+ 200/, 'without fetching');
rules('* chunked');
like(fetch(['--info', @bulk])->{out}, qr/^etag=\nlast_modified=\nlength=\n/m,
    'what it does not say is empty');
rules("* redirect http://localhost:$port");
like(fetch(['--info', @bulk])->{out}, qr{^effective_url=http://localhost}m, 'after redirects too');
rules();
is_refused(fetch(['--info', qw(bulk pas2 2024)]), 66, qr/404/, 'a missing file is 66');
is(fetch(['--info', @bulk], base => "file://$root")->{out},
    "url=file://$root/2024/indiv24.zip\neffective_url=file://$root/2024/indiv24.zip\n"
        . "etag=\nlast_modified=$modified\nlength=$size\n", 'it knows local files as well');
is_refused(fetch(['--info', qw(bulk pas2 2024)], base => "file://$root"), 66, qr/pas224/,
    'and which are missing');

# --- Enemies

rules(qq{*.zip header ETag: "a\tb"}, '*.zip no-etag');
is(fetch([@bulk])->{stats}{etag}, '', 'an ETag with a control character is no ETag');
rules('*.zip header ETag: "' . 'x' x 5000 . '"', '*.zip no-etag');
is_whole($r = fetch([@bulk]), 'an ETag without end does no harm');
is($r->{stats}{etag}, '', 'and is left out');
rules('*.zip header Last-Modified: rubbish', '*.zip no-last-modified');
is(fetch([@bulk])->{stats}{last_modified}, '', 'an invalid date is left out');
my $secret = "http://user:s3cret\@127.0.0.1:$port";
for my $case ([@bulk], [qw(bulk pas2 2024)], ['--info', @bulk]) {
    rules('*.zip status 503 times=1', '*.zip cut 100 times=1');
    $r = fetch($case, base => $secret);
    ok("$r->{err}$r->{stats}{url}$r->{stats}{effective_url}" !~ /s3cret|user/
            && ($case->[0] ne '--info' || $r->{out} !~ /s3cret/),
        "a password in the URL is not shown (@$case)");
}
is_refused(fetch([@bulk], base => "http://user:s3cret\@127.0.0.1:99999999"), 64,
    qr/\A(?!.*s3cret).*FEC_BULK_URL is not a URL/s, 'not even when it is not a URL');

# --- Mistakes

my @mistakes = (
    ['no operands'], ['an unknown subcommand', qw(steal cm)], ['a missing cycle', qw(bulk cm)],
    ['one operand too many', qw(header cm 2024)], ['an unknown file', qw(bulk ../cm 2024)],
    ['an odd cycle', qw(bulk cm 2023)], ['a cycle before 1976', qw(bulk cm 1974)],
    ['a cycle after 2100', qw(bulk cm 2102)], ['a cycle that is no number', qw(bulk cm 2024x)],
    ['a header dictionary that is not published', qw(header webk)],
    ['--retries without a number', qw(--retries many bulk cm 2024)],
    ['--info with --save', '--info', '--save', "$dir/x", @bulk],
    ['one file for two purposes', '--etag', "$dir/x", '--save', "$dir/x", @bulk],
);
for (@mistakes) {
    my ($name, @arguments) = @$_;
    is(fetch([@arguments])->{status}, 64, "$name is 64");
}
is(fetch([@bulk], base => $_)->{status}, 64, "FEC_BULK_URL=$_ is 64")
    for 'ftp://127.0.0.1', '/a/path', 'www.fec.gov';
is(fetch([@bulk], env => {FEC_STALL_SECONDS => 'x'})->{status}, 64, 'FEC_STALL_SECONDS=x is 64');
is(run(['sh', '-c', '"$@" >&-', 'sh', $fetch, @bulk], env => {FEC_BULK_URL => $url})->{status}, 74,
    'a closed standard output is 74');

# --- Memory

SKIP: {
    skip('there is no /proc here, or there are sanitizers', 1)
        if !-r "/proc/$$/status" || $ENV{FEC_SANITIZED};
    my $large = 64 * 1024 * 1024;
    spew("$root/2024/oppexp24.zip", "PK\3\4");
    truncate("$root/2024/oppexp24.zip", $large);
    local $ENV{FEC_BULK_URL} = $url;
    my $pid = open(my $pipe, '-|', $fetch, qw(bulk oppexp 2024)) or die "$fetch: $!";
    my ($read, $peak) = (0, 0);
    while (my $n = sysread($pipe, my $block, 1024 * 1024)) {
        $read += $n;
        next if $read < $large / 2 || $peak;
        ($peak) = slurp("/proc/$pid/status") =~ /^VmHWM:\s+(\d+) kB/m;
    }
    close $pipe;
    ok($read == $large && $peak && $peak < 32 * 1024, 'it takes less than 32 MB of memory')
        or diag("$read bytes, $peak kB");
}

# --- TLS

SKIP: {
    skip('there is no openssl here', 4)
        if run(['sh', '-c', 'command -v openssl'])->{status} != 0;
    my $tls = "$dir/tls";
    mkdir $_ for $tls, "$tls/2024";
    run([qw(openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext),
            'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', "$tls/key",
            '-out', "$tls/cert"]);
    my $head = sub { join("\r\n", @_) . "\r\n\r\n" };
    spew("$tls/2024/indiv24.zip", $head->('HTTP/1.0 200 OK', "Content-Length: $size"), $zip);
    spew("$tls/2024/cm24.zip", $head->('HTTP/1.0 302 Found', "Location: $url/2024/cm24.zip"));
    my $tls_server = start([qw(openssl s_server -accept 127.0.0.1:0 -HTTP -cert cert -key key)],
        dir => $tls);
    my $tls_port;
    wait_until(sub { -e "$tls_server->{folder}/out"
            && (($tls_port) = slurp("$tls_server->{folder}/out") =~ /ACCEPT.*:(\d+)/) }, 10)
        or skip('openssl s_server does not start', 4);
    rules();
    my %base = (base => "https://127.0.0.1:$tls_port");
    $r = fetch([@bulk], %base);
    is_refused($r, 69, qr/certificate/, 'a certificate that nobody vouches for is refused');
    is($r->{stats}{retries}, 0, 'at once');
    is_whole(fetch([@bulk], %base, env => {CURL_CA_BUNDLE => "$tls/cert"}),
        'unless CURL_CA_BUNDLE vouches for it');
    is_refused(fetch([qw(bulk cm 2024)], %base, env => {SSL_CERT_FILE => "$tls/cert"}), 69,
        qr/redirects to http:/, 'a redirect from https to http is not followed');
}

# --- Messages on a terminal

for (["\x1b[2J", '?[2J', 'an escape sequence'], ["a\xc2\x9b2J", 'a??2J', 'one of C1'],
    ["a\x9b2J", 'a?2J', 'one of C1 that is not UTF-8'],
    ["a\xe2\x80\xaeb", 'a???b', 'an override of direction'],
    ["a\xe2\x81\xa6b", 'a???b', 'an isolate'], ["a\xd8\x9cb", 'a??b', 'a mark of direction'],
    ["a\xe2\x80\xa8b", 'a???b', 'a line separator'], ["a\nb", 'a?b', 'a newline'],
    ["a\xc0\xaeb", 'a??b', 'an overlong form'], ["a\xed\xa0\x80b", 'a???b', 'a surrogate'],
    ["a\xf4\x90\x80\x80b", 'a????b', 'what is beyond Unicode'],
    [("JOS\xc3\x89 \xe2\x82\xac \xf0\x9f\x98\x80") x 2, undef]) {
    my ($text, $shown, $name) = @$_;
    $r = run([$fetch, 'bulk', $text, 2024]);
    like($r->{err}, qr/\A[^\n]*'\Q$shown\E'[^\n]*\n\z/, defined $name ? "$name is shown as ?"
        : 'text is shown as it is');
}

done_testing();
