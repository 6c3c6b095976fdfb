#!/usr/bin/env perl
# The unit tests of the pure parts, written in C: each program unit-* prints TAP itself.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;

my @programs = map { m{/(\w+)\.c$} ? "unit-$1" : () } glob "$FindBin::Bin/*.c";
plan tests => scalar @programs;
for my $name (@programs) {
    my $result = run([program($name)]);
    my @bad = grep { /^not ok/ } split /\n/, $result->{out};
    my ($planned) = $result->{out} =~ /^1\.\.(\d+)/m;
    my $ran = () = $result->{out} =~ /^(?:not )?ok/mg;
    ok($result->{status} == 0 && $result->{signal} == 0 && !@bad && $ran > 0
            && ($planned // -1) == $ran,
        "$name: " . ($planned // 0) . ' tests pass')
        or diag join "\n", @bad, $result->{err}, "status $result->{status}, $ran ran";
}
