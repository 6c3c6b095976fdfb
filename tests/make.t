#!/usr/bin/env perl
# What the Makefile promises: it builds again what a change of flags concerns and nothing else,
# names `make deps` when something is missing, and make/deps.sh says in one sentence what is wrong.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/lib";
use Fecpipe;

for my $tool (qw(make cc)) {
    plan skip_all => "$tool is not installed" unless `sh -c 'command -v $tool'`;
}

my $place = scratch();
my %clean = map { ($_, undef) } qw(MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES CC CFLAGS CPPFLAGS);

# Runs make on the tree, with a folder of its own for what it builds.
sub make {
    my (@arguments) = @_;
    return run(['make', '-C', top(), "BUILD=$place/build", "BIN=$place/bin", @arguments],
        env => \%clean, seconds => 300);
}

sub compiled { return scalar(() = $_[0]{out} =~ / -c -o /g) }

# --- flags

my $program = "$place/bin/fec-unzip";

# How the program is hardened: what the linker was told, and which checks were compiled in.
sub hardened {
    my $said = run(['sh', '-c', 'readelf -W -h -d -l "$0" && nm -D "$0"', $program])->{out};
    return 'cannot be seen here' if $said eq '';
    return join ' ', map { $said =~ $_->[1] ? $_->[0] : () } ['PIE', qr/Type: +DYN/],
        ['RELRO', qr/GNU_RELRO/], ['now', qr/BIND_NOW|Flags:.* NOW/],
        ['stack', qr/__stack_chk_fail/], ['fortify', qr/__(?!stack)\w+_chk\b/];
}

my $first = make($program);
is $first->{status}, 0, 'one program can be built by its name' or BAIL_OUT($first->{err});
cmp_ok compiled($first), '>', 3, 'its files are compiled';
like hardened(), qr/^PIE RELRO now stack fortify$|^cannot/, 'and hardened';
is compiled(make($program)), 0, 'the second time nothing is compiled';
my $other = make($program, 'CFLAGS=-O0 -g');
is compiled($other), compiled($first), 'with other CFLAGS all of it is compiled again';
is compiled(make($program, 'CFLAGS=-O0 -g')), 0, 'and then nothing, with the same ones';
is compiled(make($program, 'CFLAGS=-O0 -g', 'CPPFLAGS=-DOTHER')), compiled($first),
    'other CPPFLAGS do the same';
my $linked = make($program, 'CFLAGS=-O0 -g', 'CPPFLAGS=-DOTHER', 'LDFLAGS=-Wl,-O1');
like $linked->{out}, qr{ -Wl,-O1 -o \Q$program\E },
    'with other LDFLAGS the program is linked again';

# --- what inflates, and without hardening

make($program, 'CFLAGS=-O0', 'INFLATE=zlib', 'HARDENING=no');
is run([$program, '--version'])->{out} =~ s/\A.*\n//r =~ s/ [\d.]+$//mr, "inflates with zlib\n",
    'INFLATE=zlib builds with zlib, whatever was built before';
like make($program, 'INFLATE=none')->{err}, qr/INFLATE is isal or zlib/, 'another one is refused';
unlike hardened(), qr/now|stack|fortify/, 'HARDENING=no leaves hardening out';

# --- what is missing

my $missing = make('CC=no-such-compiler', 'all');
isnt $missing->{status}, 0, 'without a compiler make fails';
like $missing->{err}, qr/^deps\.sh: missing:.* gcc\b/m, 'and says what is missing';
like $missing->{err}, qr/'make deps' installs/, 'and what installs it';
unlike $missing->{err}, qr/no-such-compiler: /, 'before it tries to compile';
my $kind = make('KIND=fast', 'all');
like $kind->{err}, qr/KIND is debug, sanitized, coverage, fuzz/, 'an unknown kind is refused';

# make/deps.sh with an apt-get that says $text and fails.
sub deps_without {
    my ($text) = @_;
    my $tools = scratch();
    spew("$tools/text", $text);
    chmod 0755, spew("$tools/apt-get", "#!/bin/sh\ncat '$tools/text' >&2\nexit 100\n"),
        spew("$tools/sudo", qq(#!/bin/sh\nexec "\$@"\n));
    return run([top() . '/make/deps.sh', 'build'],
        env => {%clean, CC => 'no-such-compiler', PATH => "$tools:$ENV{PATH}"});
}

my $fetch = "E: Failed to fetch http://example.org/gcc.deb  Could not resolve 'example.org'\n";
my $network = deps_without($fetch x 40);
is $network->{status}, 69, 'without a network make deps fails with 69';
is $network->{err}, "deps.sh: the servers of the packages cannot be reached; is there a network?\n",
    'and says it in one sentence';
my $broken = deps_without("E: dpkg was interrupted\n");
is $broken->{status}, 69, 'if apt-get fails for another reason, it fails with 69 too';
like $broken->{err}, qr/^E: dpkg was interrupted\n.*could not install gcc/ms,
    'and shows what apt-get said';

# --- a folder with blanks

my $root = "$place/a root";
my $destination = ["DESTDIR=$root", '-o', 'all', 'BIN=' . bin()];
my $install = make(@$destination, 'install');
is $install->{status}, 0, 'a DESTDIR with a blank is installed into' or diag $install->{err};
ok -x "$root/usr/local/bin/pipeline.sh", 'and the driver is there';
is make(@$destination, 'uninstall')->{status}, 0, 'uninstall removes it from there';
ok !-e "$root/usr/local/share/fecpipe" && !-e "$root/usr/local/bin/pipeline.sh", 'all of it';
done_testing;
