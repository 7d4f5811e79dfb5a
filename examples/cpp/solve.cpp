// Solves a puzzle step by step and shows what the model thinks of it: trm.hpp from a program in C++17.
//
//     c++ -std=c++17 solve.cpp $(pkg-config --cflags --libs trm) -o solve
//     ./solve models/sudoku.trm
//     8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4..
#include <cstdio>

#include <trm/trm.hpp>

static int fail(const trm::error &why)
{
    std::fprintf(stderr, "%s\n", why.message.c_str());
    return 1;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        std::fprintf(stderr, "usage: solve MODEL PUZZLE\n");
        return 2;
    }
    const auto model = trm::model::open(argv[1]);
    if (!model)
        return fail(model.error());
    const auto question = model->ask(argv[2]);
    if (!question)
        return fail(question.error());
    auto solver = trm::solver::begin(*model, *question);
    if (!solver)
        return fail(solver.error());

    for (bool running = true; running;) {
        const auto step = solver->step();
        if (!step)
            return fail(step.error());
        running = *step;
        const auto answer = solver->read();
        if (!answer)
            return fail(answer.error());
        std::fprintf(stderr, "step %u: %.1f %% sure\n", answer->steps, 100.0 * double { answer->halt_probability });
        if (!running)
            std::puts(answer->text.c_str());
    }
    return 0;
}
