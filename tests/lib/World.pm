# World.pm - contributions at the FEC that change at random, night after night: what the API has at
# any moment, what a bulk file of that moment has, and what each row has ever been. For
# tests/driver/nights.t.
#
# Nights are numbered. A row is {id, born => night, fields of FecApi's api_row, and of it apart:
# amended, its AMNDT_IND, and night and second, when it was loaded}. The same seed makes the same
# world.
package World;
use strict;
use warnings;
use Exporter 'import';
use FecApi;
use POSIX qw(strftime);

our @EXPORT = qw(new_world happen next_night world_rows world_lines bulk_text api_line as_is_of
    kind_of row_columns by_chance pick);

use constant DAY => 86400;

my @NAMES = map { "DOE, $_" } qw(JANE JOHN ROE ANN BOB KIM LEE MAX PAT SAM);
my @FIRMS = (undef, 'ACME CORP', 'RETIRED', 'SELF',
    'THE VERY LONG NAME OF A FIRM THAT DOES NOT FIT');
my @KINDS = ((('15') x 12), '15E', '15E', '24T', '24T', '15C', '10', (undef) x 6, '15J', '18K',
    '22Y');

# The columns that are compared. Those that the API cannot have are last.
my @AS_IS = qw(committee_id receipt_type contributor_name contributor_employer
    contribution_receipt_date contribution_receipt_amount memo_code memo_text);
my @LACKS = qw(amendment_indicator transaction_id);
sub row_columns { return ('sub_id', @AS_IS, @LACKS) }

# new_world(seed => 1, rows => 60)
sub new_world {
    my (%option) = @_;
    srand $option{seed};
    my $world = {night => 0, next => 1, rows => {}, ever => {}};
    add($world) for 1 .. $option{rows};
    return $world;
}

sub by_chance { return rand() < $_[0] }
sub pick { return $_[int rand @_] }

# --- What happens

# Something happens to the rows, as often as is said.
sub happen {
    my ($world, $times) = @_;
    for (1 .. $times) {
        my $row = pick(map { $world->{rows}{$_} } sort keys %{$world->{rows}});
        my $what = rand;
        if ($what < 0.25 || !$row) { add($world) }
        elsif ($what < 0.40) { delete $world->{rows}{$row->{id}} }
        elsif ($what < 0.55) { change($world, $row, contribution_receipt_date => some_day()) }
        elsif ($what < 0.65 && !defined $row->{field}{receipt_type}) {
            change($world, $row, receipt_type => '15');
        } else { correct($world, $row) }
    }
}

sub next_night { $_[0]{night}++ }

sub some_day {
    return undef if by_chance(0.05);
    return '9999-12-31' if by_chance(0.05);
    return sprintf '2017-%02d-%02d', 1 + int rand 12, 1 + int rand 28;
}

sub add {
    my ($world) = @_;
    my $number = $world->{next}++;
    my $type = pick(@KINDS);
    my $id = sprintf '%d011020181%09d', by_chance(0.1) ? 2 : 4, $number * 7919 % 100_000_000;
    my %field = (
        committee_id => sprintf('C%08d', 100001 + int rand 5), receipt_type => $type,
        contributor_name => pick(@NAMES), contributor_employer => pick(@FIRMS),
        contribution_receipt_date => some_day(), contribution_receipt_amount => amount($type),
        memo_code => by_chance(0.1) ? 'X' : undef, memo_text => by_chance(0.2) ? 'NOTE' : undef,
        transaction_id => "T$number",
    );
    my $row = {id => $id, amended => by_chance(0.2) ? 'A' : 'N', field => \%field};
    $world->{rows}{$id} = $row;
    loaded($world, $row);
}

# What is not coded is below $200.
sub amount {
    my ($type) = @_;
    my $dollars = defined $type ? 200 + int rand 3000 : 1 + int rand 190;
    return by_chance(0.4) ? $dollars + (1 + int rand 99) / 100 : $dollars;
}

sub correct {
    my ($world, $row) = @_;
    my $what = pick(qw(contribution_receipt_amount contributor_name contributor_employer memo_code
        memo_text));
    my $value = $what eq 'contribution_receipt_amount' ? amount($row->{field}{receipt_type})
        : $what eq 'contributor_name' ? pick(@NAMES)
        : $what eq 'contributor_employer' ? pick(@FIRMS)
        : $what eq 'memo_code' ? (defined $row->{field}{memo_code} ? undef : 'X')
        :                        (defined $row->{field}{memo_text} ? undef : 'NOTE');
    change($world, $row, $what => $value);
}

# A version is never changed: others may still have it.
sub change {
    my ($world, $row, %field) = @_;
    $row = {%$row, field => {%{$row->{field}}, %field}};
    delete $row->{json};
    $world->{rows}{$row->{id}} = $row;
    loaded($world, $row);
}

# A row is loaded in the evening before the night, or in the night as it is read.
sub loaded {
    my ($world, $row) = @_;
    @{$row}{qw(night second)} = ($world->{night}, int rand 3600);
    $world->{ever}{$row->{id}}{as_is_of($row)} = 1;
}

# --- What it looks like

# The rows there are, as a list that later changes leave alone.
sub world_rows { return map { $_[0]{rows}{$_} } sort keys %{$_[0]{rows}} }

# 'indiv' of the rows that the API has and the file indiv, 'refund' of those that only the file has,
# 'uncoded' and 'other'.
sub kind_of {
    my ($row) = @_;
    my $type = $row->{field}{receipt_type} // return 'uncoded';
    return $type eq '22Y' ? 'refund' : $type =~ /^(?:15J|18K)$/ ? 'other' : 'indiv';
}

# What two sources may write in different ways is the same here: cents and long texts are cut.
sub as_is_of {
    my ($row) = @_;
    my @values = map { $row->{field}{$_} // '' } @AS_IS;
    $values[5] = int $values[5];
    $values[3] = substr $values[3], 0, 38;
    return join "\t", @values;
}

# A row as the API gives it on a night, a line of JSON.
sub api_line {
    my ($row, $night) = @_;
    $row->{json} //= json_of(api_row(%{$row->{field}}, sub_id => $row->{id},
            two_year_transaction_period => 2018, load_date => 'LOADED', file_number => 1234,
            image_number => '201801010000000001'));
    my $loaded = strftime('%Y-%m-%dT%T',
        gmtime(time - DAY * ($night - $row->{night}) - $row->{second}));
    return $row->{json} =~ s/LOADED/$loaded/r . "\n";
}

sub world_lines {
    my ($world) = @_;
    return map { api_line($_, $world->{night}) } world_rows($world);
}

# The text of itcont.txt for rows.
sub bulk_text {
    return join '', map { bulk_line(api_row(%{$_->{field}}, sub_id => $_->{id},
                two_year_transaction_period => 2018, file_number => 1234,
                image_number => '201801010000000001'), amended => $_->{amended}) }
        grep { kind_of($_) =~ /^(?:indiv|refund)$/ } @_;
}

1;
