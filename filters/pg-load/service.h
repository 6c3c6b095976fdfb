/* service.h - DATABASE_URL as a service file of libpq, for pg-load --write-service. */
#ifndef PG_LOAD_SERVICE_H
#define PG_LOAD_SERVICE_H

/* Writes the parameters of DATABASE_URL to the file `path`, as the service "fecpipe", and prints
 * the value of its parameter `options`, which may be empty, on standard output. Ends the program
 * with EX_CONFIG if there is no DATABASE_URL, if libpq cannot read it or if a service file cannot
 * hold it; with EX_CANTCREAT or EX_IOERR if the file cannot be written. */
void service_write(const char *path);

#endif
