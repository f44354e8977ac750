import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import {
  firstLineOf,
  isGeneratorInstalled,
  openApiDocument,
  TYPES_FILE,
  typesOf,
} from '../../tools/openapi-types/generate.ts'

const HOW = 'the types of the console are not those of the API any more: npm run console:types'

it("the console's types are made of the OpenAPI document as it is", async () => {
  const [firstLine] = readFileSync(TYPES_FILE, 'utf8').split('\n', 1)
  expect(firstLine, HOW).toBe(firstLineOf(await openApiDocument()))
})

it.runIf(isGeneratorInstalled())('and by nobody else than the generator', async () => {
  expect(readFileSync(TYPES_FILE, 'utf8'), HOW).toBe(await typesOf(await openApiDocument()))
})
