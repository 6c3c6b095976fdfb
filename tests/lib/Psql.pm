# Psql.pm - a psql that stays open, for tests that ask a database often: starting one takes longer
# than most queries. A connection is the environment of psql: {PGHOST => ..., NAME => undef to unset
# it}.
package Psql;
use strict;
use warnings;
use Exporter 'import';
use File::Temp ();
use IPC::Open3 qw(open3);

our @EXPORT = qw(ask open_psql exchange close_psql);

my $END = '--end of the rows--';
# By connection and process: what a test has forked has its own.
my %open;

# The rows of queries as text, tab separated, without the last line end. Dies with psql's message if
# a query fails. What a query sets for its session does not last.
sub ask {
    my ($connection, @queries) = @_;
    my $name = join "\0", $$, map { ($_, $connection->{$_} // '') } sort keys %$connection;
    for my $again (1, 0) {
        my $psql = $open{$name} //= open_psql($connection);
        my ($rows, $whole) = exchange($psql, @queries, 'DISCARD ALL');
        return $rows if $whole;
        delete $open{$name};
        my $message = close_psql($psql);
        # The server was stopped since the last call, so nothing was run now.
        next if $again && $message =~ /terminating connection|server closed the connection/;
        die "psql: $message";
    }
}

sub open_psql {
    my ($connection) = @_;
    local %ENV = (%ENV, map { ($_, $connection->{$_} // '') } keys %$connection);
    delete $ENV{$_} for grep { !defined $connection->{$_} } keys %$connection;
    my $messages = File::Temp->new;
    open(my $errors, '>&', $messages) or die "$messages: $!";
    my ($in, $out);
    my $pid = open3($in, $out, '>&' . fileno($errors), 'psql', '-X', '-q', '-A', '-t', '-F', "\t",
        '-v', 'ON_ERROR_STOP=1');
    return {pid => $pid, in => $in, out => $out, messages => $messages};
}

# Returns the rows, and whether all queries were run.
sub exchange {
    my ($psql, @queries) = @_;
    local $SIG{PIPE} = 'IGNORE';
    # A query that is not ended would wait for more.
    print {$psql->{in}} (map { "$_\n;\n" } @queries), "\\echo '$END'\n";
    $psql->{in}->flush;
    my $rows = '';
    while (defined(my $line = readline $psql->{out})) {
        if ($line eq "$END\n") {
            chomp $rows;
            return ($rows, 1);
        }
        $rows .= $line;
    }
    return ($rows, 0);
}

# Returns what it has complained about.
sub close_psql {
    my ($psql) = @_;
    close $psql->{in};
    waitpid $psql->{pid}, 0;
    seek $psql->{messages}, 0, 0;
    local $/;
    return readline($psql->{messages}) // '';
}

END {
    my $status = $?;
    close_psql($open{$_}) for grep { /^$$\0/ } keys %open;
    $? = $status;
}

1;
