/* The angles of rotary positions (arXiv 2104.09864), the same to the bit on every machine. */
#ifndef TRMI_NET_ROTARY_H
#define TRMI_NET_ROTARY_H

#include <stdint.h>

/* cosines and sines, [rows][half], of position * base^(-i / half). */
void trmi_rotary_fill(float *cosines, float *sines, uint32_t rows, uint32_t half, double base);

/* base^exponent for a base in 1..1e30 and an exponent in 0..1. */
double trmi_power(double base, double exponent);

/* Cosine and sine of an angle in 0..65536. */
void trmi_turn(double angle, double *cosine, double *sine);

#endif
