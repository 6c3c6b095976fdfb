#!/usr/bin/env perl
# parse.t - fec-parse: the FEC's lines in, records out.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use POSIX ();
use Test::More;

my $parse  = program('fec-parse');
my $folder = scratch();
my $golden = "$FindBin::Bin/golden";

# Runs fec-parse with these options on these bytes; adds the statistics to the result.
sub parse {
    my ($bytes, @options) = @_;
    my $result = run([$parse, '--stats', "$folder/stats", @options], stdin => $bytes);
    $result->{stats} = -e "$folder/stats" ? stats_of("$folder/stats") : {};
    return $result;
}

sub indiv { my $bytes = shift; return parse($bytes, 'indiv', '--cycle', 2018, @_) }

# A line of itcont.txt, made up, with some fields replaced: row(NAME => 'ROE, RICHARD').
my @names = qw(CMTE_ID AMNDT_IND RPT_TP TRANSACTION_PGI IMAGE_NUM TRANSACTION_TP ENTITY_TP NAME CITY
    STATE ZIP_CODE EMPLOYER OCCUPATION TRANSACTION_DT TRANSACTION_AMT OTHER_ID TRAN_ID FILE_NUM
    MEMO_CD MEMO_TEXT SUB_ID);

sub row {
    my %value = (
        CMTE_ID => 'C00000101', AMNDT_IND => 'N', RPT_TP => 'Q1', TRANSACTION_PGI => 'P',
        IMAGE_NUM => '201801010000000001', TRANSACTION_TP => '15', ENTITY_TP => 'IND',
        NAME => 'DOE, JANE', CITY => 'SPRINGFIELD', STATE => 'VT', ZIP_CODE => '05156',
        EMPLOYER => 'ACME', OCCUPATION => 'ENGINEER', TRANSACTION_DT => '03312018',
        TRANSACTION_AMT => '250', TRAN_ID => 'SA11AI.1', FILE_NUM => '1200001',
        SUB_ID => '4010120180000000001', @_,
    );
    return join '|', map { $value{$_} // '' } @names;
}

# The records of a result, as hashes of column and value.
sub records {
    my ($result) = @_;
    my @lines = split /\n/, $result->{out};
    my @columns = split /\t/, shift @lines;
    return map { my %record; @record{@columns} = split /\t/, $_, -1; \%record } @lines;
}

# What fec-parse makes of one value.
sub value_of {
    my ($fec_name, $value, $column) = @_;
    my ($record) = records(indiv(row($fec_name => $value) . "\n", '--max-rejects', '100%'));
    return $record ? $record->{$column} : 'rejected';
}

# How many lines were rejected, for each kind of fault: "fields=2 key=1".
sub kinds {
    my ($result) = @_;
    return join ' ', map { /^reject_(.*)/ && $result->{stats}{$_} ? "$1=$result->{stats}{$_}" : () }
        sort keys %{$result->{stats}};
}

# The names of the bulk types, in the order of --types.
sub bulk_types {
    return map { /^(\w+)\tbulk\t/ ? $1 : () } split /\n/, run([$parse, '--types'])->{out};
}

subtest 'every type is written as its golden file says' => sub {
    my @types = bulk_types();
    is(scalar @types, 17, 'there are seventeen types');
    for my $type (@types) {
        my $rejects = "$folder/rejects";
        my $result  = parse(slurp("$golden/$type.txt"), $type, '--cycle', 2018,
            '--max-rejects', '50%', '--rejects', $rejects);
        is($result->{status}, 0, "$type succeeds");
        is($result->{out}, slurp("$golden/$type.tsv"), "$type has the expected records");
        my $expected = -e "$golden/$type.rejects" ? slurp("$golden/$type.rejects") : '';
        is(slurp($rejects), $expected, "$type has the expected rejects");
        my $stats = $result->{stats};
        is($stats->{records} + $stats->{rejected} + $stats->{blank_lines}, $stats->{lines},
            "$type: each line is a record, rejected or blank");
    }
};

subtest 'quotes and backslashes are data' => sub {
    is(value_of(NAME => 'JERRY "S" DOE', 'contributor_name'), 'JERRY "S" DOE', 'quotes inside');
    is(value_of(EMPLOYER => '"NOT EMPLOYED', 'contributor_employer'), '"NOT EMPLOYED',
        'an unmatched quote');
    is(value_of(NAME => 'SOLOMO\\, DEMO', 'contributor_name'), 'SOLOMO\\\\, DEMO',
        'a backslash is escaped');
    is(value_of(NAME => '\\N', 'contributor_name'), '\\\\N', 'what looks like NULL is not NULL');
    is(value_of(NAME => '\\', 'contributor_name'), '\\\\', 'a backslash alone');
};

subtest 'blanks, control characters and other encodings' => sub {
    is(value_of(NAME => "  DOE  ", 'contributor_name'), 'DOE', 'blanks around a value go');
    is(value_of(NAME => " \t \r ", 'contributor_name'), '\\N', 'nothing but blanks is NULL');
    is(value_of(NAME => "A\tB", 'contributor_name'), 'A\\tB', 'a tab inside is escaped');
    is(value_of(NAME => "A\rB", 'contributor_name'), 'A\\rB',
        'a carriage return inside is escaped');
    is(value_of(NAME => "DO\bE\0 \x7f", 'contributor_name'), 'DOE', 'backspace, NUL and DEL go');
    is(value_of(NAME => "\x01", 'contributor_name'), '\\N',
        'nothing but a control character is NULL');
    is(value_of(NAME => "JOS\xe9", 'contributor_name'), "JOS\xc3\xa9", 'Latin-1 becomes UTF-8');
    is(value_of(NAME => "JOS\xc3\xa9", 'contributor_name'), "JOS\xc3\xa9", 'UTF-8 stays');
    is(value_of(NAME => "\x93A\x94\x81", 'contributor_name'), "\xe2\x80\x9cA\xe2\x80\x9d",
        'Windows-1252');
    is(value_of(TRANSACTION_AMT => "\b 12\0.5 ", 'contribution_receipt_amount'), '12.50',
        'in an amount too');
    my $result = indiv(row(NAME => "JOS\xe9") . "\n" . row(NAME => "A\bB") . "\n"
        . row(NAME => "\x81") . "\n");
    is("$result->{stats}{recoded_rows} $result->{stats}{control_rows}", '2 2',
        'such rows are counted');
    my $long = 'X' x 100;
    is(value_of(NAME => $long . $_, 'contributor_name'), $long . $_,
        'a text of ' . (100 + length) . ' bytes')
        for '', 'Y' x 28, 'Y' x 29, 'Y' x 5000;
};

subtest 'dates' => sub {
    my %date = (
        '03312018' => '2018-03-31', '3312025' => '2025-03-31',
        '3/1/2018' => '2018-03-01', '03-OCT-18' => '2018-10-03',
        '2018-03-31T00:00:00' => '2018-03-31', ' 03312018 ' => '2018-03-31',
    );
    is(value_of(TRANSACTION_DT => $_, 'contribution_receipt_date'), $date{$_}, "$_ is $date{$_}")
        for sort keys %date;
    is(value_of(TRANSACTION_DT => "0331\b2018", 'contribution_receipt_date'), '2018-03-31',
        'with a backspace in it');
    for my $none ('02302018', 'ABOUT MAY', '00000000', '20180331', "A\\\tB") {
        my ($record) = records(my $result = indiv(row(TRANSACTION_DT => $none) . "\n"));
        (my $escaped = $none) =~ s/\\/\\\\/g;
        $escaped =~ s/\t/\\t/g;
        is("$record->{contribution_receipt_date} $record->{contribution_receipt_date_as_filed}",
            "\\N $escaped", "$escaped is no date: NULL, and kept as filed");
        is("$result->{stats}{undated} $result->{stats}{no_date}", '1 0', 'and counted');
    }
    my ($record) = records(my $result = indiv(row(TRANSACTION_DT => ' ') . "\n"));
    is("$record->{contribution_receipt_date} $record->{contribution_receipt_date_as_filed}",
        '\\N \\N', 'an empty date is NULL and nothing is kept');
    is("$result->{stats}{undated} $result->{stats}{no_date}", '0 1', 'and counted apart');
};

subtest 'amounts and numbers' => sub {
    is(value_of(TRANSACTION_AMT => $_->[0], 'contribution_receipt_amount'), $_->[1],
        "amount $_->[0]")
        for ['-50', '-50.00'], ['12.5', '12.50'], ['', '\\N'], ['-0', '0.00'],
        ['12.345', 'rejected'], ['1,000', 'rejected'],
        ['999999999999.99', '999999999999.99'], ['1000000000000', 'rejected'];
    is(value_of(FILE_NUM => $_->[0], 'file_number'), $_->[1], "number $_->[0]")
        for ['0012', '12'], ['', '\\N'], ['12.0', 'rejected'], ['-3', '-3'], ['x', 'rejected'];
    is(value_of(SUB_ID => $_->[0], 'sub_id'), $_->[1], "SUB_ID '$_->[0]'")
        for ['9223372036854775807', '9223372036854775807'], ['9223372036854775808', 'rejected'],
        ['', 'rejected'], [' ', 'rejected'], ["4010120180000000001\r", '4010120180000000001'];
    my $result = indiv(join '', map { row(TRANSACTION_AMT => $_) . "\n" }
        '0.10', '0.20', -7, '', 'x');
    is($result->{stats}{amount_total}, '-6.70',
        'amounts of accepted records are summed up exactly');
};

subtest 'lines that cannot be a record are rejected, counted and kept' => sub {
    my $good  = row();
    my $input = join "\n", $good, "$good|", 'too|few', row(SUB_ID => ''), row(SUB_ID => '1e5'),
        row(TRANSACTION_AMT => 'x'), row(FILE_NUM => "A\\\t\xff\0"), $good, '';
    my $result = indiv($input, '--rejects', "$folder/rejects", '--max-rejects', 6);
    is($result->{status}, 0, 'as many as allowed do not fail the run');
    is($result->{stats}{records}, 2, 'the good lines are records');
    is(kinds($result), 'amount=1 fields=2 key=1 number=2', 'each kind is counted');
    is($result->{err}, '', 'nothing is said when they are kept');
    my @rejects = split /\n/, slurp("$folder/rejects");
    is_deeply([map { join ': ', (split /\t/)[0, 1] } @rejects],
        ['2: 22 fields instead of 21', '3: 2 fields instead of 21', '4: no SUB_ID',
            '5: SUB_ID is no whole number of 64 bits', '6: TRANSACTION_AMT is no amount',
            '7: FILE_NUM is no whole number of 64 bits'], 'with line number and reason');
    is((split /\t/, $rejects[1])[2], 'too|few', 'and the line as it came');
    like($rejects[5], qr/\|A\\\\\\t\xff\0\|/, 'escaped as a field is, no byte lost');

    $result = indiv($input, '--max-rejects', 6);
    my @said = $result->{err} =~ /^(fec-parse: standard input: line \d+: rejected: .*)$/mg;
    is(scalar @said, 6, 'without --rejects they are reported on stderr');
    $result = indiv("x\n" x 14, '--max-rejects', '100%');
    is(scalar(@said = $result->{err} =~ /rejected: /g), 10, 'the first ten of them');
    like($result->{err}, qr/4 more lines rejected/, 'and the number of the others');
    $result = parse("C0\t1" . '|' x 14 . "\n", 'cm', '--cycle', 2018, '--max-rejects', 1);
    is(kinds($result), 'key=1', 'a key with a tab in it is not valid');
};

subtest '--max-rejects' => sub {
    my $one_of = sub { my $n = shift; indiv((row() . "\n") x ($n - 1) . "bad\n", @_) };
    my $result = $one_of->(20);
    is($result->{status}, 65, 'one line of 20 is more than 0.1 %');
    like($result->{err},
        qr/1 of 20 lines rejected, more than 0.1%; the first is line 20: 1 fields instead of 21;/m,
        'the message has the counts and the first reason');
    like($result->{err}, qr/; --max-rejects 5\.00% \(FEC_MAX_REJECTS\) would allow them$/m,
        'and the setting that would do');
    like($one_of->(20, '--max-rejects', 0)->{err}, qr/; --max-rejects 1 \(/,
        'a number if it was one');
    my $of_three = sub { indiv((row() . "\n") x 600 . "bad\n" x $_[0], @_[1 .. $#_]) };
    is($of_three->(3)->{status}, 65, 'three of 603 are more than 0.1 %');
    is($of_three->(3, '--min-rejects', 4)->{status}, 0, 'but fewer than --min-rejects 4');
    my $fourth = $of_three->(4, '--min-rejects', 4);
    is($fourth->{status}, 65, 'four are as many');
    like($fourth->{err}, qr/--max-rejects 0\.67% /, 'and the number that would do is rounded up');
    is($of_three->(4, '--max-rejects', '0.67%')->{status}, 0, 'and does');
    is(indiv("bad\n", '--max-rejects', 0, '--min-rejects', 10)->{status}, 65,
        '--min-rejects says nothing of a number');
    is(indiv('', '--min-rejects', '1%')->{status}, 64, 'and is a number itself');
    is($one_of->(1000)->{status}, 0, 'one line of 1000 is not');
    is($one_of->(999)->{status}, 65, 'one line of 999 is');
    is($one_of->(20, '--max-rejects', '5%')->{status}, 0, 'a percentage');
    is($one_of->(20, '--max-rejects', '4.999999%')->{status}, 65, 'a percentage with decimals');
    is($one_of->(20, '--max-rejects', 1)->{status}, 0, 'a number');
    is($one_of->(20, '--max-rejects', 0)->{status}, 65, 'none allowed');
    is(indiv(row() . "\n", '--max-rejects', 0)->{status}, 0, 'none allowed and none came');
    is(indiv('', '--max-rejects', $_)->{status}, 64, "'$_' is no limit")
        for '', '%', 'x', '5x', '-1', '101%', '.5%', '1.2.3%', '1.0000001%', '1e2%',
        '99999999999999999999%';
    my $garbage = indiv("bad\n" x 200_000);
    cmp_ok($garbage->{stats}{lines}, '<', 10_000, 'a hopeless input is not read to its end');
    is($garbage->{status}, 65, 'and fails');
};

subtest 'keys that are no ids of the FEC' => sub {
    my $good = {cm => 'C00000101', cn => 'H8VT00101', weball => 'S2OR00102', webl => 'P00000103',
        webk => 'C00000102'};
    my %fields = (cm => 15, cn => 15, weball => 30, webl => 30, webk => 27);
    for my $type (sort keys %fields) {
        my $key = $good->{$type};
        my $other = $key =~ /^C/ ? 'H8VT00101' : 'C00000101';
        my @bad = ($key =~ /^C/ ? 'CMTE_ID' : 'CAND_ID', "\"$key", $other, lc $key, "X$key",
            substr($key, 0, 8), "${key}0", substr($key, 0, 8) . '-', 'C0000010A', 'A8VT00101');
        my $lines = join '', map { $_ . '|' x ($fields{$type} - 1) . "\n" } $key, @bad, " $key ";
        my $result = parse($lines, $type, '--cycle', 2018, '--max-rejects', '100%', '--rejects',
            "$folder/rejects");
        is($result->{stats}{records}, 2, "$type: a key of the FEC's form is a record");
        is(kinds($result), 'key=' . @bad, "$type: a header line, quotes and others are rejected");
        like((split /\t/, slurp("$folder/rejects"))[1],
            qr/^C\w+_ID is no (?:committee|candidate)'s id$/, "$type: with the reason");
    }
    my $ccl = sub {
        my $line = "$_[0]|2018|2018|$_[1]|H|P|7\n";
        return parse($line, 'ccl', '--cycle', 2018, '--max-rejects', 1);
    };
    is($ccl->('H8VT00101', 'C00000101')->{stats}{records}, 1, 'a link of a candidate');
    is($ccl->('C00000102', 'C00000101')->{stats}{records}, 1, 'a link of another committee');
    is(kinds($ccl->('"H8VT00101', 'C00000101')), 'key=1', 'a link of something else is rejected');
    is(kinds($ccl->('H8VT00101', 'H8VT00102')), 'key=1', 'and so is a link to something else');
};

# The lines of --reject-keys of these lines, without the header line.
sub reject_keys {
    my ($type, $lines) = @_;
    my $result = parse(join('', map { "$_\n" } @$lines), $type, '--cycle', 2018, '--max-rejects',
        '100%', '--rejects', "$folder/rejects", '--reject-keys', "$folder/keys");
    my ($header, @keys) = split /\n/, slurp("$folder/keys");
    return "$header: @keys; $result->{stats}{rejected_without_key} without";
}

subtest '--reject-keys' => sub {
    my $id = '4010120180000000001';
    is(reject_keys('indiv', [row()]), 'sub_id: ; 0 without', 'a file without rejects has a header');
    is(reject_keys('indiv', [row(TRANSACTION_AMT => 'x', SUB_ID => "0$id")]),
        "sub_id: $id; 0 without", 'a line with a wrong amount still shows its key');
    is(reject_keys('indiv', [row(NAME => 'DOE | JANE'), row(MEMO_TEXT => 'A|B')]),
        "sub_id: $id $id; 0 without", 'and so does one with a separator too many');
    is(reject_keys('indiv', [row(MEMO_TEXT => '|99999')]), "sub_id: $id; 0 without",
        'where two numbers could be the key, the longer one is');
    is(reject_keys('indiv', [row() . '|']), "sub_id: $id; 0 without", 'a separator at the end');
    is(reject_keys('indiv', [row(MEMO_TEXT => '|4010120180000000009')]), 'sub_id: ; 1 without',
        'of two that are as long nobody can know');
    is(reject_keys('indiv', [row(SUB_ID => ''), row(SUB_ID => 'x'), 'x', 'Z' x 1_200_000]),
        'sub_id: ; 4 without', 'lines whose key cannot be read are counted');
    my ($with, $without) = (split /\n/, slurp("$golden/oppexp.txt"))[0, 1];
    my ($sub_id) = (split /\|/, $with)[21];
    (my $more = $with) =~ s/^([^|]*\|[^|]*\|)/$1|/;
    is(reject_keys('oppexp', [$more]), "sub_id: $sub_id; 0 without",
        'a key that is not the last column, a separator too many before it');
    ($sub_id) = (split /\|/, $without)[21];
    is(reject_keys('oppexp', ["$without||"]), "sub_id: $sub_id; 0 without", 'or after it');
    is(reject_keys('cm', ['C00000101|x', '"C00000102|' . '|' x 13]),
        'committee_id: C00000101; 1 without', 'a key in the first column');
    my $csv = slurp("$golden/independent_expenditure.txt") . "a,b\n";
    my $result = parse($csv, 'independent_expenditure', '--cycle', 2018, '--max-rejects', '100%',
        '--reject-keys', "$folder/keys");
    is(slurp("$folder/keys"), "record_key\n", 'a computed key cannot be read');
    cmp_ok($result->{stats}{rejected_without_key}, '>', 0, 'and is counted');
};

subtest 'a key that is made of columns' => sub {
    my ($header, @lines) = split /\n/, slurp("$golden/committee_summary.txt");
    my $place = 0;
    my %place = map { ($_, $place++) } split /,/, $header;
    my $totals = sub {
        return parse(join("\n", $header, @_, ''), 'committee_summary', '--cycle', 2018,
            '--max-rejects', '100%');
    };
    my $keys = sub { join ' ', map { $_->{record_key} } records($totals->(@_)) };
    my $raised = $lines[1] =~ s/,1500\.5,/,1600.25,/r;
    is($keys->($lines[1]), $keys->($raised), 'stays as it is when a total is corrected');
    my $one = $keys->($lines[1]);
    is($keys->(@lines[1, 0], $raised), "$one C00000102-2018-H8VT00101 $one-2",
        'gets a number, where another record has the same, alike or not');
    my $nobody = $totals->(',' x ($place - 1), $lines[0]);
    is("$nobody->{stats}{records} $nobody->{stats}{rejected}", '1 1',
        'a line whose first column of these is empty is rejected');
    my $wrong = $totals->($lines[0] =~ s/,C00000102,/,X,/r);
    is($wrong->{stats}{rejected}, 1, 'and one that names no committee');
};

subtest 'independent expenditures that are alike' => sub {
    my ($header) = split /^/m, slurp("$golden/independent_expenditure.txt");
    my $line = 'H8VT00101,"EXAMPLE, ADA"' . ',' x 8 . '1500.25' . ',' x 6
        . "1230001,N,SE.1,,,2018,,\n";
    my $parse_ie = sub { parse(join('', $header, @_), 'independent_expenditure', '--cycle', 2018) };
    my ($key) = map { $_->{record_key} } records($parse_ie->($line));
    my @three = map { $_->{record_key} } records($parse_ie->(($line) x 3));
    is_deeply(\@three, [$key, "$key-2", "$key-3"],
        'are as many records; the first has the key that it has alone, the others a number');
    is($parse_ie->(($line) x 3)->{stats}{alike}, 2, 'and they are counted');
    my $many = $parse_ie->(map { my $l = $line; $l =~ s/,/X$_,/; ($l) x 2 } 1 .. 3000);
    is(scalar(keys %{{map { $_->{record_key} => 1 } records($many)}}), 6000,
        'in a file of 6000 rows no two have the same key');
};

# Inputs that others have reported; they are not part of the tree.
subtest 'the reported cases' => sub {
    my $cases = ($ENV{FEC_CASES} // top() . '/../shared/cases') . '/bulk';
    plan skip_all => 'the reported cases are not on this machine' unless -d $cases;
    my $unzipped = sub {
        my ($path, $member) = @_;
        return run([program('fec-unzip'), $member], stdin_file => "$cases/$path")->{out};
    };
    my $ie = slurp("$cases/ie1/2024/independent_expenditure_2024.csv");
    my @keys = map { $_->{record_key} }
        records(parse($ie, 'independent_expenditure', '--cycle', 2024));
    is(scalar keys %{{map { $_ => 1 } @keys}}, ($ie =~ tr/\n//) - 1, 'ie1: as many rows as lines');
    my @indiv = ('indiv', '--cycle', 2020);
    is(parse($unzipped->('cut1/2020/indiv20.zip', 'itcont.txt'), @indiv)->{status}, 0,
        'cut1 is whole');
    is(parse($unzipped->('cut2/2020/indiv20.zip', 'itcont.txt'), @indiv)->{status}, 65,
        'cut2 ends within a line');
    for my $type ('cm', 'cn') {
        my $text = $unzipped->("quoted/2024/${type}24.zip", "$type.txt");
        my $quoted = () = $text =~ /^"/mg;
        my $result = parse($text, $type, '--cycle', 2024, '--max-rejects', '100%');
        is($result->{stats}{rejected}, $quoted,
            "quoted: lines in quotes are rejected in $type");
    }
};

subtest 'ends of lines and of the input' => sub {
    my $two = row() . "\n" . row(SUB_ID => 2) . "\n";
    my $cut = indiv(row() . "\n" . row(SUB_ID => 2));
    is($cut->{status}, 65, 'a text whose last line has no newline is refused');
    like($cut->{err}, qr/line 2: no newline at its end: the text is cut short; --allow-cut/,
        'with the number of the line');
    for my $length (1, 60, length(row()) - 1) {
        my $part = indiv(row() . "\n" . substr(row(), 0, $length), '--max-rejects', '100%');
        is($part->{status}, 65, "so is one that ends after $length bytes of a line");
        like($part->{err}, qr/line 2: no newline at its end/, 'for that reason');
    }
    is(indiv(row() . "\n" . row(SUB_ID => 2), '--allow-cut')->{out}, indiv($two)->{out},
        '--allow-cut takes the last line as it is');
    (my $crlf = $two) =~ s/\n/\r\n/g;
    is(indiv($crlf)->{out}, indiv($two)->{out}, 'CRLF makes no difference');
    is(indiv($crlf)->{stats}{control_rows}, 0, 'and is no control character that was lost');
    is(indiv("\xef\xbb\xbf$two")->{out}, indiv($two)->{out}, 'nor does a byte order mark');
    my $result = indiv("\n\r\n$two \n\x1a");
    is($result->{out}, indiv($two)->{out}, 'blank lines and a last Ctrl-Z are passed over');
    is("$result->{stats}{blank_lines} $result->{stats}{rejected} $result->{stats}{lines}", '4 0 6',
        'and counted');
    is(indiv("\x1a\n$two")->{stats}{rejected}, 1, 'a Ctrl-Z elsewhere is not passed over');
    $result = indiv('');
    is($result->{status}, 0, 'no input is no error');
    is(($result->{out} =~ tr/\n//), 1, 'and gives the header line alone');
    $result = indiv(substr(row(), 0, -30), '--allow-cut');
    is(kinds($result), 'fields=1', 'with --allow-cut a line that is cut short is rejected');
    is($result->{status}, 65, 'and fails the run');
    is($result->{stats}{bytes}, length(row()) - 30, 'all bytes are counted');
};

subtest 'a closed standard output does not make a file the output' => sub {
    for my $options ([], ['--rejects', "$folder/rejects"], ['--reject-keys', "$folder/rejects"]) {
        spew("$folder/rejects", '');
        my $result = run(['sh', '-c', '"$@" >&-', 'sh', $parse, 'indiv', '--cycle', 2018,
                @$options], stdin => row() . "\n");
        is($result->{status}, 74, "@$options: it is an I/O error");
        unlike(slurp("$folder/rejects"), qr/cycle|SPRINGFIELD/, 'and no record is in a file');
    }
};

subtest 'lines of extraordinary length' => sub {
    my $mib   = 1024 * 1024;
    my $pad   = $mib - length row(NAME => '');
    my $input = row(NAME => 'X' x $pad) . "\n" . row(SUB_ID => 2) . "\n"
        . row(NAME => 'X' x ($pad + 1)) . "\n" . row(SUB_ID => 3) . "\n"
        . '|' x (3 * $mib) . "\n" . row(SUB_ID => 4) . "\n" . "Y\\" x $mib;
    my $cut = indiv($input, '--max-rejects', 3, '--rejects', "$folder/rejects");
    is($cut->{status}, 65, 'a text that ends within one is refused');
    like($cut->{err}, qr/line 7: no newline at its end: the text is cut short/, 'as any other');
    my $result =
        indiv($input, '--max-rejects', 3, '--rejects', "$folder/rejects", '--allow-cut');
    is($result->{status}, 0, 'they do not end the run');
    is(kinds($result), 'long=3', 'more than 1 MiB is too long');
    is(join(' ', map { $_->{sub_id} } records($result)), '4010120180000000001 2 3 4',
        'all others are records');
    is(length((records($result))[0]{contributor_name}), $pad, 'one of 1 MiB exactly is whole');
    my @rejects = split /\n/, slurp("$folder/rejects");
    is($rejects[0], "3\tlonger than $mib bytes\t"
            . substr(row(NAME => 'X' x ($pad + 1)), 0, 64 * 1024),
        'of a long one the first 64 KiB are kept');
    is($rejects[2], "7\tlonger than $mib bytes\t" . "Y\\\\" x (32 * 1024), 'of the last one too');
    indiv('x|' x 100_000 . "\n", '--max-rejects', 1, '--rejects', "$folder/rejects");
    is(slurp("$folder/rejects"), "1\t100001 fields instead of 21\t" . 'x|' x (32 * 1024) . "\n",
        'and of one that is no record for another reason');
    is($result->{stats}{bytes}, length $input, 'all bytes are counted');
    my $all = indiv(row(NAME => "\x80" x $pad) . "\n");
    is((records($all))[0]{contributor_name}, "\xe2\x82\xac" x $pad, 'a long line of Windows-1252');
    $all = indiv(row(NAME => "\\" x $pad) . "\n");
    is((records($all))[0]{contributor_name}, "\\\\" x $pad, 'a long line of backslashes');
    is(kinds(indiv('|' x $mib . "\n", '--max-rejects', 1)), 'fields=1',
        'a line of nothing but separators');
    is(kinds(parse("C1|\xff" . '|' x $mib . "\n", 'oppexp', '--cycle', 2018, '--max-rejects', 1)),
        'long=1', 'just above the limit');
};

subtest 'memory is constant' => sub {
    my $limit = 'ulimit -v 32768 2>/dev/null && exec "$0" "$@"';
    plan skip_all => 'memory cannot be limited here'
        unless run(['sh', '-c', $limit, $parse, '--version'])->{out} =~ /fec-parse/;
    my $file = spew("$folder/long", row() . "\n", 'Z' x 80_000_000, "\n", row() . "\n");
    my $result = run(['sh', '-c', $limit, $parse, 'indiv', '--cycle', 2018,
        '--max-rejects', 1], stdin_file => $file, env => {LC_ALL => 'C'});
    is($result->{status}, 0, 'a line of 80 MB passes within 32 MB of address space');
    is(($result->{out} =~ tr/\n//), 3, 'and the lines around it are records');
};

subtest 'the extra field of oppexp' => sub {
    my $line = slurp("$golden/oppexp.txt");
    my ($with, $without) = (split /\n/, $line)[0, 1];
    is(parse("$_\n", 'oppexp', '--cycle', 2018)->{stats}{records}, 1, 'it may be there or not')
        for $with, $without, "$with \r";
    my $result = parse("${with}X\n$with|\n", 'oppexp', '--cycle', 2018, '--max-rejects', 2);
    is(kinds($result), 'fields=2', 'if it is used, or is not the last, the line is rejected');
    like($result->{err}, qr/field 26 is not empty/, 'with the reason');
};

subtest 'garbage' => sub {
    my $state = 1;
    my $bytes = join '', map {
        $state = ($state * 1103515245 + 12345) % 2**31;
        chr($state >> 16 & 255)
    } 1 .. 300_000;
    my $result = indiv($bytes, '--max-rejects', '100%', '--rejects', "$folder/rejects",
        '--allow-cut');
    is($result->{status}, 0, 'is rejected in peace');
    is($result->{stats}{bytes}, length $bytes, 'to its end');
    my $back = join "\n", map { (split /\t/, $_, 3)[2] } split /\n/, slurp("$folder/rejects");
    $back =~ s/\\(.)/{t => "\t", r => "\r", '\\' => '\\'}->{$1}/ge;
    is($back, join("\n", grep { !/^[ \t\r]*\z/ } split /\n/, $bytes),
        'and the rejects have every byte of it');
    $result = indiv("PK\3\4\24\0\0\0");
    is($result->{status}, 65, 'a zip archive is refused');
    like($result->{err}, qr/fec-unzip/, 'with the name of the program that reads it');
};

subtest 'how the input is cut into blocks makes no difference' => sub {
    my $input = join '', map {
        row(SUB_ID => 1000 + $_, NAME => 'N' x ($_ % 37), CITY => $_ % 5 ? 'X' : "\xe9\\",
            EMPLOYER => ' E ' x ($_ % 3))
            . ($_ % 11 ? "\n" : "\r\n") . ($_ % 17 ? '' : "\n")
    } 1 .. 300;
    my $whole = indiv($input)->{out};
    for my $size (1, 2, 3, 61, 63, 64, 65, 127, 4093, 'uneven') {
        pipe(my $read, my $write) or die;
        my $pid = fork() // die "fork: $!";
        if ($pid == 0) {
            close $write;
            open(STDIN, '<&', $read);
            open(STDOUT, '>', "$folder/out");
            exec($parse, 'indiv', '--cycle', 2018) or POSIX::_exit(127);
        }
        close $read;
        local $SIG{PIPE} = 'IGNORE';
        my ($at, $n) = (0, 0);
        while ($at < length $input) {
            my $part = $size eq 'uneven' ? 1 + ($n++ * 7919) % 300 : $size;
            syswrite($write, $input, $part, $at) // last;
            $at += $part;
        }
        close $write;
        waitpid($pid, 0);
        ok($? == 0 && slurp("$folder/out") eq $whole, "pieces of $size");
    }
    my $long = $input x 40;
    for my $lead (0 .. 66, 1000, 16383) {
        my $first = row(NAME => 'L' x $lead) . "\n";
        my $expected = indiv($first)->{out} . substr($whole, index($whole, "\n") + 1) x 40;
        next if indiv($first . $long)->{out} eq $expected;
        fail("moved by $lead bytes");
    }
    pass('at any place of the boundaries of blocks and windows');
};

subtest 'the header dictionary' => sub {
    my $check = sub {
        my ($text, $type) = @_;
        return parse('', $type // 'indiv', '--cycle', 2018,
            '--header', spew("$folder/header", $text));
    };
    my $differs = sub {
        my ($what, $columns, @expected) = @_;
        my $result = $check->(join(',', @$columns) . "\r\n");
        is($result->{status}, 65, "$what stops the run");
        is($result->{out}, '', 'before any output');
        is($result->{err},
            "fec-parse: $folder/header: not the columns of indiv that fec-parse knows: "
            . join('; ', @expected) . "\n", "all in one line: @expected");
    };
    is($check->(join(',', @names) . "\r\n")->{status}, 0, 'the right one passes');
    is($check->("\xef\xbb\xbf" . join(' , ', map { lc } @names))->{status}, 0,
        'case, blanks, a byte order mark and line ends do not matter');
    is($check->('"' . join('","', @names) . "\"\n\n")->{status}, 0, 'nor do quotes');

    my @changed = @names;
    $changed[4] = 'PAGE';
    $differs->('a renamed column', \@changed,
        'column 5: the dictionary has PAGE, fec-parse expects IMAGE_NUM');
    $differs->('a column after the last', [@names, 'EXTRA'], 'new column EXTRA at 22');
    $differs->('a column before the first', ['EXTRA', @names], 'new column EXTRA at 1');
    $differs->('a missing column', [@names[0 .. 6, 8 .. 20]],
        'column NAME is missing, fec-parse expects it at 8');
    $differs->('a column twice', [@names, 'NAME'], 'column NAME is there twice, at 8 and 22');
    @changed = @names;
    @changed[7, 8] = @changed[8, 7];
    $differs->('two columns in each other\'s place', \@changed,
        'column 8: the dictionary has CITY, fec-parse expects NAME',
        'column 9: the dictionary has NAME, fec-parse expects CITY');
    is($check->('')->{status}, 65, 'an empty file stops the run');
    is($check->("<html>\n<body>404</body>\n")->{status}, 65, 'something else stops the run');
    is($check->(join(',', @names) . "\r\n" . row() . "\n")->{status}, 65,
        'a second line stops the run');
    is($check->('A,' x 200)->{status}, 65, 'too many columns stop the run');
    is($check->("\"CMTE_ID,AMNDT_IND")->{status}, 65, 'an unmatched quote stops the run');
    is(indiv('', '--header', "$folder/none")->{status}, 66,
        'a file that is not there stops the run');
    my @oppexp = map { (split /\t/)[1] } grep { !/^(?:sub_id|cycle)\t|_as_filed\t/ }
        split /\n/, run([$parse, '--columns', 'oppexp'])->{out};
    splice @oppexp, 21, 0, 'SUB_ID';
    is($check->(join(',', @oppexp), 'oppexp')->{status}, 0,
        'oppexp: the field that no dictionary lists is not missed');
};

subtest 'independent_expenditure is true CSV' => sub {
    my @lines   = split /\r\n/, slurp("$golden/independent_expenditure.txt");
    my $header  = shift @lines;
    my @columns = split /,/, $header;
    my $csv     = sub {
        my ($text, @options) = @_;
        return parse($text, 'independent_expenditure', '--cycle', 2018, @options);
    };
    my %value = (cand_id => 'H8VT00101', spe_id => 'C00000102', exp_amo => '5',
        file_num => '00123', tran_id => 'SE.1');
    my $line = sub {
        my ($order, %other) = @_;
        my %all = (%value, %other);
        return join(',', map { $all{$_} // '' } @$order) . "\n";
    };
    my $plain = $csv->("$header\n" . $line->(\@columns));
    my ($record) = records($plain);
    like($record->{record_key}, qr/^123-SE\.1-[0-9a-f]{16}\z/,
        'the key is of filing, transaction and a hash');
    is($csv->(uc($header) . "\n" . $line->(\@columns))->{out}, $plain->{out},
        'case of the header does not matter');
    my @order = reverse @columns;
    is($csv->(join(',', @order) . "\n" . $line->(\@order))->{out}, $plain->{out},
        'nor does the order of columns');
    ($record) = records($csv->("$header\n" . $line->(\@columns, tran_id => '', file_num => '')));
    like($record->{record_key}, qr/^--[0-9a-f]{16}\z/, 'missing parts of the key are empty');
    my @keys = map { $_->{record_key} }
        records($csv->("$header\n" . join '', map { $line->(\@columns, pay => $_) } 'A', 'B', 'A'));
    ok($keys[2] eq "$keys[0]-2" && $keys[0] ne $keys[1],
        'equal rows have equal keys and a number, others have others');

    ($record) = records($csv->("$header\n"
        . $line->(\@columns, pay => "\" A\n\"\"B\"\", C \"", pur => 'X "Y" Z')));
    is($record->{payee_name}, 'A\\n"B", C', 'commas, quotes and newlines in a quoted field');
    is($record->{expenditure_description}, 'X "Y" Z', 'quotes in a field without quotes are data');
    my $result = $csv->("$header\n\n" . $line->(\@columns) . "\r\n"
        . $line->(\@columns, pay => '"A"') . "a,b\n",
        '--max-rejects', 1, '--rejects', "$folder/rejects");
    is("$result->{stats}{records} $result->{stats}{blank_lines} " . kinds($result), '2 2 fields=1',
        'blank lines are passed over, a row with other fields is rejected');
    is(slurp("$folder/rejects"), "6\t2 fields instead of 23\ta,b\n", 'and kept');
    $result = $csv->("$header\n" . $line->(\@columns, pay => "\"\n\n\"", exp_amo => 'x'),
        '--max-rejects', 1, '--rejects', "$folder/rejects");
    like(slurp("$folder/rejects"), qr/^2\texp_amo is no amount\t.*"\\n\\n".*\n\z/,
        'a row of several lines is kept as one');
    $result = $csv->("$header\n" . $line->(\@columns) . "a,\"b\nc\n");
    is($result->{status}, 65, 'a quote that is never closed is an error');
    like($result->{err}, qr/line 3: a quote is opened/, 'with the line on which the row began');
    is($csv->("$header\n\"" . "x\n" x 2_000_000)->{status}, 65, 'also if there is no end to it');
    my $cut = substr($line->(\@columns), 0, -1);
    is($csv->("$header\n$cut")->{status}, 65, 'a last row without a newline is refused');
    is($csv->("$header\n$cut", '--allow-cut')->{out}, $plain->{out}, 'but for --allow-cut');
    is($csv->("\xef\xbb\xbf$header\r\n" . $line->(\@columns))->{out}, $plain->{out},
        'a byte order mark is passed over');

    for (
        ['new column EXTRA at 24', "$header,EXTRA"],
        ['column dissem_dt is missing', $header =~ s/,dissem_dt//r],
        ['column pay is there twice', "$header,pay"],
        ['no header row', ''],
    ) {
        $result = $csv->("$_->[1]\n");
        is($result->{status}, 65, "$_->[0] stops the run");
        like($result->{err}, qr/standard input: (?:.* knows: )?\Q$_->[0]\E/, 'and is named');
    }
};

subtest 'a quote too many in a CSV file costs its own line only' => sub {
    my @columns = split /,/, slurp("$golden/independent_expenditure.txt") =~ s/\r\n.*//sr;
    # Rows with these payees, the rest of each from its number.
    my $rows = sub {
        my ($number, %all) = (0);
        return map {
            $number++;
            %all = (spe_id => 'C00000102', exp_amo => $number, tran_id => "SE.$number",
                pay => $_);
            join(',', map { $all{$_} // '' } @columns) . "\n";
        } @_;
    };
    my $csv = sub {
        my ($text, @options) = @_;
        return parse(join(',', @columns) . "\n$text", 'independent_expenditure', '--cycle', 2018,
            '--rejects', "$folder/rejects", '--max-rejects', '100%', @options);
    };
    # What becomes of rows with these payees: the numbers of those that are records, and of the
    # lines that are rejected.
    my $fate = sub {
        my $result = $csv->(join '', $rows->(@_));
        my @numbers = map { $_->{transaction_id} =~ s/SE\.//r } records($result);
        my @rejected = slurp("$folder/rejects") =~ /^(\d+)\t/mg;
        is($result->{stats}{lines}, @numbers + @rejected, 'every line is a record or rejected');
        return join(' ', @numbers) . ' / ' . join(' ', map { $_ - 1 } @rejected);
    };
    is($fate->('A', '"B', 'C', 'D', '"E"', 'F'), '1 3 4 5 6 / 2',
        'up to a quoted field that comes later');
    is($fate->('A', '"B', 'C', 'D', 'E'), '1 3 4 5 / 2', 'up to the end of the file');
    is($fate->('A', '"B', 'C', 'D "Q"', 'E'), '1 3 4 5 / 2',
        'also if the row of several lines that it makes has the right number of fields');
    is($fate->('"B', 'C', '"D', 'E'), '2 4 / 1 3', 'several times');
    is($fate->('"B', '"C', '"D', 'E'), '4 / 1 2 3', 'in lines one after the other');
    is($fate->('"A', ('B') x 1500, '"C"', 'D'), join(' ', 2 .. 1503) . ' / 1',
        'with more lines after it than a row can have');
    is($fate->('"A', ('B' x 2000) x 600, 'D'), join(' ', 2 .. 602) . ' / 1',
        'with more bytes after it than a row can have');
    is($fate->("\"A\nB\"", 'C'), '1 2 / ', 'a quoted field of two lines is left as it is');
    is($fate->("\"A\n,,,\n\n\"\"B\"\"\"", 'C'), '1 2 / ',
        'of several lines with commas and quotes');
    is($fate->('A', '"B', "\"C\nTWO\"", 'D'), '1 3 4 / 2',
        'also if the row after it is of several lines');
    my @strays = $rows->('A', 'B', 'C', 'D');
    $strays[1] = '"H8VT00101' . $strays[1];
    $strays[2] =~ s/^,/"H8VT00101",/;
    my $stray = $csv->(join '', @strays);
    is("$stray->{stats}{records} $stray->{stats}{rejected}", '3 1',
        'in front of the first field, when the next line has quotes around its own');
    my $first = $csv->(join '', map { s/^,/"H8VT00101\n",/r } $rows->('A', 'B'));
    is("$first->{stats}{records} $first->{stats}{rejected}", '2 0', 'the first field too');
    is($csv->(($rows->('"A'))[0] =~ s/\n//r)->{status}, 65, 'a last line that is cut is refused');
    my $usual = $csv->(join('', $rows->('A', '"B', ('C') x 400, '"D"')), '--max-rejects', '0');
    like($usual->{err}, qr/the first is line 3: a quote is opened/, 'the message names the line');
};

subtest '--types is the list of datasets and endpoints' => sub {
    my @lines = split /\n/, run([$parse, '--types'])->{out};
    my %line  = map { (split /\t/)[0] => $_ } @lines;
    is($line{indiv}, "indiv\tbulk\tcontribution\tsub_id\titcont.txt\t1\t1980\tindiv\tcontributions",
        'a dataset has kind, table, key, member, header, first cycle, its own name and a label');
    is($line{independent_expenditure}, join("\t", qw(independent_expenditure bulk
            independent_expenditure record_key - 0 2010 independent_expenditure),
            'independent expenditures'), 'a plain file has - for the member');
    is($line{schedule_a}, "schedule_a\tapi\tcontribution\tsub_id\t-\t0\t1980\tindiv\tcontributions",
        'an endpoint has table, key, first cycle and label of the bulk file of the same rows');
    is_deeply([map { (split /\t/)[0] } @lines], [qw(cm cn ccl indiv pas2 oth oppexp weball webl webk
            independent_expenditure committee_summary candidate_summary CommunicationCosts
            ElectioneeringComm Form1Filer Form2Filer committees candidates schedule_a)],
        'the order is that of application: masters before the rows that name them');
    is_deeply({map { my @f = split /\t/; $f[1] eq 'bulk' ? @f[0, 6] : () } @lines},
        {(map { $_ => 1980 } qw(cm cn indiv pas2 oth weball)), webl => 1996, webk => 1996,
            ccl => 2000, oppexp => 2004,
            (map { $_ => 2008 } qw(committee_summary candidate_summary Form2Filer)),
            (map { $_ => 2010 } qw(independent_expenditure CommunicationCosts ElectioneeringComm
                Form1Filer))},
        'each dataset says since when the FEC has it');
};

subtest 'options' => sub {
    is(run([$parse, @$_])->{status}, 64, "fec-parse @$_ is refused")
        for [], ['indiv'], ['nonesuch', '--cycle', 2018], ['indiv', '--cycle', 2017],
        ['indiv', '--cycle', 'x'], ['indiv', 'cm', '--cycle', 2018], ['--types', 'indiv'],
        ['--columns'], ['indiv', '--cycle', 2018, '--rejects', '-'],
        ['independent_expenditure', '--cycle', 2018, '--header', 'x'];
    for my $option ('--rejects', '--reject-keys') {
        my $in = spew("$folder/in", row() . "\n");
        my $result = run([$parse, 'indiv', '--cycle', 2018, $option, $in], stdin_file => $in);
        ok($result->{status} == 64 && -s $in, "$option that is the input is refused");
    }
    is(run([$parse, 'indiv', '--cycle', 2018, '--rejects', "$folder/r", '--reject-keys',
        "$folder/r"])->{status}, 64, 'and one file for both');
    for my $type (bulk_types()) {
        my @columns = map { (split /\t/)[0] } split /\n/, run([$parse, '--columns', $type])->{out};
        is(join("\t", @columns) . "\n", slurp("$golden/$type.tsv") =~ s/\n.*/\n/sr,
            "--columns $type is the header line");
    }
    like(run([$parse, '--columns', 'indiv'])->{out},
        qr/^contribution_receipt_amount\tTRANSACTION_AMT\tamount$/m,
        '--columns has name, name at the FEC and kind');
SKIP: {
        skip 'no /dev/full here', 2 unless -e '/dev/full';
        is(indiv("bad\n", '--rejects', '/dev/full', '--max-rejects', 1)->{status}, 74,
            'no room for the rejects');
        is(run(['sh', '-c', '"$0" indiv --cycle 2018 >/dev/full </dev/null', $parse])->{status}, 74,
            'no room for the records');
    }
    my $input = spew("$folder/many", (row() . "\n") x 20_000);
    my $result = run(['sh', '-c', '"$0" indiv --cycle 2018 | head -n 1', $parse],
        stdin_file => $input);
    is($result->{err}, '', 'a reader that goes away is no error');
};

done_testing();
