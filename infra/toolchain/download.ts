import axios, { type AxiosResponse } from "axios";
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { exec } from "../exec";

/** An official release archive, below the download base. */
export interface Archive {
  /** Path below the base, for instance `pulumi/pulumi/releases/download/v…/pulumi-v…-linux-x64.tar.gz`. */
  path: string;
  /** Path of the release's list of SHA-256 sums. */
  checksums: string;
  /** Members to unpack; they land in the target folder under their base names. */
  members: readonly string[];
}

const OFFICIAL_BASE = "https://github.com";

/** A server that does not answer, or stops sending, for this long counts as unreachable. */
const SILENCE_MS = 6_000;
const PROGRESS_MS = 10_000;

/** Why a download was given up; the caller goes on to the next source. */
export class DownloadError extends Error {}

export interface DownloadOptions {
  /** @default 6000 */
  silenceMs?: number;
  /** Called every ten seconds with a sentence on how far it is. */
  onProgress?: (text: string) => void;
}

/** Where releases are fetched from: `$FLINKTIDE_DOWNLOAD_BASE` (a mirror with the same paths), else GitHub. */
export function downloadBase(): string {
  return (process.env.FLINKTIDE_DOWNLOAD_BASE ?? OFFICIAL_BASE).replace(/\/+$/, "");
}

/**
 * Fetches an archive, checks its SHA-256 against the release's list, and unpacks the members into `folder`.
 * Throws DownloadError on anything that goes wrong, within seconds where the server is unreachable.
 */
export async function downloadArchive(
  archive: Archive,
  folder: string,
  options: DownloadOptions = {},
): Promise<void> {
  const base = downloadBase();
  const silenceMs = options.silenceMs ?? SILENCE_MS;
  const file = path.join(folder, "archive.tar.gz");
  try {
    const wanted = await wantedChecksum(`${base}/${archive.checksums}`, archive.path, silenceMs);
    const found = await fetchFile(`${base}/${archive.path}`, file, silenceMs, options.onProgress);
    if (wanted !== undefined && wanted !== found) {
      throw new DownloadError(`${archive.path} has SHA-256 ${found}, the release says ${wanted}`);
    }
    await unpack(file, archive.members, folder);
  } catch (error) {
    if (error instanceof DownloadError) throw error;
    throw new DownloadError(error instanceof Error ? error.message : String(error));
  } finally {
    await fs.rm(file, { force: true });
  }
}

/**
 * The archive's line in the release's list. A release without a list is believed only over HTTPS, where the server
 * itself is proven.
 */
async function wantedChecksum(
  url: string,
  archivePath: string,
  silenceMs: number,
): Promise<string | undefined> {
  const response = await open(url, silenceMs);
  if (response.status === 404 && url.startsWith("https:")) {
    response.data.destroy();
    return undefined;
  }
  requireOk(response, url);
  const chunks: Buffer[] = [];
  for await (const chunk of quietLimit(response.data, silenceMs)) chunks.push(chunk);
  const name = path.posix.basename(archivePath);
  const line = Buffer.concat(chunks)
    .toString("utf8")
    .split("\n")
    .map((text) => text.trim().split(/\s+[*]?(?:\.\/)?/))
    .find(([sum, file]) => file === name && /^[0-9a-f]{64}$/.test(sum ?? ""));
  if (line?.[0] === undefined) throw new DownloadError(`${url} has no SHA-256 of ${name}`);
  return line[0];
}

async function fetchFile(
  url: string,
  file: string,
  silenceMs: number,
  onProgress?: (text: string) => void,
): Promise<string> {
  const response = await open(url, silenceMs);
  requireOk(response, url);
  const hash = createHash("sha256");
  const total = Number(response.headers["content-length"] ?? 0);
  let received = 0;
  const beat = setInterval(
    () => onProgress?.(`${megabytes(received)} of ${megabytes(total)} MB`),
    PROGRESS_MS,
  );
  await pipeline(
    quietLimit(response.data, silenceMs),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        received += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(file),
  ).finally(() => clearInterval(beat));
  return hash.digest("hex");
}

async function open(url: string, silenceMs: number): Promise<AxiosResponse<Readable>> {
  const gaveUp = new AbortController();
  const timer = setTimeout(() => gaveUp.abort(), silenceMs);
  try {
    return await axios.get<Readable>(url, {
      responseType: "stream",
      signal: gaveUp.signal,
      validateStatus: () => true,
    });
  } catch (error) {
    if (gaveUp.signal.aborted) throw new DownloadError(`${url} does not answer`);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(0);
}

function requireOk(response: AxiosResponse<Readable>, url: string): void {
  if (response.status === 200) return;
  response.data.destroy();
  throw new DownloadError(`${url} answers ${response.status}`);
}

/** Passes a stream on, and breaks it off when nothing comes for the given time. */
async function* quietLimit(stream: Readable, silenceMs: number): AsyncGenerator<Buffer> {
  const giveUp = () => stream.destroy(new DownloadError("the server stopped sending"));
  let timer = setTimeout(giveUp, silenceMs);
  try {
    for await (const chunk of stream) {
      clearTimeout(timer);
      yield chunk as Buffer;
      timer = setTimeout(giveUp, silenceMs);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Archives differ in whether names start with `./`, so the list is read first. */
async function unpack(file: string, members: readonly string[], folder: string): Promise<void> {
  const listed = (await exec("tar", ["-tzf", file])).split("\n");
  const unpacked = path.join(folder, "unpacked");
  await fs.mkdir(unpacked);
  const names = members.map((member) => {
    const name = listed.find((candidate) => path.posix.normalize(candidate) === member);
    if (name === undefined) throw new DownloadError(`the archive has no ${member}`);
    return name;
  });
  await exec("tar", ["-xzf", file, "-C", unpacked, ...names]);
  for (const member of members) {
    await fs.rename(path.join(unpacked, member), path.join(folder, path.basename(member)));
  }
  await fs.rm(unpacked, { recursive: true });
}

/** Whether the download base answers at all, within a few seconds. */
export async function isBaseReachable(silenceMs = 3_000): Promise<boolean> {
  try {
    const response = await open(downloadBase(), silenceMs);
    response.data.destroy();
    return true;
  } catch {
    return false;
  }
}
