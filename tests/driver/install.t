#!/usr/bin/env perl
# `make install` into a scratch folder, and all of it used from there, by its path and through
# symbolic links. Then `make uninstall`.
use strict;
use warnings;
use File::Find ();
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;

plan skip_all => 'make is not installed' unless `sh -c 'command -v make'`;

my @programs = qw(fec-fetch fec-unzip fec-parse fec-dedupe pg-load);
my $place = scratch();
my $home = new_home(bare => 1);
my $prefix = "$place/root/opt/fecpipe";

# Runs make on the tree with the programs that are tested. `-o all` takes them as they are, so
# nothing is built. A make that runs the tests must not hand its options down.
sub make_target {
    my ($target) = @_;
    return run(['make', '-C', top(), '-o', 'all', $target, 'BIN=' . bin(), "BUILD=$place/none",
            "DESTDIR=$place/root", 'PREFIX=/opt/fecpipe'],
        env => {MAKEFLAGS => undef, MFLAGS => undef, MAKELEVEL => undef, MAKEOVERRIDES => undef});
}

# Runs the installed driver.
sub installed {
    my ($path, @arguments) = @_;
    return run([$path, @arguments], seconds => 300, env => Fecpipe::driver_env($home,
            FEC_BIN => undef, FEC_BULK_URL => "file://$place/month-1"));
}

# The files and links below a folder, by their paths in it.
sub files_below {
    my ($folder) = @_;
    my @files;
    File::Find::find({no_chdir => 1, wanted => sub {
                push @files, substr($_, length("$folder/")) if -l $_ || !-d $_;
            }}, $folder);
    return sort @files;
}

sub names { return map { s{.*/}{}r } glob(top() . "/$_[0]") }

my $install = make_target('install');
is $install->{status}, 0, 'make install succeeds' or BAIL_OUT($install->{err});
ok !-e "$place/none", 'and builds nothing that is there';
is_deeply [files_below($prefix)], [sort
        map({ "bin/$_" } @programs, 'pipeline.sh'), 'libexec/fecpipe/fec-sample',
        map({ "share/fecpipe/sql/$_" } files_below(top() . '/sql')),
        map({ "share/fecpipe/driver/$_" } files_below(top() . '/driver')),
        map({ "share/doc/fecpipe/$_" } qw(CHANGELOG.md LICENSE README.md pipeline.conf.example)),
        map({ "share/doc/fecpipe/docs/$_" } names('docs/*.md')),
        map({ "share/doc/fecpipe/docs/monitoring/$_" } names('docs/monitoring/*')),
        map({ "share/bash-completion/completions/$_" } @programs, 'pipeline.sh'),
        'share/zsh/site-functions/_fecpipe',
        map({ "share/man/man1/$_" } names('man/*.1')),
        map({ "share/man/man5/$_" } names('man/*.5'))],
    'programs, driver, SQL and documentation are installed, each in its place';
ok -f "$prefix/share/man/man1/$_.1", "$_ has its manual page" for @programs, 'pipeline.sh';
ok -x "$prefix/bin/$_", "$_ can be run" for @programs, 'pipeline.sh';

SKIP: {
    skip 'mandoc is not installed', 1 unless `sh -c 'command -v mandoc'`;
    my @empty = grep {
        my $page = run(['mandoc', '-T', 'utf8', "$prefix/share/man/$_"]);
        $page->{status} != 0 || $page->{out} !~ /E.*X.*A.*M.*P.*L.*E.*S/;
    } files_below("$prefix/share/man");
    is "@empty", '', 'mandoc shows the installed pages';
}

# A link to a link, one with a whole path and one with a path from where it is.
mkdir "$place/links" or die "$place/links: $!";
symlink('../root/opt/fecpipe/bin/pipeline.sh', "$place/links/one") or die "symlink: $!";
symlink("$place/links/one", "$place/links/pipeline") or die "symlink: $!";
my $link = "$place/links/pipeline";

my $version = installed($link, '--version');
like $version->{out}, qr/^pipeline\.sh \(fecpipe\) \d+\.\d+\.\d+$/,
    'through symbolic links the driver starts';
my $init = installed($link, 'init');
is $init->{status}, 0, 'init makes database and schema with the installed SQL' or diag $init->{err};

sample("$place", '--cycle', 2026, '--rows', 400, '--months', 1);
my $monthly = installed($link, 'monthly', '--cycle', 2026);
is $monthly->{status}, 0, 'monthly runs with the installed programs' or diag $monthly->{err};
my $manifest = stats_of("$place/month-1/manifest");
is summary($monthly->{out})->{contributions}{new}, $manifest->{'indiv.new'},
    'and loads what is in the file';
my $status = installed("$prefix/bin/pipeline.sh", 'status');
like $status->{out}, qr/monthly +2026 complete/, 'status tells of it, called by its path'
    or diag $status->{err};
my $report = installed($link, 'report');
like $report->{out}, qr{^<!DOCTYPE html>.*</html>\s*\z}s, 'report finds the installed style sheet'
    or diag $report->{err};
my $demo = installed($link, 'demo', '--rows', 500);
is $demo->{status}, 0, 'demo finds the installed generator' or diag $demo->{err};
is scalar(() = $demo->{out} =~ /MONTHLY RECONCILIATION COMPLETE/g), 2, 'and shows two months';

my $again = make_target('install');
is $again->{status}, 0, 'it can be installed again over itself' or diag $again->{err};
my $uninstall = make_target('uninstall');
is $uninstall->{status}, 0, 'make uninstall succeeds' or diag $uninstall->{err};
is_deeply [files_below($prefix)], [], 'and leaves no file';
ok !-e "$prefix/share/fecpipe" && !-e "$prefix/libexec/fecpipe", "nor a folder of fecpipe's own";
done_testing;

# The demo stops its server; this is for a demo that did not come so far.
END {
    local $?;
    my $demo_home = defined $home ? "$home/home/demo" : '';
    pipeline($home, ['stop'], env => {FEC_HOME => $demo_home}) if -d $demo_home;
}
