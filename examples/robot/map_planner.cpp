// The planner as the core of a ROS 2 node, without ROS: the callback takes whatever has the fields of
// nav_msgs::msg::OccupancyGrid, and the way comes back as cells of the map. doc/firmware.md has the node
// around it.
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "planner.h"

struct Cell {
    std::uint32_t row, column;
};

// What a node publishes. `way` begins behind the robot's cell and ends at the goal.
struct Plan {
    plan_kind kind = PLAN_THINKING;
    std::vector<Cell> way;
};

class MapPlanner {
  public:
    // A model in memory or a mapped file; rows and columns of every map to come.
    MapPlanner(const trm_model *model, std::uint32_t rows, std::uint32_t columns) : columns_(columns)
    {
        trm_error error = TRM_ERROR_INIT;
        check(planner_open(&planner_, model, rows, columns, nullptr, 0, &error), error);
    }
    ~MapPlanner() { planner_close(&planner_); }
    MapPlanner(const MapPlanner &) = delete;
    MapPlanner &operator=(const MapPlanner &) = delete;

    void set_goal(Cell goal) { goal_ = goal; }
    void set_robot(Cell robot) { robot_ = robot; }

    // The callback of a subscription to an occupancy grid: cells of 50 and more, or unknown (-1), are walls.
    template <typename OccupancyGrid> void on_map(const OccupancyGrid &grid)
    {
        if (!goal_ || grid.info.width != columns_ ||
            grid.data.size() != planner_.shape.rows * std::size_t(columns_))
            throw std::invalid_argument("expected a goal, and a map of the planner's size");
        std::string map(grid.data.size(), ' ');
        for (std::size_t i = 0; i < map.size(); i++)
            if (grid.data[i] < 0 || grid.data[i] >= 50)
                map[i] = '#';
        map[index(robot_)] = 'S';
        map[index(*goal_)] = 'G';
        trm_error error = TRM_ERROR_INIT;
        check(planner_see(&planner_, map.c_str(), &error), error);
    }

    // The callback of a timer: a budget of steps, the best plan so far. Only PLAN_WAY is to be driven.
    Plan tick(std::uint32_t steps)
    {
        trm_error error = TRM_ERROR_INIT;
        plan now {};
        check(planner_tick(&planner_, steps, &now, &error), error);
        Plan made;
        made.kind = now.kind;
        std::string cells = now.cells;
        for (std::uint32_t at = now.at; made.kind == PLAN_WAY && cells[at] != 'G';) {
            cells[at] = ' ';
            at = plan_next(cells.c_str(), columns_, at);
            made.way.push_back({ at / columns_, at % columns_ });
        }
        return made;
    }

  private:
    std::size_t index(Cell cell) const { return cell.row * std::size_t(columns_) + cell.column; }
    static void check(trm_status status, const trm_error &error)
    {
        if (status != TRM_OK)
            throw std::runtime_error(error.message[0] != '\0' ? error.message : trm_status_name(status));
    }

    planner planner_ {};
    std::uint32_t columns_;
    Cell robot_ { 0, 0 };
    std::optional<Cell> goal_;
};

// nav_msgs::msg::OccupancyGrid, as far as it is read.
struct Grid {
    struct {
        std::uint32_t width, height;
    } info;
    std::vector<std::int8_t> data;
};

static void show(const char *what, const Plan &plan)
{
    static const char *const words[] = { "thinking", "a way of", "no way" };
    std::printf("%s: %s", what, words[plan.kind]);
    if (plan.kind == PLAN_WAY)
        std::printf(" %zu cells, first to %u,%u", plan.way.size(), plan.way.front().row, plan.way.front().column);
    std::printf("\n");
}

int main(int, char **arguments)
{
    trm_error error = TRM_ERROR_INIT;
    trm_model *opened = nullptr;
    if (trm_model_open(arguments[1], nullptr, &opened, &error) != TRM_OK) {
        std::fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    const std::unique_ptr<trm_model, void (*)(trm_model *)> model(opened, trm_model_close);
    MapPlanner planner(model.get(), 10, 10);
    Grid grid { { 10, 10 }, std::vector<std::int8_t>(100, 0) };
    planner.set_goal({ 9, 9 });
    planner.on_map(grid);
    show("an open map", planner.tick(8));
    for (std::size_t row = 0; row < 10; row++)
        grid.data[row * 10 + 4] = row == 8 ? 0 : 100;
    planner.on_map(grid);
    show("a wall with a door", planner.tick(16));
    grid.data[84] = -1;
    planner.on_map(grid);
    show("and the door unknown", planner.tick(32));
    return 0;
}
