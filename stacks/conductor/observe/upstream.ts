import type { JobObservation } from "../../../policies/scaling/observation";
import type { CollectorFigures, CollectorKey, CollectorSample } from "./collector-figures";

/** A collector, and the topic of the platform's Kafka that it alone fills. */
export interface CollectorFeed extends CollectorKey {
  topic: string;
}

/** The collectors that a tenant's jobs may read from. */
export interface Collectors {
  feeds: readonly CollectorFeed[];
  figures: CollectorFigures;
}

type Flow = Pick<JobObservation, "producedPerSecond" | "backlogRecords" | "atLeast">;

/** What the collectors in front of a job's topics come to. */
export interface Standing {
  /** Changes that are in no topic yet, of those collectors of which that is known. */
  waiting: number;
  /** By how much more than Kafka shows arrives, in records a second: what waits grows, or (negative) shrinks. */
  growthPerSecond: number;
  /** Sentences: collectors behind which nobody knows what waits. */
  unknown: string[];
}

interface Seen {
  sample: CollectorSample;
  growthPerSecond: number | undefined;
}

/**
 * Looks behind the topics of one job: what waits in a database for a collector waits for the job, too, and what a
 * collector makes up for is no load that has just come.
 */
export class Upstream {
  private readonly seen = new Map<string, Seen>();

  constructor(private readonly collectors: Collectors) {}

  /** Looks behind those of these topics that a collector fills. */
  async look(topics: readonly string[]): Promise<Standing> {
    const { feeds, figures } = this.collectors;
    const standing: Standing = { waiting: 0, growthPerSecond: 0, unknown: [] };
    for (const feed of feeds.filter(({ topic }) => topics.includes(topic))) {
      const sample = await figures.of(feed);
      const growth = sample && this.growth(keyOf(feed), sample);
      standing.waiting += sample?.waiting ?? 0;
      standing.growthPerSecond += growth ?? 0;
      if (growth === undefined || !sample?.ready) standing.unknown.push(whyUnknown(feed, sample));
    }
    return standing;
  }

  /** Undefined where it can't be told: after a start, or while what waits is not known. */
  private growth(key: string, sample: CollectorSample): number | undefined {
    const before = this.seen.get(key);
    // It was not scraped since.
    if (before?.sample.uptime === sample.uptime) return before.growthPerSecond;
    const growthPerSecond = before && growthBetween(before.sample, sample);
    this.seen.set(key, { sample, growthPerSecond });
    return growthPerSecond;
  }
}

function growthBetween(before: CollectorSample, now: CollectorSample): number | undefined {
  const seconds = now.uptime - before.uptime;
  if (seconds <= 0 || before.waiting === undefined || now.waiting === undefined) return undefined;
  return (now.waiting - before.waiting) / seconds;
}

function keyOf({ tenant, name }: CollectorKey): string {
  return `${tenant ?? ""}/${name}`;
}

function whyUnknown({ name }: CollectorFeed, sample: CollectorSample | undefined): string {
  if (sample === undefined) return `collector ${name} does not answer`;
  return sample.ready
    ? `collector ${name} does not know yet how much waits in its database`
    : `collector ${name} is not ready`;
}

/** What arrives and waits for a job, with what its collectors still hold. */
export function throughCollectors(flow: Flow, standing: Standing): Flow {
  const { producedPerSecond, backlogRecords } = flow;
  const { waiting, growthPerSecond, unknown } = standing;
  return {
    ...flow,
    ...(producedPerSecond !== undefined && {
      producedPerSecond: Math.max(0, producedPerSecond + growthPerSecond),
    }),
    ...(backlogRecords !== undefined && { backlogRecords: backlogRecords + waiting }),
    ...(unknown.length > 0 && { atLeast: true }),
  };
}
