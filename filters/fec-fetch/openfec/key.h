/* key.h - the key of the FEC's API.
 *
 * It comes from the environment (FEC_API_KEY) or from a file that the environment names
 * (FEC_API_KEY_FILE), never from the command line, which every user of a machine can read. It goes
 * into one header of the requests and nowhere else.
 */
#ifndef FEC_FETCH_OPENFEC_KEY_H
#define FEC_FETCH_OPENFEC_KEY_H

/* The header line with the key, valid until the program ends. Ends the program with EX_CONFIG if
 * the key is missing or malformed, or in a file that others can write to, and says where to get
 * one. Complains of a file that others can read. From then on the key is hidden in all messages. */
const char *key_header(void);

/* Replaces the key by asterisks, also if it is escaped as in JSON or in a URL. A text of a server
 * must go through it before it is cut, because half a key is not recognised. */
void key_hide(char *text);

#endif
