import { z } from "zod";
import { isAddress, serviceOf, type Server } from "../policies/kubernetes/elsewhere";
import { complaint } from "../policies/problem";
import { cidr } from "../policies/schema-parts";
import { settingTypes } from "../policies/setting-type";

/** Settings of parts that a platform uses and does not run itself. */

export const networksSchema = (what: string) =>
  z
    .array(cidr)
    .register(settingTypes, { type: "list of IPv4 networks" })
    .optional()
    .describe(
      `Where ${what} are that are names outside the cluster; empty: a NetworkPolicy of your own lets them through`,
    );

/** Whether NetworkPolicies can name them: services of the cluster, addresses, or others whose networks are given. */
export function isLocated(servers: readonly Server[], networks: readonly string[] | undefined) {
  return (
    networks !== undefined ||
    servers.every(({ host }) => isAddress(host) || serviceOf(host) !== undefined)
  );
}

export const notLocated = (setting: string) =>
  complaint(
    `NetworkPolicies know addresses only, and ${setting} has a name outside of the cluster`,
    "give its networks, such as 203.0.113.0/24; an empty list where a NetworkPolicy of your own lets it through",
  );
