-- encoding.sql - refuses a database for the FEC's data whose encoding is not UTF8: letters that
-- another one lacks would stop a run within a file, and SQL_ASCII knows no letters at all. Takes no
-- variables, returns no rows. Included by open.sql where there is no schema yet.

SELECT current_setting('server_encoding') <> 'UTF8' AS is_other,
       set_config('fecpipe.refusal',
                  format('the encoding of database %I is %s, which the FEC''s texts do not fit: '
                         'CREATE DATABASE ... ENCODING ''UTF8'' LOCALE ''C'' TEMPLATE template0',
                         current_database(), current_setting('server_encoding')), false)
\gset
\if :is_other
    DO $$ BEGIN
        RAISE EXCEPTION '%', current_setting('fecpipe.refusal') USING ERRCODE = 'ZF078';
    END $$;
\endif
