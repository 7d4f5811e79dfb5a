/* Real numbers as text. */
#ifndef TRMI_CORE_DECIMAL_H
#define TRMI_CORE_DECIMAL_H

enum { TRMI_DECIMAL_BYTES = 16 }; /* the longest text, -1.23457e-308, with its zero */

/* Six significant digits, rounded to the nearest from all digits that the number has: what %g writes in the C
   locale. */
void trmi_write_decimal(char text[TRMI_DECIMAL_BYTES], double number);

#endif
