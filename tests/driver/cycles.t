#!/usr/bin/env perl
# Many cycles in one command: ranges, several at a time, the table at the end, one that fails, and
# an end before the end.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;
use Test::More;
use ZipMaker;

my $home = new_home();
my $tree = scratch();
my @cycles = (2018, 2020, 2022);

# A file of committees, as many as are asked for, and of another age each time.
my $age = 86400;
sub publish {
    my ($cycle, $rows) = @_;
    mkdir "$tree/$cycle";
    my $text = join '', map { sprintf "C%08d|COMMITTEE %d|||||||U|N||Q|||\n", $_, $_ } 1 .. $rows;
    my $file = spew(sprintf('%s/%d/cm%02d.zip', $tree, $cycle, $cycle % 100),
        ZipMaker::archive({name => 'cm.txt', data => $text}));
    $age -= 60;
    utime time - $age, time - $age, $file;
}

sub monthly {
    my ($arguments, %env) = @_;
    return pipeline($home, ['monthly', '--datasets', 'cm', @$arguments],
        env => {FEC_BULK_URL => "file://$tree", %env});
}

# The table at the end: by cycle its new, changed, withdrawn, unchanged, rejected and result.
sub last_table {
    my ($text) = @_;
    my ($table) = $text =~ /^cycle +new .*result\n(.*)\z/ms;
    return {map { /^(\d{4})\s+(.*?)\s*$/ ? ($1, [split ' ', $2]) : () } split /\n/, $table // ''};
}

sub rows { return sql($home, 'SELECT string_agg(cycle || $$:$$ || n, $$ $$ ORDER BY cycle) FROM '
        . '(SELECT cycle, count(*) AS n FROM fec.committee GROUP BY 1) AS c') }

publish($cycles[$_], 10 + $_) for 0 .. 2;
my $result = monthly(['--cycle', '2018-2022', '--jobs', 2]);
is $result->{status}, 0, 'a range of cycles is run, two at a time' or diag $result->{err};
is rows(), '2018:10 2020:11 2022:12', 'and all of them are loaded';
is_deeply last_table($result->{out}), {map { ($cycles[$_], [10 + $_, 0, 0, 0, 0, 'complete']) }
        0 .. 2}, 'a table at the end says what each has done';
is scalar(() = $result->{out} =~ /^MONTHLY RECONCILIATION COMPLETE$/mg), 3,
    'the summary of each cycle is shown';
is scalar(my @logs = glob "$home/home/logs/*-monthly-*.log"), 4,
    'each run has its log, and so has the whole';

publish(2018, 12);
publish(2022, 11);
unlink "$tree/2020/cm20.zip";
my $told = "$home/told";
$result = monthly(['--cycle', '2022,2020', '--cycle', 2018], FEC_JOBS => 3,
    FEC_ON_FAILURE => "cat >>'$told'");
is $result->{status}, 66, 'the status is that of the cycle that failed';
is rows(), '2018:12 2020:11 2022:11', 'the others are brought up to date';
my $table = last_table($result->{out});
is_deeply [map { $table->{$_}[-1] } @cycles], ['complete', 'failed', 'complete'],
    'the table says which has failed';
is_deeply [sort { $a <=> $b } keys %$table], \@cycles, 'and has a line for each cycle';
like $result->{err}, qr/monthly 2020 failed: cm: [^\n]*cm20\.zip[^\n]*\n\z/,
    'the last line is the reason';
is scalar(() = slurp($told) =~ /^fecpipe: monthly on /mg), 1, 'and somebody is told once';

publish(2020, 11);
$result = monthly(['--cycle', '2020-2022']);
is $result->{status}, 0, 'without FEC_JOBS cycles run one after the other';
is_deeply last_table($result->{out}), {2020 => [0, 0, 0, 11, 0, 'complete'], 2022 => ['complete']},
    'and end with the table too' or diag $result->{out};
unlike monthly(['--cycle', 2018])->{out}, qr/^cycle +new/m, 'a single cycle has no such table';

for my $case (['--jobs', 0], ['--jobs', 'x'], ['--jobs', 65]) {
    my $wrong = monthly([@$case]);
    is "$wrong->{status} $wrong->{err}", "64 pipeline.sh: --jobs takes a whole number from 1 to "
        . "64, not '$case->[1]'\n", "@$case is refused";
}
like pipeline($home, ['changes', '--cycle', '2018-2022'])->{err},
    qr/--cycle takes one cycle here, not '2018-2022'/, 'changes is about one cycle';

# --- an end before the end: a file that does not come to its end

my $server = start_server($tree);
publish(2018, 12);
spew($server->{behave}, "*cm18* stall 100\n");
my $process = start([top() . '/pipeline.sh', 'monthly', '--datasets', 'cm', '--cycle', '2018-2022',
        '--jobs', 3, '--always'],
    env => Fecpipe::driver_env($home, FEC_BULK_URL => $server->{url}, FEC_STALL_SECONDS => 600));
my $first = sql($home, 'SELECT max(run_id) FROM fec.run');
ok wait_until(sub { sql($home, "SELECT count(*) FROM fec.run WHERE status = 'complete'
    AND run_id > $first") == 2 }, 60), 'one that hangs does not keep the others from their end';
kill TERM => $process->{pid};
$result = finish($process, 60);
is $result->{status}, 143, 'a signal ends what still runs';
is_deeply [map { last_table($result->{out})->{$_} } @cycles], [undef, undef, undef],
    'without a table of what was done';
like $result->{err}, qr/monthly 2018 failed: stopped by signal TERM$/m, 'it says which';
is sql($home, "SELECT count(*) FROM fec.run WHERE status = 'running'"), 0, 'no run is left open';
is_deeply [glob "$home/home/run/*.*"], [], 'and no folder';
done_testing;
