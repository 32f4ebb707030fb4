import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { folderBackend } from "../../../infra/toolchain/toolchain";
import { leaveStaleLock } from "../../../stacks/chaos/stale-lock";
import { breakLock, inspectLock } from "../../../stacks/driver/pulumi-lock";

it("leaves a lock that is proven stale, and can be broken", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-stale-"));
  const backend = folderBackend(path.join(folder, "pulumi"));
  try {
    const pid = await leaveStaleLock({ folder }, "dev-acme");
    expect(await inspectLock(backend, "dev-acme")).toMatchObject({ kind: "stale", pid });
    expect(await breakLock(backend, "dev-acme")).toMatchObject({ pid });
    expect(await inspectLock(backend, "dev-acme")).toEqual({ kind: "free" });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
