/* endpoints.c - the one list of the API's endpoints that fecpipe reads.
 *
 * Source: openFEC, webservices/args.py for the parameters, webservices/rest.py for the paths.
 * Committees and candidates come by name if no order is asked for, and names are not unique: of two
 * that are equal, each can come twice, or not at all, where a page ends between them. So they are
 * asked for by id, which is unique and has an index (IndexValidator in args.py).
 */
#include "records/endpoints.h"

#include <stddef.h>
#include <string.h>

#define BIT(filter) (1U << (filter))

const char *const filter_parameters[FILTERS] = {
    [FILTER_COMMITTEE] = "committee_id",
    [FILTER_MIN_DATE] = "min_date",
    [FILTER_MIN_LOAD_DATE] = "min_load_date",
    [FILTER_IS_INDIVIDUAL] = "is_individual",
    [FILTER_MIN_FIRST_FILE_DATE] = "min_first_file_date",
    [FILTER_MIN_LAST_FILE_DATE] = "min_last_file_date",
};

const struct endpoint all_endpoints[] = {
    {"committees", "cm", "/committees/", "cycle", "committee_id", PAGING_BY_NUMBER,
     BIT(FILTER_MIN_FIRST_FILE_DATE) | BIT(FILTER_MIN_LAST_FILE_DATE)},
    {"candidates", "cn", "/candidates/", "cycle", "candidate_id", PAGING_BY_NUMBER,
     BIT(FILTER_MIN_FIRST_FILE_DATE)},
    {"schedule_a", "indiv", "/schedules/schedule_a/", "two_year_transaction_period",
     "contribution_receipt_date", PAGING_BY_KEY,
     BIT(FILTER_COMMITTEE) | BIT(FILTER_MIN_DATE) | BIT(FILTER_MIN_LOAD_DATE) |
         BIT(FILTER_IS_INDIVIDUAL)},
    {NULL, NULL, NULL, NULL, NULL, PAGING_BY_KEY, 0},
};

const struct endpoint *endpoint_find(const char *name)
{
    for (const struct endpoint *endpoint = all_endpoints; endpoint->name != NULL; endpoint++)
        if (strcmp(endpoint->name, name) == 0)
            return endpoint;
    return NULL;
}

bool endpoint_takes(const struct endpoint *endpoint, enum endpoint_filter filter)
{
    return (endpoint->filters & BIT(filter)) != 0;
}
