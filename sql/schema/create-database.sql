-- create-database.sql - makes the database fec of a private PostgreSQL, if it is missing. Run in
-- the database postgres. Takes no variables, returns no rows.

SELECT NOT EXISTS (SELECT FROM pg_database WHERE datname = 'fec') AS is_missing
\gset
\if :is_missing
    CREATE DATABASE fec;
    -- So that people can leave out the schema's name.
    ALTER DATABASE fec SET search_path = public, fec;
\endif
