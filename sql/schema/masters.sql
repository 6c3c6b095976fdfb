-- The masters: committees, candidates and what links them. Included by schema.sql.

CREATE TABLE IF NOT EXISTS fec.committee (
    committee_id              text NOT NULL,
    cycle                     smallint NOT NULL,
    name                      text,
    treasurer_name            text,
    street_1                  text,
    street_2                  text,
    city                      text,
    state                     text,
    zip                       text,
    designation               text,
    committee_type            text,
    party                     text,
    filing_frequency          text,
    organization_type         text,
    affiliated_committee_name text,
    candidate_id              text,
    row_hash                  bigint NOT NULL,
    run_id                    bigint NOT NULL,
    in_bulk                   boolean NOT NULL DEFAULT true,
    PRIMARY KEY (committee_id, cycle) INCLUDE (row_hash)
) PARTITION BY LIST (cycle);

COMMENT ON TABLE fec.committee IS
    'Committee master (cm): one row for each committee and cycle.';
COMMENT ON COLUMN fec.committee.committee_id IS 'CMTE_ID';
COMMENT ON COLUMN fec.committee.cycle IS 'the two-year period, by the even year that ends it';
COMMENT ON COLUMN fec.committee.name IS 'CMTE_NM';
COMMENT ON COLUMN fec.committee.treasurer_name IS 'TRES_NM';
COMMENT ON COLUMN fec.committee.street_1 IS 'CMTE_ST1';
COMMENT ON COLUMN fec.committee.street_2 IS 'CMTE_ST2';
COMMENT ON COLUMN fec.committee.city IS 'CMTE_CITY';
COMMENT ON COLUMN fec.committee.state IS 'CMTE_ST';
COMMENT ON COLUMN fec.committee.zip IS 'CMTE_ZIP';
COMMENT ON COLUMN fec.committee.designation IS 'CMTE_DSGN';
COMMENT ON COLUMN fec.committee.committee_type IS 'CMTE_TP';
COMMENT ON COLUMN fec.committee.party IS 'CMTE_PTY_AFFILIATION';
COMMENT ON COLUMN fec.committee.filing_frequency IS 'CMTE_FILING_FREQ';
COMMENT ON COLUMN fec.committee.organization_type IS 'ORG_TP';
COMMENT ON COLUMN fec.committee.affiliated_committee_name IS 'CONNECTED_ORG_NM';
COMMENT ON COLUMN fec.committee.candidate_id IS 'CAND_ID';
COMMENT ON COLUMN fec.committee.row_hash IS
    'XXH3 of the bulk record that says the same as the row; 0 if no such record has come';
COMMENT ON COLUMN fec.committee.run_id IS 'the run that brought the row as it is now (fec.run)';
COMMENT ON COLUMN fec.committee.in_bulk IS
    'a bulk file has had the row; false: only the API has shown it so far';
SELECT fec.make_history('committee');

CREATE TABLE IF NOT EXISTS fec.candidate (
    candidate_id            text NOT NULL,
    cycle                   smallint NOT NULL,
    name                    text,
    party                   text,
    candidate_election_year bigint,
    state                   text,
    office                  text,
    district                text,
    incumbent_challenge     text,
    candidate_status        text,
    principal_committee_id  text,
    address_street_1        text,
    address_street_2        text,
    address_city            text,
    address_state           text,
    address_zip             text,
    row_hash                bigint NOT NULL,
    run_id                  bigint NOT NULL,
    in_bulk                 boolean NOT NULL DEFAULT true,
    PRIMARY KEY (candidate_id, cycle) INCLUDE (row_hash)
) PARTITION BY LIST (cycle);

COMMENT ON TABLE fec.candidate IS
    'Candidate master (cn): one row for each candidate and cycle.';
COMMENT ON COLUMN fec.candidate.candidate_id IS 'CAND_ID';
COMMENT ON COLUMN fec.candidate.cycle IS 'the two-year period, by the even year that ends it';
COMMENT ON COLUMN fec.candidate.name IS 'CAND_NAME';
COMMENT ON COLUMN fec.candidate.party IS 'CAND_PTY_AFFILIATION';
COMMENT ON COLUMN fec.candidate.candidate_election_year IS 'CAND_ELECTION_YR';
COMMENT ON COLUMN fec.candidate.state IS 'CAND_OFFICE_ST';
COMMENT ON COLUMN fec.candidate.office IS 'CAND_OFFICE';
COMMENT ON COLUMN fec.candidate.district IS 'CAND_OFFICE_DISTRICT';
COMMENT ON COLUMN fec.candidate.incumbent_challenge IS 'CAND_ICI';
COMMENT ON COLUMN fec.candidate.candidate_status IS 'CAND_STATUS';
COMMENT ON COLUMN fec.candidate.principal_committee_id IS 'CAND_PCC';
COMMENT ON COLUMN fec.candidate.address_street_1 IS 'CAND_ST1';
COMMENT ON COLUMN fec.candidate.address_street_2 IS 'CAND_ST2';
COMMENT ON COLUMN fec.candidate.address_city IS 'CAND_CITY';
COMMENT ON COLUMN fec.candidate.address_state IS 'CAND_ST';
COMMENT ON COLUMN fec.candidate.address_zip IS 'CAND_ZIP';
COMMENT ON COLUMN fec.candidate.row_hash IS
    'XXH3 of the bulk record that says the same as the row; 0 if no such record has come';
COMMENT ON COLUMN fec.candidate.run_id IS 'the run that brought the row as it is now (fec.run)';
COMMENT ON COLUMN fec.candidate.in_bulk IS
    'a bulk file has had the row; false: only the API has shown it so far';
SELECT fec.make_history('candidate');

CREATE TABLE IF NOT EXISTS fec.candidate_committee_link (
    linkage_id              bigint NOT NULL,
    cycle                   smallint NOT NULL,
    candidate_id            text,
    candidate_election_year bigint,
    fec_election_year       bigint,
    committee_id            text,
    committee_type          text,
    committee_designation   text,
    row_hash                bigint NOT NULL,
    run_id                  bigint NOT NULL,
    in_bulk                 boolean NOT NULL DEFAULT true,
    PRIMARY KEY (linkage_id, cycle) INCLUDE (row_hash)
) PARTITION BY LIST (cycle);

COMMENT ON TABLE fec.candidate_committee_link IS
    'Candidate-committee linkage (ccl).';
COMMENT ON COLUMN fec.candidate_committee_link.linkage_id IS 'LINKAGE_ID';
COMMENT ON COLUMN fec.candidate_committee_link.cycle IS
    'the two-year period, by the even year that ends it';
COMMENT ON COLUMN fec.candidate_committee_link.candidate_id IS 'CAND_ID';
COMMENT ON COLUMN fec.candidate_committee_link.candidate_election_year IS 'CAND_ELECTION_YR';
COMMENT ON COLUMN fec.candidate_committee_link.fec_election_year IS 'FEC_ELECTION_YR';
COMMENT ON COLUMN fec.candidate_committee_link.committee_id IS 'CMTE_ID';
COMMENT ON COLUMN fec.candidate_committee_link.committee_type IS 'CMTE_TP';
COMMENT ON COLUMN fec.candidate_committee_link.committee_designation IS 'CMTE_DSGN';
COMMENT ON COLUMN fec.candidate_committee_link.row_hash IS
    'XXH3 of the bulk record that says the same as the row; 0 if no such record has come';
COMMENT ON COLUMN fec.candidate_committee_link.run_id IS
    'the run that brought the row as it is now (fec.run)';
COMMENT ON COLUMN fec.candidate_committee_link.in_bulk IS
    'a bulk file has had the row; false: only the API has shown it so far';
SELECT fec.make_history('candidate_committee_link');
