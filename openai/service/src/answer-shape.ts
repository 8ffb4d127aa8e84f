/** Which fields an answer has: Azure added them with versions of its interface, and a client of an older one gets none. */
export interface AnswerShape {
  /** `content_filter_results`, `prompt_filter_results`: 2023-06-01-preview, generally 2024-02-01. */
  readonly hasFilterResults: boolean;
  /** `system_fingerprint` and `logprobs`, which came with `seed`: 2023-12-01-preview, generally 2024-02-01. */
  readonly hasFingerprint: boolean;
  /** `refusal` of a message: 2024-08-01-preview. */
  readonly hasRefusal: boolean;
  /** Details of `usage`: 2024-09-01-preview. */
  readonly hasUsageDetails: boolean;
  /** `annotations` of a message: 2025-01-01-preview. */
  readonly hasAnnotations: boolean;
}

/** `apiVersion`: `2024-10-21`, `2024-09-01-preview`; anything without a date (`v1`) is the newest. */
export function shapeOf(apiVersion: string): AnswerShape {
  const [, date, preview] = /^(\d{4}-\d{2}-\d{2})(-preview)?$/.exec(apiVersion) ?? [];
  const since = (previewDate: string, generalDate = previewDate) =>
    date === undefined || date >= (preview === undefined ? generalDate : previewDate);
  return {
    hasFilterResults: since('2023-06-01', '2024-02-01'),
    hasFingerprint: since('2023-12-01', '2024-02-01'),
    hasRefusal: since('2024-08-01'),
    hasUsageDetails: since('2024-09-01'),
    hasAnnotations: since('2025-01-01'),
  };
}
