#!/usr/bin/env perl
# sample.t - does fec-sample write what its manifest and its expected records say?
#
# What the files hold is counted here by plain means: unzip -p, split, hashes.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use Digest::MD5 qw(md5_hex);
use File::Find qw(find);
use JSON::PP ();
use OpenFec::Rows qw(is_individual);
use Test::More;

my $sample = program('fec-sample');
-x $sample or plan skip_all => "no fec-sample in " . bin();
my $has_unzip = grep { -x "$_/unzip" } split /:/, $ENV{PATH};
$has_unzip or plan skip_all => 'unzip is not installed';

my $scratch = scratch();

# Makes a sample in a folder of its own; returns the folder.
sub make {
    my ($name, @options) = @_;
    my $result = run([$sample, '--out', "$scratch/$name", '--cycle', 2026, @options]);
    is($result->{status} . $result->{err}, '0', "fec-sample @options ends well and is silent");
    return "$scratch/$name";
}

# The names and contents of all files under a folder, in one string.
sub all_of {
    my ($folder) = @_;
    my %content;
    find(sub { $content{substr $File::Find::name, length $folder} = md5_hex(slurp($_)) if -f },
        $folder);
    return join "\n", map { "$_ $content{$_}" } sort keys %content;
}

sub member {
    my ($zip, $name) = @_;
    return run(['unzip', '-p', $zip, defined $name ? $name : ()])->{out};
}

sub members { return split /\n/, run(['unzip', '-Z1', $_[0]])->{out} }

# Lines without their ends; a last empty one does not count.
sub lines_of { return split /\n/, $_[0] }

# A file of expected records: the header's names and the records by key.
sub expected {
    my ($path) = @_;
    my ($header, @records) = lines_of(slurp($path));
    my %record = map { (/^([^\t]+)/)[0] => $_ } @records;
    return {names => [split /\t/, $header], record => \%record, count => scalar @records};
}

# name, field of the key, of the date, of the amount, of the committee (from 0, -1 for none)
my %place = (
    cm    => [0,  -1, -1, 0],
    cn    => [0,  -1, -1, -1],
    ccl   => [6,  -1, -1, 3],
    indiv => [20, 13, 14, 0],
    pas2  => [21, 13, 14, 0],
    oth   => [20, 13, 14, 0],
    oppexp => [21, 12, 13, 0],
    weball => [0, 27, 5, -1],
    webl   => [0, 27, 5, -1],
    webk   => [0, 26, 5, 0],
);
my %fields = (cm => 15, cn => 15, ccl => 7, indiv => 21, pas2 => 22, oth => 21, oppexp => 26,
    weball => 30, webl => 30, webk => 27);

my $one = make('one', qw(--rows 2000 --months 3 --expect --text));

subtest 'the same options give the same bytes, another seed gives others' => sub {
    my $again = make('again', qw(--rows 2000 --months 3 --expect --text));
    is(all_of($again), all_of($one), 'the same bytes');
    my $seed = make('seed', qw(--rows 2000 --months 3 --seed 2 --expect --text));
    isnt(slurp("$seed/month-1/2026/indiv26.zip"), slurp("$one/month-1/2026/indiv26.zip"),
        'another seed, other rows');
    is((stat "$again/month-2/2026/cm26.zip")[9], (stat "$one/month-2/2026/cm26.zip")[9],
        'files have the same times');
    cmp_ok((stat "$one/month-2/2026/cm26.zip")[9] - (stat "$one/month-1/2026/cm26.zip")[9],
        '>=', 28 * 86400, 'and those of the next month are a month later');
};

subtest 'archives are whole' => sub {
    for my $zip (glob "$one/month-2/2026/*.zip") {
        is(run(['unzip', '-tq', $zip])->{status}, 0, "unzip finds no fault with $zip");
    }
    for my $way (['--zip64'], ['--descriptors'], ['--zip64', '--descriptors'], ['--level', 1]) {
        my $folder = make("way@$way", qw(--rows 500 --months 1), @$way);
        my $zip = "$folder/month-1/2026/indiv26.zip";
        is(run(['unzip', '-tq', $zip])->{status}, 0, "nor with one of @$way");
    }
};

subtest 'the plain texts are the members' => sub {
    for my $name (sort keys %place) {
        my $zip = "$one/month-2/2026/${name}26.zip";
        my ($first) = members($zip);
        ok(member($zip, $first) eq slurp("$one/month-2/text/$first"), "$first of $name");
    }
};

subtest 'the manifest counts what is in the files' => sub {
    for my $month (1 .. 3) {
        my $manifest = stats_of("$one/month-$month/manifest");
        for my $name (sort keys %place) {
            my $zip = "$one/month-$month/2026/${name}26.zip";
            my ($key, $date, $amount, $committee) = @{$place{$name}};
            my (%line, %other, $repeated, $conflicting, $wrong);
            my ($undated, $empty, $cents, %committees) = (0, 0, 0);
            my @lines = lines_of(member($zip, (members($zip))[0]));
            $repeated = $conflicting = $wrong = 0;
            for my $line (@lines) {
                my @value = split /\|/, $line, -1;
                $wrong++ if @value != $fields{$name};
                my $id = $value[$key] =~ s/^0+(?=\d)//r;
                if (!defined $line{$id}) { }
                elsif ($line{$id} eq $line) { $repeated++ }
                else { $conflicting++ }
                $line{$id} = $line;
            }
            for my $line (values %line) {
                my @value = split /\|/, $line, -1;
                $committees{$value[$committee]} = 1 if $committee >= 0;
                if ($date >= 0) {
                    $empty++ if $value[$date] eq '';
                    $undated++ if $value[$date] =~ m{^(02/?30/?2025|00/?00/?0000|13/?45/?2025)$};
                }
                $cents += sprintf '%.0f', 100 * $value[$amount] if $amount >= 0;
            }
            is($wrong, 0, "month $month, $name: each line has its $fields{$name} fields");
            my %found = (lines => scalar @lines, records => scalar keys %line, broken => 0,
                repeated => $repeated, conflicting => $conflicting, undated => $undated,
                no_date => $empty);
            $found{committees} = keys %committees if $committee >= 0;
            $found{amount_total} = sprintf '%.2f', $cents / 100 if $amount >= 0;
            is_deeply({map { $_ => $manifest->{"$name.$_"} } keys %found}, \%found,
                "month $month, $name: counts");
        }
    }
};

subtest 'months differ as the manifest says' => sub {
    my %before;
    for my $month (1 .. 3) {
        my $manifest = stats_of("$one/month-$month/manifest");
        for my $name (sort keys %place) {
            my $now = expected("$one/month-$month/expected/$name.tsv")->{record};
            my $then = $before{$name} // {};
            my %found = (new => 0, changed => 0, unchanged => 0, withdrawn => 0);
            for my $key (keys %$now) {
                $found{!defined $then->{$key}          ? 'new'
                    : $then->{$key} eq $now->{$key} ? 'unchanged' : 'changed'}++;
            }
            $found{withdrawn} = grep { !defined $now->{$_} } keys %$then;
            is_deeply({map { $_ => $manifest->{"$name.$_"} } keys %found}, \%found,
                "month $month, $name");
            next if $month == 1;
            ok($found{changed} > 0, "month $month, $name: something is corrected");
            ok($found{withdrawn} > 0, "month $month, $name: something is withdrawn");
            ok($found{new} > 0, "month $month, $name: something is added");
        } continue {
            $before{$name} = expected("$one/month-$month/expected/$name.tsv")->{record};
        }
    }
};

subtest 'a withdrawn record number never comes again, and pas2 is in oth' => sub {
    my (%gone, %before);
    for my $month (1 .. 3) {
        my $now = expected("$one/month-$month/expected/indiv.tsv")->{record};
        is(scalar(grep { $gone{$_} } keys %$now), 0, "month $month");
        $gone{$_} = 1 for grep { !defined $now->{$_} } keys %before;
        %before = %$now;
        my $pas2 = expected("$one/month-$month/expected/pas2.tsv")->{record};
        my $oth = expected("$one/month-$month/expected/oth.tsv")->{record};
        is(scalar(grep { !defined $oth->{$_} } keys %$pas2), 0, "month $month: pas2 is in oth");
        is(scalar(grep { defined $oth->{$_} } keys %$now), 0, "month $month: indiv is not");
    }
    ok((grep { /\tA\t/ } values %before) > 0, 'amended reports are there');
};

subtest 'every quirk is there among 2,000 rows' => sub {
    my $indiv = slurp("$one/month-1/text/itcont.txt");
    my %quirk = (
        'quotes'               => qr/ "S" /,
        'an unmatched quote'   => qr/\|"NOT EMPLOYED\|/,
        'a backslash'          => qr/\\,/,
        'Latin-1'              => qr/\xe9/,
        'Windows-1252'         => qr/\x92/,
        'UTF-8'                => qr/\xc3\x91/,
        'a backspace'          => qr/\x08/,
        'a tab'                => qr/[A-Z]\t[A-Z]/,
        'blanks around'        => qr/\|  [A-Z][^|]* \|/,
        'nothing but blanks'   => qr/\|   \|/,
        'small letters'        => qr/\|[a-z]+, [a-z. ]+\|/,
        'a date of 7 digits'   => qr/\|[1-9]\d{2}20\d\d\|-?\d/,
        'an empty date'        => qr/\|\|-?\d+\|[^|]*\|[^|]*\|\d+\|X?\|[^|]*\|\d+\n/,
        'February 30'          => qr/\|02302025\|/,
        'a date of zeros'      => qr/\|00000000\|/,
        'month 13'             => qr/\|13452025\|/,
        'a negative amount'    => qr/\|-\d+\|/,
        'cents'                => qr/\|\d+\.\d\d?\|/,
        'a number with zeros'  => qr/\|000\d+\|X?\|[^|]*\|\d+\n/,
        'a large SUB_ID'       => qr/\|9223372036\d{9}\n/,
    );
    ok($indiv =~ $quirk{$_}, $_) for sort keys %quirk;
    my $manifest = stats_of("$one/month-1/manifest");
    cmp_ok($manifest->{"$_.repeated"}, '>', 0, "an exact repeat in $_") for qw(cm cn indiv);
    cmp_ok($manifest->{'cm.conflicting'}, '>', 0, 'a key with two contents in cm');

    my $plain = make('plain', qw(--rows 2000 --months 1 --text --odd 0));
    unlike(slurp("$plain/month-1/text/itcont.txt"), qr/[^\x20-\x7e\n]|"|\\|\|-|[|] |[a-z]/,
        'and none with --odd 0');
};

subtest 'expected records have the canonical values' => sub {
    my $indiv = expected("$one/month-1/expected/indiv.tsv");
    is("@{$indiv->{names}}", 'sub_id cycle committee_id amendment_indicator report_type '
        . 'election_type image_number receipt_type entity_type contributor_name contributor_city '
        . 'contributor_state contributor_zip contributor_employer contributor_occupation '
        . 'contribution_receipt_date contribution_receipt_amount other_id transaction_id '
        . 'file_number memo_code memo_text contribution_receipt_date_as_filed', 'names of indiv');
    my $filed = slurp("$one/month-1/text/itcont.txt");
    my ($wrong, %as_filed) = (0);
    for (values %{$indiv->{record}}) {
        my @value = split /\t/, $_, -1;
        $wrong++ if @value != 23 || $value[1] ne '2026' || $value[15] !~ /^(\\N|\d{4}-\d\d-\d\d)$/
            || $value[16] !~ /^-?\d+\.\d\d$/ || $value[19] !~ /^[1-9]\d*$/
            || grep { $_ eq '' || /^ | $/ || !utf8::decode(my $copy = $_) } @value;
        $as_filed{$value[22]}++;
    }
    is($wrong, 0, 'each is well formed');
    is_deeply([sort keys %as_filed], ['00000000', '02302025', '13452025', '\\N'],
        'invalid dates stand as filed');
    my $all = join "\n", values %{$indiv->{record}};
    like($all, qr/\xc3\xa9/, 'Latin-1 has become UTF-8');
    like($all, qr/\xe2\x80\x99/, 'and so has Windows-1252');
    like($all, qr/[A-Z]\\t[A-Z]/, 'a tab is escaped');
    like($all, qr/\\\\,/, 'a backslash, too');
    unlike($all, qr/\x08/, 'a backspace is gone');

    my $cm = expected("$one/month-1/expected/cm.tsv");
    is($cm->{count}, scalar keys %{$cm->{record}}, 'a key comes once in cm');
    my %last = map { (split /\|/)[0] => $_ } lines_of(slurp("$one/month-1/text/cm.txt"));
    my @late = grep { (split /\t/, $cm->{record}{$_})[3] ne (split /\|/, $last{$_})[2] } keys %last;
    is("@late", '', 'and has the content of its last line');
};

subtest 'by_date holds the rows of itcont.txt again' => sub {
    my $folder = make('dates', qw(--rows 5000 --months 2 --datasets indiv --broken 7));
    for my $month (1, 2) {
        my $zip = "$folder/month-$month/2026/indiv26.zip";
        my ($first, @pieces) = members($zip);
        is($first, 'itcont.txt', 'itcont.txt comes first');
        is(join(' ', grep { !m{^by_date/itcont_2026_(\d{8}_\d{8}|invalid_dates)\.txt$} } @pieces),
            '', 'then the pieces');
        my $pieces = join '', map { member($zip, $_) } @pieces;
        is(join("\n", sort(lines_of($pieces))), join("\n", sort(lines_of(member($zip, $first)))),
            'which have the same lines');
        for my $piece (grep { /\d{8}_/ } @pieces) {
            my ($from, $to) = $piece =~ /(\d{8})_(\d{8})/;
            my @days = map { s/^(\d{4})(\d{4})$/$2$1/r } map { sprintf '%08d', (split /\|/)[13] }
                lines_of(member($zip, $piece));
            is(scalar(grep { $_ lt $from || $_ gt $to } @days), 0, "of the days of $piece");
        }
        my @broken = grep { tr/|// != 20 || /\|$/ } lines_of(member($zip, $first));
        is(scalar @broken, 7, 'and lines that cannot be a record where they are asked for');
        is(stats_of("$folder/month-$month/manifest")->{'indiv.broken'}, 7, 'which are counted');
    }
    my $without = make('without', qw(--rows 50 --months 1 --datasets indiv --no-by-date));
    is(join(' ', members("$without/month-1/2026/indiv26.zip")), 'itcont.txt', 'unless unwanted');
};

subtest 'header dictionaries' => sub {
    my @files = map { s{.*/}{}r } glob "$one/month-1/data_dictionaries/*";
    is("@files", join(' ', map {"${_}_header_file.csv"} sort qw(cm cn ccl indiv pas2 oth oppexp)),
        'of the files that have one');
    for my $name (qw(cm cn ccl indiv pas2 oth oppexp)) {
        my $header = slurp("$one/month-1/data_dictionaries/${name}_header_file.csv");
        like($header, qr/^[A-Z0-9_,]+\r\n\z/, "$name: one line, CRLF");
        is(scalar(split /,/, $header), $fields{$name} - ($name eq 'oppexp'), "$name: its columns");
        my $real = (real_data() // '') . "/data_dictionaries/${name}_header_file.csv";
        is($header, slurp($real), "$name: as the FEC has it") if -f $real;
    }
};

# Splits CSV (RFC 4180) into records of values.
sub csv_records {
    my ($text) = @_;
    my @records = ([]);
    while ($text =~ /\G(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/gc) {
        my ($quoted, $plain, $end) = ($1, $2, $3);
        push @{$records[-1]}, defined $quoted ? $quoted =~ s/""/"/gr : $plain;
        push @records, [] if $end eq "\n";
    }
    pop @records;
    return @records;
}

subtest 'independent_expenditure is true CSV' => sub {
    my $folder = make('csv', qw(--datasets independent_expenditure --months 2 --expect
        --size independent_expenditure=2000));
    my $text = slurp("$folder/month-2/2026/independent_expenditure_2026.csv");
    my ($header, @records) = csv_records($text);
    my $manifest = stats_of("$folder/month-2/manifest");
    is(scalar @records, $manifest->{'independent_expenditure.records'}, 'records as counted');
    is(scalar(grep { @$_ != 23 } $header, @records), 0, 'each of 23 values');
    ok((grep { /\n/ } map { @$_ } @records) > 0, 'a line end in a value');
    ok((grep { /"/ } map { @$_ } @records) > 0, 'a quotation mark in a value');
    ok((grep { /,/ } map { @$_ } @records) > 0, 'a comma in a value');
    my ($names, @expected) =
        lines_of(slurp("$folder/month-2/expected/independent_expenditure.tsv"));
    is(scalar @expected, scalar @records, 'as many expected');
    like($names, qr/^record_key\tcycle\tcandidate_id\t.*\texpenditure_date_as_filed\t/, 'names');
    my @named = map { (split /\t/)[15] =~ s/\\n/\n/gr } @expected;
    my @filed = map { my $v = $_->[13]; $v =~ /^ *$/ ? '\\N' : $v } @records;
    is_deeply(\@named, \@filed, 'the purposes are those of the file');
};

# The rows of a file of the API by key, and how many lines it has.
sub api_rows {
    my ($path, $key) = @_;
    my $json = JSON::PP->new;
    my @rows = map { $json->decode($_) } lines_of(slurp($path));
    return {map { $_->{$key} => $_ } @rows}, scalar @rows;
}

# A record's values by the names of the columns, as characters; NULL is undef.
sub values_of {
    my ($expected, $record) = @_;
    my %escaped = (t => "\t", n => "\n", r => "\r", '\\' => '\\');
    my @values = map {
        my $value = $_;
        $value =~ s/\\(.)/$escaped{$1} \/\/ ''/ge if $value ne '\\N';
        utf8::decode($value);
        $value eq '\\N' ? undef : $value;
    } split /\t/, $record, -1;
    my %value;
    @value{@{$expected->{names}}} = @values;
    return \%value;
}

# Counts the rows that only the API has, and those that it should not have.
sub check_api_only {
    my ($count, @rows) = @_;
    for my $row (@rows) {
        my ($type, $amount) = @{$row}{qw(receipt_type contribution_receipt_amount)};
        $count->{defined $type ? 'of other codes' : 'not coded'}++;
        $count->{'wrong api only'}++ if defined $type ? $type !~ /\A(?:15J|10J|18K)\z/
            : $amount >= 200 || !$row->{is_individual};
    }
}

subtest 'the API has the same rows' => sub {
    my @options = (qw(--rows 800 --months 3 --expect --text --datasets), 'cm,cn,indiv');
    my $folder = make('api', @options, '--api');
    my $without = make('no-api', @options);
    is_deeply([grep { !m{^/month-\d/api/} } split /\n/, all_of($folder)],
        [split /\n/, all_of($without)], 'and nothing else is changed by it');
    my (%count, %loaded, $before);
    for my $month (1 .. 3) {
        my $expected = expected("$folder/month-$month/expected/indiv.tsv");
        my ($rows, $lines) = api_rows("$folder/month-$month/api/schedule_a.jsonl", 'sub_id');
        is($lines, scalar keys %$rows, "month $month: each row comes once");
        my @refunds = grep { !$rows->{$_} } keys %{$expected->{record}};
        is(join(' ', grep { !/\A(?:2[012]Y|42Y|24T)\z/ } map { values_of($expected,
                    $expected->{record}{$_})->{receipt_type} } @refunds), '',
            'those of itcont.txt are there, but for refunds');
        $count{refunds} += @refunds;
        check_api_only(\%count, map { delete $rows->{$_} }
            grep { !$expected->{record}{$_} } keys %$rows);
        is(scalar(grep { keys %$_ < 80 } values %$rows), 0, 'all keys in each');
        my %wrong;
        for my $id (keys %$rows) {
            my ($row, $bulk) = ($rows->{$id}, values_of($expected, $expected->{record}{$id}));
            my %same = (other_id => 'contributor_id');
            $count{"action " . ($row->{amendment_indicator} // 'null')}++;
            if ($id !~ /^4/) {
                $count{paper}++;
                $wrong{transaction_id}++ if defined $row->{transaction_id};
                delete $bulk->{transaction_id};
            }
            if (($bulk->{other_id} // '') eq $bulk->{committee_id}) {
                $count{'own id'}++;
                $wrong{other_id}++ if defined $row->{contributor_id}
                    || $row->{unused_contbr_id} ne $bulk->{other_id};
                delete $bulk->{other_id};
            }
            for my $column (grep { !/^(?:sub_id|cycle|.*_as_filed|election_type|amend.*)$/ }
                keys %$bulk) {
                my $value = $row->{$same{$column} // $column};
                $value =~ s/T00:00:00$// if $column =~ /_date$/ && defined $value;
                if ($column eq 'contribution_receipt_amount') {
                    my $cut = sprintf '%.2f', $bulk->{$column} =~ /\.00$/ ? int $value : $value;
                    $count{cents}++ if $cut != $value;
                    $value = $cut;
                }
                $wrong{$column}++ if ($value // 'NULL') ne ($bulk->{$column} // 'NULL');
            }
            my $words = ($row->{fec_election_type_desc} // '') =~ /^([PG])/
                ? "$1$row->{fec_election_year}" : undef;
            for (['election_type', $row->{election_type}], ['election_type', $words]) {
                my ($column, $value) = @$_;
                if (defined $value) { $wrong{$column}++ if $value ne $bulk->{$column} }
                elsif (defined $bulk->{$column}) { $count{"no $column"}++ }
            }
            $count{'election in words'}++ if !defined $row->{election_type} && defined $words;
            $wrong{committee}++ if $row->{committee}{committee_id} ne $row->{committee_id};
            $wrong{is_individual}++ if !$row->{is_individual} != !is_individual(map { $_ // '' }
                    @{$row}{qw(receipt_type contribution_receipt_amount line_number memo_code
                        memo_text)});
            $count{'not individual'}++ if !$row->{is_individual};
            $count{undated}++ if !defined $row->{contribution_receipt_date};
            $count{rows}++;

            my $then = $before && $before->{record}{$id};
            my $loaded = $row->{load_date} // '';
            $wrong{load_date}++ if $loaded !~ /^2026-0[123]-[012]\dT0\d:\d\d:\d\d$/;
            if (!defined $then || $then ne $expected->{record}{$id}) {
                $wrong{'load_date of news'}++ if $loaded !~ /^2026-0$month-/;
            } elsif ($loaded ne $loaded{$id}) {
                # A correction need not make another record.
                $wrong{'load_date of old ones'}++ if $loaded !~ /^2026-0$month-/;
            }
            $loaded{$id} = $loaded;
        }
        is_deeply(\%wrong, {}, 'which say the same, and are loaded in the right month');
        $before = $expected;
    }
    my $share = sub { $count{$_[0]} / $count{rows} };
    ok($share->('cents') > 0.3 && $share->('cents') < 0.5, 'two in five have cents');
    cmp_ok($count{$_} // 0, '>', 0, "some rows are of the kind '$_'")
        for 'refunds', 'not coded', 'of other codes', 'not individual', 'paper', 'own id',
        map { "action $_" } qw(A C N null);
    is($count{'wrong api only'} // 0, 0, 'what only the API has is not coded, or a share');
    ok($share->('election in words') > 0.12 && $share->('election in words') < 0.25,
        'one in six has its election in words only');
    cmp_ok($count{undated}, '>', 0, 'some have no date');
};

subtest 'the API has the same committees and candidates' => sub {
    my $folder = "$scratch/api";
    my %file = (cm => ['committees', 'committee_id'], cn => ['candidates', 'candidate_id']);
    for my $month (1, 3) {
        for my $name (sort keys %file) {
            my ($file, $key) = @{$file{$name}};
            my $expected = expected("$folder/month-$month/expected/$name.tsv");
            my ($rows, $lines) = api_rows("$folder/month-$month/api/$file.jsonl", $key);
            is(join(' ', sort keys %$rows), join(' ', sort keys %{$expected->{record}}),
                "month $month: the same $file");
            is($lines, $expected->{count}, 'each once');
            my %wrong;
            for my $id (keys %$rows) {
                my ($row, $bulk) = ($rows->{$id}, values_of($expected, $expected->{record}{$id}));
                for my $column (grep { exists $row->{$_} } keys %$bulk) {
                    my ($value, $meant) = map { $_->{$column} // 'NULL' } $row, $bulk;
                    $wrong{$column}++ if $value ne $meant;
                }
                my @lists = $name eq 'cm' ? [$row->{candidate_ids}[0], $bulk->{candidate_id}]
                    : ([$row->{election_years}[0], $bulk->{candidate_election_year}],
                    [$row->{principal_committees}[0]{committee_id},
                        $bulk->{principal_committee_id}]);
                for (@lists) { $wrong{lists}++ if ($_->[0] // 'NULL') ne ($_->[1] // 'NULL') }
            }
            is_deeply(\%wrong, {}, 'which say the same');
            my @new = grep { $_->{first_file_date} gt '2026-01-31' } values %$rows;
            ok($month == 1 ? !@new : @new > 0, 'those that are new have filed lately');
        }
    }
};

subtest 'small samples, and larger shares of change' => sub {
    for my $rows (0, 1, 2, 7) {
        my $folder = make("rows$rows", '--rows', $rows, '--expect');
        for my $month (1, 2) {
            my $manifest = stats_of("$folder/month-$month/manifest");
            is($manifest->{'indiv.lines'}, $rows, "--rows $rows, month $month") if $month == 1;
            my $zip = "$folder/month-$month/2026/indiv26.zip";
            is(scalar(lines_of(member($zip, 'itcont.txt'))), $manifest->{'indiv.lines'},
                'as counted');
        }
    }
    my $folder = make('still', qw(--rows 3000 --change 0 --new 0 --withdraw 0 --datasets indiv));
    is(member("$folder/month-1/2026/indiv26.zip", 'itcont.txt'),
        member("$folder/month-2/2026/indiv26.zip", 'itcont.txt'), 'nothing changes if nothing may');
    my $much = make('much', qw(--rows 3000 --change 100 --new 200 --withdraw 150 --datasets indiv));
    my $manifest = stats_of("$much/month-2/manifest");
    my %share = (changed => 300, new => 600, withdrawn => 450);
    for my $what (sort keys %share) {
        my $count = $manifest->{"indiv.$what"};
        ok($count > 0.6 * $share{$what} && $count < 1.4 * $share{$what},
            "about $share{$what} $what: $count");
    }
};

subtest 'errors' => sub {
    my %wrong = (
        'no folder'           => [64, '--cycle', 2026],
        'an odd cycle'        => [64, '--out', "$scratch/x", '--cycle', 2025],
        'an unknown dataset'  =>
            [64, '--out', "$scratch/x", '--cycle', 2026, '--datasets', 'cm,xx'],
        'no number'           => [64, '--out', "$scratch/x", '--cycle', 2026, '--rows', 'many'],
        'a file for a folder' => [73, '--out', "$one/month-1/manifest", '--cycle', 2026],
    );
    for my $what (sort keys %wrong) {
        my ($status, @options) = @{$wrong{$what}};
        my $result = run([$sample, @options]);
        is($result->{status}, $status, "$what ends with $status");
        like($result->{err}, qr/^fec-sample: ./, "and says so");
    }
    SKIP: {
        skip 'no /dev/full', 1 unless -c '/dev/full';
        mkdir "$scratch/full";
        mkdir "$scratch/full/month-1";
        mkdir "$scratch/full/month-1/2026";
        symlink '/dev/full', "$scratch/full/month-1/2026/indiv26.zip";
        my $result = run([$sample, '--out', "$scratch/full", '--cycle', 2026,
            '--datasets', 'indiv']);
        is($result->{status}, 74, 'a full disk ends it with 74');
    }
};

done_testing();
