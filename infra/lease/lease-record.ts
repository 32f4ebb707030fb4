import { z } from "zod";
import { processIdentitySchema } from "../process-identity";

/** What the holder of a lease keeps writing, so that others see that it lives. */
export const leaseRecordSchema = z.strictObject({
  /** `id` tells the leases of one process apart. null once it was released. */
  holder: processIdentitySchema.extend({ id: z.string() }).nullable(),
  fence: z.int().positive(),
  /** Since it was taken. */
  renewals: z.int().nonnegative(),
});
export type LeaseRecord = z.output<typeof leaseRecordSchema>;

/** undefined where the text is no record of that fence, such as after a crash or on a full disk. */
export function parseRecord(text: string, fence: number): LeaseRecord | undefined {
  try {
    const record = leaseRecordSchema.parse(JSON.parse(text));
    return record.fence === fence ? record : undefined;
  } catch {
    return undefined;
  }
}
