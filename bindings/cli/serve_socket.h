/* A Unix socket to listen on. */
#ifndef TRM_CLI_SERVE_SOCKET_H
#define TRM_CLI_SERVE_SOCKET_H

#include <stdbool.h>

/* Takes the place of a socket that a server left behind, never of one that answers. False after telling what
   is wrong. */
bool serve_socket_open(const char *path, int *listening);

/* The next client, or -1 when it has left already. */
int serve_socket_accept(int listening);

/* Nothing where `listening` is -1. */
void serve_socket_close(int listening, const char *path);

#endif
