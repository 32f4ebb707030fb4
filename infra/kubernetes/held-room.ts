import { z } from "zod";
import { BUFFER_API, type HeadroomKind } from "../../policies/kubernetes/headroom";
import type { ObjectApi } from "./api";
import type { ObjectName } from "./object-url";

const replicasSchema = z.object({ spec: z.object({ replicas: z.int().default(0) }) });

/** The number of TaskManagers of one tenant for which room is held. */
export class HeldRoom {
  private readonly path: string;

  /** @param object that holds it; there may be none */
  constructor(
    private readonly api: ObjectApi,
    kind: HeadroomKind,
    { namespace, name }: ObjectName,
  ) {
    this.path = {
      pods: `/apis/apps/v1/namespaces/${namespace}/deployments/${name}/scale`,
      "capacity-buffer": `/apis/${BUFFER_API}/namespaces/${namespace}/capacitybuffers/${name}`,
    }[kind];
  }

  /** How many are wanted; undefined where nothing holds room. */
  async wanted(): Promise<number | undefined> {
    return (await this.api.find(this.path, replicasSchema))?.spec.replicas;
  }

  async keep(replicas: number): Promise<void> {
    const body = { spec: { replicas } };
    await this.api.request({ method: "PATCH", path: this.path, body }, z.unknown());
  }

  /** Lets go of as many as are started in their place. Does nothing where there are none, or none is started. */
  async giveWay(starting: number): Promise<void> {
    if (starting <= 0) return;
    const now = (await this.wanted()) ?? 0;
    if (now > 0) await this.keep(Math.max(0, now - starting));
  }
}
