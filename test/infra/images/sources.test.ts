import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";

import { exec } from "../../../infra/exec";
import { debianMirror } from "../../../infra/images/debian";
import { downloadVerified } from "../../../infra/images/download";
import { fetchPayload } from "../../../infra/images/payload";

let work: string;
let server: http.Server;
let site: string;
const files = new Map<string, Buffer>();

beforeAll(async () => {
  server = http.createServer((request, response) => {
    const body = files.get(request.url ?? "");
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  work = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-sources-"));
  files.clear();
});
afterEach(() => fs.rmSync(work, { recursive: true, force: true }));

function publish(url: string, body: Buffer, sum = body) {
  files.set(url, body);
  const digest = createHash("sha512").update(sum).digest("hex");
  files.set(`${url}.sha512`, Buffer.from(`${digest}  ${path.basename(url)}\n`));
}

/** A gzipped tarball of empty files. */
async function tarball(names: string[]): Promise<Buffer> {
  const root = path.join(work, "tree");
  for (const name of names) {
    fs.mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), name);
  }
  await exec(
    "tar",
    ["-C", root, "-czf", path.join(work, "made.tgz"), "."]
      .slice(0, -1)
      .concat(fs.readdirSync(root)),
  );
  return fs.readFileSync(path.join(work, "made.tgz"));
}

function listing(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

describe("downloadVerified", () => {
  it("should keep a file whose checksum matches", async () => {
    publish("/a.tgz", Buffer.from("payload"));
    expect(await downloadVerified(`${site}/a.tgz`, path.join(work, "a"))).toBe(true);
    expect(fs.readFileSync(path.join(work, "a"), "utf8")).toBe("payload");
  });

  it("should throw when the checksum does not match", async () => {
    publish("/a.tgz", Buffer.from("payload"), Buffer.from("other"));
    await expect(downloadVerified(`${site}/a.tgz`, path.join(work, "a"))).rejects.toThrow(
      "does not match its sha512",
    );
  });

  it("should say false where the file or the site is missing", async () => {
    const target = path.join(work, "a");
    expect(await downloadVerified(`${site}/none.tgz`, target)).toBe(false);
    expect(await downloadVerified("http://127.0.0.1:9/none.tgz", target)).toBe(false);
    expect(await downloadVerified("http://nowhere.invalid/none.tgz", target)).toBe(false);
  });
});

describe("fetchPayload from the official site", () => {
  it("should keep what a Kafka broker needs", async () => {
    const libs = ["kafka_2.13-3.9.1.jar", "kafka-clients-3.9.1.jar", "connect-api-3.9.1.jar"];
    const root = "kafka_2.13-3.9.1";
    const names = [...libs.map((jar) => `${root}/libs/${jar}`), `${root}/bin/kafka-topics.sh`];
    publish("/kafka/3.9.1/kafka_2.13-3.9.1.tgz", await tarball(names));
    const target = path.join(work, "payload");
    await fetchPayload({ recipe: "kafka", version: "3.9.1" }, target, site);
    expect(listing(target)).toEqual(["libs/kafka-clients-3.9.1.jar", "libs/kafka_2.13-3.9.1.jar"]);
    expect(fs.readdirSync(work).filter((name) => name.startsWith("payload"))).toEqual(["payload"]);
  });

  it("should lay Flink out as the package registry's archive does", async () => {
    const kept = [
      "bin/bash-java-utils.jar",
      "lib/flink-dist_2.11-1.14.6.jar",
      "plugins/metrics-prometheus/flink-metrics-prometheus-1.14.6.jar",
    ];
    const names = [...kept, "bin/flink", "opt/flink-s3.jar", "plugins/metrics-jmx/x.jar"];
    const archive = await tarball(names.map((name) => `flink-1.14.6/${name}`));
    publish("/flink/flink-1.14.6/flink-1.14.6-bin-scala_2.11.tgz", archive);
    const maven = path.join(work, "mvn");
    fs.writeFileSync(
      maven,
      '#!/bin/sh\nfor a; do case $a in -DoutputDirectory=*) touch "${a#*=}/connector.jar";; esac; done\n',
      { mode: 0o755 },
    );
    const before = process.env.PATH;
    process.env.PATH = `${work}:${before}`;
    try {
      const target = path.join(work, "payload");
      await fetchPayload({ recipe: "flink", version: "1.14.6" }, target, site);
      expect(listing(target)).toEqual([kept[0], "lib/connector.jar", ...kept.slice(1)]);
    } finally {
      process.env.PATH = before;
    }
  });
});

describe("debianMirror", () => {
  const apt = (file: string, text: string) => {
    fs.mkdirSync(path.join(work, path.dirname(file)), { recursive: true });
    fs.writeFileSync(path.join(work, file), text);
  };

  it("should read one-line sources", () => {
    apt(
      "sources.list",
      "# deb http://old.example/debian x\ndeb [arch=amd64] http://m.example/debian bookworm main\n",
    );
    expect(debianMirror(work)).toBe("http://m.example/debian");
  });

  it("should read deb822 sources and pass over other archives", () => {
    apt("sources.list.d/a.sources", "Types: deb\nURIs: https://packages.example/tools\n");
    apt(
      "sources.list.d/debian.sources",
      "Types: deb\nURIs: https://m.example/debian/\nSuites: bookworm\n",
    );
    apt("sources.list.d/security.sources", "Types: deb\nURIs: https://m.example/debian-security\n");
    expect(debianMirror(work)).toBe("https://m.example/debian/");
  });

  it("should give nothing on a machine without Debian's archive", () => {
    expect(debianMirror(work)).toBeUndefined();
  });
});
