# Scene.pm - a small world for tests of the daily run: contributions from which both the FEC's bulk
# file and what its API answers are made, a database, and the two runs over it.
package Scene;
use strict;
use warnings;
use Exporter 'import';
use POSIX qw(strftime);
use FecApi;
use Fecpipe;
use ZipMaker;

our @EXPORT = qw(new_scene add_rows change_row publish_bulk publish_api run_monthly run_daily
    table_text expected_text committee schedule_calls counts_of today days_ago);

my $key = 'k3y-0f-the-tests-0123456789';

sub today    { return strftime('%Y-%m-%d', gmtime) }
sub days_ago { return strftime('%Y-%m-%d', gmtime(time - 86400 * $_[0])) }

# The id of the n-th committee.
sub committee { return sprintf 'C%08d', 100000 + $_[0] }

# A scene of cycle 2018 without a row, in a home of its own or the one that is given. Other options
# go to start_api.
sub new_scene {
    my (%option) = @_;
    my $home = delete $option{home} // new_home();
    my $scene = {home => $home, tree => scratch(), root => scratch(), rows => {}, next => 1};
    mkdir "$scene->{tree}/2018";
    spew("$scene->{root}/$_.jsonl", '') for qw(schedule_a committees candidates);
    $scene->{api} = start_api("$scene->{root}", key => $key, %option);
    return $scene;
}

# Adds a number of rows with given fields (by the API's names, and amended, the AMNDT_IND of the
# bulk file; a code reference is called with the row's place). Returns their sub_ids.
sub add_rows {
    my ($scene, $count, %fields) = @_;
    my @ids;
    for my $i (0 .. $count - 1) {
        my $n  = $scene->{next}++;
        my $id = sprintf '41%05d1%011d', 10118, $n;
        my %row = (
            sub_id                       => $id,
            committee_id                 => committee($i % 20),
            contributor_name             => "DOE, JANE $n",
            contribution_receipt_date    => sprintf('2017-%02d-%02dT00:00:00', 1 + $n % 12,
                1 + $n % 28),
            contribution_receipt_amount  => 100 + $n % 50,
            two_year_transaction_period  => 2018,
            load_date                    => '2017-12-24T10:00:00',
            transaction_id               => "SA$n",
            image_number                 => sprintf("20180115%010d", $n),
        );
        $row{$_} = ref $fields{$_} eq 'CODE' ? $fields{$_}->($i) : $fields{$_} for keys %fields;
        $scene->{rows}{$id} = \%row;
        push @ids, $id;
    }
    return @ids;
}

sub change_row {
    my ($scene, $id, %fields) = @_;
    $scene->{rows}{$id} = {%{$scene->{rows}{$id}}, %fields};
}

sub rows_of {
    my ($scene, $wanted) = @_;
    return map { $scene->{rows}{$_} } grep { !$wanted || $wanted->($_) }
        sort keys %{$scene->{rows}};
}

# The line of a row in itcont.txt; none if that file does not have such rows.
sub indiv_line {
    my (%row) = @_;
    my $amended = delete $row{amended};
    my $row = api_row(%row);
    return is_in_indiv($row->{receipt_type}) ? bulk_line($row, amended => $amended) : ();
}

# A row as the API has it, without what only the bulk file has.
sub row_of_api {
    my (%row) = @_;
    delete $row{amended};
    return api_row(%row);
}

# Writes the bulk files as of a time: of all rows, or of those for which the code returns true; the
# lines go through `edit`, if it is given.
sub publish_bulk {
    my ($scene, %option) = @_;
    my %file = (indiv => 'itcont.txt', cm => 'cm.txt', cn => 'cn.txt');
    my %text = (
        indiv => join('', map { indiv_line(%$_) } rows_of($scene, $option{rows})),
        cm => join('', map { cm_line(committee_row(committee_id => committee($_),
            name => "COMMITTEE $_", cycles => [2018])) } 0 .. 19),
        cn => cn_line(candidate_row(candidate_id => 'H8AL01001', cycles => [2018])),
    );
    $text{indiv} = $option{edit}->($text{indiv}) if $option{edit};
    for my $name (keys %file) {
        my $zip = spew("$scene->{tree}/2018/${name}18.zip",
            ZipMaker::archive({name => $file{$name}, data => $text{$name}}));
        my $time = $option{time} // time;
        utime $time, $time, $zip;
    }
}

# Gives the API the rows as they are now.
sub publish_api {
    my ($scene, %option) = @_;
    spew_rows("$scene->{root}/schedule_a.jsonl.new",
        map { row_of_api(%$_) } rows_of($scene, $option{rows}));
    rename "$scene->{root}/schedule_a.jsonl.new", "$scene->{root}/schedule_a.jsonl" or die;
}

sub env_of {
    my ($scene, %more) = @_;
    return {FEC_BULK_URL => "file://$scene->{tree}", FEC_API_URL => $scene->{api}{url},
        FEC_API_KEY => $key, FEC_API_CALLS_PER_HOUR => 0, %more};
}

sub run_monthly {
    my ($scene, @options) = @_;
    return pipeline($scene->{home}, ['monthly', '--cycle', 2018, @options], env => env_of($scene));
}

# run_daily($scene, [options], NAME => value ...): the values are of the environment.
sub run_daily {
    my ($scene, $options, %env) = @_;
    return pipeline($scene->{home}, ['daily', '--cycle', 2018, @{$options // []}],
        env => env_of($scene, %env));
}

# The counts of contributions in a summary, as 'new changed withdrawn unchanged rejected'.
sub counts_of {
    my ($result) = @_;
    my $found = summary($result->{out})->{contributions} // {};
    return join ' ', map { $found->{$_} // '-' } qw(new changed withdrawn unchanged rejected);
}

# Calls of schedule_a since the log had `from` lines; the second value is the log's length now.
sub schedule_calls {
    my ($scene, $from) = @_;
    my @calls = api_calls($scene->{api});
    my @new = grep { $_->{path} =~ m{/schedules/schedule_a/} } @calls[($from // 0) .. $#calls];
    return wantarray ? (scalar @new, scalar @calls) : scalar @new;
}

my @shown = qw(sub_id committee_id contributor_name contribution_receipt_date
    contribution_receipt_amount contributor_employer receipt_type memo_text);

# What the table has, a line a row.
sub table_text {
    my ($scene) = @_;
    return sql($scene->{home}, 'SELECT ' . join(', ', @shown)
        . ' FROM fec.contribution WHERE cycle = 2018 ORDER BY sub_id::text');
}

# What it must have: the rows as the API has them, or those for which the code returns true.
sub expected_text {
    my ($scene, $wanted) = @_;
    my @lines;
    for my $row (map { row_of_api(%$_) } rows_of($scene, $wanted)) {
        my %value = map { $_ => $row->{$_} // '' } @shown;
        $value{contribution_receipt_date} =~ s/T.*//;
        $value{contribution_receipt_amount} = sprintf '%.2f', $value{contribution_receipt_amount};
        push @lines, join "\t", @value{@shown};
    }
    return join "\n", @lines;
}

1;
