import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
  AnalyzeRequest,
  AnalyzerResource,
  AnalyzerResourceOptions,
  AnalyzeStackRequest,
  type AnalyzeDiagnostic,
  type AnalyzeResponse,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { PROJECT_DIR } from "../../infra/toolchain/paths";
import type { GuardedResource } from "../../policies/guard-rails/resource";

/** A policy that was broken, and what it said. */
export interface Violation {
  policy: string;
  message: string;
}

/** A policy pack in a process of its own, as Pulumi's language host starts it, asked as Pulumi's engine asks. */
export class RunningPack {
  private readonly child: ChildProcess;
  private client: AnalyzerClient | undefined;

  constructor(folder: string) {
    const cwd = path.join(PROJECT_DIR, folder);
    const script = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
    this.child = spawn(process.execPath, [script, "127.0.0.1:0", cwd], {
      cwd,
      stdio: ["ignore", "pipe", "inherit"],
    });
  }

  /** Once the pack answers. */
  async ready(): Promise<void> {
    if (this.child.stdout === null) throw new Error("the pack has no output");
    const [port] = (await once(createInterface(this.child.stdout), "line")) as [string];
    this.client = new AnalyzerClient(`127.0.0.1:${port.trim()}`, credentials.createInsecure());
  }

  /** What the pack says of each resource and then, as of their outputs, of all. */
  async check(resources: readonly GuardedResource[]): Promise<Violation[]> {
    const { client } = this;
    if (client === undefined) throw new Error("the pack is not ready");
    const found: AnalyzeDiagnostic[] = [];
    for (const resource of resources) {
      const request = described(new AnalyzeRequest(), resource, resource.props as object);
      found.push(...(await ask((done) => client.analyze(request, done))));
    }
    const stack = new AnalyzeStackRequest();
    stack.setResourcesList(
      resources.map((resource) => described(new AnalyzerResource(), resource, {})),
    );
    found.push(...(await ask((done) => client.analyzeStack(stack, done))));
    return found.map((each) => ({ policy: each.getPolicyname(), message: each.getMessage() }));
  }

  close(): void {
    this.client?.close();
    this.child.kill();
  }
}

function ask(
  call: (done: (error: Error | null, response: AnalyzeResponse) => void) => void,
): Promise<AnalyzeDiagnostic[]> {
  return new Promise((resolve, reject) =>
    call((error, response) =>
      error === null ? resolve(response.getDiagnosticsList()) : reject(error),
    ),
  );
}

function described<T extends AnalyzeRequest | AnalyzerResource>(
  request: T,
  { type, name, ignoreChanges = [] }: GuardedResource,
  props: object,
): T {
  const options = new AnalyzerResourceOptions();
  options.setIgnorechangesList([...ignoreChanges]);
  request.setType(type);
  request.setName(name);
  request.setUrn(`urn:pulumi:test::flinktide::${type}::${name}`);
  request.setOptions(options);
  // Without what is undefined, as a program's properties come.
  const plain = JSON.parse(JSON.stringify(props)) as Parameters<typeof Struct.fromJavaScript>[0];
  request.setProperties(Struct.fromJavaScript(plain));
  return request;
}
