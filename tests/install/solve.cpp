/* An outside C++ program: the header as C++ sees it, and answers from the installed library. */
#include <cstdio>
#include <string>
#include <vector>

#include <trm/trm.h>

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    trm_error error = TRM_ERROR_INIT;
    trm_open_options open_options = TRM_OPEN_OPTIONS_INIT;
    trm_model *model = NULL;
    if (trm_model_open(argv[1], &open_options, &model, &error) != TRM_OK) {
        std::fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    std::string text(argv[2]);
    std::vector<int32_t> question(text.size()), answer(text.size());
    trm_questions questions = TRM_QUESTIONS_INIT;
    questions.count = 1;
    questions.tokens = question.data();
    trm_answers answers = TRM_ANSWERS_INIT;
    answers.tokens = answer.data();
    trm_solve_options options = TRM_SOLVE_OPTIONS_INIT;
    const bool solved =
        trm_model_encode(model, NULL, text.data(), text.size(), question.data(), &error) == TRM_OK &&
        trm_solve(model, &questions, &answers, &options, &error) == TRM_OK &&
        trm_model_decode(model, NULL, answer.data(), answer.size(), &text[0], &error) == TRM_OK;
    std::puts(solved ? text.c_str() : error.message);
    trm_model_close(model);
    return solved ? 0 : 1;
}
