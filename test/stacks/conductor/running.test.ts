import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { identityOf } from "../../../infra/process-identity";
import { FileLease } from "../../../infra/lease/lease";
import type { LeaseStore } from "../../../infra/lease/lease-files";
import { conductorPaths } from "../../../stacks/conductor/paths";
import { holderOf, requireNoConductor, runningConductor } from "../../../stacks/conductor/running";

let state: string;
beforeEach(() => {
  state = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-running-"));
  process.env.FLINKTIDE_STATE = state;
});
afterEach(() => {
  delete process.env.FLINKTIDE_STATE;
  fs.rmSync(state, { recursive: true });
});

function leaseOf(pid: number) {
  const identity = identityOf(process.pid);
  if (identity === undefined) throw new Error("no identity");
  const options = { renewMs: null, onLost: () => undefined };
  const folder = conductorPaths("dev").lease;
  return new FileLease({ ...options, folder, identity: { ...identity, pid } });
}

test("nobody ever had the lease", async () => {
  expect(await runningConductor("dev")).toBeUndefined();
  await requireNoConductor("dev", "is in the way");
});

test("who has it is named with the fix; once released, nobody has it", async () => {
  const lease = leaseOf(process.pid);
  await lease.acquire();
  expect((await runningConductor("dev"))?.pid).toBe(process.pid);
  await expect(requireNoConductor("dev", "is in the way")).rejects.toThrow(
    `Process ${process.pid} on ${os.hostname()} is the conductor of dev and is in the way. ` +
      `Fix: end it first: kill ${process.pid}`,
  );
  expect(await runningConductor("prod")).toBeUndefined();
  await lease.release();
  expect(await runningConductor("dev")).toBeUndefined();
});

test("one that died without releasing it is no hindrance", async () => {
  // The identity's start time is this process's: no other one has that and this id.
  await leaseOf(2 ** 22 - 1).acquire();
  expect(await runningConductor("dev")).toBeUndefined();
});

describe("a holder in a pod, which can't be seen from here", () => {
  const identity = { ...identityOf(process.pid), host: "conductor", machine: null, id: "a" };
  /** Gives the next record at each look, and the last one from then on. */
  const storeOf = (...records: object[]) =>
    ({
      highest: async () => 3,
      read: async () =>
        JSON.stringify({ fence: 3, ...(records.length > 1 ? records.shift() : records[0]) }),
    }) as unknown as LeaseStore;

  test("renews its lease: it runs", async () => {
    const store = storeOf({ holder: identity, renewals: 1 }, { holder: identity, renewals: 2 });
    expect((await holderOf(store, 50))?.host).toBe("conductor");
  });

  test("renews it no more: it is gone", async () => {
    expect(await holderOf(storeOf({ holder: identity, renewals: 1 }), 50)).toBeUndefined();
  });

  test("has released it, before or meanwhile: nobody has it", async () => {
    const released = { holder: null, renewals: 1 };
    expect(await holderOf(storeOf(released), 50)).toBeUndefined();
    expect(
      await holderOf(storeOf({ holder: identity, renewals: 1 }, { ...released, renewals: 2 }), 50),
    ).toBeUndefined();
  });
});
