# Rooms.pm - who uses whom in the tree: which files a file includes or calls, which rooms a room may
# use, and where the way leads back to where it began.
package Rooms;
use strict;
use warnings;
use Exporter 'import';
use File::Basename qw(dirname);

our @EXPORT = qw(includes crossing circle calls functions_of);

# Rooms that may use only these others beside themselves. A program's folder is not listed here: it
# may use its own folders, base and records.
my %may_use = (
    'filters/base'              => [],
    'filters/records'           => ['filters/base'],
    'filters/fec-fetch/http'    => ['filters/base', 'filters/records'],
    'filters/fec-fetch/bulk'    => ['filters/base', 'filters/records', 'filters/fec-fetch/http'],
    'filters/fec-fetch/openfec' => ['filters/base', 'filters/records', 'filters/fec-fetch/http'],
);

# The files that a file includes by name (not <system.h>), as paths in the tree. Names are relative
# to filters/, or in tests to the folder of the file. What cannot be found is returned as written.
sub includes {
    my ($path, $text) = @_;
    my @found;
    for my $name ($text =~ /^#\s*include\s+"([^"]+)"/mg) {
        my $beside = dirname($path) . "/$name";
        push @found, $path =~ m{^tests/} && -f $beside ? $beside
            : -f "filters/$name" ? "filters/$name" : $name;
    }
    return @found;
}

# Of the files that $path includes, those that its room must not use.
sub crossing {
    my ($path, @included) = @_;
    return () if $path !~ m{^filters/};
    my $room = dirname($path);
    my ($program) = $path =~ m{^(filters/[^/]+)};
    my $list = $may_use{$room};
    my @allowed = ($room, $list ? @$list : ($program, 'filters/base', 'filters/records'));
    # The top of a program knows all of its own folders.
    my $inside = $list ? qr/(?!)/ : qr{^\Q$program\E/};
    return grep {
        my $target = dirname($_);
        !/$inside/ && !grep { $_ eq $target } @allowed;
    } @included;
}

# A way through the graph {node => {node => 1}} that ends where it began, as "a > b > a"; '' if
# it has no circle.
sub circle {
    my ($graph) = @_;
    my (%state, @way, $found);
    my $visit;
    $visit = sub {
        my ($node) = @_;
        $state{$node} = 'open';
        push @way, $node;
        for my $next (sort keys %{$graph->{$node} // {}}) {
            last if $found;
            next if $next eq $node;
            if (($state{$next} // '') eq 'open') {
                my ($first) = grep { $way[$_] eq $next } 0 .. $#way;
                $found = join ' > ', @way[$first .. $#way], $next;
            }
            elsif (!$state{$next}) { $visit->($next) }
        }
        pop @way;
        $state{$node} = 'done';
    };
    for my $node (sort keys %$graph) { $visit->($node) if !$state{$node} && !$found }
    return $found // '';
}

# Functions of a C or bash text as [name, number of lines].
sub functions_of {
    my ($text) = @_;
    my @found;
    # What a function prints is text.
    $text =~ s/<<-?\s*'?(\w+)'?\n.*?^\s*\1$//gms;
    while ($text =~ /^(?:[a-z][^\n;#]*?\b(\w+)\([^;{}]*\)\n\{\n|(\w+)\(\) \{\n)(.*?)^\}/msg) {
        push @found, [$1 // $2, 2 + ($3 =~ tr/\n//)];
    }
    return @found;
}

# Which functions a bash text calls, of those that are named. It looks at words where a command
# begins; what stands in a comment, a here-document or a message does not count.
sub calls {
    my ($text, @names) = @_;
    $text =~ s/^\s*#.*$//mg;
    $text =~ s/\s#\s.*$//mg;
    $text =~ s/<<-?\s*'?(\w+)'?(.*?)^\s*\1$/$2 =~ s{[^\n]}{}gr/gmse;
    my $word = join '|', map { quotemeta } @names or return;
    my $begin = qr/^\s*|[;&|(!`{]\s*|\b(?:if|then|elif|else|do|while|until|trap)\s+["']?/m;
    my %called = map { ($_, 1) } $text =~ /(?:$begin)($word)(?![\w(=.\/-])/g;
    return sort keys %called;
}

1;
