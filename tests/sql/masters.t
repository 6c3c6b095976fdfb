#!/usr/bin/env perl
# Committees and candidates: the API gives them as they are today, the bulk files as they were in
# the cycle. In a cycle that is over the files are right.
use strict;
use warnings;
use POSIX qw(strftime);
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use Steps;

new_database();
my $year    = strftime('%Y', gmtime);
my $running = $year + $year % 2;

sub committee {
    my ($id, %column) = @_;
    return {committee_id => "C0000010$id", name => "COMMITTEE $id", street_1 => '1 MAIN STREET',
        treasurer_name => 'ROE, RICHARD', state => 'IL', designation => 'P',
        committee_type => 'P', %column};
}

sub file {
    my ($cycle, $time, @records) = @_;
    return monthly(table => 'committee', key => 'committee_id', dataset => 'cm', cycle => $cycle,
        records => \@records, time => $time);
}

sub api {
    my ($cycle, $time, @records) = @_;
    return daily(table => 'committee', dataset => 'committees', cycle => $cycle,
        records => [map { +{%$_, street_1 => undef} } @records], started => $time);
}

sub name_of {
    my ($cycle, $id) = @_;
    return query("SELECT name, street_1, committee_type FROM fec.committee
        WHERE cycle = $cycle AND committee_id = 'C0000010$id'");
}

my $today = committee(1, name => 'MADE UP PAC', committee_type => 'U');

file($_, '2018-03-01', committee(1), committee(2)) for 2018, $running;
is api(2018, '2018-03-05', $today, committee(2), committee(3)), '1 new 2 unchanged',
    'of a cycle that is over the API adds the committees that are unknown';
is name_of(2018, 1), "COMMITTEE 1\t1 MAIN STREET\tP", 'and changes none';
is api($running, '2018-03-05', $today, committee(2), committee(3)), '1 new 1 changed 1 unchanged',
    'of one that goes on it changes them as well';
is name_of($running, 1), "MADE UP PAC\t1 MAIN STREET\tU", 'to what they are today';
is file(2018, '2018-03-06', committee(1), committee(2)), '0 new 3 unchanged',
    'the next file confirms the cycle that is over';
is file($running, '2018-03-06', committee(1), committee(2)), '0 new 3 unchanged',
    'and puts nothing back in the other within the grace';
is file($running, '2018-03-25', committee(1), committee(2)),
    '0 new 1 changed 1 unconfirmed 1 unchanged', 'after the grace it is right';

query("UPDATE fec.committee SET name = 'MADE UP PAC', row_hash = 0,
    run_id = (SELECT max(run_id) FROM fec.run WHERE kind = 'daily')
    WHERE cycle = 2018 AND committee_id = 'C00000101'");
is file(2018, '2018-03-06', committee(1), committee(2)), '0 new 1 changed 2 unchanged',
    'what an earlier version has overwritten a file puts right';
is name_of(2018, 1), "COMMITTEE 1\t1 MAIN STREET\tP", 'even one of that time';
done_testing();
