# Months.pm - what the FEC publishes over many months: bulk files on the first of each month, and an
# API that has a bit more every day. Made of what fec-sample writes, for tests/soak.
#
# Times are those of the generated calendar (month 1 is January of the cycle's even year), in
# seconds since 1970. `shift` is by how many days the machine's calendar is ahead of it: whatever is
# published has the machine's dates. The API's rows come one by one, on the days that the generator
# gives them; those that are withdrawn go on some day of the month that is the first without them.
# One contribution of four is in the API for a week before it is coded, with no receipt type, and
# gets a new load date with its code. A few coded rows no bulk file ever has, since they have gone
# before it is made.
package Months;
use strict;
use warnings;
use Exporter 'import';
use File::Path qw(remove_tree);
use POSIX qw(strftime);
use Time::Local qw(timegm);
use Fecpipe;

our @EXPORT = qw(new_months next_month publish_bulk publish_api api_rows day_of time_of);

use constant DAY  => 86400;
use constant EVER => 9**12;

# How long a row is not coded.
use constant UNCODED => 7 * DAY;

# By the API's names: the bulk file of the same rows, and what JSON calls their key.
my %MADE_OF = (
    schedule_a => {dataset => 'indiv', key => 'sub_id'},
    committees => {dataset => 'cm', key => 'committee_id'},
    candidates => {dataset => 'cn', key => 'candidate_id'},
);

# Rows that are only in the API: on which day of the month they come, and after how many they go.
# The next bulk file does not confirm the first ones, so they go; the last ones are too young for
# that.
my @SHORT_LIVED = ([6, 14], [6, 16], [26, 3]);

# The date of a time, YYYY-MM-DD, and the midnight before a day of month K (13 is the January after
# the cycle).
sub day_of { return strftime('%Y-%m-%d', gmtime $_[0]) }

sub time_of {
    my ($months, $k, $day) = @_;
    my $year = $months->{cycle} + int(($k - 1) / 12);
    return timegm(0, 0, 0, 1, ($k - 1) % 12, $year) + ($day - 1) * DAY;
}

# Makes the files: new_months(cycle => 2018, rows => 3000, months => 25, broken => 2), with that
# number of lines among the contributions that cannot be read.
sub new_months {
    my (%option) = @_;
    my $months = {%option, tree => scratch(), api => scratch(), taken => 0,
        versions => {map { ($_, {}) } keys %MADE_OF}};
    sample($months->{tree}, '--cycle', $option{cycle}, '--rows', $option{rows}, '--months',
        $option{months}, '--datasets', 'cm,cn,indiv', '--api', '--expect', '--broken',
        $option{broken}, '--new', 60, '--change', 20, '--withdraw', 15);
    return $months;
}

# Takes in the next month. Adds {bulk}{K}, the records that its bulk files have, by dataset and key,
# and what the API has in it; sets {columns}, the names of the columns by dataset. The API has
# nothing before its time, so months can be taken in early. What was read is removed.
sub next_month {
    my ($months) = @_;
    my $k = ++$months->{taken};
    my $folder = "$months->{tree}/month-$k";
    for my $endpoint (sort keys %MADE_OF) {
        my $dataset = $MADE_OF{$endpoint}{dataset};
        my ($header, @records) = split /\n/, slurp("$folder/expected/$dataset.tsv");
        $months->{columns}{$dataset} = [split /\t/, $header];
        $months->{bulk}{$k}{$dataset} = {map { (key_of($_), $_) } @records};
        take_api_rows($months, $k, $endpoint, "$folder/api/$endpoint.jsonl");
    }
    remove_tree("$folder/api", "$folder/expected");
}

# The key of a record is its first column.
sub key_of { return substr $_[0], 0, index($_[0], "\t") }

# A version of a row: {key; text, its JSON; record, and two columns of it, committee and date, the
# latter '' without one; from and to, the times at which it comes and goes}.
sub take_api_rows {
    my ($months, $k, $endpoint, $file) = @_;
    my $versions = $months->{versions}{$endpoint};
    my $name = $MADE_OF{$endpoint}{key};
    my %is_there;
    my @fresh;
    for my $line (split /\n/, slurp($file)) {
        my ($key) = $line =~ /"$name":"(\w+)"/ or die "$file: a row without $name\n";
        my $list = $versions->{$key} //= [];
        $is_there{$key} = 1;
        next if @$list && $list->[-1]{text} eq $line;
        my $version = {key => $key, text => $line, from => loaded_at($line), to => EVER};
        if (@$list) { $list->[-1]{to} = $version->{from} }
        elsif (my $before = not_coded_yet($version)) { push @$list, $before }
        push @$list, $version;
        push @fresh, $version;
    }
    for my $key (grep { !$is_there{$_} } keys %$versions) {
        my $last = $versions->{$key}[-1];
        $last->{to} = time_of($months, $k, 1 + unpack('%32C*', $key) % 28) if $last->{to} == EVER;
    }
    if ($endpoint eq 'schedule_a') {
        my ($coded) = grep { $_->{text} =~ /"receipt_type":"15"/ } @fresh;
        push @fresh, add_short_lived($months, $k, $coded);
    }
    add_records($months, $endpoint, @fresh);
    take_records_of_uncoded($versions->{$_->{key}}) for @fresh;
}

# One contribution of four before it was coded; of others, nothing.
sub not_coded_yet {
    my ($version) = @_;
    return if $version->{key} !~ /[0369]\z/ || $version->{text} !~ /"receipt_type":"15"/;
    my $before = {%$version, from => $version->{from} - UNCODED, to => $version->{from}};
    $before->{text} =~ s/"receipt_type":"15"/"receipt_type":null/;
    return $before;
}

# When the FEC has loaded a row or, of the masters, when the last filing came.
sub loaded_at {
    my ($line) = @_;
    my ($year, $month, $day, $hour, $minute, $second) =
        $line =~ /"load_date":"(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)"/;
    ($year, $month, $day) = $line =~ /"last_file_date":"(\d+)-(\d+)-(\d+)"/ if !defined $hour;
    return timegm($second // 0, $minute // 0, $hour // 0, $day, $month - 1, $year);
}

# The rows that no bulk file has: another row under record numbers that the generator never gives.
sub add_short_lived {
    my ($months, $k, $like) = @_;
    my @added;
    for my $i (0 .. $#SHORT_LIVED) {
        my ($day, $days) = @{$SHORT_LIVED[$i]};
        my $key  = sprintf '401012018199%04d%03d', $k, $i;
        my $from = time_of($months, $k, $day) + 7200;
        my $text = $like->{text} =~ s/"sub_id":"\d+"/"sub_id":"$key"/r;
        push @added, {key => $key, text => $text, from => $from, to => $from + $days * DAY};
        $months->{versions}{schedule_a}{$key} = [$added[-1]];
    }
    return @added;
}

# What was not coded yet has the record of its row but for the code. It is only looked at whether
# that is there.
sub take_records_of_uncoded {
    my ($list) = @_;
    my ($before, $version) = @$list;
    return if !$version || defined $before->{record};
    @{$before}{qw(committee date)} = @{$version}{qw(committee date)};
    $before->{record} = $version->{record} =~ s/\t15\t/\t\\N\t/r;
}

# The records of the API's rows, with the columns of the bulk files. (That fec-parse makes the right
# ones is what parse-api.t is about.)
sub add_records {
    my ($months, $endpoint, @versions) = @_;
    my $result = run([program('fec-parse'), '--cycle', $months->{cycle}, 'api', $endpoint],
        stdin => join('', map { "$_->{text}\n" } @versions));
    die "fec-parse: $result->{err}" if $result->{status} != 0;
    my ($header, @records) = split /\n/, $result->{out};
    my @names = split /\t/, $header;
    my @columns = @{$months->{columns}{$MADE_OF{$endpoint}{dataset}}};
    my %record = map { (key_of($_), $_) } @records;
    for my $version (@versions) {
        my $record = $record{$version->{key}} // die "fec-parse: no $version->{key}\n";
        my %value;
        @value{@names} = split /\t/, $record, -1;
        $version->{record} = join "\t", map { $value{$_} // '\N' } @columns;
        $version->{committee} = $value{committee_id};
        $version->{date} = ($value{contribution_receipt_date} // '') =~ s/^\\N$//r;
    }
}

# Puts the bulk files of month K in place, and returns the time of which they are.
sub publish_bulk {
    my ($months, $k, $shift) = @_;
    my $folder = "$months->{tree}/month-$k";
    my $time   = time_of($months, $k + 1, 1) + DAY / 2;
    utime $time + $shift * DAY, $time + $shift * DAY, $_ for glob "$folder/*/*";
    return $time;
}

# What the API has at a time: {key, record, loaded and, of the masters, first}, the last two being
# dates as the API gives them, in the machine's calendar.
sub api_rows {
    my ($months, $endpoint, $time, $shift) = @_;
    my @rows;
    my $versions = $months->{versions}{$endpoint};
    for my $key (keys %$versions) {
        my $list = $versions->{$key};
        shift @$list while @$list && $list->[0]{to} <= $time;
        delete $versions->{$key} if !@$list;
        my ($version) = grep { $_->{from} <= $time && $time < $_->{to} } @$list or next;
        push @rows, {%$version, dates_of($endpoint, $version, $shift)};
    }
    return \@rows;
}

sub dates_of {
    my ($endpoint, $version, $shift) = @_;
    my $loaded = $version->{from} + $shift * DAY;
    return (loaded => strftime('%Y-%m-%dT%T', gmtime $loaded)) if $endpoint eq 'schedule_a';
    my ($year, $month, $day) = $version->{text} =~ /"first_file_date":"(\d+)-(\d+)-(\d+)"/;
    my $first = timegm(0, 0, 0, $day, $month - 1, $year) + $shift * DAY;
    return (loaded => day_of($loaded), first => day_of($first));
}

# Gives the API these rows, by endpoint.
sub publish_api {
    my ($months, $rows) = @_;
    for my $endpoint (keys %$rows) {
        my $file = "$months->{api}/$endpoint.jsonl";
        # A row of schedule_a has its committee in it, with the date of that one's last filing.
        my $loaded = $endpoint eq 'schedule_a' ? 'load_date' : 'last_file_date';
        spew("$file.new", map {
            my ($row, $text) = ($_, $_->{text});
            $text =~ s/("$loaded":")[^"]*/$1$row->{loaded}/;
            $text =~ s/("first_file_date":")[^"]*/$1$row->{first}/ if $row->{first};
            "$text\n";
        } @{$rows->{$endpoint}});
        rename("$file.new", $file) or die "$file: $!";
    }
}

1;
