# Expected.pm - what the database must have after each run, from what the FEC has published and what
# the run has read of it. For the soak.
#
# It has a mirror of each table (Mirror.pm), the states of the committees, and the sweeps over the
# API that are not finished. It goes by the contract (pipeline.sh(1), sql/schema/sweeps.sql) and not
# by what the database has: only how much a run has read that was stopped it takes from there. What
# it finds wrong with a run goes to {wrong}.
#
# Times are as in Months.pm; {shift} is to be kept up to date by whoever uses it.
package Expected;
use strict;
use warnings;
use Exporter 'import';
use POSIX qw(tzset);
use Time::Local qw(timegm);
use Mirror;
use Months;

our @EXPORT = qw(new_expected bulk_run daily_run state_lines right_at_the_end);

use constant DAY => 86400;

my %DATASET = (schedule_a => 'indiv', committees => 'cm', candidates => 'cn');

# For a database without rows: new_expected($columns, page => 20, lookback => 7), with the names of
# the columns by dataset, the rows of a page of the API, and the days that a run looks back.
sub new_expected {
    my ($columns, %option) = @_;
    return {%option, shift => 0, wrong => [], state => {}, sweep => {}, covered => {}, told => {},
        mirror => {map { ($_, new_mirror(@{$columns->{$_}})) } keys %$columns}};
}

sub expect {
    my ($expected, $what, $got, $right) = @_;
    push @{$expected->{wrong}}, "$what: $got, not $right" if $got ne $right;
}

# --- The states of committees: {count => rows, last => latest receipt date or undef}

# They are what the contributions say; one that there was stays when its rows have gone. Dates that
# are still ahead, by the machine's calendar, are nobody's last one.
sub count_states {
    my ($expected) = @_;
    my $today = day_of(time);
    my ($mirror, $state) = ($expected->{mirror}{indiv}, $expected->{state});
    $_ = {count => 0, last => undef} for values %$state;
    for my $row (values %{$mirror->{rows}}) {
        my ($committee, $date) = map { column_of($mirror, $row->{record}, $_) }
            qw(committee_id contribution_receipt_date);
        my $its = $state->{$committee} //= {count => 0, last => undef};
        $its->{count}++;
        $its->{last} = $date if defined $date && $date le $today && $date gt ($its->{last} // '');
    }
}

# Committee, rows and last date, as COPY writes them, sorted.
sub state_lines {
    my ($expected) = @_;
    my $state = $expected->{state};
    return [sort map { join "\t", $_, $state->{$_}{count}, $state->{$_}{last} // '\N' }
            keys %$state];
}

# --- Monthly runs

# A complete monthly run over bulk files of a time. Returns the counts by dataset, as apply_bulk
# does.
sub bulk_run {
    my ($expected, $records, $time, $run) = @_;
    my %count = map { ($_, apply_bulk($expected->{mirror}{$_}, $records->{$_}, $time, $run)) }
        keys %$records;
    count_states($expected);
    for my $until (@{$expected->{covered}}{keys %DATASET}) {
        $until = $time if $time > ($until // 0);
    }
    # What was left of sweeps the files have brought.
    $expected->{sweep} = {};
    return \%count;
}

# --- Daily runs

# A daily run: `there` is what the API had, by endpoint, `found` what the database says of each
# sweep that the run has read: {id, endpoint, strategy, scope, since, began, complete, read, group,
# within}, the last two being the group in the sweep's cursor, and whether it is past a row of that.
# Returns by endpoint {new, changed, completed, unchanged, uncoded, other_codes, read, complete},
# and of schedule_a {calls}, the most that were needed.
sub daily_run {
    my ($expected, $run, $there, @found) = @_;
    my %count = map { ($_, {map { ($_, 0) } qw(new changed completed unchanged uncoded other_codes
                read calls)}) } keys %DATASET;
    for my $found (@found) {
        my ($id, $endpoint) = @{$found}{qw(id endpoint)};
        my $sweep = $expected->{sweep}{$id} //= begin_sweep($expected, $found);
        my @left = rows_left($sweep, $there->{$endpoint});
        my $n = $found->{read} - $sweep->{read};
        expect($expected, "$endpoint: rows that sweep $id has read", $n, scalar @left)
            if $found->{complete} || $n > @left;
        splice @left, $n if $n < @left;
        $count{$endpoint}{read} += $n;
        $count{$endpoint}{calls} += calls_for($expected, $sweep, @left);
        take_over($expected, $endpoint, $run, $count{$endpoint}, map { $_->{row} } @left);
        go_on($sweep, $found, $left[-1]);
        next if !$found->{complete};
        $count{$endpoint}{complete} = 1;
        end_sweep($expected, $sweep, $found);
    }
    $_->{unchanged} += $_->{completed} for values %count;
    count_states($expected);
    return \%count;
}

# A sweep that has just begun: {endpoint, queries, at => the query that is being read, after => the
# place of the last row in it, read => rows}. It reads from some days before what was covered.
sub begin_sweep {
    my ($expected, $found) = @_;
    my $endpoint = $found->{endpoint};
    my $by_date  = $found->{strategy} eq 'load-date';
    my $since = $by_date && $found->{scope} eq 'all'
        ? washington_date($expected, $expected->{covered}{$endpoint}) : '';
    expect($expected, "$endpoint: since when sweep $found->{id} reads", $found->{since}, $since);
    my @queries = $by_date ? {since => $found->{since}} : plan($expected);
    return {endpoint => $endpoint, queries => \@queries, at => 0, after => '', read => 0};
}

# The date in Washington at a time, by the machine's calendar, less the days to look back.
sub washington_date {
    my ($expected, $time) = @_;
    my @there = do {
        local $ENV{TZ} = 'America/New_York';
        tzset();
        localtime($time + $expected->{shift} * DAY);
    };
    tzset();
    return day_of(timegm(0, 0, 0, @there[3, 4, 5]) - $expected->{lookback} * DAY);
}

# What a sweep by committee asks for: all with a state and those that the API has brought, in the
# order of the dates from which on they are wanted, ten in a call, from the earliest of their dates;
# at last those that are read whole.
sub plan {
    my ($expected) = @_;
    count_states($expected);
    my ($state, $committees) = ($expected->{state}, $expected->{mirror}{cm}{rows});
    my %from = map { ($_, from_date($expected, $state->{$_}{last})) } keys %$state;
    $from{$_} //= '' for grep { $committees->{$_}{run}{kind} eq 'daily' } keys %$committees;
    my @queries;
    for my $list ([grep { $from{$_} ne '' } keys %from], [grep { $from{$_} eq '' } keys %from]) {
        my @sorted = sort { $from{$a} cmp $from{$b} || $a cmp $b } @$list;
        while (my @ten = splice @sorted, 0, 10) {
            push @queries, {since => '', min_date => $from{$ten[0]},
                committees => {map { ($_, 1) } @ten}};
        }
    }
    return @queries;
}

# The date from which a committee is asked for, '' if it has none.
sub from_date {
    my ($expected, $last) = @_;
    my ($year, $month, $day) = split /-/, $last // return '';
    return day_of(timegm(0, 0, 0, $day, $month - 1, $year) - $expected->{lookback} * DAY);
}

# The rows that a sweep still has to read, in the API's order: by receipt date, those without one
# last, and by number. Each is {query, row, order}.
sub rows_left {
    my ($sweep, $there) = @_;
    my $date = $sweep->{endpoint} eq 'candidates' ? 'first' : 'loaded';
    my @left;
    for my $i ($sweep->{at} .. $#{$sweep->{queries}}) {
        my $query = $sweep->{queries}[$i];
        my @rows = grep { $_->{$date} ge $query->{since} } @$there;
        @rows = grep { $query->{committees}{$_->{committee}} } @rows if $query->{committees};
        @rows = grep { $_->{date} ge $query->{min_date} } @rows if $query->{min_date};
        my @found = map { {query => $i, row => $_, order => order_of($_)} } @rows;
        @found = grep { $_->{order} gt $sweep->{after} } @found if $i == $sweep->{at};
        push @left, sort { $a->{order} cmp $b->{order} } @found;
    }
    return @left;
}

sub order_of {
    my ($row) = @_;
    return ($row->{date} || '~') . ('0' x (19 - length $row->{key})) . $row->{key};
}

# The most calls that some rows need: their pages, and an empty one after each query.
sub calls_for {
    my ($expected, $sweep, @left) = @_;
    my %rows;
    $rows{$_->{query}}++ for @left;
    my $calls = @{$sweep->{queries}} - $sweep->{at} + 1;
    $calls += int(($_ + $expected->{page} - 1) / $expected->{page}) for values %rows;
    return $calls;
}

# Rows that a run has read go into the mirror, and into {told}, by endpoint and key.
sub take_over {
    my ($expected, $endpoint, $run, $count, @rows) = @_;
    my $mirror = $expected->{mirror}{$DATASET{$endpoint}};
    for my $row (@rows) {
        my $what = deliver($mirror, $row->{key}, $row->{record}, $run);
        $count->{$what}++;
        next if $what eq 'uncoded' || $what eq 'other_codes';
        my $said = $expected->{told}{$endpoint}{$row->{key}};
        my $is_known = $said && $said->{record} eq $row->{record};
        $expected->{told}{$endpoint}{$row->{key}} = {from => $row->{from},
            run => $is_known ? $said->{run} : $run, record => $row->{record}};
    }
}

# Where a sweep resumes that has read up to a row. It is past groups that had no rows, too, as its
# cursor tells.
sub go_on {
    my ($sweep, $found, $last) = @_;
    $sweep->{read} = $found->{read};
    @{$sweep}{qw(at after)} = ($last->{query}, $last->{order}) if $last;
    @{$sweep}{qw(at after)} = ($found->{group}, '')
        if $found->{group} > $sweep->{at} || !$found->{within};
}

# At its end each committee that was asked for has a state; one by load date covers all before it.
sub end_sweep {
    my ($expected, $sweep, $found) = @_;
    my ($endpoint, $unfinished) = ($sweep->{endpoint}, $expected->{sweep});
    delete $unfinished->{$found->{id}};
    for my $query (@{$sweep->{queries}}) {
        $expected->{state}{$_} //= {count => 0, last => undef} for keys %{$query->{committees}};
    }
    return if $found->{strategy} ne 'load-date';
    $expected->{covered}{$endpoint} = $found->{began}
        if $found->{began} > $expected->{covered}{$endpoint};
}

# --- At the end

# What the contributions must be after the last bulk file, whose rows are as of a time, and some
# daily runs, by a rule that knows nothing of the way there. A row is that of the file, or what the
# API said of it last, if that was after that time or only says more; what the API cannot say is the
# file's. What the file does not have a daily run has brought that began at most 14 days before the
# file was made. Returns the records, sorted, and how many are of each kind.
sub right_at_the_end {
    my ($expected, $file, $time) = @_;
    my $mirror = $expected->{mirror}{indiv};
    my $api = $expected->{told}{schedule_a};
    my (@right, %count);
    for my $key (keys %{{%$file, %$api}}) {
        my ($said, $record) = ($api->{$key}, $file->{$key});
        my $kind = 'same';
        if (!$record) {
            next if $said->{run}{began} <= $time + DAY / 2 - 14 * DAY;
            ($kind, $record) = ('only', $said->{record});
        } elsif ($said && ($said->{from} > $time || fits($mirror, $record, $said->{record}))) {
            my $full = filled_up($mirror, $said->{record}, $record);
            $kind = $said->{from} > $time ? 'newer' : $full eq $record ? 'same' : 'more';
            $record = $full;
        }
        $count{$kind}++;
        push @right, $record;
    }
    return ([sort @right], \%count);
}

1;
