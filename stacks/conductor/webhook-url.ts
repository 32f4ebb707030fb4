import { z } from "zod";
import { complaint } from "../../policies/problem";
import { settingTypes } from "../../policies/setting-type";

const NO_URL = complaint(
  "it is not an http or https URL without a user",
  "write it as https://alerts.example.com/flinktide; who sends is proven by alerts.secretKey",
);

/** Where alerts are posted. */
export const webhookUrl = z
  .string()
  .refine((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return /^https?:$/.test(url?.protocol ?? "") && url?.username === "" && url.password === "";
  }, NO_URL)
  .register(settingTypes, { type: "http or https URL" });
