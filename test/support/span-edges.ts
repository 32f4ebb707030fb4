import { isOpen, openings, type Span } from "../../policies/time-window";

/**
 * The instants after `instantMs`, in order and for at least a week, at which one of the spans opens or closes. Where a
 * span opens again at the moment it closes there is no edge.
 */
export function edgesAfter(spans: readonly Span[], instantMs: number): number[] {
  const edges = spans.flatMap((span) =>
    openings(span, instantMs, -1, 8)
      .flatMap(({ fromMs, toMs }) => [fromMs, toMs])
      .filter((edge) => edge > instantMs && isOpen(span, edge) !== isOpen(span, edge - 1)),
  );
  return [...new Set(edges)].sort((a, b) => a - b);
}
