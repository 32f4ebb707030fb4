import { z } from "zod";

/** How docs/tenant.md names a kind of setting, and prints a value of it. */
export interface SettingType {
  /** What to type, with its limits. */
  type: string;
  /** A parsed value as the user would type it. */
  print?: (value: never) => string;
}

/** Schemas whose kind can't be read off their structure; a schema made from one of these inherits its entry. */
export const settingTypes = z.registry<SettingType>();
