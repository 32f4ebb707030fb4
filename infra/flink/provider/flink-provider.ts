import type * as provider from "@pulumi/pulumi/provider";
import { imagePushHandler } from "./image-push-handler";
import { jobHandler } from "./job-handler";
import { taskManagersHandler } from "./task-managers-handler";
import { topicHandler } from "./topic-handler";
import type { ResourceHandler } from "./resource-handler";
import type { RestartStep } from "../restart-run";

export const PROVIDER_VERSION = "0.1.0";

const anything = { $ref: "pulumi.json#/Any" };

/** The Pulumi provider `flink`: resources whose life is more than create and delete. */
export class FlinkProvider implements provider.Provider {
  readonly version = PROVIDER_VERSION;
  readonly schema: string;
  private readonly handlers: Readonly<Record<string, ResourceHandler>>;

  /** `onStep` is told of every step of a job's restart. */
  constructor(onStep: (step: RestartStep) => Promise<void> | void = () => undefined) {
    this.handlers = {
      "flink:index:ImagePush": imagePushHandler,
      "flink:index:Job": jobHandler(onStep),
      "flink:index:TaskManagers": taskManagersHandler,
      "flink:index:Topic": topicHandler,
    };
    const resources = Object.entries(this.handlers).map(([type, handler]) => [
      type,
      {
        inputProperties: Object.fromEntries(handler.inputs.map((key) => [key, anything])),
        properties: Object.fromEntries(handler.outputs.map((key) => [key, anything])),
      },
    ]);
    this.schema = JSON.stringify({
      name: "flink",
      version: PROVIDER_VERSION,
      resources: Object.fromEntries(resources),
    });
  }

  async check(urn: string, _olds: unknown, news: unknown): Promise<provider.CheckResult> {
    return { inputs: news, failures: this.handlerOf(urn).check(news) };
  }

  async diff(_id: string, urn: string, olds: unknown, news: unknown): Promise<provider.DiffResult> {
    return this.handlerOf(urn).diff(olds, news);
  }

  async create(urn: string, inputs: unknown): Promise<provider.CreateResult> {
    return this.handlerOf(urn).create(inputs);
  }

  async read(id: string, urn: string, props?: unknown): Promise<provider.ReadResult> {
    return this.handlerOf(urn).read(id, props);
  }

  async update(
    _id: string,
    urn: string,
    olds: unknown,
    news: unknown,
  ): Promise<provider.UpdateResult> {
    return { outs: await this.handlerOf(urn).update(olds, news) };
  }

  async delete(_id: string, urn: string, props: unknown): Promise<void> {
    await this.handlerOf(urn).delete(props);
  }

  private handlerOf(urn: string): ResourceHandler {
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const handler = this.handlers[type];
    if (handler === undefined) throw new Error(`the flink provider has no resource ${type}`);
    return handler;
  }
}
