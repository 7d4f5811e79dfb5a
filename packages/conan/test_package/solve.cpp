#include <cstdio>

#include <trm/trm.hpp>

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    const auto model = trm::model::open(argv[1]);
    const auto answer = model ? model->solve(argv[2]) : trm::result<trm::answer>(model.error());
    std::puts(answer ? answer->text.c_str() : answer.error().message.c_str());
    return answer && answer->verdict == TRM_VERDICT_VERIFIED ? 0 : 1;
}
