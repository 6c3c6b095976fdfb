# Rules.pm - the rules for bad days that the tests give to the stand-in for the API. servers/fec-api
# says how they are written.
package OpenFec::Rules;
use strict;
use warnings;
use Exporter 'import';
use OpenFec::Response;

our @EXPORT = qw(rules_in rules_for);

my %IS_RESPONSE = map { $_ => 1 }
    qw(status html empty-body wrong-json not-object body repeat redirect refuse);
my %IS_BREAK = map { $_ => 1 } qw(cut reset stall);
my %IS_OTHER = map { $_ => 1 } qw(slow swap remaining stale estimate);
my %TAKES_TEXT   = map { $_ => 1 } qw(body redirect swap);
my %TAKES_NUMBER = map { $_ => 1 } qw(status cut stall slow remaining estimate);

my ($path, $root);
my %rules = (version => '', list => []);

# Sets the file of the rules, undef for none, and the folder in which `swap` finds its files.
sub rules_in { ($path, $root) = @_ }

# What the rules say of a request: {response => [action, argument...], break => [...], names => []}
# and the others by name => [argument...].
sub rules_for {
    my ($request) = @_;
    my %how = (names => []);
    return \%how if !defined $path;
    my $version = version_of($path);
    %rules = (version => $version, list => [read_rules()]) if $version ne $rules{version};
    for my $rule (@{$rules{list}}) {
        next if index($request->{target}, $rule->{path}) < 0;
        my $count = ++$rule->{count};
        next if $count < $rule->{from} || $count > $rule->{to};
        my ($action, @argument) = @{$rule->{action}};
        my $kind = $IS_RESPONSE{$action} ? 'response' : $IS_BREAK{$action} ? 'break' : $action;
        next if $how{$kind};
        $how{$kind} = $kind eq $action ? \@argument : [$action, @argument];
        push @{$how{names}}, $action;
        swap($argument[0]) if $action eq 'swap';
    }
    return \%how;
}

sub read_rules {
    open(my $file, '<', $path) or return;
    my @list;
    while (my $line = <$file>) {
        next if $line =~ /^\s*(?:#|$)/;
        my $part = $line =~ s/\s+path=(\S+)\s*\z// ? $1 : '';
        my ($calls, @action) = split ' ', $line;
        my ($from, $to) = $calls eq '*' ? (1, undef)
            : $calls =~ /\A(\d+)(-?)(\d*)\z/ ? ($1, $2 eq '' ? $1 : $3 eq '' ? undef : $3)
            :                                  ();
        die "fec-api: $path: line $.: no such rule: $line\n"
            if !defined $from || !is_action(@action);
        push @list, {from => $from, to => $to // 9**20, action => \@action, path => $part,
            count => 0};
    }
    return @list;
}

sub is_action {
    my ($name, $argument) = @_;
    return 0 if !defined $name || !($IS_RESPONSE{$name} || $IS_BREAK{$name} || $IS_OTHER{$name});
    return 0 if $TAKES_TEXT{$name} && !defined $argument;
    return 0 if $TAKES_NUMBER{$name} && ($argument // '') !~ /\A\d+\z/;
    return 1;
}

sub swap {
    my ($name) = @_;
    my $from = $name =~ m{/} ? $name : "$root/$name";
    open(my $file, '<:raw', $from) or die "fec-api: $from: $!\n";
    local $/;
    write_whole("$root/schedule_a.jsonl", <$file> // '');
}

1;
