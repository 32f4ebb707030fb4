import { z } from "zod";
import { complaint } from "./problem";
import { settingTypes } from "./setting-type";

/** What the blocks of a tenant file are made of. */

/** A name that can stand in the name of a container. */
export const name = z
  .string()
  .regex(
    /^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/,
    complaint(
      "it cannot be a name",
      "use lower-case letters, digits and dashes, at most 32, a letter first",
    ),
  )
  .register(settingTypes, { type: "name: lower-case letters, digits, dashes, at most 32" });

/** A whole number; `why` ends the fix of a problem. */
export const count = (min: number, max: number, why?: string) => {
  const message = complaint(
    `it is not a whole number from ${min} to ${max}`,
    `give a whole number from ${min} to ${max}${why === undefined ? "" : `, ${why}`}`,
  );
  return z.int(message).min(min, message).max(max, message);
};

/** Limit of a JVM's container, cores. */
export const cpus = z
  .number()
  .min(0.1, complaint("it is too little to start a JVM", "give at least 0.1 cores"))
  .max(256, complaint("it is more than any machine has", "give at most 256 cores"));

/** The config key under which a secret stands, in a namespace of its own: the secret is never part of a block. */
export const configKey = (example: string) =>
  z
    .string()
    .regex(
      /^(?!flinktide:)[\w-]+:[\w-]+$/,
      complaint(
        "it is not a config key outside flinktide's own",
        `give ${example}, and run: pulumi config set --secret ${example}`,
      ),
    )
    .register(settingTypes, { type: `config key, such as \`${example}\`` });

export const cidr = z
  .cidrv4(complaint("it is not an IPv4 network", "write it as 203.0.113.0/24"))
  .register(settingTypes, { type: "IPv4 network" });
