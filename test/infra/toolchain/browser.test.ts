import * as fs from "node:fs";
import * as path from "node:path";
import { ensureChromium } from "../../../infra/toolchain/browser";
import { removeScratch, scratch, withEnv } from "./fixtures/tools";

afterAll(removeScratch);

/** A folder with empty programs of the given names. */
function programs(...names: string[]): string {
  const folder = scratch();
  for (const name of names) fs.writeFileSync(path.join(folder, name), "", { mode: 0o755 });
  return folder;
}

it("the browser that CHROME_PATH names is used", async () => {
  const [named, others] = [programs("my-chrome"), programs("chromium")];
  const env = { CHROME_PATH: path.join(named, "my-chrome"), PATH: others };
  expect(await withEnv(env, () => ensureChromium())).toBe(path.join(named, "my-chrome"));
});

it("a CHROME_PATH that leads nowhere is told, and nothing else is tried", async () => {
  const env = { CHROME_PATH: "/nonexistent/chrome", PATH: programs("chromium") };
  const attempt = withEnv(env, () => ensureChromium());
  await expect(attempt).rejects.toMatchObject({
    name: "UserError",
    message: expect.stringContaining("CHROME_PATH=/nonexistent/chrome. Fix: set CHROME_PATH"),
  });
});

it("Chromium on the PATH is used before Chrome on the PATH", async () => {
  const [first, second] = [programs("google-chrome"), programs("chromium")];
  const env = { CHROME_PATH: "", PATH: `${first}${path.delimiter}${second}` };
  expect(await withEnv(env, () => ensureChromium())).toBe(path.join(second, "chromium"));
  const alone = { CHROME_PATH: "", PATH: first };
  expect(await withEnv(alone, () => ensureChromium())).toBe(path.join(first, "google-chrome"));
});

it("without one, and without apt, what to install is told", async () => {
  const attempt = withEnv({ CHROME_PATH: "", PATH: programs() }, () => ensureChromium());
  await expect(attempt).rejects.toThrow("`chromium` is missing and can't be installed from here");
});
