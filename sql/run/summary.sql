-- summary.sql - what a run has done, for people: a title, a line for each dataset, and what else is
-- worth knowing. Takes run_id, seconds (how long it took), and calls (of the API; empty for a
-- monthly run). Returns the lines.

SELECT kind = 'monthly' AS is_monthly, run.status = 'dry-run' AS is_dry_run, cycle,
       coalesce(states_updated, 0) AS states_updated
  FROM fec.run
 WHERE run_id = :run_id
\gset

SELECT E'\n' || CASE WHEN NOT :'is_monthly' THEN 'DAILY UPDATE COMPLETE'
                     WHEN :'is_dry_run' THEN 'MONTHLY RECONCILIATION DRY RUN: this would change, '
                                             'nothing was changed'
                     ELSE 'MONTHLY RECONCILIATION COMPLETE' END
       || format(E'\ncycle %s, run %s\n', :cycle, :run_id);

SELECT format('  %-28s %13s %13s %13s %13s %13s', '', 'new', 'changed', 'withdrawn', 'unchanged',
              'rejected')
 WHERE EXISTS (SELECT FROM fec.run_dataset WHERE run_id = :run_id);
SELECT CASE status
       WHEN 'skipped' THEN format('  %-28s the FEC has not changed the file since the last run',
                                  label)
       WHEN 'absent' THEN format('  %-28s the FEC has no such file for this cycle', label)
       ELSE format('  %-28s %13s %13s %13s %13s %13s', label,
                   to_char(inserted, 'FM999,999,999,990'), to_char(changed, 'FM999,999,999,990'),
                   to_char(withdrawn, 'FM999,999,999,990'), to_char(unchanged, 'FM999,999,999,990'),
                   to_char(rejected, 'FM999,999,999,990'))
       END
  FROM fec.run_dataset JOIN fec.dataset USING (dataset)
 WHERE run_id = :run_id
 ORDER BY position;

SELECT E'\n' || format('  %-28s %13s', 'states updated',
                       to_char(:states_updated, 'FM999,999,999,990'))
 WHERE NOT :'is_dry_run';
SELECT '' WHERE :'is_dry_run';

-- What is not there on most days.
SELECT format('  %-28s %13s', name, to_char(rows, 'FM999,999,999,990'))
  FROM (SELECT sum(completed) AS completed, sum(unconfirmed) AS unconfirmed,
               sum(uncoded) AS uncoded, sum(other_codes) AS other_codes,
               sum(kept_unread) AS kept_unread, sum(rejected_without_key) AS without_key,
               sum(repaired) AS repaired
          FROM fec.run_dataset WHERE run_id = :run_id) AS sums,
       LATERAL (VALUES (1, 'completed', completed),
                       (2, 'taken out unconfirmed', unconfirmed),
                       (3, 'rows without a code', uncoded),
                       (4, 'rows of other files', other_codes),
                       (5, 'kept, their lines unreadable', kept_unread),
                       (6, 'lines without a key', without_key),
                       (7, 'repaired', repaired)) AS more (place, name, rows)
 WHERE rows <> 0
 ORDER BY place;
SELECT format('  %-28s %13s', label || ', short by', to_char(short, 'FM999,999,999,990'))
  FROM fec.sweep JOIN fec.dataset USING (dataset)
 WHERE run_id = :run_id AND complete AND short <> 0
 ORDER BY sweep_id;

SELECT format('  %-28s %13s', 'time', :'seconds' || ' s');
SELECT format('  %-28s %13s', 'calls of the API',
              to_char(nullif(:'calls', '')::bigint, 'FM999,999,999,990'))
 WHERE :'calls' <> '';

-- The rule of apply/check.sql, of which a dry run only warns.
SELECT format(E'\n%s: more than %s of the rows would be withdrawn; without --force the run would '
              'stop', dataset, replace(settings ->> 'max_withdrawn', '%', ' %'))
  FROM fec.run_dataset AS d JOIN fec.run USING (run_id)
 WHERE run_id = :run_id AND run.status = 'dry-run'
   AND withdrawn > fec.most_withdrawn(settings, unchanged + changed + withdrawn);
