#!/usr/bin/env perl
# fec-unzip as it is built where ISA-L is not installed: it gives the same answers as the other
# build, to whole archives and to damaged ones, and passes the tests of unzip.t too.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use Test::More;
use ZipMaker qw(archive local_part deflated);

my $zlib = program('fec-unzip-zlib');
my $isal = program('fec-unzip');
plan skip_all => 'fec-unzip is built with zlib' unless -x $zlib;

my $folder = scratch();
my $text   = join '',
    map { "C0040122$_|N|M2|P|2025$_|15|IND|EXAMPLE, PERSON $_|SPRINGFIELD\n" } 1 .. 30;

like(run([$isal, '--version'])->{out}, qr/^inflates with ISA-L \d/m, 'one build has ISA-L');
like(run([$zlib, '--version'])->{out}, qr/^inflates with zlib \d/m, 'the other one has zlib');

# Status, output and message of both. Of a corrupt stream the two see the same, but may name another
# byte of the same code, and have other words for it.
sub answers {
    my ($bytes, @arguments) = @_;
    spew("$folder/in", $bytes);
    my @answers;
    for my $program ($isal, $zlib) {
        my $status = system("'$program' @arguments <$folder/in >$folder/out 2>$folder/err");
        my $err = slurp("$folder/err") =~ s/(?<=corrupt deflate stream at byte )\d+: .*/N/r;
        push @answers, join "\n", $status >> 8, slurp("$folder/out"), $err;
    }
    return @answers;
}

sub same {
    my ($name, $bytes, @arguments) = @_;
    my ($one, $other) = answers($bytes, @arguments);
    is $one, $other, $name;
}

for my $layout ('', qw(32 sig32 64 sig64)) {
    my %member = (data => $text, descriptor => $layout);
    my $how = $layout ? "a descriptor of layout $layout" : 'no descriptor';
    my $two = archive({%member, name => 'a'}, {name => 'b', data => "b\n"});
    same("the same of a member with $how", $two, 'a');
    same("the same of the member after one with $how", $two, 'b');
    same("the same with a wrong CRC and $how", archive({%member, crc => 7}));
    same("the same with a wrong size and $how", archive({%member, size => 7}));
    same("the same with a compressed size too small and $how", archive({%member, csize => 20}));
    same("the same with a compressed size too large and $how", archive({%member, csize => 9999}));
}
same('the same of bytes that do not pack', archive({data => join '', map { chr } 0 .. 255}));
same('the same of an empty member', archive({data => ''}));
# A fixed block that ends, then bytes that are not of the stream.
same('the same of bytes after the end of the stream', archive({data => 'x' x 99,
            packed => deflated('x' x 99) . 'more'}));

my $packed = deflated($text);
my (@differ, %statuses);
for my $byte (grep { $_ % 3 == 0 } 0 .. length($packed) - 1) {
    my $damaged = $packed;
    substr($damaged, $byte, 1) ^= chr(1 << $byte % 8);
    my ($one, $other) = answers(archive({data => $text, packed => $damaged}));
    my @status = map { /^(\d+)/ } $one, $other;
    $statuses{$_}++ for @status;
    push @differ, $byte if $status[0] != $status[1];
}
is "@differ", '', 'both refuse the same damaged streams';
is join(' ', keys %statuses), '65', 'all of them, with the same status';
my @cut = grep {
    my ($one, $other) = answers(substr local_part({data => $text}), 0, $_);
    $one ne $other
} map { 16 * $_ } 0 .. length(local_part({data => $text})) / 16;
is "@cut", '', 'and say the same of one that is cut short';

# All that unzip.t says of the other build.
subtest 'the tests of unzip.t' => sub {
    local $ENV{FEC_TEST_UNZIP} = 'fec-unzip-zlib';
    my $result = run(['perl', "$FindBin::Bin/unzip.t"], seconds => 300);
    is $result->{status}, 0, 'pass' or diag $result->{out}, $result->{err};
};
done_testing;
