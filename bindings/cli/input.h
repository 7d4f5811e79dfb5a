/* Lines of a file (gzipped or not) or of standard input. */
#ifndef TRM_CLI_INPUT_H
#define TRM_CLI_INPUT_H

#include <stdbool.h>
#include <stddef.h>

enum { INPUT_BLOCK = 65536 };

typedef struct input {
    const char *name; /* for messages */
    int descriptor;   /* of a plain file, -1 without one */
    void *gzip;       /* zlib's handle of a gzipped one */
    double size;      /* of the file as stored, 0: unknown */
    double position;  /* bytes of it that were read */
    double produced;  /* bytes that came of them */
    char *line;       /* the last one, without its end, followed by a zero */
    size_t length, capacity;
    unsigned long number; /* of the last line, from 1 */
    size_t at, filled;    /* in the block */
    unsigned char block[INPUT_BLOCK];
} input;

/* "-" is standard input. False after telling what is wrong. Close it in either case. */
bool input_open(input *in, const char *path);

/* The next line into in->line; \n and \r\n end lines. 1: there is one, 0: the end, -1: an error, which has
 * been told. */
int input_line(input *in);

/* How many bytes of the stored file the lines taken so far are worth. */
double input_position(const input *in);

void input_close(input *in);

#endif
