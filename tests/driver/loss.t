#!/usr/bin/env perl
# loss.t - rows that somebody has deleted or added by hand are noticed by their number, and the next
# monthly run sets the table right.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use Scene;
use Test::More;

my $scene = new_scene();
my $home  = $scene->{home};
my @ids   = add_rows($scene, 60);

sub monthly {
    my ($wanted, $name) = @_;
    my $result = run_monthly($scene);
    is $result->{status}, 0, "a monthly run $name" or diag $result->{err};
    is counts_of($result), $wanted, 'does what it must';
    return $result;
}

publish_bulk($scene, time => time - 40 * 86400);
publish_api($scene);
monthly('60 0 0 0 0', 'of a new cycle');
add_rows($scene, 3, load_date => days_ago(1) . 'T10:00:00');
change_row($scene, $ids[5], contributor_city => 'SHELBYVILLE',
    load_date => days_ago(1) . 'T10:00:00');
publish_api($scene);
is run_daily($scene)->{status}, 0, 'a daily run brings more';
like monthly('- - - - -', 'with the same file')->{out}, qr/^indiv 2018: not changed at the FEC/m,
    'it is not read again: the daily run has counted what it brought';

sql($home, "DELETE FROM fec.contribution WHERE sub_id IN ($ids[0], $ids[1])");
my $lost = monthly('2 0 0 61 0', 'after two rows were deleted by hand');
like $lost->{err},
    qr/^pipeline\.sh: indiv 2018: the table has 2 rows fewer than the runs have left in it/m,
    'it says so';
monthly('- - - - -', 'after that has nothing to do');

sql($home, "INSERT INTO fec.contribution SELECT (json_populate_record(c, '{\"sub_id\": 77}')).*
    FROM fec.contribution AS c WHERE sub_id = $ids[9]");
my $more = monthly('0 0 1 63 0', 'after a row was added by hand');
like $more->{err}, qr/the table has 1 rows? more/, 'it says so';
is sql($home, 'SELECT count(*) FROM fec.contribution'), 63, 'and the table is right';

# A dump that was restored has the rows of its day and the runs of its day; here the rows alone.
sql($home, "DELETE FROM fec.committee WHERE committee_id = '" . committee(3) . "'");
like run_monthly($scene)->{err}, qr/cm 2018: the table has 1 rows? fewer/,
    'the masters are counted too';

done_testing;
