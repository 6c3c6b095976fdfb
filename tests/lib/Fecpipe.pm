# Fecpipe.pm - what the tests share: where the programs are, how one is run, a folder that goes
# away.
package Fecpipe;
use strict;
use warnings;
use Cwd qw(abs_path);
use Exporter 'import';
use Fcntl qw(LOCK_EX);
use File::Basename qw(dirname);
use File::Temp ();
use IO::Select;
use POSIX ();
use Psql;

our @EXPORT = qw(top bin program real_data scratch run start finish slurp spew stats_of wait_until
    new_home pipeline connection_of sql summary sample start_server);

# The tests of the database run with another PostgreSQL if FEC_TEST_PG_BIN names the folder of its
# programs.
$ENV{PATH} = "$ENV{FEC_TEST_PG_BIN}:$ENV{PATH}" if defined $ENV{FEC_TEST_PG_BIN};
# Not the script in Perl that Debian has under psql's name: it takes longer than most queries.
chomp(my $psql_folder = `pg_config --bindir 2>/dev/null`);
$ENV{PATH} = "$psql_folder:$ENV{PATH}" if -x "$psql_folder/psql";

our $owner = $$;   # only the test itself cleans up, not what it forks
my (%started, @homes);

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
sub scratch {
    my $folder = File::Temp->newdir('fecpipe-test-XXXXXX', TMPDIR => 1);
    chmod 0711, $folder; # as root, PostgreSQL runs as another user and must get in
    return $folder;
}

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

# Calls the code every 20 ms until it returns true; returns false when the seconds (30) are over.
sub wait_until {
    my ($code, $seconds) = @_;
    my $end = time + ($seconds // 30);
    until ($code->()) {
        return 0 if time > $end;
        select(undef, undef, undef, 0.02);
    }
    return 1;
}

# Starts a command (a list, no shell) in a process group of its own. Options: stdin => bytes,
# stdin_file => path, env => {NAME => value or undef}, dir => folder. Returns what finish takes.
sub start {
    my ($command, %option) = @_;
    my $folder = scratch();
    my $input = $option{stdin_file} // '/dev/null';
    $input = spew("$folder/in", $option{stdin}) if defined $option{stdin};
    # There from the first moment, for who looks into them while it runs.
    spew("$folder/$_", '') for qw(out err);
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
    $started{$pid} = 1;
    return {pid => $pid, folder => $folder};
}

# Waits for it; when the seconds (120) are over it is killed, status -1. Returns {status => exit
# code, signal => number, out => bytes, err => bytes}.
sub finish {
    my ($process, $seconds) = @_;
    my $late =
        !wait_until(sub { waitpid($process->{pid}, POSIX::WNOHANG()) != 0 }, $seconds // 120);
    my $result = $?;
    if ($late) {
        kill KILL => -$process->{pid};
        waitpid($process->{pid}, 0);
    }
    delete $started{$process->{pid}};
    return {
        status => $late ? -1 : $result >> 8,
        signal => $late ? 9 : $result & 127,
        out    => slurp("$process->{folder}/out"),
        err    => slurp("$process->{folder}/err"),
    };
}

# Runs a command to its end: start and finish, with the option seconds.
sub run {
    my ($command, %option) = @_;
    return finish(start($command, %option), $option{seconds});
}

# --- the driver and its database

# The environment of a driver that has a home and a private database of its own and nothing of the
# caller's settings. No test but its own needs indexes.
sub driver_env {
    my ($home, %more) = @_;
    my %env = map { /^(?:FEC_|PG|DATABASE_URL)/ ? ($_, undef) : () } keys %ENV;
    return {%env, FEC_BIN => bin(), FEC_HOME => "$home/home", HOME => "$home",
        FEC_RETRY_DELAY_MS => 10, FEC_RETRIES => 2, FEC_CONF => '/dev/null', FEC_INDEXES => 'none',
        FEC_MEMORY_MB => 128, %more};
}

# A folder for a driver; at the end of the test its private PostgreSQL is stopped. Where the tests
# run under tests/run, the database is there already, as `pipeline.sh init` makes it, which takes
# longer than most tests; new_home(bare => 1) is a folder without one.
sub new_home {
    my (%option) = @_;
    my $home = scratch();
    push @homes, $home;
    my $template = $ENV{TEST_TEMPLATE};
    if (defined $template && !$option{bare}) {
        make_template($template);
        system('cp', '-a', "$template/home", "$home/home") == 0 or die 'cp failed';
    }
    return $home;
}

# Makes the home that others are copies of; one test does it and the others wait.
sub make_template {
    my ($folder) = @_;
    open(my $lock, '>>', "$folder/lock") or die "$folder/lock: $!";
    flock($lock, LOCK_EX) or die "$folder/lock: $!";
    return if -e "$folder/made";
    for my $command ('init', 'stop') {
        my $result = pipeline($folder, [$command]);
        die "$command: $result->{err}" if $result->{status} != 0;
    }
    spew("$folder/made", '');
    return;
}

# Runs pipeline.sh with arguments: pipeline($home, [arguments], env => {...}, seconds => 300).
sub pipeline {
    my ($home, $arguments, %option) = @_;
    return run([top() . '/pipeline.sh', @$arguments],
        env => driver_env($home, %{$option{env} // {}}), seconds => $option{seconds} // 300);
}

# How psql reaches the private database of a home past the driver.
sub connection_of {
    my ($home) = @_;
    return {%{driver_env($home, FEC_HOME => undef)},
        PGHOST => abs_path("$home/home/postgres") // '', PGUSER => 'fecpipe', PGDATABASE => 'fec'};
}

# The rows of queries on the home's private database, tab separated, as one string without the last
# line end. Dies if one fails.
sub sql {
    my ($home, @queries) = @_;
    # Past the driver where the server is up: this is called a thousand times.
    my $rows = eval { ask(connection_of($home), @queries) };
    return $rows if defined $rows;
    die $@ if $@ !~ /Connection refused|No such file/;
    my $result = pipeline($home, ['psql', '-X', '-q', '-A', '-t', '-F', "\t",
        '-v', 'ON_ERROR_STOP=1', map { ('-c', $_) } @queries]);
    die "psql: $result->{err}" if $result->{status} != 0;
    chomp $result->{out};
    return $result->{out};
}

# The counts of a summary: {contributions => {new => 1, changed => 2, ...}, ...}, states as
# {states}.
sub summary {
    my ($text) = @_;
    my %found;
    for my $line (split /\n/, $text) {
        if ($line =~ /^  (\S.*?)\s{2,}([\d,]+) +([\d,]+) +([\d,]+) +([\d,]+) +([\d,]+)$/) {
            my ($label, @counts) = ($1, $2, $3, $4, $5, $6);
            s/,//g for @counts;
            @{$found{$label}}{qw(new changed withdrawn unchanged rejected)} = @counts;
        }
        elsif ($line =~ /^  states updated +([\d,]+)$/) {
            ($found{states} = $1) =~ s/,//g;
        }
    }
    return \%found;
}

# Makes a made-up download tree in $folder: sample($folder, '--rows', 1000, ...); dies if it fails.
sub sample {
    my ($folder, @options) = @_;
    my $result = run([program('fec-sample'), '--out', $folder, @options]);
    die "fec-sample: $result->{err}" if $result->{status} != 0;
    return $folder;
}

# Starts the stand-in for the FEC's servers on a folder. Returns {url, port, pid, behave => file of
# rules, log => file}; it ends with the test.
sub start_server {
    my ($root) = @_;
    my $folder = scratch();
    my $server = {folder => $folder, behave => "$folder/behave", log => "$folder/log"};
    spew($server->{behave}, '');
    my $pid = fork() // die "fork: $!";
    if ($pid == 0) {
        POSIX::setpgid(0, 0);
        open(STDIN, '<', '/dev/null');
        open(STDOUT, '>', "$folder/out");
        open(STDERR, '>', "$folder/err");
        exec(top() . '/tests/servers/fec-server', '--root', $root,
            '--port-file', "$folder/port", '--log',
            $server->{log}, '--behave', $server->{behave}) or POSIX::_exit(127);
    }
    $started{$pid} = 1;
    $server->{pid} = $pid;
    wait_until(sub { -s "$folder/port" })
        or die 'the server does not start: ' . slurp("$folder/err");
    ($server->{port}) = slurp("$folder/port") =~ /(\d+)/;
    $server->{url} = "http://127.0.0.1:$server->{port}";
    return $server;
}

# Nothing is left running, however a test ends.
END {
    my $status = $?;
    if ($$ == $owner) {
        for my $pid (keys %started) {
            kill KILL => -$pid;
            kill KILL => $pid;
            waitpid($pid, 0);
        }
        pipeline($_, ['stop', '--force']) for @homes;
    }
    $? = $status;
}

$SIG{$_} = sub { exit 1 } for qw(INT TERM HUP);

1;
