import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { tryExec } from "../../../infra/exec";
import { recipeDirectory } from "../../../infra/images/context";

/** Notes how it was called. Fails at once; when called again, it ends the relay, which would go on for ever. */
const SOCAT = `#!/bin/sh
echo "$@" >>"$TMPDIR/socat"
[ "$(wc -l <"$TMPDIR/socat")" -lt 2 ] || kill "$PPID"
exit 1
`;
/** Goes on until the relay was started \`$CALLS\` times, and ends with code 7. */
const PROMETHEUS = `#!/bin/sh
printf '%s\\n' "$@"
while [ "$(cat "$TMPDIR/socat" 2>/dev/null | wc -l)" -lt "$CALLS" ]; do sleep 0.05; done
exit 7
`;

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-relay-"));
  for (const [name, text] of [
    ["socat", SOCAT],
    ["prometheus", PROMETHEUS],
  ] as const) {
    fs.mkdirSync(path.join(folder, "bin"), { recursive: true });
    fs.writeFileSync(path.join(folder, "bin", name), text, { mode: 0o755 });
  }
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const start = (env: Record<string, string>) =>
  tryExec(path.join(recipeDirectory("prometheus"), "bin", "entrypoint.sh"), ["--more"], {
    env: { PATH: `${folder}/bin:${process.env.PATH}`, TMPDIR: folder, ...env },
  });
const calls = () => {
  const file = path.join(folder, "socat");
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim().split("\n") : [];
};

it("the relay is started again when it ends, and Prometheus's end is the container's", async () => {
  const { code } = await start({ CALLS: "2", CONDUCTOR_SOCKET: "/s/c.sock", CONDUCTOR_PORT: "91" });
  const call =
    "-lf /dev/null -T 60 TCP-LISTEN:91,bind=127.0.0.1,reuseaddr,fork,max-children=8 UNIX-CONNECT:/s/c.sock";
  expect({ code, calls: calls() }).toEqual({ code: 7, calls: [call, call] });
});

it("without a socket there is no relay, and with one but no port it says so", async () => {
  expect(await start({ CALLS: "0" })).toMatchObject({ code: 7 });
  expect(calls()).toEqual([]);
  const { code, stderr } = await start({ CALLS: "0", CONDUCTOR_SOCKET: "/s/c.sock" });
  expect([code, stderr]).toEqual([2, expect.stringContaining("CONDUCTOR_PORT")]);
});

it("Prometheus gets the configuration and, beside it, the rules", async () => {
  const config = "a: 1 # $HOME %s\n";
  const { stdout } = await start({
    ...{ CALLS: "0", PROMETHEUS_CONFIG: config, PROMETHEUS_RULES: "groups: []" },
  });
  expect(stdout.split("\n")).toEqual(
    expect.arrayContaining([`--config.file=${folder}/prometheus.yml`, "--more"]),
  );
  expect(fs.readFileSync(path.join(folder, "prometheus.yml"), "utf8")).toBe(`${config}\n`);
  expect(fs.readFileSync(path.join(folder, "rules.yml"), "utf8")).toBe("groups: []\n");
});
