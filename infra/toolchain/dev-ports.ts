import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { parse } from "yaml";
import { tryExec } from "../exec";
import type { Check } from "./check";
import { PROJECT_DIR } from "./paths";

/** Ports of the platform stack unless its file says otherwise. */
const PLATFORM_PORTS = [9090, 9094];

/** The host ports that the dev environment's stack files name, sorted. */
export function devPorts(folder = PROJECT_DIR): number[] {
  const files = fs.readdirSync(folder).filter((name) => /^Pulumi\.dev(-.*)?\.yaml$/.test(name));
  const named = files.flatMap((name) =>
    portsIn(parse(fs.readFileSync(path.join(folder, name), "utf8"))),
  );
  return [...new Set([...PLATFORM_PORTS, ...named])].sort((a, b) => a - b);
}

/** Numbers under keys that end in "port", and ranges under keys that end in "ports". */
function portsIn(value: unknown, key = ""): number[] {
  if (typeof value === "number") return /port$/i.test(key) ? [value] : [];
  if (typeof value === "string" && /ports$/i.test(key)) {
    const [from = NaN, to = NaN] = value.split("-").map(Number);
    return from <= to ? Array.from({ length: to - from + 1 }, (_, i) => from + i) : [];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) => portsIn(child, name));
}

/** Whether the dev environment's ports are free, or held by its own containers. */
export async function checkPorts(ports = devPorts()): Promise<Check> {
  const ours = await ownPorts();
  const states = await Promise.all(ports.map(async (port) => [port, await isFree(port)] as const));
  const used = states.flatMap(([port, free]) => (free ? [] : [port]));
  const foreign = used.filter((port) => !ours.has(port));
  const check = { name: "dev ports", wanted: "free, or used by flinktide" };
  if (foreign.length > 0) {
    const fix = "end what holds them, or change the port in Pulumi.dev*.yaml";
    return { ...check, found: `others use ${foreign.join(", ")}`, verdict: "missing", fix };
  }
  const found = `${ports.length - used.length} free, ${used.length} used by flinktide`;
  return { ...check, found, verdict: "ok" };
}

/** Host ports that containers of this project publish. */
async function ownPorts(): Promise<Set<number>> {
  const args = ["ps", "--filter", "label=flinktide.environment", "--format", "{{.Ports}}"];
  const { stdout } = await tryExec("docker", args, { timeoutMs: 20_000 });
  return publishedPorts(stdout);
}

/** Reads `127.0.0.1:8081->8081/tcp, 127.0.0.1:6121-6122->6121-6122/tcp`. */
export function publishedPorts(text: string): Set<number> {
  const ports = new Set<number>();
  for (const [, from, to] of text.matchAll(/:(\d+)(?:-(\d+))?->/g)) {
    for (let port = Number(from); port <= Number(to ?? from); port++) ports.add(port);
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
