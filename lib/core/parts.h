/* What a build may leave out of solving (-Dparts). lib/solve refuses it, nothing else asks for it, and so the
 * compiler leaves out what would follow. Without "files" lib/model/prepared.c stands in for open.c. */
#ifndef TRMI_CORE_PARTS_H
#define TRMI_CORE_PARTS_H

#include <stdbool.h>

#include <trm/trm.h>

/* More than one run: restarts, views, votes, candidates; more than one question at once. */
#ifdef TRM_WITHOUT_RUNS
enum { TRMI_HAS_RUNS = 0 };
#else
enum { TRMI_HAS_RUNS = 1 };
#endif

/* What several runs say together: candidates beside the answer, and a vote. */
#if defined(TRM_WITHOUT_RUNS) || defined(TRM_WITHOUT_VOTES)
enum { TRMI_HAS_VOTES = 0 };
#else
enum { TRMI_HAS_VOTES = 1 };
#endif

#ifdef TRM_WITHOUT_SEARCH
enum { TRMI_HAS_SEARCH = 0 };
#else
enum { TRMI_HAS_SEARCH = 1 };
#endif

/* What calls the host back: a watcher of every step, a verifier of its own, threads (an executor), an
 * allocator. */
#ifdef TRM_WITHOUT_CALLBACKS
enum { TRMI_HAS_CALLBACKS = 0 };
#else
enum { TRMI_HAS_CALLBACKS = 1 };
#endif

/* Relations, helpers and features that come with a question, and relations that a model's file lists. */
#ifdef TRM_WITHOUT_GIVEN
enum { TRMI_HAS_GIVEN = 0 };
#else
enum { TRMI_HAS_GIVEN = 1 };
#endif

/* Opening .trm files; without it prepared models alone. */
#ifdef TRM_WITHOUT_FILES
enum { TRMI_HAS_FILES = 0 };
#else
enum { TRMI_HAS_FILES = 1 };
#endif

/* No other kind of blocks (-Dkinds). */
#if defined(TRM_WITHOUT_MIXER) && defined(TRM_WITHOUT_ATTENTION)
enum { TRMI_RELATIONAL_ALONE = 1 };
#else
enum { TRMI_RELATIONAL_ALONE = 0 };
#endif

static inline bool trmi_searches(const trm_solve_options *options)
{
    return TRMI_HAS_SEARCH && options->search != 0;
}

static inline size_t trmi_view_count(const trm_solve_options *options)
{
    return TRMI_HAS_RUNS ? options->view_count : 0;
}

static inline uint32_t trmi_run_count(const trm_solve_options *options)
{
    return TRMI_HAS_RUNS && options->runs > 0 ? options->runs : 1;
}

static inline uint32_t trmi_batch(const trm_solve_options *options)
{
    return TRMI_HAS_RUNS ? options->batch : 1;
}

static inline uint32_t trmi_candidate_count(const trm_solve_options *options)
{
    return TRMI_HAS_VOTES ? options->candidates : 0;
}

static inline bool trmi_votes(const trm_solve_options *options)
{
    return TRMI_HAS_VOTES && options->policy == TRM_POLICY_VOTE;
}

static inline const trm_watcher *trmi_watcher_of(const trm_solve_options *options)
{
    return TRMI_HAS_CALLBACKS ? options->watcher : NULL;
}

static inline const trm_verifier *trmi_verifier_of(const trm_solve_options *options)
{
    return TRMI_HAS_CALLBACKS ? options->verifier : NULL;
}

#endif
