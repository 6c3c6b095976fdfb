#!/usr/bin/env perl
# nights.t - many nights of daily runs over an API whose rows change at random while they are read:
# corrected, added, withdrawn, moved to another date. Counts are exact or estimated, pages come
# from a cache, calls fail in all the usual ways, and now and then a bulk file is read.
#
# No night may fail but those on which the server was down, and after a quiet night the table must
# be right, by World.pm, which knows nothing of how it came to that.
#
#   FEC_NIGHTS  how many nights (50)
#   FEC_SEED    the first seed (1); every 25 nights have a world of their own, with the next seed
#   FEC_WORLD   only this: one world of that seed, with all the nights, in this process
#
# Two worlds go on at a time, each in a process of its own, which is this test again.
#
# Nights pass by setting back all times that the database has noted (Session.pm); the day is that of
# the machine.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use FecApi;
use Fecpipe;
use Session;
use Test::More;
use World;
use ZipMaker;

use constant {NIGHTS_OF_A_WORLD => 25, WORLDS_AT_A_TIME => 2, MOST_WRONGS => 10};

my $key = 'k3y-0f-the-nights-0123456789';
my $nights = $ENV{FEC_NIGHTS} // 50;
my $seed = $ENV{FEC_WORLD} // $ENV{FEC_SEED} // 1;

my ($home, $tree, $root, $session, $world, $api, $wrongs, %count);
my @FAULTS = ('status 429', 'status 500', 'status 502', 'status 504', 'status 403', 'cut 300',
    'reset', 'wrong-json', 'refuse');

# --- the two sources

sub publish {
    my ($file) = @_;
    spew("$root/$file.new", world_lines($world));
    rename("$root/$file.new", "$root/$file") or die "$file: $!";
}

# The bulk files of the rows, as of a number of seconds ago.
sub publish_bulk {
    my ($age, @rows) = @_;
    my %text = (
        indiv => bulk_text(@rows),
        cm => join('', map { cm_line(committee_row(committee_id => $_, cycles => [2018])) }
                map { sprintf 'C%08d', 100000 + $_ } 1 .. 5),
        cn => cn_line(candidate_row(candidate_id => 'H8AL01001', cycles => [2018])));
    my %member = (indiv => 'itcont.txt', cm => 'cm.txt', cn => 'cn.txt');
    for my $name (sort keys %text) {
        my $zip = spew("$tree/2018/${name}18.zip",
            ZipMaker::archive({name => $member{$name}, data => $text{$name}}));
        utime time - $age, time - $age, $zip;
    }
}

sub drive {
    my (@arguments) = @_;
    return pipeline($home, [@arguments], env => {FEC_BULK_URL => "file://$tree",
            FEC_API_URL => $api->{url}, FEC_API_KEY => $key, FEC_API_CALLS_PER_HOUR => 0,
            FEC_API_HOUR_SECONDS => 1, FEC_API_BATCH => 2, FEC_RETRIES => 3,
            FEC_STALL_SECONDS => 10, FEC_DATASETS => 'cm,cn,indiv'});
}

sub wrong {
    my ($what) = @_;
    fail("seed $seed, night $world->{night}: $what");
    BAIL_OUT('too much is wrong') if ++$wrongs >= MOST_WRONGS;
}

# --- what must be in the table

# By sub_id: the values of row_columns, undef for NULL.
sub table_rows {
    my %row;
    my @columns = row_columns();
    for my $found (query($session, 'SELECT ' . join(', ', map { "coalesce($_\::text, '<NULL>')" }
                @columns) . ' FROM fec.contribution;')) {
        my %value;
        @value{@columns} = map { $_ eq '<NULL>' ? undef : $_ } @$found;
        $row{$value{sub_id}} = \%value;
    }
    return \%row;
}

# The names of columns in which a row is not what the API says. What the API cannot have may be
# missing if `may_lack`.
sub differences {
    my ($found, $row, $may_lack) = @_;
    my %right = (%{$row->{field}}, amendment_indicator => $row->{amended});
    $right{contribution_receipt_amount} = sprintf '%.2f', $right{contribution_receipt_amount};
    my @wrong;
    for my $column (grep { $_ ne 'sub_id' } row_columns()) {
        my ($has, $must) = ($found->{$column}, $right{$column});
        next if ($has // '<NULL>') eq ($must // '<NULL>');
        next if $may_lack && !defined $has && $column =~ /^(?:amendment_indicator|transaction_id)$/;
        push @wrong, "$column: " . ($has // 'NULL') . ', not ' . ($must // 'NULL');
    }
    return @wrong;
}

# After a quiet night each row of the API is there as it is, and every other row has once been so.
sub check_quiet_night {
    my $table = table_rows();
    my %right;
    for my $row (grep { kind_of($_) eq 'indiv' } world_rows($world)) {
        $right{$row->{id}} = 1;
        my $found = $table->{$row->{id}};
        wrong("$row->{id} is missing"), next if !$found;
        my @differences = differences($found, $row, 1);
        wrong("$row->{id}: @differences") if @differences;
    }
    for my $id (grep { !$right{$_} } sort keys %$table) {
        my $is = as_is_of({field => $table->{$id}});
        wrong("$id has never been so: $is") if !$world->{ever}{$id}{$is};
    }
}

# After the bulk file of a time when all was quiet, and long after the API has said anything, the
# table is what the file has, with the API's cents.
sub check_end {
    my $table = table_rows();
    my %row = map { ($_->{id}, $_) }
        grep { kind_of($_) =~ /^(?:indiv|refund)$/ } world_rows($world);
    my @extra = grep { !$row{$_} } sort keys %$table;
    wrong("rows that the file does not have: @extra") if @extra;
    for my $id (sort keys %row) {
        my $row = $row{$id};
        wrong("$id is missing at the end"), next if !$table->{$id};
        if (kind_of($row) eq 'refund') {
            my %field = %{$row->{field}};
            $field{contribution_receipt_amount} = int $field{contribution_receipt_amount};
            $field{contributor_employer} = substr $field{contributor_employer}, 0, 38
                if defined $field{contributor_employer};
            $row = {%$row, field => \%field};
        }
        my @differences = differences($table->{$id}, $row, 0);
        wrong("at the end $id: @differences") if @differences;
    }
    my ($false) = query($session, q{SELECT count(*) FROM fec.contribution_history
        WHERE change = 'withdrawn' AND NOT in_bulk;});
    wrong("$false->[0] rows are called withdrawn that no file has had") if $false->[0];
}

# --- nights

# What goes wrong on a night: rules for the API. `busy` is whether rows change meanwhile.
sub rules_of_a_busy_night {
    my @rules;
    my $call = 1;
    for my $i (1 .. int rand 4) {
        $call += int rand 3;
        happen($world, 1 + int rand 4);
        publish("swap-$i.jsonl");
        push @rules, "$call swap swap-$i.jsonl path=schedule_a";
    }
    push @rules, '* estimate ' . (60 + int rand 90) . ' path=schedule_a' if by_chance(0.3);
    push @rules, 1 + int(rand 4) . ' stale path=schedule_a' if by_chance(0.3);
    # Never two in succession, so that retries help.
    for my $place (1 .. 3) {
        push @rules, 2 * $place . ' ' . pick(@FAULTS) . ' path=schedule_a' if by_chance(0.25);
    }
    return @rules;
}

sub night {
    my ($is_quiet) = @_;
    next_night($world);
    query($session, set_back_by(1));
    happen($world, int rand 6);
    my @before = world_rows($world);
    publish('schedule_a.jsonl');
    my $is_down = !$is_quiet && by_chance(0.12);
    my @rules = $is_quiet ? () : rules_of_a_busy_night();
    push @rules, 1 + int(rand 6) . '- ' . pick('status 503', 'refuse', 'status 504')
        if $is_down;
    api_behave($api, @rules);
    my $result = drive('daily', '--cycle', 2018);
    api_behave($api);
    $count{$is_quiet ? 'quiet' : $is_down ? 'down' : 'busy'}++;
    if ($result->{status} != 0 && !($is_down && $result->{status} == 69)) {
        wrong("the daily run ends with $result->{status}: $result->{err}rules:\n"
            . join("\n", @rules));
    }
    $count{failed}++ if $result->{status} != 0;
    $count{short}++ if $result->{err} =~ /short/;
    check_quiet_night() if $is_quiet;
    return @before;
}

# A file of the evening before, read the day after.
sub monthly_run {
    my (@rows) = @_;
    publish_bulk(7200, @rows);
    my $result = drive('monthly', '--cycle', 2018);
    wrong("the monthly run ends with $result->{status}: $result->{err}") if $result->{status} != 0;
    $count{monthly}++;
}

sub begin_world {
    ($home, $tree, $root, $wrongs) = (new_home(), scratch(), scratch(), 0);
    mkdir "$tree/2018";
    $world = new_world(seed => $seed, rows => 60);
    spew_rows("$root/committees.jsonl", map { committee_row(committee_id => $_, cycles => [2018]) }
        map { sprintf 'C%08d', 100000 + $_ } 1 .. 5);
    spew_rows("$root/candidates.jsonl", candidate_row(candidate_id => 'H8AL01001',
        cycles => [2018]));
    $api = start_api($root, key => $key, page_size => 25);
    my $made = drive('init');
    $made->{status} == 0 or BAIL_OUT("pipeline.sh init: $made->{err}");
    $session = open_session($home);
    publish_bulk(86400, world_rows($world));
    my $first = drive('monthly', '--cycle', 2018);
    is($first->{status}, 0, "seed $seed: the first bulk files are read") or diag($first->{err});
}

sub end_world {
    night(1);
    query($session, set_back_by(20));
    $world->{night} += 20;
    publish_bulk(60, world_rows($world));
    my $result = drive('monthly', '--cycle', 2018);
    is($result->{status}, 0, "seed $seed: the last bulk files are read") or diag($result->{err});
    check_end();
    stop_api($api);
    close_session($session);
    pipeline($home, ['stop']);
}

sub live_through {
    my ($nights) = @_;
    begin_world();
    for my $night (1 .. $nights) {
        my @rows = night($night % 5 == 0);
        monthly_run(@rows) if $night % 11 == 0;
    }
    end_world();
    ok(!$wrongs, "seed $seed: $nights nights, after each quiet one the table is right");
}

# Starts a world in a process of its own.
sub start_world {
    my ($seed, $nights) = @_;
    my $process = start([$^X, $0], env => {FEC_WORLD => $seed, FEC_NIGHTS => $nights});
    return {process => $process, name => "seed $seed: $nights nights"};
}

sub finish_world {
    my ($world) = @_;
    my $result = finish($world->{process}, 7200);
    is($result->{status}, 0, $world->{name}) or diag("$result->{out}$result->{err}");
    diag(grep { /^# \w+ \d+, / } split /^/, $result->{err});
}

if (defined $ENV{FEC_WORLD}) {
    live_through($nights);
    diag(join ', ', map { "$_ $count{$_}" } sort keys %count);
} else {
    diag("$nights nights, from seed $seed on; FEC_SEED and FEC_NIGHTS choose others");
    my @going;
    for (my $left = $nights; $left > 0; $left -= NIGHTS_OF_A_WORLD) {
        push @going, start_world($seed++, $left < NIGHTS_OF_A_WORLD ? $left : NIGHTS_OF_A_WORLD);
        finish_world(shift @going) if @going >= WORLDS_AT_A_TIME;
    }
    finish_world($_) for @going;
}
done_testing();
