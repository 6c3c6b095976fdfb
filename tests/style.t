#!/usr/bin/env perl
# What can be said of the source without running it: the tools have nothing to complain of, no file
# uses what its room must not use, the manual pages name what the programs name, what is mentioned
# exists, nothing is too long, and the words are plain.
use strict;
use warnings;
use File::Basename qw(dirname);
use File::Find ();
use Test::More;
use FindBin;
use lib "$FindBin::Bin/lib";
use English;
use Fecpipe;
use Rooms;

my $columns = 100;     # a line of source
my $lines = 500;       # a file of C or shell
my $screen = 60;       # lines of a function
my $clang_format = 14; # another version breaks lines at other places
my @programs = qw(fec-fetch fec-unzip fec-parse fec-dedupe pg-load);

chdir top() or die top() . ": $!";

# --- the files, by kind; what was built and what git keeps is left out

my @files;
File::Find::find({no_chdir => 1, wanted => sub {
            s{^\./}{};
            return $File::Find::prune = 1 if m{^(?:\.git|build|bin)$};
            return if m{^tests/(?:filters/golden|fuzz/corpus)/|~$|^pipeline\.conf$};
            push @files, $_ if -f $_ && -T $_;
        }}, '.');
@files = sort @files;

# What runs a script: bash, perl, or nothing.
sub interpreter {
    my ($first) = slurp($_[0]) =~ /^#!(.*)/;
    return ($first // '') =~ /\b(bash|sh|perl)$/ ? $1 : '';
}

my @c = grep { /\.[ch]$/ } @files;
my @shell = grep { /\.sh$/ || interpreter($_) =~ /sh$/ } @files;
my @perl = grep { /\.(?:t|pm)$/ || interpreter($_) eq 'perl' } @files;
my @sql = grep { /\.sql$/ } @files;
my @pages = grep { m{^man/.*\.[1-9]$} } @files;
my %text = map { ($_, slurp($_)) } @files;

sub has_tool { return !system('sh', '-c', 'command -v "$1" >/dev/null', 'sh', $_[0]) }

# A test of one command that must have nothing to say, skipped if there is no such tool.
sub silent {
    my ($name, $command, $ignore) = @_;
    SKIP: {
        skip "$command->[0] is not installed", 1 unless has_tool($command->[0]);
        # (On a machine at work, shellcheck takes minutes.)
        my $result = run($command, seconds => 1200);
        my @said = split /^/m, "$result->{out}$result->{err}";
        @said = grep { !/$ignore/ } @said if $ignore;
        ok !@said && ($ignore || $result->{status} == 0), $name
            or diag "status $result->{status}\n", @said;
    }
}

# --- the tools

silent("$_: shellcheck has nothing to say", ['shellcheck', $_]) for @shell;

my ($warnings) = $text{Makefile} =~ /^WARNINGS = (.*)$/m;
my @includes = ('-Ifilters');
my $pg = has_tool('pg_config') ? `pg_config --includedir` =~ s/\n//r : '/usr/include/postgresql';
my @units = grep { /\.c$/ } @c;
for my $compiler ('gcc', 'clang') {
    silent("$compiler has nothing to say", [$compiler, '-std=c11', '-D_POSIX_C_SOURCE=200809L',
            split(' ', $warnings), @includes, "-I$pg", '-fsyntax-only', @units]);
}

# cppcheck takes no notice of _Noreturn, but of the attribute; --force has it look at all #if's.
silent('cppcheck has nothing to say', ['cppcheck', '-q', '--enable=warning,performance,portability',
        '--inline-suppr', '--error-exitcode=1', '--std=c11', '--force',
        '-D_Noreturn=__attribute__((noreturn))', '-DJSON_INTEGER_FORMAT="lld"',
        # Newer ones tell of their own limits. In the tests, they take what one argument of a call
        # fills in for another for uninitialized, and want to know of malloc.
        '--suppress=normalCheckLevelMaxBranches', '--suppress=uninitvar:tests/sample/*',
        '--suppress=nullPointerOutOfMemory:tests/*',
        '--suppress=nullPointerArithmeticOutOfMemory:tests/*',
        @includes, @units]);
SKIP: {
    my ($version) = has_tool('clang-format') ? `clang-format --version` =~ /version (\d+)/ : ();
    skip 'clang-format is not installed', 1 unless $version;
    skip "the tree is formatted by clang-format $clang_format, this is $version", 1
        if $version != $clang_format;
    silent("$_: clang-format leaves it as it is", ['clang-format', '--dry-run', '-Werror', $_])
        for @c;
}
silent("$_: perl compiles it", ['perl', '-Itests/lib', '-c', $_], qr/ syntax OK$/) for @perl;
# Pages of other packages need not be installed; our own are looked at below.
my $elsewhere = qr/manual not found|outdated mandoc\.db/;
silent("$_: mandoc has nothing to say", ['mandoc', '-T', 'lint', $_], $elsewhere) for @pages;

# --- rooms: an include names the room of the file, and rooms know of each other in one direction

# The checks find what they are for.
my $base = 'filters/base/cli.h';
is_deeply [crossing('filters/base/cli.c', $base, 'filters/records/value.h')],
    ['filters/records/value.h'], 'base must not use records';
is_deeply [crossing('filters/pg-load/pg-load.c', $base, 'filters/fec-parse/csv.h')],
    ['filters/fec-parse/csv.h'], 'a program must not use another';
is_deeply [crossing('filters/fec-fetch/http/retry.c', $base, 'filters/fec-fetch/bulk/sink.h')],
    ['filters/fec-fetch/bulk/sink.h'], 'http must not use bulk';
is_deeply [crossing('filters/fec-fetch/fec-fetch.c', 'filters/fec-fetch/bulk/sink.h')], [],
    'a program uses its own folders';
is circle({a => {b => 1}, b => {c => 1}, c => {b => 1}}), 'b > c > b', 'a circle is found';
is circle({a => {b => 1, c => 1}, b => {c => 1}}), '', 'two ways to one place are no circle';
is_deeply [calls("# own\nif tell x; then\n    say 'own'\n    x=\$(ask)\nfi\n", qw(tell ask own))],
    [qw(ask tell)], 'calls are found, words in comments are not';
is scalar(unplain("the row behind it\nleft behind\nbehind a proxy\na date that is none\n")), 2,
    'the words are found, and the right uses are left alone';

my (%uses, %room_uses, %names_no_room, %crosses, %has_no_header);
for my $file (@c) {
    my @included = includes($file, $text{$file});
    $names_no_room{$file} = 1 if grep { !/\// } @included;
    $crosses{$file} = 1 if crossing($file, @included);
    # A file and its header are one; what a test includes is no matter of rooms.
    next if $file !~ m{^filters/};
    (my $unit = $file) =~ s/\.[ch]$//;
    for (@included) {
        $uses{$unit}{s/\.[ch]$//r} = 1;
        $room_uses{dirname($file)}{dirname($_)} = 1 if dirname($file) ne dirname($_);
    }
    next if $file =~ /\.h$/ || $text{$file} =~ /^int main\(/m;
    $has_no_header{$file} = 1 if !-f "$unit.h";
}
is join(' ', sort keys %names_no_room), '', 'every include names a file that is there';
is join(' ', sort keys %crosses), '', 'no file includes what its room must not use';
is circle(\%room_uses), '', 'no circle of rooms';
is circle(\%uses), '', 'no circle of files that include each other';
is join(' ', sort keys %has_no_header), '', 'every .c has a header of its own name';

# The driver is one program in several files: pipeline.sh reads them all, each calls the others.
my @driver = grep { m{^driver/|^pipeline\.sh$} } @shell;
my (%defined_in, %calls);
for my $file (@driver) { push @{$defined_in{$_->[0]}}, $file for functions_of($text{$file}) }
is join(' ', grep { @{$defined_in{$_}} > 1 } sort keys %defined_in), '',
    'no two files of the driver define the same function';
for my $file (@driver) {
    for my $name (calls($text{$file}, sort keys %defined_in)) {
        $calls{$file}{$_} = 1 for grep { $_ ne $file } @{$defined_in{$name}};
    }
}
is circle(\%calls), '', "no circle of the driver's files that call each other";

# SQL decides, bash does not: the driver sends files of sql/, not statements. The demo shows some.
my $statement = qr/\b(?:SELECT|INSERT|UPDATE|DELETE)\b/;
is join(' ', grep { $_ ne 'driver/demo.sh' && $text{$_} =~ $statement } @driver), '',
    'no statement of SQL stands in the driver';
for my $file (@c, @shell) {
    my @long = map { "$_->[0] ($_->[1])" } grep { $_->[1] > $screen } functions_of($text{$file});
    is "@long", '', "$file: its functions fit a screen" if @long;
}

# --- programs and manual pages

# The options in the list of options of a manual page, with their dashes.
sub options_of_page {
    my %option;
    for my $item ($text{$_[0]} =~ /^\.It (Fl .*)/mg) {
        my $in_flags = 0;
        for my $word (split ' ', $item) {
            if ($word =~ /^(?:Fl|Ar|Cm|Ns|No)$/) { $in_flags = $word eq 'Fl' }
            elsif ($in_flags && $word =~ /^-?\w[\w-]*$/) { $option{"-$word"} = 1 }
        }
    }
    return sort keys %option;
}

sub options_of_help {
    my %option;
    for ($_[0] =~ /^ +((?:-\w, )?--[\w-]+)/mg) { $option{$_} = 1 for split /, / }
    return sort keys %option;
}

for my $program (@programs, 'pipeline.sh') {
    my $is_driver = $program eq 'pipeline.sh';
    my $path = $is_driver ? "./$program" : program($program);
    ok -f "man/$program.1", "$program has a manual page" or next;
    SKIP: {
        skip "$program is not built", 1 unless -x $path;
        my $help = run([$path, '--help'])->{out};
        my @common = $is_driver ? ('--help', '--version', '-h') : ();
        is_deeply [options_of_page("man/$program.1")], [sort(options_of_help($help), @common)],
            "$program: the manual page has the options of --help, and no others";
        next unless $is_driver;
        my ($synopsis) = $text{'man/pipeline.sh.1'} =~ /^\.Sh SYNOPSIS\n(.*?)^\.Sh /ms;
        my @commands = sort $synopsis =~ /^\.Cm (\S+)/mg;
        is_deeply \@commands, [sort $help =~ /^  ([a-z]+) {2,}\S/mg],
            "$program: the manual page has the commands of --help, and no others";
        is_deeply [sort $text{"man/$program.1"} =~ /^\.Ss ([a-z]+)$/mg], \@commands,
            "$program: and a section about each";
    }
}
for my $page (@pages) {
    my @missing = grep { !-f "man/$_" && /^(?:fec-|pg-load|pipeline)/ }
        map { join '.', split / / } $text{$page} =~ /^\.Xr (\S+ \d)/mg;
    is "@missing", '', "$page: the pages of ours that it refers to exist";
    my ($title) = $text{$page} =~ /^\.Dt (\S+ \d)$/m;
    is "man/" . lc(join '.', split / /, $title // ''), $page, "$page: its title is its name";
}

# --- one version, one list of settings

my ($version) = $text{Makefile} =~ /^VERSION = (\S+)$/m;
like $version, qr/^\d+\.\d+\.\d+$/, 'the Makefile has a version';
like $text{'pipeline.sh'}, qr/^FECPIPE_VERSION=\Q$version\E$/m, 'pipeline.sh has the same';
like $text{'CHANGELOG.md'}, qr/^## \[\Q$version\E\] - \d{4}-\d\d-\d\d$/m, 'so has the changelog';
for my $program (grep { -x program($_) } @programs) {
    my $said = run([program($program), '--version'])->{out};
    is $said =~ s/^inflates with .*\n//mr, "$program (fecpipe) $version\n", "so has $program";
}

my ($table) = $text{'driver/config.sh'} =~ /^setting_table='\n([^']+)'/m;
my @settings = sort $table =~ /^ *([A-Z_]+) /mg;
my ($section) = $text{'docs/operations.md'} =~ /^## Settings\n(.*?)^## /ms;
is_deeply [sort grep { !/^PG/ } $text{'pipeline.conf.example'} =~ /^#?([A-Z_]+)=/mg], \@settings,
    'pipeline.conf.example has every setting';
is_deeply [sort grep { !/^PG/ } $section =~ /^\| `([A-Z_]+)`/mg], [sort @settings, 'FEC_CONF'],
    'so has docs/operations.md';
is_deeply [grep { $text{'man/pipeline.sh.1'} !~ /^\.It Ev (?:.* )?$_\b/m } @settings], [],
    'so has pipeline.sh(1)';

# --- what is mentioned exists

my %target = map { ($_, 1) } $text{Makefile} =~ /^([a-z-]+):/mg;
my @papers = grep { /\.md$/ } @files;
for my $file (@papers) {
    my @unknown = grep { !$target{$_} } $text{$file} =~ /(?:`|^)make ([a-z-]+)(?![\w\/=])/mg;
    is "@unknown", '', "$file: it names targets that the Makefile has";
    my ($folder) = $file =~ m{^(.*/)};
    my @dead = grep { !-e ($folder // '') . $_ }
        grep { !/^https?:/ } $text{$file} =~ /\]\(([^)#\s]+)(?:#[^)\s]*)?\)/g;
    is "@dead", '', "$file: its links lead to files that are there";
}
like $text{'docs/speed.md'}, qr/^<!-- bench -->\n.*^<!-- \/bench -->\n/ms,
    'docs/speed.md has a place for the benchmark';
my $kept = qr{(?:sql|driver|make|man|filters|tests)/[\w./-]+\.(?:sql|sh|c|h|t|pm|[15])\b};
for my $file (@files) {
    my %mentioned = map { ($_, 1) } $text{$file} =~ m{(?<![\w/.-])($kept)}g;
    my ($folder) = $file =~ m{^(.*)/};
    $mentioned{"$folder/$1"} = 1 while $file =~ m{^sql/} && $text{$file} =~ /^ *\\ir (\S+)$/mg;
    $mentioned{$1} = 1 while $text{$file} =~ m{\$FECPIPE_SHARE/((?:sql|driver)/[\w/-]+\.\w+)}g;
    my @missing = grep { !-e $_ } sort keys %mentioned;
    is "@missing", '', "$file: the files that it mentions exist" if %mentioned;
}

# --- plain matters

# Folders of the machine of whoever wrote it: a home, or a place for work at the top.
my $personal = qr{(?<![\w.\$\}/-])/(?:home/\w|root\b|Users/\w|wor[k]\b)};
is join(' ', grep { $text{$_} =~ $personal } @files), '',
    "no file names a folder of somebody's machine";

# The numbers of the lines that are too long. What counts is characters, not bytes.
sub too_long {
    my ($file) = @_;
    my ($number, @found) = 0;
    for my $line (split /\n/, $text{$file}) {
        $number++;
        utf8::decode($line);
        push @found, $number if length $line > $columns;
    }
    return @found;
}
for my $file (@c, @shell, @sql, @perl, 'pipeline.conf.example', 'Makefile') {
    my @found = too_long($file);
    is "@found", '', "$file: no line has more than $columns columns";
}
for my $file (@c, @shell) {
    my $count = () = $text{$file} =~ /\n/g;
    cmp_ok $count, '<=', $lines, "$file: it has no more than $lines lines";
}
is join(' ', grep { $text{$_} =~ /[ \t]$/m } @c, @shell, @sql, @perl, @pages), '',
    'no line ends in blanks';
is join(' ', grep { $text{$_} =~ /[^\n]\z/ } @files), '', 'every file ends with a newline';

# The list of words names them itself, and so do the checks of it above.
for my $file (grep { !m{^LICENSE$|/English\.pm$|^tests/style\.t$|\.dump$} } @files) {
    my @found = unplain($text{$file});
    is join("\n", @found), '', "$file: its words are plain" if @found;
}
done_testing;
