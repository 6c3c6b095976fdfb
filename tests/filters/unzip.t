#!/usr/bin/env perl
# fec-unzip: one member of a zip archive from a stream, whatever way the archive was written, and a
# clear refusal of whatever is no whole archive.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use POSIX ();
use Test::More;
use ZipMaker qw(archive local_part crc deflated text_with_crc endless_deflate);

# unzip-zlib.t runs this with the other build, and fewer of the thousands of damaged archives.
my $unzip  = program($ENV{FEC_TEST_UNZIP} // 'fec-unzip');
my $step   = ($ENV{FEC_TEST_UNZIP} ? 7 : 1) * ($ENV{FEC_SANITIZED} ? 3 : 1);
my $folder = scratch();
my $text   = join '',
    map { "C0040122$_|N|M2|P|2025$_|15|IND|EXAMPLE, PERSON $_|SPRINGFIELD\n" } 1 .. 9;
my $long   = join '', map { "$_|" . ($_ * 7919 % 104729) . "\n" } 1 .. 60_000;
my @layouts = qw(32 sig32 64 sig64);

# The program on these bytes. Unlike run() it does not poll, for the tests with thousands of runs; a
# program that hangs is ended by its alarm clock, which shows as a signal.
sub unzip {
    my ($bytes, @arguments) = @_;
    spew("$folder/in", $bytes);
    my $pid = fork() // die "fork: $!";
    if ($pid == 0) {
        open(STDIN,  '<', "$folder/in")  or POSIX::_exit(126);
        open(STDOUT, '>', "$folder/out") or POSIX::_exit(126);
        open(STDERR, '>', "$folder/err") or POSIX::_exit(126);
        alarm 60;
        exec {$unzip} $unzip, @arguments or POSIX::_exit(127);
    }
    waitpid($pid, 0);
    return {
        status => $? >> 8, signal => $? & 127,
        out => slurp("$folder/out"), err => slurp("$folder/err"),
    };
}

sub gives {
    my ($name, $bytes, $expected, @arguments) = @_;
    my $result = unzip($bytes, @arguments);
    ok($result->{status} == 0 && $result->{signal} == 0 && $result->{out} eq $expected
            && $result->{err} eq '', $name)
        or diag("status $result->{status}, ", length $result->{out}, " bytes, $result->{err}");
}

sub refuses {
    my ($name, $bytes, $status, $message, @arguments) = @_;
    my $result = unzip($bytes, @arguments);
    ok($result->{status} == $status && $result->{err} =~ /\Afec-unzip: [^\n]*\n\z/
            && $result->{err} =~ $message, $name)
        or diag("status $result->{status}, signal $result->{signal}: $result->{err}");
}

# One line on stderr and exit status 65 or 66, nothing else.
sub refused {
    my ($result) = @_;
    return $result->{signal} == 0 && ($result->{status} == 65 || $result->{status} == 66)
        && $result->{err} =~ /\Afec-unzip: [^\n]+\n\z/;
}

subtest 'members come out as they went in' => sub {
    gives('a deflated member', archive({data => $text}), $text);
    gives('a stored member', archive({data => $text, method => 0}), $text);
    gives('a long member', archive({data => $long}), $long);
    gives('an empty deflated member', archive({data => ''}), '');
    gives('an empty stored member', archive({data => '', method => 0}), '');
    gives('a member with sizes in a zip64 extra field',
        archive({data => $text, zip64 => 1}), $text);
    gives('a zip64 extra field after others',
        archive({data => $text, zip64 => 1, extra => "UT\1\0x"}), $text);
    gives('padding in the extra field', archive({data => $text, extra => "\0\0\0"}), $text);
    gives('a single-segment marker before the first member',
        'PK00' . archive({data => $text}), $text);
    gives('a split archive\'s marker before the first member',
        "PK\7\x08" . archive({data => $text}), $text);
};

subtest 'data descriptors of every layout are recognized' => sub {
    for my $layout (@layouts) {
        for my $zip64 (0, 1) {
            my %first = (name => 'first', data => $text, descriptor => $layout, zip64 => $zip64);
            my $more = $zip64 ? ' with a zip64 extra field' : '';
            gives("layout $layout$more", archive(\%first), $text);
            gives("layout $layout$more, stored with its sizes in the header too",
                archive({%first, method => 0, keep_sizes => 1, zip64 => 0}), $text);
            gives("layout $layout$more, before the wanted member",
                archive(\%first, {name => 'b', data => $long}), $long, 'b');
            gives("layout $layout$more, empty, before the wanted member",
                archive({%first, data => ''}, {name => 'b', data => $long}), $long, 'b');
            gives("layout $layout$more, whose CRC is the signature",
                archive({%first, data => text_with_crc($text, 0x08074b50)},
                    {name => 'b', data => 'B'}), 'B', 'b');
        }
        refuses("layout $layout with a wrong CRC",
            archive({data => $text, descriptor => $layout, crc => 1}), 65,
            'member itcont\.txt: CRC [0-9a-f]{8}, '
                . 'but the data descriptor at byte \d+ says 00000001');
        my $known = {data => $text, descriptor => $layout, zip64 => $layout =~ /64/ ? 1 : 0};
        refuses("layout $layout with a wrong size", archive({%$known, size => 5}), 65,
            qr/data descriptor at byte \d+ says 5 made of/);
        refuses("layout $layout with a wrong compressed size", archive({%$known, csize => 5}), 65,
            qr/data descriptor at byte \d+ says \d+ made of 5$/m);
    }
};

subtest 'stored members whose size only follows' => sub {
    for my $layout (qw(sig32 sig64)) {
        my %stored = (name => 'a', method => 0, descriptor => $layout);
        gives("end at a descriptor that fits ($layout)", archive({%stored, data => $long}), $long);
        gives("may be empty ($layout)",
            archive({%stored, data => ''}, {name => 'b', data => 'B'}), 'B', 'b');
        my $inner = archive({%stored, data => $text}) x 3 . "PPPKPK\7PK\7\x08" . "PK\7\x08" x 3;
        gives("may hold archives and signatures ($layout)",
            archive({%stored, data => $inner}), $inner);
    }
    refuses('are refused without a signature',
        archive({data => $text, method => 0, descriptor => '32'}), 65,
        'member itcont\.txt: stored, with its size only after it, .* '
            . 'no data descriptor with a signature fits');
};

subtest 'a member is chosen by name or pattern' => sub {
    my $zip = archive(
        {name => 'by_date/', method => 0},
        {name => 'a[1].txt',       data => "bracket\n"},
        {name => 'itcont.txt',     data => $text},
        {name => 'a1.txt',         data => "one\n"},
        {name => 'by_date/.2.txt', data => "two\n"},
        {name => "nul\0.txt",      data => "nul\n"},
    );
    gives('the first that is no directory without a name', $zip, "bracket\n");
    gives('by name', $zip, $text, 'itcont.txt');
    gives('by pattern', $zip, $text, '*cont.tx?');
    gives('by a name that is a pattern too', $zip, "bracket\n", 'a[1].txt');
    gives('by a set', $zip, "one\n", 'a[0-9].txt');
    gives('a star matches slashes and leading dots', $zip, "two\n", '*2.txt');
    gives('after --', $zip, "one\n", '--', 'a1.txt');
    refuses('a name that is not there is no input', $zip, 66,
        qr{no member x\.txt in the archive; it has by_date/, a\[1\]\.txt, .* and 1 more}, 'x.txt');
    refuses('a directory is no member', $zip, 66, qr/no member by_date/, 'by_date/');
    refuses('a name with a NUL is not its beginning', $zip, 66, qr/no member nul /, 'nul');
    refuses('an archive of directories has no file', archive({name => 'd/', method => 0}), 66,
        qr{no member that is a file in the archive; it has d/});
    refuses('an archive without members', archive(), 66, qr/the archive has no members/);
    is(unzip($zip, 'a', 'b')->{status}, 64, 'only one name may be given');
};

# Runs fec-unzip, which must succeed, write $expected and say one line on stderr.
sub gives_with_word {
    my ($name, $bytes, $expected, $word, @arguments) = @_;
    my $result = unzip($bytes, @arguments);
    ok($result->{status} == 0 && $result->{out} eq $expected
            && $result->{err} =~ /\Afec-unzip: [^\n]*\n\z/ && $result->{err} =~ $word, $name)
        or diag("status $result->{status}, ", length $result->{out}, " bytes, $result->{err}");
}

subtest 'a member in a folder, or the only one' => sub {
    my $other = "other\n" x 1000;
    my @ways = ({}, {descriptor => 'sig32'}, {descriptor => '64'}, {zip64 => 1}, {method => 0},
        {method => 0, descriptor => 'sig64'});
    for my $way (@ways) {
        my $how = join ' ', 'as', map { "$_=$way->{$_}" } sort keys %$way;
        gives_with_word("a member in a folder is written with a word, $how",
            archive({%$way, name => '2024/itcont.txt', data => $text}, {name => 'x', data => 'x'}),
            $text, qr{no member itcont\.txt so far in the archive, but 2024/itcont\.txt},
            'itcont.txt');
        gives_with_word("the only member is written whatever its name, $how",
            archive({%$way, name => 'itcont_2024.txt', data => $text}), $text,
            qr{no member itcont\.txt in the archive; its only one, itcont_2024\.txt, is written},
            'itcont.txt');
    }
    gives_with_word('a folder, a hidden file and what macOS adds are no members beside it',
        archive({name => 'data/', method => 0}, {name => 'data/CM24.TXT', data => $text},
            {name => 'data/.hidden', data => $other}, {name => '__MACOSX/data/x', data => $other}),
        $text, qr/its only one, data\/CM24\.TXT/, 'cm.txt');
    gives_with_word('a pattern finds a member in a folder too', archive({name => 'a/weball24.txt',
            data => $text}), $text, qr{but a/weball24\.txt}, 'weball[0-9][0-9].txt');
    gives('the wanted member after another one is written without a word',
        archive({name => 'README', data => $other}, {name => 'itcont.txt', data => $text}), $text,
        'itcont.txt');
    gives('what lies in a folder under another name is not taken',
        archive({name => 'by_date/itcont_2024_1.txt', data => $other},
            {name => 'itcont.txt', data => $text}), $text, 'itcont.txt');
    my $two = unzip(archive({name => 'old/cm.txt', data => $other}, {name => 'cm.txt',
            data => $text}), 'cm.txt');
    is($two->{status}, 65, 'of two that could be meant none is right');
    like($two->{err}, qr{old/cm\.txt was written as cm\.txt, but cm\.txt could be meant too},
        'and both are named');
    refuses('of two with other names none is taken', archive({name => 'a', data => $other},
            {name => 'b', data => $text}), 66, qr/no member cm\.txt in the archive; it has a, b/,
        'cm.txt');
    refuses('a path is not looked for in other folders',
        archive({name => 'x/a/cm.txt', data => $text}, {name => 'b', data => $other}), 66,
        qr/no member a\/cm\.txt/, 'a/cm.txt');
    my $damaged = archive({name => 'other.txt', data => $text, crc => 7});
    my $result = unzip($damaged, 'cm.txt');
    ok($result->{status} == 65 && $result->{err} =~ /member other\.txt: CRC/,
        'the CRC of the only member is checked');
    gives('but not that of a first one that is passed', archive({name => 'README', data => $other,
            crc => 7}, {name => 'cm.txt', data => $text}), $text, 'cm.txt');
    gives_with_word('an archive without members is an empty member', archive(), '',
        qr/the archive has no members, so cm\.txt is taken for empty/, 'cm.txt');
    $result = run([$unzip, '--stats', "$folder/stats", 'cm.txt'],
        stdin => archive({name => 'dir/', method => 0}, {name => 'cm24.txt', data => $text}));
    my $stats = stats_of("$folder/stats");
    is("$stats->{member} $stats->{bytes} $stats->{members_skipped}", 'cm24.txt ' . length($text)
            . ' 1', 'the statistics are those of the member that was written');
};

subtest 'members before the wanted one are passed' => sub {
    my @before = ({name => 's', data => $long, method => 0}, {name => 'd', data => $long},
        {name => 'z', data => $text, zip64 => 1},
        {name => 'e', data => $text, flags => 1},
        {name => 'u', data => $text, method => 12, packed => 'BZ'},
        map { {name => $_, data => $long, descriptor => $_} } @layouts);
    my $result = unzip(archive(@before, {name => 'w', data => $text, descriptor => 'sig32'}),
        '--stats', "$folder/stats", 'w');
    is($result->{out}, $text, 'of any kind, also encrypted and in other methods');
    my $stats = stats_of("$folder/stats");
    is($stats->{members_skipped}, 9, 'and are counted');
    is_deeply([@$stats{qw(member method compressed_bytes bytes crc zip64 descriptor)}],
        ['w', 'deflate', length deflated($text), length $text, sprintf('%08x', crc($text)),
            0, 'sig32'],
        'the stats are those of the wanted member');
    refuses('but not those that cannot be read and whose end is not known',
        archive({name => 'e', data => $text, flags => 1, descriptor => 'sig32'},
            {name => 'w', data => 'w'}),
        65, qr/member e, header at byte 0: it is encrypted/, 'w');
};

subtest 'the list' => sub {
    my $nasty = "a\tb\n\e[31m\\\x{9b}\x7f";
    my $zip = archive(
        {name => 'itcont.txt', data => $text, descriptor => 'sig32'},
        {name => $nasty,       data => $text, method     => 0},
        {name => 'locked',     data => 'x',   method     => 0, flags => 1},
    );
    my ($crc, $size, $packed) = (sprintf('%08x', crc($text)), length $text, length deflated($text));
    my $line = "deflate\t$packed\t$size\t$crc\titcont.txt\n";
    gives('has method, sizes, CRC and an escaped name', $zip, $line
            . "stored\t$size\t$size\t$crc\ta\\x09b\\x0a\\x1b[31m\\\\\\x9b\\x7f\n"
            . sprintf("stored,encrypted\t1\t1\t%08x\tlocked\n", crc('x')), '-l');
    gives('can be of some members', $zip, $line, '--list', 'it*');
    gives('of an archive without members is empty', archive(), '', '-l');
    refuses('of members that are not there', $zip, 66, qr/no member x in/, '-l', 'x');
    my $wrong = archive({data => $text, crc => 1});
    gives('does not look at data it need not', $wrong,
        "deflate\t$packed\t$size\t00000001\titcont.txt\n", '-l');
    refuses('but the test does', $wrong, 65,
        qr/CRC $crc, but the local header at byte 0 says 00000001/, '-t');
    gives('the test writes nothing',
        archive({data => $text}, {name => 'b', data => $long}), '', '-t');
    unzip($zip, '-l', '--stats', "$folder/stats");
    is_deeply(stats_of("$folder/stats"), {members => 3, archive_bytes_read => length $zip},
        'is counted');
    gives('both can be asked for', archive({data => $text}), $line, '-tl');
    my $longest = archive({name => "\e" x 65535, data => $text});
    is(length unzip($longest, '-l')->{out}, length($line) - length('itcont.txt') + 4 * 65535,
        'of the longest name');
};

subtest 'what is no zip archive is called what it is' => sub {
    refuses('nothing', '', 65, qr/no archive: the input is empty/);
    refuses('HTML', "\n<!DOCTYPE HTML><html><title>Not found</title>", 65,
        qr/not a zip archive: .*HTML page/);
    refuses('XML', '<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>', 65,
        qr/not a zip archive: .*XML/);
    refuses('gzip', "\x1f\x8b\x08\0\0\0\0\0", 65, qr/gzip/);
    refuses('JSON', '{"error": {"code": "OVER_RATE_LIMIT"}}', 65, qr/JSON/);
    refuses('text', "C00401224|N|M2\n", 65, qr/plain text/);
    refuses('binary data', "\0\1\2\3\4\5\6\7\x08", 65,
        qr/unknown binary data \(00 01 02 03 04 05 06 07\)/);
    refuses('a central directory alone',
        substr(archive({data => $text}), length local_part({data => $text})),
        65, qr/central directory of a zip archive without its members/);
};

subtest 'wrong headers are refused with their place' => sub {
    my $good = {name => 'good', data => $text};
    my $at = length local_part($good);
    my $bad = sub { archive($good, {name => 'bad', data => $text, @_}) };
    my @bad = ('bad');
    refuses('a wrong CRC', $bad->(crc => 0xdeadbeef), 65,
        qr/member bad: CRC [0-9a-f]{8}, .* byte $at says deadbeef/, @bad);
    refuses('a size too small', $bad->(size => 10), 65,
        qr/member bad: more than the 10 bytes/, @bad);
    refuses('a size too large', $bad->(size => 10_000), 65,
        qr/member bad: .* says 10000 made of/, @bad);
    refuses('a compressed size too small', $bad->(csize => 10), 65,
        qr/goes on at byte \d+, after the 10 bytes/, @bad);
    refuses('a compressed size too large', $bad->(csize => 1000), 65,
        qr/ends at byte \d+, after \d+ of the 1000/, @bad);
    refuses('different sizes of stored data', $bad->(method => 0, size => 7), 65,
        qr/byte $at: it is stored, but/, @bad);
    refuses('encryption', $bad->(flags => 1), 65,
        qr/member bad, header at byte $at: it is encrypted/, @bad);
    refuses('an unknown method', $bad->(method => 12), 65,
        qr/byte $at: compression method 12 \(bzip2\)/, @bad);
    refuses('a method without a name', $bad->(method => 77), 65, qr/method 77 \(unknown\)/, @bad);
    refuses('patch data', $bad->(flags => 32), 65, qr/patch/, @bad);
    refuses('a zip64 marker without its extra field', $bad->(csize => 0xffffffff), 65,
        qr/byte $at: its sizes should stand in a zip64 extra field/, @bad);
    refuses('a zip64 size that cannot be', $bad->(zip64 => 1, size => 1 << 63, csize => -1), 65,
        qr/impossible size/, @bad);
    refuses('a corrupt deflate stream', $bad->(packed => "\xff" x 50), 65,
        qr/member bad: corrupt deflate stream at byte \d+: invalid block type/, @bad);
    refuses('bytes between members', local_part($good) . 'xxxx' . archive($good), 65,
        qr/byte $at: 78787878 is neither/, 'bad');
};

subtest 'an archive cut short anywhere is refused' => sub {
    my %small = (name => 'a', data => "C00401224|N\n" x 3);
    for my $kind ({}, {method => 0}, {zip64 => 1}, {method => 0, descriptor => 'sig64'},
        map { {descriptor => $_} } @layouts) {
        my $what = join(' ', %$kind) || 'deflate';
        my $part = local_part({%small, %$kind});
        my $whole = archive({%small, %$kind});
        my @wrong = grep {
            my $result = unzip(substr($whole, 0, $_));
            !refused($result) || $result->{status} != 65
        } grep { $_ % $step == 0 } 0 .. length($part) - 1;
        is("@wrong", '', "when its member is written ($what)");
        @wrong = grep {
            my $result = unzip(substr($whole, 0, $_), '-t');
            !refused($result) || $result->{status} != 65
        } grep { $_ % $step == 0 } length($part) .. length($whole) - 1;
        is("@wrong", '', "when it is tested up to its end ($what)");
    }
    gives('but not one cut after the wanted member', local_part({data => $text}), $text);
    refuses('the message says where', substr(archive({data => $long}), 0, 1000), 65,
        qr/cut short: it ends at byte 1000, in itcont\.txt$/m);
};

subtest 'a flipped bit is seen or does not matter' => sub {
    for my $kind ({}, {method => 0}, {zip64 => 1}, {descriptor => 'sig32'}, {descriptor => '64'}) {
        my %member = (name => 'a', data => "C00401224|N\n" x 3, %$kind);
        my $whole = archive(\%member);
        my @wrong;
        for my $byte (grep { $_ % $step == 0 } 0 .. length(local_part(\%member)) - 1) {
            for my $bit (0, 3, 5, 7) {
                my $flipped = $whole;
                substr($flipped, $byte, 1) ^= chr(1 << $bit);
                my $result = unzip($flipped);
                push @wrong, "$byte.$bit" unless refused($result)
                    || ($result->{status} == 0 && $result->{out} eq $member{data}
                        && $result->{err} eq '');
            }
        }
        is("@wrong", '', join(' ', %$kind) || 'deflate');
    }
};

# Runs the program with its input from a pipe into which `write` (a code reference) writes, and its
# output into a file. Calls `check` with the process id while the pipe is still open, if given.
# Returns the wait status, or undef if the program does not end while the pipe is open.
sub with_open_pipe {
    my ($write, $check, @arguments) = @_;
    pipe(my $read, my $feed) or die "pipe: $!";
    my $pid = fork() // die "fork: $!";
    if ($pid == 0) {
        close $feed;
        open(STDIN, '<&', $read) or POSIX::_exit(126);
        open(STDOUT, '>', "$folder/out") or POSIX::_exit(126);
        alarm 60;
        exec {$unzip} $unzip, @arguments or POSIX::_exit(127);
    }
    close $read;
    local $SIG{PIPE} = 'IGNORE';
    $write->($feed);
    $check->($pid) if $check;
    my $ended = wait_until(sub { waitpid($pid, POSIX::WNOHANG()) != 0 }, 20);
    my $status = $?;
    unless ($ended) {
        kill KILL => $pid;
        waitpid($pid, 0);
    }
    return $ended ? $status : undef;
}

subtest 'no more is read than needed' => sub {
    my %kinds = (deflate => {}, stored => {method => 0}, empty => {data => ''},
        map { ("descriptor $_" => {descriptor => $_}) } @layouts);
    for my $kind (sort keys %kinds) {
        my $part = local_part({data => $text, %{$kinds{$kind}}});
        my $status = with_open_pipe(sub {
            syswrite($_[0], $part) == length $part or die "pipe: $!";
        });
        is($status, 0, "the program ends with the last byte of its member ($kind)");
    }
    my $written = 0;
    my $status = with_open_pipe(sub {
        my ($feed) = @_;
        my $bytes = archive({data => $text}) . "\0" x 65536;
        while (my $n = syswrite($feed, $bytes)) {
            $written += $n;
            last if $written > 50_000_000;
        }
    }, undef, '--stats', "$folder/stats");
    is($status, 0, 'the program ends while its writer writes on');
    cmp_ok($written, '<', 4_000_000, 'and the writer is stopped soon');
    cmp_ok(stats_of("$folder/stats")->{archive_bytes_read}, '<=', 1024 * 1024 + 1,
        'after one block of input');
    is(slurp("$folder/out"), $text, 'with the whole member written');
};

subtest 'memory stays small' => sub {
    plan skip_all => 'no /proc here' unless -r "/proc/$$/status";
    my ($packed, $crc, $size) = endless_deflate($long, 100);
    my $part = local_part({packed => $packed, crc => $crc, size => $size, descriptor => 'sig64'});
    my $peak;
    my $status = with_open_pipe(sub { print {$_[0]} substr($part, 0, -1); $_[0]->flush }, sub {
        my ($pid) = @_;
        wait_until(sub { (-s "$folder/out" // 0) > $size - 1_000_000 });
        ($peak) = slurp("/proc/$pid/status") =~ /^VmHWM:\s*(\d+)/m;
        kill TERM => $pid;
    });
    is($status, 15, 'the program waits for the last byte');
    cmp_ok($peak, '<', 8 * 1024, "with less than 8 MB ($peak kB)");
};

subtest 'a closed output pipe ends the program quietly' => sub {
    spew("$folder/in", archive({data => $long}));
    pipe(my $read, my $write) or die "pipe: $!";
    close $read;
    my $pid = fork() // die "fork: $!";
    if ($pid == 0) {
        $SIG{PIPE} = 'DEFAULT';
        open(STDIN,  '<',  "$folder/in")  or POSIX::_exit(126);
        open(STDOUT, '>&', $write)        or POSIX::_exit(126);
        open(STDERR, '>',  "$folder/err") or POSIX::_exit(126);
        exec {$unzip} $unzip or POSIX::_exit(127);
    }
    waitpid($pid, 0);
    is($? & 127, 13, 'by SIGPIPE');
    is(slurp("$folder/err"), '', 'without a message');
    SKIP: {
        skip 'no /dev/full here', 2 unless -e '/dev/full';
        my $result = run(['sh', '-c', '"$0" >/dev/full', $unzip], stdin_file => "$folder/in");
        is($result->{status}, 74, 'a full disk is an I/O error');
        like($result->{err}, qr/standard output: /, 'with a message');
    }
};

subtest 'a closed standard output is an I/O error' => sub {
    # The first member is kept in a temporary file until it shows that it is not the only one.
    for my $wanted ('other', 'itcont.txt') {
        my $result = run(['sh', '-c', '"$@" >&-', 'sh', $unzip, $wanted],
            stdin => archive({name => 'other', data => 'x'}, {data => $text}));
        is($result->{status}, 74, "of the member $wanted");
    }
};

subtest 'members of more than 4 GiB' => sub {
    plan skip_all => 'tested with the other build' if $ENV{FEC_TEST_UNZIP};
    my ($packed, $crc, $size) = endless_deflate("C00401224|N|M2|P|EXAMPLE, PERSON\n" x 31000, 4300);
    cmp_ok($size, '>', 4 * 1024**3, 'this one is');
    my %big = (name => 'big', packed => $packed, crc => $crc, size => $size);
    my $check = sub {
        my ($name, $more, @expected) = @_;
        spew("$folder/big", archive({%big, %$more}, {name => 'small', data => $text}));
        my $result = run(
            ['sh', '-c', '"$0" "$@" >/dev/null', $unzip, '--stats', "$folder/stats", 'big'],
            stdin_file => "$folder/big");
        is("$result->{status} $result->{err}", '0 ', $name);
        my $stats = stats_of("$folder/stats");
        is_deeply([@$stats{qw(bytes crc zip64 descriptor)}],
            [$size, sprintf('%08x', $crc), @expected],
            "$name: counted");
    };
    $check->('with their sizes in the zip64 extra field', {zip64 => 1}, 1, 'none');
    $check->('with 32-bit sizes that overflow in the descriptor', {descriptor => '32'}, 0, '32');
    spew("$folder/big",
        archive({%big, descriptor => 'sig64', zip64 => 1}, {name => 'small', data => $text}));
    my $result = run([$unzip, 'small'], stdin_file => "$folder/big");
    is($result->{out}, $text, 'are passed');
};

subtest 'archives of the FEC' => sub {
    my $real = real_data() // plan skip_all => 'the real files are not on this machine';
    for my $zip (glob("$real/*/*.zip")) {
        my $result = run([$unzip, '-t'], stdin_file => $zip);
        is("$result->{status} $result->{err}", '0 ', "all members of $zip are good");
    }
    for my $name (qw(cm cn ccl)) {
        my $result = run([$unzip, "$name.txt"], stdin_file => "$real/2016/${name}16.zip");
        is($result->{status}, 0, "$name.txt of 2016 is read");
        unlike($result->{out}, qr/^[^|\n]*$/m, 'and is a table');
    }
    my $result = run([$unzip, '--stats', "$folder/stats", 'itcont.txt'],
        stdin_file => "$real/2018/indiv18.zip");
    is(length $result->{out}, 3_670_793, 'itcont.txt of 2018 has its length');
    is($result->{out} =~ tr/\n//, 20_000, 'and its rows');
};

subtest 'archives of other programs' => sub {
    plan skip_all => 'zip is not installed' unless grep { -x "$_/zip" } split /:/, $ENV{PATH};
    spew("$folder/itcont.txt", $long);
    for my $case (
        ['into a file', 'zip -q x.zip itcont.txt && cat x.zip'],
        ['into a pipe', 'zip -q - itcont.txt | cat'],
        ['from a pipe', 'cat itcont.txt | zip -q - - | cat'],
        ['stored, into a pipe', 'zip -q -0 - itcont.txt | cat'],
        ['with zip64 forced', 'zip -q -fz - itcont.txt | cat'],
    ) {
        my ($name, $command) = @$case;
        my $made = run(['sh', '-c', $command], dir => "$folder");
        gives("zip $name", $made->{out}, $long);
        gives("zip $name, tested", $made->{out}, '', '-t');
    }
};

done_testing();
