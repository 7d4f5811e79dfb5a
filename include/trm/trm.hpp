/*
 * trm.hpp - libtrm in C++17
 * Copyright (c) 2026 the libtrm authors. SPDX-License-Identifier: MIT
 *
 * \file trm.hpp
 *
 * A header over trm.h, which is the manual: what a function does, and from which threads it may be called,
 * stands there. Here are owners that release what they own, spans in place of pointers with sizes, and
 * results that are a value or an error. Link with libtrm (`-ltrm`), as a C program does.
 *
 *     auto model = trm::model::open("sudoku.trm");
 *     if (!model)
 *         std::fprintf(stderr, "%s\n", model.error().message.c_str());
 *     else if (auto answer =
 *         model->solve("53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"))
 *         std::puts(answer->text.c_str());
 *
 * Errors. A call that can fail returns trm::result<T>: true and a value, or false and a trm::error with the
 *            status and the sentence of the library. value() throws trm::failure instead of being wrong;
 *            without exceptions (-fno-exceptions) it ends the program, as a wrong access to std::optional
 *            would. Nothing else here throws but what containers throw that find no memory.
 * Ownership. model, pool and solver are owners that can be moved and not copied. A solver, and options that
 *            name a pool, must not outlive what they were made with.
 * Callbacks. options::watch and options::verify take functions; what these throw ends the solve, and comes
 *            out of it. Copies of options share them, and are used by one thread at a time.
 *
 * Needs a compiler for C++17 and the standard library. Since 0.2.0.
 */
#ifndef TRM_TRM_HPP
#define TRM_TRM_HPP

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <trm/trm.h>

namespace trm {

/* ------------------------------------------------------------------------------------------- errors */

/** Why a call failed. */
struct error {
    trm_status status = TRM_OK;
    std::string message; /**< a sentence in English: what was expected, what was found */

    /** "TRM_ERROR_PUZZLE" */
    const char *name() const { return trm_status_name(status); }
};

/** What result::value() throws. */
class failure : public std::runtime_error {
public:
    explicit failure(trm::error why) : std::runtime_error(why.message), why_(std::move(why)) {}
    const trm::error &why() const { return why_; }

private:
    trm::error why_;
};

/** A value, or why there is none. */
template <class T>
class [[nodiscard]] result {
public:
    result(T value) : value_(std::move(value)) {}
    result(trm::error why) : error_(std::move(why)) {}

    explicit operator bool() const { return value_.has_value(); }

    /** Only where it is true. */
    T &operator*() { return *value_; }
    const T &operator*() const { return *value_; }
    T *operator->() { return &*value_; }
    const T *operator->() const { return &*value_; }

    /** Only where it is false. */
    const trm::error &error() const { return error_; }

    /** The value, moved out; throws trm::failure where there is none. */
    T value() &&
    {
        if (value_)
            return std::move(*value_);
#if defined(__cpp_exceptions)
        throw failure(error_);
#else
        std::abort();
#endif
    }

private:
    std::optional<T> value_;
    trm::error error_;
};

/* ------------------------------------------------------------------------------------------- spans */

/** Some T, one after the other, which belong to somebody else. Made of anything that has data() and
    size(). */
template <class T>
class span {
public:
    constexpr span() = default;
    constexpr span(T *data, std::size_t size) : data_(data), size_(size) {}
    template <class Container, class = decltype(std::declval<Container &>().data()),
              class = decltype(std::declval<Container &>().size())>
    constexpr span(Container &&container) : data_(container.data()), size_(container.size())
    {
    }

    constexpr T *data() const { return data_; }
    constexpr std::size_t size() const { return size_; }
    constexpr T *begin() const { return data_; }
    constexpr T *end() const { return data_ + size_; }
    constexpr T &operator[](std::size_t i) const { return data_[i]; }

private:
    T *data_ = nullptr;
    std::size_t size_ = 0;
};

/* ------------------------------------------------------------------------------------------- questions */

/** A shape: fields are those of trm_shape. */
struct shape : trm_shape {
    shape() : trm_shape TRM_SHAPE_INIT {}
    shape(std::uint32_t grid_rows, std::uint32_t grid_columns) : shape()
    {
        rows = grid_rows;
        columns = grid_columns;
    }
};

/** Who hears whom: for each element the list of those that it hears, in ascending order. */
struct relation {
    std::string name;
    std::vector<std::uint32_t> first; /**< where each list begins, and the end of the last */
    std::vector<std::uint32_t> heard;

    relation(std::string of, const std::vector<std::vector<std::uint32_t>> &lists)
        : name(std::move(of)), first { 0 }
    {
        for (const auto &list : lists) {
            heard.insert(heard.end(), list.begin(), list.end());
            first.push_back(static_cast<std::uint32_t>(heard.size()));
        }
    }
};

/** A question with all that it may bring along. */
struct question {
    std::vector<std::int32_t> tokens;
    std::optional<trm::shape> shape; /**< none: the model's own */
    std::vector<relation> relations;
    std::vector<std::int32_t> helpers; /**< the kind of each */
    std::vector<float> features;
};

/** An answer, and what there is to know about it. */
struct answer {
    std::string text; /**< in the model's alphabet; empty without one */
    std::vector<std::int32_t> tokens;
    std::vector<float> probabilities; /**< of each token */
    std::vector<float> confidences;   /**< how sure the model is of each, by what it was taught */
    std::vector<bool> changed;        /**< givens that it changes */
    float halt_probability = 0.0f;
    std::uint32_t steps = 0; /**< of the run that answers */
    trm_stop stop = TRM_STOP_RUNNING;
    trm_verdict verdict = TRM_VERDICT_UNVERIFIED;
    trm_how how = TRM_HOW_RUN;
    std::uint32_t runs = 0;
    std::uint32_t pins = 0;
    std::uint64_t total_steps = 0; /**< of all runs */
};

/* -------------------------------------------------------------------------------- threads and options */

namespace detail {

template <auto release>
struct releaser {
    template <class T>
    void operator()(T *owned) const
    {
        release(owned);
    }
};

inline trm::error why(trm_status status, const trm_error &from)
{
    return { status, from.message };
}

/* Functions of the host's, and what one of them threw. */
struct callbacks {
    std::function<void(const trm_run_step &)> watch;
    std::function<trm_verdict(const trm_questions &, std::size_t, span<const std::int32_t>)> verify;
    std::exception_ptr thrown;
    trm_watcher watcher = TRM_WATCHER_INIT;
    trm_verifier verifier = TRM_VERIFIER_INIT;

    template <class Call>
    trm_status guarded(trm_error *error, Call call)
    {
#if defined(__cpp_exceptions)
        try {
            call();
            return TRM_OK;
        } catch (...) {
            thrown = std::current_exception();
            static const char sentence[] = "a callback threw an exception";
            for (std::size_t i = 0; i < sizeof sentence; i++)
                error->message[i] = sentence[i];
            error->status = TRM_ERROR_ARGUMENT;
            return TRM_ERROR_ARGUMENT;
        }
#else
        (void)error;
        call();
        return TRM_OK;
#endif
    }

    static trm_status step(void *user, const trm_run_step *seen, trm_error *error)
    {
        auto *self = static_cast<callbacks *>(user);
        return self->guarded(error, [&] { self->watch(*seen); });
    }

    static trm_status judge(void *user, const trm_questions *question, std::size_t index,
                            const std::int32_t *answer, std::uint32_t *verdict, trm_error *error)
    {
        auto *self = static_cast<callbacks *>(user);
        const trm_shape &shape = question->shapes[0];
        const std::size_t size =
            shape.rows > 0 ? std::size_t { shape.rows } * shape.columns : std::size_t { shape.positions };
        return self->guarded(error, [&] { *verdict = self->verify(*question, index, { answer, size }); });
    }

    void rethrow()
    {
#if defined(__cpp_exceptions)
        if (thrown)
            std::rethrow_exception(std::exchange(thrown, nullptr));
#endif
    }
};

} // namespace detail

/** Threads: trm_pool. */
class pool {
public:
    /** 0: as many as there are processors. */
    static result<pool> create(std::uint32_t threads = 0)
    {
        trm_error error = TRM_ERROR_INIT;
        trm_pool *made = nullptr;
        const trm_status status = trm_pool_create(threads, nullptr, &made, &error);
        if (status != TRM_OK)
            return detail::why(status, error);
        return pool(made);
    }

    const trm_executor *executor() const { return trm_pool_executor(owned_.get()); }

private:
    explicit pool(trm_pool *made) : owned_(made) {}
    std::unique_ptr<trm_pool, detail::releaser<trm_pool_free>> owned_;
};

/** How to solve: the fields are those of trm_solve_options, and functions in place of its two callbacks. */
struct options : trm_solve_options {
    options() : trm_solve_options TRM_SOLVE_OPTIONS_INIT, calls_(std::make_shared<detail::callbacks>()) {}
    /* Moving copies: who was moved from would point to functions that it no longer has. */
    options(const options &) = default;
    options &operator=(const options &) = default;

    /** After every step of every run. */
    options &watch(std::function<void(const trm_run_step &)> function)
    {
        calls_->watch = std::move(function);
        calls_->watcher.user = calls_.get();
        calls_->watcher.step = detail::callbacks::step;
        watcher = &calls_->watcher;
        return *this;
    }

    /** The host's own rules: the question, its number, the answer. */
    options &
    verify(std::function<trm_verdict(const trm_questions &, std::size_t, span<const std::int32_t>)> function)
    {
        calls_->verify = std::move(function);
        calls_->verifier.user = calls_.get();
        calls_->verifier.verify = detail::callbacks::judge;
        verifier = &calls_->verifier;
        return *this;
    }

    options &threads(const pool &of)
    {
        executor = of.executor();
        return *this;
    }

    /* For trm::model and trm::solver: throws on what a callback threw. */
    void rethrow() const { calls_->rethrow(); }

private:
    std::shared_ptr<detail::callbacks> calls_; /* copies of the options share it */
};

/* ------------------------------------------------------------------------------------------- models */

namespace detail {

/* What C cannot see, which takes pointers: whether a question has as much as its shape says. */
inline std::optional<trm::error> mistake(const trm_model *model, const question &asked)
{
    trm_error error = TRM_ERROR_INIT;
    trm_model_info about = TRM_MODEL_INFO_INIT;
    const trm_status status = trm_model_describe(model, &about, &error);
    if (status != TRM_OK)
        return why(status, error);
    const trm_shape own = TRM_SHAPE_INIT, &shape = asked.shape ? *asked.shape : own;
    const bool grid = shape.rows > 0 || shape.columns > 0;
    const std::size_t positions = grid                  ? std::size_t { shape.rows } * shape.columns
                                  : shape.positions > 0 ? shape.positions
                                                        : about.positions,
                      features = (positions + asked.helpers.size()) * about.features;
    const auto refuse = [](const char *what, std::size_t expected, std::size_t found) {
        return trm::error { TRM_ERROR_PUZZLE, std::string(what) + ": expected " + std::to_string(expected) +
                                                  ", as the question's shape has, found " + std::to_string(found) };
    };
    if (asked.tokens.size() != positions)
        return refuse("tokens", positions, asked.tokens.size());
    if (asked.features.size() != features)
        return refuse("features", features, asked.features.size());
    for (const relation &r : asked.relations)
        if (r.first.size() < 2)
            return trm::error { TRM_ERROR_PUZZLE,
                                "relation " + r.name + ": expected a list for each element, found none" };
    return std::nullopt;
}

/* A question as C takes it: pointers into it. */
class asked {
public:
    asked(const question &from, std::size_t positions) : questions_ TRM_QUESTIONS_INIT, positions_(positions)
    {
        for (const relation &r : from.relations) {
            trm_relation c = TRM_RELATION_INIT;
            c.name = r.name.c_str();
            c.first = r.first.data();
            c.heard = r.heard.empty() ? nullptr : r.heard.data();
            c.heard_count = r.heard.size();
            c.lists = static_cast<std::uint32_t>(r.first.size() - 1);
            heard_ += r.heard.size();
            relations_.push_back(c);
        }
        if (from.shape)
            shape_ = *from.shape;
        if (!from.helpers.empty())
            shape_.helpers = static_cast<std::uint32_t>(from.helpers.size());
        questions_.count = 1;
        questions_.tokens = from.tokens.data();
        questions_.shapes = &shape_;
        questions_.shape_count = 1;
        questions_.relations = relations_.empty() ? nullptr : relations_.data();
        questions_.relation_count = relations_.size();
        questions_.helper_tokens = from.helpers.empty() ? nullptr : from.helpers.data();
        questions_.features = from.features.empty() ? nullptr : from.features.data();
    }
    asked(const asked &) = delete;
    asked &operator=(const asked &) = delete;

    const trm_questions *get() const { return &questions_; }
    const trm_shape *shape() const { return &shape_; }
    std::uint64_t heard() const { return heard_; }
    std::size_t positions() const { return positions_; }

private:
    trm_questions questions_;
    trm::shape shape_;
    std::vector<trm_relation> relations_;
    std::uint64_t heard_ = 0;
    std::size_t positions_;
};

/* Room for one answer as C writes it. */
class room {
public:
    explicit room(std::size_t positions) : changed_(positions)
    {
        answer_.tokens.resize(positions);
        answer_.probabilities.resize(positions);
        answer_.confidences.resize(positions);
    }

    trm_answers get()
    {
        trm_answers to = TRM_ANSWERS_INIT;
        to.tokens = answer_.tokens.data();
        to.probabilities = answer_.probabilities.data();
        to.cell_confidences = answer_.confidences.data();
        to.changed = changed_.data();
        to.halt_probabilities = &answer_.halt_probability;
        to.steps = &answer_.steps;
        to.stops = &stop_;
        to.verdicts = &verdict_;
        to.hows = &how_;
        to.runs = &answer_.runs;
        to.pins = &answer_.pins;
        to.total_steps = &answer_.total_steps;
        return to;
    }

    answer take(const trm_model *model, const trm_shape *shape)
    {
        answer_.changed.assign(changed_.begin(), changed_.end());
        answer_.stop = static_cast<trm_stop>(stop_);
        answer_.verdict = static_cast<trm_verdict>(verdict_);
        answer_.how = static_cast<trm_how>(how_);
        answer_.text.resize(answer_.tokens.size());
        if (trm_model_decode(model, shape, answer_.tokens.data(), answer_.tokens.size(), answer_.text.data(),
                             nullptr) != TRM_OK)
            answer_.text.clear();
        return std::move(answer_);
    }

private:
    answer answer_;
    std::vector<std::uint8_t> changed_;
    std::uint32_t stop_ = 0, verdict_ = 0, how_ = 0;
};

} // namespace detail

class solver;

/** An opened model: immutable, and shared freely between threads. */
class model {
public:
    /** `flags` are TRM_OPEN_*. A name such as "sudoku" is looked for as trm_model_find() does. */
    static result<model> open(const std::string &path, std::uint32_t flags = 0)
    {
        trm_error error = TRM_ERROR_INIT;
        char found[4200];
        trm_status status = trm_model_find(path.c_str(), found, sizeof found, &error);
        trm_open_options how = TRM_OPEN_OPTIONS_INIT;
        how.flags = flags;
        trm_model *made = nullptr;
        if (status == TRM_OK)
            status = trm_model_open(found, &how, &made, &error);
        if (status != TRM_OK)
            return detail::why(status, error);
        return model(made);
    }

    /** A file's bytes in memory, which stay as they are until the model is closed. */
    static result<model> open_memory(span<const unsigned char> bytes, std::uint32_t flags = 0)
    {
        trm_error error = TRM_ERROR_INIT;
        trm_open_options how = TRM_OPEN_OPTIONS_INIT;
        how.flags = flags;
        trm_model *made = nullptr;
        const trm_status status = trm_model_open_memory(bytes.data(), bytes.size(), &how, &made, &error);
        if (status != TRM_OK)
            return detail::why(status, error);
        return model(made);
    }

    trm_model_info info() const
    {
        trm_model_info about = TRM_MODEL_INFO_INIT;
        if (trm_model_describe(owned_.get(), &about, nullptr) != TRM_OK)
            about = TRM_MODEL_INFO_INIT;
        return about;
    }

    /** A question of text in the model's alphabet; a square tells its shape, where the model takes
        several. */
    result<question> ask(std::string_view text) const
    {
        question asked;
        const trm_model_info about = info();
        std::uint32_t side = 1;
        while (std::size_t { side } * side < text.size() && side < 1024)
            side++;
        if (text.size() != about.positions && about.most_rows > about.least_rows &&
            std::size_t { side } * side == text.size())
            asked.shape = trm::shape(side, side);
        return finish(std::move(asked), text);
    }

    /** The same of a shape. */
    result<question> ask(std::string_view text, const trm::shape &of) const
    {
        question asked;
        asked.shape = of;
        return finish(std::move(asked), text);
    }

    result<answer> solve(const question &asked, const options &how = {}) const
    {
        if (auto wrong = detail::mistake(owned_.get(), asked))
            return *std::move(wrong);
        trm_error error = TRM_ERROR_INIT;
        const detail::asked c(asked, asked.tokens.size());
        detail::room room(asked.tokens.size());
        const trm_answers answers = room.get();
        options fitting = how;
        if (fitting.shape == nullptr)
            fitting.shape = c.shape();
        if (fitting.heard < c.heard())
            fitting.heard = c.heard();
        const trm_status status = trm_solve(owned_.get(), c.get(), &answers, &fitting, &error);
        how.rethrow();
        if (status != TRM_OK)
            return detail::why(status, error);
        return room.take(owned_.get(), c.shape());
    }

    result<answer> solve(std::string_view text, const options &how = {}) const
    {
        auto asked = ask(text);
        if (!asked)
            return asked.error();
        return solve(*asked, how);
    }

    /** What the rules of the model's task say of an answer. */
    result<trm_verdict> verify(const question &asked, span<const std::int32_t> tokens) const
    {
        if (auto wrong = detail::mistake(owned_.get(), asked))
            return *std::move(wrong);
        trm_error error = TRM_ERROR_INIT;
        const detail::asked c(asked, asked.tokens.size());
        if (tokens.size() != asked.tokens.size())
            return trm::error { TRM_ERROR_PUZZLE, "expected " + std::to_string(asked.tokens.size()) +
                                                      " tokens of the answer, as in the question, found " +
                                                      std::to_string(tokens.size()) };
        std::uint32_t verdict = 0;
        const trm_status status = trm_model_verify(owned_.get(), c.get(), tokens.data(), &verdict, &error);
        if (status != TRM_OK)
            return detail::why(status, error);
        return static_cast<trm_verdict>(verdict);
    }

    /** For the functions of trm.h. */
    const trm_model *get() const { return owned_.get(); }

private:
    explicit model(trm_model *made) : owned_(made) {}

    result<question> finish(question asked, std::string_view text) const
    {
        trm_error error = TRM_ERROR_INIT;
        asked.tokens.resize(text.size());
        const trm_status status = trm_model_encode(owned_.get(), asked.shape ? &*asked.shape : nullptr,
                                                   text.data(), text.size(), asked.tokens.data(), &error);
        if (status != TRM_OK)
            return detail::why(status, error);
        return asked;
    }

    std::unique_ptr<trm_model, detail::releaser<trm_model_close>> owned_;
};

/** One question, solved step by step: the best answer so far is always there. */
class solver {
public:
    /** `of` must outlive it. */
    static result<solver> begin(const model &of, const question &asked, const options &how = {})
    {
        if (auto wrong = detail::mistake(of.get(), asked))
            return *std::move(wrong);
        solver made(of, how);
        trm_error error = TRM_ERROR_INIT;
        const detail::asked c(asked, asked.tokens.size());
        if (made.how_.heard < c.heard())
            made.how_.heard = c.heard();
        made.shape_ = *c.shape();
        made.positions_ = c.positions();
        if (made.how_.shape == nullptr)
            made.how_.shape = c.shape();
        trm_solver *raw = nullptr;
        trm_status status = trm_solver_create(of.get(), &made.how_, &raw, &error);
        made.owned_.reset(raw);
        made.how_.shape = nullptr; /* it was read */
        if (status == TRM_OK)
            status = trm_solver_load(raw, c.get(), &error);
        if (status != TRM_OK)
            return detail::why(status, error);
        return made;
    }

    /** One supervision step; false when there is nothing left to do. */
    result<bool> step()
    {
        trm_error error = TRM_ERROR_INIT;
        std::uint32_t running = 0;
        const trm_status status = trm_solver_step(owned_.get(), &running, &error);
        how_.rethrow();
        if (status != TRM_OK)
            return detail::why(status, error);
        return running > 0;
    }

    /** The question has changed, in the same shape: what was thought about it stays (trm_solver_change()). */
    result<bool> change(const question &asked)
    {
        if (auto wrong = detail::mistake(model_, asked))
            return *std::move(wrong);
        trm_error error = TRM_ERROR_INIT;
        const detail::asked c(asked, asked.tokens.size());
        const trm_status status = trm_solver_change(owned_.get(), c.get(), &error);
        if (status != TRM_OK)
            return detail::why(status, error);
        return true;
    }

    /** The answer after the last step. */
    result<trm::answer> read() const
    {
        trm_error error = TRM_ERROR_INIT;
        detail::room room(positions_);
        const trm_answers answers = room.get();
        const trm_status status = trm_solver_read(owned_.get(), &answers, &error);
        if (status != TRM_OK)
            return detail::why(status, error);
        return room.take(model_, &shape_);
    }

private:
    solver(const model &of, const options &how) : model_(of.get()), how_(how) {}

    const trm_model *model_;
    options how_;
    trm_shape shape_ = TRM_SHAPE_INIT;
    std::size_t positions_ = 0;
    std::unique_ptr<trm_solver, detail::releaser<trm_solver_free>> owned_;
};

} // namespace trm

#endif /* TRM_TRM_HPP */
