# ApiClient.pm - asks an API, as a test of the stand-in for it does.
package ApiClient;
use strict;
use warnings;
use Exporter 'import';
use HTTP::Tiny;
use JSON::PP ();

our @EXPORT = qw(asks ask pages ids);

my $json = JSON::PP->new->utf8;
my $default;

# Sets the API, as start_api returns it, that is asked where none is named.
sub asks { ($default) = @_ }

# Asks; returns {status, headers, content, and what the JSON is as data}. Options: api, path (of
# schedule_a if none is given), key (undef for none), method, timeout.
sub ask {
    my ($query, %option) = @_;
    my $server = $option{api} // $default;
    my %header = ('X-Api-Key' => exists $option{key} ? $option{key} : 'abc');
    delete $header{'X-Api-Key'} if !defined $header{'X-Api-Key'};
    my $path = $option{path} // 'schedules/schedule_a/';
    my $response = HTTP::Tiny->new(timeout => $option{timeout} // 20, max_redirect => 0)
        ->request($option{method} // 'GET', "$server->{url}/$path?$query", {headers => \%header});
    $response->{data} = eval { $json->decode($response->{content}) };
    return $response;
}

# All pages of a query; returns the rows of each page.
sub pages {
    my ($query, %option) = @_;
    my ($cursor, @pages) = ('');
    while (@pages < 100) {
        my $data = ask("$query$cursor", %option)->{data};
        push @pages, $data->{results};
        last if !@{$data->{results}};
        my $last = $data->{pagination}{last_indexes};
        $cursor = join '', map { "&$_=" . ($last->{$_} eq '1' ? 'true' : $last->{$_}) } keys %$last;
    }
    return @pages;
}

sub ids { return [map { $_->{sub_id} } @_] }

1;
