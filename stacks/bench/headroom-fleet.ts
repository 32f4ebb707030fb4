import { sleep } from "../../infra/flink/wait";
import { taskManagersHandler } from "../../infra/flink/provider/task-managers-handler";
import { KUBERNETES_SCHEME } from "../../infra/kubernetes/object-url";
import { say } from "../../infra/progress";
import { headroomOf, namespaceOf } from "../../infra/kubernetes/names";
import type { Decision } from "../../policies/decision";
import { planFor } from "../../policies/plan";
import { OBSERVATION_SECONDS } from "../../policies/scaling/settings";
import type { Tenant } from "../../policies/tenant";
import { Gate } from "../conductor/gate";
import type { RoomKeeper } from "../conductor/room-keeper";
import { tenantTarget } from "../conductor/target";
import { fleetPlatform, type FleetPlan } from "./headroom-objects";

/** As in the conductor. */
const UPDATES_AT_ONCE = 4;
/** Before and after an update comes to its TaskManagers; together as long as one takes. */
const UPDATE_MS = { before: 3_000, after: 3_000 };

interface Member {
  tenant: Tenant;
  decision: Decision;
  room: RoomKeeper | undefined;
  updating: boolean;
}

/**
 * The conductor's part for a fleet whose Flink is simulated: its policy decides, its room keeper moves the balloons,
 * and its provider's handler starts the TaskManagers; updates take their time, four at once, and change nothing else.
 */
export class Fleet {
  private readonly members: Member[];
  private readonly gate = new Gate(UPDATES_AT_ONCE);
  private readonly updates: Promise<void>[] = [];
  /** When the first TaskManagers were started, ms since the epoch. */
  startedMs: number | undefined;

  constructor(
    private readonly plan: FleetPlan,
    now: Date,
  ) {
    const { environment, tenants } = plan;
    const platform = fleetPlatform(plan);
    this.members = tenants.map((tenant) => ({
      ...{ tenant, decision: planFor(tenant, now, {}).decision, updating: false },
      room: tenantTarget(platform, environment, tenant.name).room,
    }));
  }

  /** Rounds of cycles until all tenants have the TaskManagers of their window. */
  async conduct(taskManagers: number): Promise<void> {
    while (this.members.some(({ decision }) => decision.to.taskManagers < taskManagers)) {
      const next = Date.now() + OBSERVATION_SECONDS * 1000;
      await Promise.all(this.members.map((member) => this.cycle(member)));
      await sleep(Math.max(0, next - Date.now()));
    }
    await Promise.all(this.updates);
    await Promise.all(this.members.map((member) => this.cycle(member)));
  }

  private async cycle(member: Member): Promise<void> {
    const { tenant, decision, room } = member;
    if (member.updating) return;
    const now = new Date();
    const fault = await room?.keep(tenant, decision, now.getTime());
    if (fault !== undefined) say(`${tenant.name}: ${fault}`);
    const planned = planFor(tenant, now, { decision }).decision;
    if (planned === decision) return;
    member.updating = true;
    this.updates.push(this.gate.through(() => this.update(member, planned)));
  }

  private async update(member: Member, decision: Decision): Promise<void> {
    const { environment, room } = this.plan;
    const of = { environment, tenant: member.tenant.name };
    const { namespace, name } = headroomOf(of);
    const url = `${KUBERNETES_SCHEME}${namespace}/${name}`;
    const headroom = room === undefined ? {} : { headroom: { kind: room.kind, url } };
    await sleep(UPDATE_MS.before);
    this.startedMs ??= Date.now();
    const start = () =>
      taskManagersHandler.create({
        ...{ restUrl: "http://127.0.0.1:1", namespace: namespaceOf(of) },
        ...{ taskManagers: decision.to.taskManagers, ...headroom },
      });
    const started = await tried(start);
    await sleep(UPDATE_MS.after);
    if (started !== undefined) member.decision = decision;
    member.updating = false;
  }
}

/** undefined where it fails, which is said; as in the conductor, the next cycle tries again. */
async function tried<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    say((error as Error).message);
    return undefined;
  }
}
