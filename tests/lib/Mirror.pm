# Mirror.pm - what one of the database's tables must hold, reckoned row by row from what the FEC has
# published and from nothing else. For the soak, which compares it with what fecpipe's SQL has
# made.
#
# A record is a line of tab-separated columns, as fec-parse writes it. A run is a hash; of it are
# looked at {kind}, monthly or daily, and {began}, a time, and that it is the same one.
package Mirror;
use strict;
use warnings;
use Exporter 'import';

our @EXPORT = qw(new_mirror apply_bulk deliver mirror_lines history_lines column_of);

# A row that came by the API so long before the bulk file's time may be younger than the file.
use constant GRACE => 7 * 86400;

# Of a table without rows, with these columns.
sub new_mirror {
    my (@columns) = @_;
    my $mirror = {columns => [@columns], rows => {}, history => [], was_api => {}};
    for my $i (0 .. $#columns) {
        $mirror->{place}{$columns[$i]} = $i;
        $mirror->{amount} = $i if $columns[$i] eq 'contribution_receipt_amount';
        $mirror->{filed}{$i} = $mirror->{place}{$1} if $columns[$i] =~ /^(.*)_as_filed$/;
    }
    return $mirror;
}

# The value of a column in a record, undef for NULL.
sub column_of {
    my ($mirror, $record, $name) = @_;
    my $value = (split /\t/, $record, -1)[$mirror->{place}{$name}];
    return $value eq '\N' ? undef : $value;
}

# What was there goes into the history.
sub remember {
    my ($mirror, $key, $change, $run) = @_;
    my $row = $mirror->{rows}{$key};
    push @{$mirror->{history}},
        {record => $row->{record}, written_by => $row->{run}, run => $run, change => $change};
}

# Puts a record in the place of what is there. Returns new, changed or unchanged.
sub put {
    my ($mirror, $key, $record, $run) = @_;
    my $row = $mirror->{rows}{$key};
    return 'unchanged' if $row && $row->{record} eq $record;
    remember($mirror, $key, 'changed', $run) if $row;
    $mirror->{rows}{$key} = {record => $record, run => $run};
    $mirror->{was_api}{$key} = 1 if $run->{kind} eq 'daily';
    return $row ? 'changed' : 'new';
}

# A row of the API's: its values count, but where it has none what is there stays. A text that was
# filed instead of a date stands only where there is no date, and if the API has one, the date goes.
sub deliver {
    my ($mirror, $key, $record, $run) = @_;
    my $row = $mirror->{rows}{$key} or return put($mirror, $key, $record, $run);
    my @live   = split /\t/, $row->{record}, -1;
    my @api    = split /\t/, $record, -1;
    my @merged = map { $api[$_] ne '\N' ? $api[$_] : $live[$_] } 0 .. $#api;
    for my $i (keys %{$mirror->{filed}}) {
        my $date = $mirror->{filed}{$i};
        if ($api[$i] ne '\N') { $merged[$date] = $api[$date] }
        elsif ($merged[$date] ne '\N') { $merged[$i] = '\N' }
    }
    return put($mirror, $key, join("\t", @merged), $run);
}

# A bulk record over what is there: the API's cents stay where the amount is only cut.
sub with_cents {
    my ($mirror, $key, $record) = @_;
    my ($row, $place) = ($mirror->{rows}{$key}, $mirror->{amount});
    return $record if !$row || !defined $place || !$mirror->{was_api}{$key};
    my @bulk = split /\t/, $record, -1;
    my $live = (split /\t/, $row->{record}, -1)[$place];
    my $cut  = $live =~ s/\.\d\d$/.00/r;
    $cut = '0.00' if $cut eq '-0.00';
    $bulk[$place] = $live if $bulk[$place] eq $cut;
    return join "\t", @bulk;
}

# All records of a bulk file as of a time, by key. A row that the API has brought since is as the
# API has it. Returns the counts that a run must tell, as {new, changed, withdrawn, unchanged}.
sub apply_bulk {
    my ($mirror, $records, $time, $run) = @_;
    my %count = map { ($_, 0) } qw(new changed withdrawn unchanged);
    my $rows = $mirror->{rows};
    for my $key (keys %$records) {
        my $what = is_from_api_since($rows->{$key}, $time) ? 'unchanged'
            : put($mirror, $key, with_cents($mirror, $key, $records->{$key}), $run);
        $count{$what}++;
    }
    for my $key (grep { !$records->{$_} } keys %$rows) {
        my $stays = is_from_api_since($rows->{$key}, $time - GRACE);
        $count{$stays ? 'unchanged' : 'withdrawn'}++;
        next if $stays;
        remember($mirror, $key, 'withdrawn', $run);
        delete $rows->{$key};
    }
    return \%count;
}

# Whether a row came by a daily run that began later than a time.
sub is_from_api_since {
    my ($row, $time) = @_;
    return $row && $row->{run}{kind} eq 'daily' && $row->{run}{began} > $time;
}

# The rows, each with the number of the run that brought it, sorted; and the history likewise, with
# the run that had brought a version, the one that ended it, and how.
sub mirror_lines {
    my ($mirror) = @_;
    return [sort map { "$_->{record}\t$_->{run}{id}" } values %{$mirror->{rows}}];
}

sub history_lines {
    my ($mirror) = @_;
    return [sort map { "$_->{record}\t$_->{written_by}{id}\t$_->{run}{id}\t$_->{change}" }
            @{$mirror->{history}}];
}

1;
