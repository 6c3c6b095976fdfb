# Verdict.pm - compares, and says at once what is wrong, for a check that goes on all the same.
package Verdict;
use strict;
use warnings;
use Exporter 'import';

our @EXPORT = qw(wrong wrongs wrong_on same same_lines);

use constant MOST_WRONGS => 20;

my $wrongs = 0;
my $day = sub { '' };

# How many things were wrong.
sub wrongs { return $wrongs }

# Sets the code that says on which day it is.
sub wrong_on { ($day) = @_ }

sub wrong {
    my ($what) = @_;
    print 'WRONG on ', $day->(), ": $what\n";
    die "too much is wrong\n" if ++$wrongs >= MOST_WRONGS;
}

sub same {
    my ($what, $got, $right) = @_;
    wrong("$what: $got, not $right") if $got ne $right;
    return $got eq $right;
}

# The same of two sorted lists.
sub same_lines {
    my ($what, $got, $right) = @_;
    return if "@$got" eq "@$right";
    my %count;
    $count{$_}++ for @$got;
    $count{$_}-- for @$right;
    my @more = sort grep { $count{$_} > 0 } keys %count;
    my @less = sort grep { $count{$_} < 0 } keys %count;
    my @some = ((map { "\n    has   $_" } grep { defined } @more[0 .. 2]),
        map { "\n    lacks $_" } grep { defined } @less[0 .. 2]);
    wrong("$what: " . @more . ' lines too many, ' . @less . " missing@some");
}

1;
