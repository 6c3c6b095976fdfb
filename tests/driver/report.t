#!/usr/bin/env perl
# The page of pipeline.sh report, in a browser: its numbers are the database's, it needs nothing
# from elsewhere, foreign text does no harm, and it is legible on a phone, on a desk, in the dark
# and on paper.
use strict;
use warnings;
use Test::More;
use Encode qw(decode_utf8 encode_utf8);
use JSON::PP ();
use FindBin;
use lib "$FindBin::Bin/../lib";
use Chromium;
use Fecpipe;

plan skip_all => 'there is no Chromium on this machine; make deps installs it'
    unless Chromium::program();

my $tree = scratch();
sample($tree, '--cycle', 2026, '--rows', 3000, '--months', 2, '--seed', 5, '--no-by-date',
    '--datasets', 'cm,cn,indiv');
my $home = new_home();
my $folder = scratch();
my $browser = Chromium->new;
my $pages = 0;

# Makes the page and opens it, as wide as a desk's. Returns its text.
sub report {
    my (@options) = @_;
    my $result = pipeline($home, ['report', @options]);
    is $result->{status}, 0, "report @options succeeds" or diag $result->{err};
    is $result->{err}, '', 'and has nothing to complain of';
    my $file = spew("$folder/page-" . ++$pages . '.html', $result->{out});
    $browser->open_page("file://$file", 1200, 900);
    is_deeply [$browser->complaints], [], 'nor has the browser';
    is_deeply [$browser->requests], ["file://$file"], 'which asks for nothing but the page';
    is broken_tags($result->{out}), '', 'every tag that is opened is closed';
    return $result->{out};
}

# What is wrong with the nesting of the page's tags: nothing, if it is right. Attributes must be
# quoted, and every < of a text escaped.
sub broken_tags {
    my ($page) = @_;
    my @open;
    $page =~ s{<style>.*?</style>|<!DOCTYPE html>}{}gs;
    while ($page =~ /(<[^<>]*>?|&[^;\s]*;?)/g) {
        my $tag = $1;
        next if $tag =~ m{^<(?:meta|link|br)(?:\s+[a-z-]+="[^"<>]*")*>$};
        next if $tag =~ m{^<[a-z]+(?: [a-zA-Z0-9-]+(?:="[^"<>]*")?)*/>$};
        next if $tag =~ /^&(?:[a-z]+|#\d+);$/;
        if ($tag =~ m{^<([a-z][a-z0-9]*)(?: [a-zA-Z0-9-]+(?:="[^"<>]*")?)*>$}) { push @open, $1 }
        elsif ($tag =~ m{^</([a-z0-9]+)>$}) {
            my $last = pop @open // 'nothing';
            return "$tag closes $last" if $last ne $1;
        }
        else { return "this is no tag: $tag" }
    }
    return "open at the end: @open" x !!@open;
}

# The text of the elements that a CSS selector finds.
sub texts {
    my ($selector) = @_;
    (my $quoted = $selector) =~ s/'/\\'/g;
    return map { encode_utf8($_) } @{$browser->value_of(
        "[...document.querySelectorAll('$quoted')].map(e => e.textContent.trim())")};
}

# The rows of a section's table, each as its texts.
sub rows {
    my ($section) = @_;
    return map { [map { encode_utf8($_) } @$_] }
        @{$browser->value_of('[...document.querySelectorAll('
        . "'[aria-labelledby=$section] table tbody tr')].map(r => "
        . '[...r.cells].map(c => c.textContent.trim()))')};
}

# A number as it stands in the page, as a plain one.
sub plain {
    my ($text) = @_;
    $text = decode_utf8($text);
    $text =~ tr/,$//d;
    $text =~ s/^\x{2212}/-/;
    return $text;
}

sub database { return map { [split /\t/, $_, -1] } split /\n/, sql($home, @_) }

# What of the page is wider than the window, out of it, unreadably pale or too small.
my $faults = <<'END';
(() => {
    const found = [], wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth > wide)
        found.push('the page is ' + document.documentElement.scrollWidth + ' wide');
    const light = colour => {
        const parts = colour.match(/[\d.]+/g).slice(0, 3).map(Number).map(v => v / 255)
            .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
    };
    const backdrop = element => {
        for (let e = element; e; e = e.parentElement) {
            const colour = getComputedStyle(e).backgroundColor;
            if (!/, 0\)$|transparent/.test(colour)) return colour;
        }
        return 'rgb(255, 255, 255)';
    };
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const text = walk.currentNode, element = text.parentElement, box = document.createRange();
        if (!text.data.trim() || element.closest('title, desc, style')) continue;
        box.selectNodeContents(text);
        const place = box.getBoundingClientRect(), style = getComputedStyle(element);
        if (!place.width || element.closest('.wide')) continue;
        if (style.clipPath !== 'none' || element.closest('thead') && place.height <= 1) continue;
        if (element.closest('thead')
            && getComputedStyle(element.closest('thead')).position === 'absolute') continue;
        if (place.right > wide + 0.5 || place.left < -0.5)
            found.push('out of the window: ' + text.data.trim());
        const svg = element.closest('svg');
        const size = parseFloat(style.fontSize) * (svg ? element.getScreenCTM().a : 1);
        if (size < 10) found.push('too small: ' + text.data.trim());
        const a = light(svg ? style.fill : style.color), b = light(backdrop(element));
        if ((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5)
            found.push('too pale: ' + text.data.trim());
    }
    for (const shape of document.querySelectorAll('svg rect, svg line, svg circle, svg svg')) {
        const place = shape.getBoundingClientRect();
        if (place.right > wide + 1 || place.left < -1)
            found.push('a shape is out of the window: ' + shape.outerHTML);
        if (/NaN|null|undefined/.test(shape.outerHTML.slice(0, 200)))
            found.push('a shape without a place: ' + shape.outerHTML.slice(0, 200));
    }
    for (const svg of document.querySelectorAll('svg[role=img]'))
        for (const id of svg.getAttribute('aria-labelledby').split(' '))
            if (!svg.querySelector('#' + id)?.textContent) found.push('no ' + id);
    const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
    if (new Set(ids).size !== ids.length) found.push('an id stands twice');
    return found.slice(0, 10);
})()
END

# The page that was made last, in all the ways that it may be looked at.
sub looks_right {
    my ($what) = @_;
    for my $way ([390, 844, mobile => 1], [320, 640, mobile => 1, dark => 1],
        [760, 1024, dark => 1], [1200, 900], [680, 1000, print => 1, dark => 1]) {
        my ($width, $height, %how) = @$way;
        $browser->open_page("file://$folder/page-$pages.html", $width, $height, %how);
        is_deeply $browser->value_of($faults), [],
            join ' ', "$what is legible, $width pixels wide", sort keys %how;
    }
    $browser->open_page("file://$folder/page-$pages.html", 1200, 900);
}

# --- words
for my $case ([['--cycle', 2025], qr/'2025' is not a cycle/], [['--cycle'], qr/needs an argument/],
    [['--months', 0], qr/--months takes a number/], [['--months=121'], qr/--months takes a number/],
    [['now'], qr/'now' is not known/]) {
    my $result = pipeline($home, ['report', @{$case->[0]}]);
    ok $result->{status} == 64 && $result->{out} eq '' && $result->{err} =~ $case->[1],
        "report @{$case->[0]} ends with 64 and says why"
        or diag "$result->{status}: $result->{err}";
}

# --- nothing, and nothing but failures
pipeline($home, ['init']);
my $page = report();
is_deeply [texts('h1')], ['Nothing was loaded yet'], 'an empty database: the page says so';
is_deeply [(texts('.figures .value'))[0 .. 3]], [0, '$0', 'None yet', 'None yet'],
    'all figures are nought';
looks_right('the page of an empty database');

my %broken = (FEC_BULK_URL => "file://$tree/none");
pipeline($home, ['monthly', '--cycle', 2026], env => \%broken) for 1 .. 2;
report();
is_deeply [texts('h1')], ['A run has failed'], 'failed runs only: the page says so';
is scalar(grep { $_->[1] eq 'failed' } grep { @$_ > 1 } rows('runs')), 2, 'both are listed';
like((texts('.reason'))[0], qr/^Run 2 failed: cm: .*indiv|cm26/, 'each with its reason');
looks_right('the page of failed runs');

# --- one run
my $result = pipeline($home, ['monthly', '--cycle', 2026],
    env => {FEC_BULK_URL => "file://$tree/month-1"});
is $result->{status}, 0, 'a monthly run succeeds' or BAIL_OUT($result->{err});
report();
is_deeply [texts('h1')], ['Up to date'], 'one run: the page says that all is well';
is plain((texts('.figures .value'))[0]), stats_of("$tree/month-1/manifest")->{'indiv.records'},
    'with as many contributions as the file has';
looks_right('the page of one run');

# --- all that can be
pipeline($home, ['monthly', '--cycle', 2026], env => {FEC_BULK_URL => "file://$tree/month-2"});
my $huge = '999999999999.99';
sql($home,
    # Runs of every kind on many days; the year's end and the days to come are among them.
    q{INSERT INTO fec.run (kind, cycle, status, started_at, finished_at, reason)
      SELECT 'daily', 2026, CASE WHEN n % 9 = 4 THEN 'failed' ELSE 'complete' END, day,
             day + interval '95 s', CASE WHEN n % 9 = 4
             THEN E'schedule_a: <img src=x onerror=alert(1)> "quoted" & \'so\'' END
        FROM generate_series(0, 39) AS n,
             LATERAL (SELECT timestamptz '2026-01-05 05:00Z' + n * interval '1 day' AS day) AS d},
    q{INSERT INTO fec.run_dataset (run_id, dataset, status, rows_read, rejected, undated, repeated,
             conflicting, unchanged, inserted, changed, withdrawn, uncoded, other_codes)
      SELECT run_id, 'schedule_a', CASE status WHEN 'failed' THEN status ELSE 'applied' END,
             1000 + run_id, run_id % 3, run_id % 5, run_id % 2, 0,
             100, run_id * 7, run_id % 11, 0, run_id * 1000, 987654321
        FROM fec.run WHERE kind = 'daily'},
    q{UPDATE fec.run SET status = 'running', finished_at = NULL
       WHERE run_id = (SELECT max(run_id) FROM fec.run)},
    # Foreign text in every direction, sums beyond all measure, above and below nought.
    q{UPDATE fec.committee SET name = '</bdi><script>alert("x")</script> & ''FRIENDS'' '
             || U&'\\202E\\0645\\0631\\062D\\0628\\0627' || repeat(' OF THE COMMITTEE', 9)
             || repeat('W', 90)
       WHERE committee_id = (SELECT min(committee_id) FROM fec.contribution)},
    qq{INSERT INTO fec.contribution (sub_id, cycle, committee_id, contribution_receipt_date,
             contribution_receipt_amount, memo_code, receipt_type, row_hash, run_id)
      SELECT n, 2026, c, d::date, a, m, t, 0, 1
        FROM (SELECT min(committee_id) AS c FROM fec.contribution) AS x,
             (VALUES (1, '2026-02-03', $huge, NULL, '15'), (2, '2026-02-03', $huge, NULL, '15E'),
                     (3, '2026-02-04', $huge, 'X', '15'), (4, '2026-02-05', -5e11, NULL, '10'),
                     (5, '2019-02-05', 12.34, NULL, '15'), (6, NULL, 1.01, NULL, '15'),
                     (9, '2026-02-06', 4e11, NULL, '22Y'), (10, '2026-02-07', $huge, NULL, '24T'))
                 AS v (n, d, a, m, t)},
    q{INSERT INTO fec.contribution (sub_id, cycle, committee_id, contribution_receipt_date,
             contribution_receipt_amount, receipt_type, row_hash, run_id) VALUES
             (7, 2026, NULL, '2025-06-01', 1e11, '15', 0, 1),
             (8, 2026, '<b>', '2025-06-01', 1e11, '15', 0, 1)},
    q{UPDATE fec.extraction_state SET complete = false, resume_at = '<i>'
       WHERE committee_id IN (SELECT committee_id FROM fec.extraction_state ORDER BY 1 LIMIT 25)},
    q{INSERT INTO fec.sweep (cycle, dataset, strategy, scope, since, calls, rows_read,
             expected_calls, run_id)
      VALUES (2026, 'schedule_a', 'load-date', 'all', '2026-01-03', 12, 1200, 400, 9)});
$page = report('--cycle', 2026, '--months', 24);
unlike $page, qr/<script|<img|<b>|<i>|https?:|url\(|\@import/i,
    'there is no tag in it that somebody else wrote, and no address';
ok scalar(grep { /<script>alert\("x"\)<\/script> & 'FRIENDS'/ } texts('th')),
    'a name that is a script is shown as a name';
looks_right('a page with all that can be');

# The numbers.
my $where = q{FROM fec.contribution WHERE cycle = 2026};
my ($totals) = database("SELECT count(*), count(DISTINCT committee_id) $where");
is plain((texts('.figures .value'))[0]), $totals->[0],
    'the number of contributions is that of the table';
like((texts('.figures .small'))[0], qr/^to $totals->[1] /, 'so is that of committees');
# By the rule of docs/counting.md, without the views.
my $of = "memo_code IS DISTINCT FROM 'X' AND receipt_type IN";
my ($received, $refunded) = map { "coalesce(sum(contribution_receipt_amount) FILTER (WHERE $of $_),
    0)::numeric(20,2)" } "('10', '11', '15', '15E')", "('20Y', '21Y', '22Y')";
my $sum = sql($home, "SELECT $received - $refunded $where");
like((texts('.figures .small'))[1] =~ tr/,//dr, qr/^\$\Q$sum\E /,
    'the sum is right to the cent, without refunds, conduits and memos');
is_deeply [map { [map { plain($_) } @$_[1 .. 4]] } rows('committees')],
    [database("SELECT count(*) FILTER (WHERE $of ('10', '11', '15', '15E')), $received, $refunded,
             $received - $refunded
        $where GROUP BY committee_id ORDER BY 2 DESC, committee_id LIMIT 15")],
    'the largest committees have their counts and sums';
is_deeply [map { [$_->[0], plain($_->[1]), plain($_->[2])] } rows('days')],
    [database("SELECT to_char(m, 'Mon YYYY'), count(c.sub_id), $received - $refunded
        FROM generate_series('2025-01-01'::date, '2026-12-01', interval '1 month') AS m
        LEFT JOIN fec.contribution AS c ON c.cycle = 2026
              AND date_trunc('month', contribution_receipt_date) = m
        GROUP BY m ORDER BY m")], 'each month has its contributions and its dollars';
my $undated = sql($home, "SELECT count(*) $where AND contribution_receipt_date IS NULL");
my ($note) = texts('[aria-labelledby=days] .note');
like $note, qr/ $undated rows without a date/, 'those without a date are counted beside it';
like $note, qr/before or after the two years: \d+ row/, 'so are those of other years';
my $steps = $browser->value_of("document.querySelector('.days path.count').getAttribute('d')");
is((() = $steps =~ /H(\d+)/g) > 100 && ($steps =~ /.*H(\d+)/)[0], 730,
    'the columns fill the axis, day by day');
is scalar(@{$browser->value_of("[...document.querySelectorAll('.days line.daily, "
    . ".days circle')].map(e => e.textContent)")}),
    sql($home, q{SELECT count(DISTINCT (kind, status, started_at::date)) FROM fec.run
        WHERE status IN ('complete', 'failed') AND (kind = 'daily' OR status = 'failed')
          AND started_at::date BETWEEN '2025-01-01' AND '2026-12-31'}),
    'every run has its mark on it';
is_deeply [map { [map { plain($_) } @$_[1 .. 4]] } rows('months')],
    [database(q{SELECT count(DISTINCT run_id), coalesce(sum(inserted), 0),
             coalesce(sum(changed), 0), coalesce(sum(withdrawn), 0)
        FROM generate_series(date_trunc('month', now()::timestamp) - interval '23 months',
                             now()::timestamp, interval '1 month') AS m
        LEFT JOIN (fec.run AS r JOIN fec.run_dataset AS d USING (run_id))
          ON (d.status = 'applied' OR r.kind = 'daily')
             AND date_trunc('month', coalesce(finished_at, started_at)::timestamp) = m
        GROUP BY m ORDER BY m DESC})], 'rows by month are those of the runs';
my $withdrawn = sql($home, q{SELECT count(*), sum(contribution_receipt_amount)::numeric(20,2)
    FROM fec.contribution_history WHERE change = 'withdrawn'});
my @fates = map { [map { plain($_) } @$_[1 .. 5]] } rows('withdrawn');
is_deeply [map { [$_->[0], $_->[1] + $_->[2] + $_->[3], $_->[4]] } @fates],
    [[($withdrawn =~ /^(\d+)/) x 2, ($withdrawn =~ /\t(.*)/)[0]]],
    'and what became of withdrawn rows: the made-up ones are gone';
is_deeply [map { [($_->[0] =~ /^(\d+)/)[0], map { plain($_) } @$_[4 .. 8]] }
        grep { @$_ > 1 } rows('runs')],
    [map { [map { decode_utf8($_) } @$_] } database(q{SELECT run_id,
             coalesce(sum(inserted)::text, '–'), coalesce(sum(changed)::text, '–'),
             coalesce(sum(withdrawn)::text, '–'), coalesce(sum(unchanged)::text, '–'),
             coalesce(sum(rejected)::text, '–')
        FROM fec.run LEFT JOIN fec.run_dataset USING (run_id)
        GROUP BY run_id ORDER BY run_id DESC LIMIT 15})], 'the last runs have their counts';
is_deeply [map { [($_->[0] =~ /^(\d+)/)[0], map { plain($_) } @$_[1 .. 5]] } rows('quality')],
    [database(q{SELECT run_id, sum(rows_read), sum(rejected), sum(undated), sum(repeated),
             sum(conflicting) FROM fec.run_dataset
        GROUP BY run_id HAVING sum(rows_read) > 0 ORDER BY run_id DESC LIMIT 12})],
    'what was odd is counted for each run';
is_deeply [map { [($_->[0] =~ /^(\d+)/)[0], map { plain($_) } @$_[1, 2]] } rows('apart')],
    [database(q{SELECT run_id, sum(uncoded), sum(other_codes) FROM fec.run_dataset
        WHERE uncoded > 0 GROUP BY run_id ORDER BY run_id DESC LIMIT 12})],
    'and so are rows that the table does not take';
like $browser->value_of("document.querySelector('[aria-labelledby=waiting] p').textContent"),
    qr/^25 committees of \d+ are not read to the end/, 'committees that wait are counted';
is_deeply [@{(rows('waiting'))[-1]}[3 .. 5]], [12, '1,200', 400],
    'a pass that will be resumed is there';
like $browser->pdf, qr/\A%PDF/, 'it can be printed';

# --- what is to come, in the page and in the status
{
    mkdir "$home/bin";
    my $crontab = spew("$home/bin/crontab", <<'END');
#!/bin/sh
# A crontab that is a file.
store=${0%/bin/crontab}/entries
[ "$1" = -l ] || exec cat >"$store"
[ -f "$store" ] || { echo "no crontab for somebody" >&2; exit 1; }
cat "$store"
END
    chmod 0755, $crontab;
    my %env = (PATH => "$home/bin:$ENV{PATH}", FEC_API_CALLS_PER_HOUR => 500);
    my $status = pipeline($home, ['status'], env => \%env)->{out};
    unlike $status, qr/^Next/m, 'without a schedule the status says nothing of it';
    my $installed = pipeline($home, ['schedule', 'install', '--cron'], env => \%env);
    is $installed->{status}, 0, 'a schedule is installed' or diag $installed->{err};
    $status = pipeline($home, ['status'], env => \%env)->{out};
    like $status, qr/^Next daily run: +(\d{4}-\d\d-\d\d 01:00 E[SD]T)$/m,
        'the status tells the next daily run';
    my ($daily) = $status =~ /^Next daily run: +(.*)$/m;
    like $status, qr/^Next monthly run: \d{4}-\d\d-01 02:00 E[SD]T$/m, 'the next monthly run';
    like $status, qr/^Calls of the API: 500 of 500 left in this hour$/m, 'and the calls left';
    like $status, qr/^Committees not read to the end: 25, the oldest since /m,
        'committees that wait';
    like $status, qr/^Sweeps of the API .*\n.*\n.*\n *1 +2026 schedule_a load-date /m,
        'and passes that will be resumed';
    my $json = JSON::PP->new->utf8->decode(
        pipeline($home, ['status', '--json'], env => \%env)->{out});
    is_deeply $json->{quota}, {limit => 500, used => 0, left => 500, wait_seconds => 0},
        'status --json tells the quota';
    like "$json->{next}{daily} $json->{next}{monthly}", qr/^\d{4}-\S+ \d{4}-\d\d-01T0[67]:00\S+$/,
        'the times';
    is_deeply [$json->{incomplete_states}{count}, scalar @{$json->{incomplete_states}{some}},
            $json->{unfinished_sweeps}[0]{expected_calls}], [25, 5, 400], 'and what waits';
    is_deeply [map { "$_->{kind} $_->{state}" } @{$json->{freshness}}],
        ['daily stale', 'monthly fresh'], 'what is fresh and what is not';
    my $page = pipeline($home, ['report'], env => \%env)->{out};
    like $page, qr/Next: \Q$daily\E/, 'the page tells the next run too';
}

# --- other cycles, no database
report('--cycle', 2024, '--months', 1);
is_deeply [texts('h1')], ['Nothing was loaded yet'], 'another cycle has a page of its own';
$result = pipeline($home, ['report'], env => {PGHOST => '/none', PGUSER => 'x'});
ok $result->{status} == 69 && $result->{out} eq '', 'without a database there is no page, but 69';
is_deeply [glob "$home/home/run/*"], [], 'nothing is left of it';

# --- the browser goes
my $profile = "$browser->{profile}";
$browser->close;
undef $browser;
ok !-e $profile, 'the browser leaves no folder';
unlike scalar(`ps -e -o stat= -o args=`), qr/^[^Z]\S* .*\Q$profile\E/m, 'and no process';

done_testing;
