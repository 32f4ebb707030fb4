import { roomFor } from "../../policies/kubernetes/headroom";
import type { Decision } from "../../policies/decision";
import type { Tenant } from "../../policies/tenant";

/** What was seen is good for so long, unless the plan moves on before: each look costs the API server two requests. */
const LOOK_EVERY_MS = 30_000;

/** A number, as its object has it; undefined where there is no such object. */
interface Counted {
  wanted(): Promise<number | undefined>;
}

export interface RoomKeeperDeps {
  /** How long before TaskManagers are started there is to be room for them. */
  leadMs: number;
  taskManagers(): Promise<Counted>;
  held(): Promise<Counted & { keep(taskManagers: number): Promise<void> }>;
}

/**
 * Moves the number of TaskManagers of one tenant for which room is held. Not to be asked while an update of the
 * tenant's runs, which moves it itself.
 */
export class RoomKeeper {
  /** How many after the last look, and what it went by. */
  private last: { held: number; room: number; decision: Decision; atMs: number } | undefined;

  constructor(private readonly deps: RoomKeeperDeps) {}

  /**
   * Has room held for as many as are planned within the lead beyond those that are wanted now. The cluster is only asked where
   * some are, or were at the last look, and again once the plan has changed or half a minute has passed. Gives why
   * there may be too little room; does not throw for it.
   *
   * @param decision the one in force; without one nothing runs, and nothing is held
   */
  async keep(
    tenant: Tenant,
    decision: Decision | undefined,
    nowMs: number,
  ): Promise<string | undefined> {
    if (decision === undefined) return undefined;
    try {
      await this.look(tenant, decision, nowMs);
      return undefined;
    } catch (error) {
      return `there may be no room for the next window: ${(error as Error).message}`;
    }
  }

  private async look(tenant: Tenant, decision: Decision, nowMs: number): Promise<void> {
    const room = roomFor(tenant, new Date(nowMs), this.deps.leadMs, decision);
    if (this.isSettled(room, decision, nowMs)) return;
    const held = await this.deps.held();
    const [taskManagers, before] = await Promise.all([
      (await this.deps.taskManagers()).wanted(),
      held.wanted(),
    ]);
    const isThere = taskManagers !== undefined && before !== undefined;
    const more = isThere ? Math.max(0, room - taskManagers) : 0;
    if (isThere && more !== before) await held.keep(more);
    this.last = { held: more, room, decision, atMs: nowMs };
  }

  private isSettled(room: number, decision: Decision, nowMs: number): boolean {
    const { last } = this;
    if (last === undefined) return false;
    if (last.held === 0 && room <= decision.to.taskManagers) return true;
    const same = last.room === room && last.decision === decision;
    return same && Math.abs(nowMs - last.atMs) < LOOK_EVERY_MS;
  }
}
