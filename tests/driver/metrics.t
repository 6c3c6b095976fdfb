#!/usr/bin/env perl
# What is told to others after a run: metrics in the text format of Prometheus, and the log of a run
# that failed on the standard input of a command.
use strict;
use warnings;
use JSON::PP qw(decode_json);
use Test::More;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Fecpipe;

my $tree = scratch();
sample($tree, '--cycle', 2026, '--rows', 1000, '--months', 2, '--seed', 7, '--no-by-date',
    '--datasets', 'cm,cn,indiv');
my $home = new_home();
my $metrics = "$home/fecpipe.prom";

# A file of metrics as {name => {labels => value}}, the labels as 'a=b c=d' in the file's order.
# Dies where it is not what node_exporter takes: HELP and TYPE once and before the first sample, all
# samples of a name together, no sample twice, labels quoted and escaped, values that are numbers.
sub read_metrics {
    my ($text) = @_;
    my (%found, %type, %closed, $open);
    die "it does not end with a newline\n" if $text !~ /\n\z/;
    for my $line (split /\n/, $text) {
        if ($line =~ /^# (HELP|TYPE) ([a-z_:][a-z0-9_:]*) (.+)$/) {
            die "$line: this name was done\n" if $closed{$2} || $found{$2};
            $closed{$open} = 1 if defined $open && $open ne $2;
            $open = $2;
            $type{$2} = $3 if $1 eq 'TYPE';
            next;
        }
        my $label = qr/[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"/;
        my ($name, $labels, $value) =
            $line =~ /^([a-z_:][a-z0-9_:]*)(?:\{($label(?:,$label)*)\})? (\S+)$/
            or die "$line: no sample\n";
        die "$line: not below its heading\n" if !defined $open || $open ne $name;
        die "$line: no type\n" if ($type{$name} // '') ne 'gauge';
        die "$line: no number\n" if $value !~ /^-?\d+(?:\.\d+)?$/;
        my @labels;
        while (($labels // '') =~ /([a-z_]+)="((?:[^"\\]|\\.)*)"/g) {
            my ($label, $quoted) = ($1, $2);
            $quoted =~ s/\\(.)/$1 eq 'n' ? "\n" : $1/ge;
            push @labels, "$label=$quoted";
        }
        die "$line: twice\n" if exists $found{$name}{"@labels"};
        $found{$name}{"@labels"} = $value;
    }
    return \%found;
}

my %env = (FEC_BULK_URL => "file://$tree/month-1");
my @monthly = ('monthly', '--cycle', 2026);

# --- after a good run
my $result = pipeline($home, [@monthly, '--metrics', $metrics], env => \%env);
is $result->{status}, 0, 'a run with --metrics succeeds' or BAIL_OUT($result->{err});
my $found = read_metrics(slurp($metrics));
my $run = 'kind=monthly cycle=2026';
is $found->{fecpipe_last_run_success}{$run}, 1, 'the last run went well';
is $found->{fecpipe_database_up}{''}, 1, 'the database could be asked';
is $found->{fecpipe_last_success_timestamp_seconds}{$run},
    sql($home, 'SELECT round(extract(epoch FROM max(finished_at))::numeric, 3) FROM fec.run'),
    'the time of the last success is that of the run';
is $found->{fecpipe_last_run_duration_seconds}{$run},
    sql($home, q{SELECT round(extract(epoch FROM finished_at - started_at)::numeric, 1)
        FROM fec.run}),
    'so is how long it took';
my %manifest = %{stats_of("$tree/month-1/manifest")};
is $found->{fecpipe_last_run_rows}{"$run dataset=indiv result=new"}, $manifest{'indiv.new'},
    'rows are counted by dataset and result';
is $found->{fecpipe_last_run_rows}{"$run dataset=cm result=rejected"}, 0,
    'also where there are none';
is $found->{fecpipe_table_rows}{'table=contribution cycle=2026'}, $manifest{'indiv.records'},
    'a table\'s rows are told';
is $found->{fecpipe_source_modified_timestamp_seconds}{'table=contribution cycle=2026'} + 0,
    (stat "$tree/month-1/2026/indiv26.zip")[9], 'and the age of its file';
is $found->{fecpipe_states}{'cycle=2026'}, $manifest{'indiv.committees'}, 'states are counted';
is $found->{fecpipe_states_incomplete}{'cycle=2026'}, 0, 'and those that are incomplete';
is sprintf('%04o', (stat $metrics)[2] & 07777), '0644', 'all may read the file';
is_deeply [glob "$metrics?*"], [], 'nothing is left beside it';

# --- the dashboard and the alert rules use what is written
my %written = map { ($_, 1) } slurp(top() . '/sql/status/metrics.sql') =~ /\(\d+, '(fecpipe_\w+)'/g;
is_deeply [grep { !$written{$_} } keys %$found], [], 'each name that is written has its place';
my %label_of;
for my $name (keys %$found) {
    $label_of{$name}{$_} = 1 for map { /(\w+)=/g } keys %{$found->{$name}};
}
my $monitoring = top() . '/docs/monitoring';
my $dashboard = decode_json(slurp("$monitoring/grafana-dashboard.json"));
my @shown = map { $_->{expr} } map { @{$_->{targets}} } @{$dashboard->{panels}};
my @asked = map { $_->{query}{query} } grep { ref $_->{query} } @{$dashboard->{templating}{list}};
my @alerts = split /^ +- (?=alert: )/m, slurp("$monitoring/prometheus-alerts.yml");
shift @alerts;
my @rules = map { s/\s+/ /gr } map { /^ +expr: (?:>-)?\s*(.*?)(?=^ +\w+:|\z)/ms } @alerts;
is scalar @rules, scalar @alerts, 'each alert has an expression';
my %used;
for my $expression (@shown, @asked, @rules) {
    my @names = $expression =~ /\b(fecpipe_\w+)/g;
    $used{$_} = 1 for @names;
    is join(' ', grep { !$written{$_} } @names), '', "$expression: its names are written";
    my @wrong;
    while ($expression =~ /\b(fecpipe_\w+)\{([^}]*)\}/g) {
        my ($name, $labels) = ($1, $2);
        push @wrong, grep { $label_of{$name} && !$label_of{$name}{$_} } $labels =~ /(\w+)=/g;
    }
    for my $labels ($expression =~ /\b(?:by|on) \(([^)]*)\)/g, $expression =~ /, (\w+)\)$/) {
        push @wrong, grep { my $label = $_; !grep { $label_of{$_}{$label} } @names }
            split /, */, $labels;
    }
    is "@wrong", '', 'and so are its labels';
}
is_deeply [grep { !$used{$_} } sort keys %written], [], 'each name is shown or watched';
my $rows_of = $found->{fecpipe_last_run_rows};
my @results = map { split /\|/ } "@shown @rules" =~ /result=~?"([^"]+)"/g;
is_deeply [grep { !defined $rows_of->{"$run dataset=indiv result=$_"} } @results], [],
    'and each result of rows is one that is written';
SKIP: {
    skip 'promtool is not installed', 1 if system('sh', '-c', 'command -v promtool >/dev/null');
    my $rules = spew("$home/rules.yml", slurp("$monitoring/prometheus-alerts.yml"), map {
            sprintf "      - record: x:%d\n        expr: '%s'\n", $_, $shown[$_] =~ s/\$\w+/.*/gr
        } 0 .. $#shown);
    my $said = run(['promtool', 'check', 'rules', $rules]);
    is $said->{status}, 0, 'Prometheus can read all of them' or diag "$said->{out}$said->{err}";
}

# --- odd names, a dry run
sql($home, q{INSERT INTO fec.run_dataset (run_id, dataset, status, inserted)
    SELECT max(run_id), E'odd "name" \\\\ of two\nlines', 'applied', 5 FROM fec.run},
    q{UPDATE fec.extraction_state SET complete = false
       WHERE committee_id = (SELECT min(committee_id) FROM fec.extraction_state)});
pipeline($home, [@monthly, '--dry-run'],
    env => {FEC_BULK_URL => "file://$tree/month-2", FEC_METRICS_FILE => $metrics});
$found = read_metrics(slurp($metrics));
is $found->{fecpipe_last_run_rows}{qq($run dataset=odd "name" \\ of two\nlines result=new)}, 5,
    'a label may have any text, and a dry run counts for nothing';
is $found->{fecpipe_states_incomplete}{'cycle=2026'}, 1,
    'FEC_METRICS_FILE names the file too, and it is written again';

# --- after a failed one
my $success = $found->{fecpipe_last_success_timestamp_seconds}{$run};
$result = pipeline($home, [@monthly, "--metrics=$metrics"],
    env => {FEC_BULK_URL => "file://$tree/none"});
isnt $result->{status}, 0, 'a run without files fails';
my ($log) = $result->{err} =~ /note: the tables are as they were.*\n.*note: log: (\S+)\n/;
ok defined $log && -s $log, 'and says that nothing was changed, and where its log is'
    or diag $result->{err};
$found = read_metrics(slurp($metrics));
is $found->{fecpipe_last_run_success}{$run}, 0, 'the metrics tell of it';
is $found->{fecpipe_last_success_timestamp_seconds}{$run}, $success,
    'and still know when one went well';

# --- without a database
{
    my @without = ([@monthly, '--cycle', 2024, '--metrics', $metrics],
        env => {%env, PGHOST => '/none', PGUSER => 'x'});
    spew($metrics, slurp($metrics) =~
        s/^(fecpipe_last_run_success\{)(.*$)/$1$2\n$1kind="daily",cycle="2026"} 1/mr);
    for my $time (1, 2) {
        my $result = pipeline($home, @without);
        is $result->{status}, 69, 'a run that does not reach its database fails as it did before';
        $found = read_metrics(slurp($metrics));
        is $found->{fecpipe_database_up}{''}, 0, 'the metrics say that it could not be asked';
        is_deeply $found->{fecpipe_last_run_success},
            {$run => 0, 'kind=monthly cycle=2024' => 0, 'kind=daily cycle=2026' => 1},
            'that these runs have failed, and nothing of others';
        is $found->{fecpipe_last_success_timestamp_seconds}{$run}, $success,
            'and keep what was known';
    }
    unlink $metrics;
    pipeline($home, @without);
    is read_metrics(slurp($metrics))->{fecpipe_database_up}{''}, 0,
        'also if there was no file before';
}

# --- places where nothing can be written
for my $place ("$home/none/fecpipe.prom", "$home") {
    my $result = pipeline($home, [@monthly, '--metrics', $place], env => \%env);
    is $result->{status}, 0, 'metrics that cannot be written do not fail the run';
    like $result->{err}, qr/^pipeline\.sh: the metrics cannot be written to \Q$place\E$/m,
        'but are complained of';
}
{
    my $result = pipeline($home, [@monthly, '--metrics', "$home/none/x"],
        env => {FEC_BULK_URL => "file://$tree/none"});
    like $result->{err}, qr/metrics cannot be written.*\n.*monthly 2026 failed: [^\n]*\n\z/s,
        'the reason of a failure is still the last line';
}
symlink "$home/real.prom", "$home/link.prom";
pipeline($home, [@monthly, '--metrics', "$home/link.prom"], env => \%env);
ok -l "$home/link.prom" && -s "$home/real.prom", 'a link is followed';

# --- who is told of a success
{
    my $listener = start([top() . '/pipeline.sh', 'psql', '-X', '-q', '-c', 'LISTEN fecpipe', '-c',
        q{DO 'BEGIN FOR i IN 1..600 LOOP PERFORM pg_sleep(0.1); EXIT WHEN EXISTS (SELECT FROM
          public.told); END LOOP; END'}, '-c', 'SELECT 1'], env => Fecpipe::driver_env($home));
    sql($home, 'CREATE TABLE public.told ()');
    wait_until(sub {
        sql($home, q{SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'DO %'})
    });
    my $result = pipeline($home, [@monthly, '--always'], env => {%env, FEC_API_KEY => 'secret',
        FEC_ON_SUCCESS => "cat >$home/told; env >$home/env; echo done"});
    sql($home, 'INSERT INTO public.told DEFAULT VALUES');
    my ($json) = finish($listener)->{out} =~ /"fecpipe" with payload "(.*)" received/;
    my $run = sql($home, 'SELECT max(run_id) FROM fec.run');
    like $json // '', qr/"kind": "monthly".*"run_id": $run, "datasets": \{"\w+": \{"new": 0, /,
        'who listens on the channel fecpipe gets the counts of a run';
    my $told = slurp("$home/told");
    like $told, qr/\Afecpipe: monthly on \S+ is complete at \d{4}-\S+Z\n/,
        'FEC_ON_SUCCESS reads what is complete, where and when';
    my ($summary) = $result->{out} =~ /(MONTHLY RECONCILIATION COMPLETE.*)\z/s;
    like $told, qr/\Q$summary\E/, 'and the summary';
    unlike slurp("$home/env"), qr/secret/, 'it has no key';
    run(['bash', '-c', 'exec 9>>"$0"; exec "$@"', "$home/held", top() . '/pipeline.sh', @monthly],
        env => Fecpipe::driver_env($home, %env,
            FEC_ON_SUCCESS => "ls -l /proc/self/fd | sed -n 's/.* -> //p' >$home/open"));
    unlike slurp("$home/open"), qr/held|lock/, 'nor anything open, that of the schedule say';
    unlink "$home/told";
    pipeline($home, [@monthly, '--dry-run'],
        env => {%env, FEC_ON_SUCCESS => "cat >$home/told"});
    ok !-e "$home/told", 'it is not told of a dry run';
}

# --- the command that is told of a failure
my %failing = (FEC_BULK_URL => "file://$tree/none");
{
    my $result = pipeline($home, \@monthly, env => {%failing, FEC_API_KEY => 'secret',
        PGPASSWORD => 'secret', FEC_ON_FAILURE => "cat >$home/told; env >$home/env; echo done"});
    my $told = slurp("$home/told");
    my $status = $result->{status};
    my ($reason) = $result->{err} =~ /^pipeline\.sh: (monthly 2026 failed: [^\n]*)\n\z/m;
    like $told, qr/\Afecpipe: monthly on \S+ ended with $status at \d{4}-\S+Z: \Q$reason\E\n/,
        'FEC_ON_FAILURE reads what failed, where, when and why';
    like $told, qr/^\S+Z Monthly reconciliation of cycle 2026$/m, 'and the log';
    unlike slurp("$home/env"), qr/secret/, 'it has neither key nor password';
    is $result->{out} =~ /done/, '', 'what it prints is not printed';
    my ($log) = $told =~ /^The end of (\S+):$/m;
    like slurp($log), qr/^done$/m, 'it stands in the log';
}
{
    unlink "$home/told";
    pipeline($home, \@monthly, env => {%env, FEC_ON_FAILURE => "cat >$home/told"});
    ok !-e "$home/told", 'a run that goes well does not call it';
    my $result = pipeline($home, \@monthly, env => {%failing, FEC_ON_FAILURE => 'exit 7'});
    my $status = pipeline($home, \@monthly, env => \%failing)->{status};
    is $result->{status}, $status, 'if it fails, the exit status of the run is the same';
    like $result->{err}, qr/FEC_ON_FAILURE.*ended with 7\n.*monthly 2026 failed: [^\n]*\n\z/s,
        'which is said, before the reason';
    $result = pipeline($home, \@monthly, env => {%failing, FEC_ON_FAILURE => 'true'});
    unlike $result->{err}, qr/FEC_ON_FAILURE/, 'one that does not read its input is no failure';
    $result = pipeline($home, \@monthly, env => {%failing, FEC_ON_FAILURE_SECONDS => 1,
        FEC_ON_FAILURE => "trap '' TERM; sleep 98.$$; sleep 98.$$"});
    is $result->{status}, $status, 'nor does it matter if it hangs';
    like $result->{err}, qr/took more than 1 s and was stopped/, 'it is stopped';
    # What is dead and not yet buried counts as gone.
    ok wait_until(sub { `ps -e -o stat= -o args=` !~ /^[^Z]\S* +sleep 98\.$$/m }),
        'with all that it has started';
    $result = pipeline($home, \@monthly, env => {%env, PGHOST => '/none', PGUSER => 'x',
        FEC_ON_FAILURE => "cat >$home/told"});
    like slurp("$home/told"), qr/ended with 69.*the database cannot be reached/,
        'it is told also if the database cannot be reached';
}

done_testing;
