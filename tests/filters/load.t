#!/usr/bin/env perl
# pg-load: records into staging tables of a real PostgreSQL, all of them or none.
use strict;
use warnings;
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;

my $load = program('pg-load');
my $dir = scratch();
my $home = new_home();
my $init = pipeline($home, ['init']);
is $init->{status}, 0, 'the driver makes a private PostgreSQL' or BAIL_OUT($init->{err});

# What pg-load needs to reach it.
my %database = (PGHOST => sql($home, 'SHOW unix_socket_directories'), PGPORT => 5432,
    PGUSER => 'fecpipe', PGDATABASE => 'fec');

sub load {
    my ($in, @arguments) = @_;
    return run([$load, @arguments], stdin => $in, env => {%database});
}

sub rows { return sql($home, "SELECT * FROM $_[0] ORDER BY 1") }

sql($home, 'CREATE TABLE mine (id bigint, name text, day date, amount numeric(14,2), '
    . 'note text DEFAULT \'none\')');

{
    my $result = load("name\tamount\tid\tday\nDOE\\tX\t12.50\t1\t2017-01-31\n\\N\t\\N\t2\t\\N\n",
        '--stats', "$dir/stats", 'mine');
    is $result->{status}, 0, 'records are loaded' or diag $result->{err};
    is rows('mine'), "1\tDOE\tX\t2017-01-31\t12.50\tnone\n2\t\t\t\tnone",
        'columns are matched by name, not by place; one with a default may be missing';
    is stats_of("$dir/stats")->{records}, 2, 'and counted';
    load("id\tname\tday\tamount\n3\tC\t\\N\t\\N\n", 'mine');
    is sql($home, 'SELECT count(*) FROM mine'), 3, 'a second load adds to the table';
    load("id\tname\tday\tamount\n3\tC\t\\N\t\\N\n", '--replace', 'mine');
    is sql($home, 'SELECT count(*) FROM mine'), 1, '--replace empties it first';
    is load("id\tname\tday\tamount\n", 'mine')->{status}, 0, 'no records are fine';
}

# --- refused values leave the table as it was
my $before = rows('mine');
my $differences = 'zip is not in the table, state is not in the table, '
    . 'name is missing.*, day is missing.*, amount is missing';
for my $case (
    ["id\tname\tday\tamount\n1\tA\t\\N\t1\n2\tB\t\\N\tabc\n",
        qr/line 3: column amount: invalid input syntax/, 'a value that is no number'],
    ["id\tname\tday\tamount\n1\tA\t2017-02-30\t1\n", qr/line 2: column day: /,
        'an invalid day'],
    ["id\tname\tday\tamount\n99999999999999999999\tA\t\\N\t1\n",
        qr/line 2: column id: .*out of range/, 'a number that is too large'],
    ["id\tname\tday\tamount\n1\tA\t\\N\t9999999999999.00\n", qr/line 2: .*overflow/,
        'an amount that is too large'],
    ["id\tname\tday\tamount\n1\tA\t\\N\n", qr/line 2: missing data for column/,
        'a record that lacks a field'],
    ["id\tname\tday\tamount\n1\tA\t\\N\t1\tx\n", qr/line 2: extra data/,
        'a record with a field too many'],
    ["id\tname\tday\tamount\n1\tA\xff\t\\N\t1\n", qr/line 2: .*invalid byte sequence/,
        'bytes that are not UTF-8'],
    ["id\tname\tday\tamount\n1\tA\t\\N\t1\n\\.\n2\tB\t\\N\t1\n",
        qr/3 records, but the server took 1|end-of-copy/, 'a line that COPY takes for the end'],
    ["id\tname\tday\tamount\n1\tA\t\\N\t1\n2\tB",
        qr/line 3: no newline at its end: the input is cut short/, 'a record that is cut short'],
    ["id\tname\tday\tamount\tzip\n", qr/columns do not match .*: zip is not in the table/,
        'an unknown column'],
    ["id\tday\tamount\n", qr/columns do not match .*: name is missing in the records/,
        'a missing column'],
    ["id\tzip\tstate\n", qr/$differences/, 'several of them'],
    ['', qr/no header line/, 'an empty input'],
) {
    my ($in, $message, $what) = @$case;
    for my $option ([], ['--replace']) {
        my $result = load($in, @$option, 'mine');
        ok $result->{status} == 65 && $result->{err} =~ $message && $result->{err} =~ tr/\n// == 1
            && rows('mine') eq $before,
            "$what (@$option) ends with 65, says where, and leaves the table as it was"
            or diag "status $result->{status}, $result->{err}", rows('mine');
    }
}

# --- tables
{
    my $records = "sub_id\tcycle\tcommittee_id\tname\n";
    my $result = load($records, '--like', 'fec.contribution', 'new');
    like $result->{err}, qr/name is not in the table.*contributor_name is missing/,
        '--like compares with the model';
    my @columns = split /\n/, sql($home, q{SELECT attname FROM pg_attribute
        WHERE attrelid = 'fec.contribution'::regclass
        AND attnum > 0 AND attname NOT IN ('row_hash', 'run_id') ORDER BY attnum});
    my @values = map { /^(?:sub_id|cycle|file_number)$/ ? 2018 : /amount/ ? '1.00' : '\N' }
        reverse @columns;
    $records = join("\t", reverse @columns) . "\n" . join("\t", @values) . "\n";
    $result = load($records, '--like', 'fec.contribution', 'public.new');
    is $result->{status}, 0, '--like makes the table, for records without row_hash too'
        or diag $result->{err};
    is sql($home, 'SELECT sub_id, cycle, contribution_receipt_amount FROM new'), "2018\t2018\t1.00",
        'with the types of the model';
    $result = load($records, '--like', 'fec.contribution', '--replace', 'new');
    is sql($home, 'SELECT count(*) FROM new'), 1,
        '--like with a table that is there loads that table';
    for my $table ('fec.contribution', 'fec.run', 'fec.committee_latest') {
        $result = load($records, $table);
        ok $result->{status} == 64 && $result->{err} =~ /never touches a live table/,
            "$table is refused";
    }
    sql($home, 'CREATE TABLE part (id bigint) PARTITION BY LIST (id)',
        'CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1)');
    is load("id\n1\n", 'part_1')->{status}, 64, 'a partition of any table is refused';
    # A function of others with a better match than PostgreSQL's own.
    sql($home, 'CREATE TABLE caught (what text)', 'CREATE FUNCTION public.format(text, name, name) '
        . "RETURNS text LANGUAGE sql AS 'INSERT INTO caught VALUES (\$1) RETURNING what'");
    $result = load("id\tname\tday\tamount\n", 'mine');
    is "$result->{status} " . sql($home, 'SELECT count(*) FROM caught'), '0 0',
        'functions that others made are not called';
    sql($home, 'DROP FUNCTION public.format(text, name, name)');
    sql($home, 'CREATE SCHEMA mine', 'CREATE TABLE mine.here (id bigint)');
    local $database{PGOPTIONS} = '-c search_path=mine';
    is load("id\n1\n", 'here')->{status}, 0, 'a name without a schema is looked for in the path';
    is load("id\n1\n", '--like', 'here', 'there')->{status}, 0, 'so is the model';
    is sql($home, 'SELECT id FROM mine.there'), 1, 'and a new table is made in its first schema';
    delete $database{PGOPTIONS};
    $result = load("id\n1\n", 'none');
    ok $result->{status} == 64 && $result->{err} =~ /there is no table none/,
        'a table that is not there is an error';
    $result = load("id\n1\n", 'a.b.c.d"; DROP TABLE mine; --');
    ok $result->{status} != 0 && rows('mine') eq $before, 'a name is never taken for SQL';
    sql($home, 'CREATE TABLE "Odd ""name" ("select" text)');
    is load("select\nx\n", '"Odd ""name"')->{status}, 0,
        'quoted names work, and columns named like keywords';
}

# --- the server

# The backend of a pg-load is known by its PGAPPNAME.
sub is_copying {
    return sql($home, 'SELECT count(*) FROM pg_stat_activity '
        . "WHERE application_name = '$_[0]' AND query LIKE 'COPY%'");
}

sub terminate {
    return sql($home, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity '
        . "WHERE application_name = '$_[0]'");
}

{
    my $result = run([$load, 'mine'], stdin => "id\n1\n", env => {%database, PGHOST => $dir});
    ok $result->{status} == 69 && $result->{err} =~ /^pg-load: cannot connect: /,
        'a server that is not there ends it with 69';
    $result = run([$load, '--dbname', "host=$database{PGHOST} user=fecpipe dbname=fec", 'mine'],
        stdin => "id\tname\tday\tamount\n", env => {map { ($_, undef) } keys %database});
    is $result->{status}, 0, '--dbname says where to connect';
    my $slow = start(['sh', '-c',
        "(printf 'id\\tname\\tday\\tamount\\n7\\tG\\t\\\\N\\t1\\n'; sleep 30) | exec $load mine"],
        env => {%database, PGAPPNAME => 'victim'});
    ok wait_until(sub { is_copying('victim') }), 'a load waits for its input';
    terminate('victim');
    kill TERM => -$slow->{pid};
    finish($slow);
    is rows('mine'), $before, 'a load whose backend is terminated leaves nothing';
    my $big = join '', "id\tname\tday\tamount\n",
        map { "$_\tNAME $_\t2017-01-01\t1.00\n" } 1 .. 200_000;
    my $pipe = start(['sh', '-c', "(cat; until [ -e $dir/terminated ]; do sleep 0.1; done; "
                . "tail -n +2 $dir/big) | exec $load mine"],
        stdin => $big, env => {%database, PGAPPNAME => 'victim2'});
    spew("$dir/big", $big);
    wait_until(sub { is_copying('victim2') });
    terminate('victim2');
    spew("$dir/terminated", '');
    my $ended = finish($pipe);
    is $ended->{status}, 69, 'it ends with 69' or diag $ended->{err};
    like $ended->{err}, qr/^pg-load: .*(?:terminat|closed|connection)/, 'and says so';
    is rows('mine'), $before, 'and the table is as it was';
}

# Standard input is a socket that its other end resets after all bytes have been taken, so that the
# next read fails.
my $resetting = <<'END';
use IO::Socket::INET;
my $listener = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die $@;
my $far = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $listener->sockport) or die $@;
my $near = $listener->accept;
my $bytes = shift;
my $pid = fork();
if (!$pid) {
    close($far);
    open(STDIN, '<&', $near) or die $!;
    exec @ARGV;
}
syswrite($far, $bytes) == length $bytes or die $!;
my $left = pack('i', 1);
for (1 .. 500) {
    ioctl($near, 0x541B, $left) or die "FIONREAD: $!";
    last if unpack('i', $left) == 0;
    select(undef, undef, undef, 0.02);
}
setsockopt($far, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0)) or die $!;
close($far);
waitpid($pid, 0);
exit($? >> 8);
END
SKIP: {
    skip 'FIONREAD is known for Linux only', 2 if $^O ne 'linux';
    my $records = join '', "id\tname\tday\tamount\n",
        map { "$_\tNAME\t2017-01-01\t1.00\n" } 1 .. 100;
    my $result = run(['perl', '-e', $resetting, $records, $load, 'mine'], env => {%database});
    my $bytes = length $records;
    ok $result->{status} == 74 && $result->{err} =~ /^pg-load: standard input: .* at byte $bytes$/m,
        'an input that cannot be read further ends with 74 and names the byte'
        or diag "status $result->{status}, $result->{err}";
    is rows('mine'), $before, 'and the table is as it was';
}

# --- DATABASE_URL as a service file

sub service {
    my ($url, @more) = @_;
    unlink "$dir/service";
    return run([$load, '--write-service', "$dir/service", @more],
        env => {%database, DATABASE_URL => $url});
}

{
    my $result = service('postgresql://ada:p%40ss%20w%7C@[::1]:6543,db.example:6544/my%20db'
            . '?keepalives_idle=30&options=-c%20geqo%3Doff&application_name=other');
    is $result->{status}, 0, 'a URL is written as a service file' or diag $result->{err};
    is_deeply [sort split /\n/, slurp("$dir/service")], [sort '[fecpipe]', 'user=ada',
        'password=p@ss w|', 'host=::1,db.example', 'port=6543,6544', 'dbname=my db',
        'keepalives_idle=30'], 'with all parameters but application_name and options';
    is $result->{out}, "-c geqo=off\n", 'and the options are printed';
    is((stat "$dir/service")[2] & 07777, 0600, 'only its owner can read it');
    is_deeply [grep { -e } glob "$dir/service.*"], [], 'and no other file is left';
    service("host=h user=u password='a \\'b'");
    like slurp("$dir/service"), qr/^host=h$/m, 'DATABASE_URL can be keywords and values';
    symlink '/etc/passwd', "$dir/service.new" or die $!;
    is service('postgresql://h')->{status}, 0, 'a link in the way of the new file is replaced';
    service("host=$database{PGHOST} user=fecpipe dbname=fec");
    $result = run([$load, 'mine'], stdin => "id\tname\tday\tamount\n", env =>
            {(map { $_ => undef } keys %database), PGSERVICEFILE => "$dir/service",
            PGSERVICE => 'fecpipe'});
    is $result->{status}, 0, 'libpq connects by what was written' or diag $result->{err};
}
for my $case (
    [undef, qr/needs DATABASE_URL/, 'no DATABASE_URL'],
    ['', qr/needs DATABASE_URL/, 'an empty one'],
    ['postgresql://ada:Geheim7@h/d?sslmod=require', qr/URI query parameter: "sslmod"$/,
        'a parameter that libpq does not know'],
    ['mysql://ada:Geheim7@h/d', qr/missing "="/, 'the URL of another server'],
    ['postgresql://ada:Gehe%zim7@h/d', qr/percent-encoded token/, 'a wrong escape'],
    ['postgresql://ada:Geheim7@[::1/d', qr/IPv6/, 'a bracket that is not closed'],
    ['postgresql://ada:x/Geheim7?y@h/d', qr/URI query/, 'a password that is not escaped'],
    ['host=h password=so Geheim7', qr/missing "="/, 'a password with a blank, not quoted'],
    ['host=h password=so Geheim7=', qr/invalid connection option/, 'or with a sign after it'],
    ['postgresql://h/d?service=other', qr/names a service; set PGSERVICE/, 'a service'],
    ["host=h password='Geheim7\nx'", qr/password has a line end/, 'a value with a line end'],
    ["host=h password='Geheim7 '", qr/password has .* a blank at its end/,
        'a value that ends with a blank'],
) {
    my ($url, $message, $what) = @$case;
    my $result = service($url);
    ok $result->{status} == 78 && $result->{err} =~ /^pg-load: [^\n]*\n\z/
        && $result->{err} =~ $message,
        "$what ends with 78 and says why" or diag "status $result->{status}, $result->{err}";
    ok $result->{err} !~ /Geheim|im7/ && $result->{out} eq '', 'and does not show the password'
        or diag $result->{err};
    ok !-e "$dir/service", 'and leaves no file';
}
is service('postgresql://h', 'mine')->{status}, 64, '--write-service takes no table';

is load("id\n", 'mine', 'other')->{status}, 64, 'two tables are one too many';
is load("id\n")->{status}, 64, 'no table is one too few';
like run([$load, '--help'])->{out}, qr/--replace/, '--help helps';
done_testing;
