# Rows.pm - the rows that the stand-in for the API has: files of JSON lines, read again after they
# have changed, and what openFEC's views make of a row before anybody sees it.
#
# A file has the rows as the FEC's tables have them. Of a row of schedule_a the views make this
# (data/migrations, the number being that of the migration):
#
# - Rows of Schedule B, and rows whose action code is D, are not there (V0024: 1110).
# - amendment_indicator is the action code of the row: A, C, N or null. Another value in the file is
#   a mistake of the test, and is complained of.
# - transaction_id and back_reference_transaction_id are null unless sub_id begins with 4 (V0024:
#   1068).
# - contributor_id, and the object contributor, are null where the id is the committee's own; the
#   id is in unused_contbr_id then (V0004: 97).
# - is_individual follows from receipt type, amount, line, memo code and memo text (V0004: 1910,
#   V0195). What the file says of it is ignored.
#
# A table is {file, path, version, before => the table before the last change, found => {}, offset
# => [], length => []} and, by column, what is looked at of each row; the rows stay in the file.
package OpenFec::Rows;
use strict;
use warnings;
use Exporter 'import';
use Fcntl qw(SEEK_SET);
use OpenFec::Arguments;
use OpenFec::Response;

our @EXPORT = qw(rows_in table_of row_text remembered sort_key is_individual NO_DATE LAST_DATE);

use constant MOST_QUERIES => 300;
use constant NO_DATE      => '~' x 10;       # sorts after all dates
use constant LAST_DATE    => '9999-12-31';   # what the cursor takes a missing date for

# What is wrong with a row in the file, as bits.
use constant {SHOWS_TRANSACTION => 1, SHOWS_OWN_ID => 2, SAYS_WRONGLY => 4};

# Within the JSON of a row: a text, an object.
my $STRING = qr/"(?:[^"\\]++|\\.)*+"/;
my $NESTED = qr/(\{(?:[^{}"]++|$STRING|(?-1))*+\})/;

my %IS_INDIVIDUAL = map { $_ => 1 } qw(10 10J 11 11J 15 15E 15J 30 30E 30J 30T 31 31E 31J 31T 32
    32E 32J 32T);
my %IS_SMALL_LINE = map { $_ => 1 } qw(11AI 12 17 17A 18);
my %IS_SCHEDULE_B = map { $_ => 1 } qw(20Y 21Y 22Y 40T 40Y 41T 41Y 42T 42Y);

my ($root, %tables);

# Sets the folder of the files.
sub rows_in { ($root) = @_ }

# The table of an endpoint; with a second argument as it was before its file last changed.
sub table_of {
    my ($name, $is_before) = @_;
    my $path = "$root/$name.jsonl";
    my $version = version_of($path);
    if (!$tables{$name} || $tables{$name}{version} ne $version) {
        my $before = $tables{$name};
        delete $before->{before} if $before;
        $tables{$name} = read_table($name, $path, $version);
        $tables{$name}{before} = $before;
    }
    return ($is_before && $tables{$name}{before}) || $tables{$name};
}

sub read_table {
    my ($name, $path, $version) = @_;
    my %table = (path => $path, version => $version, offset => [], length => [], found => {});
    if (open(my $file, '<:raw', $path)) {
        $table{file} = $file;
        $table{version} = version_of($file);
        if ($name eq 'schedule_a') { read_schedule_a(\%table) }
        else { read_master(\%table) }
    }
    return \%table;
}

# What the code finds for a query, or has found before in the same version of the file.
sub remembered {
    my ($table, $value, $code) = @_;
    my $query = json_text_of({map { $_ => $value->{$_} } without_cursor(keys %$value)});
    my $found = $table->{found};
    %$found = () if !$found->{$query} && keys %$found > MOST_QUERIES;
    return $found->{$query} //= $code->($table, $value);
}

# Calls the code with each row's text, its offset and its length. The objects in it are cut out,
# since they have the same keys.
sub each_row {
    my ($table, $code) = @_;
    my $file = $table->{file};
    my $offset = 0;
    while (defined(my $line = <$file>)) {
        my $start = $offset;
        $offset += length $line;
        my ($row) = $line =~ /\A\{(.*)\}\s*\z/s or next;
        my $length = length($line =~ s/\s+\z//r);
        $row =~ s/"(?:committee|contributor)":\s*$NESTED//g
            || $row =~ s/$STRING(*SKIP)(*FAIL)|$NESTED/{}/g if index($row, '{') >= 0;
        $code->($row, $start, $length) or warn "fec-api: $table->{path}: line $.: no such row\n";
    }
}

# --- Schedule A

# Rows are compared as texts: the date, then the record number with all its zeros.
sub sort_key {
    my ($date, $number) = @_;
    return $date . ($number eq '~' ? $number : sprintf '%019d', $number < 0 ? 0 : $number);
}

sub read_schedule_a {
    my ($table) = @_;
    my @rows;
    each_row($table, sub {
        my ($row, $offset, $length) = @_;
        my ($id) = $row =~ /"sub_id":\s*"?(\d+)/ or return 0;
        my $action = text_in($row, 'amendment_indicator');
        return 0 if $action !~ /\A[ACDN]?\z/;
        return 1 if $action eq 'D' || is_schedule_b($row);
        my $date = $row =~ /"contribution_receipt_date":\s*"(\d{4}-\d\d-\d\d)/ ? $1 : NO_DATE;
        my $load = text_in($row, 'load_date') =~ s/T00:00:00(?:[+Z].*)?\z//r;
        my $committee = text_in($row, 'committee_id');
        my $period = $row =~ /"two_year_transaction_period":\s*(\d+)/ ? $1 : 0;
        my $individual = row_is_individual($row);
        push @rows, join "\t", sort_key($date, $id), $offset, $length, $load, $committee, $period,
            $individual, faults_of($row, $id, $committee, $individual);
        return 1;
    });
    my @columns = qw(key offset length load committee period individual faults);
    $table->{$_} = [] for @columns;
    for my $row (sort @rows) {
        my @values = split /\t/, $row, -1;
        push @{$table->{$columns[$_]}}, $values[$_] for 0 .. $#columns;
        push @{$table->{by_committee}{$values[4]}}, $#{$table->{key}};
    }
}

# A text of a row, '' if it is null.
sub text_in {
    my ($row, $name) = @_;
    return $row =~ /"$name":\s*"((?:[^"\\]++|\\.)*+)"/ ? $1 : '';
}

sub is_schedule_b {
    my ($row) = @_;
    return $IS_SCHEDULE_B{text_in($row, 'receipt_type')} || text_in($row, 'schedule_type') eq 'SB';
}

# The FEC's rule, as 1 or 0: is_individual(receipt type, amount, line, memo code, memo text).
sub is_individual {
    my ($type, $amount, $line, $memo, $text) = @_;
    return 1 if $IS_INDIVIDUAL{$type};
    return 0 if $amount >= 200 || !$IS_SMALL_LINE{$line};
    return $memo eq 'X' && $text =~ /earmark|earmk|ermk/i ? 0 : 1;
}

sub row_is_individual {
    my ($row) = @_;
    my $amount = $row =~ /"contribution_receipt_amount":\s*(-?[\d.]+)/ ? $1 : 200;
    return is_individual(text_in($row, 'receipt_type'), $amount, text_in($row, 'line_number'),
        text_in($row, 'memo_code'), text_in($row, 'memo_text'));
}

sub faults_of {
    my ($row, $id, $committee, $individual) = @_;
    my $faults = 0;
    $faults |= SHOWS_TRANSACTION
        if $id !~ /\A4/ && $row =~ /"(?:back_reference_)?transaction_id":\s*"/;
    $faults |= SHOWS_OWN_ID if $committee ne '' && text_in($row, 'contributor_id') eq $committee;
    my ($said) = $row =~ /"is_individual":\s*(\w+)/;
    $faults |= SAYS_WRONGLY if defined $said && ($said eq 'true') != $individual;
    return $faults;
}

# A row as the views show it.
sub as_viewed {
    my ($text, $faults, $individual) = @_;
    $text =~ s/("(?:back_reference_)?transaction_id":\s*)$STRING/$1null/g
        if $faults & SHOWS_TRANSACTION;
    if ($faults & SHOWS_OWN_ID) {
        my ($id) = $text =~ s/("contributor_id":\s*)("\w+")/$1null/ ? $2 : 'null';
        $text =~ s/("unused_contbr_id":\s*)(?:null|$STRING)/$1$id/;
        $text =~ s/("contributor":\s*)$NESTED/$1null/;
    }
    my $says = $individual ? 'true' : 'false';
    $text =~ s/("is_individual":\s*)\w+/$1$says/ if $faults & SAYS_WRONGLY;
    return $text;
}

# --- Masters

sub read_master {
    my ($table) = @_;
    each_row($table, sub {
        my ($row, $offset, $length) = @_;
        for my $column (qw(committee_id candidate_id name state first_file_date last_file_date)) {
            push @{$table->{$column}}, text_in($row, $column) =~ s/T[\d:]+\z//r;
        }
        push @{$table->{cycles}}, $row =~ /"cycles":\s*\[([^\]]*)/ ? $1 : '';
        push @{$table->{offset}}, $offset;
        push @{$table->{length}}, $length;
        return 1;
    });
}

# --- The rows themselves

# The JSON of a row, by its place in the table.
sub row_text {
    my ($table, $row) = @_;
    my $text = '';
    sysseek($table->{file}, $table->{offset}[$row], SEEK_SET);
    while ((my $left = $table->{length}[$row] - length $text) > 0) {
        sysread($table->{file}, $text, $left, length $text)
            or die "fec-api: $table->{path} has become shorter while it was read\n";
    }
    my $faults = $table->{faults} ? $table->{faults}[$row] : 0;
    return $faults ? as_viewed($text, $faults, $table->{individual}[$row]) : $text;
}

1;
