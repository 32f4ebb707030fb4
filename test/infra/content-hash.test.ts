import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { contentHash } from "../../infra/content-hash";
import { imageContext } from "../../infra/images/context";

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-hash-"));
  fs.mkdirSync(path.join(folder, "bin"));
  fs.writeFileSync(path.join(folder, "Dockerfile"), "FROM x\n");
  fs.writeFileSync(path.join(folder, "bin", "run.sh"), "echo\n");
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

describe("contentHash", () => {
  it("should not depend on when or in which order files were written", () => {
    const copy = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-hash-"));
    fs.mkdirSync(path.join(copy, "bin"));
    fs.writeFileSync(path.join(copy, "bin", "run.sh"), "echo\n");
    fs.writeFileSync(path.join(copy, "Dockerfile"), "FROM x\n");
    expect(contentHash(copy)).toBe(contentHash(folder));
    fs.rmSync(copy, { recursive: true });
  });

  it.each([
    ["bytes", () => fs.appendFileSync(path.join(folder, "Dockerfile"), "RUN y\n")],
    ["an executable bit", () => fs.chmodSync(path.join(folder, "bin", "run.sh"), 0o755)],
    ["a name", () => fs.renameSync(path.join(folder, "bin"), path.join(folder, "sbin"))],
    ["a new file", () => fs.writeFileSync(path.join(folder, "new"), "")],
  ])("should change with %s", (_what, change) => {
    const before = contentHash(folder);
    change();
    expect(contentHash(folder)).not.toBe(before);
  });
});

describe("imageContext", () => {
  it("should name tag and folder by recipe, version and hash", () => {
    const { hash, tag, directory } = imageContext("kafka", "3.9.1");
    expect(hash).toMatch(/^[0-9a-f]{8}$/);
    expect(tag).toBe(`flinktide/kafka:3.9.1-${hash}`);
    expect(path.basename(directory)).toBe(`kafka-3.9.1-${hash}`);
    expect(imageContext("kafka", "3.9.2").hash).not.toBe(hash);
  });
});
