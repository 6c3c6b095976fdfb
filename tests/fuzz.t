#!/usr/bin/env perl
# The kept test cases of all fuzz targets, once each: see tests/fuzz/README.md. They are built of
# the programs with sanitizers, by any compiler; what libFuzzer makes up, `make fuzz` runs.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Fecpipe;
use Test::More;

chdir top() or die top() . ": $!";
plan skip_all => 'objcopy is not installed' if system('command -v objcopy >/dev/null 2>&1');
my $built = run(['make', '-s', '-j2', 'KIND=sanitized', 'fuzzers']);
is $built->{status}, 0, 'the targets are built' or diag $built->{out}, $built->{err};

my ($targets) = slurp('tests/fuzz/fuzz.mk') =~ /^FUZZ_TARGETS = (.*)$/m;
is_deeply [sort map { s{.*/}{}r } glob 'tests/fuzz/corpus/*'], [sort split ' ', $targets],
    'every target has test cases';
for my $target (split ' ', $targets) {
    my $result = run(["build/sanitized/bin/fuzz-$target", glob "tests/fuzz/corpus/$target/*"]);
    is $result->{status}, 0, "$target: all test cases end well"
        or diag substr $result->{err}, -3000;
}
done_testing;
