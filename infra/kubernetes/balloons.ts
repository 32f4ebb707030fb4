import { z } from "zod";
import type { ObjectApi } from "./api";
import type { ObjectName } from "./object-url";

const scaleSchema = z.object({ spec: z.object({ replicas: z.int().default(0) }) });

/** The number of the pods that hold room for one tenant's TaskManagers. */
export class Balloons {
  private readonly path: string;

  /** @param deployment where there may be none */
  constructor(
    private readonly api: ObjectApi,
    { namespace, name }: ObjectName,
  ) {
    this.path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}/scale`;
  }

  /** Pods that are wanted; undefined where there is no such Deployment. */
  async wanted(): Promise<number | undefined> {
    return (await this.api.find(this.path, scaleSchema))?.spec.replicas;
  }

  async keep(pods: number): Promise<void> {
    const body = { spec: { replicas: pods } };
    await this.api.request({ method: "PATCH", path: this.path, body }, z.unknown());
  }

  /** Lets go of as many as are started in their place. Does nothing where there are none, or none is started. */
  async giveWay(starting: number): Promise<void> {
    if (starting <= 0) return;
    const now = (await this.wanted()) ?? 0;
    if (now > 0) await this.keep(Math.max(0, now - starting));
  }
}
