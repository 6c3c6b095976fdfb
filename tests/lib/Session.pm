# Session.pm - a session on the private database of a home that keeps what it began, a transaction
# say; and days that pass in the database.
package Session;
use strict;
use warnings;
use Exporter 'import';
use Fecpipe;
use Psql;

our @EXPORT = qw(open_session close_session query set_back_by);

# On the database of a home, as new_home returns it, whose server must be up.
sub open_session { return open_psql(connection_of($_[0])) }

# Runs statements; returns the rows of all of them, each as a list.
sub query {
    my ($session, @statements) = @_;
    my ($rows, $whole) = exchange($session, @statements);
    die "psql: ", close_psql($session) if !$whole;
    return map { [split /\t/, $_, -1] } split /\n/, $rows;
}

sub close_session { return close_psql($_[0]) }

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
