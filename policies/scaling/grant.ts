/** A tenant that has slots which another one would like. */
export interface Holder {
  name: string;
  slots: number;
  /**
   * Why it has them: they are no more than its guaranteed `floor`, its `priority` is higher, they are its fair `share`
   * among tenants of the same priority, or a `rest` that was too small for a TaskManager of the other.
   */
  because: "floor" | "priority" | "share" | "rest";
}

/** What kept a tenant from having all that it wanted. */
export interface Cap {
  capacitySlots: number;
  /** Slots that nobody has: fewer than one of the tenant's TaskManagers. */
  freeSlots: number;
  /** Who has most of the others, at most three. */
  holders: Holder[];
  /** The tenants beside these that have slots. */
  others: { tenants: number; slots: number };
}

/** A tenant's part of the capacity, in TaskManagers. */
export interface Grant {
  name: string;
  wanted: number;
  granted: number;
  /** How many of them it may run now, while others still hold more than they were granted. */
  atOnce: number;
  /** Set where less is granted than wanted. */
  cap?: Cap;
}

const BECAUSE: Readonly<Record<Holder["because"], string>> = {
  floor: "guaranteed floor",
  priority: "higher priority",
  share: "fair share",
  rest: "too few for another's TaskManager",
};

/** What limits the tenant, to stand after "limited by". */
export function printCap({ capacitySlots, freeSlots, holders, others }: Cap): string {
  const parts = holders.map(
    ({ name, slots, because }, i) =>
      `${name}${i === 0 ? " holds" : ""} ${slots} (${BECAUSE[because]})`,
  );
  if (others.tenants > 0) {
    parts.push(`${others.tenants} more tenant${others.tenants === 1 ? "" : "s"} ${others.slots}`);
  }
  parts.push(`and ${freeSlots} are free`);
  return `the platform's ${capacitySlots} slots, of which ${parts.join(", ")}`;
}

/** One sentence with numbers. */
export function explainGrant({ name, wanted, granted, atOnce, cap }: Grant): string {
  const now = atOnce < granted ? `, ${atOnce} of them until others have given up theirs` : "";
  const got = granted < wanted ? `${granted} of ${wanted}` : `all ${wanted}`;
  const why = cap === undefined ? "" : `, limited by ${printCap(cap)}`;
  return `${name} gets ${got} TaskManagers${now}${why}.`;
}
