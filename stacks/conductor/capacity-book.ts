import type { Under } from "../../policies/decision";
import { printCap, type Grant } from "../../policies/scaling/grant";
import { shareCapacity, type Claim } from "../../policies/scaling/quota";

/** What the tenants of an environment claim of the slots they share, and what each gets. */
export class CapacityBook {
  private readonly claims = new Map<string, Claim>();
  private tenants: ReadonlySet<string> = new Set();
  private readonly awaited = new Set<string>();
  private grants: ReadonlyMap<string, Grant> | undefined;
  /** What all claims come to while nobody has given anything up yet. */
  private claimedSlots = 0;

  /** Left out: there is no limit, and nothing is shared out. */
  constructor(private readonly capacitySlots: number | undefined) {}

  /** False while tenants that have just come have yet to say what they hold: nobody may grow meanwhile. */
  get isComplete(): boolean {
    return this.capacitySlots === undefined || this.awaited.size === 0;
  }

  claim(claim: Claim): void {
    this.awaited.delete(claim.name);
    const before = this.claims.get(claim.name);
    const same = before && JSON.stringify(before) === JSON.stringify(claim);
    if (!same) this.replace(before, claim);
  }

  /**
   * From now on these are the tenants. One that is no more gives back what it claimed; one that is new is awaited until
   * it claims or this is called again.
   */
  keepOnly(names: ReadonlySet<string>): void {
    this.awaited.clear();
    for (const name of names) if (!this.tenants.has(name)) this.awaited.add(name);
    this.tenants = names;
    for (const claim of this.claims.values()) if (!names.has(claim.name)) this.replace(claim);
  }

  /** null where the tenant gets all that it claims. */
  grantFor(name: string): NonNullable<Under["grant"]> | null {
    // Where there is enough for all, what each gets need not be asked: a thousand tenants that change at once would ask
    // it of a thousand claims a thousand times.
    if (this.capacitySlots === undefined || this.claimedSlots <= this.capacitySlots) return null;
    this.grants ??= new Map(
      shareCapacity([...this.claims.values()], this.capacitySlots).map((one) => [one.name, one]),
    );
    const grant = this.grants.get(name);
    if (grant === undefined || grant.atOnce >= grant.wanted) return null;
    const { atOnce: taskManagers, cap } = grant;
    const limit = cap === undefined ? "what other tenants have yet to give back" : printCap(cap);
    return { taskManagers, limit };
  }

  private replace(before: Claim | undefined, claim?: Claim): void {
    this.claimedSlots += (claim ? slotsOf(claim) : 0) - (before ? slotsOf(before) : 0);
    this.grants = undefined;
    if (claim !== undefined) this.claims.set(claim.name, claim);
    else if (before !== undefined) this.claims.delete(before.name);
  }
}

function slotsOf({ wanted, holds, slotsPerTaskManager }: Claim): number {
  return Math.max(wanted, holds) * slotsPerTaskManager;
}
