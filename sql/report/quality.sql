-- quality.sql - what was odd in the data that came. Part of report.sql.

CREATE TEMPORARY TABLE fecpipe_quality ON COMMIT DROP AS
SELECT run_id, r.kind, r.started_at, sum(d.rows_read) AS rows_read, sum(d.rejected) AS rejected,
       sum(d.undated) AS undated, sum(d.repeated) AS repeated, sum(d.conflicting) AS conflicting
  FROM fec.run AS r JOIN fec.run_dataset AS d USING (run_id)
 WHERE r.cycle = :cycle
 GROUP BY run_id
HAVING sum(d.rows_read) > 0
 ORDER BY run_id DESC
 LIMIT 12;
SELECT count(*) > 0 AS any_read FROM fecpipe_quality
\gset
\echo '<section aria-labelledby="quality"><h2 id="quality">Data quality</h2>'
\if :any_read
\echo '<table class="cards">'
SELECT pg_temp.table_head('Run', '#Rows read', '#Rejected', '#Undated', '#Repeated',
                          '#Conflicting');
\echo '<tbody>'
SELECT format('<tr><th scope="row">%s <span class="kind">%s, %s</span></th>%s%s%s%s%s</tr>',
              run_id, kind, pg_temp.day(started_at::date), pg_temp.figure('Rows read', rows_read),
              pg_temp.figure('Rejected', rejected), pg_temp.figure('Undated', undated),
              pg_temp.figure('Repeated', repeated), pg_temp.figure('Conflicting', conflicting))
  FROM fecpipe_quality
 ORDER BY run_id DESC;
\echo '</tbody></table>'
\echo '<p class="note">Rejected: lines that cannot be a record. Undated: records with an invalid'
\echo 'date; they are kept. Repeated: records that came again unchanged. Conflicting: records whose'
\echo 'key came again with other content; the later one counts.</p>'
\else
\echo '<p class="empty">No run of this cycle has read anything yet.</p>'
\endif
\echo '</section>'
