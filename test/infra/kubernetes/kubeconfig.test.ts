import * as fs from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import { exec } from "../../../infra/exec";
import { PROJECT_DIR } from "../../../infra/toolchain/paths";
import { removeScratch, scratch } from "../toolchain/fixtures/tools";

afterAll(removeScratch);

const base64 = (text: string) => Buffer.from(text).toString("base64");
const SERVER = { server: "https://10.0.0.1:6443/", "certificate-authority-data": base64("the CA") };

/** A kubeconfig of one context, with what is given in the place of its parts. */
function kubeconfig(parts: { cluster?: object; user?: object; context?: object; rest?: object }) {
  const { cluster = SERVER, user = { token: "t" }, context = { cluster: "c", user: "u" } } = parts;
  return {
    ...{ apiVersion: "v1", kind: "Config", "current-context": "x" },
    clusters: [{ name: "c", cluster }],
    users: [{ name: "u", user }],
    contexts: [{ name: "x", context }],
    ...parts.rest,
  };
}

const folder = scratch();
const fileOf = (name: string, content: unknown): string => {
  const file = path.join(folder, name);
  fs.writeFileSync(file, typeof content === "string" ? content : stringify(content));
  return file;
};
const CREDENTIAL_API = "client.authentication.k8s.io/v1";
const credential = JSON.stringify({
  ...{ apiVersion: CREDENTIAL_API, kind: "ExecCredential" },
  status: { token: "from-plugin", expirationTimestamp: "2999-01-01T00:00:00Z" },
});
const plugin = `#!/bin/sh\necho '${credential}'\n`;
fs.writeFileSync(path.join(folder, "plugin"), plugin, { mode: 0o755 });
fs.writeFileSync(path.join(folder, "ca.pem"), "CA of a file");

const token = { headers: { Authorization: "Bearer t" } };
const usable: [string, object, object][] = [
  ["a token", kubeconfig({}), token],
  [
    "a client's certificate",
    kubeconfig({
      user: { "client-certificate-data": base64("cert"), "client-key-data": base64("key") },
    }),
    { headers: {}, cert: "cert", key: "key" },
  ],
  [
    "a program that gives a token",
    kubeconfig({
      user: {
        exec: {
          ...{ apiVersion: CREDENTIAL_API, interactiveMode: "Never" },
          command: path.join(folder, "plugin"),
        },
      },
    }),
    { headers: { Authorization: "Bearer from-plugin" } },
  ],
  [
    "a name and a password",
    kubeconfig({ user: { username: "me", password: "pw" } }),
    { headers: { Authorization: `Basic ${base64("me:pw")}` } },
  ],
  [
    "files beside it",
    kubeconfig({ cluster: { server: "https://h", "certificate-authority": "ca.pem" } }),
    { ...token, server: "https://h", ca: "CA of a file" },
  ],
  [
    "another name in the server's certificate",
    kubeconfig({ cluster: { ...SERVER, "tls-server-name": "k8s" } }),
    { ...token, servername: "k8s" },
  ],
  [
    "a server that is not to be verified",
    kubeconfig({ cluster: { server: "https://h", "insecure-skip-tls-verify": true } }),
    { ...token, server: "https://h", rejectUnauthorized: false },
  ],
];
const unusable: [string, unknown, string][] = [
  ["no context", kubeconfig({ rest: { "current-context": "" } }), "it has no current context"],
  [
    "a context that is not there",
    kubeconfig({ rest: { "current-context": "y" } }),
    "it has no context y",
  ],
  [
    "a cluster that is not there",
    kubeconfig({ context: { cluster: "d", user: "u" } }),
    "its context x names the cluster d, which is not in it",
  ],
  [
    "a user who is not there",
    kubeconfig({ context: { cluster: "c", user: "v" } }),
    "its context x names the user v, who is not in it",
  ],
  [
    "a server that is no URL",
    kubeconfig({ cluster: { server: "10.0.0.1" } }),
    "the server 10.0.0.1 of its cluster c is not a URL",
  ],
  ["text that is no YAML", "{", "can't be used"],
];

it("gives what each kubeconfig says, or what is wrong with it", async () => {
  const files = [...usable, ...unusable].map(([name, content]) => fileOf(name, content));
  const other = kubeconfig({ rest: { "current-context": undefined } });
  const merged = `/no/such:${fileOf("contextless", other)}:${fileOf("context", {
    ...{
      "current-context": "z",
      clusters: [{ name: "c2", cluster: { server: "https://second" } }],
    },
    users: [{ name: "u2", user: { token: "second" } }],
    contexts: [{ name: "z", context: { cluster: "c2", user: "u2" } }],
  })}`;
  const script = path.join(PROJECT_DIR, "test/support/kubeconfig-process.ts");
  const args = ["--import", "tsx", script, ...files, merged];
  const said = (await exec(process.execPath, args, { cwd: PROJECT_DIR })).trim().split("\n");
  const answers = said.map((line) => JSON.parse(line) as object);
  const always = {
    server: "https://10.0.0.1:6443",
    ca: "the CA",
    sameAgent: true,
    keepAlive: true,
  };
  usable.forEach(([, content, expected], i) => {
    const withoutCa = JSON.stringify(content).includes("certificate-authority-data");
    const { ca, ...others } = always;
    expect(answers[i]).toEqual({ ...others, ...(withoutCa ? { ca } : {}), ...expected });
  });
  unusable.forEach(([name, , fault], i) => {
    const file = path.join(folder, name);
    const told = new RegExp(`^The kubeconfig ${file} .*Fix: choose a context`, "s");
    expect(answers[usable.length + i]).toEqual({ error: expect.stringMatching(told) });
    expect(answers[usable.length + i]).toEqual({ error: expect.stringContaining(fault) });
  });
  expect(answers.at(-1)).toMatchObject({
    ...{ server: "https://second", headers: { Authorization: "Bearer second" } },
  });
}, 120_000);
