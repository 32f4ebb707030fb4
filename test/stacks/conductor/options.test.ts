import { parseArgs } from "node:util";
import { UserError } from "../../../infra/errors";
import { PROJECT_DIR } from "../../../infra/toolchain/paths";
import { HELP, OPTIONS, settingsFrom } from "../../../stacks/conductor/options";

const settings = (...args: string[]) => settingsFrom(parseArgs({ args, options: OPTIONS }).values);

test("nothing given: everything of dev, with the page, for ever", () => {
  const all = { environment: "dev", once: false, dryRun: false, port: 7070, folder: PROJECT_DIR };
  expect(settings()).toEqual(all);
  expect(settingsFrom({})).toEqual(all);
});

test("every option", () => {
  const given = ["--env", "prod-1", "--once", "--dry-run", "--tenant", "a", "--tenant", "b"];
  expect(settings(...given, "--port", "0", "--stacks", "/srv")).toEqual({
    ...{ environment: "prod-1", once: true, dryRun: true, only: ["a", "b"], folder: "/srv" },
  });
  expect(settings("--port", "65535").port).toBe(65535);
  expect(settings("--probes", "9091").probes).toBe(9091);
  expect(settings("--lease", "kubernetes://flinktide-prod/conductor").lease).toEqual({
    ...{ namespace: "flinktide-prod", name: "conductor" },
  });
});

test.each([
  [["--env", "../dev"], "--env ../dev is not the name of a stack. Fix: give one such as dev."],
  [["--env", ""], "--env  is not the name of a stack. Fix: give one such as dev."],
  [
    ["--lease", "/var/lease"],
    "/var/lease does not say where the lease is. Fix: give kubernetes://NAMESPACE/NAME",
  ],
  ...["65536", "0", "-1", "x", ""].map((port) => [
    [`--probes=${port}`],
    `--probes ${port} is not a port. Fix: give 1 to 65535.`,
  ]),
  ...["65536", "-1", "x", "1.5", ""].map((port) => [
    [`--port=${port}`],
    `--port ${port} is not a port. Fix: give 1024 to 65535, or 0 for no page.`,
  ]),
] as [string[], string][])("%j is refused", (args, message) => {
  expect(() => settings(...args)).toThrow(UserError);
  expect(() => settings(...args)).toThrow(message);
});

test.each([...Object.keys(OPTIONS), "help"])("the help tells of --%s", (option) => {
  expect(HELP).toMatch(new RegExp(`^  --${option} `, "m"));
});
