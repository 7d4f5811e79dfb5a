// Instructions of one step in TFLite Micro on an emulated Cortex-M7, and the arena that it takes.
#include "tensorflow/compiler/mlir/lite/schema/schema_generated.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

extern "C" {
#define _Noreturn
#define _Alignas alignas
#include "model.h"
#include "platform.h"
#include "text.h"
#include "ticks.h"
}

enum { ROUNDS = 2, OPERATORS = 10 };

alignas(16) static uint8_t arena[ARENA];

extern "C" void DebugLog(const char *text, va_list)
{
    put(text);
}

static void check(bool good, const char *what)
{
    if (good)
        return;
    put(what);
    put(" failed\n");
    quit(1);
}

static void tell(const char *what, uint64_t number)
{
    put(what);
    put_number(number);
    put("\n");
}

int main(void)
{
    tflite::MicroMutableOpResolver<OPERATORS> known;
    known.AddAdd();
    known.AddMul();
    known.AddFullyConnected();
    known.AddGather();
    known.AddPad();
    known.AddReshape();
    known.AddLogistic();
    known.AddMean();
    known.AddRsqrt();
    tflite::MicroInterpreter interpreter(tflite::GetModel(peer_model), known, arena, sizeof arena);
    check(interpreter.AllocateTensors() == kTfLiteOk, "allocation");
    tell("arena ", interpreter.arena_used_bytes());
    for (size_t i = 0; i < interpreter.inputs_size(); i++)
        for (size_t b = 0; b < interpreter.input(i)->bytes; b++)
            interpreter.input(i)->data.int8[b] = (int8_t)(b * 37 + i * 11);
    start_ticks();
    const uint32_t unit = calibrate_ticks();
    for (int round = 0; round < ROUNDS; round++) {
        const uint32_t begin = ticks();
        check(interpreter.Invoke() == kTfLiteOk, "a step");
        tell("step ", instructions_of(ticks_since(begin), unit));
    }
    return 0;
}
