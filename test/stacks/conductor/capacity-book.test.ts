import type { Claim } from "../../../policies/scaling/quota";
import { CapacityBook } from "../../../stacks/conductor/capacity-book";

const claim = (name: string, wanted: number, holds = 0, changes: Partial<Claim> = {}): Claim => ({
  ...{ name, wanted, holds, floor: 1, priority: 0, weight: 1, slotsPerTaskManager: 2, ...changes },
});
const bookOf = (slots: number | undefined, ...claims: Claim[]) => {
  const book = new CapacityBook(slots);
  for (const one of claims) book.claim(one);
  return book;
};

test("without a limit everybody has all, and nobody is waited for", () => {
  const book = bookOf(undefined, claim("a", 1000));
  book.keepOnly(new Set(["a", "b"]));
  expect([book.grantFor("a"), book.grantFor("b"), book.isComplete]).toEqual([null, null, true]);
});

test("who gets all that it wants has no grant, who gets less is told why", () => {
  const book = bookOf(8, claim("a", 1), claim("b", 9));
  expect(book.grantFor("a")).toBeNull();
  expect(book.grantFor("b")).toEqual({
    taskManagers: 3,
    limit: "the platform's 8 slots, of which a holds 2 (guaranteed floor), and 0 are free",
  });
  expect(book.grantFor("nobody")).toBeNull();
});

test("what others still hold can't be had yet", () => {
  const book = bookOf(8, claim("a", 1, 4), claim("b", 3, 0));
  expect(book.grantFor("b")).toEqual({
    ...{ taskManagers: 0, limit: "what other tenants have yet to give back" },
  });
  book.claim(claim("a", 1, 1));
  expect(book.grantFor("b")).toBeNull();
});

test("a tenant that is no more gives back what it claimed", () => {
  const book = bookOf(8, claim("a", 4, 4), claim("b", 3));
  expect(book.grantFor("b")?.taskManagers).toBe(0);
  book.keepOnly(new Set(["b"]));
  expect(book.grantFor("b")).toBeNull();
});

test("it is complete once all that are new have claimed, or another round has begun", () => {
  const book = bookOf(8);
  book.keepOnly(new Set(["a", "b"]));
  expect(book.isComplete).toBe(false);
  book.claim(claim("a", 1));
  expect(book.isComplete).toBe(false);
  book.claim(claim("b", 1));
  expect(book.isComplete).toBe(true);
  book.keepOnly(new Set(["a", "b", "c"]));
  expect(book.isComplete).toBe(false);
  // A tenant whose cycle hangs holds up nobody for longer than one.
  book.keepOnly(new Set(["a", "b", "c"]));
  expect(book.isComplete).toBe(true);
});
