/* trm.hpp from outside: every owner, both ways out of a failure, callbacks and what they throw. Exit status 0
 * when all is as it should be.
 * usage: owners MODELS     MODELS: the folder of the shipped models */
#include <cstdio>
#include <string>
#include <vector>

#include <trm/trm.hpp>

static int failures;

static void check(bool good, const char *what, int line)
{
    if (!good)
        std::printf("line %d: %s\n", line, what);
    failures += !good;
}
#define CHECK(condition) check((condition), #condition, __LINE__)

static const char puzzle[] = "...2...1.3.4.2.3", solved[] = "3142243113244213";

static void solves(const std::string &models)
{
    auto model = trm::model::open(models + "/sudoku-small.trm").value();
    CHECK(model.info().positions == 81);
    const auto pool = trm::pool::create(2).value();
    const auto answer = model.solve(puzzle, trm::options().threads(pool)).value();
    CHECK(answer.text == solved);
    CHECK(answer.verdict == TRM_VERDICT_VERIFIED && answer.stop == TRM_STOP_SIGNAL && answer.steps > 0);
    CHECK(answer.tokens.size() == 16 && answer.probabilities.size() == 16 &&
          answer.changed == std::vector<bool>(16));
    auto asked = model.ask(puzzle, trm::shape(4, 4)).value();
    CHECK(model.verify(asked, answer.tokens).value() == TRM_VERDICT_VERIFIED);
    CHECK(model.verify(asked, asked.tokens).value() != TRM_VERDICT_VERIFIED);
    CHECK(!model.verify(asked, std::vector<std::int32_t>(3)));
    const trm::model moved = std::move(model);
    CHECK(moved.solve(puzzle).value().text == solved);
}

static void colours(const std::string &models)
{
    const auto model = trm::model::open(models + "/colouring.trm").value();
    const std::vector<std::vector<std::uint32_t>> ring { { 1, 4 }, { 0, 2 }, { 1, 3 }, { 2, 4 }, { 0, 3 } };
    trm::question question;
    question.tokens.assign(ring.size(), static_cast<std::int32_t>(model.info().blank));
    question.shape.emplace().positions = 5;
    question.relations.emplace_back("edge", ring);
    const auto answer = model.solve(question).value();
    CHECK(answer.verdict == TRM_VERDICT_VERIFIED);
    for (std::size_t i = 0; i < ring.size(); i++)
        for (const auto j : ring[i])
            CHECK(answer.tokens[i] != answer.tokens[j]);
    question.relations[0].heard[0] = 77;
    CHECK(model.solve(question).error().status == TRM_ERROR_PUZZLE);
}

static void goes_step_by_step(const std::string &models)
{
    const auto model = trm::model::open(models + "/sudoku-small.trm").value();
    auto question = model.ask(puzzle).value();
    auto solver = trm::solver::begin(model, question).value();
    CHECK(solver.read().error().status == TRM_ERROR_ARGUMENT);
    while (solver.step().value()) {
    }
    CHECK(solver.read().value().text == solved);
    question.tokens[0] = solver.read().value().tokens[0];
    CHECK(solver.change(question).value());
    while (solver.step().value()) {
    }
    CHECK(solver.read().value().text == solved);
}

static void fails_in_words(const std::string &models)
{
    const auto none = trm::model::open(models + "/none.trm");
    CHECK(!none && none.error().status == TRM_ERROR_FILE &&
          std::string(none.error().name()) == "TRM_ERROR_FILE");
    CHECK(none.error().message.find("none.trm") != std::string::npos);
    const auto model = trm::model::open(models + "/sudoku-small.trm").value();
    CHECK(model.solve("123").error().status == TRM_ERROR_PUZZLE);
    const unsigned char nothing[] = { 0, 1, 2 };
    CHECK(trm::model::open_memory({ nothing, sizeof nothing }).error().status == TRM_ERROR_FORMAT);
    trm::options options;
    options.batch = 0;
    CHECK(model.solve(puzzle, options).error().status == TRM_ERROR_ARGUMENT);
    CHECK(!trm::solver::begin(model, model.ask(puzzle).value(), options));
}

/* Vectors that are shorter than the shape says would be read and written beyond their ends. */
static void refuses_what_does_not_fit(const std::string &models)
{
    const auto model = trm::model::open(models + "/sudoku-small.trm").value();
    auto question = model.ask(puzzle).value();
    const auto refused = [&](const auto &result) {
        return !result && result.error().status == TRM_ERROR_PUZZLE;
    };
    auto solver = trm::solver::begin(model, question).value();
    question.tokens.resize(5);
    CHECK(refused(model.solve(question)));
    CHECK(model.solve(question).error().message == "tokens: expected 16, as the question's shape has, found 5");
    CHECK(refused(model.verify(question, question.tokens)));
    CHECK(refused(trm::solver::begin(model, question)));
    CHECK(refused(solver.change(question)));
    question.tokens.resize(16);
    question.shape.reset();
    CHECK(model.solve(question).error().message == "tokens: expected 81, as the question's shape has, found 16");
    question.shape.emplace().positions = 17;
    CHECK(refused(model.solve(question)));
    question = model.ask(puzzle).value();
    question.features.resize(1);
    CHECK(refused(model.solve(question)));
    question.features.clear();
    question.relations.emplace_back("row", std::vector<std::vector<std::uint32_t>>());
    CHECK(model.solve(question).error().message == "relation row: expected a list for each element, found none");
}

/* Who was moved from has nothing, and does nothing worse than to say so. */
static void moves(const std::string &models)
{
    auto model = trm::model::open(models + "/sudoku-small.trm").value();
    trm::options options;
    std::uint32_t steps = 0;
    options.watch([&](const trm_run_step &) { steps++; });
    const trm::options moved = std::move(options);
    CHECK(model.solve(puzzle, options).value().text == solved && steps > 0);
    CHECK(model.solve(puzzle, moved).value().text == solved);
    auto solver = trm::solver::begin(model, model.ask(puzzle).value()).value();
    auto other = std::move(solver);
    CHECK(!solver.step() && !solver.read() && other.step());
    const trm::model owner = std::move(model);
    CHECK(!model.solve(puzzle) && !trm::solver::begin(model, owner.ask(puzzle).value()));
}

static void calls_back(const std::string &models)
{
    const auto model = trm::model::open(models + "/sudoku-small.trm").value();
    std::uint32_t steps = 0, judged = 0;
    trm::options options;
    options.watch([&](const trm_run_step &seen) { steps = seen.step; });
    options.verify(
        [&](const trm_questions &question, std::size_t index, trm::span<const std::int32_t> answer) {
            CHECK(question.count == 1 && index == 0 && answer.size() == 16);
            return ++judged == 3 ? TRM_VERDICT_VERIFIED : TRM_VERDICT_UNVERIFIED;
        });
    options.halt_probability = 0.9999999;
    const auto answer = model.solve(puzzle, options).value();
    CHECK(answer.stop == TRM_STOP_VERIFIED && answer.steps == 3 && steps == 3);
#if defined(__cpp_exceptions)
    const trm::options copy = options.watch([](const trm_run_step &) { throw std::string("enough"); });
    bool caught = false;
    try {
        CHECK(!model.solve(puzzle, copy));
    } catch (const std::string &what) {
        caught = what == "enough";
    }
    CHECK(caught);
    caught = false;
    try {
        (void)trm::model::open(models + "/none.trm").value();
    } catch (const trm::failure &failure) {
        caught =
            failure.why().status == TRM_ERROR_FILE && std::string(failure.what()) == failure.why().message;
    }
    CHECK(caught);
#endif
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    solves(argv[1]);
    colours(argv[1]);
    goes_step_by_step(argv[1]);
    fails_in_words(argv[1]);
    refuses_what_does_not_fit(argv[1]);
    moves(argv[1]);
    calls_back(argv[1]);
    return failures != 0;
}
