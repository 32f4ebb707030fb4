import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { exec } from "../../../infra/exec";
import { downloadArchive, isBaseReachable, type Archive } from "../../../infra/toolchain/download";
import { fakeProgram, removeScratch, scratch, withEnv } from "./fixtures/tools";

type Answer = (response: http.ServerResponse) => void;

const ARCHIVE: Archive = {
  path: "tool/releases/download/v1/tool-linux.tar.gz",
  checksums: "tool/releases/download/v1/tool_1_checksums.txt",
  members: ["pack/tool", "pack/helper"],
};

let server: http.Server;
let base: string;
let answers: Record<string, Answer>;
let good: Buffer;

beforeAll(async () => {
  good = await tarball("./pack");
  server = http.createServer((request, response) => {
    const answer = answers[(request.url ?? "").slice(1)];
    if (answer) answer(response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  removeScratch();
});

describe("an official download", () => {
  it("is checked and unpacked", async () => {
    const folder = await download(serving(good));
    expect(fs.readdirSync(folder).sort()).toEqual(["helper", "tool"]);
    expect(await exec(path.join(folder, "tool"))).toBe("v1.2.3\n");
  });

  it.each([
    [
      "a wrong checksum",
      () => serving(good, "0".repeat(64)),
      /has SHA-256 .*, the release says 000/,
    ],
    [
      "no checksum for the file",
      () => serving(good, sha256(good), "other"),
      /has no SHA-256 of tool/,
    ],
    ["no list of checksums", () => ({ [ARCHIVE.path]: sends(good) }), /checksums.txt answers 404/],
    ["no archive", () => ({ [ARCHIVE.checksums]: sums(good) }), /tool-linux.tar.gz answers 404/],
    ["garbage with its checksum", () => serving(Buffer.from("<html>no</html>")), /tar/],
    ["an error page", () => ({ ...serving(good), [ARCHIVE.path]: fails }), /answers 503/],
    ["a server that never answers", () => ({ [ARCHIVE.checksums]: hangs }), /does not answer/],
    [
      "a server that stops in the middle",
      () => ({ ...serving(good), [ARCHIVE.path]: stalls }),
      /stopped sending/,
    ],
    [
      "a connection that breaks",
      () => ({ ...serving(good), [ARCHIVE.path]: breaks }),
      /abort|reset|closed|premature/i,
    ],
  ])("is given up on %s", async (_what, routes, message) => {
    await expect(download(routes())).rejects.toThrow(message);
  });

  it("is given up where an executable is missing from the archive", async () => {
    const other = await tarball("./elsewhere");
    await expect(download(serving(other))).rejects.toThrow("the archive has no pack/tool");
  });

  it("is given up at once where nothing listens", async () => {
    await withEnv({ FLINKTIDE_DOWNLOAD_BASE: "http://127.0.0.1:1" }, async () => {
      await expect(downloadArchive(ARCHIVE, scratch())).rejects.toThrow("ECONNREFUSED");
      expect(await isBaseReachable()).toBe(false);
    });
  });
});

async function download(routes: Record<string, Answer>): Promise<string> {
  answers = routes;
  const folder = scratch();
  await withEnv({ FLINKTIDE_DOWNLOAD_BASE: `${base}/` }, () =>
    downloadArchive(ARCHIVE, folder, { silenceMs: 400 }),
  );
  return folder;
}

async function tarball(root: string): Promise<Buffer> {
  const folder = scratch();
  for (const name of ["tool", "helper"]) fakeProgram(path.join(folder, root, name), "v1.2.3");
  const file = path.join(scratch(), "a.tar.gz");
  await exec("tar", ["-czf", file, "-C", folder, root]);
  return fs.readFileSync(file);
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function serving(bytes: Buffer, sum = sha256(bytes), name = "tool-linux.tar.gz") {
  const list = Buffer.from(`${"1".repeat(64)}  first.tar.gz\n${sum}  ${name}\n`);
  return { [ARCHIVE.path]: sends(bytes), [ARCHIVE.checksums]: sends(list) };
}

function sums(bytes: Buffer): Answer {
  return sends(Buffer.from(`${sha256(bytes)}  ./tool-linux.tar.gz\n`));
}

function sends(bytes: Buffer): Answer {
  return (response) => void response.end(bytes);
}

const fails: Answer = (response) => void response.writeHead(503).end("busy");
const hangs: Answer = () => undefined;
const stalls: Answer = (response) => {
  response.writeHead(200, { "content-length": String(good.length) });
  response.write(good.subarray(0, 100));
};
const breaks: Answer = (response) => {
  response.writeHead(200, { "content-length": String(good.length) });
  response.write(good.subarray(0, 100), () => response.destroy());
};
