# ZipMaker.pm - zip archives made byte by byte, right ones and wrong ones, for the tests of
# fec-unzip.
#
# Section numbers are those of PKWARE's APPNOTE.TXT.
package ZipMaker;
use strict;
use warnings;
use Compress::Raw::Zlib ();
use Exporter 'import';

our @EXPORT_OK = qw(archive local_part crc deflated text_with_crc endless_deflate);

sub crc { return Compress::Raw::Zlib::crc32($_[0]) }

# The raw deflate stream of some bytes.
sub deflated {
    my ($data) = @_;
    my ($deflate) = Compress::Raw::Zlib::Deflate->new(
        -WindowBits => -Compress::Raw::Zlib::MAX_WBITS(), -AppendOutput => 1);
    my $out = '';
    $deflate->deflate($data, $out);
    $deflate->flush($out);
    return $out;
}

# What is not said of a member follows from its data. Keys: name, data, method (8); packed, the
# bytes in the archive; crc, csize, size, as the headers state them; flags; extra, raw extra fields;
# zip64 => 1, sizes in the extra field; descriptor => 32, sig32, 64 or sig64, sizes after the data.
sub completed {
    my ($member) = @_;
    my %m = (name => 'itcont.txt', data => '', method => 8, flags => 0, extra => '', zip64 => 0,
        descriptor => '', %$member);
    $m{packed} //= $m{method} == 8 ? deflated($m{data}) : $m{data};
    $m{crc}    //= crc($m{data});
    $m{csize}  //= length $m{packed};
    $m{size}   //= length $m{data};
    return \%m;
}

# 4.3.9: [signature] CRC, compressed size, size; sizes in 32 bits overflow.
sub descriptor {
    my ($m) = @_;
    my $number = $m->{descriptor} =~ /64/ ? 'Q<' : 'V';
    my @sizes  = map { $number eq 'V' ? $_ & 0xffffffff : $_ } @$m{qw(csize size)};
    return ($m->{descriptor} =~ /sig/ ? "PK\7\x08" : '')
        . pack("V $number $number", $m->{crc}, @sizes);
}

# 4.3.7, with the data and the descriptor of the member.
sub local_part {
    my $m = completed($_[0]);
    my ($flags, $crc, $csize, $size, $extra) = @$m{qw(flags crc csize size extra)};
    if ($m->{zip64}) {    # 4.5.3: the size, then the compressed size
        $extra .= pack('v v Q< Q<', 1, 16, $m->{descriptor} ? (0, 0) : ($size, $csize));
        $csize = $size = 0xffffffff;
    }
    if ($m->{descriptor}) {
        $flags |= 8;
        ($crc, $csize, $size) = (0, 0, 0) unless $m->{keep_sizes};
    }
    return pack('V v5 V3 v2', 0x04034b50, $m->{zip64} ? 45 : 20, $flags, $m->{method}, 0, 0x5a21,
        $crc, $csize, $size, length $m->{name}, length $extra)
        . $m->{name} . $extra . $m->{packed} . ($m->{descriptor} ? descriptor($m) : '');
}

# 4.3.12; sizes that do not fit stand for themselves, as no test reads them from here.
sub directory_part {
    my ($m, $offset) = (completed($_[0]), $_[1]);
    return pack('V v6 V3 v5 V2', 0x02014b50, 0x031e, 20, $m->{flags}, $m->{method}, 0, 0x5a21,
        $m->{crc}, (map { $_ & 0xffffffff } @$m{qw(csize size)}), length $m->{name},
        0, 0, 0, 0, 0, $offset)
        . $m->{name};
}

# A whole archive of these members.
sub archive {
    my @members   = @_;
    my $locals    = '';
    my $directory = '';
    for my $member (@members) {
        $directory .= directory_part($member, length($locals) & 0xffffffff);
        $locals    .= local_part($member);
    }
    return $locals . $directory
        . pack('V v4 V2 v', 0x06054b50, 0, 0, scalar @members, scalar @members, length $directory,
        length $locals, 0);
}

# A text that begins with $start and has the CRC $wanted: the four bytes that bring it about are
# found by running the CRC's register backwards from the wanted end (its top byte tells which table
# entry went in last).
sub text_with_crc {
    my ($start, $wanted) = @_;
    my @table = map {
        my $entry = $_;
        $entry = $entry & 1 ? 0xedb88320 ^ ($entry >> 1) : $entry >> 1 for 1 .. 8;
        $entry
    } 0 .. 255;
    my %by_top = map { ($table[$_] >> 24 => $_) } 0 .. 255;
    my $register = $wanted ^ 0xffffffff;
    for (1 .. 4) {
        my $i = $by_top{$register >> 24};
        $register = ((($register ^ $table[$i]) << 8) & 0xffffffff) | $i;
    }
    return $start . pack('V', $register ^ crc($start) ^ 0xffffffff);
}

# A deflate stream of $text repeated $times, made quickly however long: a full flush ends a block
# at a byte and forgets what was before, so its bytes can be repeated (RFC 1951, 3.2.3 and 3.2.4).
# Returns the stream, the CRC and the size of what it holds.
sub endless_deflate {
    my ($text, $times) = @_;
    my ($deflate) = Compress::Raw::Zlib::Deflate->new(
        -WindowBits => -Compress::Raw::Zlib::MAX_WBITS(), -AppendOutput => 1);
    my $block = '';
    $deflate->deflate($text, $block);
    $deflate->flush($block, Compress::Raw::Zlib::Z_FULL_FLUSH());
    my $end = "\3\0";    # a last block with nothing in it
    my ($crc, $one, $length) = (0, crc($text), length $text);
    my $n = $times;
    while ($n > 0) {     # by doubling: $one is the CRC of $length bytes
        $crc = Compress::Raw::Zlib::crc32_combine($crc, $one, $length) if $n & 1;
        $one = Compress::Raw::Zlib::crc32_combine($one, $one, $length);
        $length *= 2;
        $n >>= 1;
    }
    return ($block x $times . $end, $crc, length($text) * $times);
}

1;
