import * as fc from "fast-check";
import { roundMetric } from "../../stacks/simulate/rivals/operator-metrics";
import type { PastScaling } from "../../stacks/simulate/rivals/operator-parallelism";
import {
  OPERATOR_DEFAULTS,
  type OperatorSettings,
} from "../../stacks/simulate/rivals/operator-settings";

/** Evenly spread: fast-check's own doubles are mostly next to zero. */
const evenly = (max: number) =>
  fc.integer({ min: 0, max: 100_000_000 }).map((n) => (n / 1e8) * max);
const share = evenly(1);
const seconds = (max: number) => fc.integer({ min: 0, max });

/** The defaults, or some of them changed. */
export const settingsArbitrary: fc.Arbitrary<OperatorSettings> = fc.oneof(
  fc.constant(OPERATOR_DEFAULTS),
  fc
    .record(
      {
        targetUtilization: share,
        utilizationBoundary: share,
        restartSeconds: seconds(900),
        catchUpSeconds: seconds(3600),
        backlogLagSeconds: seconds(900),
        scaleDownIntervalSeconds: seconds(3600),
        maxScaleDownFactor: share,
        maxScaleUpFactor: evenly(10),
        minParallelism: fc.integer({ min: 1, max: 40 }),
        maxParallelism: fc.integer({ min: 40, max: 2000 }),
        blocksIneffective: fc.boolean(),
        effectivenessThreshold: share,
      },
      { requiredKeys: [] },
    )
    .map((changes) => ({ ...OPERATOR_DEFAULTS, ...changes })),
);

const rate = fc.oneof(
  { weight: 4, arbitrary: evenly(100_000) },
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 100_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 0.0004, 0.0005, 1.0005, 2.6745) },
);
const metric = rate.map(roundMetric);
const trueRate = fc.oneof(
  { weight: 20, arbitrary: metric },
  { weight: 1, arbitrary: fc.constantFrom(Infinity, NaN) },
);

const NOW = Date.UTC(2026, 10, 2, 9);
const past = fc.record({
  ms: fc.integer({ min: NOW - 80_000_000, max: NOW }),
  from: fc.integer({ min: 1, max: 100 }),
  trueRate: metric,
  expectedRate: metric,
});

/** What a vertex scaler is asked for: metrics, key groups, and what it remembers. */
export const parallelismArbitrary = fc
  .record({
    settings: settingsArbitrary,
    parallelism: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 40 })),
    maxParallelism: fc.oneof(
      fc.constantFrom(128, 256, 720, 1024, 4096),
      fc.integer({ min: 300, max: 2000 }),
    ),
    targetRate: fc.oneof({ weight: 30, arbitrary: metric }, fc.constant(NaN)),
    catchUpRate: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, metric),
    trueRate,
    lowerSinceMs: fc.option(fc.integer({ min: NOW - 4_000_000, max: NOW }), { nil: undefined }),
    past: fc.option(past, { nil: undefined }),
    /** Of what it needs at least; undefined for a true rate that has nothing to do with it. */
    near: fc.option(evenly(4), { freq: 3, nil: undefined }),
  })
  .map(({ near, past, ...given }) => ({
    ...given,
    ms: NOW,
    ...(near === undefined
      ? {}
      : {
          trueRate: roundMetric(given.targetRate * near),
          catchUpRate: roundMetric(given.catchUpRate / 100),
        }),
    past: past === undefined || past.from === given.parallelism ? undefined : past,
  }))
  .map((given) => ({ ...given, past: given.past && leadingTo(given.past, given) }));

/** The rescale to what runs now; for some a gain of nothing over an expected gain of nothing. */
function leadingTo(
  past: Omit<PastScaling, "to">,
  now: { parallelism: number; trueRate: number },
): PastScaling {
  const { trueRate } = now;
  const rates = past.from % 10 === 0 ? { trueRate, expectedRate: trueRate } : {};
  return { ...past, ...rates, to: now.parallelism };
}

const point = fc.record({
  gapMs: fc.integer({ min: 1, max: 90_000 }),
  records: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 1_000_000 }) },
    fc.constant(0),
  ),
  lagRecords: fc.oneof(fc.integer({ min: 0, max: 3_000_000 }), fc.constant(0), metric),
  load: fc.oneof(
    { weight: 12, arbitrary: share.map(roundMetric) },
    { weight: 1, arbitrary: fc.constantFrom(0, 1, NaN) },
  ),
});

/** A window of metrics, of which some have nothing coming in. */
export const evaluationArbitrary = fc
  .record({
    settings: settingsArbitrary,
    points: fc.array(point, { minLength: 2, maxLength: 20 }),
    idle: fc.integer({ min: 0, max: 19 }).map((n) => n === 0),
  })
  .map(({ settings, points, idle }) => {
    let [ms, recordsIn] = [NOW, 1_000_000];
    const filled = points.map(({ gapMs, records, lagRecords, load }) => {
      ms += gapMs;
      recordsIn += idle ? 0 : records;
      return { ms, recordsIn, lagRecords, load };
    });
    return { settings, points: filled };
  });
