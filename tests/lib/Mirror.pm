# Mirror.pm - what one of the database's tables must hold, worked out row by row from what the FEC
# has published and from nothing else. For the soak, which compares it with what fecpipe's SQL has
# made. The rules are those of the manual: what each source may change of what the other has said.
#
# A record is a line of tab-separated columns, as fec-parse writes it. A run is a hash; of it are
# looked at {kind}, monthly or daily, and {began}, a time, and that it is the same one.
#
# A row is {record, run, in_bulk => whether a bulk file has ever had it, merged => the bulk record
# that was merged into it last, '' if it has changed since}.
package Mirror;
use strict;
use warnings;
use Exporter 'import';
use FecApi;

our @EXPORT = qw(new_mirror apply_bulk deliver fits filled_up mirror_lines history_lines column_of);

# What the API has said is trusted against a bulk file whose time is at most this much later.
use constant GRACE => 14 * 86400;

# Columns of which the API's null says nothing, since it never has them, or not of all rows.
my %LACKS = map { $_ => 1 } qw(amendment_indicator election_type other_id transaction_id
    contribution_receipt_date_as_filed street_1 street_2 city zip candidate_id
    candidate_election_year principal_committee_id address_street_1 address_street_2 address_city
    address_state address_zip);

# Texts that the bulk files cut, and after how many characters.
my %CUT = (name => 200, contributor_name => 200, contributor_city => 30,
    contributor_employer => 38, contributor_occupation => 38, memo_text => 100,
    transaction_id => 32);

# Of a table without rows, with these columns.
sub new_mirror {
    my (@columns) = @_;
    my $mirror = {columns => [@columns], rows => {}, history => []};
    for my $i (0 .. $#columns) {
        $mirror->{place}{$columns[$i]} = $i;
        $mirror->{amount} = $i if $columns[$i] eq 'contribution_receipt_amount';
        $mirror->{filed}{$i} = $mirror->{place}{$1} if $columns[$i] =~ /^(.*)_as_filed$/;
    }
    $mirror->{lacks} = {map { ($_, 1) } grep { $LACKS{$columns[$_]} } 0 .. $#columns};
    $mirror->{cut} = {map { ($_, $CUT{$columns[$_]}) } grep { $CUT{$columns[$_]} } 0 .. $#columns};
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
    push @{$mirror->{history}}, {key => $key, record => $row->{record}, written_by => $row->{run},
        run => $run, change => $change};
    push @{$mirror->{versions}{$key}}, $mirror->{history}[-1];
}

# --- Where one source only has less than the other

# Whether a bulk value is what is left of the API's in a column: an amount without its cents, a text
# that was cut.
sub is_less {
    my ($mirror, $i, $bulk, $api) = @_;
    return 0 if $bulk eq '\N' || $api eq '\N';
    if (defined $mirror->{amount} && $i == $mirror->{amount}) {
        my $whole = $api =~ s/\.\d\d$/.00/r;
        $whole = '0.00' if $whole eq '-0.00';
        return $bulk eq $whole;
    }
    my $length = $mirror->{cut}{$i} // return 0;
    utf8::decode(my $text = $api);
    return 0 if length $text <= $length;
    $text = substr($text, 0, $length) =~ s/ +\z//r;
    utf8::encode($text);
    return $bulk eq $text;
}

# Whether a bulk record says the same as what came by the API, as far as both can say it.
sub fits {
    my ($mirror, $record, $other) = @_;
    my @bulk = split /\t/, $record, -1;
    my @api  = split /\t/, $other, -1;
    for my $i (grep { $bulk[$_] ne $api[$_] } 0 .. $#bulk) {
        next if $mirror->{lacks}{$i} && ($bulk[$i] eq '\N' || $api[$i] eq '\N');
        return 0 if !is_less($mirror, $i, $bulk[$i], $api[$i]);
    }
    return 1;
}

# Whether the API's record, filled up from the row, only has more than the row.
sub completes {
    my ($mirror, $row, $record) = @_;
    my @live = split /\t/, $row->{record}, -1;
    my @api  = split /\t/, $record, -1;
    for my $i (grep { $live[$_] ne $api[$_] } 0 .. $#live) {
        next if $mirror->{lacks}{$i} && $live[$i] eq '\N';
        return 0 if $row->{run}{kind} ne 'monthly' || !is_less($mirror, $i, $live[$i], $api[$i]);
    }
    return 1;
}

# A record with what it does not have taken from another one, where that says something. A text that
# was filed in the place of a date stands only where neither has a date.
sub filled_up {
    my ($mirror, $record, $other) = @_;
    my @its = split /\t/, $record, -1;
    my @of  = split /\t/, $other, -1;
    my @filled = @its;
    for my $i (grep { $its[$_] eq '\N' } keys %{$mirror->{lacks}}) {
        my $date = $mirror->{filed}{$i};
        next if defined $date && ($its[$date] ne '\N' || $of[$date] ne '\N');
        $filled[$i] = $of[$i];
    }
    return join "\t", @filled;
}

# --- The API

# A row of the API's. Returns new, changed, completed or unchanged; or, of contributions that are
# not of the file indiv, uncoded or other_codes.
sub deliver {
    my ($mirror, $key, $record, $run) = @_;
    if (defined $mirror->{place}{receipt_type}) {
        my $type = column_of($mirror, $record, 'receipt_type') // return 'uncoded';
        return 'other_codes' if !is_in_indiv($type);
    }
    my $row = $mirror->{rows}{$key};
    if (!$row) {
        $mirror->{rows}{$key} = {record => $record, run => $run, in_bulk => 0, merged => ''};
        return 'new';
    }
    my $full = filled_up($mirror, $record, $row->{record});
    return 'unchanged' if $full eq $row->{record};
    my $completes = completes($mirror, $row, $full);
    remember($mirror, $key, 'changed', $run) if !$completes;
    $mirror->{rows}{$key} = {%$row, record => $full, run => $run,
        merged => $completes ? $row->{merged} : ''};
    return $completes ? 'completed' : 'changed';
}

# --- The bulk files

# All records of a bulk file as of a time, by key. Returns the counts of the run, as {new, changed,
# completed, withdrawn, unconfirmed, unchanged}.
sub apply_bulk {
    my ($mirror, $records, $time, $run) = @_;
    my %count = map { ($_, 0) } qw(new changed completed withdrawn unconfirmed unchanged);
    my $rows = $mirror->{rows};
    for my $key (keys %$records) {
        $count{put($mirror, $key, $records->{$key}, $time, $run)}++;
    }
    for my $key (grep { !$records->{$_} } keys %$rows) {
        my $stays = is_from_api_since($rows->{$key}{run}, $time - GRACE);
        my $change = $rows->{$key}{in_bulk} ? 'withdrawn' : 'unconfirmed';
        $count{$stays ? 'unchanged' : $change}++;
        next if $stays;
        remember($mirror, $key, $change, $run);
        delete $rows->{$key};
    }
    $count{unchanged} += $count{completed};
    return \%count;
}

# Whether a run is a daily one that began later than a time.
sub is_from_api_since {
    my ($run, $time) = @_;
    return $run->{kind} eq 'daily' && $run->{began} > $time;
}

# A bulk record over what there is.
sub put {
    my ($mirror, $key, $record, $time, $run) = @_;
    my $row = $mirror->{rows}{$key};
    if (!$row) {
        $mirror->{rows}{$key} = {record => $record, run => $run, in_bulk => 1, merged => $record};
        return 'new';
    }
    return 'unchanged' if $row->{merged} eq $record;
    if ($row->{run}{kind} eq 'daily') {
        return put_over_api($mirror, $row, $record) if fits($mirror, $record, $row->{record});
        if (is_older_than_api($mirror, $key, $record, $time)) {
            $row->{in_bulk} = 1;
            return 'unchanged';
        }
    } elsif ($row->{record} eq $record) {
        @{$row}{qw(in_bulk merged)} = (1, $record);
        return 'unchanged';
    }
    remember($mirror, $key, 'changed', $run);
    $mirror->{rows}{$key} = {record => $record, run => $run, in_bulk => 1, merged => $record};
    return 'changed';
}

# The API's values stay, what it cannot have is filled in.
sub put_over_api {
    my ($mirror, $row, $record) = @_;
    my $before = $row->{record};
    $row->{record} = filled_up($mirror, $before, $record);
    @{$row}{qw(in_bulk merged)} = (1, $record);
    return $row->{record} eq $before ? 'unchanged' : 'completed';
}

# Whether a bulk record is of the time before what the API has said: the run that said it began
# after the file, or not long before, and the record is what the row was until the API corrected it.
sub is_older_than_api {
    my ($mirror, $key, $record, $time) = @_;
    my $run = $mirror->{rows}{$key}{run};
    return 1 if is_from_api_since($run, $time);
    return 0 if !is_from_api_since($run, $time - GRACE);
    return scalar grep { $_->{change} eq 'changed' && is_from_api_since($_->{run}, $time - GRACE)
            && fits($mirror, $record, $_->{record}) } @{$mirror->{versions}{$key} // []};
}

# --- What there is

# The rows, each with whether a bulk file has had it and the number of the run that brought it,
# sorted; and the history likewise, with the run that had brought a version, the one that ended it,
# and how.
sub mirror_lines {
    my ($mirror) = @_;
    return [sort map { join "\t", $_->{record}, $_->{in_bulk} ? 't' : 'f', $_->{run}{id} }
            values %{$mirror->{rows}}];
}

sub history_lines {
    my ($mirror) = @_;
    return [sort map { "$_->{record}\t$_->{written_by}{id}\t$_->{run}{id}\t$_->{change}" }
            @{$mirror->{history}}];
}

1;
