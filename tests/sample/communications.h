/* communications.h - the lines of CommunicationCosts and ElectioneeringComm, as the table of
 * datasets wants them. */
#ifndef SAMPLE_COMMUNICATIONS_H
#define SAMPLE_COMMUNICATIONS_H

#include "datasets.h"

void communication_line(struct line *line, const struct sample *sample, const struct report *report,
                        const struct row *row);
void electioneering_line(struct line *line, const struct sample *sample,
                         const struct report *report, const struct row *row);

#endif
