# OwnServer.pm - a PostgreSQL of the test's own beside those that the driver makes: other people's,
# with their roles, databases and settings. And what people put around one: a standby, pgbouncer.
package OwnServer;
use strict;
use warnings;
use Exporter 'import';
use Fecpipe;
use Psql;

our @EXPORT = qw(start_own_server start_standby start_pgbouncer at ask_at);

my @running;

# PostgreSQL and pgbouncer do not run as root.
sub unprivileged { return $> == 0 ? ('runuser', '-u', 'postgres', '--', @_) : @_ }

sub server_program {
    my ($name) = @_;
    chomp(my $folder = $ENV{FEC_TEST_PG_BIN} // `pg_config --bindir`);
    return "$folder/$name";
}

# Runs a program as the server's user; dies if it fails.
sub run_there {
    my ($program, @arguments) = @_;
    my $result = run([unprivileged($program, @arguments)], dir => '/');
    die "$program: $result->{out}$result->{err}" if $result->{status} != 0;
}

sub new_folder {
    my $folder = scratch();
    chmod 0755, $folder;
    system('chown', 'postgres', $folder) == 0 or die 'chown failed' if $> == 0;
    return $folder;
}

sub start_cluster {
    my ($folder, @settings) = @_;
    my $data = "$folder/data";
    open(my $conf, '>>', "$data/postgresql.conf") or die "$data: $!";
    print $conf map { "$_\n" } "listen_addresses = ''", "unix_socket_directories = '$folder'",
        'fsync = off', 'shared_buffers = 32MB', 'max_connections = 40', @settings;
    close($conf) or die "$data: $!";
    run_there(server_program('pg_ctl'), '-D', $data, '-w', '-s', '-l', "$folder/log", 'start');
    my $server = {folder => $folder, data => $data};
    push @running, $server;
    return $server;
}

# A new cluster with the superuser fecpipe; whoever can reach its socket may be anybody.
sub start_own_server {
    my $folder = new_folder();
    run_there(server_program('initdb'), '-D', "$folder/data", '-U', 'fecpipe', '-E', 'UTF8',
        '--locale=C', '--auth=trust', '-N');
    return start_cluster($folder, @_);
}

# A standby that follows a server.
sub start_standby {
    my ($server) = @_;
    my $folder = new_folder();
    run_there(server_program('pg_basebackup'), '-h', $server->{folder}, '-U', 'fecpipe', '-D',
        "$folder/data", '-R', '-c', 'fast');
    return start_cluster($folder);
}

# pgbouncer before a server, with a database named after each of its pool modes. Undef if it is not
# installed.
sub start_pgbouncer {
    my ($server, $database) = @_;
    my ($program) = grep { -x } map { "$_/pgbouncer" } split(/:/, $ENV{PATH}), '/usr/sbin';
    return undef if !$program;
    my $folder = new_folder();
    spew("$folder/users", qq("fecpipe" ""\n));
    spew("$folder/ini", "[databases]\n",
        map({ "$_ = host=$server->{folder} dbname=$database pool_mode=$_\n" }
            qw(session transaction statement)),
        "[pgbouncer]\nlisten_addr =\nlisten_port = 6432\nunix_socket_dir = $folder\n",
        "auth_type = trust\nauth_file = $folder/users\npidfile = $folder/pid\n");
    my $process = start([unprivileged($program, '-q', "$folder/ini")], dir => '/');
    wait_until(sub { -S "$folder/.s.PGSQL.6432" }) or die 'pgbouncer does not start';
    return {folder => $folder, port => 6432, process => $process};
}

# at($server, $database, NAME => value ...): the environment that leads there.
sub at {
    my ($server, $database, %more) = @_;
    return (PGHOST => "$server->{folder}", PGPORT => $server->{port} // 5432, PGUSER => 'fecpipe',
        PGDATABASE => $database, %more);
}

# The rows of queries there, as ask of Psql.pm gives them.
sub ask_at {
    my ($server, $database, @queries) = @_;
    return ask({at($server, $database)}, @queries);
}

END {
    my $status = $?;
    if ($$ == $Fecpipe::owner) {
        run([unprivileged(server_program('pg_ctl'), '-D', $_->{data}, '-s', '-m', 'immediate',
                    'stop')], dir => '/') for reverse @running;
    }
    $? = $status;
}

1;
