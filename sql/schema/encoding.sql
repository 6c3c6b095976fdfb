-- encoding.sql - refuses a database for the FEC's data whose encoding is not UTF8: letters that
-- another one lacks would stop a run within a file, and SQL_ASCII knows no letters at all. Takes no
-- variables, returns no rows. Included by open.sql where there is no schema yet.

SELECT current_setting('server_encoding') <> 'UTF8' AS refused, 'ZF078' AS refusal_state,
       format('the encoding of database %I is %s, which the FEC''s texts do not fit: '
              'CREATE DATABASE ... ENCODING ''UTF8'' LOCALE ''C'' TEMPLATE template0',
              current_database(), current_setting('server_encoding')) AS refusal
\gset
\ir refuse.sql
