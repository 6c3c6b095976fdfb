# Steps.pm - what the tests of the database's scripts share: a private database, the scripts of sql/
# run by psql alone, and runs over records made by hand. Of the filters only fec-dedupe is needed to
# tell what a run stages, and `monthly` below does what it does.
package Steps;
use strict;
use warnings;
use Digest::MD5 qw(md5);
use Exporter 'import';
use Fecpipe;
use Psql;

our @EXPORT = qw(new_database psql script query monthly daily last_error contribution);

my (%connection, $last_run, $error);

# Makes a private database with the schema and the list of datasets, and returns its home.
sub new_database {
    my $home = new_home();
    my $made = pipeline($home, ['init']);
    die "init: $made->{err}" if $made->{status} != 0;
    $last_run   = 0;
    %connection = (PGHOST => sql($home, 'SHOW unix_socket_directories'), PGUSER => 'fecpipe',
        PGDATABASE => 'fec', PGOPTIONS => '-c client_min_messages=warning');
    my $types = run([program('fec-parse'), '--types'])->{out};
    my $listed = script('schema/datasets.sql', types => $types);
    die "datasets: $listed->{err}" if $listed->{status} != 0;
    return $home;
}

# psql([options], variable => value ...): psql as the driver calls it. Returns what run does.
sub psql {
    my ($options, %variable) = @_;
    return run(['psql', '-X', '-q', '-A', '-t', '-F', "\t", '-v', 'ON_ERROR_STOP=1', '-v',
            'VERBOSITY=verbose', (map { ('-v', "$_=$variable{$_}") } sort keys %variable),
            @$options], env => \%connection);
}

# script('apply/dataset.sql', variable => value ...): one script of sql/, by itself.
sub script {
    my ($file, %variable) = @_;
    return psql(['-f', top() . "/sql/$file"], %variable);
}

# The rows of queries as one string; dies if one fails.
sub query { return ask(\%connection, @_) }

# A value as SQL.
sub literal {
    my ($value) = @_;
    return 'NULL' if !defined $value;
    return "'" . ($value =~ s/'/''/gr) . "'";
}

# A record of contributions: contribution(number, column => value ...).
sub contribution {
    my ($number, %column) = @_;
    return {
        sub_id => 4000000000000000000 + $number, committee_id => 'C00100001',
        amendment_indicator => 'N', report_type => 'Q1', election_type => 'P2018',
        image_number => "2018$number", receipt_type => '15', entity_type => 'IND',
        contributor_name => "DOE, JANE $number", contributor_city => 'SPRINGFIELD',
        contributor_state => 'IL', contributor_zip => '62701', contributor_employer => 'ACME',
        contributor_occupation => 'CLERK', contribution_receipt_date => '2017-03-04',
        contribution_receipt_amount => 100, transaction_id => "SA$number", file_number => 1200000,
        %column};
}

# What both kinds of run begin with: the run's row, its settings, the dataset's row and its staging
# tables. Sets what the statements of a run need.
sub begin {
    my ($kind, $run) = @_;
    my $table = $run->{table} // 'contribution';
    my %setting = (max_withdrawn => '5%', min_withdrawn => 100, grace_days => 14,
        uncoded => 'count', %{$run->{settings} // {}});
    my $settings = join ', ', map { literal($_) . ', ' . literal($setting{$_}) } sort keys %setting;
    my ($id, $cycle) = ($last_run + 1, $run->{cycle} // 2018);
    my ($started, $dataset) = (literal($run->{started} // $run->{time}), literal($run->{dataset}));
    return ($id, $table, $cycle, <<"SQL");
INSERT INTO fec.run (run_id, kind, cycle, started_at, settings) OVERRIDING SYSTEM VALUE
VALUES ($id, '$kind', $cycle, coalesce($started, now()), jsonb_build_object($settings));
INSERT INTO fec.run_dataset (run_id, dataset, status, first_load, staging, last_modified, rows_read)
SELECT $id, $dataset, 'staged', first_load,
       fec.make_staging('$table', $cycle, $id, first_load AND '$kind' = 'monthly'),
       @{[literal($run->{time})]}, @{[scalar @{$run->{records}}]}
  FROM (SELECT fec.partition_of('$table', $cycle) IS NULL AS first_load) AS p;
SQL
}

# Statements that put records into the staging table, each with the number that is its hash.
sub inserts {
    my ($staging, $cycle, @records) = @_;
    return map {
        my %record = (cycle => $cycle, %$_);
        my @names = sort keys %record;
        sprintf "INSERT INTO fec_staging.%s (%s) VALUES (%s);\n", $staging, join(', ', @names),
            join(', ', map { literal($record{$_}) } @names);
    } @records;
}

sub hash_of {
    my ($record) = @_;
    my $text = join "\t", map { "$_=" . ($record->{$_} // '\N') } sort keys %$record;
    return unpack('q', md5($text)) >> 2;
}

# Runs the statements and then scripts of sql/, all in one transaction. Returns the counts, or undef
# with the reason in last_error.
sub finish_run {
    my ($id, $run, $statements, @scripts) = @_;
    my $file = scratch();
    spew("$file/begin.sql", $statements);
    spew("$file/end.sql", <<"SQL");
UPDATE fec.run SET status = 'complete' WHERE run_id = $id;
SELECT fec.drop_staging($id) \\g /dev/null
SELECT concat_ws(' ', inserted || ' new', nullif(changed, 0) || ' changed',
           nullif(completed, 0) || ' completed', nullif(withdrawn, 0) || ' withdrawn',
           nullif(unconfirmed, 0) || ' unconfirmed', nullif(uncoded, 0) || ' uncoded',
           nullif(other_codes, 0) || ' other', nullif(kept_unread, 0) || ' kept',
           unchanged || ' unchanged')
  FROM fec.run_dataset WHERE run_id = $id;
SQL
    my $result = psql(['-1', '-f', "$file/begin.sql",
            (map { ('-f', top() . "/sql/$_") } @scripts), '-f', "$file/end.sql"],
        run_id => $id, dataset => $run->{dataset}, %{$run->{variables} // {}});
    $error = $result->{err};
    return undef if $result->{status} != 0;
    $last_run = $id;
    return $result->{out} =~ s/\n\z//r;
}

# Why the last run was refused.
sub last_error { return $error }

# A monthly run over a file: monthly(records => [...], time => '2018-03-04 12:00', started => ...,
# settings => {...}, rejected => [keys of rejected lines], conflicts => [keys that came with two
# contents], table, dataset, key, script => 'one and more'). What is staged is what fec-dedupe would
# pass on.
sub monthly {
    my (%run) = (dataset => 'indiv', key => 'sub_id', @_);
    my ($id, $table, $cycle, $statements) = begin('monthly', \%run);
    my %known = map { split /\t/ } split /\n/,
        query("SELECT $run{key}, row_hash FROM fec.$table WHERE cycle = $cycle");
    my $staging = "${table}_${cycle}_run$id";
    my (@passed, %seen);
    for my $record (@{$run{records}}) {
        my $key = $record->{$run{key}};
        $seen{$key} = 1;
        my $hash = hash_of($record);
        push @passed, {%$record, row_hash => $hash} if ($known{$key} // '') ne $hash;
    }
    $statements .= join '', inserts($staging, $cycle, @passed);
    for my $keys (['missing', grep { !$seen{$_} } sort keys %known],
        ['kept', @{$run{rejected} // []}], ['conflicts', @{$run{conflicts} // []}]) {
        my ($name, @keys) = @$keys;
        $statements .= "INSERT INTO fec_staging.${staging}_$name VALUES (" . literal($_) . ");\n"
            for @keys;
    }
    $statements .= sprintf "UPDATE fec.run_dataset SET known = %d, passed = %d"
        . " WHERE run_id = %d;\n", scalar keys %known, scalar @passed, $id;
    my @scripts = split ' ', $run{script} // 'apply/dataset.sql';
    return finish_run($id, \%run, $statements, @scripts);
}

# A daily run that gets these rows of the API: daily(records => [...], started => ...). What the API
# never gives is left out of them, unless `raw` is given.
sub daily {
    my (%run) = (dataset => 'schedule_a', variables => {covers_all => 'false'}, @_);
    my ($id, $table, $cycle, $statements) = begin('daily', {%run, time => undef});
    my @records = map { +{%$_, row_hash => hash_of($_)} } @{$run{records}};
    if ($table eq 'contribution' && !$run{raw}) {
        $_->{amendment_indicator} = undef for @records;
    }
    $statements .= join '', inserts("${table}_${cycle}_run$id", $cycle, @records);
    return finish_run($id, \%run, $statements, 'apply/rows.sql');
}

1;
