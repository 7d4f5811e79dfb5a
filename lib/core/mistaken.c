/* bindings/python/trm/torch/mistaken.py has the same table; test_both_readers.py compares them. */
#include "lib/core/mistaken.h"

#include <string.h>

static const struct kind {
    const char *begin;
    size_t length;
    const char *told;
} kinds[] = {
#define KIND(begin, told) \
    { \
        begin, sizeof begin - 1, told \
    }
    KIND("version https://git-lfs.github.com/spec/",
         "a Git LFS pointer: fetch the file itself (git lfs pull)"),
    KIND("<", "a web page or XML: the download went wrong"),
    KIND("PK\003\004",
         "a zip archive: what torch.save() writes is read by trm.torch.load_checkpoint(), or save its "
         "state_dict as safetensors"),
    KIND("\x80\x02", "a pickle: save its state_dict as safetensors, as pickles can run code"),
    KIND("\x80\x04", "a pickle: save its state_dict as safetensors, as pickles can run code"),
    KIND("GGUF", "a GGUF file: convert the checkpoint that it was made of"),
    KIND("\x1f\x8b", "gzipped: unpack it first (gunzip)"),
    KIND("\x28\xb5\x2f\xfd", "compressed with zstd: unpack it first (zstd -d)"),
    KIND("\xfd"
         "7zXZ",
         "compressed with xz: unpack it first (unxz)"),
    KIND("BZh", "compressed with bzip2: unpack it first (bunzip2)"),
    KIND("\x89HDF\r\n", "an HDF5 file: save the state_dict as safetensors"),
    KIND("\x93NUMPY", "a NumPy array: save all tensors as safetensors"),
    KIND("\x08\x07\x12", "an ONNX model: convert the checkpoint that it was made of"),
    KIND("\x08\x08\x12", "an ONNX model: convert the checkpoint that it was made of"),
    KIND("\x08\x09\x12", "an ONNX model: convert the checkpoint that it was made of"),
    KIND("\x08\x0a\x12", "an ONNX model: convert the checkpoint that it was made of"),
    KIND("{", "JSON: a configuration or an index, not the weights"),
    KIND("ustar", "a tar archive: unpack it first (tar -xf)"),
};
enum { TAR_MAGIC = 257 };

/* A tar archive begins with a name. */
static int is_tar(const char *bytes, size_t count)
{
    return count >= TAR_MAGIC + 5 && memcmp(bytes + TAR_MAGIC, "ustar", 5) == 0;
}

const char *trmi_mistaken_for(const void *bytes, size_t count)
{
    const char *at = bytes;
    const size_t known = sizeof kinds / sizeof *kinds;
    size_t left = count;
    if (is_tar(at, count))
        return kinds[known - 1].told;
    if (left >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0) {
        at += 3;
        left -= 3;
    }
    while (left > 0 && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) {
        at++;
        left--;
    }
    for (size_t i = 0; i < known - 1; i++)
        if (left >= kinds[i].length && memcmp(at, kinds[i].begin, kinds[i].length) == 0)
            return kinds[i].told;
    return NULL;
}
