# Endpoints.pm - what the stand-in for the API has to say of schedule_a, committees and candidates:
# which rows a query wants, in which order, and which page of them.
#
# From openFEC's code (webservices/common/views.py, utils.py, sorting.py, resources/sched_a.py):
#
# - schedule_a is ordered by receipt date, then sub_id. Rows without a date come last, descending
#   first. The cursor is compared with (date or else 9999-12-31, sub_id), so it leads on from the
#   dated rows to the others. Where a row is dated 9999-12-31, the rows without a date and with a
#   smaller sub_id are lost to whoever goes on after it by that cursor.
# - sort_null_only with no date, ascending, has only the rows without a date.
# - `count` is always that of the whole query, on a page of sort_null_only too. It is exact up to
#   500,000 rows and estimated above. Without rows it is 0 and exact.
# - The page after the last one is 200 without rows, and its last_indexes are null.
# - last_index alone is refused, the last date alone is not: then the other rows of that day are
#   passed over.
# - min_date and the like never match a row that has no such date. load_date has a time of day, and
#   max_load_date is its midnight.
# - /schedules/schedule_a/SUB_ID/ is the same query for one row.
# - `cycle` only chooses among the masters; each comes as it is today. Masters with the same name
#   come in any order, and in another one for another page: here it turns around with every call.
#
# It differs in that it sorts by date only (masters: by name, number or the dates of filing).
package OpenFec::Endpoints;
use strict;
use warnings;
use Exporter 'import';
use JSON::PP ();
use OpenFec::Arguments;
use OpenFec::Response;
use OpenFec::Rows;
use POSIX qw(ceil floor);

our @EXPORT = qw(endpoint_of);

# Returns the code that makes the response of a path, undef if there is no such endpoint. It is
# called with the checked parameters and {page_size, exact_up_to, estimate => percent, turn => 1 or
# -1, is_before}.
sub endpoint_of {
    my ($path) = @_;
    $path =~ s{/\z}{};
    return \&schedule_a_page if $path eq '/v1/schedules/schedule_a';
    if ($path =~ m{\A/v1/schedules/schedule_a/(\d{1,19})\z}) {
        my $id = $1;
        return sub { schedule_a_page({%{$_[0]}, sub_id => $id}, $_[1]) };
    }
    return sub { master_page('committees', 'committee_id', @_) } if $path eq '/v1/committees';
    return sub { master_page('candidates', 'candidate_id', @_) } if $path eq '/v1/candidates';
    return;
}

# --- Schedule A

sub schedule_a_page {
    my ($value, $how) = @_;
    my $is_descending = check_schedule_a($value, $how->{page_size}) =~ /^-/;
    my $table = table_of('schedule_a', $how->{is_before});
    my $found = remembered($table, $value, \&matching_rows);
    my @page = $is_descending ? page_down($table, $found, $value) : page_up($table, $found, $value);
    my %pagination = (counts($how, scalar @$found, $value->{per_page}), last_indexes => undef);
    if (@page) {
        my ($day, $number) = $table->{key}[$page[-1]] =~ /\A(.{10})0*(\d+)\z/;
        $pagination{last_indexes} = {last_index => "$number", $day eq NO_DATE
                ? (sort_null_only => JSON::PP::true) : (last_contribution_receipt_date => $day)};
    }
    return rows_response($table, \%pagination, @page);
}

# A page in ascending order.
sub page_up {
    my ($table, $found, $value) = @_;
    my ($index, $date) = @{$value}{qw(last_index last_contribution_receipt_date)};
    my $size = $value->{per_page};
    if (defined $date && $date eq LAST_DATE) {
        # Rows of that date and rows without one are compared by their number alone.
        my $after = defined $index ? sort_key('', $index) : '~';
        my $start = first_after($table, $found, sort_key('9999-12-30', '~'));
        return some_of([grep { substr($table->{key}[$_], 10) gt $after }
            @$found[$start .. $#$found]], 0, $size);
    }
    # The key after which the page begins; undef for the first page.
    my $after = defined $date ? sort_key($date, $index // '~')
        : $value->{sort_null_only} ? NO_DATE . (defined $index ? sort_key('', $index) : '')
        :                            undef;
    return some_of($found, defined $after ? first_after($table, $found, $after) : 0, $size);
}

sub page_down {
    my ($table, $found, $value) = @_;
    my ($index, $date) = @{$value}{qw(last_index last_contribution_receipt_date)};
    my $size = $value->{per_page};
    if (!defined $date && $index) {
        my $last = sort_key('', $index);
        $found = [grep { substr($table->{key}[$_], 10) lt $last } @$found];
    }
    my $end = defined $date ? first_after($table, $found, sort_key($date, ($index // 0) - 1))
        : @$found;
    my $start = $end > $size ? $end - $size : 0;
    return reverse @$found[$start .. $end - 1];
}

# The place of the first row after a key, in a list of rows in ascending order.
sub first_after {
    my ($table, $found, $key) = @_;
    my ($low, $high) = (0, scalar @$found);
    while ($low < $high) {
        my $middle = int(($low + $high) / 2);
        if ($table->{key}[$found->[$middle]] gt $key) { $high = $middle }
        else { $low = $middle + 1 }
    }
    return $low;
}

# The rows that a query wants, on whichever page, ascending.
sub matching_rows {
    my ($table, $value) = @_;
    my ($keys, $loads) = @{$table}{qw(key load)};
    my $rows = [0 .. $#$keys];
    if ($value->{committee_id}) {
        my %wanted = map { $_ => 1 } @{$value->{committee_id}};
        $rows = [sort { $a <=> $b } map { @{$table->{by_committee}{$_} // []} } keys %wanted];
    }
    if (my $periods = $value->{two_year_transaction_period}) {
        my %wanted = map { $_ => 1 } @$periods;
        $rows = [grep { $wanted{$table->{period}[$_]} } @$rows];
    }
    if (defined(my $wanted = $value->{is_individual})) {
        $rows = [grep { $table->{individual}[$_] eq $wanted } @$rows];
    }
    if (defined $value->{sub_id}) {
        my $number = sort_key('', $value->{sub_id});
        $rows = [grep { substr($keys->[$_], 10) eq $number } @$rows];
    }
    my ($min, $max) = @{$value}{qw(min_date max_date)};
    $max //= '9999-99-99' if defined $min || $value->{sort_hide_null};
    $rows = [grep { substr($keys->[$_], 0, 10) ge $min } @$rows] if defined $min;
    $rows = [grep { substr($keys->[$_], 0, 10) le $max } @$rows] if defined $max;
    ($min, $max) = @{$value}{qw(min_load_date max_load_date)};
    $rows = [grep { $loads->[$_] ge $min } @$rows] if defined $min;
    $rows = [grep { $loads->[$_] ne '' && $loads->[$_] le $max } @$rows] if defined $max;
    return $rows;
}

# --- Masters

sub master_page {
    my ($name, $id, $value, $how) = @_;
    my $sort = $value->{sort} // 'name';
    check_sort($sort, 'name', $id, 'first_file_date', 'last_file_date');
    check_per_page($value, $how->{page_size});
    $value->{page} //= 1;
    my $table = table_of($name, $how->{is_before});
    my $found = remembered($table, {%$value, sort => $sort, turn => $how->{turn}},
        sub { matching_masters($id, @_) });
    my $size = $value->{per_page};
    my @page = some_of($found, ($value->{page} - 1) * $size, $size);
    return rows_response($table, {counts($how, scalar @$found, $size), page => $value->{page}},
        @page);
}

sub matching_masters {
    my ($id, $table, $value) = @_;
    my $rows = [0 .. $#{$table->{offset}}];
    if (my $cycles = $value->{cycle}) {
        my $wanted = join '|', @$cycles;
        $rows = [grep { $table->{cycles}[$_] =~ /\b(?:$wanted)\b/ } @$rows];
    }
    for my $column ('state', $id) {
        my %wanted = map { uc $_ => 1 } @{$value->{$column} // next};
        $rows = [grep { $wanted{$table->{$column}[$_]} } @$rows];
    }
    # Candidates can't be asked for by the date of their last filing.
    for my $column ('first_file_date', $id eq 'committee_id' ? 'last_file_date' : ()) {
        my ($min, $max, $dates) = (@{$value}{"min_$column", "max_$column"}, $table->{$column});
        $rows = [grep { $dates->[$_] ge $min } @$rows] if defined $min;
        $rows = [grep { $dates->[$_] ne '' && $dates->[$_] le $max } @$rows] if defined $max;
    }
    my ($down, $column) = $value->{sort} =~ /\A(-?)(.*)\z/;
    my ($texts, $ids) = @{$table}{$column, $id};
    my @sorted = sort {
        ($texts->[$a] eq '') <=> ($texts->[$b] eq '') || $texts->[$a] cmp $texts->[$b]
            || ($ids->[$a] cmp $ids->[$b]) * $value->{turn}
    } @$rows;
    return $down ? [reverse @sorted] : \@sorted;
}

# --- Pages

# At most `size` elements of a list from `start` on.
sub some_of {
    my ($list, $start, $size) = @_;
    my $end = $start + $size > @$list ? @$list : $start + $size;
    return @$list[$start .. $end - 1];
}

sub counts {
    my ($how, $total, $size) = @_;
    my $is_exact = $total == 0 || (!$how->{estimate} && $total <= $how->{exact_up_to});
    $total = floor($total * ($how->{estimate} || 90) / 100) || 1 if !$is_exact;
    return (count => $total, pages => ceil($total / $size), per_page => $size,
        is_count_exact => $is_exact ? JSON::PP::true : JSON::PP::false);
}

sub rows_response {
    my ($table, $pagination, @page) = @_;
    my @texts = map { row_text($table, $_) } @page;
    return text_response('{"api_version":"1.0","pagination":' . json_text_of($pagination)
        . ',"results":[' . join(',', @texts) . "]}\n", scalar @texts);
}

1;
