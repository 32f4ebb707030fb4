import { UserError } from "../infra/errors";
import type { Decision, HandedDecision } from "../policies/decision";
import type { Observed } from "../policies/plan";

/** What a stack's last update left. */
export interface LastUpdate {
  decision?: Decision;
  /** Token of the conductor's lease under which it was made; 0 where none ever was. */
  fence: number;
}

/**
 * What the plan goes on from: the decision that a conductor hands over, else the one that runs. Throws UserError where
 * another conductor has acted since the one that hands it over had the lease.
 */
export function observedOf(last: LastUpdate, handed?: HandedDecision): Observed {
  if (handed === undefined) return last.decision === undefined ? {} : { decision: last.decision };
  if (handed.fence >= last.fence) return { decision: handed.decision };
  throw new UserError(
    `This decision was taken under lease ${handed.fence}, but a conductor with lease ${last.fence} has acted since. ` +
      "Nothing was changed. Fix: none needed; the conductor that has the lease now decides anew.",
  );
}
