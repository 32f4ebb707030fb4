import type { Trace } from "../../../policies/simulator/trace";
import { DAY_MS, dayOf, HOUR_MS, hourOf, isWeekend, MINUTE_MS } from "./day";
import { noise, type Noise } from "./noise";
import { FREE_DAY, MORNING_PEAK, OFFICE_DAY, TENANTS } from "./load-curves";

export interface FamilyOptions {
  /** @default 7 where days resemble each other, 14 where weeks do, else 2 */
  days?: number;
  /** @default 1 */
  seed?: number;
}

/** A kind of load, from which a seed makes one trace. */
export interface Family {
  /** As `--family` takes it. */
  name: string;
  /** One line for people. */
  description: string;
  create(options?: FamilyOptions): Trace;
}

/** Records per second at an instant. */
type Rate = (ms: number) => number;

/** A Monday, midnight in UTC. */
const START_MS = Date.UTC(2026, 0, 5);

/** White noise of ±2 %, another value every 10 seconds. */
function jitter(seed: number): Rate {
  const white = noise(seed, "jitter");
  return (ms) => 1 + 0.02 * white.normal(Math.floor(ms / 10_000));
}

function family(
  name: string,
  days: number,
  description: string,
  rateOf: (seed: number) => Rate,
): Family {
  const create = (options: FamilyOptions = {}): Trace => {
    const seed = options.seed ?? 1;
    const rate = rateOf(seed);
    return {
      name,
      description: `${description} (generated, seed ${seed})`,
      startMs: START_MS,
      endMs: START_MS + (options.days ?? days) * DAY_MS,
      rateAt: (ms) => Math.max(0, rate(ms)),
    };
  };
  return { name, description, create };
}

const dailySine = (seed: number): Rate => {
  const shake = jitter(seed);
  return (ms) => (10_000 + 8_000 * Math.sin(((hourOf(ms) - 10) / 24) * 2 * Math.PI)) * shake(ms);
};

const step = (seed: number): Rate => {
  const shake = jitter(seed);
  const chance = noise(seed, "step");
  return (ms) => {
    const day = dayOf(ms);
    const from = 8 + 4 * chance.uniform(2 * day);
    const hours = 3 + 3 * chance.uniform(2 * day + 1);
    const hour = hourOf(ms);
    return (hour >= from && hour < from + hours ? 20_000 : 2_000) * shake(ms);
  };
};

const burst = (seed: number): Rate => {
  const shake = jitter(seed);
  const height = burstHeight(noise(seed, "burst"));
  return (ms) => (4_000 + height(ms)) * shake(ms);
};

/** In four of five cells of two hours, one burst that rises and falls within a minute. */
function burstHeight(chance: Noise): Rate {
  const cellMs = 2 * HOUR_MS;
  return (ms) => {
    const cell = Math.floor(ms / cellMs);
    if (chance.uniform(4 * cell) > 0.8) return 0;
    const lengthMs = (4 + 20 * chance.uniform(4 * cell + 1)) * MINUTE_MS;
    const inBurstMs = ms - cell * cellMs - chance.uniform(4 * cell + 2) * (cellMs - lengthMs);
    const edge = Math.min(inBurstMs, lengthMs - inBurstMs) / MINUTE_MS;
    return Math.max(0, Math.min(1, edge)) * 4_000 * (1 + 3 * chance.uniform(4 * cell + 3));
  };
}

const flashCrowd = (seed: number): Rate => {
  const shake = jitter(seed);
  const chance = noise(seed, "crowd");
  const crowd = (day: number, ms: number) => {
    const since = (ms - day * DAY_MS - (6 + 14 * chance.uniform(day)) * HOUR_MS) / MINUTE_MS;
    if (since <= 0) return 0;
    return since < 3 ? since / 3 : 2 ** (-(since - 3) / 40);
  };
  return (ms) => {
    const day = dayOf(ms);
    const calm = 3_000 * (1 + 0.4 * Math.sin(((hourOf(ms) - 10) / 24) * 2 * Math.PI));
    return (calm + 36_000 * (crowd(day - 1, ms) + crowd(day, ms))) * shake(ms);
  };
};

const weekend = (seed: number): Rate => {
  const shake = jitter(seed);
  const slow = noise(seed, "weekend").smooth(HOUR_MS);
  return (ms) =>
    (isWeekend(ms) ? FREE_DAY : OFFICE_DAY)(hourOf(ms)) * (1 + 0.04 * slow(ms)) * shake(ms);
};

const drift = (seed: number): Rate => {
  const shake = jitter(seed);
  return (ms) =>
    5_000 *
    1.1 ** ((ms - START_MS) / DAY_MS) *
    (1 + 0.4 * Math.sin(((hourOf(ms) - 10) / 24) * 2 * Math.PI)) *
    shake(ms);
};

const noisy = (seed: number): Rate => {
  const slow = noise(seed, "slow").smooth(20 * MINUTE_MS);
  const slower = noise(seed, "slower").smooth(2 * HOUR_MS);
  const white = noise(seed, "white");
  return (ms) =>
    10_000 *
    (1 + 0.15 * slow(ms) + 0.1 * slower(ms) + 0.05 * white.normal(Math.floor(ms / 10_000)));
};

const tenantMix = (seed: number): Rate => {
  const tenants = TENANTS.map((tenant) => ({
    ...tenant,
    own: noise(seed, tenant.name).smooth(30 * MINUTE_MS),
  }));
  return (ms) => {
    let sum = 0;
    for (const { curve, peak, utcOffsetHours, own } of tenants) {
      const local = ms + utcOffsetHours * HOUR_MS;
      sum += peak * curve(hourOf(local)) * (1 + 0.08 * own(ms));
    }
    return sum;
  };
};

/** No two days alike: the edge comes up to six minutes early or late, and the day is some per cent larger or smaller. */
const morningPeak = (seed: number): Rate => {
  const shake = jitter(seed);
  const chance = noise(seed, "morning");
  return (ms) => {
    const day = dayOf(ms);
    const late = 0.2 * (chance.uniform(2 * day) - 0.5);
    return MORNING_PEAK(hourOf(ms) - late) * (1 + 0.06 * chance.normal(2 * day + 1)) * shake(ms);
  };
};

/** The generated traces. At 500 records a second and slot their peaks need 10 to 100 slots. */
export const FAMILIES: readonly Family[] = [
  family("daily-sine", 7, "A sine of one day from 2,000 to 18,000 records/s", dailySine),
  family("step", 2, "2,000 records/s, and 20,000 for some hours of each day at once", step),
  family("burst", 2, "4,000 records/s with irregular bursts of minutes up to 20,000", burst),
  family("flash-crowd", 2, "One crowd a day, thirteenfold within three minutes", flashCrowd),
  family("weekend", 14, "Office hours at 20,000 records/s, quiet weekends", weekend),
  family("drift", 7, "A daily rhythm that grows by 10 % a day", drift),
  family("noise", 2, "A constant mean under noise that lasts seconds to hours", noisy),
  family("steady", 2, "10,000 records/s, always", () => () => 10_000),
  family("tenant-mix", 7, "Six tenants between Los Angeles and Tokyo, summed up", tenantMix),
  family("morning-peak", 7, "A quiet night, then tenfold within minutes at 08:00", morningPeak),
];
