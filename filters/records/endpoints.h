/* endpoints.h - the one list of the API's endpoints that fecpipe reads.
 *
 * Each has the rows of a bulk file, and its records are those of that file's type.
 */
#ifndef RECORDS_ENDPOINTS_H
#define RECORDS_ENDPOINTS_H

struct endpoint {
    const char *name; /* as on the command line: "schedule_a" */
    const char *bulk; /* the bulk type of the same rows: "indiv" */
};

/* In the order in which a run applies them. Ended by one without a name. */
extern const struct endpoint all_endpoints[];

#endif
