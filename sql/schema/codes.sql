-- codes.sql - the FEC's codes as tables: makes them what the files in sql/codes say. Included by
-- schema.sql; also runs by itself, psql -v codes=sql/codes -f sql/schema/codes.sql. Changes nothing
-- that is like that already.
--
-- A file has a line of column names and a line for each code, with tabs between the fields. What a
-- code means is as the FEC's pages document it; `source` names them. Where `source` says inferred,
-- or names another project than the FEC, it was concluded from rows or from other people's code.

\if :{?codes}
\else
    \set codes sql/codes
\endif

-- The one file with more columns than the rest: how money counts.
CREATE TABLE IF NOT EXISTS fec.transaction_type (
    code                     text PRIMARY KEY,
    description              text NOT NULL,
    direction                text,
    schedule                 text,
    files                    text,
    counts_as                text,
    sign_individual_receipts smallint,
    note                     text,
    source                   text
);
\set code_table transaction_type
\ir code-table.sql
COMMENT ON TABLE fec.transaction_type IS
    'The FEC''s codes of transactions (TRANSACTION_TP, the API''s receipt_type): what each '
    'means, which bulk file has it, how it counts.';
COMMENT ON COLUMN fec.transaction_type.direction IS
    'receipt or disbursement; as the FEC documents it';
COMMENT ON COLUMN fec.transaction_type.schedule IS
    'the schedule of the form: A, B ...; concluded, see source';
COMMENT ON COLUMN fec.transaction_type.files IS
    'the bulk files that have it, with commas between: indiv, oth, pas2; as the FEC documents it';
COMMENT ON COLUMN fec.transaction_type.counts_as IS
    'the kind of money: contribution, refund, transfer, loan, earmark_through (passes through a '
    'conduit), memo_share (of a joint fundraiser), other; concluded';
COMMENT ON COLUMN fec.transaction_type.sign_individual_receipts IS
    '1, -1 or 0: how it counts in what a committee got from individuals; concluded. 30, 31, 32 and '
    'theirs have 1 and are kept apart all the same: the FEC has them on another line';

\set code_table amendment_indicator
\ir code-table.sql
COMMENT ON TABLE fec.amendment_indicator IS
    'AMNDT_IND of the bulk files and, apart, what the API calls amendment_indicator.';
\set code_table candidate_status
\ir code-table.sql
COMMENT ON TABLE fec.candidate_status IS
    'CAND_STATUS in candidate.';
\set code_table category_code
\ir code-table.sql
COMMENT ON TABLE fec.category_code IS
    'CATEGORY in operating_expenditure: what the money was spent on.';
\set code_table committee_designation
\ir code-table.sql
COMMENT ON TABLE fec.committee_designation IS
    'CMTE_DSGN in committee.';
\set code_table committee_type
\ir code-table.sql
COMMENT ON TABLE fec.committee_type IS
    'CMTE_TP in committee.';
\set code_table election_type
\ir code-table.sql
COMMENT ON TABLE fec.election_type IS
    'TRANSACTION_PGI: the letter, with or without a year after it, and the API''s election '
    'types.';
\set code_table entity_type
\ir code-table.sql
COMMENT ON TABLE fec.entity_type IS
    'ENTITY_TP: what kind of body the other side is, by the filer''s program.';
\set code_table filing_frequency
\ir code-table.sql
COMMENT ON TABLE fec.filing_frequency IS
    'CMTE_FILING_FREQ in committee.';
\set code_table form_type
\ir code-table.sql
COMMENT ON TABLE fec.form_type IS
    'The FEC''s forms, and where what they say is published.';
\set code_table incumbent_challenge
\ir code-table.sql
COMMENT ON TABLE fec.incumbent_challenge IS
    'CAND_ICI in candidate.';
\set code_table line_number
\ir code-table.sql
COMMENT ON TABLE fec.line_number IS
    'Lines of the forms F3, F3P and F3X, with the form before the line. Only oppexp and the '
    'API have lines.';
\set code_table memo_code
\ir code-table.sql
COMMENT ON TABLE fec.memo_code IS
    'MEMO_CD.';
\set code_table office
\ir code-table.sql
COMMENT ON TABLE fec.office IS
    'CAND_OFFICE in candidate.';
\set code_table organization_type
\ir code-table.sql
COMMENT ON TABLE fec.organization_type IS
    'ORG_TP in committee.';
\set code_table party
\ir code-table.sql
COMMENT ON TABLE fec.party IS
    'CAND_PTY_AFFILIATION and CMTE_PTY_AFFILIATION; 1 to 3 are PTY_CD of the summaries.';
\set code_table report_type
\ir code-table.sql
COMMENT ON TABLE fec.report_type IS
    'RPT_TP: which report a row is from.';
