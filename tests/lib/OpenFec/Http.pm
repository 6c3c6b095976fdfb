# Http.pm - HTTP/1.1 for the stand-in for the API: connections that are kept, and the ways in which
# a response can break. One process does it all in one loop, so a slow response delays nobody else.
#
# A connection is {socket, in => bytes not yet understood, out => the response being sent or undef}.
# A response being sent is {bytes, sent, body => offset of the body, limit => bytes to send, rate,
# begun => time, end => keep, close, reset or stall, linger => time of the reset}.
package OpenFec::Http;
use strict;
use warnings;
use Errno qw(EAGAIN EINTR EWOULDBLOCK);
use Exporter 'import';
use IO::Select;
use IO::Socket::INET;
use OpenFec::Response;
use Socket qw(IPPROTO_TCP SOL_SOCKET SO_LINGER TCP_NODELAY);
use Time::HiRes qw(time);

our @EXPORT = qw(serve);

use constant {LONGEST_HEADER => 64 * 1024, BLOCK => 256 * 1024};

my $respond;    # makes the response to a request

# Serves until TERM or INT comes, or until the process `parent` is gone: serve(port => 0, port_file
# => FILE, parent => PID, respond => code). The code gets {method, target, path, header, argument}
# and returns a response, which may also have {break => [action, bytes], rate => bytes a second};
# with status 0 the connection closes without one.
sub serve {
    my (%option) = @_;
    $respond = $option{respond};
    my $listener = IO::Socket::INET->new(
        LocalAddr => '127.0.0.1', LocalPort => $option{port}, Listen => 128, ReuseAddr => 1,
    ) or die "fec-api: cannot listen: $@\n";
    $listener->blocking(0);
    local $SIG{PIPE} = 'IGNORE';
    my $ended = 0;
    local $SIG{TERM} = sub { $ended = 1 };
    local $SIG{INT}  = $SIG{TERM};
    write_whole($option{port_file}, $listener->sockport . "\n") if defined $option{port_file};
    my %connection;
    until ($ended || getppid != $option{parent}) {
        my ($readable, $writable) = wait_for($listener, values %connection);
        for my $socket (@$readable) {
            if ($socket == $listener) {
                while (my $client = $listener->accept) {
                    $client->blocking(0);
                    setsockopt($client, IPPROTO_TCP, TCP_NODELAY, 1);
                    $connection{$client} = {socket => $client, in => ''};
                }
            } elsif (!read_some($connection{$socket})) {
                close delete($connection{$socket})->{socket};
            }
        }
        for my $connection (grep { defined } map { $connection{$_} } @$writable) {
            next if write_some($connection);
            close delete($connection{$connection->{socket}})->{socket};
        }
    }
}

# Waits, at most a second, until there is something to do. Returns the sockets that can be read and
# those that can be written.
sub wait_for {
    my ($listener, @connections) = @_;
    my ($readers, $writers) = (IO::Select->new($listener), IO::Select->new);
    my $wait = 1;
    for my $connection (@connections) {
        my $out = $connection->{out};
        my $pause = $out ? pause_of($out) : 0;
        # A client is listened to while it gets nothing: before its response, or in a stall.
        $readers->add($connection->{socket}) if !$out || $out->{stalled};
        $writers->add($connection->{socket}) if $out && !$out->{stalled} && $pause <= 0;
        $wait = $pause if $pause > 0 && $pause < $wait;
    }
    my ($readable, $writable) = IO::Select->select($readers, $writers, undef, $wait);
    return ($readable // [], $writable // []);
}

# Seconds until the next bytes of a response may go, for one that is slow or about to be reset.
sub pause_of {
    my ($out) = @_;
    return $out->{linger} - time if $out->{linger};
    return 0 if !$out->{rate} || $out->{sent} < $out->{body};
    return $out->{begun} + ($out->{sent} - $out->{body}) / $out->{rate} - time;
}

# False if the client has gone.
sub read_some {
    my ($connection) = @_;
    my $n = sysread($connection->{socket}, $connection->{in}, BLOCK, length $connection->{in});
    return $!{EAGAIN} || $!{EWOULDBLOCK} || $!{EINTR} if !defined $n;
    return 0 if $n == 0;
    return 1 if $connection->{out};
    return next_request($connection);
}

# Responds to the request that has come, if it is whole. False if the connection must be closed.
sub next_request {
    my ($connection) = @_;
    if ($connection->{in} !~ s/\A(.*?)\r?\n\r?\n//s) {
        return length $connection->{in} <= LONGEST_HEADER;
    }
    my ($first, @lines) = split /\r?\n/, $1;
    my ($method, $target) = $first =~ m{\A([A-Z]+) (\S+) HTTP/1\.[01]\z} or return 0;
    my %header;
    for (@lines) { $header{lc $1} = $2 if /\A([^:\s]+):[ \t]*(.*?)[ \t]*\z/ }
    my ($path, $query) = split /\?/, $target, 2;
    my $response = $respond->({method => $method, target => $target, path => $path,
        header => \%header, argument => arguments($query // '')});
    return 0 if !$response->{status};
    # The body of another method, if it has one, is not read, so the connection must end.
    my $is_last = $method ne 'GET' || lc($header{connection} // '') eq 'close';
    begin_response($connection, $response, $is_last);
    return write_some($connection);
}

# The parameters of a query: {name => [values]}.
sub arguments {
    my ($query) = @_;
    my %argument;
    for my $pair (split /[&;]/, $query) {
        my ($name, $value) = map { tr/+/ /; s/%([0-9A-Fa-f]{2})/chr hex $1/ger }
            (split(/=/, $pair, 2), '', '')[0, 1];
        push @{$argument{$name}}, $value if $name ne '';
    }
    return \%argument;
}

sub begin_response {
    my ($connection, $response, $is_last) = @_;
    my $status = $response->{status};
    my %header = ('Content-Type' => 'application/json', Date => http_date(time),
        Server => 'fec-api', 'Content-Length' => length $response->{body},
        %{$response->{header}});
    my $head = "HTTP/1.1 $status " . reason_of($status) . "\r\n"
        . join('', map { "$_: $header{$_}\r\n" } sort keys %header) . "\r\n";
    my %out = (bytes => $head . $response->{body}, sent => 0, body => length $head, begun => time,
        limit => length($head) + length($response->{body}), end => $is_last ? 'close' : 'keep',
        rate => $response->{rate});
    if (my $break = $response->{break}) {
        my ($action, $bytes) = @$break;
        $out{end} = {cut => 'close', reset => 'reset', stall => 'stall'}->{$action};
        $out{limit} = !defined $bytes ? 0 : $out{body} + $bytes
            if !defined $bytes || $bytes < length $response->{body};
    }
    $connection->{out} = \%out;
}

# Sends what can be sent. False if the connection must be closed.
sub write_some {
    my ($connection) = @_;
    my ($socket, $out) = @{$connection}{qw(socket out)};
    while ($out->{sent} < $out->{limit}) {
        my $length = $out->{limit} - $out->{sent};
        if ($out->{rate}) {
            return 1 if pause_of($out) > 0;
            # A twentieth of a second's bytes at a time.
            my $block = $out->{sent} < $out->{body} ? $out->{body} : 1 + int($out->{rate} / 20);
            $length = $block if $block < $length;
        }
        my $n = syswrite($socket, $out->{bytes}, $length, $out->{sent});
        next if !defined $n && $!{EINTR};
        return 1 if !defined $n && ($!{EAGAIN} || $!{EWOULDBLOCK});
        return 0 if !defined $n;
        $out->{sent} += $n;
    }
    return end_response($connection);
}

# False if the connection must be closed.
sub end_response {
    my ($connection) = @_;
    my ($socket, $out) = @{$connection}{qw(socket out)};
    return 0 if $out->{end} eq 'close';
    return $out->{stalled} = 1 if $out->{end} eq 'stall';
    if ($out->{end} eq 'reset') {
        # A reset throws away what is still on its way to the client, so that gets some time.
        $out->{linger} //= time + 0.05;
        return 1 if time < $out->{linger};
        setsockopt($socket, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0));
        return 0;
    }
    delete $connection->{out};
    return $connection->{in} eq '' || next_request($connection);
}

1;
