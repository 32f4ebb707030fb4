import type { Environment } from "../driver/environment";

/** Where the demo plays, and what that changes of it. */
export interface Scenery {
  /** The platform's stack; a tenant's is `<platform>-<tenant>`. */
  platform: string;
  /** What the platform and the tenants run in. */
  runIn: "containers" | "pods";
  /** Makes all ready that `pulumi up` needs; gives its environment variables. */
  prepare(): Promise<Record<string, string>>;
  /** Writes the stack files of the platform and its tenants. */
  writeStackFiles(environment: Environment, tenants: readonly string[]): void;
  /** Containers or pods by name: `healthy`, or why not. */
  health(): Promise<Record<string, string>>;
  /** Ends one of a tenant's TaskManagers as a crash would; gives its name. */
  crashTaskManager(tenant: string): Promise<string>;
}
