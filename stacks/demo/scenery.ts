import type { Environment } from "../driver/environment";

/** Where the demo plays, and what that changes of it. */
export interface Scenery {
  /** The platform's stack; a tenant's is `<platform>-<tenant>`. */
  platform: string;
  /** What the platform and the tenants run in. */
  runIn: "containers" | "pods";
  /** Makes all ready that `pulumi up` needs; gives its environment variables. */
  prepare(): Promise<Record<string, string>>;
  /** Notes the world in which it plays; says whether the one of the run before is gone, and all stacks with it. */
  isAnother(): Promise<boolean>;
  /** Writes the stack files of the platform and its tenants. */
  writeStackFiles(environment: Environment, tenants: readonly string[]): void;
  /** How a person gets to see what answers at a URL of a stack's outputs: itself, or a command. */
  shown(url: string): string;
  /** Containers or pods by name: `healthy`, or why not. */
  health(): Promise<Record<string, string>>;
  /** Ends one of a tenant's TaskManagers as a crash would; gives its name. */
  crashTaskManager(tenant: string): Promise<string>;
}
