-- foot.sql - the tables and where the page comes from. Part of report.sql.

SELECT count(*) > 0 AS any_tables FROM fecpipe_tables
\gset
\if :any_tables
\echo '<section aria-labelledby="tables"><h2 id="tables">Tables</h2>'
\echo '<table class="cards">'
SELECT pg_temp.table_head('Table', '#Rows', '#Size', 'File of', 'Brought up to date');
\echo '<tbody>'
SELECT format('<tr><th scope="row">%s <span class="kind">%s</span></th>%s%s%s%s</tr>',
              pg_temp.html(table_name), cycle, pg_temp.figure('Rows', rows),
              pg_temp.cell('Size', pg_size_pretty(bytes), 'number'),
              pg_temp.cell('File of', pg_temp.moment(last_modified)),
              pg_temp.cell('Brought up to date', pg_temp.moment(applied_at)))
  FROM fecpipe_tables
 ORDER BY cycle DESC, table_name;
\echo '</tbody></table></section>'
\endif
SELECT format($$</main>
<footer><p>Made by fecpipe %s from the database %s. The data are the Federal Election
Commission's. Federal law bars using the names of individual contributors to solicit contributions
or for commercial purposes (52 U.S.C. 30111(a)(4)).</p></footer>
</body>
</html>$$, pg_temp.html(:'version'), pg_temp.words(current_database()));
