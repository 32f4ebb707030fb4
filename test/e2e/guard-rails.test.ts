import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { tryExec } from "../../infra/exec";
import { PROJECT_DIR } from "../../infra/toolchain/paths";
import { ensureToolchain, folderBackend } from "../../infra/toolchain/toolchain";
import type { GuardedResource } from "../../policies/guard-rails/resource";
import { kubernetesObject } from "../support/guarded";
import {
  breakingStack,
  keepingStack,
  runningJournal,
  SAID_OF_BREAKING,
} from "../support/guarded-stacks";

const MINUTES = 60_000;
const PROJECT = path.join(__dirname, "fixtures", "guard-rails");
const PACK = path.join(PROJECT_DIR, "infra", "guardrails");

jest.setTimeout(10 * MINUTES);

let env: Record<string, string>;
let folder: string;
let journal: string;

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-guard-rails-"));
  const toolchain = await ensureToolchain();
  env = {
    ...toolchain.env,
    PULUMI_BACKEND_URL: folderBackend(folder),
    PULUMI_CONFIG_PASSPHRASE: "test",
    FLINKTIDE_TEST_RESOURCES: path.join(folder, "resources.json"),
  };
  journal = path.join(folder, "journal.json");
  fs.writeFileSync(journal, runningJournal());
  await pulumi("stack", "init", "test");
}, 40 * MINUTES);

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const pulumi = (...command: string[]) =>
  tryExec("pulumi", [...command, "--cwd", PROJECT, "--non-interactive", "--color=never"], { env });

async function preview(resources: readonly GuardedResource[], ...flags: string[]) {
  fs.writeFileSync(env.FLINKTIDE_TEST_RESOURCES ?? "", JSON.stringify(resources));
  const { code, stdout, stderr } = await pulumi("preview", "--stack=test", ...flags);
  return { code, output: stdout + stderr };
}
const guardedPreview = (resources: readonly GuardedResource[], ...flags: string[]) =>
  preview(resources, "--policy-pack", PACK, ...flags);

it("a stack that keeps every rule is let through", async () => {
  expect(await guardedPreview(keepingStack(journal))).toEqual({
    code: 0,
    output: expect.stringContaining("flinktide@v0.1.0"),
  });
});

it("a stack that breaks them is refused, and each rule says why", async () => {
  const { code, output } = await guardedPreview(breakingStack(journal));
  expect(code).not.toBe(0);
  // Lines are wrapped and indented where they are printed.
  const flat = output.replace(/\s+/g, " ");
  const missing = SAID_OF_BREAKING.filter(
    ([rule, text]) => !flat.includes(rule) || !flat.includes(text),
  );
  expect(missing).toEqual([]);
});

it("without the pack nothing stops it", async () => {
  expect((await preview(breakingStack(journal))).code).toBe(0);
});

it("an Ingress is refused unless the pack's config allows it", async () => {
  const ingress = [kubernetesObject("networking.k8s.io/v1:Ingress", "page", {})];
  expect((await guardedPreview(ingress)).output).toContain("acme-page kind");
  const config = path.join(folder, "guard-rails.json");
  fs.writeFileSync(config, JSON.stringify({ "ports-private": { ingress: true } }));
  expect((await guardedPreview(ingress, "--policy-pack-config", config)).code).toBe(0);
});
