# shellcheck shell=sh disable=SC2154
# trm embed. A part of run.sh.

expect 'embed' 0 '' 'model.c: *bytes of flash' embed small.trm -o model.c
is 'embed: both files, and nothing beside them' "$(echo model.*)" 'model.c model.h'
is 'embed: the header has the size' "$(sed -n 's/^#define TRM_EMBEDDED_BYTES //p' model.h)" "$size_of_small"
if command -v cc >/dev/null 2>&1; then
    printf '#include <stdio.h>\n#include "model.h"\nint main(void) { return fwrite(trm_embedded, 1, sizeof trm_embedded, stdout) != TRM_EMBEDDED_BYTES; }\n' >write.c
    is 'embed: compiles, and is the file' "$(cc -std=c11 -Wall -Wextra -Werror write.c model.c -o write && ./write | cmp - small.trm && echo same)" same
    is 'embed: aligned for use in place' "$(cc -std=c11 -c model.c -o model.o && objdump -h model.o | sed -n 's/.*rodata.*2\*\*\([0-9]*\).*/\1/p')" 6
fi
expect 'embed --json' 0 '{*"output": "model.c"*"flash": *}' '' embed -q --json --name my_model small.trm -o model.c
is 'embed --name' "$(grep -c 'my_model\[MY_MODEL_BYTES\]' model.h)" 1
expect 'embed --prepared' 0 '' 'model.c: *bytes of flash' embed --prepared small.trm -o model.c
is 'embed --prepared: no file' "$(grep -c '^137,84,82,77,13,10,26,80,' model.c)" 1
is 'embed --prepared: says what for' "$(grep -c 'of a build without files' model.h)" 1
expect 'embed --prepared: deflated weights' 0 '' 'model.c: *bytes of flash' embed --prepared deflated.trm -o model.c
usage 'embed: no output' 'embed: --output: expected the name of a file that ends in .c' embed small.trm
usage 'embed: an output that is no C' 'embed: --output: expected *' embed small.trm -o model.txt
usage 'embed: a name that is none' 'embed: --name: expected letters*found "2x"' embed small.trm -o model.c --name 2x
data 'embed: not a model' 'help: *' embed help -o model.c
data 'embed: no such folder' 'none/model.c: *No such file*' embed small.trm -o none/model.c
data 'embed: deflated weights' 'deflated.trm: expected raw weights*' embed deflated.trm -o model.c
mkdir folder.c
data 'embed: a folder' 'folder.c: *' embed small.trm -o folder.c
is 'embed: nothing is left of what failed' "$(ls -d ./*.tmp-* folder.h 2>/dev/null)" ''

data 'info: no such file' 'missing.trm: *No such file*' info missing.trm
data 'info: a directory' '.: expected a file, found a directory' info .
: >empty.trm
data 'info: an empty file' 'empty.trm: *' info empty.trm
head -c 1000 small.trm >short.trm
data 'info: a short file' 'short.trm: *' info short.trm
{ cat small.trm; echo; } >long.trm
data 'info: a long file' 'long.trm: *' info long.trm
data 'info: not a model' 'help: *' info help
size=$(wc -c <small.trm)
{ head -c $((size - 300)) small.trm; printf 'damage'; tail -c 294 small.trm; } >damaged.trm
data 'info: a damaged file' 'damaged.trm: *' info damaged.trm
