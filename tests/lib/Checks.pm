# Checks.pm - one group of the checks of `pipeline.sh check`, which is quicker than all of them, and
# what it must say.
package Checks;
use strict;
use warnings;
use Exporter 'import';
use Fecpipe;
use Test::More;

our @EXPORT = qw(check_group check_says);

# check_group($home, FUNCTION, NAME => value ...): what the function of driver/show/check*.sh says,
# with this environment: {status, verdicts => [{status, area, level, message, advice}]}.
sub check_group {
    my ($home, $function, %env) = @_;
    my $said = run(['bash', '-c', 'FECPIPE_SHARE=$1 FECPIPE_HERE=$1 FECPIPE_BIN=$FEC_BIN
            FECPIPE_VERSION=1 FECPIPE_SELF=$1/pipeline.sh; set -u -o pipefail
            eval "$(grep "^\. " "$1/pipeline.sh")"
            checked[folder]=$2; read_config_for_check; run_checks group "$3"', 'bash', top(),
            scratch(), $function], env => Fecpipe::driver_env($home, %env));
    my @verdicts;
    for my $line (split /\n/, $said->{out}) {
        push @verdicts, {};
        @{$verdicts[-1]}{qw(status level area message advice)} = split /\x1f/, $line, -1;
    }
    return {status => $said->{status}, verdicts => \@verdicts};
}

# check_says RESULT, NAME, LEVEL, MESSAGE, ADVICE: passes if one verdict matches.
sub check_says {
    my ($result, $name, $level, $message, $advice) = @_;
    my @found = grep {
        $_->{level} eq $level && $_->{message} =~ $message && $_->{advice} =~ ($advice // qr/./)
    } @{$result->{verdicts}};
    ok scalar @found, $name
        or diag map { "$_->{level}\t$_->{area}\t$_->{message}\t$_->{advice}\n" }
        @{$result->{verdicts}};
}

1;
