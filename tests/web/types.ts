// What programs in TypeScript write, which trm.d.ts has to accept; and what it has to refuse.

import { Model, TrmError, hasSimd, type Answer, type RunStep, type Verdict } from "trm";

const seen: RunStep[] = [];
const model: Model = await Model.open(new URL("sudoku.trm", import.meta.url), { simd: hasSimd(), int8: true });
const answer: Answer = model.solve("1...\n..3.\n.4..\n...2", {
    regions: "AABB\nAABB\nCCDD\nCCDD",
    runs: 8,
    policy: "first-verified",
    watch: step => seen.push(step),
});
const verdict: Verdict = model.verify([[1, 0], [0, 1]], { tokens: answer.tokens }, { shape: [2, 2] });
for await (const step of model.steps(new Uint8Array(81), { search: true, relations: { box: [[0, 1], [0, 1]] } })) {
    const sure: number = step.cellConfidences[0]! * step.haltProbability;
    if (sure > 0.5 && verdict === "verified") break;
}
const views: number[] = model.views({ rows: 9, columns: 9 });
const text: string | undefined = answer.text;
if (views.length > 8 && text) throw new TrmError();

// @ts-expect-error a policy is one of four words
model.solve("1", { policy: "worst" });
// @ts-expect-error steps() has no budget
model.steps("1", { budget: 5 });
// @ts-expect-error a model is opened, not made
new Model();
