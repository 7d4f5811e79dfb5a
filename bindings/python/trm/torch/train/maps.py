"""Grids with ways from S to G, made up as doc/model.md's models of paths learnt from them.

A grid is a whole number with a bit for each cell, so that a search moves all of its front at once. Three kinds:

    mazes         one shortest way alone, half of them made longer: a cell or two change sides, and stay so when the
                  longest way that is the only shortest one has not become shorter
    open maps     few walls, several shortest ways; the answer takes from S always the first of up, left, right, down
                  that comes nearer to G
    unreachable   the answer has no way
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Callable, Iterator, Optional, Tuple

import numpy as np

WALL, FREE, START, GOAL, WAY = range(5)  # of the alphabet "# SGo"
LEAST_MOVES = 2
MAZE_WALLS, OPEN_WALLS, SHUT_WALLS = (0.15, 0.42), (0.0, 0.36), (0.0, 0.45)
ROOM = (1, 2, 3, 5, 9, 15)  # moves: how far a walled-in goal or start sees
TRIES_OF_A_ROW = 16
NEAR_LONGEST = 3
ATTEMPTS = 1000


@dataclass
class Search:
    """From a goal: the cells at each distance, and those of them with one shortest way alone."""

    levels: list[int]
    singles: list[int]

    def longest(self) -> int:
        """The length of the longest way that is the only shortest one; 0: none."""
        return max((length for length, cells in enumerate(self.singles) if cells), default=0)


class Field:
    """Grids of so many rows and columns."""

    def __init__(self, rows: int, columns: int) -> None:
        self.rows, self.columns, self.cells = rows, columns, rows * columns
        self.all = (1 << self.cells) - 1
        first = sum(1 << row * columns for row in range(rows))
        self.not_first, self.not_last = self.all & ~first, self.all & ~(first << columns - 1)

    def beside(self, cells: int) -> tuple[int, int, int, int]:
        """Moved up, left, right and down."""
        c = self.columns
        return cells >> c, (cells & self.not_first) >> 1, (cells & self.not_last) << 1, cells << c & self.all

    def search(self, free: int, goal: int) -> Search:
        front = single = left = goal
        found, left = Search([goal], [goal]), free & ~goal
        while True:
            up, west, east, down = self.beside(front)
            vertical, across = up ^ down, west ^ east
            once = (vertical ^ across) & ~(up & down | west & east)
            front = (up | down | west | east) & left
            if not front:
                return found
            a, b, c, d = self.beside(single)
            single = front & once & (a | b | c | d)
            left &= ~front
            found.levels.append(front)
            found.singles.append(single)

    def walls(self, rng: random.Random, shares: tuple[float, float]) -> int:
        """Free cells among walls of a share drawn between two."""
        count = round(self.cells * rng.uniform(*shares))
        return self.all & ~sum(1 << cell for cell in rng.sample(range(self.cells), count))


def bits(cells: int) -> Iterator[int]:
    """The places of the ones."""
    while cells:
        lowest = cells & -cells
        yield lowest.bit_length() - 1
        cells ^= lowest


def pick(rng: random.Random, cells: int) -> int:
    """One of them, as a bit."""
    return 1 << rng.choice(list(bits(cells)))


def walk(field: Field, found: Search, start: int) -> int:
    """The cells between a start and the goal, by the rule of ties."""
    distance = next(i for i, level in enumerate(found.levels) if level & start)
    way, cell = 0, start
    for nearer in reversed(found.levels[1:distance]):
        cell = next(step for step in field.beside(cell) if step & nearer)
        way |= cell
    return way


def _cells(where: np.ndarray) -> int:
    return sum(1 << int(cell) for cell in np.flatnonzero(where))


def _is_one(cells: int) -> bool:
    return cells != 0 and cells & (cells - 1) == 0


def is_shortest(field: Field, question: np.ndarray, answer: np.ndarray) -> bool:
    """Whether an answer marks a shortest way, any of several, or none where the goal cannot be reached."""
    start, goal, way = _cells(question == START), _cells(question == GOAL), _cells(answer == WAY)
    kept = np.where(answer == WAY, FREE, answer)
    if not (_is_one(start) and _is_one(goal) and np.array_equal(kept, question)):
        return False
    levels = field.search(_cells(question != WALL), goal).levels
    distance = next((i for i, level in enumerate(levels) if level & start), 0)
    cell, walked = start, 0
    for nearer in reversed(levels[1:distance]):
        cell = sum_of(field.beside(cell)) & nearer & way
        if not _is_one(cell):
            return False
        walked |= cell
    return way == walked


def right_ways(size: tuple[int, int], questions: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """The same of each of B x S."""
    field = Field(*size)
    return np.array([is_shortest(field, *pair) for pair in zip(questions, answers)], bool)


def _grid(field: Field, free: int, start: int, goal: int, way: int) -> tuple[np.ndarray, np.ndarray]:
    question = np.full(field.cells, WALL, np.uint8)
    question[list(bits(free))] = FREE
    question[start.bit_length() - 1], question[goal.bit_length() - 1] = START, GOAL
    answer = question.copy()
    answer[list(bits(way))] = WAY
    return question, answer


def _lengthen(field: Field, free: int, goal: int, rng: random.Random) -> int:
    """The hill that is climbed: free cells whose longest single way from the goal is longer."""
    best = field.search(free, goal).longest()
    for _ in range(rng.randint(1, TRIES_OF_A_ROW * field.rows)):
        flipped = free ^ 1 << rng.randrange(field.cells)
        if rng.random() < 0.5:
            flipped ^= 1 << rng.randrange(field.cells)
        if not flipped & goal:
            continue
        longest = field.search(flipped, goal).longest()
        if longest >= best:
            free, best = flipped, longest
    return free


def _maze(field: Field, rng: random.Random, least: int) -> tuple[np.ndarray, np.ndarray] | None:
    free = field.walls(rng, MAZE_WALLS)
    goal = pick(rng, free)
    climbs = rng.random() < 0.5
    if climbs:
        free = _lengthen(field, free, goal, rng)
    found = field.search(free, goal)
    longest = found.longest()
    lengths = [n for n, cells in enumerate(found.singles) if cells and n >= least]
    if climbs:
        lengths = [n for n in lengths if n >= longest - NEAR_LONGEST]
    if not lengths:
        return None
    start = pick(rng, found.singles[rng.choice(lengths)])
    way = walk(field, found, start)
    if rng.random() < 0.5:
        start, goal = goal, start
    return _grid(field, free, start, goal, way)


def _open(field: Field, rng: random.Random, least: int) -> tuple[np.ndarray, np.ndarray] | None:
    free = field.walls(rng, OPEN_WALLS)
    goal = pick(rng, free)
    found = field.search(free, goal)
    starts = sum(found.levels[least:])  # levels have no cell in common
    if not starts:
        return None
    start = pick(rng, starts)
    return _grid(field, free, start, goal, walk(field, found, start))


def _unreachable(field: Field, rng: random.Random, _: int) -> tuple[np.ndarray, np.ndarray] | None:
    free = field.walls(rng, SHUT_WALLS)
    goal = pick(rng, free)
    if rng.random() < 0.6:  # walls around the goal, or around what is near it
        reached = sum(field.search(free, goal).levels[: rng.choice(ROOM)])
        around = sum_of(field.beside(reached)) & ~reached
        free &= ~around
    starts = free & ~sum(field.search(free, goal).levels)
    if not starts:
        return None
    start = pick(rng, starts)
    if rng.random() < 0.5:
        start, goal = goal, start
    return _grid(field, free, start, goal, 0)


Maker = Callable[[Field, random.Random, int], Optional[Tuple[np.ndarray, np.ndarray]]]


def sum_of(parts: tuple[int, ...]) -> int:
    """Cells that are in any of them."""
    whole = 0
    for part in parts:
        whole |= part
    return whole


@dataclass(frozen=True)
class Recipe:
    """What is made: grids of one size, so many of each kind."""

    rows: int
    columns: int
    seed: int
    open_share: float  # of all
    unreachable_share: float  # of open maps

    def _kind(self, rng: random.Random) -> Maker:
        if rng.random() >= self.open_share:
            return _maze
        return _unreachable if rng.random() < self.unreachable_share else _open

    def make(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """The question and the answer with this number, always the same."""
        rng = random.Random(f"{self.seed} {self.rows} {self.columns} {number}")
        field = Field(self.rows, self.columns)
        for _ in range(ATTEMPTS):
            made = self._kind(rng)(field, rng, min(LEAST_MOVES, field.cells - 1))
            if made is not None:
                return made
        raise ValueError(f"no path was found in {ATTEMPTS} grids of {self.rows}x{self.columns}")
