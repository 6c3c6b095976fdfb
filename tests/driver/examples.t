#!/usr/bin/env perl
# What README, docs and manual pages show can be pasted: every example is run, on made-up data, and
# does what is said of it.
#
# Examples are the ```sh and ```sql blocks of README.md and docs/, and the displays in the section
# EXAMPLES of the manual pages. Each is run in a folder of its own that has the files which the
# example reads, with a stand-in for the API, and with a crontab that is not the machine's.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use FecApi;
use Fecpipe;

my @programs = qw(fec-fetch fec-unzip fec-parse fec-dedupe pg-load);
# The pages that only read files and database come first; those of the driver change the database.
my @pages = (map({ "$_.1" } @programs), 'fec-records.5', 'pipeline.sh.1');

# --- finding the examples

# The ```LANGUAGE blocks of a page in Markdown, with the heading that they stand under.
sub page_blocks {
    my ($page) = @_;
    my ($heading, @blocks) = ('');
    my $text = slurp(top() . "/$page");
    while ($text =~ /^#+ ([^\n]*)$|^```(\w*)\n(.*?)^```$/msg) {
        if (defined $1) { $heading = $1 }
        elsif ($2 ne '') { push @blocks, ["$page, $heading", $2, $3] }
    }
    return @blocks;
}

# Displays in the section EXAMPLES of a manual page, without mdoc's escapes.
sub manual_blocks {
    my ($page) = @_;
    my ($examples) = slurp(top() . "/man/$page") =~ /^\.Sh EXAMPLES\n(.*?)^\.Sh /ms or return;
    my @blocks;
    while ($examples =~ /^\.Bd -literal.*?\n(.*?)^\.Ed$/msg) {
        my $text = $1;
        $text =~ s/\\(?:e|\(rs)/\0/g;
        $text =~ s/\\&//g;
        $text =~ s/\\-/-/g;
        $text =~ s/\\\(aq/'/g;
        next if $text =~ /\\\(->/; # a picture of a record
        $text =~ tr/\0/\\/;
        push @blocks, [$page, $text =~ /^[\d*]\S* \S+ \S+ \S+ \S+ / ? 'cron' : 'sh', $text];
    }
    return @blocks;
}

my @by_hand = map { page_blocks($_) } 'README.md', map { "docs/$_" } qw(by-hand.md counting.md
    operations.md queries.md);
my @examples = (grep({ $_->[1] eq 'sh' } @by_hand), map({ manual_blocks($_) } @pages[0 .. 5]));
my @later = (grep({ $_->[1] eq 'sql' } @by_hand), manual_blocks('pipeline.sh.1'));
cmp_ok scalar(grep { $_->[1] eq 'sh' } @by_hand), '>=', 6, 'docs/ shows the stages by hand';
cmp_ok scalar(grep { $_->[1] eq 'sql' } @by_hand), '>=', 3, 'and some queries';
cmp_ok scalar(grep { $_->[1] eq 'cron' } @later), '>=', 1, 'the manual has entries for cron';
for my $page (@pages) {
    ok scalar(manual_blocks($page)), "$page has examples";
}

# --- what they are run on: the second month of every cycle that is named, 2018 also as of the first

my $year = (gmtime)[5] + 1900;
my %cycle = map { ($_ + $_ % 2, 1) } $year, 2018;
for my $text (map { $_->[2] } @examples, @later) {
    $cycle{$_} = 1 for $text =~ /\b((?:19|20)\d[02468])\b/g;
    $cycle{"20$_"} = 1 for $text =~ /\w(\d\d)\.zip/g;
}
my $data = scratch();
mkdir "$data/$_" or die "$data/$_: $!" for qw(bulk api bin);
for my $cycle (sort keys %cycle) {
    sample("$data/$cycle", '--cycle', $cycle, '--months', 2, '--rows', $cycle == 2018 ? 1500 : 320,
        '--api', $cycle == 2018 ? ('--broken', 1) : ());
    for my $kind (qw(schedule_a committees candidates)) {
        open(my $rows, '>>:raw', "$data/api/$kind.jsonl") or die "$kind: $!";
        print $rows slurp("$data/$cycle/month-2/api/$kind.jsonl");
    }
    symlink("$data/$cycle/month-2/$cycle", "$data/bulk/$cycle") or die "symlink: $!";
}
symlink("$data/2018/month-2/data_dictionaries", "$data/bulk/data_dictionaries")
    or die "symlink: $!";
my ($first, $second) = map { stats_of("$data/2018/month-$_/manifest") } 1, 2;

symlink(program($_), "$data/bin/$_") or die "symlink: $!" for @programs;
symlink(top() . '/pipeline.sh', "$data/bin/pipeline.sh") or die "symlink: $!";
my %instead = (
    systemctl => 'exit 1',
    crontab   => qq([ "\$1" != - ] || exec cat >"$data/crontab"
        cat "$data/crontab" 2>/dev/null || { echo "no crontab for me" >&2; exit 1; }),
);
for my $name (keys %instead) {
    chmod 0755, spew("$data/bin/$name", "#!/bin/sh\n$instead{$name}\n");
}

my $home = new_home();
my $loaded = pipeline($home, ['monthly', '--cycle', 2018, '--datasets', 'cm,cn,ccl,indiv'],
    env => {FEC_BULK_URL => "file://$data/2018/month-1"});
is $loaded->{status}, 0, 'the first month is in the database' or BAIL_OUT($loaded->{err});
my $socket = sql($home, 'SHOW unix_socket_directories');
my $api = start_api("$data/api", key => 'the-key-of-the-examples');
spew("$home/.fec-key", "the-key-of-the-examples\n");
chmod 0600, "$home/.fec-key";
my %environment = %{Fecpipe::driver_env($home, FEC_BULK_URL => "file://$data/bulk",
        FEC_API_URL => $api->{url}, FEC_API_KEY_FILE => "$home/.fec-key",
        FEC_API_CALLS_PER_HOUR => 0, PATH => "$data/bin:$ENV{PATH}")};

# --- running one

# Whether an example reads the file and does not make it itself.
sub reads {
    my ($text, $file) = @_;
    my $name = quotemeta $file;
    return $text =~ /(?<![\w.-])$name(?![\w.])/
        && $text !~ /(?:>|--save|--rejects)\s*$name(?![\w.])/;
}

# Puts the files that an example reads into the folder.
sub provide {
    my ($folder, $text) = @_;
    my %made;
    for my $file (grep { !$made{$_}++ } $text =~ /\b(\w+?\d\d\.zip(?:\.old)?)(?![\w.])/g) {
        my ($name, $yy, $old) = $file =~ /^(\w+?)(\d\d)\.zip(\.old)?$/;
        my $month = $old ? 1 : 2;
        my $archive = "$data/20$yy/month-$month/20$yy/$name$yy.zip";
        spew("$folder/$file", slurp($archive)) if reads($text, $file);
    }
    my $records = "cd $folder && fec-unzip <$data/2018/month-2/2018";
    my %recipe = (
        'indiv.tsv' => "$records/indiv18.zip | fec-parse indiv --cycle 2018 >indiv.tsv",
        'cm.tsv'    => "$records/cm18.zip | fec-parse cm --cycle 2018 >cm.tsv",
        'rejects.txt' => "$records/indiv18.zip | fec-parse indiv --cycle 2018 --rejects rejects.txt"
            . ' >records',
    );
    for my $file (grep { reads($text, $_) } sort keys %recipe) {
        my $made = run(['bash', '-c', $recipe{$file}], env => \%environment);
        die "$file: $made->{err}" if $made->{status} != 0;
    }
}

# The lines of a cron table are run one by one, with the programs that are tested.
sub command_of {
    my ($kind, $text) = @_;
    return $text if $kind ne 'cron';
    $text =~ s/^(?:\S+\s+){5}//mg;
    $text =~ s{/usr/local/bin/}{$data/bin/}g;
    return $text;
}

# Returns what `run` returns, and the folder as {dir}.
sub run_example {
    my ($kind, $text) = @_;
    return pipeline($home, ['psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', $text])
        if $kind eq 'sql';
    my $dir = scratch();
    provide($dir, $text);
    my %more;
    %more = (PGHOST => $socket, PGUSER => 'fecpipe', PGDATABASE => 'fec')
        if $text =~ /\b(?:psql|pg-load)\b/ && $text !~ /pipeline\.sh/;
    # Tables of one's own in the database are new for each example.
    sql($home, 'DROP SCHEMA public CASCADE', 'CREATE SCHEMA public');
    sql($home, 'CREATE TABLE my_committee (LIKE fec.committee)',
        'ALTER TABLE my_committee DROP row_hash, DROP run_id, DROP in_bulk,
            DROP seal')
        if $text =~ /\bmy_committee\b/;
    my $result = run(['bash', '-eu', '-c', command_of($kind, $text)], dir => "$dir", seconds => 300,
        env => {%environment, %more});
    $result->{dir} = $dir;
    return $result;
}

# --- what is expected beyond success: where the example has the text, the check holds

sub lines { return scalar(() = $_[0] =~ /\n/g) }
sub lines_of { return lines(slurp($_[0])) }

# What was received less refunds in the file of contributions. Repeated lines count as often as they
# come, as in awk.
sub sum_of_file {
    my $archive = "$data/bulk/2018/indiv18.zip";
    my $file = run([program('fec-unzip'), 'itcont.txt'], stdin_file => $archive);
    my $cents = 0;
    for my $line (split /\n/, $file->{out}) {
        my @field = split /\|/, $line, -1;
        next if !$field[20] || $field[18] eq 'X' || $field[5] !~ /^(?:10|11|15E?|2[012]Y)$/;
        $cents += ($field[5] =~ /Y$/ ? -1 : 1) * sprintf '%.0f', 100 * $field[14];
    }
    return sprintf "%.2f\n", $cents / 100;
}

# What the ten committees that received most from individuals have, reckoned from the file by the
# rule of docs/counting.md: lines of committee, received, refunded, net. Of lines with one number
# the last one counts.
sub largest {
    my $file = run([program('fec-unzip'), 'itcont.txt'],
        stdin_file => "$data/bulk/2018/indiv18.zip");
    my %row;
    for my $line (split /\n/, $file->{out}) {
        my @field = split /\|/, $line, -1;
        $row{$field[20]} = \@field if $field[20];
    }
    my %sums;
    for (grep { $_->[18] ne 'X' } values %row) {
        my ($committee, $type, $cents) = ($_->[0], $_->[5], sprintf '%.0f', 100 * $_->[14]);
        $sums{$committee}[0] += $cents if $type =~ /^(?:10|11|15|15E)$/;
        $sums{$committee}[1] += $cents if $type =~ /^2[012]Y$/;
    }
    my @sorted = sort { ($sums{$b}[0] // 0) <=> ($sums{$a}[0] // 0) } keys %sums;
    return join '', map {
        my ($received, $refunded) = map { ($_ // 0) / 100 } @{$sums{$_}}[0, 1];
        $refunded ? sprintf("%s|%.2f|%.2f|%.2f\n", $_, $received, $refunded, $received - $refunded)
            : sprintf("%s|%.2f|0|%.2f\n", $_, $received, $received);
    } @sorted[0 .. 9];
}

my ($all, $amount) = @$second{qw(indiv.records indiv.amount_total)};
my $withdrawn = $second->{'indiv.withdrawn'};
my $difference = $second->{'indiv.new'} + $second->{'indiv.changed'};
my @expected = (
    ['docs/by-hand.md', 'printf "%.2f\n", sum', 'the sum is that of the file, by the rule',
        sub { $_[0]{out} eq sum_of_file() }],
    ['docs/by-hand.md', '-g contributor_state', 'every record is counted in one state',
        sub { my $n = 0; $n += $1 while $_[0]{out} =~ /^[^\t]*\t(\d+)\t/mg;
            $n == $all + $second->{'indiv.repeated'} }],
    ['docs/by-hand.md', 'cat rejects.txt', 'the rejected line is shown with its reason',
        sub { $_[0]{out} =~ /^\d+\tno SUB_ID\t/ && $_[0]{out} =~ /^rejected=1$/m }],
    ['docs/by-hand.md', 'fec-unzip -l', 'the archive is listed',
        sub { $_[0]{out} =~ /\titcont\.txt$/m && $_[0]{out} =~ m{\tby_date/itcont_2018_}m }],
    ['docs/by-hand.md', 'FROM mine', 'the table has all records',
        sub { $_[0]{out} =~ /\b$all \| +\Q$amount\E\b/ }],
    ['docs/by-hand.md', 'new-or-changed',
        "$difference records new or changed, $withdrawn withdrawn",
        sub { $_[0]{out} =~ /^\s*$difference\n\s*$withdrawn\n$/ }],
    ['fec-dedupe.1', '--key committee_id', 'each committee is there',
        sub { lines_of("$_[0]{dir}/cm.tsv")
                == 1 + $second->{'cm.records'} + $second->{'cm.conflicting'} }],
    ['fec-dedupe.1', 'FORMAT binary', "$difference records differ, $withdrawn are withdrawn",
        sub { $_[0]{out} =~ /^\s*$withdrawn\n/
                && lines_of("$_[0]{dir}/difference.tsv") == $difference + 1 }],
    ['fec-dedupe.1', 'indiv18.zip.old', "the archives differ by $difference and $withdrawn records",
        sub { lines_of("$_[0]{dir}/withdrawn.tsv") == $withdrawn + 1
                && lines_of("$_[0]{dir}/difference.tsv") == $difference + 1 }],
    ['pg-load.1', '--like fec.contribution', 'the table has all records',
        sub { sql($home, 'SELECT count(*), sum(contribution_receipt_amount) FROM mine')
                eq "$all\t$amount" }],
    ['pg-load.1', 'CREATE TABLE names', 'what was loaded is counted',
        sub { $_[0]{out} =~ /^records=$second->{'cm.lines'}$/m }],
    ['docs/queries.md', 'AS before', 'the rows that were corrected',
        sub { lines($_[0]{out}) == $second->{'indiv.changed'} }],
    ['docs/queries.md', 'AS month', 'what was withdrawn',
        sub { my $n = 0; $n += (split /\|/)[2] for split /\n/, $_[0]{out}; $n == $withdrawn }],
    ['docs/queries.md', 'AS gone', 'what is gone is part of that',
        sub { my $n = 0; $n += (split /\|/)[1] for split /\n/, $_[0]{out};
            $n > 0 && $n <= $withdrawn }],
    ['docs/queries.md', 'AS then_there', 'the first month is there again',
        sub { $_[0]{out} =~ /^$first->{'indiv.records'}\|\Q$first->{'indiv.amount_total'}\E$/m }],
    ['docs/queries.md', 'type.description', 'the codes have names',
        sub { $_[0]{out} =~ /^15\|contribution from a person/m }],
    ['docs/queries.md', 'IS NOT NULL', 'the rows without a proper date',
        sub { lines($_[0]{out}) == $second->{'indiv.undated'} }],
    ['README.md', 'LIMIT 10', 'the ten largest, as reckoned from the file',
        sub { $_[0]{out} eq largest() }],
    ['README.md', 'contribution_withdrawn', 'the table as it was, and what was withdrawn',
        sub { my ($was, @fates) = split /\n/, $_[0]{out}; my $n = 0;
            $n += (split /\|/)[1] for @fates;
            $was == $first->{'indiv.records'} && $n == $withdrawn }],
    ['docs/counting.md', 'r.received', 'the ten largest, as reckoned from the file',
        sub { $_[0]{out} =~ s/^([^|]*)\|.*?\|(?=[-\d.]+\|[-\d.]+\|[-\d.]+$)/$1|/mgr
                eq largest() }],
    ['docs/counting.md', 'AS given', 'twenty donors', sub { lines($_[0]{out}) == 20 }],
    ['docs/counting.md', 'AS spent_for', 'ten candidates', sub { lines($_[0]{out}) == 10 }],
    ['docs/counting.md', 'independent_expenditure_current', 'for and against',
        sub { $_[0]{out} =~ /^O\|[\d.]+\nS\|[\d.]+$/m }],
    ['docs/counting.md', 'spent DESC', 'ten committees', sub { lines($_[0]{out}) == 10 }],
    ['fec-fetch.1', '--min-load-date', 'names and amounts', sub { $_[0]{out} =~ /^.+\t\d+/m }],
    ['fec-fetch.1', 'quota', 'the limit is shown', sub { $_[0]{out} =~ /^limit=/m }],
    ['pipeline.sh.1', 'schedule install', 'the next times are shown',
        sub { $_[0]{out} =~ /\b03:30 E[SD]T\b/ }],
    ['pipeline.sh.1', 'mv report.new', 'the page is there',
        sub { slurp("$_[0]{dir}/report.html") =~ m{^<!DOCTYPE html>.*</html>\s*\z}s }],
    ['pipeline.sh.1', '--dry-run', 'what would change is shown', sub { $_[0]{out} =~ /DRY RUN/ }],
    ['pipeline.sh.1', 'sum(withdrawn)', 'the number of withdrawn rows',
        sub { $_[0]{out} =~ /^\d+\n$/ }],
    ['pipeline.sh.1', 'echo good', 'it went well', sub { $_[0]{out} eq "good\n" }],
);

# What a filter may report, for the made-up data have it on purpose.
my $usual = qr/^(?:fec-parse:\ standard\ input:\ line\ \d+:\ rejected:\ .*
    |fec-dedupe:\ line\ \d+:\ .*\ has\ come\ before\ with\ other\ content;.*
    |fec-fetch:\ .*:\ not\ modified\ since\ .*
    |pipeline\.sh:\ note:\ .*)\n/mx;

my %met;
sub check_example {
    my ($from, $kind, $text) = @{$_[0]};
    my ($name) = $text =~ /([^\n]{1,60})/;
    SKIP: {
        for my $tool (grep { $text =~ /(?:^|[|(] *)$_\b/m } qw(mlr jq unzip)) {
            skip "$tool is not installed", 1 unless `sh -c 'command -v $tool'`;
        }
        my $result = run_example($kind, $text);
        (my $errors = $result->{err}) =~ s/$usual//g;
        ok $result->{status} == 0 && $errors eq '', "$from: $name"
            or diag "status $result->{status}\n$result->{err}";
        for my $i (0 .. $#expected) {
            my ($where, $part, $what, $check) = @{$expected[$i]};
            next if index($from, $where) != 0 || index($text, $part) < 0;
            $met{$i} = 1;
            ok $check->($result), "  $what" or diag $result->{out};
        }
    }
}

check_example($_) for @examples;
my $month = pipeline($home, ['monthly', '--cycle', 2018, '--datasets',
        'cm,cn,ccl,indiv,pas2,oppexp,independent_expenditure'],
    env => {FEC_BULK_URL => "file://$data/bulk"});
is $month->{status}, 0, 'the second month is in the database' or BAIL_OUT($month->{err});
check_example($_) for @later;

my @unmet = grep { !$met{$_} } 0 .. $#expected;
SKIP: {
    skip 'mlr is not installed', 1 unless `sh -c 'command -v mlr'`;
    is join(', ', map { "$expected[$_][0]: $expected[$_][1]" } @unmet), '',
        'every example that is known here is still there';
}
done_testing;
