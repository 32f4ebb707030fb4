import type {
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import { z } from "zod";
import { checkMaxParallelism } from "../../policies/guard-rails/max-parallelism";
import type { GuardedResource } from "../../policies/guard-rails/resource";
import { resourceRules, STACK_RULES } from "../../policies/guard-rails/rules";
import { problemLine } from "../errors";
import { journalAt } from "../flink/journal-at";

/** The rules of policies/guard-rails as CrossGuard takes them. */

/**
 * Every resource by its URN, with the inputs that the program gives. What CrossGuard hands over for a whole stack has
 * the outputs instead: a Deployment's replicas are among them, though only its autoscaler ever set them.
 */
const seen = new Map<string, GuardedResource>();

function guarded({ urn, type, name, props, opts }: ResourceValidationArgs): GuardedResource {
  const resource = { type, name, props, ignoreChanges: opts.ignoreChanges };
  seen.set(urn, resource);
  return resource;
}

const configSchema = {
  properties: {
    ingress: {
      type: "boolean" as const,
      default: false,
      description: "Whether an Ingress or a Gateway may lead to services",
    },
  },
};

export const resourcePolicies = resourceRules({ ingress: false }).map(
  ({ name, says }, i): ResourceValidationPolicy => ({
    name,
    description: says,
    ...(name === "ports-private" ? { configSchema } : {}),
    validateResource(args, report) {
      const { ingress = false } = args.getConfig<{ ingress?: boolean }>();
      const problems = resourceRules({ ingress })[i]?.check(guarded(args)) ?? [];
      for (const problem of problems) report(problemLine(problem));
    },
  }),
);

export const stackPolicies = STACK_RULES.map(({ name, says, check }): StackValidationPolicy => ({
  name,
  description: says,
  validateStack({ resources }, report) {
    const inputs = resources.flatMap(({ urn }) => seen.get(urn) ?? []);
    for (const problem of check(inputs)) report(problemLine(problem));
  },
}));

const jobSchema = z.object({ journal: z.string(), args: z.array(z.string()) });

/** How long a cluster is waited for that holds the journal, in milliseconds. */
const PATIENCE_MS = 5_000;

/** What the state was written with stands in the job's journal. */
export const maxParallelismKept: ResourceValidationPolicy = {
  name: "max-parallelism-kept",
  description: "A job's maximum parallelism stays as it is while there is state of the job.",
  async validateResource({ type, name, props }, report) {
    if (type !== "flink:index:Job") return;
    const { journal: place, args } = jobSchema.parse({ journal: props.journal, args: props.args });
    const journal = await journalAt(place, PATIENCE_MS).load();
    const problems = checkMaxParallelism(name, journal?.spec?.args, args);
    for (const problem of problems) report(problemLine(problem));
  },
};
