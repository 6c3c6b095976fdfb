#!/usr/bin/env perl
# What can be said of the packages without building one: `make package-check` builds, installs,
# runs, upgrades and purges Debian's, but needs root and debootstrap.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/lib";
use Fecpipe;

chdir top() or die top() . ": $!";
my ($version) = slurp('Makefile') =~ /^VERSION = (\S+)$/m;

# --- Debian's

like slurp('debian/changelog'), qr/^fecpipe \(\Q$version\E(?:\+next)?-\d+\) /,
    'the package has the version of the Makefile, or comes after it';

my ($needs) = slurp('make/deps.sh') =~ /^needs='\n(.*?)^'/ms;
my @libraries = grep { /-dev$/ && $_ ne 'libc6-dev' }
    map { /^(?:build|faster) .* (\S+)$/ ? $1 : () } split /\n/, $needs;
cmp_ok scalar(@libraries), '>', 5, 'make/deps.sh lists the libraries';
for my $file ('debian/control', 'packaging/Containerfile') {
    my $text = slurp($file);
    is join(' ', grep { $text !~ /\b\Q$_\E\b/ } @libraries), '', "$file names all of them";
}
for my $script (glob 'debian/fecpipe.p*') {
    is run(['sh', '-n', $script])->{err}, '', "$script is a script of sh";
    like slurp($script), qr/^#DEBHELPER#$/m, 'and has the place for what debhelper adds';
}

# What the package's timers start is understood by the driver.
my ($start) = slurp('debian/fecpipe@.service') =~ m{^ExecStart=/usr/bin/pipeline\.sh (.*)$}m;
my $place = scratch();
for my $kind ('daily', 'monthly') {
    my @words = split ' ', $start =~ s/%i/$kind/r;
    my $tick = run(['./pipeline.sh', @words, '--no-such-option'],
        env => Fecpipe::driver_env($place));
    like $tick->{err}, qr/'--no-such-option' is not known/, "the driver knows the words for $kind";
}
SKIP: {
    skip 'systemd-analyze is not installed', 1 unless `sh -c 'command -v systemd-analyze'`;
    for my $unit ('fecpipe@.service', 'fecpipe@.timer') {
        spew("$place/$unit" =~ s/\@/\@daily/r, slurp("debian/$unit"));
    }
    my $said = run(['systemd-analyze', '--man=no', 'verify', "$place/fecpipe\@daily.timer"])->{err};
    is join("\n", grep { /fecpipe/ && !/pipeline\.sh is not executable|Failed to prepare/ }
            split /\n/, $said), '', 'systemd has nothing to say of the units';
}
my ($edit) = slurp('debian/rules') =~ /^\tsed '([^']+)' \\\n\t\tpipeline\.conf\.example/m;
my $conf = run(['sed', $edit, 'pipeline.conf.example'])->{out};
like $conf, qr{^FEC_HOME=/var/lib/fecpipe/main$}m,
    'the settings of the package say where its home is';
is scalar(() = $conf =~ /^[^#\n]/mg), 1, 'and nothing else';

# --- what needs root says so

SKIP: {
    skip 'setpriv is not installed', 4 unless `sh -c 'command -v setpriv'`;
    my @nobody = $> == 0 ? ('setpriv', '--reuid=65534', '--clear-groups') : ();
    skip 'an ordinary user can\'t reach the tree', 4
        if run([@nobody, 'test', '-x', top() . '/make/fresh-check.sh'])->{status} != 0;
    for my $script ('fresh-check.sh', 'package-check.sh') {
        my $result = run([@nobody, top() . "/make/$script"]);
        is $result->{status}, 77, "$script does nothing for an ordinary user";
        is $result->{err}, "$script: must be run as root: it makes folders with systems in them\n",
            'and says why';
    }
}
done_testing;
