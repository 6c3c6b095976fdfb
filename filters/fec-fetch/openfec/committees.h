/* committees.h - the list of committees whose rows a query asks for. */
#ifndef FEC_FETCH_OPENFEC_COMMITTEES_H
#define FEC_FETCH_OPENFEC_COMMITTEES_H

#include "fec-fetch/openfec/date.h"

#include <stddef.h>

/* A call takes no more than this: openFEC, webservices/resources/sched_a.py. */
#define MOST_COMMITTEES_A_CALL 10

struct committee {
    char id[10];              /* C and eight digits */
    char min_date[DATE_TEXT]; /* of this committee; "" if it has no date of its own */
};

/* The committees in the order in which they are asked for. A group of them is one call; groups[i]
 * is the first committee of group i, and groups[group_count] is `count`. */
struct committees {
    struct committee *of;
    size_t count, size;
    size_t *groups;
    size_t group_count;
};

/* Adds the committees of an option's argument: ID[,ID...]. EX_USAGE if one is malformed. */
void committees_add(struct committees *committees, const char *argument);

/* Adds those of a file ("-" is standard input). A line is ID, or ID, a tab and a date. EX_DATAERR
 * with the number of a malformed line, EX_NOINPUT if the file can't be read. */
void committees_add_file(struct committees *committees, const char *path);

/* Call it after the last one was added: forms the groups. EX_DATAERR if a committee is named twice,
 * because its rows would come twice, or if the list is empty, because that must not mean all of
 * them. */
void committees_group(struct committees *committees);

#endif
