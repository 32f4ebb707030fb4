import * as fc from "fast-check";
import { shareCapacity, type Claim } from "../../../policies/scaling/quota";
import { CapacityBook } from "../../../stacks/conductor/capacity-book";

const NAMES = ["a", "b", "c", "d"];

const claims = fc.record<Claim>({
  name: fc.constantFrom(...NAMES),
  floor: fc.integer({ min: 0, max: 3 }),
  wanted: fc.integer({ min: 0, max: 5 }),
  holds: fc.integer({ min: 0, max: 5 }),
  priority: fc.integer({ min: 0, max: 1 }),
  weight: fc.integer({ min: 1, max: 3 }),
  slotsPerTaskManager: fc.integer({ min: 1, max: 3 }),
});

/** A claim, or the end of a tenant. */
const steps = fc.array(
  fc.oneof({ arbitrary: claims, weight: 5 }, { arbitrary: fc.constantFrom(...NAMES), weight: 1 }),
  { maxLength: 20 },
);

test("whatever was claimed and given back before, what each gets is what the sharing of all claims gives", () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 40 }), (history, slots) => {
      const book = new CapacityBook(slots);
      const now = new Map<string, Claim>();
      for (const step of history) {
        if (typeof step === "string") now.delete(step);
        else now.set(step.name, step);
        if (typeof step === "string") book.keepOnly(new Set(now.keys()));
        else book.claim(step);
        // Also in between, so that something is remembered that has to be forgotten.
        for (const { name, wanted, atOnce } of shareCapacity([...now.values()], slots)) {
          const granted = book.grantFor(name)?.taskManagers ?? null;
          expect(granted).toBe(atOnce < wanted ? atOnce : null);
        }
      }
    }),
  );
});
