#!/usr/bin/env perl
# A monthly run that comes every week: when it is due, across both changes of the clocks and the
# turn of the year, how it stands in a crontab and in systemd's timer, and that both are read back.
# The functions of the schedule are asked themselves; tests/driver/schedule.t has all of the rest.
use strict;
use warnings;
use POSIX ();
use Test::More;
use Time::Local qw(timegm);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;

my $home = scratch();
my $prepare = 'FECPIPE_SHARE=$1 FECPIPE_HERE=$1 FECPIPE_BIN=$FEC_BIN FECPIPE_SELF=$1/pipeline.sh
    FECPIPE_VERSION=1 CALLER_UMASK=22; set -u -o pipefail; export LC_ALL=C
    eval "$(grep "^\. " "$1/pipeline.sh")"; read_config; begin_schedule;';

# Runs a script with the driver's functions and a schedule of these options.
sub with_schedule {
    my ($options, $script, %env) = @_;
    my $said = run(['bash', '-c', "$prepare read_schedule_options install $options; $script",
            'bash', top()],
        env => {FEC_HOME => "$home/fec", HOME => "$home", FEC_BIN => bin(), FEC_CONF => '/dev/null',
            SYSTEMD_UNIT_PATH => "$home/units", XDG_DATA_HOME => undef, %env});
    return $said->{out} . $said->{err};
}

sub utc {
    my ($year, $month, $day, $hour, $minute) = $_[0] =~ /^(\d+)-(\d+)-(\d+) (\d+):(\d+)$/;
    return timegm(0, $minute, $hour, $day, $month - 1, $year);
}

# The next times after one, in UTC.
sub next_times {
    my ($options, $from, $count) = @_;
    my $said = with_schedule($options, 'next_times monthly ' . utc($from) . " $count");
    return [map { /^\d+$/ ? POSIX::strftime('%a %Y-%m-%d %H:%M', gmtime $_) : $_ }
            split /\n/, $said];
}

is_deeply next_times('--monthly-day Sunday', '2026-10-24 12:00', 3),
    ['Sun 2026-10-25 06:00', 'Sun 2026-11-01 07:00', 'Sun 2026-11-08 07:00'],
    'every Sunday at 2:00 Eastern time, in summer and in winter';
is_deeply next_times('--monthly-day sun', '2026-03-07 12:00', 2),
    ['Sun 2026-03-08 07:00', 'Sun 2026-03-15 06:00'], 'an hour that clocks skip is made up for';
is_deeply next_times('--monthly-day=WED --monthly-at 23:50', '2026-12-30 12:00', 2),
    ['Thu 2026-12-31 04:50', 'Thu 2027-01-07 04:50'], 'any day and time, at the turn of the year';
is_deeply next_times('--monthly-day 08', '2026-12-30 12:00', 1), ['Fri 2027-01-08 07:00'],
    'a day of the month is still one';

# From before one run to after the next, by the hour: the occurrence changes when it is due.
my $names = with_schedule('--monthly-day Sun', join '; ', map {
        "due_occurrence monthly " . (utc('2026-11-07 20:00') + $_ * 3600)
    } 0 .. 12);
is $names, "2026-11-01\n" x 11 . "2026-11-08\n" x 2, 'an occurrence is named by its date';

for my $wrong (qw(Su Someday 29 Sunday1)) {
    like with_schedule("--monthly-day $wrong", 'echo taken'),
        qr/--monthly-day takes a day .* such as Sunday, not '$wrong'/, "$wrong is refused";
}
is with_schedule('', 'echo "${schedule[monthly_day]}"', FEC_MONTHLY_DAY => 'saturday'), "Sat\n",
    'FEC_MONTHLY_DAY takes a day of the week too';

like with_schedule('--monthly-day Sunday', 'crontab_entry'),
    qr/monthly at 02:00 each Sun, Eastern time\..* --monthly-day Sun\n/s, 'the crontab says it';
my $again = 'schedule[monthly_day]=; read_installed_systemd && echo "${schedule[monthly_day]}"';
my $timers = 'for kind in daily monthly; do for end in timer service; do
    unit_text $kind $end >"$SYSTEMD_UNIT_PATH/$(unit_name $kind).$end"; done; done;';
mkdir "$home/units" or die "mkdir: $!";
is with_schedule('--monthly-day Sunday', "$timers $again"), "Sun\n",
    'what stands in the timer is read back';
my ($timer) = glob("$home/units/*monthly*.timer");
is join("\n", slurp($timer) =~ /^OnCalendar=(.*)$/mg),
    "Sun *-*-* 02:00:00 America/New_York\nSun *-03-08..14 03:00:00 America/New_York",
    'with the day on which clocks skip the hour';
SKIP: {
    skip 'systemd-analyze is not installed', 1
        if system('sh', '-c', 'command -v systemd-analyze >/dev/null');
    my $said = run(['systemd-analyze', 'calendar', '--base-time=2026-10-24 12:00 UTC',
            '--iterations=2', 'Sun *-*-* 02:00:00 America/New_York'], env => {TZ => 'UTC'})->{out};
    like $said, qr/2026-10-25 06:00.*2026-11-01 07:00/s, 'which systemd takes as it is meant';
}
is with_schedule('--monthly-day 15', "$timers $again"), "15\n", 'so is a day of the month';
done_testing;
