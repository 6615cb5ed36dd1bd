/** Gives a lane its part of a list. */
export type Share = <T>(items: readonly T[]) => readonly T[];

/** Does something in so many lanes at once. */
export async function inLanes(many: number, act: (share: Share) => Promise<void>): Promise<void> {
  const shareOf = (lane: number): Share => {
    return (items) => items.filter((_item, at) => at % many === lane);
  };
  await Promise.all(Array.from({ length: many }, (_, lane) => act(shareOf(lane))));
}
