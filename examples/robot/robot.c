/* A robot drives over a map that changes on its way. It moves only along a way that the rules have verified,
 * one cell a tick: what is left of a shortest way is one. Where a wall appears on it, the robot plans again,
 * at most STEPS steps a tick, waits while nothing is verified, and stops for good where it is verified that
 * the goal cannot be reached. The same text, to the bit, on a computer and on a microcontroller. */
#include <string.h>

#include "path_model.h"
#include "planner.h"
#include "platform.h"
#include "text.h"

#ifndef MODEL_WORKSPACE
#define MODEL_WORKSPACE 12288 /* trm info --target has both numbers */
#endif
#ifndef SOLVER_WORKSPACE
#define SOLVER_WORKSPACE 98304
#endif

enum { SIDE = 10, CELLS = SIDE * SIDE, STEPS = 2, MOST_TICKS = 60, NOBODY = -1 };

/* What happens at a tick: cells become walls. */
typedef struct event {
    int tick;
    uint8_t walls[SIDE];
} event;

typedef struct story {
    const char *name, *map;
    event events[4];
} story;

/* clang-format off */
static const story stories[] = {
    { "a door that closes",
      "S  #      "
      "   #      "
      "      ##  "
      "          "
      "#######  #"
      "      #   "
      " ##       "
      "      #   "
      "  #   #   "
      "  #   #  G",
      { { 4, { 23 } }, { 9, { 55 } }, { 13, { 58 } }, { NOBODY, { 0 } } } },
    { "both doors close",
      "S         "
      "          "
      "##  ######"
      "          "
      "          "
      "          "
      "          "
      "          "
      "          "
      "         G",
      { { 3, { 22 } }, { 5, { 23 } }, { NOBODY, { 0 } } } },
};
/* clang-format on */

static _Alignas(64) unsigned char model_workspace[MODEL_WORKSPACE], solver_workspace[SOLVER_WORKSPACE];
static planner pilot;
static char map[CELLS + 1];
static char way[CELLS + 1]; /* the last plan that was verified; empty: none that still holds */

static _Noreturn void fail(const char *what, trm_status status, const trm_error *error)
{
    put(what);
    put(": status ");
    put_number((uint64_t)status);
    put(" ");
    put(error->message);
    put("\n");
    quit(1);
}

/* Whether the map changed. */
static bool happen(const story *s, int tick)
{
    bool changed = false;
    for (const event *e = s->events; e->tick != NOBODY; e++)
        for (int i = 0; e->tick == tick && i < SIDE && e->walls[i] != 0; i++)
            if (map[e->walls[i]] == ' ') {
                map[e->walls[i]] = '#';
                changed = true;
            }
    return changed;
}

static uint32_t robot_at(void)
{
    return (uint32_t)(strchr(map, 'S') - map);
}

/* Whether no wall has come upon what is left of the way. */
static bool holds(void)
{
    for (int i = 0; way[0] != '\0' && i < CELLS; i++)
        if (way[i] == 'o' && map[i] == '#')
            way[0] = '\0';
    return way[0] != '\0';
}

/* One cell along the way; true where that is the goal. */
static bool move(void)
{
    const uint32_t from = robot_at(), to = plan_next(way, SIDE, from);
    if (way[to] == 'G')
        return true;
    map[from] = ' ';
    way[from] = ' ';
    map[to] = 'S';
    return false;
}

static uint32_t bits_of(float number)
{
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

static void show_place(int tick, bool changed)
{
    put("tick ");
    put_number((uint64_t)tick);
    put(" at ");
    put_number(robot_at() / SIDE);
    put(",");
    put_number(robot_at() % SIDE);
    put(changed ? ", the map changed" : "");
}

static void show_plan(const plan *now)
{
    static const char *const words[] = { ": thinking, ", ": a way, ", ": no way, " };
    put(words[now->kind]);
    put_number(now->length);
    put(" cells, steps ");
    put_number(now->steps);
    put(", probability ");
    put_bits(bits_of(now->probability));
    put("\n");
}

/* A tick without a way that holds: the best answer so far. */
static plan think(bool see)
{
    trm_error error = TRM_ERROR_INIT;
    plan now = { .kind = PLAN_THINKING };
    trm_status status = see ? planner_see(&pilot, map, &error) : TRM_OK;
    if (status == TRM_OK)
        status = planner_tick(&pilot, STEPS, &now, &error);
    if (status != TRM_OK)
        fail("planner", status, &error);
    show_plan(&now);
    if (now.kind == PLAN_WAY)
        memcpy(way, now.cells, sizeof way);
    return now;
}

/* One tick; false where the drive ends. `asked`: the planner knows the map as it is. */
static bool drive(const story *s, int tick, bool *asked)
{
    const bool changed = happen(s, tick);
    show_place(tick, changed);
    if (!holds()) {
        const plan now = think(changed || !*asked);
        *asked = true;
        if (now.kind == PLAN_NO_WAY)
            put("stopped: the goal cannot be reached\n");
        return now.kind != PLAN_NO_WAY;
    }
    *asked = false;
    put(": driving\n");
    if (!move())
        return true;
    put("arrived\n");
    return false;
}

static void tell_story(const story *s)
{
    bool asked = false;
    put(s->name);
    put("\n");
    memcpy(map, s->map, sizeof map);
    way[0] = '\0';
    for (int tick = 0; tick < MOST_TICKS && drive(s, tick, &asked);)
        tick++;
}

static trm_model *open_model(void)
{
    trm_error error = TRM_ERROR_INIT;
    trm_open_options opening = TRM_OPEN_OPTIONS_INIT;
    trm_model *model = NULL;
    opening.workspace = model_workspace;
    opening.workspace_size = sizeof model_workspace;
    const trm_status status = trm_model_open_memory(path_model, sizeof path_model, &opening, &model, &error);
    if (status != TRM_OK)
        fail("model", status, &error);
    return model;
}

int main(void)
{
    trm_error error = TRM_ERROR_INIT;
    trm_model *model = open_model();
    for (size_t i = 0; i < sizeof stories / sizeof *stories; i++) {
        const trm_status status =
            planner_open(&pilot, model, SIDE, SIDE, solver_workspace, sizeof solver_workspace, &error);
        if (status != TRM_OK)
            fail("planner", status, &error);
        tell_story(&stories[i]);
        planner_close(&pilot);
    }
    trm_model_close(model);
    return 0;
}
