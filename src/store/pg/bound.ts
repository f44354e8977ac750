/** For the statements of a room in one transaction: each with its first argument given. */
export function boundTo<First>(first: First) {
  return <Rest extends unknown[], Result>(statement: (first: First, ...rest: Rest) => Result) =>
    (...rest: Rest): Result =>
      statement(first, ...rest)
}
