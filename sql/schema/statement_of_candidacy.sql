-- statement_of_candidacy.sql - new statements of candidacy (Form 2): the table of
-- Form2Filer_YYYY.csv. Included by schema.sql.
--
-- The key. The file has no number of the record or the filing. So the key is the candidate, the
-- first page and a hash of the whole row. Rows that are alike in every column are as many rows:
-- those after the first get a number. A row that the FEC corrects is one withdrawn and one new.

CREATE TABLE IF NOT EXISTS fec.statement_of_candidacy (
    record_key             text NOT NULL,
    cycle                  smallint NOT NULL,
    candidate_id           text,
    candidate_name         text,
    party_full             text,
    party                  text,
    office_full            text,
    office                 text,
    state_full             text,
    state                  text,
    district               text,
    address_city           text,
    address_state          text,
    address_zip            text,
    election_year          bigint,
    receipt_date           date,
    report_year            bigint,
    beginning_image_number text,
    receipt_date_as_filed  text,
    row_hash               bigint NOT NULL,
    run_id                 bigint NOT NULL,
    in_bulk                boolean NOT NULL DEFAULT true,
    PRIMARY KEY (record_key, cycle) INCLUDE (row_hash)
) PARTITION BY LIST (cycle);

COMMENT ON TABLE fec.statement_of_candidacy IS
    'New statements of candidacy, Form 2 (Form2Filer_YYYY.csv).';
COMMENT ON COLUMN fec.statement_of_candidacy.record_key IS
    'no column of the file is unique: the candidate, the page image and a hash of the whole row';
COMMENT ON COLUMN fec.statement_of_candidacy.cycle IS
    'the two-year period, by the even year that ends it';
COMMENT ON COLUMN fec.statement_of_candidacy.candidate_id IS 'CANDIDATE_ID';
COMMENT ON COLUMN fec.statement_of_candidacy.candidate_name IS 'CANDIDATE_NAME';
COMMENT ON COLUMN fec.statement_of_candidacy.party_full IS 'PARTY';
COMMENT ON COLUMN fec.statement_of_candidacy.party IS 'PARTY_CODE';
COMMENT ON COLUMN fec.statement_of_candidacy.office_full IS 'CANDIDATE_OFFICE';
COMMENT ON COLUMN fec.statement_of_candidacy.office IS 'CANDIDATE_OFFICE_CODE';
COMMENT ON COLUMN fec.statement_of_candidacy.state_full IS 'CANDIDATE_OFFICE_STATE';
COMMENT ON COLUMN fec.statement_of_candidacy.state IS 'CANDIDATE_OFFICE_STATE_CODE';
COMMENT ON COLUMN fec.statement_of_candidacy.district IS 'CANDIDATE_OFFICE_DISTRICT';
COMMENT ON COLUMN fec.statement_of_candidacy.address_city IS 'CITY';
COMMENT ON COLUMN fec.statement_of_candidacy.address_state IS 'STATE';
COMMENT ON COLUMN fec.statement_of_candidacy.address_zip IS 'ZIP';
COMMENT ON COLUMN fec.statement_of_candidacy.election_year IS 'ELECTION_YEAR';
COMMENT ON COLUMN fec.statement_of_candidacy.receipt_date IS 'RECEIPT_DATE';
COMMENT ON COLUMN fec.statement_of_candidacy.report_year IS 'REPORT_YEAR';
COMMENT ON COLUMN fec.statement_of_candidacy.beginning_image_number IS
    'BEGIN_IMAGE_NUMBER: number of the first page image';
COMMENT ON COLUMN fec.statement_of_candidacy.receipt_date_as_filed IS
    'RECEIPT_DATE as filed, where it is no date';
COMMENT ON COLUMN fec.statement_of_candidacy.row_hash IS
    'XXH3 of the bulk record that says the same as the row; 0 if no such record has come';
COMMENT ON COLUMN fec.statement_of_candidacy.run_id IS
    'the run that brought the row as it is now (fec.run)';
COMMENT ON COLUMN fec.statement_of_candidacy.in_bulk IS
    'a bulk file has had the row; false: only the API has shown it so far';
SELECT fec.make_history('statement_of_candidacy');
