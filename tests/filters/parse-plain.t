#!/usr/bin/env perl
# parse-plain.t - fec-parse against a plain version of itself in Perl, and on the FEC's real files.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use Test::More;

my $parse  = program('fec-parse');
my $folder = scratch();

# Runs fec-parse with these options on these bytes; adds the statistics to the result.
sub parse {
    my ($bytes, @options) = @_;
    my $result = run([$parse, '--stats', "$folder/stats", @options], stdin => $bytes);
    $result->{stats} = -e "$folder/stats" ? stats_of("$folder/stats") : {};
    return $result;
}

# The same as fec-parse does for indiv, written again, plainly, from the description of the format.
my @cp1252 = (
    0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021,
    0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d, 0x8f,
    0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178,
);

sub plain_text {
    my ($text) = @_;
    my $valid = qr/[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]
        |\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]
        |\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}/x;
    my $clean = '';
    while ($text =~ /\G(?:($valid)|(.))/gs) {
        my $point = defined $2 ? ord $2 : undef;
        $point = $cp1252[$point - 128] if defined $point && $point < 160;
        my $character = defined $point ? chr $point : $1;
        utf8::decode($character) unless defined $point;
        next if $character =~ /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x{80}-\x{9f}]/;
        $clean .= $character;
    }
    $clean =~ s/\A[ \t\r\n]+|[ \t\r\n]+\z//g;
    utf8::encode($clean);
    return $clean;
}

sub plain_escape {
    my ($text) = @_;
    return '\\N' if $text eq '';
    my %escape = ("\t" => '\\t', "\n" => '\\n', "\r" => '\\r', '\\' => '\\\\');
    return $text =~ s/([\t\n\r\\])/$escape{$1}/gr;
}

sub plain_date {
    my ($text) = @_;
    my ($month, $day, $year) = $text =~ /^([0-9]{1,2})([0-9]{2})([0-9]{4})\z/ or return undef;
    return undef if $year < 1 || $month < 1 || $month > 12 || $day < 1;
    my $leap = $year % 4 == 0 && ($year % 100 != 0 || $year % 400 == 0);
    my @days = (31, $leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31);
    return $day <= $days[$month - 1] ? sprintf('%04d-%02d-%02d', $year, $month, $day) : undef;
}

sub plain_record {
    my ($line) = @_;
    my @fields = map { plain_text($_) } split /\|/, $line, -1;
    return undef if @fields != 21 || $fields[20] !~ /^[1-8][0-9]{0,18}\z|^9[0-9]{0,17}\z/;
    my $date = plain_date($fields[13]);
    my @out  = map { plain_escape($_) } @fields;
    my $as_filed = defined $date || $fields[13] eq '' ? '\\N' : $out[13];
    $out[13] = $date // '\\N';
    if ($out[14] ne '\\N') {
        my ($sign, $whole, $cents) = $out[14] =~ /^(-?)([0-9]{1,12})(?:\.([0-9]{1,2}))?\z/
            or return undef;
        $out[14] = sprintf '%s%d.%s', $sign, $whole, substr(($cents // '') . '00', 0, 2);
        $out[14] = '0.00' if $out[14] eq '-0.00';
    }
    return undef if $out[17] !~ /^(?:\\N|[0-9]{1,18})\z/;
    $out[17] += 0 if $out[17] ne '\\N';
    return join("\t", $out[20], 2018, @out[0 .. 19], $as_filed);
}

subtest 'a plain second version of the same agrees, byte for byte' => sub {
    srand(20180331);
    my @odd = ("\\", "\t", "\b", "\xe9", "\xc3\xa9", "\x93", "\x81", ' ', '"', "\xe2\x82\xac",
        "\xe2\x82", "\r", "\0", "\x7f", "\xed\xa0\x80", "\xf0\x9f\x98\x80", "\xc2\x85");
    my @varied = qw(NAME CITY STATE ZIP_CODE EMPLOYER OCCUPATION TRANSACTION_DT TRANSACTION_AMT
        OTHER_ID TRAN_ID FILE_NUM MEMO_CD MEMO_TEXT SUB_ID);
    my ($input, $expected, $rejected) = ('', '', 0);
    for my $i (1 .. 20_000) {
        my %value;
        for my $name (qw(NAME CITY EMPLOYER OCCUPATION MEMO_TEXT TRAN_ID OTHER_ID)) {
            my $length = rand() < 0.3 ? 0 : int rand(rand() < 0.05 ? 300 : 40);
            $value{$name} = join '', map { chr(65 + int rand 26) } 1 .. $length;
            substr($value{$name}, int rand($length + 1), 0) = $odd[rand @odd] while rand() < 0.2;
        }
        $value{TRANSACTION_DT} = rand() < 0.1 ? ''
            : sprintf('%02d%02d%04d', rand 14, rand 33, 2015 + rand 4);
        $value{TRANSACTION_DT} =~ s/^0// if rand() < 0.1;
        $value{TRANSACTION_AMT} =
            rand() < 0.1 ? sprintf('%.2f', rand(200) - 100) : int(rand 5000) - 500
            if rand() < 0.95;
        $value{FILE_NUM} = rand() < 0.01 ? 'x' : rand() < 0.1 ? '' : int rand 2e6;
        $value{SUB_ID}   = rand() < 0.01 ? '' : $i;
        my $line = join('|', 'C00000101', qw(N Q1 P 201801010000000001 15 IND),
            map { $value{$_} // '' } @varied)
            . (rand() < 0.01 ? '|' : '') . (rand() < 0.02 ? "\r" : '');
        $input .= "$line\n";
        my $record = plain_record($line);
        defined $record ? ($expected .= "$record\n") : $rejected++;
    }
    my $result = parse($input, 'indiv', '--cycle', 2018, '--max-rejects', '100%',
        '--rejects', "$folder/rejects");
    my ($header, $body) = $result->{out} =~ /\A([^\n]*\n)(.*)\z/s;
    cmp_ok($rejected, '>', 100, 'with lines to reject');
    is($result->{stats}{rejected}, $rejected, 'they reject as many lines');
    if (!ok($body eq $expected, 'they write the same records')) {
        my @got = split /\n/, $body;
        my @want = split /\n/, $expected;
        my ($first) = grep { ($got[$_] // '') ne $want[$_] } 0 .. $#want;
        diag("got:  $got[$first]\nwant: $want[$first]") if defined $first;
    }
};

subtest 'the FEC\'s real files' => sub {
    my $data = real_data() or plan skip_all => 'no real files here';
    system('sh', '-c', 'command -v unzip >/dev/null') == 0 or plan skip_all => 'no unzip here';
    my %rows = (cm16 => 17817, cn16 => 7645, ccl16 => 6426, cm18 => 17939, cn18 => 7611,
        indiv18 => 20000);
    my %member = (indiv => 'itcont.txt');
    for my $name (sort keys %rows) {
        my ($type, $year) = $name =~ /^([a-z]+)(..)$/;
        my $zip = "$data/20$year/$name.zip";
        next unless -e $zip;
        my $lines = run(['unzip', '-p', $zip, $member{$type} // "$type.txt"])->{out};
        my $header = "$data/data_dictionaries/${type}_header_file.csv";
        my $result = parse($lines, $type, '--cycle', "20$year", '--header', $header,
            '--max-rejects', 0);
        is($result->{status}, 0, "$name: no line is rejected");
        is($result->{stats}{records}, $rows{$name}, "$name: $rows{$name} records");
        is($result->{stats}{amount_total}, '9977559.00', "$name: the amounts add up")
            if $type eq 'indiv';
        next if $type ne 'indiv';
        my $plain = join '', map { (plain_record($_) // '') . "\n" } split /\n/, $lines;
        ok(substr($result->{out}, index($result->{out}, "\n") + 1) eq $plain,
            "$name: the plain version agrees");
    }
};

done_testing();
