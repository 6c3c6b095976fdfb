#!/usr/bin/env perl
# parse-api.t - fec-parse api: rows of the FEC's API in, the records of the bulk files out.
use strict;
use warnings;
use Encode ();
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use JSON::PP ();
use Test::More;

my $parse  = program('fec-parse');
my $dedupe = program('fec-dedupe');
my $folder = scratch();
my $golden = "$FindBin::Bin/golden";
my $ascii  = JSON::PP->new->ascii->canonical;    # what is not ASCII is escaped
my $utf8   = JSON::PP->new->utf8->canonical;

# Runs fec-parse with these arguments on these bytes; adds the statistics to the result.
sub parse {
    my ($bytes, @arguments) = @_;
    my $result = run([$parse, '--stats', "$folder/stats", @arguments], stdin => $bytes);
    $result->{stats} = -e "$folder/stats" ? stats_of("$folder/stats") : {};
    return $result;
}

sub schedule_a { return parse(shift, 'api', 'schedule_a', '--cycle', 2018, @_) }

# The same record, of a bulk line and of a row of the API: column of the record, key, field.
my @fields = (
    [committee_id => 'CMTE_ID'], [amendment_indicator => 'AMNDT_IND'], [report_type => 'RPT_TP'],
    [election_type => 'TRANSACTION_PGI'], [image_number => 'IMAGE_NUM'],
    [receipt_type => 'TRANSACTION_TP'], [entity_type => 'ENTITY_TP'], [contributor_name => 'NAME'],
    [contributor_city => 'CITY'], [contributor_state => 'STATE'], [contributor_zip => 'ZIP_CODE'],
    [contributor_employer => 'EMPLOYER'], [contributor_occupation => 'OCCUPATION'],
    [contribution_receipt_date => 'TRANSACTION_DT'],
    [contribution_receipt_amount => 'TRANSACTION_AMT'], [contributor_id => 'OTHER_ID'],
    [transaction_id => 'TRAN_ID'], [file_number => 'FILE_NUM'], [memo_code => 'MEMO_CD'],
    [memo_text => 'MEMO_TEXT'], [sub_id => 'SUB_ID'],
);

# A row of schedule_a, made up, with some members replaced: row(contributor_name => 'ROE, RICHARD').
sub row {
    return (
        committee_id => 'C00000101', amendment_indicator => 'N', report_type => 'Q1',
        election_type => 'P2018', image_number => '201801010000000001', receipt_type => '15',
        entity_type => 'IND', contributor_name => 'DOE, JANE', contributor_city => 'SPRINGFIELD',
        contributor_state => 'VT', contributor_zip => '05156', contributor_employer => 'ACME',
        contributor_occupation => 'ENGINEER', contribution_receipt_date => '2018-03-31T00:00:00',
        contribution_receipt_amount => 250, contributor_id => undef, transaction_id => 'SA11AI.1',
        file_number => 1200001, memo_code => undef, memo_text => undef,
        sub_id => '4010120180000000001', two_year_transaction_period => 2018,
        committee => {name => 'X', cycles => [2016, 2018], state => undef, empty => {}, none => []},
        load_date => '2018-04-16T21:42:23', contributor_aggregate_ytd => 501.5,
        link_id => \'4021820181055698000', is_individual => JSON::PP::true(), @_,
    );
}

# JSON in a line. A reference to a text stands for that text as it is: \'1e3'.
sub json_of {
    my ($encoder, %row) = @_;
    my @raw;
    my $text = $encoder->encode({map {
        my $value = $row{$_};
        ref $value eq 'SCALAR' ? ($_, 'RAW ' . (push(@raw, $$value) - 1)) : ($_, $value)
    } keys %row});
    $text =~ s/"RAW (\d+)"/$raw[$1]/g;
    return $text;
}

sub json { return json_of($ascii, row(@_)) . "\n" }

# The records of a result, as hashes of column and value.
sub records {
    my ($result) = @_;
    my @lines = split /\n/, $result->{out};
    my @columns = split /\t/, shift @lines;
    return map { my %record; @record{@columns} = split /\t/, $_, -1; \%record } @lines;
}

# What fec-parse makes of rows with these members (lists of key and value): for each the column of
# its record, or the reason for which it is rejected. They are read twice: as they are, and with a
# member that needs an escape, which no other program than jansson then reads. Both must agree.
sub values_of {
    my ($column, @rows) = @_;
    my @found;
    for my $more ('', '"\\u0061":"\\n",') {
        my @lines = map { json(@$_) } @rows;
        substr($_, 1, 0) = $more for @lines;
        my $result = schedule_a(join('', @lines), '--max-rejects', '100%', '--rejects',
            "$folder/rejects");
        my %reason = map { (split /\t/)[0, 1] } split /\n/, slurp("$folder/rejects");
        my @records = records($result);
        push @found, [map { $reason{$_} // (shift @records)->{$column} } 1 .. @rows];
    }
    return map {
        $found[0][$_] eq $found[1][$_] ? $found[0][$_] : "$found[0][$_], by jansson $found[1][$_]"
    } 0 .. $#rows;
}

# Tests what becomes of one member: members($column, $key, value => result, ...). The values are
# JSON.
sub members {
    my ($column, $key, @expected) = @_;
    my @values = map { $expected[2 * $_] } 0 .. $#expected / 2;
    my @found = values_of($column, map { [$key => \$_] } @values);
    is($found[$_], $expected[2 * $_ + 1], "$key $values[$_]") for 0 .. $#values;
}

# How many lines were rejected, for each kind of fault: "json=2 key=1".
sub kinds {
    my ($result) = @_;
    return join ' ', map { /^reject_(.*)/ && $result->{stats}{$_} ? "$1=$result->{stats}{$_}" : () }
        sort keys %{$result->{stats}};
}

my %bulk_of = (schedule_a => 'indiv', committees => 'cm', candidates => 'cn');

subtest 'rows are written as the golden files say, under the columns of the bulk types' => sub {
    for my $type (sort keys %bulk_of) {
        my $result =
            parse(slurp("$golden/$type.jsonl"), 'api', $type, '--cycle', 2018, '--max-rejects', 0);
        is($result->{status}, 0, "$type succeeds");
        is($result->{out}, slurp("$golden/$type.tsv"), "$type has the expected records");
        is($result->{stats}{type}, "api $type", "$type is what the statistics name");
        my ($header) = split /\n/, $result->{out};
        my ($bulk) = split /\n/, parse('', $bulk_of{$type}, '--cycle', 2018)->{out};
        is($header =~ s/\tload_date\z//r, $bulk, "$type has the columns of $bulk_of{$type}");
        is($header =~ /\tload_date\z/ ? 1 : 0, $type eq 'schedule_a' ? 1 : 0,
            "$type: only rows of schedule_a have the load date, as the last column");
    }
};

subtest 'the command line' => sub {
    my %columns = map { (split /\t/)[0, 1] } split /\n/,
        run([$parse, '--columns', 'api', 'schedule_a'])->{out};
    is($columns{other_id}, 'contributor_id', '--columns gives the keys of the rows');
    is($columns{amendment_indicator}, '-', 'an action code of the API is no amendment indicator');
    my $lacks = sub {
        return join ' ', sort map { /^(\w+)\t.*\tlacks$/ ? $1 : () } split /\n/,
            run([$parse, '--columns', 'api', $_[0]])->{out};
    };
    is($lacks->('schedule_a'), 'amendment_indicator contribution_receipt_date_as_filed '
        . 'election_type other_id receipt_type transaction_id',
        '--columns says what the API lacks');
    is($lacks->('committees'), 'candidate_id city street_1 street_2 zip', 'and of committees');
    is($lacks->('candidates'), 'address_city address_state address_street_1 address_street_2 '
        . 'address_zip candidate_election_year principal_committee_id', 'and of candidates');
    my $status = sub { run([$parse, @_])->{status} };
    is($status->('api', '--cycle', 2018), 64, 'api needs to be told of what');
    is($status->('api', 'filings', '--cycle', 2018), 64, 'filings are not known');
    is($status->('schedule_a', '--cycle', 2018), 64, 'schedule_a is no bulk type');
    is($status->('api', 'schedule_a'), 64, 'the cycle must be given');
    is($status->('api', 'schedule_a', '--cycle', 2018, '--header', 'x'), 64,
        'a header dictionary is of no use');
    is($status->('--columns', 'api'), 64, '--columns api needs to be told of what');
};

# The characters that bytes stand for: in UTF-8, or else in Windows-1252.
sub characters {
    my ($bytes) = @_;
    my $text = $bytes;
    return utf8::decode($text) ? $text : Encode::decode('cp1252', $bytes);
}

subtest 'a row that is the same in both sources has the same record and row_hash' => sub {
    my @values = (
        {}, {NAME => 'JERRY "S" DOE', MEMO_TEXT => '"NOT EMPLOYED'}, {NAME => 'SOLOMO\\, DEMO'},
        {NAME => '\\N', EMPLOYER => '\\', CITY => '\\t'}, {NAME => "  DOE \t", CITY => ' '},
        {NAME => "A\tB\rC"}, {NAME => "DO\bE\0\x7f", CITY => "\x01"}, {NAME => "JOS\xe9"},
        {NAME => "\x80\x93A\x94"}, {NAME => "JOS\xc3\xa9"}, {NAME => "\xf0\x9f\x98\x80"},
        {NAME => "\xc2\x85A\xc2\xa0"}, {MEMO_TEXT => 'M' x 5000}, {NAME => '{"sub_id":"1"}'},
        {NAME => "/<>&'"}, {TRANSACTION_DT => ''}, {TRANSACTION_DT => 'ABOUT MAY'},
        {TRANSACTION_DT => '02292016'}, {TRANSACTION_DT => "02302018"}, {TRANSACTION_AMT => '-50'},
        {TRANSACTION_AMT => '12.5'}, {TRANSACTION_AMT => '0.01'}, {TRANSACTION_AMT => '0'},
        {TRANSACTION_AMT => '999999999999.99'}, {TRANSACTION_AMT => ''}, {FILE_NUM => ''},
        {SUB_ID => '9223372036854775807'}, {OTHER_ID => 'C00000102', ENTITY_TP => 'PAC'},
        {map { $_->[1] => '' } grep { $_->[1] ne 'SUB_ID' } @fields},
    );
    my %plain = row();
    my (@bulk, %rows);
    for my $i (0 .. $#values) {
        my %value = map { $_->[1] => $plain{$_->[0]} // '' } @fields;
        @value{qw(TRANSACTION_DT SUB_ID AMNDT_IND)} = ('03312018', 1000 + $i, '');
        %value = (%value, %{$values[$i]});
        push @bulk, join('|', map { $value{$_->[1]} } @fields) . "\n";

        # The API's row, in all ways in which JSON can have its texts.
        my %row = row(map { $_->[0] => $value{$_->[1]} } @fields);
        $row{amendment_indicator} = 'C'; # an action code, which is in no column
        $row{contribution_receipt_date} =~ s/^(\d\d)(\d\d)(\d{4})$/$3-$1-${2}T00:00:00/
            if $value{TRANSACTION_DT} ne '02302018';
        for (qw(contribution_receipt_amount file_number)) {
            $row{$_} = $row{$_} eq '' ? undef : \"$row{$_}";
        }
        push @{$rows{'texts as bytes'}}, json_of(JSON::PP->new->canonical, %row) . "\n";
        $_ = characters($_) for grep { defined && !ref } values %row;
        push @{$rows{'texts in UTF-8'}}, json_of($utf8, %row) . "\n";
        push @{$rows{'texts with escapes'}}, json_of($ascii, %row) . "\n";
        push @{$rows{'texts in UTF-8, blanks around all'}},
            json_of(JSON::PP->new->utf8->space_before->space_after, %row) . "\r\n";
    }
    # The load date is in the API's rows alone, and no part of the hash.
    my $hashed = sub {
        my $records = shift;
        is($records->{status}, 0, 'fec-parse succeeds') or diag $records->{err};
        my $out = run([$dedupe, '--key', 'sub_id'], stdin => $records->{out})->{out};
        $out =~ s/\t(?:load_date|2018-04-16T21:42:23)(?=\t[^\t\n]*$)//mg;
        return $out;
    };
    my $expected = $hashed->(parse(join('', @bulk), 'indiv', '--cycle', 2018));
    is(($expected =~ tr/\n//), 1 + @values, 'the bulk file has all of them');
    like($expected, qr/\trow_hash\n.*\t-?\d+\n\z/s, 'with hashes');
    for my $way (sort keys %rows) {
        is($hashed->(schedule_a(join '', @{$rows{$way}})), $expected, $way);
    }
    my $result = schedule_a(join '', @{$rows{'texts as bytes'}});
    my $bulk   = parse(join('', @bulk), 'indiv', '--cycle', 2018);
    is($result->{stats}{$_}, $bulk->{stats}{$_}, "$_ is counted alike")
        for qw(records undated no_date recoded_rows control_rows amount_total);
};

subtest 'the election' => sub {
    my @election = map { ["election_type, $_->[0]", $_->[1], {
        election_type => undef, fec_election_type_desc => $_->[2], fec_election_year => $_->[3],
        @$_[4 .. $#$_]}] } (
        ['if there is one', 'G2018', 'PRIMARY', '2018', election_type => 'G2018'],
        ['else the description', 'P2018', 'PRIMARY', '2018'],
        ['else the description', 'G2018', 'GENERAL', '2018'],
        ['else the description', 'S2018', 'SPECIAL', '2018'],
        ['else the description', 'R2018', 'RUNOFF', '2018'],
        ['else the description', 'C2018', 'CONVENTION', '2018'],
        ['else the description', 'O2018', 'OTHER', '2018'],
        ['else the description', 'E2018', 'RECOUNT', '2018'],
        ['also if it is empty', 'R2018', 'RUNOFF', '2018', election_type => ' '],
        ['without a year', 'P', 'PRIMARY', undef], ['the year a number', 'P2018', 'PRIMARY', 2018],
        ['the year a real number', 'P2018', 'PRIMARY', \'2018.0'],
        ['case and blanks', 'P2018', ' primary ', ' 2018'],
        ['an unknown description', '\\N', 'SOMETHING', '2018'],
        ['an empty description', '\\N', '', '2018'], ['a year alone', '\\N', undef, '2018'],
        ['a number', 'fec_election_type_desc is a number', 7, '2018'],
        ['the year a list', 'fec_election_year is a list', 'OTHER', []],
    );
    my @found = values_of('election_type', map { [%{$_->[2]}] } @election);
    is($found[$_], $election[$_][1], "$election[$_][0]: $election[$_][1]") for 0 .. $#election;
};

subtest 'numbers and amounts' => sub {
    my $no_amount = 'contribution_receipt_amount is no amount';
    members('contribution_receipt_amount', 'contribution_receipt_amount', '250' => '250.00',
        '250.0' => '250.00', '250.75' => '250.75', '-0.1' => '-0.10', '1e3' => '1000.00',
        '1.5E+2' => '150.00', '25e-1' => '2.50', '-0' => '0.00', '-0.0' => '0.00',
        '0.30000000000000004' => '0.30', '999999999999.99' => '999999999999.99',
        '"12.50"' => '12.50', '" 12 "' => '12.00', '""' => '\\N', 'null' => '\\N',
        '12.345' => $no_amount, '1e-3' => $no_amount, '0.00001' => $no_amount,
        '1000000000000' => $no_amount, '1e300' => $no_amount, '"1e3"' => $no_amount,
        '"1,000"' => $no_amount, 'true' => 'contribution_receipt_amount is true or false',
        '{}' => 'contribution_receipt_amount is an object',
        '[1]' => 'contribution_receipt_amount is a list');
    my $no_number = 'file_number is no whole number of 64 bits';
    members('file_number', 'file_number', '1145872' => '1145872', '1145872.0' => '1145872',
        '"1145872"' => '1145872', '-3' => '-3', '"0012"' => '12', '1e6' => '1000000', '-0' => '0',
        'null' => '\\N', '""' => '\\N', '12.5' => $no_number, '1e18' => $no_number,
        '9007199254740993.0' => $no_number, '"12.0"' => $no_number, '"x"' => $no_number,
        'false' => 'file_number is true or false');
    my $no_id = 'sub_id is no whole number of 64 bits';
    members('sub_id', 'sub_id', '"4010120180000000001"' => '4010120180000000001',
        '4010120180000000001' => '4010120180000000001',
        '9223372036854775807' => '9223372036854775807', '4.010120180000000001e18' => $no_id,
        '"9223372036854775808"' => $no_id, 'null' => 'no sub_id', '""' => 'no sub_id',
        '"1\\t2"' => 'sub_id holds a tab or a line end', '[]' => 'sub_id is a list');
    like((values_of('sub_id', [sub_id => \'9223372036854775808']))[0], qr/too big integer/,
        'a number of more than 64 bits is no JSON for jansson');
    members('contributor_zip', 'contributor_zip', '51560001' => '51560001',
        '5156.5' => 'contributor_zip is a real number', '{}' => 'contributor_zip is an object');
    my $result = schedule_a(join '', map { json(contribution_receipt_amount => \$_) }
        '0.1', '0.2', -7, 'null', '"x"');
    is($result->{stats}{amount_total}, '-6.70', 'amounts are summed up exactly');
};

subtest 'dates' => sub {
    my @dates = ('2018-03-31T00:00:00', '2018-03-31', ' 2018-03-31T00:00:00 ',
        '2018-03-31T23:59:59', '2018-03-31T00:00:00Z', '2018-03-31T00:00:00.000+00:00',
        '2018-03-31 05:00:00-05', '03/31/2018');
    my @others = ('2018-02-30T00:00:00', '0000-00-00T00:00:00', '2018-03-31T', 'ABOUT MAY',
        '2018-03-31 OR SO', '20180331');
    my $result = schedule_a(join '', map { json(contribution_receipt_date => $_) }
        @dates, @others, undef, '');
    my @found = map { "$_->{contribution_receipt_date} $_->{contribution_receipt_date_as_filed}" }
        records($result);
    is(shift @found, '2018-03-31 \\N', "'$_'") for @dates;
    is(shift @found, "\\N $_", "'$_' is no date, and is kept") for @others;
    is("@found", '\\N \\N \\N \\N', 'null and an empty text are neither');
    is("$result->{stats}{undated} $result->{stats}{no_date}", @others . ' 2', 'they are counted');
    members('x', 'contribution_receipt_date', '[2018]' => 'contribution_receipt_date is a list');
};

subtest 'a row of another cycle is rejected' => sub {
    my $key = 'two_year_transaction_period';
    members('cycle', $key, '2018' => '2018', '2018.0' => '2018', '"2018"' => '2018',
        'null' => '2018', '2016' => "$key is 2016, not 2018",
        '"20\\t18"' => "$key is of another cycle", '[2018]' => "$key is a list");
    my $result = schedule_a(json($key => 2016), '--max-rejects', 1);
    is(kinds($result), 'cycle=1', 'it is counted');
    my %key = (committees => 'C00000101', candidates => 'H8VT00101');
    for my $type ('committees', 'candidates') {
        my $id = $type eq 'committees' ? 'committee_id' : 'candidate_id';
        my $lines = join "\n", map { qq({"$id":"$key{$type}"$_}) } '', ',"cycles":[2016,2018,2020]',
            ',"cycles":null', ',"cycles":[2016,2020]', ',"cycles":[]', ',"cycles":"2018"',
            ',"cycle":2018,"two_year_period":2018', ',"cycle":2016,"two_year_period":2016';
        $lines .= "\n";
        $result = parse($lines, 'api', $type, '--cycle', 2018, '--max-rejects', '100%',
            '--rejects', "$folder/rejects");
        my $period = $type eq 'committees' ? 'cycle' : 'two_year_period';
        is(join('; ', map { join ' ', (split /\t/)[0, 1] } split /\n/, slurp("$folder/rejects")),
            '4 cycles is a list without 2018; 5 cycles is a list without 2018; '
                . "6 cycles is a string; 8 $period is 2016, not 2018", $type);
    }
};

subtest 'the candidate of a committee' => sub {
    my %candidate = ('["H8VT00101"]' => 'H8VT00101', '["H8VT00101","S8VT00102"]' => '\\N',
        '[]' => '\\N', 'null' => '\\N', '[null]' => '\\N', '[" H8VT00101 "]' => 'H8VT00101');
    for my $ids (sort keys %candidate) {
        my ($record) = records(parse(qq({"committee_id":"C00000101","candidate_ids":$ids}\n), 'api',
            'committees', '--cycle', 2018));
        is($record->{candidate_id}, $candidate{$ids}, $ids);
    }
    my $result = parse(join("\n", map { qq({"committee_id":"C00000101","candidate_ids":$_}) }
            '"H8VT00101"', '[7]', '{}') . "\n", 'api', 'committees', '--cycle', 2018,
        '--max-rejects', 3, '--rejects', "$folder/rejects");
    is(kinds($result), 'json=3', 'what is no list of texts is rejected');
};

subtest 'texts' => sub {
    my $key = 'contributor_name';
    members($key, $key, '"A\\u0000B"' => 'AB', '"A\\u0085\\u0007B\\u007f"' => 'AB',
        '"\\n A\\nB \\t"' => 'A\\nB', '"JOS\\u00e9\\ud83d\\ude00"' => "JOS\xc3\xa9\xf0\x9f\x98\x80",
        # Somebody's UTF-8, read as Windows-1252: what it was meant to be is not guessed.
        '"\\u00c3\\u00a9"' => "\xc3\x83\xc2\xa9", '"A","contributor_name":"B"' => 'B',
        '"A","contributor_name":null' => '\\N', '"A","contributor\\u005fname":"B"' => 'B',
        '"A\\\\N\\"/"' => 'A\\\\N"/');
    like((values_of($key, [$key => \'"\\ud800"']))[0],
        qr/^no JSON at byte \d+: invalid Unicode '\\uD800'/, 'half a character is no JSON');
    my ($record) = records(schedule_a(qq({"sub_id":"1","contributor_name":"A\bB"}\n)));
    is($record->{contributor_name}, 'AB', 'a control character as such goes too');
};

subtest 'lines that are no row are rejected, counted and kept' => sub {
    my $good = json();
    chomp $good;
    my $cut = substr $good, 0, 200;
    my @bad = (
        ['x', qr/^no JSON at byte 1: invalid token near 'x'$/], ['[1]', qr/^no JSON object$/],
        ['"a"', qr/^no JSON object$/], ['7', qr/^no JSON object$/], ['{}', qr/^no sub_id$/],
        [$cut, qr/^no JSON at byte 200: premature end of input/],
        ["$good$good", qr/^no JSON at byte \d+: end of file expected near '\{'$/],
        ["$good,", qr/end of file expected/], ['{"sub_id":"1",}', qr/string or '\}' expected/],
        ['{"sub_id":01}', qr/invalid token/], ["{\"sub_id\":\"1\",\"x\":tru}", qr/invalid token/],
        ["{\"sub_id\":\"1\"\t\"\xff\\\"}", qr/^no JSON at byte \d+: [ -~]+$/],
        ['{"sub_id":"1","x":' . '[' x 3000 . ']' x 3000 . '}', qr/maximum parsing depth/],
        ['{"sub_id":"1","x":' . '-' x 50 . '1}', qr/invalid token/],
        ['{"sub_id":"1","x":1e999}', qr/real number overflow/],
        ['{"sub_id":"1","x":' . '9' x 400 . '}', qr/too big integer/],
        ['{"sub_id":"1","x":["\\n"' . ',1' x 30000 . ']}', qr/^more values than a row can have$/],
    );
    my $result = schedule_a(join('', map { "$good\n$_->[0]\n" } @bad), '--max-rejects',
        scalar @bad, '--rejects', "$folder/rejects");
    is($result->{status}, 0, 'as many as allowed do not fail the run');
    is($result->{stats}{records}, scalar @bad, 'the rows between them are records');
    is(kinds($result), 'json=' . (@bad - 1) . ' key=1', 'each kind is counted');
    my @rejects = split /\n/, slurp("$folder/rejects");
    is(scalar @rejects, scalar @bad, 'each is kept in a line');
    for my $i (0 .. $#bad) {
        my ($number, $reason, $line) = split /\t/, $rejects[$i];
        my $what = length $bad[$i][0] > 40 ? substr($bad[$i][0], 0, 40) . '...' : $bad[$i][0];
        $what =~ s/[^ -~]/?/g;
        is($number, 2 * $i + 2, "line of $what");
        like($reason, $bad[$i][1], "reason of $what");
        (my $kept = $bad[$i][0]) =~ s/([\\\t])/$1 eq "\t" ? '\\t' : '\\\\'/ge;
        ok($line eq $kept, "$what as it came");
    }
    $result = schedule_a("$good\n$cut");
    is($result->{status}, 65, 'a row that is cut off at the end fails the run');
    like($result->{err}, qr/line 2: no newline at its end: the text is cut short/,
        'and is named with its line');
    $result = schedule_a("$good\n$cut", '--allow-cut');
    like($result->{err}, qr/line 2: no JSON at byte 200: premature end/,
        'with --allow-cut it is rejected for what it is');
    is(schedule_a($good, '--allow-cut')->{stats}{records}, 1, 'and a whole row needs no newline');
    $result = schedule_a("\xef\xbb\xbf\n$good\r\n \n\n");
    is("$result->{stats}{records} $result->{stats}{blank_lines}", '1 3',
        'blank lines are passed over, and a byte order mark');
    is(schedule_a('')->{status}, 0, 'no input is no error');
    my $garbage = schedule_a("{\n" x 200_000);
    is($garbage->{status}, 65, 'a hopeless input fails');
    cmp_ok($garbage->{stats}{lines}, '<', 10_000, 'and is not read to its end');
};

subtest 'lines of extraordinary length' => sub {
    my $mib   = 1024 * 1024;
    my $pad   = $mib + 1 - length json(memo_text => '');
    my @texts = ('M', '\\n', "\xc3\xa9", "\xe9", '\\u00e9', '\\\\', "\x80");
    my @made  = ('M', '\\n', "\xc3\xa9", "\xc3\xa9", "\xc3\xa9", '\\\\', "\xe2\x82\xac");
    for my $i (0 .. $#texts) {
        my $times = int $pad / length $texts[$i];
        # The text is marked at its ends, for blanks there would go.
        my $line = json(memo_text => \('"X' . $texts[$i] x ($times - 2) . 'X"'));
        my ($record) = records(schedule_a($line));
        (my $what = $texts[$i]) =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ge;
        ok($record && $record->{memo_text} eq 'X' . $made[$i] x ($times - 2) . 'X',
            "1 MiB of $what");
    }
    my $result = schedule_a(json(memo_text => 'X' x $pad) . json(memo_text => 'X' x ($pad + 1))
            . json() . json(memo_text => 'X' x (3 * $mib)) . json(), '--max-rejects', 2);
    is("$result->{stats}{records} " . kinds($result), '3 long=2', 'more than 1 MiB is too long');
};

subtest 'memory is constant' => sub {
    my $limit = 'ulimit -v 32768 2>/dev/null && exec "$0" "$@"';
    plan skip_all => 'memory cannot be limited here'
        unless run(['sh', '-c', $limit, $parse, '--version'])->{out} =~ /fec-parse/;
    my $room = 1_000_000;
    my @lines = map { qq({"sub_id":"1","memo_text":$_}\n) } '"' . 'Z' x 50_000_000 . '"',
        '"' . "\xe9" x $room . '"', '"\\u00e9' . 'Z' x $room . '"',
        '"\\u00e9' . '\\n' x ($room / 2) . '"', '[' x $room, '[' . '[],' x ($room / 3) . '0]',
        '[' . '{},' x ($room / 3) . '0]', '[' . '{},' x 9_990 . '0]', '[' . '[],' x 9_990 . '0]',
        '"","x":{' . '"":"",' x 9_990 . '"":0}';
    my $file = spew("$folder/long", json(), @lines, json() x 50_000,
        json(memo_text => "\x{e9}") x 500);
    my $result = run(['sh', '-c', $limit, $parse, 'api', 'schedule_a', '--cycle', 2018,
            '--max-rejects', 10, '--stats', "$folder/stats"],
        stdin_file => $file, env => {LC_ALL => 'C'});
    is($result->{status}, 0, 'the worst of rows pass within 32 MB of address space')
        or diag $result->{err};
    is(stats_of("$folder/stats")->{records}, 50_505, 'and the rows around them are records');
};

# Rows that are damaged in all sorts of ways.
subtest 'damaged rows do no harm' => sub {
    my @pieces = (qw({ } [ ] : - + " \\ null true 0 1e5 -0 .5 1. 0.1 01 1e400 E "sub_id": \\u0000
        \\ud800 \\u00e9 99999999999999999999 9223372036854775808), ',', ' ', "\t", "\r", "\b", "\0",
        "\x7f", "\xff", "\xc3\xa9");
    my $state = 1;
    my $random = sub {
        $state = ($state * 1103515245 + 12345) % 2**31;
        return ($state >> 8) % $_[0];
    };
    my @lines;
    for my $i (1 .. 8000) {
        my $line = json(sub_id => 1000 + $i, contribution_receipt_amount => 250.5);
        chomp $line;
        for (0 .. $random->(4)) {
            my ($way, $at) = ($random->(6), 2 + $random->(length($line) - 2));
            my $piece = $pieces[$random->(scalar @pieces)];
            if ($way < 2) { substr($line, $at, 0) = $piece }
            elsif ($way == 2) { substr($line, $at, 1) = $piece }
            elsif ($way == 3) { substr($line, $at, $random->(8)) = '' }
            elsif ($way == 4) { substr($line, $at, 1) = chr $random->(256) }
            else { substr($line, $at, 0) = substr($line, $random->(length $line), $random->(60)) }
        }
        $line = substr($line, 0, 10 + $random->(length $line)) if $i % 50 == 0;
        $line =~ tr/\n/ /;
        push @lines, "$line\n";
    }
    my $result = schedule_a(join('', @lines), '--max-rejects', '100%', '--rejects',
        "$folder/rejects");
    is("$result->{status} $result->{signal}", '0 0', 'they are read in peace')
        or diag $result->{err};
    my ($records, $rejected) = @{$result->{stats}}{'records', 'rejected'};
    cmp_ok($records, '>', 1000, 'some are records still');
    cmp_ok($rejected, '>', 1000, 'and some are not');
    is($records + $rejected, @lines, 'and each is one or the other');
};

done_testing();
