import type { Under } from "../../policies/decision";
import { printCap } from "../../policies/scaling/grant";
import { shareCapacity, type Claim } from "../../policies/scaling/quota";

/** What the tenants of an environment claim of the slots they share, and what each gets. */
export class CapacityBook {
  private readonly claims = new Map<string, Claim>();
  private tenants: ReadonlySet<string> = new Set();
  private readonly awaited = new Set<string>();
  private grants: Map<string, NonNullable<Under["grant"]>> | undefined;

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
    if (same) return;
    this.claims.set(claim.name, claim);
    this.grants = undefined;
  }

  /**
   * From now on these are the tenants. One that is no more gives back what it claimed; one that is new is awaited until
   * it claims or this is called again.
   */
  keepOnly(names: ReadonlySet<string>): void {
    this.awaited.clear();
    for (const name of names) if (!this.tenants.has(name)) this.awaited.add(name);
    this.tenants = names;
    for (const name of this.claims.keys()) {
      if (names.has(name)) continue;
      this.claims.delete(name);
      this.grants = undefined;
    }
  }

  /** null where the tenant gets all that it claims. */
  grantFor(name: string): NonNullable<Under["grant"]> | null {
    if (this.capacitySlots === undefined) return null;
    this.grants ??= this.share(this.capacitySlots);
    return this.grants.get(name) ?? null;
  }

  private share(capacitySlots: number): Map<string, NonNullable<Under["grant"]>> {
    const grants = shareCapacity([...this.claims.values()], capacitySlots);
    return new Map(
      grants.flatMap(({ name, wanted, atOnce, cap }) => {
        if (atOnce >= wanted) return [];
        const limit =
          cap === undefined ? "what other tenants have yet to give back" : printCap(cap);
        return [[name, { taskManagers: atOnce, limit }] as const];
      }),
    );
  }
}
