#!/usr/bin/env perl
# What can be said of the source without running it: the tools have nothing to complain of, the
# manual pages name what the programs name, what is mentioned exists, nothing is too long.
use strict;
use warnings;
use File::Find ();
use Test::More;
use FindBin;
use lib "$FindBin::Bin/lib";
use Fecpipe;

my $columns = 100;     # a line of source
my $lines = 600;       # a file of C or shell
my $clang_format = 14; # another version breaks lines at other places
my @programs = qw(fec-fetch fec-unzip fec-parse fec-dedupe pg-load);

chdir top() or die top() . ": $!";

# --- the files, by kind; what was built and what git keeps is left out

my @files;
File::Find::find({no_chdir => 1, wanted => sub {
            s{^\./}{};
            return $File::Find::prune = 1 if m{^(?:\.git|build|bin)$};
            push @files, $_ if -f $_ && -T $_ && !m{^tests/filters/golden/|~$|^pipeline\.conf$};
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
        my $result = run($command);
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
        '-D_Noreturn=__attribute__((noreturn))', @includes, @units]);
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
    is $said, "$program (fecpipe) $version\n", "so has $program";
}

my ($table) = $text{'driver/config.sh'} =~ /^setting_table='\n([^']+)'/m;
my @settings = sort $table =~ /^ *([A-Z_]+) /mg;
my ($section) = $text{'README.md'} =~ /^## Settings\n(.*?)^## /ms;
is_deeply [sort grep { !/^PG/ } $text{'pipeline.conf.example'} =~ /^#?([A-Z_]+)=/mg], \@settings,
    'pipeline.conf.example has every setting';
is_deeply [sort grep { !/^PG/ } $section =~ /^\| `([A-Z_]+)`/mg], [sort @settings, 'FEC_CONF'],
    'so has the README';
is_deeply [grep { $text{'man/pipeline.sh.1'} !~ /^\.It Ev (?:.* )?$_\b/m } @settings], [],
    'so has pipeline.sh(1)';

# --- what is mentioned exists

my %target = map { ($_, 1) } $text{Makefile} =~ /^([a-z]+):/mg;
is join(' ', grep { !$target{$_} } $text{'README.md'} =~ /(?:`|^)make ([a-z]+)/mg), '',
    'the README names targets that the Makefile has';
like $text{'README.md'}, qr/^<!-- bench -->\n.*^<!-- \/bench -->\n/ms,
    'the README has a place for the benchmark';
my $kept = qr{(?:sql|driver|make|man|filters|tests)/[\w./-]+\.(?:sql|sh|c|h|t|pm|[15])\b};
for my $file (@files) {
    my %mentioned = map { ($_, 1) } $text{$file} =~ m{(?<![\w/.-])($kept)}g;
    my ($folder) = $file =~ m{^(.*)/};
    $mentioned{"$folder/$1"} = 1 while $file =~ m{^sql/} && $text{$file} =~ /^ *\\ir (\S+)$/mg;
    $mentioned{$1} = 1 while $text{$file} =~ m{\$share/((?:sql|driver)/[\w/-]+\.\w+)}g;
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
done_testing;
