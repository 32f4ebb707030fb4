import * as fc from "fast-check";
import { z } from "zod";
import { evaluate } from "../../stacks/simulate/rivals/operator-metrics";
import {
  OPERATOR_DEFAULTS,
  type OperatorSettings,
} from "../../stacks/simulate/rivals/operator-settings";
import { OperatorVertex } from "../../stacks/simulate/rivals/operator-vertex";
import { javaNumber, OperatorPeer, optionsOf } from "../support/operator-peer";
import { evaluationArbitrary, parallelismArbitrary } from "../support/operator-questions";
import { runArbitrary, runOurs } from "../support/operator-run";

const MINUTES = 60_000;
/** A rule that is not theirs: what must be found to differ. */
const WRONG: OperatorSettings = { ...OPERATOR_DEFAULTS, targetUtilization: 0.8 };

let peer: OperatorPeer;
beforeAll(async () => {
  peer = await OperatorPeer.ready();
}, 15 * MINUTES);

/** Cases in which two answers are not the same, field by field; NaN is NaN. No tolerance. */
function differences<Q, A>(questions: readonly Q[], ours: readonly A[], theirs: readonly A[]) {
  expect(theirs).toHaveLength(questions.length);
  return questions
    .map((question, i) => ({ question, ours: ours[i], theirs: theirs[i] }))
    .filter(({ ours: a, theirs: b }) => JSON.stringify(a, plain) !== JSON.stringify(b, plain));
}

/** JSON writes NaN and the infinities all as null. */
function plain(_key: string, value: unknown) {
  return typeof value === "number" ? String(value + 0) : value;
}

describe("parallelism, one shot", () => {
  const cases = fc.sample(parallelismArbitrary, { numRuns: 4000, seed: 410 });
  type Case = (typeof cases)[number];
  const answerSchema = z
    .object({ change: z.string(), parallelism: z.int(), lowerSinceMs: z.int().optional() })
    .transform(({ change, parallelism, lowerSinceMs }) => ({
      change: change.replace("_CHANGE", "").replace("NO", "NONE").toLowerCase(),
      parallelism: change === "NO_CHANGE" ? null : parallelism,
      lowerSinceMs: lowerSinceMs ?? null,
    }));

  function ours(given: Case, settings = given.settings) {
    const { ms, parallelism, maxParallelism, trueRate } = given;
    const { targetRate, catchUpRate } = given;
    const vertex = new OperatorVertex(settings, maxParallelism);
    [vertex.lowerSinceMs, vertex.past] = [given.lowerSinceMs, given.past];
    const proposal = vertex.propose(ms, parallelism, {
      ...{ targetRate, catchUpRate, trueRate },
      ...{ scaleUpBelow: NaN, scaleDownAbove: NaN, processingBacklog: false },
    });
    return {
      change: proposal.change,
      parallelism: proposal.change === "none" ? null : proposal.parallelism,
      lowerSinceMs: vertex.lowerSinceMs ?? null,
    };
  }

  const ask = (list: readonly Case[]) =>
    peer.ask(
      list.map(({ settings, ...rest }) => ({
        ask: "parallelism",
        options: optionsOf(settings),
        ...rest,
      })),
      answerSchema,
    );

  it(
    "should be theirs in 4,000 cases",
    async () => {
      const mine = cases.map((given) => ours(given));
      for (const change of ["none", "optional", "required"]) {
        expect(mine.filter((answer) => answer.change === change).length).toBeGreaterThan(300);
      }
      expect(differences(cases, mine, await ask(cases)).slice(0, 5)).toEqual([]);
    },
    5 * MINUTES,
  );

  it(
    "should be found to differ where the target is another",
    async () => {
      const byDefault = cases.filter(({ settings }) => settings === OPERATOR_DEFAULTS);
      const wrong = byDefault.map((given) => ours(given, WRONG));
      const found = differences(byDefault, wrong, await ask(byDefault));
      expect(found.length).toBeGreaterThan(byDefault.length / 10);
    },
    5 * MINUTES,
  );
});

describe("evaluated metrics and thresholds", () => {
  const cases = fc.sample(evaluationArbitrary, { numRuns: 3000, seed: 411 });
  type Case = (typeof cases)[number];
  const answerSchema = z.object({
    ...{ targetRate: javaNumber, catchUpRate: javaNumber, trueRate: javaNumber },
    ...{ processingBacklog: z.boolean(), scaleUpBelow: javaNumber, scaleDownAbove: javaNumber },
  });

  const ask = (list: readonly Case[]) =>
    peer.ask(
      list.map(({ settings, points }) => ({
        ask: "evaluation",
        options: optionsOf(settings),
        points,
      })),
      answerSchema,
    );

  it(
    "should be theirs in 3,000 cases",
    async () => {
      const mine = cases.map(({ points, settings }) => evaluate(points, settings));
      expect(mine.filter((answer) => answer?.processingBacklog).length).toBeGreaterThan(100);
      expect(mine.filter((answer) => answer?.trueRate === Infinity).length).toBeGreaterThan(100);
      expect(differences(cases, mine, await ask(cases)).slice(0, 5)).toEqual([]);
    },
    5 * MINUTES,
  );

  it(
    "should be found to differ where the target is another",
    async () => {
      const byDefault = cases.filter(({ settings }) => settings === OPERATOR_DEFAULTS);
      const wrong = byDefault.map(({ points }) => evaluate(points, WRONG));
      const found = differences(byDefault, wrong, await ask(byDefault));
      expect(found.length).toBeGreaterThan(byDefault.length / 8);
    },
    5 * MINUTES,
  );
});

describe("decisions over time", () => {
  const runs = fc.sample(runArbitrary, { numRuns: 160, seed: 412 });
  type Ours = ReturnType<typeof runOurs>;
  const answerSchema = z
    .object({ decisions: z.array(z.int().nullable()) })
    .transform(({ decisions }) => decisions);

  const ask = (list: readonly (typeof runs)[number][], ours: readonly Ours[]) =>
    peer.ask(
      list.map(({ settings, maxParallelism }, i) => ({
        ask: "sequence",
        options: optionsOf(settings),
        maxParallelism,
        steps: ours[i]?.steps,
      })),
      answerSchema,
    );

  it(
    "should be theirs at every step of 160 runs",
    async () => {
      const ours = runs.map((run) => runOurs(run));
      const theirs = await ask(runs, ours);
      const mine = ours.map(({ decisions }) => decisions);
      expect(differences(runs, mine, theirs).slice(0, 1)).toEqual([]);
      const { steps, ups, downs } = counts(ours);
      expect(steps).toBeGreaterThan(30_000);
      expect(ups).toBeGreaterThan(100);
      expect(downs).toBeGreaterThan(100);
    },
    5 * MINUTES,
  );

  it(
    "should be found to differ where the target is another",
    async () => {
      const byDefault = runs.filter(({ settings }) => settings === OPERATOR_DEFAULTS).slice(0, 40);
      const wrong = byDefault.map((run) => runOurs(run, WRONG));
      const theirs = await ask(byDefault, wrong);
      const mine = wrong.map(({ decisions }) => decisions);
      const found = differences(byDefault, mine, theirs);
      expect(found.length).toBeGreaterThan(byDefault.length / 8);
    },
    5 * MINUTES,
  );
});

/** How much of a comparison there was to compare. */
function counts(runs: readonly ReturnType<typeof runOurs>[]) {
  let [steps, ups, downs] = [0, 0, 0];
  for (const run of runs) {
    run.steps.forEach(({ parallelism }, i) => {
      steps += 1;
      const decision = run.decisions[i] ?? parallelism;
      if (decision > parallelism) ups += 1;
      if (decision < parallelism) downs += 1;
    });
  }
  return { steps, ups, downs };
}
