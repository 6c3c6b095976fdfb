# Response.pm - the responses that the stand-in for the API sends, and small things that its parts
# share. A response is {status, header => {}, body, rows => rows in it}.
package OpenFec::Response;
use strict;
use warnings;
use Exporter 'import';
use JSON::PP ();
use POSIX qw(ceil);
use Time::HiRes ();

our @EXPORT = qw(reason_of text_response refusal gateway_error html_page over_limit json_text_of
    http_date version_of write_whole);

my %REASON = (
    200 => 'OK', 302 => 'Found', 400 => 'Bad Request', 401 => 'Unauthorized', 403 => 'Forbidden',
    404 => 'Not Found', 405 => 'Method Not Allowed', 422 => 'Unprocessable Entity',
    429 => 'Too Many Requests', 500 => 'Internal Server Error', 502 => 'Bad Gateway',
    503 => 'Service Unavailable', 504 => 'Gateway Timeout',
);
my $json = JSON::PP->new->canonical;

sub reason_of { return $REASON{$_[0]} // 'Status' }
sub json_text_of { return $json->encode($_[0]) }

sub text_response { return {status => 200, header => {}, body => $_[0], rows => $_[1] // 0} }

# What openFEC's own code says of a request that it refuses.
sub refusal {
    my ($status, $message) = @_;
    my $body = json_text_of({status => 0 + $status, message => $message}) . "\n";
    return {%{text_response($body)}, status => $status};
}

# What the gateway before it says.
sub gateway_error {
    my ($status, $code, $message) = @_;
    my $body = json_text_of({error => {code => $code, message => $message}}) . "\n";
    return {%{text_response($body)}, status => $status};
}

# A page of HTML, as proxies and a server whose database is gone send it.
sub html_page {
    my ($status) = @_;
    my $title = "$status " . reason_of($status);
    my $body = "<!DOCTYPE html>\n<html><head><title>$title</title></head>"
        . "<body><h1>$title</h1></body></html>\n";
    return {%{text_response($body)}, status => $status, header => {'Content-Type' => 'text/html'}};
}

# The response to a call over the limit, with Retry-After if seconds are given.
sub over_limit {
    my ($seconds) = @_;
    my $response = gateway_error(429, 'OVER_RATE_LIMIT',
        'You have exceeded your rate limit. Try again later or contact us for assistance.');
    $response->{header}{'Retry-After'} = ceil($seconds) if defined $seconds;
    return $response;
}

sub http_date {
    my ($time) = @_;
    my @utc = gmtime $time;
    return sprintf '%s, %02d %s %d %02d:%02d:%02d GMT', (qw(Sun Mon Tue Wed Thu Fri Sat))[$utc[6]],
        $utc[3], (qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec))[$utc[4]], $utc[5] + 1900,
        @utc[2, 1, 0];
}

# Device, inode, size and time of a file or handle; '' if it is not there.
sub version_of {
    my ($file) = @_;
    my @stat = Time::HiRes::stat($file) or return '';
    return sprintf '%d-%d-%d-%.9f', @stat[0, 1, 7, 9];
}

# Writes a file so that no reader sees it half written.
sub write_whole {
    my ($path, $text) = @_;
    my $temporary = "$path.tmp.$$";
    open(my $file, '>:raw', $temporary) or die "fec-api: $temporary: $!\n";
    print $file $text;
    close($file) && rename($temporary, $path) or die "fec-api: $path: $!\n";
}

1;
