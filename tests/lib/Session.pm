# Session.pm - a psql that stays open on the private database of a home, for tests that ask often:
# starting one takes longer than most queries.
package Session;
use strict;
use warnings;
use Exporter 'import';
use Fecpipe;
use IPC::Open2 qw(open2);

our @EXPORT = qw(open_session close_session query set_back_by);

my $END = '--end of an answer--';

# On the database of a home, as new_home returns it, which must have been made.
sub open_session {
    my ($home) = @_;
    my $environment = Fecpipe::driver_env($home);
    local %ENV = map { exists $environment->{$_} ? () : ($_, $ENV{$_}) } keys %ENV;
    for my $name (grep { defined $environment->{$_} } keys %$environment) {
        $ENV{$name} = $environment->{$name};
    }
    my $pid = open2(my $out, my $in, top() . '/pipeline.sh', qw(psql -X -q -A -t -F), "\t",
        qw(-v ON_ERROR_STOP=1));
    return {pid => $pid, in => $in, out => $out};
}

# Sends statements, each ended by a semicolon; returns the rows of all of them, each as a list.
sub query {
    my ($session, @statements) = @_;
    print {$session->{in}} join("\n", @statements), "\n\\echo '$END'\n";
    $session->{in}->flush;
    my @rows;
    while (defined(my $line = readline $session->{out})) {
        chomp $line;
        return @rows if $line eq $END;
        push @rows, [split /\t/, $line, -1];
    }
    die "psql has ended at: @statements\n";
}

sub close_session {
    my ($session) = @_;
    close $session->{in};
    waitpid $session->{pid}, 0;
}

# Sets all times that the database has noted back by days, so that to the programs it looks as if
# the days had passed. The place of a sweep that is not finished stays as it is, being the text of a
# query that has begun.
sub set_back_by {
    my ($days) = @_;
    my $by = "interval '" . 24 * $days . " hours'";
    return (
        "UPDATE fec.run SET started_at = started_at - $by, finished_at = finished_at - $by;",
        "UPDATE fec.run_dataset SET last_modified = last_modified - $by
          WHERE last_modified IS NOT NULL;",
        "UPDATE fec.sweep SET started_at = started_at - $by, finished_at = finished_at - $by,
                since = CASE WHEN finished_at IS NULL THEN since ELSE since - $days END;",
        "UPDATE fec.extraction_state SET window_to = window_to - $days,
                updated_at = updated_at - $by;");
}

1;
