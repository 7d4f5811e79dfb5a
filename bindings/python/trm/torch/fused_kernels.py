"""The relational block in Triton: what follows once a node's relations are known, in one pass over rows each way.

doc/model.md, section 4, (19) and (20). A row is a node of a question. Its [g ; s] is the product of the node itself
and of what it hears by itself, and the products that were made once for each group that it belongs to. It lives in
registers alone: backwards it is made again. Channels and hidden channels are filled up with zeros to powers of two.

    v       rows x D          heard    rows x K         weight    2H x (D + K)      down    D x H
    groups  B x G x 2H: products of all groups         index     Q x R x N: which of them a node hears, or -1

Q is B, or 1 where the groups of all questions are the same: then `step`, from a question's index to the next, is 0.
"""

# mypy: ignore-errors
# What is decorated here is read by Triton, and has no types that Python knows.

from __future__ import annotations

import triton
import triton.language as tl


@triton.jit
def rows_of(pointer, rows, inside, columns, WIDTH: tl.constexpr, STRIDE: tl.constexpr):
    """A tile of a matrix: these rows and columns of it, zeros where there are none."""
    mask = inside[:, None] & (columns < WIDTH)[None, :]
    return tl.load(pointer + rows[:, None] * STRIDE + columns[None, :], mask=mask, other=0.0)


@triton.jit
def columns_of(pointer, inputs, outputs, INPUTS: tl.constexpr, OUTPUTS: tl.constexpr, STRIDE: tl.constexpr):
    """A tile of a matrix outputs x inputs, transposed."""
    mask = (inputs < INPUTS)[:, None] & (outputs < OUTPUTS)[None, :]
    return tl.load(pointer + outputs[None, :] * STRIDE + inputs[:, None], mask=mask, other=0.0)


@triton.jit
def write_rows(pointer, rows, inside, columns, values, WIDTH: tl.constexpr, STRIDE: tl.constexpr):
    """The other way round."""
    mask = inside[:, None] & (columns < WIDTH)[None, :]
    place = pointer + rows[:, None] * STRIDE + columns[None, :]
    tl.store(place, values.to(pointer.dtype.element_ty), mask=mask)


@triton.jit
def inner_of(
    own, heard, weight, groups, index, rows, inside, nodes, count, step, h,
    D: tl.constexpr, H: tl.constexpr, K: tl.constexpr, R: tl.constexpr,
    WIDE_D: tl.constexpr, WIDE_K: tl.constexpr, PRECISION: tl.constexpr,
):  # fmt: skip
    """(19): these channels of g and s, in float32."""
    d, INPUTS = tl.arange(0, WIDE_D), D + K
    other = weight + H * INPUTS
    gate = tl.dot(own, columns_of(weight, d, h, D, H, INPUTS), input_precision=PRECISION)
    up = tl.dot(own, columns_of(other, d, h, D, H, INPUTS), input_precision=PRECISION)
    for first in range(0, K, WIDE_K):
        k = first + tl.arange(0, WIDE_K)
        part = rows_of(heard, rows, inside, k, K, K)
        gate = tl.dot(part, columns_of(weight + D, k, h, K, H, INPUTS), gate, input_precision=PRECISION)
        up = tl.dot(part, columns_of(other + D, k, h, K, H, INPUTS), up, input_precision=PRECISION)
    question, node = rows // nodes, rows % nodes
    for relation in tl.static_range(R):
        group = tl.load(index + question * step + relation * nodes + node, mask=inside, other=-1)
        hears, place = group >= 0, question * count + group
        gate += rows_of(groups, place, hears, h, H, 2 * H).to(tl.float32)
        up += rows_of(groups + H, place, hears, h, H, 2 * H).to(tl.float32)
    return gate, up


@triton.jit
def said_of(
    own, heard, weight, groups, index, down, rows, inside, nodes, count, step, epsilon,
    D: tl.constexpr, H: tl.constexpr, K: tl.constexpr, R: tl.constexpr,
    WIDE_D: tl.constexpr, WIDE_H: tl.constexpr, WIDE_K: tl.constexpr, PRECISION: tl.constexpr,
):  # fmt: skip
    """Wd (sigmoid(g) * g * s), and what the inner norm multiplies it by: a number a row, so that it can come last."""
    d = tl.arange(0, WIDE_D)
    said = tl.zeros((own.shape[0], WIDE_D), tl.float32)
    squares = tl.zeros((own.shape[0],), tl.float32)
    for first in range(0, H, WIDE_H):
        h = first + tl.arange(0, WIDE_H)
        gate, up = inner_of(
            own, heard, weight, groups, index, rows, inside, nodes, count, step, h,
            D, H, K, R, WIDE_D, WIDE_K, PRECISION,
        )  # fmt: skip
        product = gate * up
        squares += tl.sum(product * product, 1)
        inner = (tl.sigmoid(gate) * product).to(own.dtype)
        said = tl.dot(inner, columns_of(down, h, d, H, D, H), said, input_precision=PRECISION)
    return said, tl.rsqrt(squares / H + epsilon)[:, None]


@triton.jit
def forward_kernel(
    v, heard, weight, groups, index, down, out, count_rows, nodes, count, step, epsilon,
    D: tl.constexpr, H: tl.constexpr, K: tl.constexpr, R: tl.constexpr, ROWS: tl.constexpr,
    WIDE_D: tl.constexpr, WIDE_H: tl.constexpr, WIDE_K: tl.constexpr, PRECISION: tl.constexpr,
):  # fmt: skip
    """(19) and (20) for a tile of rows."""
    rows = tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS)
    d, inside = tl.arange(0, WIDE_D), rows < count_rows
    own = rows_of(v, rows, inside, d, D, D)
    said, inverse = said_of(
        own, heard, weight, groups, index, down, rows, inside, nodes, count, step, epsilon,
        D, H, K, R, WIDE_D, WIDE_H, WIDE_K, PRECISION,
    )  # fmt: skip
    total = own.to(tl.float32) + said * inverse
    total *= tl.rsqrt(tl.sum(total * total, 1) / D + epsilon)[:, None]
    write_rows(out, rows, inside, d, total, D, D)


@triton.jit
def backward_kernel(
    v, heard, weight, groups, index, down, out_gradient, v_gradient, inner_gradient, total_gradient, inner,
    count_rows, nodes, count, step, epsilon,
    D: tl.constexpr, H: tl.constexpr, K: tl.constexpr, R: tl.constexpr, ROWS: tl.constexpr,
    WIDE_D: tl.constexpr, WIDE_H: tl.constexpr, WIDE_K: tl.constexpr, PRECISION: tl.constexpr,
):  # fmt: skip
    """The gradients of v, of [g ; s] and of the sum before the outer norm; and what Wd multiplies, made again."""
    rows = tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS)
    d, inside, INPUTS = tl.arange(0, WIDE_D), rows < count_rows, D + K
    own = rows_of(v, rows, inside, d, D, D)
    said, inverse = said_of(
        own, heard, weight, groups, index, down, rows, inside, nodes, count, step, epsilon,
        D, H, K, R, WIDE_D, WIDE_H, WIDE_K, PRECISION,
    )  # fmt: skip
    total = own.to(tl.float32) + said * inverse
    given = rows_of(out_gradient, rows, inside, d, D, D).to(tl.float32)
    outer = tl.rsqrt(tl.sum(total * total, 1) / D + epsilon)[:, None]
    along = (tl.sum(given * total, 1) / D)[:, None]
    passed = outer * (given - total * (outer * outer * along))
    # the mean of (g s) times its own gradient, over H, is that of Wd (...) times `passed`: nothing new to sum up
    along = (tl.sum(passed * said, 1) / H)[:, None] * inverse * inverse
    narrow = passed.to(own.dtype)
    write_rows(total_gradient, rows, inside, d, passed, D, D)
    for first in range(0, H, WIDE_H):
        h = first + tl.arange(0, WIDE_H)
        gate, up = inner_of(
            own, heard, weight, groups, index, rows, inside, nodes, count, step, h,
            D, H, K, R, WIDE_D, WIDE_K, PRECISION,
        )  # fmt: skip
        product, share = gate * up, tl.sigmoid(gate)
        write_rows(inner, rows, inside, h, share * product * inverse, H, H)
        back = tl.dot(narrow, rows_of(down, d, d < D, h, H, H), input_precision=PRECISION) * inverse
        product_gradient = back * share - product * (along * inverse)
        gate_gradient = product_gradient * up + back * product * share * (1 - share)
        up_gradient = product_gradient * gate
        write_rows(inner_gradient, rows, inside, h, gate_gradient, H, 2 * H)
        write_rows(inner_gradient + H, rows, inside, h, up_gradient, H, 2 * H)
        gates = rows_of(weight, h, h < H, d, D, INPUTS)
        passed = tl.dot(gate_gradient.to(own.dtype), gates, passed, input_precision=PRECISION)
        ups = rows_of(weight + H * INPUTS, h, h < H, d, D, INPUTS)
        passed = tl.dot(up_gradient.to(own.dtype), ups, passed, input_precision=PRECISION)
    write_rows(v_gradient, rows, inside, d, passed, D, D)


@triton.jit
def collect_kernel(
    inner_gradient, first, members, groups_gradient, nodes, count, first_step, members_step,
    WIDTH: tl.constexpr, WIDE: tl.constexpr, AT_ONCE: tl.constexpr,
):  # fmt: skip
    """The gradient of a group's product: the sum over the nodes that hear it, in their order.

    first: Q x (G + 1); members: Q x R N, the nodes that hear each group, one group behind the other.
    """
    group, question = tl.program_id(0), tl.program_id(1).to(tl.int64)
    columns = tl.arange(0, WIDE)
    begin = tl.load(first + question * first_step + group)
    end = tl.load(first + question * first_step + group + 1)
    total = tl.zeros((WIDE,), tl.float32)
    for place in range(begin, end, AT_ONCE):
        places = place + tl.arange(0, AT_ONCE)
        there = places < end
        node = tl.load(members + question * members_step + places, mask=there, other=0)
        said = rows_of(inner_gradient, question * nodes + node, there, columns, WIDTH, WIDTH)
        total += tl.sum(said.to(tl.float32), 0)
    to = groups_gradient + (question * count + group) * WIDTH + columns
    tl.store(to, total.to(groups_gradient.dtype.element_ty), mask=columns < WIDTH)
