# Arguments.pm - the parameters of a call of the API: which ones there are, of what kind each is,
# and what openFEC's code refuses (webservices/args.py, common/views.py, utils.py).
#
# A refusal is thrown: {status, message}. Where the value is not even of the right kind, the message
# is no text but an object: {"query": {"per_page": ["Not a valid integer."]}}.
package OpenFec::Arguments;
use strict;
use warnings;
use Exporter 'import';
use Time::Local qw(timegm);

our @EXPORT = qw(wrong checked_arguments check_schedule_a check_sort check_per_page without_cursor
    clock_is);

use constant {MOST_PER_PAGE => 100, MOST_VALUES => 10, FIRST_CYCLE => 1976};

# What a parameter must be. A list may come several times; of others the first one holds.
my %KIND = (
    two_year_transaction_period    => 'periods',
    committee_id                   => 'committees',
    candidate_id                   => 'texts',
    state                          => 'texts',
    cycle                          => 'integers',
    is_individual                  => 'boolean',
    sort_hide_null                 => 'boolean',
    sort_null_only                 => 'boolean',
    last_index                     => 'integer',
    page                           => 'natural',
    per_page                       => 'natural',
    sort                           => 'text',
    (map { ("min_$_" => 'date', "max_$_" => 'date') }
        qw(date load_date first_file_date last_file_date)),
    last_contribution_receipt_date => 'date',
);

# Those that only say which page of a query is meant.
my %IS_CURSOR = map { $_ => 1 }
    qw(last_index last_contribution_receipt_date sort_null_only page per_page);

# The filters that make a call without a single period cheap enough.
my @INDEXED = qw(committee_id contributor_id contributor_name contributor_city contributor_zip
    contributor_employer contributor_occupation image_number);

my $clock = sub { time };

# Sets where the time comes from, by which there are cycles that are still ahead.
sub clock_is { ($clock) = @_ }

sub wrong { die {status => $_[0], message => $_[1]} }
sub not_a { wrong(422, {query => {$_[0] => ["Not a valid $_[1]."]}}) }

# The names of parameters without those of the cursor.
sub without_cursor { return grep { !$IS_CURSOR{$_} } @_ }

# The parameters in the form that is worked with: {name => value or [values]}. Dates are
# YYYY-MM-DD, booleans 1 or 0. Parameters that the API does not have are passed over.
sub checked_arguments {
    my ($argument) = @_;
    my %value;
    for my $name (sort grep { $KIND{$_} } keys %$argument) {
        my $kind = $KIND{$name};
        if ($kind =~ s/s\z//) {
            $value{$name} = [map { checked_value($name, $kind, $_) } @{$argument->{$name}}];
        } else {
            $value{$name} = checked_value($name, $kind, $argument->{$name}[0]);
        }
    }
    return \%value;
}

sub checked_value {
    my ($name, $kind, $text) = @_;
    return $text if $kind eq 'text';
    if ($kind eq 'committee') {
        return uc $text if $text =~ /\A[Cc]\d{8}\z/;
        wrong(422, "Invalid committee_id. A valid committee_id begins with a 'C' followed by 8"
            . ' digits. For example: C00100005.');
    }
    if ($kind eq 'boolean') {
        return 1 if $text =~ /\A(?:t|true|on|y|yes|1)\z/i;
        return 0 if $text =~ /\A(?:f|false|off|n|no|0)\z/i;
        not_a($name, 'boolean');
    }
    return checked_date($text) if $kind eq 'date';
    not_a($name, 'integer') if $text !~ /\A[-+]?\d{1,19}\z/;
    wrong(422, 'Must be greater than zero') if $kind eq 'natural' && $text <= 0;
    check_period($text) if $kind eq 'period';
    return $text + 0;
}

# An odd year is refused in another way than one without data.
sub check_period {
    my ($period) = @_;
    my $year = 1900 + (gmtime $clock->())[5];
    my $current = $year + $year % 2;
    wrong(422, 'Invalid two_year_transaction period. A valid two_year_transaction_period should be'
        . ' an even year between ' . FIRST_CYCLE . " and $current.") if $period % 2;
    wrong(404, 'two_year_transaction_period not found. Data exists for two_year_transaction_periods'
        . ' between ' . FIRST_CYCLE . " and $current.")
        if $period < FIRST_CYCLE || $period > $current;
}

sub checked_date {
    my ($text) = @_;
    my ($year, $month, $day) = $text =~ /\A\s*(\d{4})-(\d{1,2})-(\d{1,2})\s*\z/;
    ($month, $day, $year) = $text =~ m{\A\s*(\d{1,2})/(\d{1,2})/(\d{4})\s*\z} if !defined $year;
    if (defined $year && $month >= 1 && eval { timegm(0, 0, 0, $day, $month - 1, $year); 1 }) {
        return sprintf '%04d-%02d-%02d', $year, $month, $day;
    }
    wrong(422, 'Invalid date. Date must be formatted as MM/DD/YYYY or YYYY-MM-DD.');
}

# Refuses what the API refuses of a query that is well formed. Returns what to sort by.
sub check_schedule_a {
    my ($value, $page_size) = @_;
    my $sort = $value->{sort} // '-contribution_receipt_date';
    check_sort($sort, 'contribution_receipt_date');
    my %period = map { $_ => 1 } @{$value->{two_year_transaction_period} // []};
    wrong(400, 'Please choose a single `two_year_transaction_period` or add one of the following'
            . ' filters to your query: `' . join('`, `', @INDEXED) . '`')
        if keys %period != 1 && !$value->{committee_id};
    wrong(422, "When paginating through results, both values from the previous page's"
            . ' `last_indexes` object are needed. Please add one of the following filters to your'
            . ' query: `sort_null_only`=True, `last_contribution_receipt_date`')
        if $value->{last_index} && !defined $value->{last_contribution_receipt_date}
        && !$value->{sort_null_only};
    wrong(422, 'Can only specify up to ' . MOST_VALUES . ' values for `committee_id`')
        if @{$value->{committee_id} // []} > MOST_VALUES;
    check_per_page($value, $page_size);
    return $sort;
}

sub check_sort {
    my ($sort, @columns) = @_;
    return if grep { $sort =~ /\A-?$_\z/ } @columns;
    wrong(422, qq{Cannot sort on value "$sort". Instead choose one of: "}
        . join('", "', @columns) . '"');
}

# Settles {per_page}; `most`, if it is not 0, is the tests' own limit.
sub check_per_page {
    my ($value, $most) = @_;
    $value->{per_page} //= 20;
    wrong(422, "Parameter 'per_page' must be between 1 and " . MOST_PER_PAGE)
        if $value->{per_page} > MOST_PER_PAGE;
    $value->{per_page} = 0 + $most if $most && $most < $value->{per_page};
}

1;
