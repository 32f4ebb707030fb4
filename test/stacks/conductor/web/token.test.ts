import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { UserError } from "../../../../infra/errors";
import { carriesToken, ensureToken } from "../../../../stacks/conductor/web/token";

let file: string;
beforeEach(async () => {
  file = path.join(await fs.mkdtemp(path.join(os.tmpdir(), "ft-token-")), "dev", "token");
});
afterEach(() => fs.rm(path.dirname(path.dirname(file)), { recursive: true }));

it("is made once, from 32 random bytes, for its owner alone", async () => {
  const token = await ensureToken(file);
  expect(Buffer.from(token, "base64url")).toHaveLength(32);
  expect((await fs.stat(file)).mode & 0o777).toBe(0o600);
  expect(await fs.readdir(path.dirname(file))).toEqual(["token"]);
  expect(await ensureToken(file)).toBe(token);
});

it("is the same for all who make it at once", async () => {
  const tokens = await Promise.all(Array.from({ length: 8 }, () => ensureToken(file)));
  expect(new Set(tokens).size).toBe(1);
  expect((await fs.readFile(file, "utf8")).trim()).toBe(tokens[0]);
});

it("that others may read is refused", async () => {
  await ensureToken(file);
  await fs.chmod(file, 0o640);
  await expect(ensureToken(file)).rejects.toThrow(
    `others may read the token in ${file} (mode 640)`,
  );
});

it.each(["", "short", `${"a".repeat(43)}!`])("a file with %j is refused", async (text) => {
  await fs.mkdir(path.dirname(file));
  await fs.writeFile(file, text, { mode: 0o600 });
  const attempt = ensureToken(file);
  await expect(attempt).rejects.toThrow(`${file} holds no token. Fix: remove it`);
  await expect(attempt).rejects.toBeInstanceOf(UserError);
});

it.each<[string | undefined, string, boolean]>([
  ["Bearer abc", "abc", true],
  ["bearer abc", "abc", true],
  ["Bearer abd", "abc", false],
  ["Bearer abcd", "abc", false],
  ["abc", "abc", false],
  ["Bearer ", "", false],
  [undefined, "", false],
])("%j shows the token %j: %s", (header, token, shown) => {
  expect(carriesToken(header, token)).toBe(shown);
});
