#!/usr/bin/env perl
# The schedule. What `schedule install` has put into a crontab is run by a small cron of ours,
# minute by minute under a set clock, on machines in several zones; what it has made for systemd is
# shown to systemd's own calendar. The driver is the real one but for its two kinds of run, which
# only write down when they were started. Stand-ins for crontab and systemctl keep this machine's
# out of it.
use strict;
use warnings;
use Cwd qw(abs_path);
use POSIX ();
use Test::More;
use Time::Local qw(timegm);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;

plan skip_all => 'faketime is not installed' if system('command -v faketime >/dev/null');
my $work = scratch();

# What libfaketime keeps in shared memory is made by one faketime that lives as long as this test,
# to the end of its input; else each process would make its own, and one that ends in an exec leaves
# it there. (What a process of the same number has left is in the way; then it is tried again.)
my ($faketime, %preload);
for (1 .. 20) {
    open($faketime, '|-', 'sh', '-c', 'exec faketime -f +0 "$@" 2>/dev/null', 'sh', 'sh', '-c',
        'printenv LD_PRELOAD FAKETIME_SHARED >"$0.new" && mv "$0.new" "$0"; exec cat',
        "$work/preload") or die "sh: $!";
    wait_until(sub { -e "$work/preload" }, 2) and last;
    close($faketime);
}
@preload{qw(LD_PRELOAD FAKETIME_SHARED)} = split /\n/, slurp("$work/preload");

# --- a tree, and stand-ins

my $tree = "$work/tree";
mkdir $tree or die "$tree: $!";
system('cp', '-R', map({ top() . "/$_" } qw(pipeline.sh driver sql)), $tree) == 0
    or die 'cannot copy the tree';
for my $kind (qw(daily monthly)) {
    spew("$tree/driver/$kind.sh", <<"END");
# shellcheck shell=bash
command_$kind() {
    echo "$kind \$(TZ=America/New_York date '+%Y-%m-%d %H:%M %Z') \$*" >>"\$FEC_HOME/started"
    printf '%s\\n' "\$PATH" "\$HOME" "\${FEC_CONF:-}" "\${PGHOST:-}" >"\$FEC_HOME/environment"
    case \$(cat "\$FEC_HOME/fails" 2>/dev/null) in
    '') ;;
    killed) kill -KILL \$PPID \$\$ ;;
    stopped)
        trap 'exit 143' TERM
        for ((i = 0; i < 600; i++)); do sleep 0.05; done
        ;;
    *) exit "\$(cat "\$FEC_HOME/fails")" ;;
    esac
    [ ! -f "\$FEC_HOME/slow" ] || until [ -f "\$FEC_HOME/go" ]; do sleep 0.05; done
}
END
}

# A user of a machine: a home, a crontab, a manager of systemd that is "running" or "offline".
my $users = 0;
sub new_user {
    my (%option) = @_;
    my $folder = "$work/user" . ++$users;
    my $home = "$folder/" . ($option{home} // 'home');
    mkdir $_ or die "$_: $!" for $folder, "$folder/bin", "$folder/etc", $home;
    # The store is beside the command; tests make it fail by writing what it then says.
    spew("$folder/bin/crontab", <<'END');
#!/bin/sh
store=${0%/bin/crontab}/etc/crontab
echo "$*" >>"$store.calls"
if [ -f "$store.fails" ]; then
    cat "$store.fails" >&2
    exit 1
fi
case $1 in
-l)
    [ -f "$store" ] || { echo "no crontab for somebody" >&2; exit 1; }
    cat "$store"
    ;;
-) cat >"$store" ;;
esac
END
    spew("$folder/bin/systemctl", <<'END');
#!/bin/sh
folder=${0%/bin/systemctl}/etc
[ "$1" != --user ] || shift
echo "$*" >>"$folder/systemctl.calls"
case $1 in
is-system-running) cat "$folder/state" ;;
is-enabled | is-active) [ -f "$folder/enabled.$2" ] ;;
enable) shift 2; for unit; do : >"$folder/enabled.$unit"; done ;;
disable) rm -f "$folder/enabled.$3" ;;
esac
END
    spew("$folder/etc/state", ($option{systemd} // 'offline') . "\n");
    chmod 0755, glob("$folder/bin/*");
    return {folder => $folder, home => $home, fec => "$home/.local/share/fecpipe",
        crontab => "$folder/etc/crontab", units => "$folder/units",
        path => "$folder/bin:/usr/local/bin:/usr/bin:/bin"};
}

# The environment of a process whose clock begins about that second, on a machine in that zone.
sub at {
    my ($epoch, $zone) = @_;
    return (TZ => $zone // 'UTC', %preload, FAKETIME => sprintf('%+d', $epoch - time));
}

my @foreign = grep { /^(?:FEC_|PG|XDG_|DATABASE_URL|CURL_|SSL_)|_proxy$/i } keys %ENV;

# What the user's shell has; at => seconds, zone => name, env => {...}.
sub user_env {
    my ($user, %option) = @_;
    return {map({ ($_, undef) } @foreign), HOME => $user->{home}, PATH => $user->{path},
        SYSTEMD_UNIT_PATH => $user->{units}, FEC_CONF => '/dev/null',
        defined $option{at} ? at(@option{qw(at zone)}) : (), %{$option{env} // {}}};
}

# Runs pipeline.sh schedule as a user.
sub schedule {
    my ($user, $arguments, %option) = @_;
    return run(["$tree/pipeline.sh", 'schedule', @$arguments], env => user_env($user, %option));
}

sub utc {
    my ($year, $month, $day, $hour, $minute) = $_[0] =~ /^(\d+)-(\d+)-(\d+) (\d+):(\d+)$/;
    return timegm(0, $minute, $hour, $day, $month - 1, $year);
}

# The clock on the wall in a zone: minute, hour, day, month, day of the week, as in a crontab.
sub wall {
    my ($epoch, $zone) = @_;
    local $ENV{TZ} = $zone;
    POSIX::tzset();
    my (undef, $minute, $hour, $day, $month, undef, $weekday) = localtime $epoch;
    return ($minute, $hour, $day, $month + 1, $weekday);
}

# True if a field of a crontab, such as 0,30 or 8-20/2 or *, takes the value.
sub field_takes {
    my ($field, $value) = @_;
    for my $part (split /,/, $field) {
        my ($range, $step) = split m{/}, $part;
        my ($from, $to) = $range eq '*' ? (0, 99) : split(/-/, $range);
        $to //= $from;
        return 1 if $value >= $from && $value <= $to && ($value - $from) % ($step // 1) == 0;
    }
    return 0;
}

# The commands of a crontab that are due in that minute on a machine in that zone. As cron does, %
# ends a command and \% is %.
sub due_commands {
    my ($user, $epoch, $zone) = @_;
    my @wall = wall($epoch, $zone);
    my @commands;
    for my $line (grep { !/^\s*(?:#|$|\w+\s*=)/ } split /\n/, slurp($user->{crontab})) {
        my (@fields) = split ' ', $line, 6;
        my $command = pop @fields;
        next if grep { !field_takes($fields[$_], $wall[$_]) } 0 .. 4;
        $command =~ s/(?<!\\)%.*//s;
        $command =~ s/\\%/%/g;
        push @commands, $command;
    }
    return @commands;
}

# What cron gives to a command, and nothing else.
sub cron_command {
    my ($user, $command, $epoch, $zone, @more) = @_;
    my %env = (HOME => $user->{home}, SHELL => '/bin/sh', PATH => '/usr/bin:/bin',
        LOGNAME => 'somebody', at($epoch, $zone), @more);
    return ['env', '-i', map({ "$_=$env{$_}" } sort keys %env), '/bin/sh', '-c', $command];
}

# The minutes that are looked at when not all are: those around 1:00 and 2:00 Eastern time, in
# summer and in winter, and of the others a quarter of an hour in twelve hours.
sub matters {
    my ($epoch) = @_;
    my $minute = $epoch / 60 % 1440;
    return $minute >= 285 && $minute <= 435 || $minute % 720 < 15;
}

# Runs a command; returns all that it says.
sub said {
    open(my $pipe, '-|', 'sh', '-c', 'exec "$@" 2>&1 </dev/null', 'sh', @_) or die "sh: $!";
    local $/;
    my $said = <$pipe> // '';
    close($pipe) or $said .= "status $?\n";
    return $said;
}

# A machine in a zone from one time to another: cron looks at its table each minute. What the
# commands say comes by mail; returns it.
sub live {
    my ($user, $zone, $from, $to, %option) = @_;
    my $mail = '';
    for (my $epoch = utc($from); $epoch < utc($to); $epoch += 60) {
        next unless $option{all} || matters($epoch);
        for my $command (due_commands($user, $epoch, $zone)) {
            my @environment = @{$option{env} // []};
            $mail .= said(@{cron_command($user, $command, $epoch, $zone, @environment)});
        }
    }
    return $mail;
}

# What was started, when, in Eastern time: a list of lines.
sub started {
    my ($user) = @_;
    my $file = "$user->{fec}/started";
    my @lines = -e $file ? split(/\n/, slurp($file)) : ();
    unlink $file;
    return \@lines;
}

# A user with an entry in the crontab, installed at a time.
sub with_cron {
    my ($from, $options, %option) = @_;
    my $user = new_user(%option);
    my $result = schedule($user, ['install', '--cron', @{$options // []}], at => utc($from),
        zone => $option{zone}, env => $option{env});
    die "install: $result->{err}" if $result->{status} != 0;
    return $user;
}

# --- each at its time, whatever the zone of the machine

SKIP: {
    skip 'this machine has no time zones', 1 unless join(' ', wall(0, 'Asia/Kolkata')) =~ /^30 5 /;

    my $winter = with_cron('2026-01-10 12:00', [], zone => 'Asia/Kolkata');
    is live($winter, 'Asia/Kolkata', '2026-01-10 12:00', '2026-01-11 12:00', all => 1), '',
        'on a day of quarter hours the entry says nothing';
    is live($winter, 'Asia/Kolkata', '2026-01-11 12:00', '2026-01-17 12:00'), '',
        'nor on the days after it';
    is_deeply started($winter), [map { "daily 2026-01-$_ 01:00 EST --wait" } 11 .. 17],
        'a machine in Kolkata runs daily at 1:00 Eastern time in winter';

    my $summer = with_cron('2026-06-27 12:00', [], zone => 'America/Los_Angeles');
    live($summer, 'America/Los_Angeles', '2026-06-27 12:00', '2026-07-03 12:00');
    is_deeply started($summer), [map({ "daily 2026-06-$_ 01:00 EDT --wait" } 28 .. 30),
        'daily 2026-07-01 01:00 EDT --wait', 'monthly 2026-07-01 02:00 EDT --wait',
        'daily 2026-07-02 01:00 EDT --wait', 'daily 2026-07-03 01:00 EDT --wait'],
        'a machine in Los Angeles runs both in summer, monthly at 2:00 on the 1st';

    my $year = with_cron('2026-12-31 12:00', ['--cycle', 2026, '--cycle=2028,2026'],
        zone => 'Europe/Berlin');
    live($year, 'Europe/Berlin', '2026-12-31 12:00', '2027-01-02 12:00');
    is_deeply started($year), [
        map { "$_ --wait --cycle 2026 --cycle 2028" } 'daily 2027-01-01 01:00 EST',
        'monthly 2027-01-01 02:00 EST', 'daily 2027-01-02 01:00 EST'],
        'and at the turn of the year, with the cycles that were asked for';

    my $leap = with_cron('2028-02-28 12:00', ['--monthly-day', 28, '--monthly-at', '23:50']);
    live($leap, 'UTC', '2028-02-28 12:00', '2028-03-01 12:00');
    is_deeply started($leap), ['monthly 2028-02-28 23:50 EST --wait',
        'daily 2028-02-29 01:00 EST --wait', 'daily 2028-03-01 01:00 EST --wait'],
        'in a leap year too, with a time and a day of its own';

    for my $zone (qw(Europe/Berlin Asia/Kolkata America/Los_Angeles)) {
        my $spring = with_cron('2026-03-07 20:00', [], zone => $zone);
        live($spring, $zone, '2026-03-08 04:45', '2026-03-09 07:00');
        is_deeply started($spring),
            ['daily 2026-03-08 01:00 EST --wait', 'daily 2026-03-09 01:00 EDT --wait'],
            "$zone: when clocks are put forward, each once";
        my $fall = with_cron('2026-10-31 20:00', [], zone => $zone);
        live($fall, $zone, '2026-11-01 04:45', '2026-11-02 06:45');
        is_deeply started($fall),
            ['daily 2026-11-01 01:00 EDT --wait', 'monthly 2026-11-01 02:00 EST --wait',
            'daily 2026-11-02 01:00 EST --wait'],
            "$zone: when they are put back, on a 1st, and 1:00 comes twice, each once";
    }

    my $berlin = with_cron('2026-03-28 20:00', [], zone => 'Europe/Berlin');
    live($berlin, 'Europe/Berlin', '2026-03-29 00:00', '2026-03-30 05:15');
    is_deeply started($berlin),
        ['daily 2026-03-29 01:00 EDT --wait', 'daily 2026-03-30 01:00 EDT --wait'],
        "the day on which Berlin's clocks change is like any other";

    my $skipped = with_cron('2026-03-07 20:00', ['--daily-at', '02:37']);
    live($skipped, 'UTC', '2026-03-08 04:45', '2026-03-09 07:00');
    is_deeply started($skipped),
        ['daily 2026-03-08 03:00 EDT --wait', 'daily 2026-03-09 02:37 EDT --wait'],
        'a time that clocks skip has come when they show more';
    my $twice = with_cron('2026-10-31 20:00', ['--daily-at', '01:30']);
    live($twice, 'UTC', '2026-11-01 04:45', '2026-11-02 06:45');
    is_deeply started($twice), ['daily 2026-11-01 01:30 EDT --wait',
        'monthly 2026-11-01 02:00 EST --wait', 'daily 2026-11-02 01:30 EST --wait'],
        'a time that they show twice comes once';
}

my @no_zones = (TZDIR => '/nonexistent');
my $bare = with_cron('2026-10-31 20:00', [], env => {@no_zones});
live($bare, 'UTC0', '2026-11-01 04:45', '2026-11-02 06:45', env => \@no_zones);
is_deeply [map { s/ (\d\d):\d\d (?:EDT|EST|America)/ $1h/r } @{started($bare)}],
    ['daily 2026-11-01 05h --wait', 'monthly 2026-11-01 07h --wait', 'daily 2026-11-02 06h --wait'],
    'a machine that knows no zones keeps Eastern time (the hours here are of UTC)';

# --- missed, at once, again

# The one command of the entry.
sub tick {
    my ($user, $time, %option) = @_;
    my ($command) = slurp($user->{crontab}) =~ /^[\d,]+ \* \* \* \* (.*)$/m;
    return run(cron_command($user, $command, utc($time), 'UTC', @{$option{env} // []}));
}

my $off = with_cron('2026-06-28 12:00');
tick($off, '2026-07-09 15:30');
tick($off, '2026-07-09 15:45');
is_deeply started($off), [map { "$_ 2026-07-09 11:30 EDT --wait" } qw(daily monthly)],
    'after eleven days without power both are made up for, once';
tick($off, '2026-07-10 05:00');
is_deeply started($off), ['daily 2026-07-10 01:00 EDT --wait'], 'and the next one is on time';

my $show = schedule($off, ['show'], at => utc('2026-07-11 05:10'));
like $show->{out}, qr/daily.*\n +seen to +2026-07-10; one that was missed is made up for/,
    'show tells of one that is due';
my $calls = slurp("$off->{crontab}.calls");
my $again = schedule($off, ['install', '--cron'], at => utc('2026-07-11 05:10'));
like $again->{out}, qr/^It is installed already; nothing was changed\.$/m, 'installing again';
is slurp("$off->{crontab}.calls") =~ s/^\Q$calls\E//r =~ s/^-l\n//mgr, '', 'writes no crontab';
tick($off, '2026-07-11 05:15');
is_deeply started($off), ['daily 2026-07-11 01:15 EDT --wait'],
    'and does not let a missed run be forgotten';

schedule($off, ['install', '--daily-at', '12:20'], at => utc('2026-07-11 16:10'));
tick($off, '2026-07-11 16:15');
is_deeply started($off), [], 'another time starts nothing before it has come';
tick($off, '2026-07-11 16:20');
is_deeply started($off), ['daily 2026-07-11 12:20 EDT --wait'], 'and holds from that day on';
schedule($off, ['install', '--daily-at', '12:15'], at => utc('2026-07-11 16:30'));
tick($off, '2026-07-11 16:30');
is_deeply started($off), [], 'a time that has passed when it is set holds from the next day on';

schedule($off, ['install'], at => utc('2026-07-13 00:00'));
my $wrong = tick($off, '2031-01-01 12:00');
is scalar @{started($off)}, 2, 'a clock that goes five years ahead starts what is due then';
my $back = tick($off, '2026-07-13 02:00');
like $back->{err}, qr/the last daily run was for 2031-01-01, so the clock was wrong once/,
    'when it is right again, this is noticed';
tick($off, '2026-07-14 05:00');
is_deeply started($off), ['daily 2026-07-14 01:00 EDT --wait'], 'and nobody waits five years';
tick($off, '1970-01-03 05:00');
is_deeply started($off), [], 'a clock that was never set starts nothing';

# --- a run that fails stays due

# The times of a day, in UTC, at which a tick starts a daily run.
sub starting {
    my ($user, $day, @times) = @_;
    return join ' ', grep {
        tick($user, "$day $_");
        grep { /^daily/ } @{started($user)}
    } @times;
}

my $unlucky = with_cron('2026-07-09 12:00');
spew("$unlucky->{fec}/fails", 75);
is tick($unlucky, '2026-07-10 05:00')->{status}, 75, 'a run that fails has its status';
like schedule($unlucky, ['show'], at => utc('2026-07-10 05:10'))->{out},
    qr/daily.*\n +seen to +2026-07-10; tried once, ended with 75; tried again from .* 01:14 EDT on/,
    'show tells when it is tried again';
started($unlucky);
is starting($unlucky, '2026-07-10', map { sprintf '%02d:%02d', @$_ } [5, 10], [5, 15], [5, 30],
    [5, 45], [6, 0], [6, 45], [7, 0]), '05:15 05:45 06:45',
    'it is tried again after pauses that grow';
unlink "$unlucky->{fec}/fails";
is starting($unlucky, '2026-07-10', qw(08:00 08:45 10:00 23:00)), '08:45',
    'until it succeeds, and not once more';
spew("$unlucky->{fec}/fails", 69);
is starting($unlucky, '2026-07-11', qw(05:00 05:15 05:45)), '05:00 05:15 05:45', 'or until';
is starting($unlucky, '2026-07-12', qw(05:00 05:15)), '05:00 05:15',
    'the next one is due, which begins with a short pause';
spew("$unlucky->{fec}/fails", 'killed');
is starting($unlucky, '2026-07-13', qw(05:00 05:10 05:15 05:45)), '05:00 05:15 05:45',
    'a run that was killed, with all that watched over it, is tried again too';
tick($unlucky, '2031-01-01 12:00');
started($unlucky);
is starting($unlucky, '2026-07-14', qw(04:00 05:00)), '05:00',
    'and no clock that was wrong at that time holds it up';
spew("$unlucky->{fec}/fails", 75);
is join(' ', map { tick($unlucky, $_)->{status} } '2026-11-01 07:00', '2026-11-01 07:15',
        '2026-11-01 08:00'), '75 75 75', 'when the FEC rebuilds its files on a 1st';
started($unlucky);
unlink "$unlucky->{fec}/fails";
tick($unlucky, '2026-11-02 12:00') for 1 .. 2;
is_deeply started($unlucky), [map { "$_ 2026-11-02 07:00 EST --wait" } qw(daily monthly)],
    'the monthly run does not wait for another month';

my $stopped = with_cron('2026-07-09 12:00');
spew("$stopped->{fec}/fails", 'stopped');
{
    my ($command) = slurp($stopped->{crontab}) =~ /^[\d,]+ \* \* \* \* (.*)$/m;
    my $tick = start(cron_command($stopped, $command, utc('2026-07-10 05:00'), 'UTC'));
    wait_until(sub { -e "$stopped->{fec}/started" });
    chomp(my @processes = `pgrep -f -o '$tree/pipeline[.]sh schedule tick'`);
    kill TERM => @processes;
    is finish($tick, 20)->{status}, 143, 'who stops the schedule\'s process stops the run';
}

my $crowd = with_cron('2026-06-30 12:00');
spew("$crowd->{fec}/slow", '');
my ($entry) = slurp($crowd->{crontab}) =~ /^[\d,]+ \* \* \* \* (.*)$/m;
my @ticks = map { start(cron_command($crowd, $entry, utc('2026-07-01 06:00'), 'UTC')) } 1 .. 6;
wait_until(sub { -e "$crowd->{fec}/started" && slurp("$crowd->{fec}/started") =~ /monthly/ });
spew("$crowd->{fec}/go", '');
is_deeply [map { finish($_)->{status} } @ticks], [(0) x 6], 'of several at the same moment';
is_deeply [sort @{started($crowd)}],
    ['daily 2026-07-01 02:00 EDT --wait', 'monthly 2026-07-01 02:00 EDT --wait'],
    'each run is started by one, and monthly need not wait for daily to end';

SKIP: {
    skip 'root can write everywhere', 1 if $> == 0;
    my $closed = with_cron('2026-06-30 12:00');
    chmod 0555, "$closed->{fec}/schedule";
    my $result = tick($closed, '2026-07-01 05:00');
    chmod 0755, "$closed->{fec}/schedule";
    is_deeply [$result->{status}, started($closed)], [73, []],
        'what cannot be recorded is not started: it would be each quarter of an hour';
}

# --- the crontab belongs to its user

my $mine = "MAILTO=me\n\n# mine, 100 \% \\ \n5 4 * * sun echo 'a\tb' \\% c\n";
for my $case (['some lines', $mine], ['no last line end', $mine . '@daily x'], ['nothing', ''],
    ['an empty line', "\n"]) {
    my ($name, $text) = @$case;
    my $user = new_user();
    spew($user->{crontab}, $text);
    schedule($user, ['install', '--cron']);
    my $installed = slurp($user->{crontab});
    my $end = $text =~ /[^\n]\z/ ? "\n" : '';
    is substr($installed, 0, length "$text$end"), "$text$end",
        "a crontab with $name: they are there before the entry";
    like substr($installed, length "$text$end"), qr/\A# begin fecpipe.*\n# end fecpipe, .*\n\z/s,
        'and the entry after them';
    spew($user->{crontab}, "${installed}1 1 1 1 1 later\n");
    schedule($user, ['install', '--cron', '--daily-at', '03:00']);
    like slurp($user->{crontab}),
        qr/\A\Q$text$end\E# begin .*--daily-at 03:00.*\n# end .*\n1 1 1 1 1 later\n\z/s,
        'another time stays in the same place';
    schedule($user, ['remove']);
    is slurp($user->{crontab}), "$text${end}1 1 1 1 1 later\n", 'what came later stays';
    spew($user->{crontab}, $text);
    schedule($user, ['install', '--cron']);
    my $removed = schedule($user, ['remove']);
    is slurp($user->{crontab}), $text, 'and removing leaves it as it was, byte for byte';
    is $removed->{out}, "The schedule was removed.\n", 'and says so';
    ok !-e "$user->{fec}/schedule", 'nothing of the schedule is left';
    my $count = slurp("$user->{crontab}.calls") =~ tr/\n//;
    like schedule($user, ['remove'])->{out}, qr/^No schedule is installed/,
        'once more: there is none';
    is slurp("$user->{crontab}.calls") =~ tr/\n//, $count + 1, 'and none is written';
}

my $broken = with_cron('2026-06-30 12:00');
my $before = slurp($broken->{crontab});
spew("$broken->{crontab}.fails", "crontab: your spool is on fire\n");
for my $action (['install', '--cron', '--daily-at', '04:00'], ['remove']) {
    my $result = schedule($broken, $action);
    is $result->{status}, 69, "$action->[0]: a crontab that cannot be read is an error";
    like $result->{err}, qr/^pipeline\.sh: crontab -l failed: crontab: your spool is on fire; /m,
        'with the reason';
}
like schedule($broken, ['show'])->{err}, qr/your spool is on fire/, 'show says it too';
unlink "$broken->{crontab}.fails";
is slurp($broken->{crontab}), $before, 'and nothing is written over it';
spew($broken->{crontab}, $before =~ s/^# end.*\n//mr);
my $half = schedule($broken, ['remove']);
is $half->{status}, 65, 'half an entry is not guessed at';
like $half->{err}, qr/without '# end fecpipe, FEC_HOME .*mend it/, 'but named';

# Two homes of one user; a path with all that a shell, cron or systemd might take for its own.
my $two = with_cron('2026-06-30 12:00');
my $odd = "$two->{folder}/a%b 'c' \"d\" \\% \\\\ \$HOME `e` \xc3\xa9; #&(";
mkdir $odd or die "$odd: $!";
my $other = {%$two, fec => $odd};
my $result = schedule($other, ['install', '--cron'], at => utc('2026-06-30 12:00'),
    env => {FEC_HOME => "$odd/"});
is $result->{status}, 0, 'a second home, with an odd name, can be scheduled' or diag $result->{err};
is live($other, 'UTC', '2026-07-01 04:45', '2026-07-01 06:15'), '', 'its entry runs';
is_deeply started($other),
    ['daily 2026-07-01 01:00 EDT --wait', 'monthly 2026-07-01 02:00 EDT --wait'], 'in that home';
is scalar @{started($two)}, 2, 'beside the one in the first';
my ($odd_command) = slurp($two->{crontab}) =~ /^[\d,]+ \* \* \* \* (.*a\\%'b .*)$/m;
run(cron_command($other, $odd_command, utc('2026-07-02 05:00'), 'UTC'));
is_deeply started($other), ['daily 2026-07-02 01:00 EDT --wait'],
    'also by a cron that does not know of \%';
$odd_command =~ s/\\([%\\])/$1/g;
run(cron_command($other, $odd_command, utc('2026-07-03 05:00'), 'UTC'));
is_deeply started($other), ['daily 2026-07-03 01:00 EDT --wait'],
    'and by one that takes \\\\ for \\';
schedule($two, ['remove']);
like schedule($other, ['show'], env => {FEC_HOME => $odd})->{out}, qr/^By cron, /,
    'removing one leaves the other';
is schedule($other, ['install'], env => {FEC_HOME => "$two->{folder}/a\nb"})->{status}, 78,
    'a line end in the name is refused';

# --- what a run is given

my $settled = new_user();
spew("$settled->{folder}/my.conf", "FEC_API_KEY_FILE=$settled->{folder}/key\nPGUSER=u\n");
my $noted = schedule($settled, ['install', '--cron'], at => utc('2026-06-30 12:00'), env => {
        FEC_CONF => "$settled->{folder}/my.conf", PGHOST => 'h', PGPASSWORD => 'secret-1',
        PGUSER => 'u', FEC_CYCLES => '2026', https_proxy => 'http://u:secret-2@p',
        no_proxy => 'x.example', FEC_API_KEY => 'secret-3'});
like $noted->{err}, qr/note: \Q$_\E is set here and not copied; put it into pipeline\.conf/,
    "$_ is missed" for qw(PGHOST PGPASSWORD FEC_CYCLES);
unlike $noted->{err}, qr/PGUSER|no_proxy/, 'what the file sets or is copied is not';
like $noted->{err}, qr/https_proxy has a password/, 'a proxy with a password is';
like $noted->{err}, qr{FEC_API_KEY_FILE, \Q$settled->{folder}\E/key: there is nothing},
    'so is a file for the key that is not there';
unlike join('', map { slurp($_) } $settled->{crontab}, glob("$settled->{fec}/schedule/*")),
    qr/secret/, 'no secret is copied';
tick($settled, '2026-07-01 05:00');
is slurp("$settled->{fec}/environment"),
    join("\n", $settled->{path}, $settled->{home}, "$settled->{folder}/my.conf", '') . "\n",
    'a run has the PATH and the HOME of the installation, and its settings file';
like schedule(new_user(), ['install', '--cron'])->{err},
    qr{no key for the API.*https://api\.open\.fec\.gov/developers/},
    'an installation without a key for the API says where to get one';

# --- systemd

my $timers = new_user(systemd => 'degraded');
my $install = schedule($timers, ['install'], at => utc('2026-10-31 04:00'));
is $install->{status}, 0, 'where systemd runs, timers are installed' or diag $install->{err};
ok !-e $timers->{crontab}, 'and no crontab';
is_deeply [map { s{.*/}{}r } glob("$timers->{units}/*")],
    [map { ("fecpipe-$_.service", "fecpipe-$_.timer") } qw(daily monthly)],
    'two timers, two services';
is_deeply [map { s{.*enabled\.}{}r } glob("$timers->{folder}/etc/enabled.*")],
    [qw(fecpipe-daily.timer fecpipe-monthly.timer)], 'the timers are started';
$calls = slurp("$timers->{folder}/etc/systemctl.calls");
like schedule($timers, ['install'])->{out}, qr/^It is installed already/m, 'installing again';
unlike substr(slurp("$timers->{folder}/etc/systemctl.calls"), length $calls),
    qr/^(?!is-|show)/m, 'changes nothing';

# The times of a unit after a time, as systemd sees them.
sub elapses {
    my ($user, $unit, $base, $count) = @_;
    my @times;
    for my $calendar (slurp("$user->{units}/$unit") =~ /^OnCalendar=(.*)$/mg) {
        my $said = run(['systemd-analyze', 'calendar', "--base-time=$base UTC",
                "--iterations=$count", $calendar], env => {TZ => 'UTC'});
        die $said->{err} if $said->{status} != 0;
        push @times, $said->{out}
            =~ /(?:Next elapse|Iter(?:\.|ation) #\d+): \w+ (\S+ \S+):00 UTC$/mg;
    }
    return [(sort @times)[0 .. $count - 1]];
}

sub service_command {
    my ($user, $unit) = @_;
    my ($command) = slurp("$user->{units}/$unit") =~ /^ExecStart=(.*)$/m;
    my @words;
    while ($command =~ /\G *(?:"((?:[^"\\]|\\.)*)"|([^ "]+))/g) {
        my $word = $1 // $2;
        $word =~ s/\\(.)/$1/g;
        $word =~ s/%%/%/g;
        $word =~ s/\$\$/\$/g;
        push @words, $word;
    }
    return @words;
}

for my $kind (qw(daily monthly)) {
    my $ran = run(['env', '-i', map({ /=/ ? $_ : () } do {
                    my %env = at(utc('2026-11-01 07:00')); map { "$_=$env{$_}" } keys %env }),
            service_command($timers, "fecpipe-$kind.service")]);
    is $ran->{status}, 0, "the service of $kind runs" or diag $ran->{err};
    is_deeply started($timers), ["$kind 2026-11-01 02:00 EST --wait"], "and is $kind";
}

is_deeply [slurp("$timers->{units}/fecpipe-daily.timer") =~ /^(On(?!Cal)\w+=.*)$/mg],
    [qw(OnActiveSec=15min OnUnitInactiveSec=15min)], 'the service looks each quarter of an hour';
spew("$timers->{fec}/fails", 75);
for my $time ('2026-11-02 06:00', '2026-11-02 06:05', '2026-11-02 06:15') {
    my %env = at(utc($time));
    run(['env', '-i', map({ "$_=$env{$_}" } keys %env),
            service_command($timers, 'fecpipe-daily.service')]);
}
unlink "$timers->{fec}/fails";
is_deeply [map { /(\d+:\d+)/ } @{started($timers)}], [qw(01:00 01:15)],
    'and runs what has failed once more';

SKIP: {
    skip 'systemd-analyze is not installed', 8 if system('command -v systemd-analyze >/dev/null');
    my $verified = run(['systemd-analyze', 'verify', glob("$timers->{units}/*")],
        env => {SYSTEMD_UNIT_PATH => undef});
    unlike $verified->{err} =~ s/.*: Command 'man .*\n//gr, qr/fecpipe-/,
        'systemd has no complaints about the units';
    is_deeply elapses($timers, 'fecpipe-daily.timer', '2026-01-10 12:00', 2),
        ['2026-01-11 06:00', '2026-01-12 06:00'], 'systemd: daily at 1:00 in winter';
    is_deeply elapses($timers, 'fecpipe-daily.timer', '2026-07-01 12:00', 2),
        ['2026-07-02 05:00', '2026-07-03 05:00'], 'in summer';
    is_deeply elapses($timers, 'fecpipe-daily.timer', '2026-03-07 12:00', 2),
        ['2026-03-08 06:00', '2026-03-09 05:00'], 'when clocks are put forward';
    is_deeply elapses($timers, 'fecpipe-daily.timer', '2026-10-31 12:00', 3),
        ['2026-11-01 05:00', '2026-11-02 06:00', '2026-11-03 06:00'], 'when they are put back';
    is_deeply elapses($timers, 'fecpipe-monthly.timer', '2026-10-31 12:00', 4),
        ['2026-11-01 07:00', '2026-12-01 07:00', '2027-01-01 07:00', '2027-02-01 07:00'],
        'monthly at 2:00 on the 1st';
    my $gap = new_user(systemd => 'running');
    schedule($gap, ['install', qw(--daily-at 02:30 --monthly-at 02:10 --monthly-day 8)]);
    is_deeply elapses($gap, 'fecpipe-daily.timer', '2026-03-07 12:00', 2),
        ['2026-03-08 07:00', '2026-03-09 06:30'], 'a time that is skipped is not left out by daily';
    is_deeply elapses($gap, 'fecpipe-monthly.timer', '2026-03-07 12:00', 2),
        ['2026-03-08 07:00', '2026-04-08 06:10'], 'nor by monthly';
    $show = schedule($gap, ['show'], at => utc('2026-03-07 12:00'));
    like $show->{out}, qr/daily +at 02:30.*\n +next +2026-03-08 03:00 EDT   2026-03-08 07:00 UTC\n/,
        'and show knows it';
}

my $odd_timers = new_user(systemd => 'running', home => "h%n \"q\" \$x 'y' \\z");
schedule($odd_timers, ['install', '--cycle', '2024'], at => utc('2026-10-31 04:00'));
my $ran = run(['env', '-i', service_command($odd_timers, 'fecpipe-daily.service')]);
like join('', @{started($odd_timers)}), qr/^daily .* --wait --cycle 2024$/,
    'an odd path is brought through the unit';
my $elsewhere = {%$odd_timers, fec => "$odd_timers->{folder}/else"};
schedule($elsewhere, ['install'], env => {FEC_HOME => $elsewhere->{fec}});
is scalar(() = glob("$odd_timers->{units}/*")), 8, 'another home has timers of other names';
schedule($odd_timers, ['remove']);
is_deeply [map { m{/fecpipe-daily-\d+\.timer$} ? 1 : () } glob("$odd_timers->{units}/*")], [1],
    'and keeps them when the first is removed';
my $note = schedule($elsewhere, ['show'], env => {FEC_HOME => $elsewhere->{fec}});
like $note->{out}, qr/^By systemd, /, 'as show tells';

my $moved = schedule($timers, ['install', '--cron'], at => utc('2026-10-31 04:00'));
is_deeply [glob("$timers->{units}/* $timers->{folder}/etc/enabled.*")], [],
    'a schedule that is moved to cron leaves no timer';
like schedule($timers, ['install'], at => utc('2026-10-31 04:00'))->{out}, qr/^By cron, /m,
    'and stays there when it is installed again';
$moved = schedule($timers, ['install', '--systemd']);
is slurp($timers->{crontab}), '', 'moved back, it leaves no entry';

my $none = schedule(new_user(), ['install', '--systemd']);
is $none->{status}, 69, 'timers where systemd does not run are refused';
like $none->{err}, qr/systemd does not run here/, 'with the reason';
my $neither = new_user();
unlink "$neither->{folder}/bin/crontab";
SKIP: {
    skip 'this machine has a crontab', 1 unless system('command -v crontab >/dev/null');
    like schedule($neither, ['install'])->{err}, qr/no command crontab: install cron/,
        'where there is neither, it says so';
}

# --- show, options

my $shown = with_cron('2026-10-30 12:00', [], zone => 'Asia/Kolkata');
$show = schedule($shown, ['show'], at => utc('2026-10-30 12:00'), zone => 'IST-5:30');
like $show->{out}, qr/daily\ +at\ 01:00,\ Eastern\ time\n
    \ +seen\ to\ +2026-10-30\n
    \ +next\ +2026-10-31\ 01:00\ EDT\ +2026-10-31\ 10:30\ IST\n
    \ +next\ +2026-11-01\ 01:00\ EDT\ +2026-11-01\ 10:30\ IST\n
    \ +next\ +2026-11-02\ 01:00\ EST\ +2026-11-02\ 11:30\ IST\n/x,
    'show has the next three times, Eastern and of the machine';
like $show->{out}, qr/monthly +at 02:00 on day 1 of .*\n.*\n +next +2026-11-01 02:00 EST /,
    'of both';
is schedule(new_user(), ['show'])->{out} =~ s/ for .*//sr, 'No schedule is installed',
    'or that there is none';

# What status and report ask for.
my $next = run(['bash', '-c',
        "sed '/^main /d' pipeline.sh >asked.sh && . ./asked.sh && read_config
        schedule_next daily; schedule_next monthly"],
    dir => $tree, env => user_env($shown, at => utc('2026-10-31 06:00')));
is $next->{out}, utc('2026-11-01 05:00') . "\t2026-11-01 01:00 EDT\n" . utc('2026-11-01 07:00') .
    "\t2026-11-01 02:00 EST\n", 'schedule_next tells the next times to the rest of the driver';

my $refusing = new_user();
for my $options (['--daily-at', '25:00'], ['--daily-at', '1:00'], ['--monthly-at', '02:60'],
    ['--monthly-at='], ['--monthly-day', '29'], ['--monthly-day', '0'], ['--cycle', '2025'],
    ['--daily-at'], ['--cron', '--systemd'], ['--hourly']) {
    is schedule($refusing, ['install', @$options])->{status}, 64, "install @$options is refused";
}
is schedule($refusing, ['show', '--daily-at', '01:00'])->{status}, 64, 'show takes no times';
is schedule($refusing, [])->{status}, 64, 'schedule alone is refused';
is schedule($refusing, ['install'], env => {FEC_DAILY_AT => 'noon'})->{status}, 78,
    'so is a setting that is no time';
ok !-e $refusing->{crontab}, 'and nothing was installed';
close($faketime);
done_testing;
