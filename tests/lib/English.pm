# English.pm - words that this project's texts do without, and what to say instead. The list is
# short: it keeps the worst from coming back.
package English;
use strict;
use warnings;
use Exporter 'import';

our @EXPORT = qw(unplain);

# What a reader stumbles over, what to write, and where the word is right after all.
my @words = (
    [qr/\bso many\b/i, 'name the number, or leave it out'],
    [qr/\b(?:is|are|was|were) none\b/i, '"there is no ...", or say what it is',
        qr/\bthere (?:is|are|was|were) none\b/i],
    [qr/\bbehind\b/i, '"after", for order and time',
        qr/\bbehind\ (?:an?\ |the\ )?(?:\w+\ )?(?:proxy|firewall|NAT|load\ balancer|mirror)\b
            |\b(?:leaves?|left)\ (?:nothing\ )?behind\b/xi],
    [qr/\bin a row\b/i, '"consecutive"', qr/\bin a row (?:of|that|is)\b/i],
    [qr/\b(?:borne|bears)\b/i, '"tolerated", "allowed"'],
    [qr/\banew\b/i, '"again", "from the start"'],
);

# The places in a text, each as "line N: word; write ...".
sub unplain {
    my ($text) = @_;
    my ($number, @found) = 0;
    for my $line (split /\n/, $text) {
        $number++;
        for (@words) {
            my ($word, $better, $right) = @$_;
            my $rest = $right ? $line =~ s/$right//gr : $line;
            next if $rest !~ /($word)/;
            push @found, "line $number: $1; write $better";
        }
    }
    return @found;
}

1;
