# Measures.pm - what a driver with a private database takes of the machine: memory, disk, files,
# processes, connections. For tests/soak/soak.
package Measures;
use strict;
use warnings;
use Exporter 'import';
use File::Find ();
use Fecpipe;

our @EXPORT = qw(answers bloat growth_report left_over measure processes_of);

# The answers to some queries, each as one string, over one connection.
sub answers {
    my ($home, @queries) = @_;
    my $end = '--end of an answer--';
    my @answers = split /^$end\n?/m, sql($home, map { ($_, "SELECT '$end'") } @queries), -1;
    pop @answers;
    s/\n\z// for @answers;
    return @answers;
}

# The numbers of the processes that work for the driver with that home, without those of the
# database's server. Where there is no /proc, none are found.
sub processes_of {
    my ($home) = @_;
    my @found;
    for my $folder (glob '/proc/[0-9]*') {
        open(my $file, '<:raw', "$folder/environ") or next;
        my $environment = do { local $/; <$file> } // '';
        next if index("\0$environment", "\0FEC_HOME=$home/home\0") < 0;
        open($file, '<', "$folder/comm") or next;
        my $name = <$file> // next;
        push @found, $folder =~ /(\d+)/ if $name !~ /^postgres/;
    }
    return @found;
}

# The number of files below a folder, and their bytes. Files that go meanwhile do not matter.
sub files_below {
    my ($folder, $without) = @_;
    my ($count, $bytes) = (0, 0);
    return (0, 0) if !-d $folder;
    no warnings 'File::Find';
    File::Find::find({no_chdir => 1, wanted => sub {
                return $File::Find::prune = 1 if defined $without && $_ eq $without;
                return if !-f $_;
                $count++;
                $bytes += -s _ // 0;
            }}, $folder);
    return ($count, $bytes);
}

# The most that each program has had, in kB, from the file that tests/soak/memory.c writes to.
sub peaks {
    my ($file) = @_;
    my %peak;
    for my $line (split /\n/, -e $file ? slurp($file) : '') {
        my ($name, $size) = split / /, $line;
        my $of = \$peak{"kB of memory of $name"};
        $$of = $size if $size > ($$of // 0);
    }
    return %peak;
}

# Everything between two runs, by the names under which it is reported. `memory` is the file of
# peaks, `tmp` the folder that the driver has for what is temporary.
sub measure {
    my ($home, %option) = @_;
    my $folder = readlink("$home/home/postgres") // "$home/home/postgres";
    my %found = peaks($option{memory});
    my $relations = q{FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace
        WHERE relkind IN ('r', 'm', 'S') AND nspname};
    my $sizes = "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) $relations";
    my @names = ('bytes of the tables', 'bytes of the catalog', 'staging tables',
        'plans of sweeps', 'unfinished sweeps', 'incomplete states', 'connections', 'locks',
        'server processes', 'prepared transactions', 'rows');
    my $rows = join ' + ', map { "(SELECT count(*) FROM fec.$_)" } split /\n/, (answers($home,
            q{SELECT relname FROM pg_class WHERE relnamespace = 'fec'::regnamespace
              AND relkind IN ('r', 'p') AND NOT relispartition}))[0];
    my (undef, @values) = answers($home, 'CHECKPOINT', "$sizes = 'fec'",
        "$sizes IN ('pg_catalog', 'pg_toast')", "SELECT count(*) $relations = 'fec_staging'",
        'SELECT count(*) FROM fec.sweep_committee',
        'SELECT count(*) FROM fec.sweep WHERE finished_at IS NULL',
        'SELECT count(*) FROM fec.extraction_state WHERE NOT complete OR resume_at IS NOT NULL',
        q{SELECT count(*) FROM pg_stat_activity
          WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()},
        q{SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'},
        q{SELECT count(*) FROM pg_stat_activity
          WHERE backend_type NOT IN ('client backend', 'autovacuum worker', 'parallel worker')},
        'SELECT count(*) FROM pg_prepared_xacts', "SELECT $rows");
    @found{@names} = @values;
    $found{'bytes of the tables a row'} =
        int($found{'bytes of the tables'} / ($found{rows} || 1) + 0.5);
    $found{'processes'} = processes_of($home);
    ($found{'files of the database'}) = files_below("$folder/base");
    (undef, $found{'bytes of write-ahead log'}) = files_below("$folder/pg_wal");
    $found{"bytes of the server's log"} = -s "$folder/server.log" // 0;
    ($found{'files in FEC_HOME'}, my $bytes) =
        files_below("$home/home", "$home/home/postgres");
    # The archive is that of the last bulk files.
    $found{'bytes in FEC_HOME but archive'} = $bytes - (files_below("$home/home/archive"))[1];
    ($found{'logs'}) = files_below("$home/home/logs");
    $found{'folders of runs'} = grep { -d } glob "$home/home/run/*";
    ($found{'temporary files'}) = files_below($option{tmp});
    return \%found;
}

# The size of the tables, divided by the size that they have once they are written again, which this
# does.
sub bloat {
    my ($home) = @_;
    my $size = q{SELECT sum(pg_total_relation_size(oid)) FROM pg_class
        WHERE relnamespace = 'fec'::regnamespace AND relkind = 'r'};
    my ($before, undef, $after) = answers($home, $size, 'VACUUM FULL', $size);
    return $before / $after;
}

# --- Growth

# What nothing may be left of between two runs.
my @NOTHING = ('staging tables', 'plans of sweeps', 'unfinished sweeps', 'incomplete states',
    'connections', 'locks', 'prepared transactions', 'processes', 'folders of runs',
    'temporary files');

# What may grow: its name, by what factor, and by how much more; undef for any growth.
my @GROWTH = (
    (map { ["kB of memory of $_", 1.1, 1024] } qw(fec-fetch fec-unzip fec-parse fec-dedupe
            pg-load)),
    ['kB of memory of pipeline.sh', 1.2, 2048],
    ['rows', undef, 0],
    ['bytes of the tables', undef, 0],
    ['bytes of the tables a row', 1.1, 0],
    ['bytes of the catalog', 1.2, 1 << 20],
    ['bytes of write-ahead log', 1.5, 16 << 20],
    ['files of the database', 1, 40],
    ['files in FEC_HOME', 1, 2],
    ['bytes in FEC_HOME but archive', 1.2, 65536],
    ['logs', 1, 2],
    ["bytes of the server's log", 1, 65536],
    ['server processes', 1, 0],
    (map { [$_, 1, 0] } @NOTHING),
);

# The names of what must be 0.
sub left_over { return @NOTHING }

# What two measurements say, as lines: {text, wrong => what has grown too much, if it has}.
sub growth_report {
    my ($first, $last) = @_;
    my @lines = {text => sprintf "\n%-32s %12s %12s %12s", '', 'month 3', 'at the end', 'at most'};
    for my $growth (@GROWTH) {
        my ($name, $times, $more) = @$growth;
        my $most = defined $times ? int($first->{$name} * $times + $more) : '';
        push @lines, {
            text => sprintf('%-32s %12d %12d %12s', $name, $first->{$name}, $last->{$name}, $most),
            wrong => $most ne '' && $last->{$name} > $most
                ? "$name: $last->{$name}, $first->{$name} in month 3" : '',
        };
    }
    return @lines;
}

1;
