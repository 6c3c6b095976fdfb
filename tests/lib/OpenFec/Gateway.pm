# Gateway.pm - what stands between the client and the rows, in the stand-in for the API: the key,
# the limits of calls, the cache, the rules for bad days, and the log.
package OpenFec::Gateway;
use strict;
use warnings;
use Exporter 'import';
use OpenFec::Arguments;
use OpenFec::Endpoints;
use OpenFec::Response;
use OpenFec::Rules;
use Time::HiRes qw(time);

our @EXPORT = qw(gateway_with response_to);

use constant MOST_QUERIES => 300;
# The hours, in UTC and as parts of a day, in which pages of schedules are kept at the server until
# the second one; else it is an hour (rest.py: 393).
use constant {PEAK_FROM => 13 / 24, PEAK_TO => 23.5 / 24};

my %option;
my $calls = 0;    # answered or not, since the start
my @taken;        # times of the calls that count against the limits
my %previous;     # by query, the page that was sent last

# Sets the options of servers/fec-api: log, key, hour, minute, hour-seconds, no-retry-after,
# page-size, exact-up-to.
sub gateway_with { %option = @_ }

# The response to a request, for OpenFec::Http. Status 0: none.
sub response_to {
    my ($request) = @_;
    $calls++;
    my $how = rules_for($request);
    my $key = key_of($request);
    my $response = response_by_rule($request, $how) // true_response($request, $key, $how);
    if ($response->{status}) {
        limit_headers($response, $how, $key);
        $response->{rate} = $how->{slow}[0] if $how->{slow};
        $response->{break} = $how->{break};
    }
    log_call($request, $response, $how, $key);
    return $response;
}

sub log_call {
    my ($request, $response, $how, $key) = @_;
    return if !defined $option{log};
    my $target = $request->{target} =~ s/([?&]api_key=)[^&]*/$1/gr;
    open(my $log, '>>', $option{log}) or die "fec-api: $option{log}: $!\n";
    my $is_silent = $how->{break} && !defined $how->{break}[1];
    my ($status, $rows) = $is_silent ? (0, 0) : ($response->{status}, $response->{rows} // 0);
    syswrite($log, join(' ', $calls, $request->{method}, $target, $status, $rows,
        join('+', @{$how->{names}}) || '-', $key) . "\n");
}

sub key_of {
    my ($request) = @_;
    my $key = $request->{header}{'x-api-key'} // $request->{argument}{api_key}[0] // '';
    return 'no' if $key eq '';
    return !defined $option{key} || $key eq $option{key} ? 'yes' : 'wrong';
}

# A rule's response in the place of the true one; undef without one.
sub response_by_rule {
    my ($request, $how) = @_;
    my ($action, @argument) = @{$how->{response} // return};
    return {status => 0} if $action eq 'refuse';
    # It counts against the limits, too: the gateway has passed the call on.
    push @taken, time;
    return status_response(@argument) if $action eq 'status';
    return html_page($argument[0] // 200) if $action eq 'html';
    return text_response('') if $action eq 'empty-body';
    return text_response("[1, 2, 3]\n") if $action eq 'not-object';
    return text_response("@argument") if $action eq 'body';
    if ($action eq 'redirect') {
        my $place = $argument[0] =~ m{^\w+://[^/]+$} ? "$argument[0]$request->{target}"
            : $argument[0];
        return {%{html_page(302)}, header => {'Content-Type' => 'text/html', Location => $place}};
    }
    if ($action eq 'repeat') {
        my $page = $previous{query_of($request)};
        return text_response($page->[0], $page->[1]) if $page;
        pop @taken; # it is counted in true_response
        return;
    }
    pop @taken;
    my $right = true_response($request, key_of($request), $how);
    return text_response(substr($right->{body}, 0, length($right->{body}) / 2), 0);
}

# As it comes from where it comes from: 504 from openFEC's code, 429 from the gateway, 500 from its
# server without a database, and 403 and the others from a proxy, these as HTML.
sub status_response {
    my ($status, @more) = @_;
    my ($seconds) = "@more" =~ /\bretry-after=(\S+)/;
    my $response = $status == 504 ? refusal(504, 'Query timed out')
        : $status == 429                 ? over_limit(undef)
        : $status == 403 || $status >= 500 ? html_page($status)
        :                                    refusal($status, "It went wrong with $status.");
    $response->{header}{'Retry-After'} = $seconds if defined $seconds;
    return $response;
}

sub true_response {
    my ($request, $key, $how) = @_;
    if ($request->{method} ne 'GET') {
        my $response = gateway_error(405, 'METHOD_NOT_ALLOWED', 'The method is not allowed.');
        $response->{header}{Allow} = 'GET';
        return $response;
    }
    return gateway_error(403, 'API_KEY_MISSING',
        'No api_key was supplied. Get one at https://api.open.fec.gov/developers/') if $key eq 'no';
    return gateway_error(403, 'API_KEY_INVALID', 'An invalid api_key was supplied. Get one at'
            . ' https://api.open.fec.gov/developers/') if $key eq 'wrong';
    my $wait = seconds_over_limit();
    return over_limit($option{'no-retry-after'} ? undef : $wait) if $wait > 0;
    push @taken, time;
    my $endpoint = endpoint_of($request->{path})
        or return gateway_error(404, 'NOT_FOUND',
            'The requested URL was not found on this server.');
    my $response = eval { $endpoint->(checked_arguments($request->{argument}), settings($how)) };
    if (!$response) {
        my $error = $@;
        die $error if ref $error ne 'HASH';
        return refusal($error->{status}, $error->{message});
    }
    keep($request, $response);
    return $response;
}

# What an endpoint must know of the options and the rules.
sub settings {
    my ($how) = @_;
    return {page_size => $option{'page-size'}, exact_up_to => $option{'exact-up-to'},
        estimate => $how->{estimate} ? $how->{estimate}[0] : 0, is_before => $how->{stale},
        turn => $calls % 2 ? 1 : -1};
}

# Keeps a page for the rules that send it again, and says how long others may keep it.
sub keep {
    my ($request, $response) = @_;
    if (keys %previous > MOST_QUERIES) { %previous = () }
    $previous{query_of($request)} = [@{$response}{qw(body rows)}];
    my $part = time / 86400 - int(time / 86400);
    if ($request->{path} =~ m{/schedules/} && $part >= PEAK_FROM && $part <= PEAK_TO) {
        $response->{header}{Expires} = http_date((int(time / 86400) + PEAK_TO) * 86400);
    } else {
        $response->{header}{'Cache-Control'} = 'public, max-age=3600';
    }
}

# A request without what only says which of its pages is meant.
sub query_of {
    my ($request) = @_;
    my $argument = $request->{argument};
    my @names = sort(without_cursor(keys %$argument));
    return join '&', $request->{path}, map { ($_, @{$argument->{$_}}) } @names;
}

# --- Limits

# The number of calls in the last seconds.
sub calls_within {
    my ($seconds) = @_;
    my $from = time - $seconds;
    my $count = 0;
    for my $call (reverse @taken) {
        last if $call <= $from;
        $count++;
    }
    return $count;
}

# How long until another call is within the limits; 0 if it is now.
sub seconds_over_limit {
    my $hour = $option{'hour-seconds'};
    shift @taken while @taken && $taken[0] <= time - $hour;
    my $longest = 0;
    for my $limit ([$option{hour}, $hour], [$option{minute}, $hour / 60]) {
        my ($most, $seconds) = @$limit;
        next if !$most || calls_within($seconds) < $most;
        my $wait = $taken[-$most] + $seconds - time;
        $longest = $wait if $wait > $longest;
    }
    return $longest;
}

sub limit_headers {
    my ($response, $how, $key) = @_;
    my $limit = $option{hour} || ($how->{remaining} ? 1000 : return);
    return if $key ne 'yes';
    my $left = $limit - calls_within($option{'hour-seconds'});
    $response->{header}{'X-RateLimit-Limit'} = $limit;
    $response->{header}{'X-RateLimit-Remaining'} =
        $how->{remaining} ? $how->{remaining}[0] : $left > 0 ? $left : 0;
}

1;
