/** Offsets in Kafka by `topic/partition`: no topic's name has a slash. */
export type Offsets = ReadonlyMap<string, number>;

export function partitionKey(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

function topicOf(key: string): string {
  return key.slice(0, key.lastIndexOf("/"));
}

function readable(key: string): string {
  return `partition ${key.slice(key.lastIndexOf("/") + 1)} of ${topicOf(key)}`;
}

export function sumOf(offsets: Offsets): number {
  let sum = 0;
  for (const offset of offsets.values()) sum += offset;
  return sum;
}

/** Records that wait in front of the places. Both have the same partitions. */
export function backlogOf(ends: Offsets, places: Offsets): number {
  let sum = 0;
  // A place is read a little after the end, and may be beyond it then.
  for (const [key, end] of ends) sum += Math.max(0, end - (places.get(key) ?? end));
  return sum;
}

/**
 * Records from one to the other. A partition that is new in a known topic counts from its beginning. Undefined where
 * one went back or is gone, or a topic is new: what lies between is not known then.
 */
export function growth(before: Offsets, now: Offsets): number | undefined {
  let sum = 0;
  for (const [key, offset] of before) {
    const then = now.get(key);
    if (then === undefined || then < offset) return undefined;
    sum += then - offset;
  }
  const topics = new Set([...before.keys()].map(topicOf));
  for (const [key, offset] of now) {
    if (before.has(key)) continue;
    if (!topics.has(topicOf(key))) return undefined;
    sum += offset;
  }
  return sum;
}

/** The end of a partition and the place in it, of one instant. */
interface Known {
  end: number;
  place: number;
}

/** What a job has taken, from what its sources and its consumer group tell. */
export class Places {
  private readonly known = new Map<string, Known>();

  /** While the job reads: places that are told now, and why others are not known, as sentences. */
  told(ends: Offsets, told: Offsets): { places: Offsets | undefined; problems: string[] } {
    const problems: string[] = [];
    const places = this.each(ends, (key, end, before) => {
      const place = told.get(key) ?? this.unspoken(end, before);
      if (place === undefined) {
        problems.push(`the place in ${readable(key)} is not known`);
        return undefined;
      }
      this.known.set(key, { end, place });
      if (!isOfAnother(before, end)) return place;
      problems.push(`${readable(key)} is shorter than what was taken of it: it was created anew`);
      return undefined;
    });
    return { places, problems };
  }

  /** While the job does not read: it is where it was. */
  held(ends: Offsets): Offsets | undefined {
    return this.each(ends, (_key, end, before) =>
      isOfAnother(before, end) ? undefined : (before?.place ?? this.unspoken(end, before)),
    );
  }

  /** Undefined where one is not known. */
  private each(
    ends: Offsets,
    placeIn: (key: string, end: number, before: Known | undefined) => number | undefined,
  ): Offsets | undefined {
    const places = new Map<string, number>();
    for (const [key, end] of ends) {
      const place = placeIn(key, end, this.known.get(key));
      if (place !== undefined) places.set(key, place);
    }
    return ends.size > 0 && places.size === ends.size ? places : undefined;
  }

  /** A source tells no place before its first record; after a restart there is none where all had been taken. */
  private unspoken(end: number, before: Known | undefined): number | undefined {
    if (end === 0) return 0;
    return before?.end === end && before.place >= end ? end : undefined;
  }
}

/** A place beyond a later end is one in a topic that is no more. */
function isOfAnother(before: Known | undefined, end: number): boolean {
  return before !== undefined && before.place > end;
}
