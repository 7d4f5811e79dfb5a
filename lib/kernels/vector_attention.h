/* What attention needs beside products, in terms of vectors, behind vector_elements.h: see
   vector_kernels.h. */
/* The largest of `count` vectors' numbers, lane by lane; NaN where one of them is infinite or NaN. */
INLINE vector largest_lanes(const float *row, uint32_t count)
{
    vector high = v_load(row), overflow = v_set(0.0f);
    for (uint32_t i = 0; i < count; i++) {
        const vector x = v_load(row + (size_t)i * VECTOR_LANES);
        high = v_max(x, high);
        overflow = v_fma(x, v_set(0.0f), overflow);
    }
    return v_add(high, overflow);
}

/* The same of all of the first `count` numbers: the order does not matter to a maximum. */
static float largest(const float *row, uint32_t count)
{
    float lane[VECTOR_LANES], most = row[0], overflow = 0.0f;
    const uint32_t vectors = count / VECTOR_LANES;
    if (vectors > 0)
        v_store(lane, largest_lanes(row, vectors));
    for (uint32_t i = 0; vectors > 0 && i < VECTOR_LANES; i++) {
        most = trmi_max(lane[i], most);
        overflow += 0.0f * lane[i];
    }
    for (uint32_t j = vectors * VECTOR_LANES; j < count; j++) {
        most = trmi_max(row[j], most);
        overflow += 0.0f * row[j];
    }
    return most + overflow;
}

/* Exponentials of one row, and the inverse of their sum. */
INLINE float softmax_row(float *row, size_t stride, uint32_t count, float scale)
{
    const float high = largest(row, count);
    const vector most = v_set(high), factor = v_set(scale * TRMI_LOG2_E);
    const size_t whole = count / TRMI_PANEL * TRMI_PANEL;
    lanes sum = no_lanes();
    for (size_t j = 0; j < whole; j += TRMI_PANEL)
        for (int i = 0; i < PARTS; i++) {
            float *at = row + j + (size_t)i * VECTOR_LANES;
            const vector e = power_of_two(v_mul(v_sub(v_load(at), most), factor));
            v_store(at, e);
            sum.part[i] = v_add(sum.part[i], e);
        }
    for (size_t j = whole; j < stride; j += TRMI_PANEL)
        for (int i = 0; i < PARTS; i++) {
            float *at = row + j + (size_t)i * VECTOR_LANES;
            v_store(at, power_of_two(v_mul(v_sub(v_load(at), most), factor)));
            for (size_t lane = 0; lane < VECTOR_LANES; lane++)
                if (j + (size_t)i * VECTOR_LANES + lane >= count)
                    at[lane] = 0.0f;
            sum.part[i] = v_add(sum.part[i], v_load(at));
        }
    return 1.0f / v_fold(sum.part) + 0.0f * high;
}

static void softmax(float *scores, size_t stride, uint32_t rows, uint32_t count, float scale, float *inverse)
{
    assert(count > 0 && count <= stride && trmi_whole_panels(stride));
    for (uint32_t row = 0; row < rows; row++)
        inverse[row] = softmax_row(scores + row * stride, stride, count, scale);
}

static void scale_rows(trmi_rows_view to, uint32_t panels, uint32_t rows, const float *factor)
{
    assert(trmi_panels_fit(to.panel, panels, rows) && trmi_are_apart(to.data, factor, rows));
    for (uint32_t p = 0; p < panels; p++)
        for (uint32_t row = 0; row < rows; row++)
            for (int i = 0; i < PARTS; i++) {
                float *at = to.data + p * to.panel + (size_t)row * TRMI_PANEL + (size_t)i * VECTOR_LANES;
                v_store(at, v_mul(v_load(at), v_set(factor[row])));
            }
}

/* Whole panels at a time; pairs within a panel are the reference's. */
static void rotate(trmi_rows_view head, uint32_t rows, uint32_t half, const float *cosines,
                   const float *sines)
{
    assert(half > 0 && trmi_panels_fit(head.panel, trmi_panels_of(2 * half), rows));
    if (half % TRMI_PANEL != 0) {
        trmi_rotate(head, rows, half, cosines, sines);
        return;
    }
    for (uint32_t column = 0; column < half; column += VECTOR_LANES)
        for (uint32_t row = 0; row < rows; row++) {
            float *first =
                head.data + column / TRMI_PANEL * head.panel + (size_t)row * TRMI_PANEL + column % TRMI_PANEL;
            float *second = first + half / TRMI_PANEL * head.panel;
            const vector c = v_load(cosines + (size_t)row * half + column),
                         s = v_load(sines + (size_t)row * half + column);
            const vector a = v_load(first), b = v_load(second);
            v_store(first, v_sub(v_mul(a, c), v_mul(b, s)));
            v_store(second, v_add(v_mul(b, c), v_mul(a, s)));
        }
}
