-- summary.sql - a run's counts, one line a dataset, tab separated, for the driver to print. Takes
-- run_id.

SELECT concat_ws(E'\t', coalesce(names.label, d.dataset), d.status,
                 to_char(d.inserted, 'FM999,999,999,990'),
                 to_char(d.changed, 'FM999,999,999,990'),
                 to_char(d.withdrawn, 'FM999,999,999,990'),
                 to_char(d.unchanged, 'FM999,999,999,990'),
                 to_char(d.rejected, 'FM999,999,999,990'))
  FROM fec.run_dataset AS d
  LEFT JOIN (VALUES (1, 'cm', 'committees'), (2, 'cn', 'candidates'),
                    (3, 'ccl', 'candidate-committee links'), (4, 'indiv', 'contributions'),
                    (5, 'pas2', 'contributions to candidates'),
                    (6, 'oth', 'committee transactions'), (7, 'oppexp', 'operating expenditures'),
                    (8, 'weball', 'candidate summaries'), (9, 'webl', 'congressional summaries'),
                    (10, 'webk', 'committee summaries'),
                    (11, 'independent_expenditure', 'independent expenditures'),
                    (1, 'committees', 'committees'), (2, 'candidates', 'candidates'),
                    (4, 'schedule_a', 'contributions')
       ) AS names (place, dataset, label) USING (dataset)
 WHERE d.run_id = :run_id
 ORDER BY names.place;
