-- statement_of_organization.sql - new statements of organization (Form 1): the table of
-- Form1Filer_YYYY.csv. Included by schema.sql.
--
-- The key. The file has no number of the record or the filing, and whether a statement has one row
-- or a row for each affiliated committee is not documented. So the key is the committee, the first
-- page and a hash of the whole row. Rows that are alike in every column are as many rows: those
-- after the first get a number. A row that the FEC corrects is one withdrawn and one new.

CREATE TABLE IF NOT EXISTS fec.statement_of_organization (
    record_key                text NOT NULL,
    cycle                     smallint NOT NULL,
    committee_id              text,
    committee_name            text,
    street_1                  text,
    street_2                  text,
    city                      text,
    state                     text,
    zip                       text,
    affiliated_committee_name text,
    committee_type            text,
    designation               text,
    filing_frequency          text,
    organization_type         text,
    treasurer_name            text,
    receipt_date              date,
    email                     text,
    website                   text,
    beginning_image_number    text,
    receipt_date_as_filed     text,
    row_hash                  bigint NOT NULL,
    run_id                    bigint NOT NULL,
    in_bulk                   boolean NOT NULL DEFAULT true,
    PRIMARY KEY (record_key, cycle) INCLUDE (row_hash)
) PARTITION BY LIST (cycle);

COMMENT ON TABLE fec.statement_of_organization IS
    'New statements of organization, Form 1 (Form1Filer_YYYY.csv).';
COMMENT ON COLUMN fec.statement_of_organization.record_key IS
    'no column of the file is unique: the committee, the page image and a hash of the whole row';
COMMENT ON COLUMN fec.statement_of_organization.cycle IS
    'the two-year period, by the even year that ends it';
COMMENT ON COLUMN fec.statement_of_organization.committee_id IS 'COMMITTEE_ID';
COMMENT ON COLUMN fec.statement_of_organization.committee_name IS 'COMMITTEE_NAME';
COMMENT ON COLUMN fec.statement_of_organization.street_1 IS 'COMMITTEE_STREET_1';
COMMENT ON COLUMN fec.statement_of_organization.street_2 IS 'COMMITTEE_STREET_2';
COMMENT ON COLUMN fec.statement_of_organization.city IS 'COMMITTEE_CITY';
COMMENT ON COLUMN fec.statement_of_organization.state IS 'COMMITTEE_STATE';
COMMENT ON COLUMN fec.statement_of_organization.zip IS 'COMMITTEE_ZIP';
COMMENT ON COLUMN fec.statement_of_organization.affiliated_committee_name IS
    'AFFILIATED_COMMITTEE_NAME';
COMMENT ON COLUMN fec.statement_of_organization.committee_type IS 'FILED_COMMITTEE_TYPE';
COMMENT ON COLUMN fec.statement_of_organization.designation IS 'FILED_COMMITTEE_DESIGNATION';
COMMENT ON COLUMN fec.statement_of_organization.filing_frequency IS 'FILING_FREQUENCY';
COMMENT ON COLUMN fec.statement_of_organization.organization_type IS 'ORGANIZATION_TYPE';
COMMENT ON COLUMN fec.statement_of_organization.treasurer_name IS 'TREASURER_NAME';
COMMENT ON COLUMN fec.statement_of_organization.receipt_date IS 'RECEIPT_DATE';
COMMENT ON COLUMN fec.statement_of_organization.email IS 'COMMITTEE_EMAIL';
COMMENT ON COLUMN fec.statement_of_organization.website IS 'COMMITTEE_WEB_URL';
COMMENT ON COLUMN fec.statement_of_organization.beginning_image_number IS
    'BEGIN_IMAGE_NUMBER: number of the first page image';
COMMENT ON COLUMN fec.statement_of_organization.receipt_date_as_filed IS
    'RECEIPT_DATE as filed, where it is no date';
COMMENT ON COLUMN fec.statement_of_organization.row_hash IS
    'XXH3 of the bulk record that says the same as the row; 0 if no such record has come';
COMMENT ON COLUMN fec.statement_of_organization.run_id IS
    'the run that brought the row as it is now (fec.run)';
COMMENT ON COLUMN fec.statement_of_organization.in_bulk IS
    'a bulk file has had the row; false: only the API has shown it so far';
SELECT fec.make_history('statement_of_organization');
