# Fecpipe.pm - what the tests share: where the programs are, how one is run, a folder that goes away.
package Fecpipe;
use strict;
use warnings;
use Cwd qw(abs_path);
use Exporter 'import';
use File::Basename qw(dirname);
use File::Temp ();
use IO::Select;
use POSIX ();

our @EXPORT = qw(top bin program real_data scratch run slurp spew stats_of wait_until);

# The top folder of the source tree.
sub top { return abs_path(dirname(__FILE__) . '/../..') }

# Where the programs are: $FEC_BIN, or bin/ of the tree.
sub bin { return abs_path($ENV{FEC_BIN} // top() . '/bin') }
sub program { return bin() . "/$_[0]" }

# The folder of the FEC's real files, undef if this machine has none.
sub real_data {
    my $folder = $ENV{FEC_REAL_DATA} // top() . '/../shared/data/bulk-downloads';
    return -d $folder ? abs_path($folder) : undef;
}

# A new folder, removed when the returned object goes out of scope or the test ends.
sub scratch { return File::Temp->newdir('fecpipe-test-XXXXXX', TMPDIR => 1) }

sub slurp {
    my ($path) = @_;
    open(my $file, '<:raw', $path) or die "$path: $!";
    local $/;
    return scalar <$file> // '';
}

sub spew {
    my ($path, @text) = @_;
    open(my $file, '>:raw', $path) or die "$path: $!";
    print $file @text or die "$path: $!";
    close($file) or die "$path: $!";
    return $path;
}

# The lines key=value of a --stats file, as a hash reference.
sub stats_of { return {map { /^([^=]+)=(.*)$/ ? ($1, $2) : () } split /\n/, slurp($_[0])} }

# Calls the code every 20 ms until it returns true; returns false after so many seconds (30).
sub wait_until {
    my ($code, $seconds) = @_;
    my $end = time + ($seconds // 30);
    until ($code->()) {
        return 0 if time > $end;
        select(undef, undef, undef, 0.02);
    }
    return 1;
}

# Runs a command (a list, no shell) to its end. Options: stdin => bytes, stdin_file => path,
# env => {NAME => value or undef}, dir => folder, seconds => 120 (then it is killed, status -1).
# Returns {status => exit code, signal => number, out => bytes, err => bytes}.
sub run {
    my ($command, %option) = @_;
    my $folder = scratch();
    my $input = $option{stdin_file} // '/dev/null';
    $input = spew("$folder/in", $option{stdin}) if defined $option{stdin};
    my $pid = fork() // die "fork: $!";
    if ($pid == 0) {
        POSIX::setpgid(0, 0);
        for my $name (keys %{$option{env} // {}}) {
            if (defined $option{env}{$name}) { $ENV{$name} = $option{env}{$name} }
            else { delete $ENV{$name} }
        }
        chdir($option{dir}) or POSIX::_exit(126) if defined $option{dir};
        open(STDIN, '<', $input) or POSIX::_exit(126);
        open(STDOUT, '>', "$folder/out") or POSIX::_exit(126);
        open(STDERR, '>', "$folder/err") or POSIX::_exit(126);
        exec {$command->[0]} @$command or POSIX::_exit(127);
    }
    my $late = !wait_until(sub { waitpid($pid, POSIX::WNOHANG()) != 0 }, $option{seconds} // 120);
    my $result = $?;
    if ($late) {
        kill KILL => -$pid;
        waitpid($pid, 0);
    }
    return {
        status => $late ? -1 : $result >> 8,
        signal => $late ? 9 : $result & 127,
        out    => slurp("$folder/out"),
        err    => slurp("$folder/err"),
    };
}

1;
