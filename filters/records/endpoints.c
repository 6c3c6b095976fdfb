/* endpoints.c - the one list of the API's endpoints that fecpipe reads. */
#include "records/endpoints.h"

#include <stddef.h>

const struct endpoint all_endpoints[] = {
    {"committees", "cm"},
    {"candidates", "cn"},
    {"schedule_a", "indiv"},
    {NULL, NULL},
};
