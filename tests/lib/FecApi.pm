# FecApi.pm - what the tests of the API share: the stand-in for it, rows as it gives them, and the
# same rows as the bulk files have them.
package FecApi;
use strict;
use warnings;
use Exporter 'import';
use Fecpipe;
use OpenFec::Rows qw(is_individual);
use POSIX ();

our @EXPORT = qw(start_api stop_api api_calls api_behave api_row committee_row candidate_row
    json_of spew_rows is_in_indiv bulk_line cm_line cn_line);

# --- the server

# Starts servers/fec-api on a folder. Options are its own, with underscores and without dashes: key,
# hour, minute, hour_seconds, exact_up_to, page_size, today (a value each), no_retry_after (true);
# count => 'estimate' stands for exact_up_to => 0. Returns {url, port, root, log => file, behave =>
# file of rules, pid}; it ends with the test, if not before.
sub start_api {
    my ($root, %option) = @_;
    my $folder = scratch();
    my $api = {root => "$root", folder => $folder, log => "$folder/log",
        behave => "$folder/behave"};
    spew($api->{log}, '');
    spew($api->{behave}, '');
    $option{exact_up_to} = 0 if (delete $option{count} // '') eq 'estimate';
    my $is_silent = delete $option{no_retry_after};
    my @options = map { ('--' . tr/_/-/r, $option{$_}) } sort keys %option;
    push @options, '--no-retry-after' if $is_silent;
    $api->{process} = start([top() . '/tests/servers/fec-api', '--root', "$root", '--port-file',
        "$folder/port", '--log', $api->{log}, '--behave', $api->{behave}, @options]);
    $api->{pid} = $api->{process}{pid};
    wait_until(sub { -s "$folder/port" || waitpid($api->{pid}, POSIX::WNOHANG()) != 0 });
    -s "$folder/port" or die 'the API does not start: ' . slurp("$api->{process}{folder}/err");
    ($api->{port}) = slurp("$folder/port") =~ /(\d+)/;
    $api->{url} = "http://127.0.0.1:$api->{port}/v1";
    return $api;
}

# Ends it, and the test with it if the server had anything to complain of.
sub stop_api {
    my ($api) = @_;
    kill TERM => $api->{pid};
    my $result = finish($api->{process}, 10);
    die "the API: $result->{err}" if $result->{err} ne '';
}

# The calls since it was started, in order: {sequence, method, target, path, argument => {name =>
# [values]}, status, rows, action, key}. With a number, only those after the first ones. Dies if
# the server has complained.
sub api_calls {
    my ($api, $after) = @_;
    my $complaint = slurp("$api->{process}{folder}/err");
    die "the API: $complaint" if $complaint ne '';
    my @calls;
    for my $line (split /\n/, slurp($api->{log})) {
        my %call;
        @call{qw(sequence method target status rows action key)} = split / /, $line;
        ($call{path}, my $query) = split /\?/, $call{target}, 2;
        for my $pair (split /&/, $query // '') {
            my ($name, $value) = map { s/%([0-9A-Fa-f]{2})/chr hex $1/ger } split /=/, $pair, 2;
            push @{$call{argument}{$name}}, $value // '';
        }
        push @calls, \%call;
    }
    splice @calls, 0, $after if $after;
    return @calls;
}

# Gives it rules for bad days, a line each; their counting of calls starts again. Without rules:
# good days.
sub api_behave {
    my ($api, @rules) = @_;
    spew("$api->{behave}.new", map { "$_\n" } @rules);
    rename("$api->{behave}.new", $api->{behave}) or die "$api->{behave}: $!";
}

# --- rows

# What the keys of all rows hold, by name; text is what is not named. A JSON number is written for
# a number, whatever it was in Perl, and one with a decimal point for an amount.
my %KIND = (
    (map { $_ => 'amount' } qw(contribution_receipt_amount contributor_aggregate_ytd)),
    (map { $_ => 'number' } qw(file_number link_id report_year two_year_transaction_period cycle
        last_cycle_has_financial last_cycle_has_activity active_through district_number)),
    (map { $_ => 'boolean' } qw(is_individual memoed_subtotal is_active candidate_inactive
        federal_funds_flag has_raised_funds)),
    (map { $_ => 'numbers' } qw(cycles cycles_has_financial cycles_has_activity election_years
        inactive_election_years)),
    (map { $_ => 'texts' } qw(candidate_ids sponsor_candidate_ids election_districts)),
    (map { $_ => 'object' } qw(committee contributor)),
    (map { $_ => 'objects' } qw(principal_committees sponsor_candidate_list)),
);

# A row of schedule_a. Every key can be given; what follows from others (the committee's object,
# parts of the name, the report's year ...) does. A date needs no time of day. An unknown key ends
# the test. sub_id and the like are numbered if they are not given. amendment_indicator is the
# action code, ADD.
my $numbered = 0;
my @SCHEDULE_A = qw(amendment_indicator amendment_indicator_desc back_reference_schedule_name
    back_reference_transaction_id candidate_first_name candidate_id candidate_last_name
    candidate_middle_name candidate_name candidate_office candidate_office_district
    candidate_office_full candidate_office_state candidate_office_state_full candidate_prefix
    candidate_suffix committee committee_id committee_name conduit_committee_city
    conduit_committee_id conduit_committee_name conduit_committee_state conduit_committee_street1
    conduit_committee_street2 conduit_committee_zip contribution_receipt_amount
    contribution_receipt_date contributor contributor_aggregate_ytd contributor_city
    contributor_employer contributor_first_name contributor_id contributor_last_name
    contributor_middle_name contributor_name contributor_occupation contributor_prefix
    contributor_state contributor_street_1 contributor_street_2 contributor_suffix contributor_zip
    donor_committee_name election_type election_type_full entity_type entity_type_desc
    fec_election_type_desc fec_election_year file_number filing_form image_number increased_limit
    is_individual line_number line_number_label link_id load_date memo_code memo_code_full memo_text
    memoed_subtotal national_committee_nonfederal_account original_sub_id pdf_url receipt_type
    receipt_type_desc receipt_type_full recipient_committee_designation
    recipient_committee_org_type recipient_committee_type report_type report_year schedule_type
    schedule_type_full sub_id transaction_id two_year_transaction_period unused_contbr_id);

sub api_row {
    my (%field) = @_;
    my $number = ++$numbered;
    my %default = (
        amendment_indicator => 'A', amendment_indicator_desc => 'ADD',
        committee_id => 'C00000001', committee_name => 'SPRINGFIELD FORWARD',
        contribution_receipt_amount => 250, contribution_receipt_date => '2025-01-15',
        contributor_city => 'SPRINGFIELD', contributor_employer => 'ACME CORP',
        contributor_name => 'ROE, JANE', contributor_occupation => 'WELDER',
        contributor_state => 'IL', contributor_zip => '627010001', entity_type => 'IND',
        entity_type_desc => 'INDIVIDUAL', election_type => 'P2026',
        fec_election_type_desc => 'PRIMARY', fec_election_year => '2026', file_number => 1850001,
        filing_form => 'F3', line_number => '11AI',
        line_number_label => 'Contributions From Individuals/Persons Other Than Political'
            . ' Committees',
        link_id => 4010120250000000000 + $number, load_date => '2025-02-01T02:14:07',
        receipt_type => '15', receipt_type_desc => 'CONTRIBUTION',
        recipient_committee_designation => 'P', recipient_committee_type => 'H',
        report_type => 'Q1', schedule_type => 'SA', schedule_type_full => 'ITEMIZED RECEIPTS',
        sub_id => 4020120250000000000 + $number, transaction_id => "SA11AI.$number",
        two_year_transaction_period => 2026,
        image_number => 202501150000000000 + $number,
    );
    my %row = filled('schedule_a', \@SCHEDULE_A, \%default, \%field);
    my ($last, $first) = split /, /, $row{contributor_name} // '', 2;
    my $year = ($row{contribution_receipt_date} // '') =~ /^(\d{4})/ ? $1
        : ($row{two_year_transaction_period} // 2026) - 1;
    my $image = $row{image_number};
    my %derived = (
        contributor_last_name => $last, contributor_first_name => $first, report_year => $year,
        original_sub_id => undef, memoed_subtotal => ($row{memo_code} // '') eq 'X',
        contributor_aggregate_ytd => $row{contribution_receipt_amount},
        is_individual => is_individual($row{receipt_type} // '', $row{contribution_receipt_amount}
                // 200, $row{line_number} // '', $row{memo_code} // '', $row{memo_text} // ''),
        pdf_url => defined $image ? "https://docquery.fec.gov/cgi-bin/fecimg/?$image" : undef,
        committee => committee_object(\%row),
    );
    for my $key (grep { !exists $field{$_} } keys %derived) { $row{$key} = $derived{$key} }
    return typed(\%row);
}

# The committee as it is nested in a row of schedule_a.
sub committee_object {
    my ($row) = @_;
    my $cycle = $row->{two_year_transaction_period};
    return {(map { $_ => undef } qw(affiliated_committee_name organization_type
        organization_type_full party party_full street_2 designated_agent_name
        designated_agent_zip)),
        candidate_ids => ['H6IL00001'], city => 'SPRINGFIELD',
        committee_id => $row->{committee_id}, committee_type => 'H', committee_type_full => 'House',
        cycle => $cycle, cycles => [$cycle], cycles_has_activity => [$cycle],
        cycles_has_financial => [$cycle], designation => 'P',
        designation_full => 'Principal campaign committee', filing_frequency => 'Q',
        first_f1_date => '2025-01-02', first_file_date => '2025-01-02', is_active => 1,
        last_cycle_has_activity => $cycle, last_cycle_has_financial => $cycle,
        last_f1_date => '2025-01-02', last_file_date => '2025-04-15',
        name => $row->{committee_name}, state => 'IL', state_full => 'Illinois',
        street_1 => '1 MAIN ST', treasurer_name => 'DOE, JOHN', zip => '62701'};
}

# A row of /committees/, which has no address but the state.
my @COMMITTEE = qw(affiliated_committee_name candidate_ids committee_id committee_type
    committee_type_full cycles designated_agent_city designated_agent_first_name
    designated_agent_last_name designated_agent_middle_name designated_agent_name
    designated_agent_phone_number designated_agent_prefix designated_agent_state
    designated_agent_street1 designated_agent_street2 designated_agent_suffix
    designated_agent_title designated_agent_zip designation designation_full filing_frequency
    first_f1_date first_file_date last_f1_date last_file_date name organization_type
    organization_type_full party party_full sponsor_candidate_ids sponsor_candidate_list state
    treasurer_name);

sub committee_row {
    my (%field) = @_;
    my %default = (
        candidate_ids => [], committee_id => 'C00000001', committee_type => 'H',
        committee_type_full => 'House', cycles => [2026], designation => 'P',
        designation_full => 'Principal campaign committee', filing_frequency => 'Q',
        first_f1_date => '2025-01-02', first_file_date => '2025-01-02',
        last_f1_date => '2025-01-02', last_file_date => '2025-04-15',
        name => 'SPRINGFIELD FORWARD', sponsor_candidate_list => [], state => 'IL',
        treasurer_name => 'DOE, JOHN',
    );
    my %row = filled('committees', \@COMMITTEE, \%default, \%field);
    return typed(\%row);
}

# A row of /candidates/, which has no address, but the principal committees as objects.
my @CANDIDATE = qw(active_through candidate_id candidate_inactive candidate_status cycles district
    district_number election_districts election_years federal_funds_flag first_file_date
    has_raised_funds inactive_election_years incumbent_challenge incumbent_challenge_full
    last_f2_date last_file_date load_date name office office_full party party_full
    principal_committees state);

sub candidate_row {
    my (%field) = @_;
    my %default = (
        active_through => 2026, candidate_id => 'H6IL00001', candidate_inactive => 0,
        candidate_status => 'C', cycles => [2026], district => '13', district_number => 13,
        election_districts => ['13'], election_years => [2026], federal_funds_flag => 0,
        first_file_date => '2025-01-02', has_raised_funds => 1, incumbent_challenge => 'C',
        incumbent_challenge_full => 'Challenger', last_f2_date => '2025-01-02',
        last_file_date => '2025-01-02', load_date => '2025-01-03T21:00:12', name => 'ROE, RICHARD',
        office => 'H', office_full => 'House', party => 'IND', party_full => 'INDEPENDENT',
        principal_committees => [], state => 'IL',
    );
    my %row = filled('candidates', \@CANDIDATE, \%default, \%field);
    return typed(\%row);
}

# All keys, with what is given or else the default or undef.
sub filled {
    my ($name, $keys, $default, $field) = @_;
    my %known = map { $_ => 1 } @$keys;
    my @unknown = grep { !$known{$_} } sort keys %$field;
    die "no such key in a row of $name: @unknown" if @unknown;
    return map { $_ => exists $field->{$_} ? $field->{$_} : $default->{$_} } @$keys;
}

# The row with each value of the right kind: dates with a time of day where the API has them,
# numbers as numbers, texts as texts.
sub typed {
    my ($row) = @_;
    for my $key (grep { defined $row->{$_} } keys %$row) {
        my $kind = $KIND{$key} // 'text';
        if ($kind eq 'number' || $kind eq 'amount') { $row->{$key} += 0 }
        elsif ($kind eq 'text') { $row->{$key} = "$row->{$key}" }
        $row->{$key} .= 'T00:00:00'
            if $key =~ /^(?:contribution_receipt_date|load_date)$/ && length $row->{$key} == 10;
    }
    return $row;
}

# --- JSON

# A row as a line of JSON without its end, as Flask writes it: keys in order, ASCII only. Texts are
# characters if Perl has them marked so, or else UTF-8.
sub json_of {
    my ($row) = @_;
    return '{' . join(',', map { qq("$_":) . json_value($row->{$_}, $KIND{$_} // 'text') }
        sort keys %$row) . '}';
}

sub json_value {
    my ($value, $kind) = @_;
    return 'null' if !defined $value;
    return json_of($value) if $kind eq 'object';
    return $value ? 'true' : 'false' if $kind eq 'boolean';
    return sprintf('%.2f', $value) =~ s/(\.\d)0\z/$1/r if $kind eq 'amount';
    return $value =~ /\A-?\d+\z/ ? "$value" : die "'$value' is no number" if $kind eq 'number';
    if ($kind =~ s/s\z//) { return '[' . join(',', map { json_value($_, $kind) } @$value) . ']' }
    return '"' . json_text($value) . '"';
}

sub json_text {
    my ($text) = @_;
    utf8::decode($text) if !utf8::is_utf8($text);
    my %short = ("\n" => '\\n', "\r" => '\\r', "\t" => '\\t', '"' => '\\"', '\\' => '\\\\');
    $text =~ s{([\x00-\x1f"\\\x7f-\x{10ffff}])}{
        my $code = ord $1;
        $short{$1} // ($code < 0x10000 ? sprintf('\\u%04x', $code)
            : sprintf('\\u%04x\\u%04x', 0xd800 + ($code - 0x10000 >> 10),
                0xdc00 + ($code - 0x10000 & 0x3ff)))
    }ge;
    return $text;
}

# Writes rows to a file of JSON lines, whole at once, as a server that runs must see it. Returns
# the file's name.
sub spew_rows {
    my ($path, @rows) = @_;
    spew("$path.new.$$", map { json_of($_) . "\n" } @rows);
    rename("$path.new.$$", $path) or die "$path: $!";
    return $path;
}

# --- the same in the bulk files

# The receipt types of the file indiv.
my %IS_INDIV = map { $_ => 1 } qw(10 11 15 15C 15E 15I 15T 19 20Y 21Y 22Y 24I 24T 30 30E 30T 31 31E
    31T 32 32E 32T 40T 40Y 41T 41Y 42T 42Y);

# Whether a row with that type, which may be undef, is in the file indiv.
sub is_in_indiv { return defined $_[0] && $IS_INDIV{$_[0]} // 0 }

# A row of schedule_a as a line of itcont.txt, with its end: the amount cut to whole dollars, texts
# cut where the FEC cuts them, NULL as nothing. AMNDT_IND, which the API does not have, is N or what
# is given: amended.
sub bulk_line {
    my ($row, %more) = @_;
    my ($year, $month, $day) = ($row->{contribution_receipt_date} // '') =~ /^(\d+)-(\d+)-(\d+)/;
    return line($row->{committee_id}, $more{amended} // 'N', $row->{report_type},
        election_of($row), $row->{image_number}, $row->{receipt_type}, $row->{entity_type},
        cut($row->{contributor_name}, 200), cut($row->{contributor_city}, 30),
        $row->{contributor_state}, $row->{contributor_zip}, cut($row->{contributor_employer}, 38),
        cut($row->{contributor_occupation}, 38), defined $year ? "$month$day$year" : undef,
        defined $row->{contribution_receipt_amount} ? 0 + int($row->{contribution_receipt_amount})
            : undef, $row->{contributor_id}, cut($row->{transaction_id}, 32), $row->{file_number},
        $row->{memo_code}, cut($row->{memo_text}, 100), $row->{sub_id});
}

# TRANSACTION_PGI: a letter and a year, of election_type or of what it is said in words.
sub election_of {
    my ($row) = @_;
    return $row->{election_type} if defined $row->{election_type};
    my %letter = (PRIMARY => 'P', GENERAL => 'G', OTHER => 'O', CONVENTION => 'C', RUNOFF => 'R',
        SPECIAL => 'S', RECOUNT => 'E');
    my $letter = $letter{$row->{fec_election_type_desc} // ''} // return;
    return $letter . ($row->{fec_election_year} // '');
}

# A row of /committees/ as a line of cm.txt, and one of /candidates/ as a line of cn.txt. What the
# API does not have is made up, or as given: street_1, street_2, city, zip (both), address_state
# (cn: the state of the address).
sub cm_line {
    my ($row, %more) = @_;
    my %address = (street_1 => '1 MAIN ST', street_2 => undef, city => 'SPRINGFIELD',
        zip => '62701', %more);
    return line($row->{committee_id}, $row->{name}, $row->{treasurer_name},
        @address{qw(street_1 street_2 city)}, $row->{state}, $address{zip},
        @{$row}{qw(designation committee_type party filing_frequency organization_type
            affiliated_committee_name)}, ($row->{candidate_ids} // [])->[0]);
}

sub cn_line {
    my ($row, %more) = @_;
    my %address = (street_1 => '1 MAIN ST', street_2 => undef, city => 'SPRINGFIELD',
        zip => '62701', address_state => $row->{state}, %more);
    my $committee = ($row->{principal_committees} // [])->[0];
    return line(@{$row}{qw(candidate_id name party)}, ($row->{election_years} // [])->[-1],
        @{$row}{qw(state office district incumbent_challenge candidate_status)},
        $committee ? $committee->{committee_id} : undef,
        @address{qw(street_1 street_2 city address_state zip)});
}

sub line {
    my @values = map { $_ // '' } @_;
    for (@values) {
        utf8::encode($_) if utf8::is_utf8($_);
        tr/|\r\n/ /;
    }
    return join('|', @values) . "\n";
}

# The first characters of a text.
sub cut {
    my ($text, $length) = @_;
    return $text if !defined $text;
    utf8::decode($text) if !utf8::is_utf8($text);
    $text = substr $text, 0, $length;
    utf8::encode($text) if utf8::is_utf8($text);
    return $text;
}

1;
