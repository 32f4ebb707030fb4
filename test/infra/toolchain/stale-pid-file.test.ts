import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { removeStalePidFile } from "../../../infra/toolchain/docker-engine";

describe("removeStalePidFile", () => {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-pid-")), "docker.pid");
  afterAll(() => fs.rmSync(path.dirname(file), { recursive: true }));

  it.each([
    ["a process that is gone", "4194305"],
    ["a process that is something else", String(process.pid)],
    ["no process", "nonsense"],
  ])("removes the file of %s", (_, content) => {
    fs.writeFileSync(file, content);
    removeStalePidFile(file);
    expect(fs.existsSync(file)).toBe(false);
  });

  it("does nothing where there is no file", () => {
    expect(() => removeStalePidFile(file)).not.toThrow();
  });
});
