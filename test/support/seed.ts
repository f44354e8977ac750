/**
 * What all chance in the tests begins with. `npm test` plays the same histories each time, so that a change answers for itself alone;
 * `npm run test:explore` plays others.
 */
export const SEED = Number(process.env.CASEMENT_TEST_SEED ?? 20_261_130)
