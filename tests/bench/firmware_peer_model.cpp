// Writes a .tflite: one step of path-small at 10x10 in 8-bit operators of TFLite, with numbers that are made
// up. A node hears its four neighbours by one GATHER, from rows behind which a row of zeros stands for those
// that it lacks; r(v) = v rsqrt(mean(v v)), and a block is
//     g, s = W [v; up; down; left; right]      u = r(v + Wd (sigmoid(g) r(g s)))
#include <cstdio>
#include <string>

#include "tensorflow/compiler/mlir/lite/schema/schema_generated.h"

using namespace tflite;

enum {
    SIDE = 10,
    NODES = SIDE * SIDE,
    CHANNELS = 16,
    HIDDEN = 32,
    HEARD = 5,
    BLOCKS = 2,
    UPDATES = 4,
    TOKENS = 5
};

static ModelT model;
static SubGraphT *graph;

static uint32_t buffer(const void *data, size_t bytes)
{
    auto b = std::make_unique<BufferT>();
    b->data.assign((const uint8_t *)data, (const uint8_t *)data + bytes);
    model.buffers.push_back(std::move(b));
    return (uint32_t)model.buffers.size() - 1;
}

static int tensor(std::vector<int32_t> shape, TensorType type = TensorType_INT8, uint32_t data = 0,
                  float scale = 1.0f / 32, int zero = 0)
{
    auto t = std::make_unique<TensorT>();
    t->shape = shape;
    t->type = type;
    t->buffer = data;
    t->name = "t" + std::to_string(graph->tensors.size());
    t->quantization = std::make_unique<QuantizationParametersT>();
    if (type == TensorType_INT8) {
        t->quantization->scale = { scale };
        t->quantization->zero_point = { zero };
    }
    graph->tensors.push_back(std::move(t));
    return (int)graph->tensors.size() - 1;
}

static uint32_t code_of(BuiltinOperator builtin)
{
    for (size_t i = 0; i < model.operator_codes.size(); i++)
        if (model.operator_codes[i]->builtin_code == builtin)
            return (uint32_t)i;
    auto code = std::make_unique<OperatorCodeT>();
    code->builtin_code = builtin;
    code->deprecated_builtin_code = (int8_t)builtin;
    code->version = 1;
    model.operator_codes.push_back(std::move(code));
    return (uint32_t)model.operator_codes.size() - 1;
}

template <typename Options>
static int add(BuiltinOperator builtin, std::vector<int32_t> from, int to, Options options)
{
    auto op = std::make_unique<OperatorT>();
    op->opcode_index = code_of(builtin);
    op->inputs = from;
    op->outputs = { to };
    op->builtin_options.Set(std::move(options));
    graph->operators.push_back(std::move(op));
    return to;
}

static int sum(int a, int b)
{
    return add(BuiltinOperator_ADD, { a, b }, tensor({ NODES, CHANNELS }), AddOptionsT());
}

static int product(int a, int b, int width)
{
    return add(BuiltinOperator_MUL, { a, b }, tensor({ NODES, width }), MulOptionsT());
}

static int constant(std::vector<int32_t> shape, TensorType type, const void *data, size_t bytes)
{
    return tensor(shape, type, buffer(data, bytes));
}

static int matrix(int rows, int columns, unsigned seed)
{
    std::vector<int8_t> codes((size_t)rows * columns);
    for (auto &code : codes)
        code = (int8_t)((seed = seed * 1664525u + 1013904223u) >> 25) - 64;
    return tensor({ rows, columns }, TensorType_INT8, buffer(codes.data(), codes.size()), 1.0f / 512);
}

static int connected(int from, int weights, int bias, int width)
{
    return add(BuiltinOperator_FULLY_CONNECTED, { from, weights, bias }, tensor({ NODES, width }),
               FullyConnectedOptionsT());
}

static int bias_of(int width)
{
    const std::vector<int32_t> none((size_t)width);
    return constant({ width }, TensorType_INT32, none.data(), none.size() * 4);
}

static int normed(int v, int width)
{
    static int axis = -1;
    const int32_t last = 1;
    if (axis < 0)
        axis = constant({ 1 }, TensorType_INT32, &last, sizeof last);
    auto keep = ReducerOptionsT();
    keep.keep_dims = true;
    const int mean = add(BuiltinOperator_MEAN, { product(v, v, width), axis },
                         tensor({ NODES, 1 }, TensorType_INT8, 0, 1.0f / 32, -128), keep);
    return product(v,
                   add(BuiltinOperator_RSQRT, { mean },
                       tensor({ NODES, 1 }, TensorType_INT8, 0, 1.0f / 16, -128), SquareOptionsT()),
                   width);
}

struct block {
    int gate, up, down, gate_bias, down_bias;
};

static int heard_by_all(int v)
{
    static int pads = -1, nodes = -1, shape = -1;
    if (pads < 0) {
        const int32_t behind[4] = { 0, 1, 0, 0 }, wide[2] = { NODES, HEARD * CHANNELS };
        int32_t heard[NODES][HEARD];
        for (int n = 0; n < NODES; n++) {
            const int row = n / SIDE, column = n % SIDE;
            const int32_t list[HEARD] = { n, row > 0 ? n - SIDE : NODES, row + 1 < SIDE ? n + SIDE : NODES,
                                          column > 0 ? n - 1 : NODES, column + 1 < SIDE ? n + 1 : NODES };
            for (int i = 0; i < HEARD; i++)
                heard[n][i] = list[i];
        }
        pads = constant({ 2, 2 }, TensorType_INT32, behind, sizeof behind);
        nodes = constant({ NODES, HEARD }, TensorType_INT32, heard, sizeof heard);
        shape = constant({ 2 }, TensorType_INT32, wide, sizeof wide);
    }
    const int padded = add(BuiltinOperator_PAD, { v, pads }, tensor({ NODES + 1, CHANNELS }), PadOptionsT());
    const int rows =
        add(BuiltinOperator_GATHER, { padded, nodes }, tensor({ NODES, HEARD, CHANNELS }), GatherOptionsT());
    return add(BuiltinOperator_RESHAPE, { rows, shape }, tensor({ NODES, HEARD * CHANNELS }),
               ReshapeOptionsT());
}

static int evaluate(int v, const block *blocks)
{
    for (int b = 0; b < BLOCKS; b++) {
        const block *w = &blocks[b];
        const int h = heard_by_all(v), g = connected(h, w->gate, w->gate_bias, HIDDEN),
                  s = connected(h, w->up, w->gate_bias, HIDDEN);
        const int open = add(BuiltinOperator_LOGISTIC, { g },
                             tensor({ NODES, HIDDEN }, TensorType_INT8, 0, 1.0f / 256, -128), AddOptionsT());
        graph->operators.back()->builtin_options.Reset();
        const int gated = product(open, normed(product(g, s, HIDDEN), HIDDEN), HIDDEN);
        v = normed(sum(v, connected(gated, w->down, w->down_bias, CHANNELS)), CHANNELS);
    }
    return v;
}

int main(int, char **words)
{
    model.version = 3;
    model.buffers.push_back(std::make_unique<BufferT>());
    model.subgraphs.push_back(std::make_unique<SubGraphT>());
    graph = model.subgraphs[0].get();
    block blocks[BLOCKS];
    for (int b = 0; b < BLOCKS; b++)
        blocks[b] = { matrix(HIDDEN, HEARD * CHANNELS, 3 * b + 1),
                      matrix(HIDDEN, HEARD * CHANNELS, 3 * b + 2), matrix(CHANNELS, HIDDEN, 3 * b + 3),
                      bias_of(HIDDEN), bias_of(CHANNELS) };
    const int x = tensor({ NODES, CHANNELS }), y = tensor({ NODES, CHANNELS });
    int z = tensor({ NODES, CHANNELS });
    graph->inputs = { x, y, z };
    const int begun = sum(x, y);
    for (int u = 0; u < UPDATES; u++)
        z = evaluate(sum(begun, z), blocks);
    const int answer = evaluate(sum(y, z), blocks);
    const int logits = connected(answer, matrix(TOKENS, CHANNELS, 7), bias_of(TOKENS), TOKENS);
    const int cells = connected(answer, matrix(1, CHANNELS, 8), bias_of(1), 1);
    graph->outputs = { z, answer, logits, cells };
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(Model::Pack(builder, &model), ModelIdentifier());
    FILE *to = fopen(words[1], "wb");
    if (to == nullptr || fwrite(builder.GetBufferPointer(), 1, builder.GetSize(), to) != builder.GetSize() ||
        fclose(to) != 0)
        return 1;
    printf("%zu operators, %zu bytes\n", graph->operators.size(), (size_t)builder.GetSize());
    return 0;
}
