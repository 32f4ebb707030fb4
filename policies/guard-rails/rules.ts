import { imagePinned } from "./images";
import { limitsSet } from "./limits";
import { portsPrivate, type PortOptions } from "./ports";
import { noPrivileges } from "./privileges";
import { ceilingWithinQuota } from "./quota";
import type { ResourceRule, StackRule } from "./resource";
import { oneOwnerOfReplicas } from "./scaling";

/** What each resource is held to. */
export function resourceRules(ports: PortOptions): ResourceRule[] {
  return [noPrivileges, limitsSet, imagePinned, portsPrivate(ports)];
}

/** What the resources of a stack are held to together. */
export const STACK_RULES: readonly StackRule[] = [oneOwnerOfReplicas, ceilingWithinQuota];
