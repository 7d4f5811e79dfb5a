#!/bin/bash -eu
# Builds the fuzz targets as OSS-Fuzz wants them: in $OUT programs, dictionaries and corpora of their names;
# compilers, flags and engine from the environment. Run in a checkout. tests/run does this with libFuzzer.
root=$PWD
build=${WORK:-$root/build}/fuzzers
rm -rf "$build"

# The runner has no jansson: static libraries alone.
meson setup "$build" --buildtype=plain -Ddefault_library=static -Dprefer_static=true -Dtests=auto -Dpython=false -Dmpi=disabled \
    -Db_ndebug=false -Db_lundef=false -Dfuzzing_engine="${LIB_FUZZING_ENGINE:--fsanitize=fuzzer}"
targets=(open_fuzzer convert_fuzzer csv_fuzzer arrays_fuzzer shards_fuzzer yaml_fuzzer questions_fuzzer rules_fuzzer trace_fuzzer
    resume_fuzzer)
ninja -C "$build" "${targets[@]/#/tests/}" tests/resume_fuzz

for target in "${targets[@]}"; do
    name=${target%_fuzzer}
    cp "$build/tests/$target" "$OUT/"
    cp "$root/tests/fuzz/oss-fuzz/$target.options" "$OUT/"
    if [ -f "$root/tests/fuzz/oss-fuzz/$target.dict" ]; then cp "$root/tests/fuzz/oss-fuzz/$target.dict" "$OUT/"; fi
    corpus=$root/tests/fuzz/corpus/$name
    if [ "$name" = resume ]; then # checkpoints are made, not kept
        corpus=$build/checkpoints
        mkdir -p "$corpus"
        "$build/tests/resume_fuzz" --make "$corpus"
    fi
    python3 -c 'import shutil, sys; shutil.make_archive(sys.argv[1], "zip", sys.argv[2])' "$OUT/${target}_seed_corpus" "$corpus"
done
